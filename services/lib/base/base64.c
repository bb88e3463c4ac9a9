#include "lib/base/base64.h"

#include <sodium.h>

enum { VARIANT = sodium_base64_VARIANT_ORIGINAL };

void
base64_put(struct buf *b, struct slice bytes)
{
	size_t room = sodium_base64_encoded_len(bytes.len, VARIANT); /* With a NUL. */
	char *at = (char *)buf_reserve(b, room);

	sodium_bin2base64(at, room, bytes.at, bytes.len, VARIANT);
	b->len += room - 1;
}

/* libsodium takes some characters beyond ASCII for others. */
static bool
is_ascii(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] > '~') {
			return false;
		}
	}
	return true;
}

bool
base64_read(struct slice text, struct buf *to)
{
	size_t room = text.len / 4 * 3 + 3, len;
	uint8_t *at = buf_reserve(to, room);

	if (text.len % 4 != 0 || !is_ascii(text)) {
		return false;
	}
	/* Without an end to point to, bytes after the padding are refused, too. */
	if (text.len != 0 && sodium_base642bin(at, room, (const char *)text.at, text.len,
					       NULL, &len, NULL, VARIANT) != 0) {
		return false;
	}
	to->len += text.len != 0 ? len : 0;
	return true;
}

bool
base64_get(struct slice text, void *ret_at, size_t len)
{
	struct buf bytes = { 0 };
	bool good = text.len == BASE64_LEN(len) && base64_read(text, &bytes) &&
		    bytes.len == len;

	if (good) {
		memcpy(ret_at, bytes.at, len);
	}
	buf_fini(&bytes);
	return good;
}
