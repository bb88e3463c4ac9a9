#include "lib/base/id.h"

struct uuid
uuid_v7(wall_ms_t now, const uint8_t random[10])
{
	struct uuid id;
	uint64_t ms = now > 0 ? (uint64_t)now : 0;

	for (int i = 0; i < 6; i++) {
		id.b[i] = (uint8_t)(ms >> 8 * (5 - i));
	}
	memcpy(id.b + 6, random, 10);
	id.b[6] = (uint8_t)(0x70 | (id.b[6] & 0x0f));
	id.b[8] = (uint8_t)(0x80 | (id.b[8] & 0x3f));
	return id;
}

void
hex_format(const void *at, size_t len, char *text)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *b = at;

	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[b[i] >> 4];
		text[2 * i + 1] = digits[b[i] & 15];
	}
	text[2 * len] = '\0';
}

static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	if (c >= 'A' && c <= 'F') {
		return c - 'A' + 10;
	}
	return -1;
}

bool
hex_parse(struct slice s, void *ret_at, size_t len)
{
	uint8_t *out = ret_at;

	if (s.len != 2 * len) {
		return false;
	}
	for (size_t i = 0; i < s.len; i++) {
		if (hex_digit(s.at[i]) < 0) {
			return false;
		}
	}
	for (size_t i = 0; i < len; i++) {
		out[i] = (uint8_t)((unsigned)hex_digit(s.at[2 * i]) << 4 |
				   (unsigned)hex_digit(s.at[2 * i + 1]));
	}
	return true;
}

/* Where the bytes of each group of digits begin: 8-4-4-4-12. */
static const struct {
	uint8_t byte, count, text;
} groups[] = { { 0, 4, 0 }, { 4, 2, 9 }, { 6, 2, 14 }, { 8, 2, 19 }, { 10, 6, 24 } };

void
uuid_format(const struct uuid *id, char text[UUID_TEXT_LEN + 1])
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		hex_format(id->b + groups[i].byte, groups[i].count,
			   text + groups[i].text);
		if (i + 1 < ARRAY_LEN(groups)) {
			text[groups[i].text + 2 * groups[i].count] = '-';
		}
	}
}

/* A lower case digit's value; above 15 for everything else. */
static unsigned
lower_digit(uint8_t c)
{
	if (c >= 'a' && c <= 'f') {
		return c - (unsigned)'a' + 10;
	}
	return c >= '0' && c <= '9' ? c - (unsigned)'0' : 16;
}

bool
uuid_parse(struct slice s, struct uuid *ret_id)
{
	struct uuid id;
	unsigned all = 0; /* Above 15 if one digit is none. */

	if (s.len != UUID_TEXT_LEN || s.at[8] != '-' || s.at[13] != '-' ||
	    s.at[18] != '-' || s.at[23] != '-') {
		return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
		const uint8_t *text = s.at + groups[i].text;
		uint8_t *out = id.b + groups[i].byte;

		for (size_t k = 0; k < groups[i].count; k++) {
			unsigned high = lower_digit(text[2 * k]);
			unsigned low = lower_digit(text[2 * k + 1]);

			out[k] = (uint8_t)(high << 4 | low);
			all |= high | low;
		}
	}
	if (all > 15) {
		return false;
	}
	*ret_id = id;
	return true;
}
