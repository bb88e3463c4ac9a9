#include "cli/node_keys.h"

#include <assert.h>
#include <stdio.h>

#include "lib/host/keyfile.h"

static_assert((int)NODE_NAME_MAX == (int)KEYFILE_NAME_MAX, "a name fits");

/* Of the newest generation. */
static void
show(const struct keyfile *keys, struct node_public *ret)
{
	const struct node_keys *newest = keyfile_newest(keys);

	hex_format(keys->node.b, NODE_ID_LEN, ret->node);
	snprintf(ret->name, sizeof(ret->name), "%s", keys->name);
	hex_format(newest->curve_public, sizeof(newest->curve_public), ret->curve);
	hex_format(newest->sign_public, sizeof(newest->sign_public), ret->sign);
}

enum err
node_keys_new(const char *path, const char *name, const struct node_id *node,
	      struct node_public *ret_public, char *why, size_t why_len)
{
	struct keyfile keys;
	enum err err = keyfile_generate(name, node, &keys);

	if (err != OK) {
		why[0] = '\0';
		return err;
	}
	err = keyfile_write(path, &keys, why, why_len);
	if (err == OK) {
		show(&keys, ret_public);
	}
	keyfile_wipe(&keys);
	return err;
}

enum err
node_keys_rotate(const char *path, struct node_public *ret_public, char *why,
		 size_t why_len)
{
	struct keyfile keys;
	enum err err = keyfile_read(path, &keys, why, why_len);

	if (err != OK) {
		return err;
	}
	keyfile_add_generation(&keys);
	err = keyfile_replace(path, &keys, why, why_len);
	if (err == OK) {
		show(&keys, ret_public);
	}
	keyfile_wipe(&keys);
	return err;
}
