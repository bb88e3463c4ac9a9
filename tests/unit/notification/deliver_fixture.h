/* tests/unit/notification/deliver_fixture.h - deliver on a loop of the test's, and real
 * servers on loopback (tests/lib/mail_peer.py, hook_peer.py) that do what a test says.
 *
 * Nothing here waits for a time to pass: a peer says its port when it listens, and writes
 * what it took before it answers or hangs up. */
#ifndef UNIT_NOTIFICATION_DELIVER_FIXTURE_H
#define UNIT_NOTIFICATION_DELIVER_FIXTURE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <uv.h>

#include <setjmp.h>
#include <stdarg.h>

#include "kusanone/v1/alert.pb-c.h"
#include "lib/base/buf.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"
#include "lib/base/unpack_wire.h"
#include "notification/deliver.h"

#include <cmocka.h>

#define ACCEPTED KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_ACCEPTED
#define LATER    KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_LATER
#define REFUSED  KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_REFUSED

enum { OUTCOMES_MAX = 64, GUARD_MS = 20000, SHORT_MS = 1000, LONG_MS = 10000 };

#define MESSAGE "0123456789abcdef0123456789abcdef"
#define MADE_MS INT64_C(1707973200000) /* 2024-02-15T05:00:00Z */

struct peer_process {
	pid_t pid;
	int hold; /* Its standard input: it ends when this is closed. */
	unsigned port;
	char dir[64];
};

struct outcome_seen {
	uint64_t number;
	int kind;
	bool in_doubt;
	int64_t retry_after_ms;
	char answer[512];
};

struct world {
	uv_loop_t loop;
	uv_timer_t guard;
	struct deliver *deliver;
	struct deliver_options options;
	struct arena arena;
	struct outcome_seen outcomes[OUTCOMES_MAX];
	unsigned count;
	bool in_begin; /* An outcome now would come from within deliver_begin(). */
	char dir[64];
	struct log_sink sink;
	struct buf log;
	char why[512];
};

/* ---- Files. */

static inline void
write_file(const char *dir, const char *name, mode_t mode, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* NUL-terminated, in memory of the world; NULL if there is no such file. */
static inline char *
read_file(struct world *w, const char *dir, const char *name)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return NULL;
	}
	assert_int_equal(fstat(fd, &st), 0);
	char *text = arena_zalloc(&w->arena, (size_t)st.st_size + 1);
	assert_int_equal(read(fd, text, (size_t)st.st_size), st.st_size);
	close(fd);
	return text;
}

static inline int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

static inline void
remove_dir(const char *dir)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- Peers. */

/* 'arguments' are parted by single spaces. */
static inline void
peer_start(struct peer_process *p, const char *program, const char *arguments)
{
	char path[256], words[1024], port[16] = "";
	char *argv[16] = { path, p->dir };
	int in[2], out[2], n = 2;
	size_t len = 0;

	snprintf(p->dir, sizeof(p->dir), "/tmp/kusanone-peer-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(path, sizeof(path), "%s/tests/lib/%s", SOURCE_DIR, program);
	snprintf(words, sizeof(words), "%s", arguments);
	for (char *w = strtok(words, " "); w != NULL; w = strtok(NULL, " ")) {
		argv[n++] = w;
	}
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		execv(path, argv);
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	p->hold = in[1];
	while (len < sizeof(port) - 1 && read(out[0], port + len, 1) == 1 &&
	       port[len] != '\n') {
		len++;
	}
	close(out[0]);
	p->port = (unsigned)strtoul(port, NULL, 10);
	assert_int_not_equal(p->port, 0);
}

static inline void
peer_stop(struct peer_process *p)
{
	if (p->pid > 0) {
		close(p->hold);
		waitpid(p->pid, NULL, 0);
		remove_dir(p->dir);
		p->pid = 0;
	}
}

static inline void
peer_does(const struct peer_process *p, const char *behaviour)
{
	write_file(p->dir, "behaviour.new", 0600, behaviour);
	char from[128], to[128];

	snprintf(from, sizeof(from), "%s/behaviour.new", p->dir);
	snprintf(to, sizeof(to), "%s/behaviour", p->dir);
	assert_int_equal(rename(from, to), 0);
}

/* How many messages it has taken. */
static inline unsigned
peer_taken(const struct peer_process *p)
{
	unsigned n = 0;
	char path[128];

	for (;; n++) {
		snprintf(path, sizeof(path), "%s/%04u.txt", p->dir, n + 1);
		if (access(path, F_OK) != 0) {
			return n;
		}
	}
}

/* Until it has taken so many: what a process gave away before it died may still be on its
 * way to the peer. */
static inline void
peer_settle(const struct peer_process *p, unsigned taken)
{
	for (int left = GUARD_MS; peer_taken(p) < taken; left--) {
		assert_true(left > 0);
		(void)poll(NULL, 0, 1);
	}
	assert_int_equal(peer_taken(p), taken);
}

/* Does this program, told to send to 'url', die by SIGKILL at the point? */
static inline bool
crashes_at(const char *point, const char *url)
{
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		setenv("KUSANONE_CRASH_AT", point, 1);
		execl("/proc/self/exe", "sender", url, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Facts of its newest message. */
static inline char *
peer_facts(struct world *w, const struct peer_process *p)
{
	char name[16];

	snprintf(name, sizeof(name), "%04u.txt", peer_taken(p));
	char *text = read_file(w, p->dir, name);
	must(text != NULL);
	return text;
}

static inline void
check_has_(const char *text, const char *part, const char *file, int line)
{
	if (text == NULL || strstr(text, part) == NULL) {
		print_error("%s:%d: not in\n%s\n: %s\n", file, line, text, part);
		fail();
	}
}
#define CHECK_HAS(text, part) check_has_(text, part, __FILE__, __LINE__)

/* A certificate for 127.0.0.1 and [::1], signed by itself: NAME.crt, NAME.key in 'dir'.
 */
static inline void
make_certificate(const char *dir, const char *name)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "cd %s && openssl req -x509 -newkey ec -pkeyopt "
		 "ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=%s -addext "
		 "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost -keyout %s.key "
		 "-out %s.crt 2>openssl.log",
		 dir, name, name, name);
	assert_int_equal(system(command), 0);
}

/* ---- The world. */

static inline void
on_outcome(void *ctx, struct slice packed)
{
	struct world *w = ctx;
	const Kusanone__V1__Outcome *o = (const Kusanone__V1__Outcome *)unpack_message(
		&kusanone__v1__outcome__descriptor, packed, &w->arena, NULL);

	assert_non_null(o);
	assert_false(w->in_begin);
	assert_true(w->count < OUTCOMES_MAX);
	struct outcome_seen *seen = &w->outcomes[w->count++];
	*seen = (struct outcome_seen){
		.number = o->number,
		.kind = (int)o->kind,
		.in_doubt = o->in_doubt,
		.retry_after_ms = o->retry_after_ms,
	};
	snprintf(seen->answer, sizeof(seen->answer), "%s", o->answer);
	assert_true(strlen(seen->answer) <= 200);
	for (const char *c = seen->answer; *c != '\0'; c++) {
		assert_true((unsigned char)*c >= ' ');
	}
}

static inline void
on_guard(uv_timer_t *timer)
{
	struct world *w = container_of(timer, struct world, guard);

	print_error("no outcome in %d ms; %u so far\n", GUARD_MS, w->count);
	abort();
}

static inline void
on_log(const struct log_sink *sink, enum log_level level, struct slice line)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	struct world *w = sink->ctx;

	(void)level;
	pthread_mutex_lock(&lock);
	buf_put_slice(&w->log, line);
	buf_put_u8(&w->log, '\n');
	pthread_mutex_unlock(&lock);
}

