/* An intake that is shown checkpoints of an archive. */
#ifndef TESTS_UNIT_INTAKE_WITNESS_STORY_H
#define TESTS_UNIT_INTAKE_WITNESS_STORY_H

#include "unit/intake/fixture.h"

#include "archive/maker.h"
#include "lib/archive/fetch.h"

enum { ENTRIES = 60, PER_SEGMENT = 20 };

struct story {
	struct post *post;
	struct history history;
	struct archive_key key;
	struct buf key_line;
	struct archive archive;
};

static UNUSED int
begin_as(enum node_role role, void **state)
{
	struct story *s = xcalloc(1, sizeof(*s));

	s->post = post_new_as(role, true);
	history_make(&s->history, 7, ENTRIES, SIZE_MAX);
	archive_key_make(&s->key, "kusanone/hq", 1);
	note_key_put(&s->key_line, &s->key.key);
	archive_make(&s->archive, &s->history, PER_SEGMENT, &s->key);
	hq_connect(s->post);
	*state = s;
	return 0;
}

static UNUSED int
end(void **state)
{
	struct story *s = *state;

	archive_fini(&s->archive);
	history_fini(&s->history);
	buf_fini(&s->key_line);
	post_free(s->post);
	free(s);
	return 0;
}

/* Headquarters shows checkpoint 'i'; with a proof from 'from' entries, 0: with none. */
static UNUSED enum err
show(struct story *s, struct archive *archive, size_t i, uint64_t from)
{
	const struct archive_files files = memory_files(&archive->files);
	const struct tile_source tiles = tile_files(&files);
	struct tree_proof proof = { .count = 0 };
	struct buf body = { 0 };

	if (from != 0) {
		must(tree_prove_growth(&tiles, ENTRIES, from, archive->sizes[i],
				       &proof) == OK);
	}
	const struct link_growth growth = {
		from, slice_of(proof.at, proof.count * sizeof(proof.at[0]))
	};
	link_status_put(&body, &(struct link_status){
				       .checkpoint = buf_slice(&archive->notes[i]),
				       .archive_key = buf_slice(&s->key_line),
				       .growth = &growth,
				       .growth_count = from != 0,
			       });
	hq_put(s->post, DOWN, FRAME_STATUS, buf_slice(&body));
	buf_fini(&body);
	return post_turn_err(s->post);
}

#endif
