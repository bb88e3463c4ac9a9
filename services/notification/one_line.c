#include "notification/one_line.h"

#include "lib/base/utf8.h"

size_t
char_len(struct slice text)
{
	uint8_t lead = text.at[0];

	return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* A character of 'len' bytes that is shown as a space. */
static bool
is_blank(const uint8_t *c, size_t len)
{
	static const uint8_t separator[] = { 0xe2, 0x80 }; /* … a8 and a9. */

	switch (len) {
	case 1:
		return c[0] <= ' ' || c[0] == 0x7f;
	case 2:
		return c[0] == 0xc2 && c[1] < 0xa0;
	case 3:
		return memcmp(c, separator, sizeof(separator)) == 0 &&
		       (c[2] == 0xa8 || c[2] == 0xa9);
	default:
		return false;
	}
}

void
one_line(struct buf *out, struct slice text, size_t max)
{
	size_t begin = out->len, i = 0;
	bool space = false;

	while (i < text.len) {
		struct slice c = slice_of(text.at + i, char_len(slice_from(text, i)));

		/* NUL is no text to utf8_valid(), but a blank to us. */
		if (c.len > text.len - i || (c.at[0] != 0 && !utf8_valid(c))) {
			c = slice_str("?");
			i++;
		} else {
			i += c.len;
			if (is_blank(c.at, c.len)) {
				space = true;
				continue;
			}
		}
		space = space && out->len != begin;
		if (out->len - begin + space + c.len > max) {
			return;
		}
		if (space) {
			buf_put_u8(out, ' ');
		}
		buf_put_slice(out, c);
		space = false;
	}
}
