/* cli/node_keys.h - key files, for the commands that know no host (node_keys_io.c). */
#ifndef CLI_NODE_KEYS_H
#define CLI_NODE_KEYS_H

#include "lib/base/hash.h"
#include "lib/base/id.h"

enum { NODE_NAME_MAX = 63 };

/* What others may know of a key file: lower-case hex and a NUL. */
struct node_public {
	char node[2 * NODE_ID_LEN + 1];
	char name[NODE_NAME_MAX + 1];
	char curve[2 * 32 + 1];
	char sign[2 * SIGN_PUBLIC_LEN + 1];
};

/* A new key file; of the node with this id, or of a new one where it is NULL.  On an
 * error 'why' holds a sentence. */
enum err node_keys_new(const char *path, const char *name, const struct node_id *,
		       struct node_public *ret_public, char *why,
		       size_t why_len) WARN_UNUSED;

/* One more generation of keys in an existing file. */
enum err node_keys_rotate(const char *path, struct node_public *ret_public, char *why,
			  size_t why_len) WARN_UNUSED;

#endif
