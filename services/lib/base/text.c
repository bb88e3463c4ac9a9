#include "lib/base/text.h"

#include <inttypes.h>
#include <stdio.h>

static const char *
clean(struct arena *arena, const char *text, bool keep_lines)
{
	struct buf b = { 0 };

	for (const uint8_t *at = (const uint8_t *)(text != NULL ? text : ""); *at != 0;
	     at++) {
		if (*at == '\n') {
			buf_put_str(&b, keep_lines ? "\n" : " / ");
		} else if (*at < 0x20 || *at == 0x7f) {
			buf_put_u8(&b, *at == '\t' ? ' ' : '?');
		} else if (at[0] == 0xe2 && at[1] == 0x80 &&
			   (at[2] == 0xa8 || at[2] == 0xa9)) {
			/* U+2028 and U+2029 end lines too, for some readers. */
			buf_put_str(&b, keep_lines ? "\n" : " / ");
			at += 2;
		} else if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0) {
			buf_put_u8(&b, '?'); /* U+0080 to U+009F drive terminals too. */
			at++;
		} else {
			buf_put_u8(&b, *at);
		}
	}
	const char *kept = arena_dup(arena, b.at, b.len);
	buf_fini(&b);
	return kept;
}

const char *
text_clean(struct arena *arena, const char *text)
{
	return clean(arena, text, false);
}

const char *
text_clean_lines(struct arena *arena, const char *text)
{
	return clean(arena, text, true);
}

size_t
text_character_len(const char *at)
{
	size_t len = 0;
	size_t next;

	do {
		len++;
		while (((uint8_t)at[len] & 0xc0) == 0x80) {
			len++;
		}
		if ((uint8_t)at[len] < 0x80) {
			break; /* The end, or ASCII: that combines with nothing. */
		}
		next = 1;
		while (((uint8_t)at[len + next] & 0xc0) == 0x80) {
			next++;
		}
	} while (utf8_width(slice_of(at + len, next)) == 0);
	return len;
}

const char *
text_cut(struct arena *arena, const char *text, size_t width)
{
	size_t used = 0;
	size_t len = 0;

	if (text_width(text) <= width) {
		return text;
	}
	if (width == 0) {
		return "";
	}
	while (text[len] != '\0') {
		size_t n = text_character_len(text + len);
		size_t w = utf8_width(slice_of(text + len, n));

		if (used + w > width - 1) {
			break;
		}
		used += w;
		len += n;
	}
	return arena_printf(arena, "%.*s…", (int)len, text);
}

const char *
unsigned_text(struct arena *arena, uint64_t v)
{
	char digits[24];
	char grouped[32];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, v);
	char *to = grouped;

	for (int i = 0; i < len; i++) {
		if (i != 0 && (len - i) % 3 == 0) {
			*to++ = ',';
		}
		*to++ = digits[i];
	}
	return arena_dup(arena, grouped, (size_t)(to - grouped));
}

const char *
number_text(struct arena *arena, int64_t v)
{
	if (v >= 0) {
		return unsigned_text(arena, (uint64_t)v);
	}
	return arena_printf(arena, "−%s", unsigned_text(arena, 0 - (uint64_t)v));
}

void
text_fill(struct buf *to, const char *pattern, const char *const *args)
{
	size_t count = 0;

	while (args[count] != NULL) {
		count++;
	}
	for (const char *at = pattern; *at != '\0'; at++) {
		if (at[0] == '{' && at[1] >= '0' && at[1] <= '9' && at[2] == '}') {
			must((size_t)(at[1] - '0') < count);
			buf_put_str(to, args[at[1] - '0']);
			at += 2;
		} else {
			buf_put_u8(to, (uint8_t)*at);
		}
	}
}
