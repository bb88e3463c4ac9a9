#include "archive/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"

const char *const disk_op_names[] = { "mkdir",        "create", "write",  "fsync",
				      "fsync folder", "syncfs", "rename", "unlink" };
_Static_assert(ARRAY_LEN(disk_op_names) == DISK_OPS, "names and numbers");

enum {
	NAME_SIZE = 40,
	FIRST_FD = 1 << 20, /* No descriptor of the system is so high. */
	MAX_FDS = 1024,
	NONE = -1,
};

/* Bytes that do not change, shared between disks. */
struct blob {
	unsigned refs;
	bool hashed;
	struct hash hash;
	size_t len;
	uint8_t bytes[];
};

struct name {
	char text[NAME_SIZE];
	int now, certain; /* Nodes; NONE. */
};

struct node {
	bool is_folder;
	struct blob *now, *certain;
	struct name *names;
	size_t name_count, name_cap;
};

struct open_file {
	int node; /* NONE: not open. */
};

struct disk {
	struct node *nodes; /* 0 is the root. */
	size_t node_count, node_cap;
	struct open_file fds[MAX_FDS];

	void (*before)(void *ctx, enum disk_op);
	void *ctx;
	struct disk_fault fault;
	uint64_t fail_read;
	size_t most_written;
	uint64_t counts[DISK_OPS];
	bool lies[DISK_OPS];
};

static struct disk *used;

/* ---- Blobs ------------------------------------------------------------------------- */

static struct blob *
blob_new(struct slice a, struct slice b)
{
	struct blob *blob = xmalloc(sizeof(*blob) + a.len + b.len);

	*blob = (struct blob){ .refs = 1, .len = a.len + b.len };
	if (a.len != 0) {
		memcpy(blob->bytes, a.at, a.len);
	}
	if (b.len != 0) {
		memcpy(blob->bytes + a.len, b.at, b.len);
	}
	return blob;
}

static struct blob *
blob_share(struct blob *blob)
{
	if (blob != NULL) {
		blob->refs++;
	}
	return blob;
}

static void
blob_drop(struct blob *blob)
{
	if (blob != NULL && --blob->refs == 0) {
		free(blob);
	}
}

static struct slice
blob_slice(const struct blob *blob)
{
	return blob != NULL ? slice_of(blob->bytes, blob->len) : (struct slice){ 0 };
}

static void
blob_set(struct blob **at, struct blob *blob)
{
	blob_drop(*at);
	*at = blob;
}

/* ---- Nodes and names --------------------------------------------------------------- */

static int
node_new(struct disk *d, bool is_folder)
{
	if (d->node_count == d->node_cap) {
		d->node_cap = d->node_cap != 0 ? 2 * d->node_cap : 32;
		d->nodes = xrealloc(d->nodes, d->node_cap * sizeof(d->nodes[0]));
	}
	d->nodes[d->node_count] = (struct node){ .is_folder = is_folder };
	return (int)d->node_count++;
}

static struct name *
name_find(const struct disk *d, int folder, const char *text)
{
	const struct node *node = &d->nodes[folder];

	for (size_t i = 0; i < node->name_count; i++) {
		if (strcmp(node->names[i].text, text) == 0) {
			return &node->names[i];
		}
	}
	return NULL;
}

static struct name *
name_make(struct disk *d, int folder, const char *text)
{
	struct name *name = name_find(d, folder, text);
	struct node *node = &d->nodes[folder];

	if (name != NULL) {
		return name;
	}
	if (node->name_count == node->name_cap) {
		node->name_cap = node->name_cap != 0 ? 2 * node->name_cap : 8;
		node->names =
			xrealloc(node->names, node->name_cap * sizeof(node->names[0]));
	}
	name = &node->names[node->name_count++];
	*name = (struct name){ .now = NONE, .certain = NONE };
	must(strlen(text) < sizeof(name->text));
	snprintf(name->text, sizeof(name->text), "%s", text);
	return name;
}