static inline void
world_init(struct world *w)
{
	*w = (struct world){
		.options = { .from = "alerts@example.jp",
			     .host_name = "hq.example.jp",
			     .timeout_ms = LONG_MS },
		.dir = "/tmp/kusanone-deliver-XXXXXX",
		.sink = { .write = on_log, .ctx = w, .level = LOG_DEBUG },
	};
	hash_init();
	signal(SIGPIPE, SIG_IGN);
	assert_non_null(mkdtemp(w->dir));
	assert_int_equal(uv_loop_init(&w->loop), 0);
	assert_int_equal(uv_timer_init(&w->loop, &w->guard), 0);
	w->options.log = &w->sink;
}

static inline const char *
world_path(struct world *w, const char *name)
{
	return arena_printf(&w->arena, "%s/%s", w->dir, name);
}

static inline bool
world_open(struct world *w)
{
	w->deliver = deliver_open(&w->loop, &w->options, on_outcome, w, w->why,
				  sizeof(w->why));
	return w->deliver != NULL;
}

/* Closes deliver and lets the loop come to its end: within the guard's time. */
static inline void
world_close(struct world *w)
{
	deliver_close(w->deliver);
	w->deliver = NULL;
	unsigned count = w->count;
	must(uv_timer_start(&w->guard, on_guard, GUARD_MS, 0) == 0);
	uv_unref((uv_handle_t *)&w->guard);
	assert_int_equal(uv_run(&w->loop, UV_RUN_DEFAULT), 0);
	uv_timer_stop(&w->guard);
	uv_ref((uv_handle_t *)&w->guard);
	assert_int_equal(w->count, count);
}

static inline void
world_fini(struct world *w)
{
	world_close(w);
	uv_close((uv_handle_t *)&w->guard, NULL);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
	buf_fini(&w->log);
	arena_fini(&w->arena);
	remove_dir(w->dir);
}

/* Anew, with what the options are now. */
static inline void
world_reopen(struct world *w)
{
	world_close(w);
	assert_true(world_open(w));
}

static inline void
world_wait(struct world *w, unsigned count)
{
	must(uv_timer_start(&w->guard, on_guard, GUARD_MS, 0) == 0);
	while (w->count < count) {
		uv_run(&w->loop, UV_RUN_ONCE);
	}
	uv_timer_stop(&w->guard);
}

static inline void
begin(struct world *w, const Kusanone__V1__Delivery *d)
{
	struct buf packed = { 0 };

	pack_message(&d->base, &packed);
	w->in_begin = true;
	deliver_begin(w->deliver, buf_slice(&packed));
	w->in_begin = false;
	buf_fini(&packed);
}

/* One more outcome. */
static inline const struct outcome_seen *
send_one(struct world *w, const Kusanone__V1__Delivery *d)
{
	unsigned count = w->count;

	begin(w, d);
	world_wait(w, count + 1);
	const struct outcome_seen *seen = &w->outcomes[count];
	assert_int_equal(seen->number, d->number);
	assert_true(deliver_is_idle(w->deliver));
	return seen;
}

#endif
