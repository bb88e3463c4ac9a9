#include "archive/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/mem.h"

void
memory_fini(struct memory *m)
{
	for (size_t i = 0; i < m->count; i++) {
		buf_fini(&m->files[i].bytes);
	}
	free(m->files);
	*m = (struct memory){ 0 };
}

struct memory
memory_copy(const struct memory *m)
{
	struct memory copy = { 0 };

	for (size_t i = 0; i < m->count; i++) {
		memory_put(&copy, m->files[i].path, buf_slice(&m->files[i].bytes));
	}
	return copy;
}

struct memory_file *
memory_find(const struct memory *m, const char *path)
{
	for (size_t i = 0; i < m->count; i++) {
		if (strcmp(m->files[i].path, path) == 0) {
			return &m->files[i];
		}
	}
	return NULL;
}

void
memory_put(struct memory *m, const char *path, struct slice bytes)
{
	struct memory_file *file = memory_find(m, path);

	if (file == NULL) {
		if (m->count == m->cap) {
			m->cap = m->cap != 0 ? 2 * m->cap : 16;
			m->files = xrealloc(m->files, m->cap * sizeof(m->files[0]));
		}
		file = &m->files[m->count++];
		*file = (struct memory_file){ 0 };
		snprintf(file->path, sizeof(file->path), "%s", path);
	}
	buf_clear(&file->bytes);
	buf_put_slice(&file->bytes, bytes);
}

void
memory_remove(struct memory *m, const char *path)
{
	struct memory_file *file = memory_find(m, path);

	if (file != NULL) {
		buf_fini(&file->bytes);
		*file = m->files[--m->count];
	}
}

void
memory_write(const struct memory *m, const char *folder)
{
	char path[4096];

	for (size_t i = 0; i < m->count; i++) {
		const struct memory_file *file = &m->files[i];
		int len = snprintf(path, sizeof(path), "%s/%s", folder, file->path);

		must(len > 0 && (size_t)len < sizeof(path));
		for (char *at = path + strlen(folder) + 1; (at = strchr(at, '/')) != NULL;
		     at++) {
			*at = '\0';
			must(mkdir(path, 0755) == 0 || errno == EEXIST);
			*at = '/';
		}
		FILE *f = fopen(path, "we");
		must(f != NULL);
		must(fwrite(file->bytes.at, 1, file->bytes.len, f) == file->bytes.len);
		must(fclose(f) == 0);
	}
}

static enum err
memory_read(void *ctx, const char *path, uint64_t offset, size_t max, struct buf *to)
{
	const struct memory_file *file = memory_find(ctx, path);

	if (file == NULL) {
		return ERR_NOT_FOUND;
	}
	if (offset < file->bytes.len) {
		size_t left = file->bytes.len - (size_t)offset;

		buf_put(to, file->bytes.at + offset, left < max ? left : max);
	}
	return OK;
}

struct archive_files
memory_files(struct memory *m)
{
	return (struct archive_files){ m, memory_read };
}
