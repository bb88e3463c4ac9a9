#!/bin/sh
# The layers hold: who may include whom, each foreign library from one place only, and
# time and chance from lib/host alone. Run from the project's root.
#
#	base <- {model, store, link} <- {node, archive} <- {cores, host} <- main.c
status=0
[ -d services ] || {
	echo "no services/ here: run from the project's root"
	exit 1
}
say() {
	echo "$1:"
	echo "$2" | sed 's/^/  /'
	status=1
}

# Every include of the tree as file:line:name, however it is written.
all=$(grep -rnE '^[[:blank:]]*#[[:blank:]]*include' --include='*.[ch]' services |
	sed -E 's/^([^:]+:[0-9]+:)[[:blank:]]*#[[:blank:]]*include[[:blank:]]*[<"]([^>"]*)[>"].*/\1\2/')

# Foreign headers: what, and where it may stand (both regular expressions).
only() {
	bad=$(echo "$all" | grep -E "^[^:]+:[0-9]+:($1)\$" | grep -vE "$2")
	[ -z "$bad" ] || say "include of $1 outside $2" "$bad"
}
only 'uv\.h|zmq\.h'     '^services/(lib/host/|[^:]*_io\.c:)'
only 'lmdb\.h'          '^services/lib/store/'
only '.*\.pb-c\.h'      '_wire\.[ch]:'
only 'protobuf-c/.*'    '_wire\.[ch]:'
# A *_wire.h may show generated types; only its like may include it, or they would spread.
only '(.*/)?[^/]*_wire\.h' '_wire\.[ch]:'
only 'curl/.*' '^services/notification/[^:]*_io\.c:'
only 'sodium\.h'        '^services/(lib/base/(hash|base64)\.c:|lib/host/|[^:]*_io\.c:)'
only 'yaml\.h'          '^services/lib/base/config'
only 'libical/.*'       '^services/notification/calendar\.c:'
only 'openssl/.*' '^services/lib/archive/sha256\.c:'
only 'xlsxwriter\.h|xlsxwriter/.*' '^services/cli/xlsx\.c:'
only 'csv\.h' '^services/cli/csv_file\.c:'
only 'zstd.*\.h' '^services/lib/archive/pack\.c:'
only 'utf8proc\.h'      '^services/lib/(base/utf8|model/)'

# Our own: folder, then what it may include (itself always; relative to services/). A
# name without a folder is a file beside it; a way through ../ ends where it says.
may() {
	[ -d "services/$1" ] || return 0
	bad=$(echo "$all" | grep -E "^services/$1/" |
		grep -E '^[^:]+:[0-9]+:((\.\.?/)+|(lib|intake|aggregation|notification|archiving|console|cli|base|model|store|archive|link|node|host)/)' |
		grep -vE "^[^:]+:[0-9]+:(\.\.?/)*($2)/[^/]+\$")
	[ -z "$bad" ] || say "$1 may include only $2" "$bad"
}
may lib/base  'lib/base'
may lib/model 'lib/base|lib/model'
may lib/store 'lib/base|lib/store'
may lib/archive 'lib/base|lib/model|lib/store|lib/archive'
may lib/link  'lib/base|lib/link'
may lib/node  'lib/base|lib/model|lib/store|lib/link|lib/node'
# Frames are what a host moves: link's words, never the store or the domain.
may lib/host  'lib/base|lib/link|lib/node|lib/host'
core='lib/base|lib/model|lib/store|lib/archive|lib/link|lib/node'
for s in intake aggregation notification archiving console cli; do
	may "$s" "$core|lib/host|$s"
	bad=$(echo "$all" | grep -E "^services/$s/.*:[0-9]+:(\.\.?/)*lib/host/" |
		grep -vE '^[^:]*/(main|[^/:]*_io)\.c:')
	[ -z "$bad" ] || say "$s: only main.c and *_io.c may include lib/host" "$bad"
done

# A layer that no rule names would be free to include anything.
for dir in services/*/ services/lib/*/; do
	case $dir in
	services/lib/) continue ;;
	services/lib/base/ | services/lib/model/ | services/lib/store/ | services/lib/link/ | \
		services/lib/node/ | services/lib/host/ | services/lib/archive/) continue ;;
	services/intake/ | services/aggregation/ | services/notification/ | \
		services/archiving/ | services/console/ | services/cli/) continue ;;
	services/lib/\*/ | services/\*/) continue ;;
	esac
	say "a layer without a rule; give it one in tests/check_layers.sh" "$dir"
done

# Time and chance are arguments.
calls='clock_gettime|gettimeofday|time|rand|random|srand|getrandom|random_bytes|sleep|usleep|nanosleep'
bad=$(grep -rnE "(^|[^A-Za-z0-9_.>\"])($calls)\(" --include='*.c' services |
	grep -vE '^services/(lib/host/|lib/base/hash\.c:|[^:]*/main\.c:|[^:]*_io\.c:)' |
	grep -vE '^[^:]+:[0-9]+:[[:blank:]]*(/?\*|//)')
[ -z "$bad" ] || say "time and chance are arguments; only lib/host, main.c and *_io.c ask" "$bad"

exit $status
