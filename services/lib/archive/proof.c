#include "lib/archive/proof.h"

#include <inttypes.h>

#include "lib/archive/lines.h"
#include "lib/base/base64.h"

static const char entry_title[] = "c2sp.org/tlog-proof@v1";
static const char growth_title[] = "kusanone consistency proof v1";

void
proof_put(struct buf *b, const struct proof *proof)
{
	if (proof->kind == PROOF_ENTRY) {
		buf_printf(b, "%s\nextra ", entry_title);
		base64_put(b, proof->entry);
		buf_printf(b, "\nindex %" PRIu64 "\n", proof->leaf);
	} else {
		buf_printf(b, "%s\n", growth_title);
	}
	for (size_t i = 0; i < proof->hashes.count; i++) {
		base64_put(b, slice_of(proof->hashes.at[i].b, SHA256_LEN));
		buf_put_str(b, "\n");
	}
	buf_put_str(b, "\n");
	if (proof->kind == PROOF_GROWTH) {
		buf_put_slice(b, proof->old_note);
		buf_put_str(b, "\n");
	}
	buf_put_slice(b, proof->note);
}

static const char *
read_entry(struct slice *rest, struct buf *entry, struct proof *proof)
{
	struct slice line, word;

	buf_clear(entry);
	if (!take_line(rest, &line) || !after_word(line, "extra", &word)) {
		return "the entry is missing";
	}
	if (word.len > BASE64_LEN((size_t)ENTRY_MAX_LEN) || !base64_read(word, entry)) {
		return "the entry is not base64, or too long";
	}
	proof->entry = buf_slice(entry);
	if (!take_line(rest, &line) || !after_word(line, "index", &word) ||
	    !number_read(word, TREE_MAX_SIZE, &proof->leaf)) {
		return "the index is missing, or no number";
	}
	return NULL;
}

/* Up to the empty line. */
static const char *
read_hashes(struct slice *rest, struct tree_proof *hashes)
{
	struct slice line;

	while (take_line(rest, &line)) {
		if (line.len == 0) {
			return NULL;
		}
		if (hashes->count == TREE_MAX_PROOF) {
			return "more than 65 hashes";
		}
		if (!base64_get(line, hashes->at[hashes->count].b, SHA256_LEN)) {
			return "a line is no hash";
		}
		hashes->count++;
	}
	return "no empty line after the hashes";
}

/* A checkpoint up to the empty line after its signatures, of which it is one. */
static const char *
read_old_note(struct slice *rest, struct slice *ret_note)
{
	const uint8_t *from = rest->at;
	struct slice line;

	for (int empty = 0; empty < 2;) {
		if (!take_line(rest, &line)) {
			return "the older checkpoint does not end";
		}
		empty += line.len == 0;
	}
	*ret_note = slice_of(from, (size_t)(line.at - from));
	return NULL;
}

static const char *
read_proof(struct slice rest, struct buf *entry, struct proof *proof)
{
	struct slice title;
	const char *why = NULL;

	*proof = (struct proof){ 0 };
	if (rest.len > PROOF_MAX_LEN) {
		return "longer than 256 KiB";
	}
	if (!take_line(&rest, &title)) {
		return "not a proof";
	}
	if (slice_eq_str(title, entry_title)) {
		proof->kind = PROOF_ENTRY;
		why = read_entry(&rest, entry, proof);
	} else if (slice_eq_str(title, growth_title)) {
		proof->kind = PROOF_GROWTH;
	} else {
		return "not a proof that this program knows";
	}
	if (why == NULL) {
		why = read_hashes(&rest, &proof->hashes);
	}
	if (why == NULL && proof->kind == PROOF_GROWTH) {
		why = read_old_note(&rest, &proof->old_note);
	}
	proof->note = rest;
	return why;
}

bool
proof_read(struct slice text, struct buf *entry, struct proof *ret_proof,
	   const char **ret_why)
{
	const char *why = read_proof(text, entry, ret_proof);

	if (why != NULL && ret_why != NULL) {
		*ret_why = why;
	}
	return why == NULL;
}

static const char *
check_growth(const struct proof *proof, const struct note_key *keys, size_t key_count,
	     const struct tree_head *head)
{
	struct tree_head old;
	const char *why = NULL;

	if (!tree_head_open(proof->old_note, keys, key_count, &old, &why)) {
		return why;
	}
	if (!slice_eq(old.origin, head->origin) || !first_trust_eq(&old.hq, &head->hq)) {
		return "the checkpoints are of two archives";
	}
	if (old.position > head->position || old.hq_ms > head->hq_ms) {
		return "the older checkpoint says a later position or time";
	}
	return tree_check_growth(&proof->hashes, old.size, &old.root, head->size,
				 &head->root)
		       ? NULL
		       : "the newer checkpoint is no continuation of the older one";
}

static const char *
check_entry(const struct proof *proof, const struct tree_head *head)
{
	struct archive_entry entry;
	struct sha256 leaf = sha256_leaf(proof->entry);

	if (!entry_read(proof->entry, &entry)) {
		return "the entry is none";
	}
	return tree_check_leaf(&proof->hashes, &leaf, proof->leaf, head->size,
			       &head->root)
		       ? NULL
		       : "the entry is not in the checkpoint's archive";
}

bool
proof_check(const struct proof *proof, const struct note_key *keys, size_t key_count,
	    struct tree_head *ret_head, const char **ret_why)
{
	const char *why = NULL;

	if (tree_head_open(proof->note, keys, key_count, ret_head, &why)) {
		why = proof->kind == PROOF_ENTRY
			      ? check_entry(proof, ret_head)
			      : check_growth(proof, keys, key_count, ret_head);
	}
	if (why != NULL && ret_why != NULL) {
		*ret_why = why;
	}
	return why == NULL;
}
