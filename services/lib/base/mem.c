#include "lib/base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_CHUNK_SIZE = 64 * 1024, ARENA_ALIGN = 16 };

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	size_t used;
	_Alignas(ARENA_ALIGN) unsigned char data[];
};

void *
xmalloc(size_t size)
{
	void *ptr = malloc(size != 0 ? size : 1);

	must(ptr != NULL);
	return ptr;
}

void *
xcalloc(size_t count, size_t size)
{
	void *ptr = calloc(count != 0 ? count : 1, size != 0 ? size : 1);

	must(ptr != NULL);
	return ptr;
}

void *
xrealloc(void *old, size_t size)
{
	void *ptr = realloc(old, size != 0 ? size : 1);

	must(ptr != NULL);
	return ptr;
}

char *
xstrndup(const char *s, size_t len)
{
	char *copy = xmalloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

void
arena_fini(struct arena *arena)
{
	while (arena->chunks != NULL) {
		struct arena_chunk *next = arena->chunks->next;

		free(arena->chunks);
		arena->chunks = next;
	}
	arena->used = 0;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunks;
	size_t need = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);

	must(need >= size);
	if (chunk == NULL || chunk->size - chunk->used < need) {
		size_t data_size = need > ARENA_CHUNK_SIZE ? need : ARENA_CHUNK_SIZE;

		chunk = xmalloc(sizeof(*chunk) + data_size);
		chunk->next = arena->chunks;
		chunk->size = data_size;
		chunk->used = 0;
		arena->chunks = chunk;
	}
	void *ptr = chunk->data + chunk->used;
	chunk->used += need;
	arena->used += need;
	return ptr;
}

void *
arena_zalloc(struct arena *arena, size_t size)
{
	return memset(arena_alloc(arena, size), 0, size);
}

void *
arena_dup(struct arena *arena, const void *data, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (len != 0) {
		memcpy(copy, data, len);
	}
	copy[len] = '\0';
	return copy;
}

char *
arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	must(len >= 0);

	char *text = arena_alloc(arena, (size_t)len + 1);
	va_start(args, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

void
arena_reset(struct arena *arena)
{
	struct arena_chunk *keep = arena->chunks;

	if (keep != NULL) {
		struct arena_chunk *rest = keep->next;

		while (rest != NULL) {
			struct arena_chunk *next = rest->next;

			free(rest);
			rest = next;
		}
		keep->next = NULL;
		keep->used = 0;
		if (keep->size > ARENA_CHUNK_SIZE) {
			free(keep);
			arena->chunks = NULL;
		}
	}
	arena->used = 0;
}
