#include "lib/host/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"
#include "lib/host/file.h"

enum { KEYFILE_MAX_BYTES = 8 * 1024, KEYFILE_FORMAT = 1 };

static bool
name_valid(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') &&
		    (i == 0 || (c != '.' && c != '_' && c != '-'))) {
			return false;
		}
	}
	return name.len >= 1 && name.len <= KEYFILE_NAME_MAX;
}

static void
generate(struct node_keys *keys)
{
	must(crypto_box_keypair(keys->curve_public, keys->curve_secret) == 0);
	sign_keypair(keys->sign_public, keys->sign_secret, NULL);
}

enum err
keyfile_generate(const char *name, const struct node_id *node, struct keyfile *ret_keys)
{
	struct keyfile keys = { .count = 1 };

	if (!name_valid(slice_str(name))) {
		return ERR_INVALID;
	}
	memcpy(keys.name, name, strlen(name) + 1);
	if (node != NULL) {
		keys.node = *node;
	} else {
		random_bytes(keys.node.b, sizeof(keys.node.b));
	}
	generate(&keys.keys[0]);
	*ret_keys = keys;
	keyfile_wipe(&keys);
	return OK;
}

void
keyfile_add_generation(struct keyfile *keys)
{
	if (keys->count == KEYFILE_MAX_KEYS) {
		memmove(&keys->keys[0], &keys->keys[1],
			(KEYFILE_MAX_KEYS - 1) * sizeof(keys->keys[0]));
		keys->count--;
	}
	generate(&keys->keys[keys->count++]);
}

void
keyfile_wipe(struct keyfile *keys)
{
	sodium_memzero(keys, sizeof(*keys));
}

/* ---- Writing. */

static void
put_hex(struct buf *out, const char *key, const void *at, size_t len)
{
	char hex[2 * SIGN_SECRET_LEN + 1];

	hex_format(at, len, hex);
	buf_printf(out, "%s=%s\n", key, hex);
	sodium_memzero(hex, sizeof(hex));
}

static void
print(struct buf *out, const struct keyfile *keys)
{
	/* So that it never grows and leaves a copy behind. */
	buf_reserve(out, KEYFILE_MAX_BYTES);
	buf_put_str(
		out,
		"# The secret keys of a Kusanone node. Whoever has this file can\n"
		"# speak as this node: keep it 0600, and keep a copy in a safe place.\n");
	buf_printf(out, "format=%d\n", KEYFILE_FORMAT);
	put_hex(out, "node", keys->node.b, sizeof(keys->node.b));
	buf_printf(out, "name=%s\n", keys->name);
	for (unsigned i = 0; i < keys->count; i++) {
		const struct node_keys *k = &keys->keys[i];

		put_hex(out, "curve_public", k->curve_public, sizeof(k->curve_public));
		put_hex(out, "curve_secret", k->curve_secret, sizeof(k->curve_secret));
		put_hex(out, "sign_public", k->sign_public, sizeof(k->sign_public));
		put_hex(out, "sign_secret", k->sign_secret, sizeof(k->sign_secret));
	}
	must(out->len <= KEYFILE_MAX_BYTES);
}

/* A new file with everything on the disk but its folder's entry. */
static enum err
create(const char *path, const struct keyfile *keys, char *why, size_t why_len)
{
	struct buf text = { 0 };
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		snprintf(why, why_len, "%s: %s", path,
			 errno == EEXIST
				 ? "is there already, and keys are never overwritten"
				 : strerror(errno));
		return errno == EEXIST ? ERR_EXISTS : ERR_IO;
	}
	print(&text, keys);
	bool ok = fchmod(fd, 0600) == 0 && file_write_all(fd, buf_slice(&text)) &&
		  fsync(fd) == 0;
	int code = errno;
	ok = close(fd) == 0 && ok;
	file_wipe(&text);
	if (!ok) {
		snprintf(why, why_len, "%s: cannot be written: %s", path, strerror(code));
		unlink(path);
		return ERR_IO;
	}
	return OK;
}

enum err
keyfile_write(const char *path, const struct keyfile *keys, char *why, size_t why_len)
{
	enum err err = create(path, keys, why, why_len);

	if (err == OK && !file_sync_folder_of(path)) {
		snprintf(why, why_len, "%s: its folder cannot be synced: %s", path,
			 strerror(errno));
		return ERR_IO;
	}
	return err;
}

enum err
keyfile_replace(const char *path, const struct keyfile *keys, char *why, size_t why_len)
{
	char *aside = xmalloc(strlen(path) + sizeof(".new"));

	sprintf(aside, "%s.new", path);
	/* What an interrupted replacement left is not in use. */
	(void)unlink(aside);
	enum err err = create(aside, keys, why, why_len);
	if (err == OK && (rename(aside, path) != 0 || !file_sync_folder_of(path))) {
		snprintf(why, why_len, "%s: cannot be replaced: %s", path,
			 strerror(errno));
		(void)unlink(aside);
		err = ERR_IO;
	}
	free(aside);
	return err;
}

