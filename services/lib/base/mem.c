#include "lib/base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER 1
#endif
#endif
#ifndef ADDRESS_SANITIZER
#define ADDRESS_SANITIZER 0
#endif
#if ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#endif

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

/* Memory that was not handed out is out of bounds where AddressSanitizer looks on. */
static void
forbid(const void *at, size_t size)
{
#if ADDRESS_SANITIZER
	__asan_poison_memory_region(at, size);
#else
	(void)at;
	(void)size;
#endif
}

static void
permit(const void *at, size_t size)
{
#if ADDRESS_SANITIZER
	__asan_unpoison_memory_region(at, size);
#else
	(void)at;
	(void)size;
#endif
}

static void
free_chunks(struct arena_chunk **list)
{
	while (*list != NULL) {
		struct arena_chunk *chunk = *list;

		*list = chunk->next;
		permit(chunk->data, chunk->size);
		free(chunk);
	}
}

void
arena_fini(struct arena *arena)
{
	free_chunks(&arena->chunks);
	free_chunks(&arena->spare);
	arena->used = 0;
}

/* A chunk with room for 'need' bytes. */
static struct arena_chunk *
take_chunk(struct arena *arena, size_t need)
{
	struct arena_chunk **link = &arena->spare;

	while (*link != NULL && (*link)->size < need) {
		link = &(*link)->next;
	}
	struct arena_chunk *chunk = *link;
	if (chunk != NULL) {
		*link = chunk->next;
	} else {
		size_t size = need > ARENA_CHUNK_SIZE ? need : ARENA_CHUNK_SIZE;

		chunk = xmalloc(sizeof(*chunk) + size);
		chunk->size = size;
		forbid(chunk->data, size);
	}
	chunk->used = 0;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	return chunk;
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	struct arena_chunk *chunk = arena->chunks;
	size_t need = (size + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);

	must(need >= size);
	if (chunk == NULL || chunk->size - chunk->used < need) {
		chunk = take_chunk(arena, need);
	}
	void *ptr = chunk->data + chunk->used;
	chunk->used += need;
	arena->used += need;
	permit(ptr, size);
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
	size_t kept = 0;

	if (arena->chunks != NULL) {
		free_chunks(&arena->spare);
	}
	while (arena->chunks != NULL) {
		struct arena_chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		chunk->next = NULL;
		if (kept + chunk->size > ARENA_KEEP) {
			free_chunks(&chunk);
			continue;
		}
		kept += chunk->size;
		forbid(chunk->data, chunk->size);
		chunk->next = arena->spare;
		arena->spare = chunk;
	}
	arena->used = 0;
}
