/* lib/host/keyfile.h - the file with a node's secrets.
 *
 * One file, mode 0600, lines of key=value with bytes in hex:
 *
 *	format=1
 *	node=2f0c…           16 bytes
 *	name=sfo
 *	curve_public=…       32 bytes, CURVE (X25519)
 *	curve_secret=…       32
 *	sign_public=…        32 bytes, Ed25519
 *	sign_secret=…        64
 *
 * The last four again for each newer generation of keys: a node keeps its old ones and
 * tries each.  Empty lines and lines that begin with # are let be. */
#ifndef LIB_HOST_KEYFILE_H
#define LIB_HOST_KEYFILE_H

#include "lib/base/hash.h"
#include "lib/base/id.h"

enum { KEYFILE_MAX_KEYS = 4, KEYFILE_NAME_MAX = 63, KEYFILE_CURVE_LEN = 32 };

struct node_keys {
	uint8_t curve_public[KEYFILE_CURVE_LEN], curve_secret[KEYFILE_CURVE_LEN];
	uint8_t sign_public[SIGN_PUBLIC_LEN], sign_secret[SIGN_SECRET_LEN];
};

struct keyfile {
	struct node_id node;
	char name[KEYFILE_NAME_MAX + 1];         /* Letters, digits and "._-". */
	struct node_keys keys[KEYFILE_MAX_KEYS]; /* The newest last. */
	unsigned count;                          /* At least 1. */
};

/* New keys; a new random node id where 'node' is NULL.  ERR_INVALID if the name is not
 * one. */
enum err keyfile_generate(const char *name, const struct node_id *node,
			  struct keyfile *ret_keys) WARN_UNUSED;

/* One generation more; the oldest of four goes. */
void keyfile_add_generation(struct keyfile *);

static inline const struct node_keys *
keyfile_newest(const struct keyfile *keys)
{
	return &keys->keys[keys->count - 1];
}

/* Write a new file, on disk when it returns.  ERR_EXISTS if something is there. */
enum err keyfile_write(const char *path, const struct keyfile *, char *why,
		       size_t why_len) WARN_UNUSED;

/* The same over an existing file: whole or not at all. */
enum err keyfile_replace(const char *path, const struct keyfile *, char *why,
			 size_t why_len) WARN_UNUSED;

/* Read it.  ERR_NOT_FOUND, or ERR_INVALID: somebody else may read the file, or it is not
 * whole.  On an error 'why' holds a sentence, never a secret. */
enum err keyfile_read(const char *path, struct keyfile *ret_keys, char *why,
		      size_t why_len) WARN_UNUSED;

/* Forget the secrets. */
void keyfile_wipe(struct keyfile *);

#endif