/* The node at a path of several steps; NONE. */
static int
walk(const struct disk *d, int at, const char *path)
{
	char step[NAME_SIZE];

	while (at != NONE && *path != '\0') {
		size_t len = strcspn(path, "/");
		must(len < sizeof(step));
		snprintf(step, sizeof(step), "%.*s", (int)len, path);
		const struct name *name =
			d->nodes[at].is_folder ? name_find(d, at, step) : NULL;
		at = name != NULL ? name->now : NONE;
		path += len;
		path += *path == '/';
	}
	return at;
}

struct disk *
disk_new(void)
{
	struct disk *d = xcalloc(1, sizeof(*d));

	for (size_t i = 0; i < MAX_FDS; i++) {
		d->fds[i].node = NONE;
	}
	node_new(d, true);
	return d;
}

void
disk_free(struct disk *d)
{
	if (d == NULL) {
		return;
	}
	if (used == d) {
		used = NULL;
	}
	for (size_t i = 0; i < d->node_count; i++) {
		blob_drop(d->nodes[i].now);
		blob_drop(d->nodes[i].certain);
		free(d->nodes[i].names);
	}
	free(d->nodes);
	free(d);
}

struct disk *
disk_copy(const struct disk *from)
{
	struct disk *d = disk_new();

	for (size_t i = 0; i < from->node_count; i++) {
		const struct node *was = &from->nodes[i];
		int at = i == 0 ? 0 : node_new(d, was->is_folder);
		struct node *node = &d->nodes[at];

		node->now = blob_share(was->now);
		node->certain = blob_share(was->certain);
		node->name_cap = node->name_count = was->name_count;
		node->names = xcalloc(was->name_count + 1, sizeof(node->names[0]));
		if (was->name_count != 0) {
			memcpy(node->names, was->names,
			       was->name_count * sizeof(node->names[0]));
		}
	}
	return d;
}

void
disk_use(struct disk *d)
{
	used = d;
}

void
disk_watch(struct disk *d, void (*before)(void *ctx, enum disk_op), void *ctx)
{
	d->before = before;
	d->ctx = ctx;
}

void
disk_fail(struct disk *d, struct disk_fault fault)
{
	d->fault = fault;
}

void
disk_fail_read(struct disk *d, uint64_t n)
{
	d->fail_read = n;
}

void
disk_shorten_writes(struct disk *d, size_t most)
{
	d->most_written = most;
}

uint64_t
disk_count(const struct disk *d, enum disk_op op)
{
	return d->counts[op];
}

void
disk_lie(struct disk *d, enum disk_op op)
{
	d->lies[op] = true;
}

/* ---- What changes it --------------------------------------------------------------- */

/* False with errno: it fails. */
static bool
begin(struct disk *d, enum disk_op op)
{
	if (d->before != NULL) {
		d->before(d->ctx, op);
	}
	d->counts[op]++;
	if (d->fault.n == 0 || (d->fault.n > 1 && d->fault.n-- > 1)) {
		return true;
	}
	errno = d->fault.code;
	d->fault.n = d->fault.lasting ? 1 : 0;
	return false;
}

static void
make_certain(struct disk *d, int at)
{
	struct node *node = &d->nodes[at];

	blob_set(&node->certain, blob_share(node->now));
	for (size_t i = 0; i < node->name_count; i++) {
		node->names[i].certain = node->names[i].now;
	}
}

static bool
is_ours(int fd)
{
	return used != NULL && fd >= FIRST_FD && fd < FIRST_FD + MAX_FDS;
}

static int
node_of(int fd)
{
	int node = used->fds[fd - FIRST_FD].node;

	must(node != NONE);
	return node;
}

static int
open_node(int node)
{
	for (int i = 0; i < MAX_FDS; i++) {
		if (used->fds[i].node == NONE) {
			used->fds[i].node = node;
			return FIRST_FD + i;
		}
	}
	errno = EMFILE;
	return -1;
}

static const char *
below_root(const char *path)
{
	const size_t len = strlen(DISK_ROOT);

	if (used == NULL || strncmp(path, DISK_ROOT, len) != 0) {
		return NULL;
	}
	return path[len] == '/' ? path + len + 1 : path + len;
}

