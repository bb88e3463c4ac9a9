#include "post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "curve_io.h"
#include "lib/base/mem.h"
#include "lib/link/frame.h"
#include "measure.h"

static const wall_ms_t committed_ms = INT64_C(1711929600000);

static struct hash
secret_of(uint32_t number, const char *use)
{
	char text[64];

	snprintf(text, sizeof(text), "kusanone bench %s %u", use, number);
	return hash_of(slice_str(text));
}

void
posts_make(struct post *posts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct post *p = &posts[i];
		struct hash node = secret_of(i, "node");
		struct hash curve = secret_of(i, "curve");
		struct hash sign = secret_of(i, "sign");

		*p = (struct post){ .number = i };
		memcpy(p->node.b, node.b, NODE_ID_LEN);
		memcpy(p->curve_secret, curve.b, sizeof(p->curve_secret));
		curve_public_of(p->curve_secret, p->curve_public);
		sign_keypair(p->sign_public, p->sign_secret, sign.b);
		p->key_id = key_id_of(p->sign_public);
	}
}

void
posts_load(struct post *posts, uint32_t count, const char *path)
{
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		return;
	}
	for (uint32_t i = 0; i < count; i++) {
		if (fread(&posts[i].last_seq, sizeof(posts[i].last_seq), 1, f) != 1 ||
		    fread(&posts[i].last, sizeof(posts[i].last), 1, f) != 1) {
			break; /* Posts that have sent nothing yet. */
		}
	}
	fclose(f);
}

void
posts_save(const struct post *posts, uint32_t count, const char *path)
{
	/* In place: the file may hold more posts than this load has. */
	FILE *f = fopen(path, access(path, F_OK) == 0 ? "r+e" : "we");
	bool good = f != NULL;

	for (uint32_t i = 0; i < count && good; i++) {
		good = fwrite(&posts[i].last_seq, sizeof(posts[i].last_seq), 1, f) == 1 &&
		       fwrite(&posts[i].last, sizeof(posts[i].last), 1, f) == 1;
	}
	if (!good || fclose(f) != 0) {
		give_up("%s cannot be written", path);
	}
}

static void
end_batch(struct backlog *b)
{
	if (b->payloads.len == b->batch_at) {
		return;
	}
	if (b->batch_count == b->batch_cap) {
		b->batch_cap = b->batch_cap != 0 ? 2 * b->batch_cap : 8;
		b->batches = xrealloc(b->batches, b->batch_cap * sizeof(b->batches[0]));
	}
	b->batches[b->batch_count++] =
		(struct backlog_batch){ b->batch_at, b->payloads.len - b->batch_at };
	b->batch_at = b->payloads.len;
}

static void
end_block(struct backlog *b, struct post *post)
{
	if (b->maker.count == 0) {
		return;
	}
	struct block block =
		block_finish(&b->maker, committed_ms, &post->key_id, post->sign_secret);

	if (b->payloads.len - b->batch_at + block.bytes.len > LINK_BATCH_TARGET) {
		end_batch(b);
	}
	payload_put_block(&b->payloads, block.bytes, (struct slice){ 0 });
	post->last = block.hash;
	post->last_seq = block.last_seq;
	b->maker.count = 0;
	b->blocks++;
}

void
backlog_add(struct backlog *b, struct post *post, struct slice record, uint32_t per_block)
{
	if (b->maker.count != 0 && b->maker.count == per_block) {
		end_block(b, post);
	}
	if (b->maker.count == 0) {
		block_begin(&b->maker, &post->node, post->last_seq + 1, &post->last);
	}
	if (!block_add(&b->maker, record)) {
		end_block(b, post);
		block_begin(&b->maker, &post->node, post->last_seq + 1, &post->last);
		must(block_add(&b->maker, record));
	}
	b->records++;
}

void
backlog_end(struct backlog *b, struct post *post)
{
	end_block(b, post);
	end_batch(b);
	block_maker_fini(&b->maker);
}

void
backlog_fini(struct backlog *b)
{
	buf_fini(&b->payloads);
	free(b->batches);
	*b = (struct backlog){ 0 };
}
