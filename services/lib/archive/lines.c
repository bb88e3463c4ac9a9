#include "lib/archive/lines.h"

bool
take_until(struct slice *rest, char c, struct slice *ret_word)
{
	const uint8_t *end = rest->len != 0 ? memchr(rest->at, c, rest->len) : NULL;

	if (end == NULL) {
		return false;
	}
	*ret_word = slice_of(rest->at, (size_t)(end - rest->at));
	*rest = slice_from(*rest, ret_word->len + 1);
	return true;
}

bool
after_word(struct slice line, const char *word, struct slice *ret_rest)
{
	size_t len = strlen(word);

	if (line.len <= len || memcmp(line.at, word, len) != 0 || line.at[len] != ' ') {
		return false;
	}
	*ret_rest = slice_from(line, len + 1);
	return true;
}

bool
number_read(struct slice text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (text.len == 0 || text.len > 19 || (text.at[0] == '0' && text.len != 1)) {
		return false; /* 19 digits cannot overflow. */
	}
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9') {
			return false;
		}
		value = 10 * value + (uint64_t)(text.at[i] - '0');
	}
	if (value > max) {
		return false;
	}
	*ret = value;
	return true;
}
