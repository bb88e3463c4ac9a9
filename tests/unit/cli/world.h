/* tests/unit/cli/world.h - services that answer what the test says.
 *
 * A request goes to the test's 'serve', which queues answers with world_answer(); they
 * are received in order.  Time passes only while a command waits for nothing. */
#ifndef TEST_CLI_WORLD_H
#define TEST_CLI_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"
#include "lib/base/hash.h"
#include "lib/base/unpack_wire.h"

enum { WORLD_QUEUE = 128 };

enum world_service { WORLD_AGGREGATION, WORLD_INTAKE, WORLD_NOTIFICATION };

struct line {
	enum world_service to;
};

struct world {
	struct cli cli;
	struct arena arena;

	/* What is there. */
	bool has_intake, has_aggregation, has_notification;
	void (*serve)(struct world *, enum frame_type, struct slice body);

	/* What was said. */
	struct buf out, err;
	unsigned requests, connects, pauses;
	enum world_service to; /* The last request went there. */

	struct {
		enum frame_type type;
		struct slice body;
	} queue[WORLD_QUEUE];
	unsigned head, tail;
	msec_t now;
	unsigned interrupt_after; /* Waits for nothing until Ctrl-C; 0: never. */
	unsigned idle;
	struct line lines[3];
	void *ctx; /* The test's own. */
};

static inline enum world_service
world_service(const char *path)
{
	return strstr(path, "/intake.sock") != NULL         ? WORLD_INTAKE
	       : strstr(path, "/notification.sock") != NULL ? WORLD_NOTIFICATION
							    : WORLD_AGGREGATION;
}

static inline bool
world_exists(void *ctx, const char *path)
{
	const struct world *w = ctx;

	switch (world_service(path)) {
	case WORLD_INTAKE:
		return w->has_intake;
	case WORLD_NOTIFICATION:
		return w->has_notification;
	default:
		return w->has_aggregation;
	}
}

static inline enum err
world_connect(void *ctx, const char *path, struct line **ret_line)
{
	struct world *w = ctx;
	enum world_service to = world_service(path);

	if (!world_exists(ctx, path)) {
		return ERR_NOT_FOUND;
	}
	w->connects++;
	w->lines[to].to = to;
	*ret_line = &w->lines[to];
	return OK;
}

static inline void
world_hang_up(void *ctx, struct line *line)
{
	(void)ctx;
	(void)line;
}

static inline enum err
world_send(void *ctx, struct line *line, enum frame_type type, struct slice body)
{
	struct world *w = ctx;

	w->requests++;
	w->to = line->to;
	if (w->serve != NULL) {
		w->serve(w, type,
			 slice_of(arena_dup(&w->arena, body.at, body.len), body.len));
	}
	return OK;
}

static inline enum err
world_receive(void *ctx, struct line *line, int timeout_ms, struct frame *ret_frame)
{
	struct world *w = ctx;

	(void)line;
	if (w->head == w->tail) {
		w->now += timeout_ms + 1;
		w->idle++;
		return ERR_NOT_FOUND;
	}
	*ret_frame = (struct frame){
		.header = { .type = (uint8_t)w->queue[w->head % WORLD_QUEUE].type },
		.body = w->queue[w->head % WORLD_QUEUE].body,
	};
	w->head++;
	return OK;
}

/* The system's zones. */
static inline bool
world_zone_file(void *ctx, struct slice zone, struct buf *ret_file)
{
	char path[128];
	size_t n;
	(void)ctx;

	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%.*s", (int)zone.len,
		 (const char *)zone.at);
	FILE *file = fopen(path, "rbe");
	if (file == NULL) {
		return false;
	}
	do {
		n = fread(buf_reserve(ret_file, 4096), 1, 4096, file);
		ret_file->len += n;
	} while (n != 0);
	fclose(file);
	return true;
}

static inline msec_t
world_now(void *ctx)
{
	return ((struct world *)ctx)->now;
}

static inline wall_ms_t
world_wall(void *ctx)
{
	return 1700000000000 + ((struct world *)ctx)->now;
}

static inline void
world_pause(void *ctx, msec_t ms)
{
	struct world *w = ctx;

	w->pauses++;
	w->now += ms;
}

static const struct crew *
world_crew(void *ctx)
{
	(void)ctx;
	return NULL;
}

static inline bool
world_interrupted(void *ctx)
{
	struct world *w = ctx;

	return w->interrupt_after != 0 && w->idle >= w->interrupt_after;
}

static inline bool
world_write(void *ctx, int fd, struct slice bytes)
{
	struct world *w = ctx;

	buf_put_slice(fd == 1 ? &w->out : &w->err, bytes);
	return true;
}

/* An answer that is received after those that were queued before. */
static inline void
world_answer(struct world *w, enum frame_type type, const ProtobufCMessage *message)
{
	assert_true(w->tail - w->head < WORLD_QUEUE);
	w->queue[w->tail % WORLD_QUEUE].type = type;
	w->queue[w->tail++ % WORLD_QUEUE].body = pack_in_arena(message, &w->arena);
}

/* The request as a message. */
static inline void *
world_read(struct world *w, const ProtobufCMessageDescriptor *type, struct slice body)
{
	ProtobufCMessage *message = unpack_message(type, body, &w->arena, NULL);

	assert_non_null(message);
	return message;
}

static inline void
world_init(struct world *w)
{
	static struct cli_system system;

	*w = (struct world){ .has_intake = true };
	hash_init();
	system = (struct cli_system){
		.ctx = w,
		.exists = world_exists,
		.connect = world_connect,
		.hang_up = world_hang_up,
		.send = world_send,
		.receive = world_receive,
		.zone_file = world_zone_file,
		.now = world_now,
		.wall = world_wall,
		.pause = world_pause,
		.interrupted = world_interrupted,
		.crew = world_crew,
		.write = world_write,
	};
	cli_init(&w->cli, &system, NULL);
	w->cli.run = "/run/test";
	w->cli.width = 80;
}

static inline void
world_fini(struct world *w)
{
	cli_fini(&w->cli);
	arena_fini(&w->arena);
	buf_fini(&w->out);
	buf_fini(&w->err);
}

/* Run "kusanone" with these words; NULL ends them. */
static inline int
world_run_list(struct world *w, const char *const *words)
{
	char *argv[32] = { (char *)(uintptr_t) "kusanone" };
	int argc = 1;

	while (words[argc - 1] != NULL) {
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
		argc++;
	}
	argv[argc] = NULL;
	buf_clear(&w->out);
	buf_clear(&w->err);
	int code = cli_main(&w->cli, argc, argv);
	buf_put_u8(&w->out, '\0');
	buf_put_u8(&w->err, '\0');
	return code;
}
#define world_run(w, ...)                                                                \
	world_run_list(w, (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

#define world_out(w) ((const char *)(w)->out.at)
#define world_err(w) ((const char *)(w)->err.at)

#define CHECK_HAS(text, part)                                                            \
	do {                                                                             \
		if (strstr(text, part) == NULL) {                                        \
			fail_msg("no \"%s\" in:\n%s", part, text);                       \
		}                                                                        \
	} while (0)

#endif
