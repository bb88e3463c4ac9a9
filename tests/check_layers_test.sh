#!/bin/bash
# check_layers.sh finds each kind of violation, and finds nothing in a tree without one.
set -u
script=$(cd "$(dirname "$0")" && pwd)/check_layers.sh
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
status=0

# A tree in which every layer includes all that it may.
good_tree() {
	rm -rf services
	mkdir -p services/lib/{base,model,store,link,node,host} services/{intake,aggregation,cli}
	put lib/base/a.c '"lib/base/a.h"' '<string.h>' '"a.h"'
	put lib/base/hash.c '<sodium.h>'
	put lib/base/config.c '<yaml.h>'
	put lib/base/unpack_wire.h '<protobuf-c/protobuf-c.h>'
	put lib/model/a.c '"lib/base/a.h"' '"lib/model/b.h"' '<utf8proc.h>'
	put lib/model/a_wire.c '"kusanone/v1/event.pb-c.h"'
	put lib/store/a.c '"lib/base/a.h"' '<lmdb.h>'
	put lib/link/frame_wire.c '"lib/base/a.h"' '"kusanone/link/v1/link.pb-c.h"'
	put lib/node/a.c '"lib/model/a.h"' '"lib/store/a.h"' '"lib/link/a.h"'
	put lib/host/a.c '"lib/node/service.h"' '"lib/link/frame.h"' '<uv.h>' '<zmq.h>'
	echo 'int now = clock_gettime(0, 0);' >>services/lib/host/a.c
	put intake/intake.c '"lib/node/service.h"' '"intake/intake.h"'
	put intake/main.c '"lib/host/host.h"'
	put cli/tables.c '"lib/model/query.h"'
	put cli/watch_io.c '"lib/host/client.h"' '<uv.h>'
	printf '%s\n' 'int lifetime(int x);' ' * never time() in a comment' '	y = x.time(0);' \
		'	y = uptime(0) + p->time(1);' >>services/cli/tables.c
}
put() {
	local file=services/$1
	shift
	printf '#include %s\n' "$@" >"$file"
}

# name, then the file and the line that break the rule, then what must be said.
finds() {
	local name=$1 file=services/$2 line=$3 expected=$4 said
	good_tree
	mkdir -p "$(dirname "$file")"
	printf '%s\n' "$line" >>"$file"
	if said=$(sh "$script"); then
		echo "FAIL layers: $name: not found"
		status=1
	elif ! grep -qF -- "$expected" <<<"$said"; then
		echo "FAIL layers: $name: found, but the words are: ${said//$'\n'/ | }"
		status=1
	else
		echo "ok layers: finds $name"
	fi
}

good_tree
if said=$(sh "$script"); then
	echo "ok layers: a tree without a violation passes"
else
	echo "FAIL layers: a tree without a violation: ${said//$'\n'/ | }"
	status=1
fi

finds "base that looks up" lib/base/b.c '#include "lib/model/event.h"' 'lib/base may include only'
finds "model that knows the store" lib/model/b.c '#include "lib/store/txn.h"' 'lib/model may'
finds "store that knows the model" lib/store/b.c '#include "lib/model/a.h"' 'lib/store may'
finds "link that knows the store" lib/link/b.h '#include "lib/store/a.h"' 'lib/link may'
finds "node that knows the host" lib/node/b.c '#include "lib/host/host.h"' 'lib/node may'
finds "host that knows the store" lib/host/b.c '#include "lib/store/a.h"' 'lib/host may'
finds "host that knows a service" lib/host/b.c '#include "intake/intake.h"' 'lib/host may'
finds "a core that knows the host" intake/core.c '#include "lib/host/host.h"' 'only main.c and'
finds "a core's header that knows the host" intake/core.h '#include "lib/host/host.h"' 'only main.c'
finds "a service that knows another" aggregation/b.c '#include "intake/intake.h"' 'aggregation may'
finds "a command that knows a service" cli/b.c '#include "aggregation/view.h"' 'cli may'
finds "a way around through .." lib/base/b.c '#include "../model/event.h"' 'lib/base may'
finds "a way around through ../.." lib/link/b.c '#include "../../lib/store/a.h"' 'lib/link may'
finds "a way around through <>" lib/base/b.c '#include <lib/model/event.h>' 'lib/base may'
finds "an include with blanks" lib/base/b.c '  #  include	"lib/model/event.h"' 'lib/base may'
finds "uv.h in a core" intake/core.c '#include <uv.h>' 'include of uv'
finds "zmq.h in the link" lib/link/b.c '#include <zmq.h>' 'include of uv'
finds "lmdb.h outside the store" lib/node/b.c '#include <lmdb.h>' 'include of lmdb'
finds "generated code outside _wire.c" lib/model/b.c '#include "kusanone/v1/event.pb-c.h"' 'pb-c'
finds "generated code in a header" lib/model/b.h '#include "kusanone/v1/event.pb-c.h"' 'pb-c'
finds "a header with generated code that spreads" intake/b.c '#include "lib/base/unpack_wire.h"' '_wire'
finds "protobuf-c outside _wire" lib/model/b.c '#include <protobuf-c/protobuf-c.h>' 'protobuf-c'
finds "sodium.h in a core" aggregation/b.c '#include <sodium.h>' 'include of sodium'
finds "curl outside the senders" aggregation/b_io.c '#include <curl/curl.h>' 'include of curl'
finds "yaml.h outside config" intake/b.c '#include <yaml.h>' 'include of yaml'
finds "a layer without a rule" lib/util/b.c '#include <string.h>' 'without a rule'
finds "a service without a rule" billing/b.c '#include <string.h>' 'without a rule'
finds "a clock in a core" intake/b.c 'int f(void) { return (int)time(NULL); }' 'time and chance'
finds "a clock in the store" lib/store/b.c '	clock_gettime(CLOCK_MONOTONIC, &ts);' 'time and chance'
finds "chance in the model" lib/model/b.c '	x = rand();' 'time and chance'
finds "random bytes in a core" aggregation/b.c '	random_bytes(salt, 16);' 'time and chance'
finds "sleep in the node" lib/node/b.c '	usleep(1);' 'time and chance'
exit $status
