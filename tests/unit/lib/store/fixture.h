/* A folder of its own for each test, and the blocks that the tests put into it. */
#ifndef UNIT_LIB_STORE_FIXTURE_H
#define UNIT_LIB_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/mem.h"
#include "lib/store/block.h"
#include "lib/store/store.h"

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

struct fixture {
	char root[64];
	char dir[80]; /* root/store, made by the first open */
	char why[512];
	struct store *store;

	struct node_id node;
	uint8_t public_key[SIGN_PUBLIC_LEN], secret[SIGN_SECRET_LEN];
	struct key_id key;
	struct block_maker maker;
};

static inline void
fixture_remove(const char *path)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
}

static inline int
fixture_setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	const uint8_t seed[32] = { 7 };

	hash_init();
	snprintf(f->root, sizeof(f->root), "%s/kusanone-store-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(f->root) == NULL) {
		return -1;
	}
	snprintf(f->dir, sizeof(f->dir), "%s/store", f->root);
	memset(f->node.b, 0x5f, NODE_ID_LEN);
	sign_keypair(f->public_key, f->secret, seed);
	f->key = key_id_of(f->public_key);
	*state = f;
	return 0;
}

static inline int
fixture_teardown(void **state)
{
	struct fixture *f = *state;

	store_close(f->store);
	block_maker_fini(&f->maker);
	fixture_remove(f->root);
	free(f);
	return 0;
}

static inline enum err
fixture_open(struct fixture *f, const char *kind, const char *const *dbs, uint32_t format,
	     uint64_t quota)
{
	const struct store_options options = {
		.dir = f->dir,
		.kind = kind,
		.format = format,
		.program = "1.2.3",
		.dbs = dbs,
		.quota_bytes = quota,
	};

	return store_open(&options, &f->store, f->why, sizeof(f->why));
}

/* What a process that ends and starts again does to a store. */
static inline void
fixture_reopen(struct fixture *f, const char *kind, const char *const *dbs)
{
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(fixture_open(f, kind, dbs, 1, 0), OK);
}

/* A block of 'count' records "<name> <seq>" on 'parent' (NULL: none).  Valid until the
 * next one. */
static inline struct block
fixture_block(struct fixture *f, const char *name, uint64_t first_seq, uint32_t count,
	      const struct block *parent)
{
	const struct hash none = { 0 };
	char text[64];

	block_begin(&f->maker, &f->node, first_seq,
		    parent != NULL ? &parent->hash : &none);
	for (uint32_t i = 0; i < count; i++) {
		snprintf(text, sizeof(text), "%s %llu", name,
			 (unsigned long long)first_seq + i);
		assert_true(block_add(&f->maker, slice_str(text)));
	}
	return block_finish(&f->maker, 1000, &f->key, f->secret);
}

#define assert_slice(s, text) assert_true(slice_eq_str((s), (text)))

#endif
