#include "cli/manifest.h"

#include <inttypes.h>

#include "lib/archive/lines.h"
#include "lib/base/id.h"
#include "lib/base/utf8.h"

static const char first_line[] = "kusanone backup 1";

enum { HEX_LEN = 2 * SHA256_LEN };

void
manifest_init(struct manifest *m)
{
	*m = (struct manifest){ .of = "" };
	table_init(&m->files, sizeof(struct manifest_file));
}

void
manifest_fini(struct manifest *m)
{
	table_fini(&m->files);
}

bool
manifest_path_good(struct slice path)
{
	struct slice rest = path, part;

	if (path.len == 0 || !utf8_valid(path)) {
		return false;
	}
	for (size_t i = 0; i < path.len; i++) {
		if (path.at[i] < ' ' || path.at[i] == 0x7f) {
			return false;
		}
	}
	while (rest.len != 0) {
		if (!take_until(&rest, '/', &part)) {
			part = rest;
			rest = (struct slice){ 0 };
		} else if (rest.len == 0) {
			return false; /* A slash at the end. */
		}
		if (part.len == 0 || slice_eq_str(part, ".") ||
		    slice_eq_str(part, "..")) {
			return false;
		}
	}
	return true;
}

void
manifest_add(struct manifest *m, const char *path, uint64_t bytes,
	     const struct sha256 *hash)
{
	struct manifest_file *file = table_add(&m->files);

	must(manifest_path_good(slice_str(path)));
	*file = (struct manifest_file){ .path = path, .bytes = bytes, .hash = *hash };
}

static void
put_sum(struct buf *b)
{
	const struct sha256 sum = sha256_of(buf_slice(b));
	char hex[HEX_LEN + 1];

	hex_format(sum.b, SHA256_LEN, hex);
	buf_printf(b, "sum %s\n", hex);
}

void
manifest_put(struct buf *b, const struct manifest *m)
{
	char hex[HEX_LEN + 1];

	buf_clear(b);
	buf_printf(b, "%s\nof %s\nat_ms %" PRId64 "\n", first_line, m->of, m->at);
	for (uint32_t i = 0; i < m->files.count; i++) {
		const struct manifest_file *file = table_at(&m->files, i);

		hex_format(file->hash.b, SHA256_LEN, hex);
		buf_printf(b, "file %s %" PRIu64 " %s\n", hex, file->bytes, file->path);
	}
	put_sum(b);
}

static bool
read_file_line(struct slice line, struct arena *arena, struct manifest *m)
{
	struct manifest_file file;
	struct slice rest, hash, bytes;

	if (!after_word(line, "file", &rest) || !take_until(&rest, ' ', &hash) ||
	    !take_until(&rest, ' ', &bytes) ||
	    !hex_parse(hash, file.hash.b, SHA256_LEN) ||
	    !number_read(bytes, INT64_MAX, &file.bytes) || !manifest_path_good(rest)) {
		return false;
	}
	file.path = arena_dup(arena, rest.at, rest.len);
	memcpy(table_add(&m->files), &file, sizeof(file));
	return true;
}

/* The last line, which says that all before is there. */
static bool
sum_is_right(struct slice text, struct slice line)
{
	const size_t before = (size_t)(line.at - text.at);
	struct sha256 said, is = sha256_of(slice_of(text.at, before));
	struct slice hex;

	return after_word(line, "sum", &hex) && hex_parse(hex, said.b, SHA256_LEN) &&
	       sha256_eq(&said, &is);
}

bool
manifest_read(struct slice text, struct arena *arena, struct manifest *m)
{
	struct slice rest = text, line, value;
	uint64_t at;

	if (!take_line(&rest, &line) || !slice_eq_str(line, first_line) ||
	    !take_line(&rest, &line) || !after_word(line, "of", &value)) {
		return false;
	}
	m->of = arena_dup(arena, value.at, value.len);
	if (!take_line(&rest, &line) || !after_word(line, "at_ms", &value) ||
	    !number_read(value, INT64_MAX, &at)) {
		return false;
	}
	m->at = (wall_ms_t)at;
	while (take_line(&rest, &line)) {
		if (rest.len == 0) {
			return sum_is_right(text, line);
		}
		if (!read_file_line(line, arena, m)) {
			return false;
		}
	}
	return false;
}
