#include "lib/base/utf8.h"

#include <utf8proc.h>

#include "lib/base/buf.h"

/* Eight bytes of ASCII, none of them NUL. */
static bool
is_plain(const uint8_t *at)
{
	uint64_t b = get_le64(at);

	return ((b | (b - UINT64_C(0x0101010101010101))) &
		UINT64_C(0x8080808080808080)) == 0;
}

/* Three bytes, of which the first leaves nothing open but that two continue it: neither
 * 0xe0 (overlong forms) nor 0xed (surrogates).  Kana and kanji are such. */
static bool
is_plain_three(const uint8_t *at)
{
	return at[0] > 0xe0 && at[0] < 0xf0 && at[0] != 0xed && (at[1] & 0xc0) == 0x80 &&
	       (at[2] & 0xc0) == 0x80;
}

bool
utf8_valid(struct slice s)
{
	size_t i = 0;

	while (i < s.len) {
		utf8proc_int32_t code;
		utf8proc_ssize_t n;

		/* Nearly all text is one of these; utf8proc tells about the rest. */
		if (s.len - i >= 8 && is_plain(s.at + i)) {
			i += 8;
			continue;
		}
		if (s.at[i] != 0 && s.at[i] < 0x80) {
			i++;
			continue;
		}
		if (s.len - i >= 3 && is_plain_three(s.at + i)) {
			i += 3;
			continue;
		}
		n = utf8proc_iterate(s.at + i, (utf8proc_ssize_t)(s.len - i), &code);
		if (n <= 0 || code == 0) {
			return false;
		}
		i += (size_t)n;
	}
	return true;
}

size_t
utf8_width(struct slice s)
{
	size_t width = 0;
	size_t i = 0;

	while (i < s.len) {
		utf8proc_int32_t code;
		utf8proc_ssize_t n;

		n = utf8proc_iterate(s.at + i, (utf8proc_ssize_t)(s.len - i), &code);
		if (n <= 0) {
			return width + (s.len - i);
		}
		width += (size_t)utf8proc_charwidth(code);
		i += (size_t)n;
	}
	return width;
}
