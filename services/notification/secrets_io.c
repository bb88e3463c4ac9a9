#include "notification/secrets.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "lib/host/file.h"

enum { NAME_MAX_LEN = 64 };

struct secret {
	struct slice name;
	uint8_t key[SECRET_MAX];
	size_t key_len;
};

static bool
is_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-') {
			return false;
		}
	}
	return name.len >= 1 && name.len <= NAME_MAX_LEN;
}

/* What is wrong with the line, NULL if nothing is.  The name is empty where the line has
 * none. */
static const char *
read_line(struct slice line, struct secret *ret)
{
	static const char prefix[] = "whsec_";
	const size_t prefix_len = sizeof(prefix) - 1;

	ret->name = (struct slice){ 0 };
	while (line.len != 0 && line.at[line.len - 1] <= ' ') {
		line.len--;
	}
	if (line.len == 0 || line.at[0] == '#') {
		return NULL;
	}
	const uint8_t *space = memchr(line.at, ' ', line.len);
	if (space == NULL) {
		return "is not a name and a secret";
	}
	struct slice name = slice_of(line.at, (size_t)(space - line.at));
	struct slice word = slice_from(line, name.len + 1);
	while (word.at[0] == ' ') {
		word = slice_from(word, 1);
	}
	if (!is_name(name)) {
		return "has a name that is not up to 64 letters, digits and ._-";
	}
	ret->name = name;
	if (word.len <= prefix_len || memcmp(word.at, prefix, prefix_len) != 0) {
		return "has a secret that does not begin with whsec_";
	}
	word = slice_from(word, prefix_len);
	if (sodium_base642bin(ret->key, sizeof(ret->key), (const char *)word.at, word.len,
			      NULL, &ret->key_len, NULL,
			      sodium_base64_VARIANT_ORIGINAL) != 0 ||
	    ret->key_len < SECRET_MIN) {
		return "has a secret that is not 24 to 64 bytes in base64";
	}
	return NULL;
}

static bool
next_line(struct slice *text, struct slice *ret_line)
{
	if (text->len == 0) {
		return false;
	}
	const uint8_t *end = memchr(text->at, '\n', text->len);
	size_t len = end != NULL ? (size_t)(end - text->at) : text->len;

	*ret_line = slice_of(text->at, len);
	*text = slice_from(*text, end != NULL ? len + 1 : len);
	return true;
}

static void
sign(const struct secret *secret, const char *id, int64_t timestamp, struct slice body,
     struct buf *out)
{
	crypto_auth_hmacsha256_state hmac;
	uint8_t mac[crypto_auth_hmacsha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof(mac), sodium_base64_VARIANT_ORIGINAL)];
	char stamp[32];

	snprintf(stamp, sizeof(stamp), ".%" PRId64 ".", timestamp);
	crypto_auth_hmacsha256_init(&hmac, secret->key, secret->key_len);
	crypto_auth_hmacsha256_update(&hmac, (const uint8_t *)id, strlen(id));
	crypto_auth_hmacsha256_update(&hmac, (const uint8_t *)stamp, strlen(stamp));
	crypto_auth_hmacsha256_update(&hmac, body.at, body.len);
	crypto_auth_hmacsha256_final(&hmac, mac);
	sodium_memzero(&hmac, sizeof(hmac));
	sodium_bin2base64(text, sizeof(text), mac, sizeof(mac),
			  sodium_base64_VARIANT_ORIGINAL);
	buf_printf(out, "%sv1,%s", out->len != 0 ? " " : "", text);
}

bool
secrets_sign(const char *path, const char *name, const char *id, int64_t timestamp,
	     struct slice body, struct buf *out, char *why, size_t why_len)
{
	struct secret secret = { 0 };
	struct buf file = { 0 }, signatures = { 0 };
	struct slice rest, line;
	const char *fault = NULL;

	if (file_read_private(path, SECRETS_FILE_MAX, &file, why, why_len) != OK) {
		file_wipe(&file);
		return false;
	}
	rest = buf_slice(&file);
	while (fault == NULL && next_line(&rest, &line)) {
		const char *bad = read_line(line, &secret);

		if (slice_eq_str(secret.name, name)) {
			fault = bad;
			if (bad == NULL) {
				sign(&secret, id, timestamp, body, &signatures);
			}
		}
	}
	if (fault != NULL) {
		snprintf(why, why_len, "%s: a line of \"%s\" %s", path, name, fault);
	} else if (signatures.len == 0) {
		snprintf(why, why_len, "%s: has no secret of the name \"%s\"", path,
			 name);
	}
	bool ok = fault == NULL && signatures.len != 0;
	if (ok) {
		buf_put_slice(out, buf_slice(&signatures));
	}
	sodium_memzero(&secret, sizeof(secret));
	file_wipe(&file);
	buf_fini(&signatures);
	return ok;
}

bool
secrets_check(const char *path, char *why, size_t why_len)
{
	struct secret secret = { 0 };
	struct buf file = { 0 };
	struct slice rest, line;
	unsigned number = 0;
	const char *fault = NULL;

	if (file_read_private(path, SECRETS_FILE_MAX, &file, why, why_len) != OK) {
		file_wipe(&file);
		return false;
	}
	rest = buf_slice(&file);
	while (fault == NULL && next_line(&rest, &line)) {
		number++;
		fault = read_line(line, &secret);
	}
	if (fault != NULL) {
		snprintf(why, why_len, "%s:%u: the line %s", path, number, fault);
	}
	sodium_memzero(&secret, sizeof(secret));
	file_wipe(&file);
	return fault == NULL;
}
