#include "cli/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void
text_blanks(struct buf *b, size_t count)
{
	memset(buf_grow(b, count), ' ', count);
}

/* Marks that stand at no line's beginning. */
static bool
is_closing(const char *at)
{
	static const char *const marks[] = { "、", "。", "）", "」", "』", "・", "，",
					     "．", "：", "！", "？", "ー", "〕", "】" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (strncmp(at, marks[i], strlen(marks[i])) == 0) {
			return true;
		}
	}
	return false;
}

static bool
is_opening(const char *at)
{
	static const char *const marks[] = { "（", "「", "『", "〔", "【" };

	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (strncmp(at, marks[i], strlen(marks[i])) == 0) {
			return true;
		}
	}
	return false;
}

/* Bytes from 'at' on that must stay on one line. */
static size_t
piece_len(const char *at)
{
	size_t len = 0;
	bool held = false; /* An opening mark keeps what follows. */

	while (at[len] != '\0' && at[len] != ' ' && at[len] != '\n') {
		size_t n = text_character_len(at + len);
		bool wide = utf8_width(slice_of(at + len, n)) == 2;

		if (wide && len != 0 && !held && !is_closing(at + len)) {
			break; /* It begins a piece of its own. */
		}
		held = is_opening(at + len);
		len += n;
		if (wide && !held) {
			while (is_closing(at + len)) {
				len += text_character_len(at + len);
			}
			break;
		}
	}
	return len;
}

void
text_wrap(struct buf *b, const char *text, size_t column, size_t indent, size_t width)
{
	bool begun = false; /* Something stands on this line. */

	while (*text != '\0') {
		size_t blanks = strspn(text, " ");

		text += blanks;
		if (*text == '\n') {
			buf_put_u8(b, '\n');
			text_blanks(b, indent);
			column = indent;
			begun = false;
			text++;
			continue;
		}
		size_t len = piece_len(text);
		size_t w = utf8_width(slice_of(text, len));
		if (len == 0) {
			break;
		}
		if (begun && column + blanks + w > width) {
			buf_put_u8(b, '\n');
			text_blanks(b, indent);
			column = indent;
			blanks = 0;
		} else if (!begun) {
			blanks = 0;
		}
		text_blanks(b, blanks);
		column += blanks;
		/* What is wider than a line is cut where the line ends. */
		while (column + w > width && width > indent + 2) {
			size_t part = 0;
			size_t part_width = 0;

			while (part < len) {
				size_t n = text_character_len(text + part);
				size_t nw = utf8_width(slice_of(text + part, n));

				if (column + part_width + nw > width) {
					break;
				}
				part += n;
				part_width += nw;
			}
			buf_put(b, text, part);
			buf_put_u8(b, '\n');
			text_blanks(b, indent);
			text += part;
			len -= part;
			w -= part_width;
			column = indent;
		}
		buf_put(b, text, len);
		column += w;
		text += len;
		begun = true;
	}
}

const char *
bytes_text(struct arena *arena, uint64_t v)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	size_t unit = 0;
	uint64_t tenths = v * 10;

	if (v < 1024) {
		return arena_printf(arena, "%" PRIu64 " B", v);
	}
	if (v > UINT64_MAX / 10) {
		return arena_printf(arena, "%" PRIu64 " PiB", v >> 50);
	}
	while (tenths >= 10240 && unit + 1 < ARRAY_LEN(units)) {
		tenths = (tenths + 512) / 1024;
		unit++;
	}
	return arena_printf(arena, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10, tenths % 10,
			    units[unit]);
}

const char *
time_text(struct arena *arena, wall_ms_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;
	char text[40];
	char zone[8];

	if (ms < 0 || localtime_r(&seconds, &tm) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) == 0 ||
	    strftime(zone, sizeof(zone), "%z", &tm) != 5) {
		return "-";
	}
	return arena_printf(arena, "%s %.3s:%s", text, zone, zone + 3);
}

const char *
minute_text(struct arena *arena, wall_ms_t ms)
{
	return ms > 0 ? arena_printf(arena, "%.16s", time_text(arena, ms)) : "-";
}

const char *
short_id(struct arena *arena, const char *id)
{
	size_t len = strlen(id);

	return text_clean(arena, len > 8 ? id + len - 8 : id);
}

const char *
short_hash(struct arena *arena, const char *hash)
{
	return text_clean(arena, arena_printf(arena, "%.8s", hash));
}

const char *
pick(enum lang lang, const char *ja, const char *en)
{
	const char *first = lang == LANG_JA ? ja : en;
	const char *second = lang == LANG_JA ? en : ja;

	return first != NULL && *first != '\0'     ? first
	       : second != NULL && *second != '\0' ? second
						   : "";
}

const char *
join(struct arena *arena, char *const *items, size_t count, const char *between)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < count; i++) {
		buf_put_str(&b, i != 0 ? between : "");
		buf_put_str(&b, items[i]);
	}
	const char *joined = arena_dup(arena, b.at, b.len);
	buf_fini(&b);
	return text_clean(arena, joined);
}
