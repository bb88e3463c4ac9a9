/* lib/base/mem.h - memory that does not fail for its callers, and the turn's arena.
 *
 * An allocation that fails ends the process: what can grow has a configured bound
 * and a stated answer at it, so running out is our mistake and not the caller's.
 *
 * An arena hands out memory that lives until arena_reset(): one per turn, so that
 * nothing is allocated per record and nothing needs freeing one by one. */
#ifndef LIB_BASE_MEM_H
#define LIB_BASE_MEM_H

#include "lib/base/base.h"

/* Like malloc, calloc, realloc, strdup; never NULL. */
void *xmalloc(size_t size) WARN_UNUSED;
void *xcalloc(size_t count, size_t size) WARN_UNUSED;
void *xrealloc(void *ptr, size_t size) WARN_UNUSED;
char *xstrdup(const char *s) WARN_UNUSED;
char *xstrndup(const char *s, size_t len) WARN_UNUSED;

struct arena_chunk;
struct arena {
	struct arena_chunk *chunks; /* Newest first. */
	struct arena_chunk *spare;  /* Of the turn before, not used in this one yet. */
	size_t used;                /* Bytes handed out since the last reset. */
};

/* A zeroed arena is an empty one.  arena_fini() accepts it. */
void arena_fini(struct arena *);

/* 'size' bytes aligned for any type, undefined content.  Kept until the reset. */
void *arena_alloc(struct arena *, size_t size) WARN_UNUSED;

/* The same, zeroed. */
void *arena_zalloc(struct arena *, size_t size) WARN_UNUSED;

/* A copy of 'len' bytes at 'data', with a NUL after them. */
void *arena_dup(struct arena *, const void *data, size_t len) WARN_UNUSED;

/* Formatted text, NUL-terminated. */
char *arena_printf(struct arena *, const char *fmt, ...) PRINTF_LIKE(2, 3) WARN_UNUSED;

/* Everything handed out becomes invalid.  What this turn took is kept for the next, up
 * to ARENA_KEEP bytes; what neither needed is given back. */
enum { ARENA_KEEP = 4 * 1024 * 1024 };
void arena_reset(struct arena *);

#endif
