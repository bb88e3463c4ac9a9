#include "lib/base/utf8.h"

#include <utf8proc.h>

bool
utf8_valid(struct slice s)
{
	size_t i = 0;

	while (i < s.len) {
		utf8proc_int32_t code;
		utf8proc_ssize_t n;

		if (s.at[i] != 0 && s.at[i] < 0x80) {
			i++;
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
