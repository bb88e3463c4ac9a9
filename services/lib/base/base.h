/* lib/base/base.h - what every file of the project may assume.
 *
 * must() states a fact about ourselves and is never compiled out: a broken fact
 * ends the process, the supervisor starts it again, and the store is where the
 * last commit left it. */
#ifndef LIB_BASE_BASE_H
#define LIB_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WARN_UNUSED       __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN          __attribute__((noreturn))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* The structure that holds 'member' at 'ptr'. */
#define container_of(ptr, type, member)                                                  \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#define must(cond) ((cond) ? (void)0 : must_fail(__FILE__, __LINE__, __func__, #cond))

/* Report the broken fact on stderr and abort(). */
void must_fail(const char *file, int line, const char *func, const char *cond) NORETURN;

/* Milliseconds of a monotonic clock.  Only lib/host and tests/sim ask for it;
 * everybody else is given 'now'. */
typedef int64_t msec_t;
#define NEVER INT64_MAX

/* Milliseconds since 1970-01-01 UTC of the wall clock: recorded and shown, never
 * used to order anything. */
typedef int64_t wall_ms_t;

/* What the world did wrong.  A peer's or an officer's mistakes are not here:
 * they are verdicts, answered and counted. */
enum err {
	OK = 0,
	ERR_DISK_FULL = -1, /* The quota or the disk is used up: refuse new work. */
	ERR_IO = -2,        /* The disk failed: the process must end. */
	ERR_CORRUPT = -3,   /* What the disk holds is not what we wrote. */
	ERR_NOT_FOUND = -4,
	ERR_EXISTS = -5,
	ERR_FORMAT_NEWER = -6, /* Written by a newer program. */
	ERR_INVALID = -7,      /* An argument or a file that we cannot use. */
	ERR_BUSY = -8,
	ERR_UNSUPPORTED = -9,
	ERR_FORCED = -10, /* A failure that a test asked for. */
};

/* The error's name as it stands in logs, "disk_full" for ERR_DISK_FULL. */
const char *err_name(enum err err);

#endif
