/* e2e_log: what lies in headquarters' log, read from its folder without any service.
 *
 *	e2e_log FOLDER NODE=SIGNKEY…
 *
 * FOLDER holds the log's environment, which nobody may have open.  Prints "position node
 * seq record" for each record, where record is the identity that a receipt names.  Every
 * block must be signed by one of the keys given for its node, its parent must stand
 * before it, and the log's hashes must follow from each other: the first thing that does
 * not hold ends it with 1. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregation/aggregation.h"
#include "lib/store/log.h"

struct signer {
	struct node_id node;
	uint8_t key[SIGN_PUBLIC_LEN];
};

struct reader {
	struct signer *signers;
	size_t signer_count;
	struct hash *blocks; /* Hashes of the blocks so far. */
	size_t block_count, block_cap;
	struct hash log_hash;
	uint64_t position;
};

static int
bad(uint64_t position, const char *what)
{
	printf("bad %" PRIu64 " %s\n", position, what);
	return 1;
}

static bool
is_signed(const struct reader *r, const struct block *block)
{
	for (size_t i = 0; i < r->signer_count; i++) {
		if (node_id_eq(&r->signers[i].node, &block->node) &&
		    block_verify(block, r->signers[i].key)) {
			return true;
		}
	}
	return false;
}

static bool
has_parent(const struct reader *r, const struct hash *parent)
{
	/* The youngest first: chains are long, branches few. */
	for (size_t i = r->block_count; i > 0; i--) {
		if (hash_eq(&r->blocks[i - 1], parent)) {
			return true;
		}
	}
	return hash_is_zero(parent);
}

static struct hash
next_log_hash(const struct reader *r, const struct log_entry *entry,
	      const struct block *block)
{
	struct buf b = { 0 };

	buf_put_slice(&b, hash_slice(&r->log_hash));
	buf_put_le64(&b, entry->last);
	buf_put_le64(&b, (uint64_t)entry->hq_ms);
	buf_put_slice(&b, hash_slice(&block->hash));
	struct hash hash = hash_of(buf_slice(&b));
	buf_fini(&b);
	return hash;
}

static void
print_records(const struct log_entry *entry, const struct block *block)
{
	char node[2 * NODE_ID_LEN + 1], identity[2 * HASH_LEN + 1];
	struct slice record;
	size_t at = 0;

	hex_format(block->node.b, NODE_ID_LEN, node);
	for (uint64_t i = 0; block_next(block, &at, &record); i++) {
		struct hash hash = hash_of(record);

		hex_format(hash.b, HASH_LEN, identity);
		printf("%" PRIu64 " %s %" PRIu64 " %s\n", entry->first + i, node,
		       block->first_seq + i, identity);
	}
}

static int
read_entry(struct reader *r, const struct log_entry *entry)
{
	struct block block;
	const char *why = "";

	if (entry->first != r->position + 1) {
		return bad(entry->first, "a gap in the positions");
	}
	if (!block_parse(entry->block, &block, &why)) {
		return bad(entry->first, why);
	}
	if (!is_signed(r, &block)) {
		return bad(entry->first, "no key given signed this block");
	}
	if (!has_parent(r, &block.parent)) {
		return bad(entry->first, "its parent does not stand before it");
	}
	struct hash expected = next_log_hash(r, entry, &block);
	if (!hash_eq(&expected, &entry->log_hash)) {
		return bad(entry->first, "log_hash");
	}
	print_records(entry, &block);
	if (r->block_count == r->block_cap) {
		r->block_cap = r->block_cap != 0 ? 2 * r->block_cap : 1024;
		r->blocks = xrealloc(r->blocks, r->block_cap * sizeof(*r->blocks));
	}
	r->blocks[r->block_count++] = block.hash;
	r->log_hash = entry->log_hash;
	r->position = entry->last;
	return 0;
}

static bool
read_signer(const char *text, struct signer *s)
{
	const char *eq = strchr(text, '=');

	return eq != NULL &&
	       hex_parse(slice_of(text, (size_t)(eq - text)), s->node.b, NODE_ID_LEN) &&
	       hex_parse(slice_str(eq + 1), s->key, SIGN_PUBLIC_LEN);
}

int
main(int argc, char **argv)
{
	struct store_options options = { .kind = "aggregation-log",
					 .format = AGGREGATION_FORMAT,
					 .dbs = log_db_names };
	struct reader r = { 0 };
	struct log_entry entry;
	struct store *store;
	char why[512];
	int code = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: e2e_log FOLDER NODE=SIGNKEY...\n");
		return 2;
	}
	hash_init();
	options.dir = argv[1];
	r.signers = xcalloc((size_t)argc, sizeof(*r.signers));
	for (int i = 2; i < argc; i++) {
		if (!read_signer(argv[i], &r.signers[r.signer_count++])) {
			fprintf(stderr, "e2e_log: no key: %s\n", argv[i]);
			return 2;
		}
	}
	if (store_open(&options, &store, why, sizeof(why)) != OK) {
		fprintf(stderr, "e2e_log: %s\n", why);
		return 2;
	}
	struct txn txn = txn_begin_read(store);
	while (code == 0 && log_after(&txn, r.position, &entry)) {
		code = read_entry(&r, &entry);
	}
	txn_abort(&txn);
	store_close(store);
	free(r.signers);
	free(r.blocks);
	return code;
}