/* ---- The calls --------------------------------------------------------------------- */

int __real_open(const char *path, int flags, ...);
int __real_openat(int at, const char *path, int flags, ...);
int __real_close(int fd);
int __real_dup(int fd);
int __real_fstat(int fd, struct stat *);
int __real_mkdir(const char *path, mode_t mode);
int __real_mkdirat(int at, const char *path, mode_t mode);
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __real_pread(int fd, void *to, size_t len, off_t offset);
int __real_fsync(int fd);
int __real_syncfs(int fd);
int __real_renameat(int from_at, const char *from, int to_at, const char *to);
int __real_unlinkat(int at, const char *path, int flags);

int __wrap_open(const char *path, int flags, ...);
int __wrap_openat(int at, const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_dup(int fd);
int __wrap_fstat(int fd, struct stat *);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_mkdirat(int at, const char *path, mode_t mode);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_pread(int fd, void *to, size_t len, off_t offset);
int __wrap_fsync(int fd);
int __wrap_syncfs(int fd);
int __wrap_renameat(int from_at, const char *from, int to_at, const char *to);
int __wrap_unlinkat(int at, const char *path, int flags);

static unsigned
mode_argument(int flags, va_list args)
{
	return (flags & O_CREAT) != 0 ? va_arg(args, unsigned) : 0;
}

int
__wrap_open(const char *path, int flags, ...)
{
	const char *below = below_root(path);
	va_list args;

	if (below == NULL) {
		va_start(args, flags);
		unsigned mode = mode_argument(flags, args);
		va_end(args);
		return __real_open(path, flags, mode);
	}
	int node = walk(used, 0, below);
	if (node == NONE) {
		errno = ENOENT;
		return -1;
	}
	return open_node(node);
}

static int
create(int folder, const char *text, int flags)
{
	struct name *name = name_find(used, folder, text);

	if (name != NULL && name->now != NONE) {
		must((flags & O_EXCL) != 0);
		errno = EEXIST;
		return -1;
	}
	if (!begin(used, DISK_CREATE)) {
		return -1;
	}
	int node = node_new(used, false);
	name_make(used, folder, text)->now = node;
	return open_node(node);
}

int
__wrap_openat(int at, const char *path, int flags, ...)
{
	va_list args;

	if (!is_ours(at)) {
		va_start(args, flags);
		unsigned mode = mode_argument(flags, args);
		va_end(args);
		return __real_openat(at, path, flags, mode);
	}
	if ((flags & O_CREAT) != 0) {
		return create(node_of(at), path, flags);
	}
	int node = walk(used, node_of(at), path);
	if (node == NONE) {
		errno = ENOENT;
		return -1;
	}
	if ((flags & O_DIRECTORY) != 0 && !used->nodes[node].is_folder) {
		errno = ENOTDIR;
		return -1;
	}
	return open_node(node);
}

int
__wrap_close(int fd)
{
	if (!is_ours(fd)) {
		return __real_close(fd);
	}
	(void)node_of(fd);
	used->fds[fd - FIRST_FD].node = NONE;
	return 0;
}

int
__wrap_dup(int fd)
{
	return is_ours(fd) ? open_node(node_of(fd)) : __real_dup(fd);
}

int
__wrap_fstat(int fd, struct stat *st)
{
	if (!is_ours(fd)) {
		return __real_fstat(fd, st);
	}
	*st = (struct stat){ .st_mode = used->nodes[node_of(fd)].is_folder ? S_IFDIR
									   : S_IFREG };
	return 0;
}

static int
make_folder(int folder, const char *text)
{
	struct name *name = name_find(used, folder, text);

	if (name != NULL && name->now != NONE) {
		errno = EEXIST;
		return -1;
	}
	if (!begin(used, DISK_MKDIR)) {
		return -1;
	}
	int node = node_new(used, true);
	name_make(used, folder, text)->now = node;
	return 0;
}

int
__wrap_mkdir(const char *path, mode_t mode)
{
	if (below_root(path) == NULL) {
		return __real_mkdir(path, mode);
	}
	errno = EEXIST; /* The root itself. */
	return -1;
}

int
__wrap_mkdirat(int at, const char *path, mode_t mode)
{
	return is_ours(at) ? make_folder(node_of(at), path)
			   : __real_mkdirat(at, path, mode);
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
	if (!is_ours(fd)) {
		return __real_write(fd, bytes, len);
	}
	size_t most = used->most_written != 0 ? used->most_written : len;
	bool ok = begin(used, DISK_WRITE);

	/* A disk that runs full takes what fits first. */
	if (!ok) {
		most = used->fault.after;
		used->fault.after = 0;
	}
	len = len < most ? len : most;
	if (!ok && len == 0) {
		return -1;
	}
	if (!ok) {
		used->fault.n = 1; /* And the rest of it is refused. */
	}
	struct node *node = &used->nodes[node_of(fd)];
	blob_set(&node->now, blob_new(blob_slice(node->now), slice_of(bytes, len)));
	return (ssize_t)len;
}

ssize_t
__wrap_pread(int fd, void *to, size_t len, off_t offset)
{
	if (!is_ours(fd)) {
		return __real_pread(fd, to, len, offset);
	}
	if (used->fail_read != 0 && --used->fail_read == 0) {
		errno = EIO;
		return -1;
	}
	struct slice bytes = blob_slice(used->nodes[node_of(fd)].now);
	size_t left = (size_t)offset < bytes.len ? bytes.len - (size_t)offset : 0;

	len = len < left ? len : left;
	if (len != 0) {
		memcpy(to, bytes.at + offset, len);
	}
	return (ssize_t)len;
}

int
__wrap_fsync(int fd)
{
	if (!is_ours(fd)) {
		return __real_fsync(fd);
	}
	enum disk_op op =
		used->nodes[node_of(fd)].is_folder ? DISK_FSYNC_FOLDER : DISK_FSYNC;
	if (!begin(used, op)) {
		return -1;
	}
	if (!used->lies[op]) {
		make_certain(used, node_of(fd));
	}
	return 0;
}

int
__wrap_syncfs(int fd)
{
	if (!is_ours(fd)) {
		return __real_syncfs(fd);
	}
	if (!begin(used, DISK_SYNCFS)) {
		return -1;
	}
	for (size_t i = 0; i < used->node_count && !used->lies[DISK_SYNCFS]; i++) {
		make_certain(used, (int)i);
	}
	return 0;
}

int
__wrap_renameat(int from_at, const char *from, int to_at, const char *to)
{
	if (!is_ours(from_at)) {
		return __real_renameat(from_at, from, to_at, to);
	}
	struct name *name = name_find(used, node_of(from_at), from);
	must(name != NULL && name->now != NONE);
	if (!begin(used, DISK_RENAME)) {
		return -1;
	}
	int node = name->now;
	name->now = NONE;
	name_make(used, node_of(to_at), to)->now = node;
	return 0;
}

int
__wrap_unlinkat(int at, const char *path, int flags)
{
	if (!is_ours(at)) {
		return __real_unlinkat(at, path, flags);
	}
	struct name *name = name_find(used, node_of(at), path);
	if (name == NULL || name->now == NONE) {
		errno = ENOENT;
		return -1;
	}
	if (!begin(used, DISK_UNLINK)) {
		return -1;
	}
	name->now = NONE;
	return 0;
}

/* ---- Looking at it ----------------------------------------------------------------- */

/* Every file that is there now, with its path. */
static void
each_file(const struct disk *d, void (*file)(void *, const char *, const struct node *),
	  void *ctx)
{
	struct {
		int node;
		size_t next, path_len;
	} stack[16] = { 0 };
	char path[256] = "";
	size_t depth = 1;

	while (depth != 0) {
		const struct node *folder = &d->nodes[stack[depth - 1].node];
		size_t i = stack[depth - 1].next++;

		if (i == folder->name_count) {
			depth--;
			continue;
		}
		const struct name *name = &folder->names[i];
		if (name->now == NONE) {
			continue;
		}
		size_t len = stack[depth - 1].path_len;
		int more = snprintf(path + len, sizeof(path) - len, "%s%s",
				    len != 0 ? "/" : "", name->text);
		must(more > 0 && (size_t)more < sizeof(path) - len);
		if (!d->nodes[name->now].is_folder) {
			file(ctx, path, &d->nodes[name->now]);
			continue;
		}
		must(depth < ARRAY_LEN(stack));
		stack[depth].node = name->now;
		stack[depth].next = 0;
		stack[depth++].path_len = len + (size_t)more;
	}
}

static bool
is_aside(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (slash != NULL ? slash[1] : path[0]) == '.';
}

static void
put_in_memory(void *ctx, const char *path, const struct node *node)
{
	if (!is_aside(path)) {
		memory_put(ctx, path, blob_slice(node->now));
	}
}

struct memory
disk_files(const struct disk *d)
{
	struct memory files = { 0 };

	each_file(d, put_in_memory, &files);
	return files;
}

static void
add_to_hash(void *ctx, const char *path, const struct node *node)
{
	struct hash *sum = ctx;
	struct blob *blob = node->now;

	if (blob != NULL && !blob->hashed) {
		blob->hash = hash_of(blob_slice(blob));
		blob->hashed = true;
	}
	struct hash one = hash_of2(slice_str(path), blob != NULL ? hash_slice(&blob->hash)
								 : (struct slice){ 0 });
	/* In whatever order they come. */
	for (size_t i = 0; i < HASH_LEN; i++) {
		sum->b[i] = (uint8_t)(sum->b[i] + one.b[i]);
	}
}

struct hash
disk_hash(const struct disk *d)
{
	struct hash sum = { 0 };

	each_file(d, add_to_hash, &sum);
	return sum;
}

void
disk_write(struct disk *d, const char *path, struct slice bytes)
{
	char step[NAME_SIZE];
	int at = 0;

	for (;;) {
		size_t len = strcspn(path, "/");
		bool last = path[len] == '\0';

		must(len < sizeof(step));
		snprintf(step, sizeof(step), "%.*s", (int)len, path);
		int next = name_make(d, at, step)->now;
		if (next == NONE || last) {
			next = node_new(d, !last);
		}
		struct name *name = name_make(d, at, step);
		name->now = name->certain = next;
		at = next;
		if (last) {
			break;
		}
		path += len + 1;
	}
	d->nodes[at].now = blob_new(bytes, (struct slice){ 0 });
	d->nodes[at].certain = blob_share(d->nodes[at].now);
}

void
disk_remove(struct disk *d, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[128];

	snprintf(folder, sizeof(folder), "%.*s", slash != NULL ? (int)(slash - path) : 0,
		 path);
	int at = walk(d, 0, folder);
	struct name *name =
		at != NONE ? name_find(d, at, slash != NULL ? slash + 1 : path) : NULL;
	must(name != NULL && name->now != NONE);
	name->now = name->certain = NONE;
}

/* ---- What a power cut may leave ---------------------------------------------------- */

/* One thing that is not certain: a file's bytes (name NULL), or a name. */
struct thing {
	int node;
	size_t name;
	bool is_name;
};

enum { BYTES_WAYS = 4, NAME_WAYS = 2 }; /* The first is: as it is now. */

static size_t
ways(const struct thing *thing)
{
	return thing->is_name ? NAME_WAYS : BYTES_WAYS;
}

/* Which nodes have a name, now or for certain.  A folder is made before what is in it, so
 * it comes first. */
static bool *
find_named(const struct disk *d)
{
	bool *named = xcalloc(d->node_count, sizeof(named[0]));

	named[0] = true;
	for (size_t i = 0; i < d->node_count; i++) {
		const struct node *node = &d->nodes[i];

		for (size_t k = 0; named[i] && k < node->name_count; k++) {
			if (node->names[k].now != NONE) {
				named[node->names[k].now] = true;
			}
			if (node->names[k].certain != NONE) {
				named[node->names[k].certain] = true;
			}
		}
	}
	return named;
}

static struct thing *
list_things(const struct disk *d, size_t *ret_count)
{
	struct thing *list = NULL;
	bool *named = find_named(d);
	size_t count = 0;

	for (size_t i = 0; i < d->node_count; i++) {
		const struct node *node = &d->nodes[i];
		size_t all = node->name_count + 1;

		if (!named[i]) {
			continue;
		}
		list = xrealloc(list, (count + all) * sizeof(list[0]));
		if (node->now != node->certain) {
			list[count++] = (struct thing){ .node = (int)i };
		}
		for (size_t k = 0; k < node->name_count; k++) {
			if (node->names[k].now != node->names[k].certain) {
				list[count++] = (struct thing){ .node = (int)i,
								.name = k,
								.is_name = true };
			}
		}
	}
	free(named);
	*ret_count = count;
	return list;
}

size_t
disk_pending(const struct disk *d)
{
	size_t count;

	free(list_things(d, &count));
	return count;
}

/* Half of it; or all of its length, but the second half never came to the disk. */
static struct blob *
torn(const struct blob *blob, bool zeros)
{
	size_t half = blob->len / 2;
	struct blob *is = blob_new(slice_of(blob->bytes, zeros ? blob->len : half),
				   (struct slice){ 0 });

	if (zeros) {
		memset(is->bytes + half, 0, blob->len - half);
	}
	return is;
}

static void
settle(struct disk *d, const struct thing *thing, size_t way)
{
	struct node *node = &d->nodes[thing->node];

	if (way == 0) {
		return;
	}
	if (thing->is_name) {
		node->names[thing->name].now = node->names[thing->name].certain;
	} else if (way == 1 || node->now == NULL) {
		blob_set(&node->now, blob_share(node->certain));
	} else {
		blob_set(&node->now, torn(node->now, way == 3));
	}
}

static void
try(const struct disk *d, const struct thing *things, const size_t *way, size_t count,
    void (*state)(void *ctx, const struct disk *), void *ctx)
{
	struct disk *left = disk_copy(d);

	for (size_t i = 0; i < count; i++) {
		settle(left, &things[i], way[i]);
	}
	for (size_t i = 0; i < left->node_count; i++) {
		make_certain(left, (int)i);
	}
	state(ctx, left);
	disk_free(left);
}

/* The next combination; false after the last. */
static bool
count_up(const struct thing *things, size_t *way, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (++way[i] < ways(&things[i])) {
			return true;
		}
		way[i] = 0;
	}
	return false;
}