/* ---- Reading. */

/* What a line sets: the fields of a generation, in their order. */
static const struct {
	const char *key;
	size_t offset, len;
} key_fields[] = {
	{ "curve_public", offsetof(struct node_keys, curve_public), KEYFILE_CURVE_LEN },
	{ "curve_secret", offsetof(struct node_keys, curve_secret), KEYFILE_CURVE_LEN },
	{ "sign_public", offsetof(struct node_keys, sign_public), SIGN_PUBLIC_LEN },
	{ "sign_secret", offsetof(struct node_keys, sign_secret), SIGN_SECRET_LEN },
};

struct parse {
	struct keyfile *keys;
	bool has_format, has_node, has_name;
	unsigned next_field; /* Of the generation being read; ARRAY_LEN: none is. */
};

static const char *
take_key_field(struct parse *p, struct slice key, struct slice value)
{
	if (p->next_field == 0) {
		if (p->keys->count == KEYFILE_MAX_KEYS) {
			return "it has more than four generations of keys";
		}
		p->keys->count++;
	}
	if (!slice_eq_str(key, key_fields[p->next_field].key)) {
		return "its keys do not come in order";
	}
	uint8_t *at = (uint8_t *)&p->keys->keys[p->keys->count - 1];
	if (!hex_parse(value, at + key_fields[p->next_field].offset,
		       key_fields[p->next_field].len)) {
		return "a key is not hex digits of the right number";
	}
	p->next_field = (p->next_field + 1) % ARRAY_LEN(key_fields);
	return NULL;
}

/* What is wrong with the line, NULL if nothing is. */
static const char *
take_line(struct parse *p, struct slice line)
{
	const uint8_t *eq = line.len != 0 ? memchr(line.at, '=', line.len) : NULL;

	if (line.len == 0 || line.at[0] == '#') {
		return NULL;
	}
	if (eq == NULL) {
		return "a line is not key=value";
	}
	struct slice key = slice_of(line.at, (size_t)(eq - line.at));
	struct slice value = slice_from(line, key.len + 1);
	if (slice_eq_str(key, "format")) {
		p->has_format = slice_eq_str(value, "1");
		return p->has_format ? NULL : "a newer program wrote it";
	}
	if (slice_eq_str(key, "node")) {
		p->has_node = hex_parse(value, p->keys->node.b, NODE_ID_LEN);
		return p->has_node ? NULL : "node is not 32 hex digits";
	}
	if (slice_eq_str(key, "name")) {
		p->has_name = name_valid(value);
		if (p->has_name) {
			memcpy(p->keys->name, value.at, value.len);
			p->keys->name[value.len] = '\0';
		}
		return p->has_name ? NULL : "name is not letters, digits and ._-";
	}
	return take_key_field(p, key, value);
}

/* Do the public halves belong to the secret ones? */
static bool
keys_match(const struct node_keys *keys)
{
	uint8_t curve[KEYFILE_CURVE_LEN], sign[SIGN_PUBLIC_LEN], again[SIGN_SECRET_LEN];

	if (crypto_scalarmult_base(curve, keys->curve_secret) != 0) {
		return false;
	}
	sign_keypair(sign, again, keys->sign_secret);
	bool match = memcmp(curve, keys->curve_public, sizeof(curve)) == 0 &&
		     memcmp(sign, keys->sign_public, sizeof(sign)) == 0 &&
		     sodium_memcmp(again, keys->sign_secret, sizeof(again)) == 0;
	sodium_memzero(again, sizeof(again));
	return match;
}

static const char *
parse(struct slice text, struct keyfile *keys)
{
	struct parse p = { .keys = keys };

	while (text.len != 0) {
		const uint8_t *end = memchr(text.at, '\n', text.len);
		size_t len = end != NULL ? (size_t)(end - text.at) : text.len;
		const char *fault = take_line(&p, slice_of(text.at, len));

		if (fault != NULL) {
			return fault;
		}
		text = slice_from(text, end != NULL ? len + 1 : len);
	}
	if (!p.has_format || !p.has_node || !p.has_name || keys->count == 0 ||
	    p.next_field != 0) {
		return "it is not whole";
	}
	for (unsigned i = 0; i < keys->count; i++) {
		if (!keys_match(&keys->keys[i])) {
			return "a public key does not belong to its secret key";
		}
	}
	return NULL;
}

enum err
keyfile_read(const char *path, struct keyfile *ret_keys, char *why, size_t why_len)
{
	struct buf text = { 0 };
	struct keyfile keys = { 0 };
	enum err err = file_read_private(path, KEYFILE_MAX_BYTES, &text, why, why_len);

	if (err == OK) {
		const char *fault = parse(buf_slice(&text), &keys);

		if (fault != NULL) {
			snprintf(why, why_len, "%s: not a key file: %s", path, fault);
			err = ERR_INVALID;
		} else {
			*ret_keys = keys;
		}
	}
	file_wipe(&text);
	keyfile_wipe(&keys);
	return err;
}