static void
fill(const struct thing *things, size_t *way, size_t count, bool lost)
{
	for (size_t i = 0; i < count; i++) {
		way[i] = lost && ways(&things[i]) > 1 ? 1 : 0;
	}
}

void
disk_states(const struct disk *d, struct rng *rng, size_t most,
	    void (*state)(void *ctx, const struct disk *), void *ctx)
{
	size_t count, all = 1;
	struct thing *things = list_things(d, &count);
	size_t *way = xcalloc(count + 1, sizeof(way[0]));

	for (size_t i = 0; i < count && all <= most; i++) {
		all *= ways(&things[i]);
	}
	if (all <= most) {
		do {
			try(d, things, way, count, state, ctx);
		} while (count_up(things, way, count));
		goto end;
	}
	for (int lost = 0; lost < 2; lost++) {
		fill(things, way, count, lost);
		try(d, things, way, count, state, ctx);
		for (size_t i = 0; i < count; i++) {
			size_t was = way[i];

			for (way[i] = 0; way[i] < ways(&things[i]); way[i]++) {
				if (way[i] != was) {
					try(d, things, way, count, state, ctx);
					most -= most > 1;
				}
			}
			way[i] = was;
		}
	}
	while (most-- > 0) {
		for (size_t i = 0; i < count; i++) {
			way[i] = (size_t)rng_below(rng, ways(&things[i]));
		}
		try(d, things, way, count, state, ctx);
	}
end:
	free(way);
	free(things);
}
