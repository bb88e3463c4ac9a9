#include "lib/archive/walk.h"

void
walk_init(struct walk *w, const struct archive_files *files, uint64_t size)
{
	*w = (struct walk){ .files = *files, .size = size };
	w->unpacker = unpacker_new();
}

void
walk_fini(struct walk *w)
{
	unpacker_free(w->unpacker);
	buf_fini(&w->file);
	buf_fini(&w->content);
}

static enum walk_step
open_segment(struct walk *w)
{
	segment_path(w->next_segment, w->path);
	switch (files_read(&w->files, w->path, SEGMENT_MAX_LEN, &w->file)) {
	case OK:
		break;
	case ERR_NOT_FOUND:
		return WALK_MISSING;
	case ERR_INVALID:
		return WALK_BROKEN;
	default:
		return WALK_FAILED;
	}
	if (!segment_open(buf_slice(&w->file), &w->segment, NULL) ||
	    w->segment.head.number != w->next_segment ||
	    w->segment.head.first_leaf != w->next_leaf) {
		return WALK_BROKEN;
	}
	w->next_segment++;
	w->frames_done = 0;
	return WALK_ENTRY;
}

/* The next frame that there is, in this segment or the one after. */
static enum walk_step
open_frame(struct walk *w)
{
	enum walk_step step = WALK_ENTRY;

	if (w->next_segment == 0 || w->frames_done == w->segment.head.frames) {
		step = open_segment(w);
	}
	if (step != WALK_ENTRY) {
		return step;
	}
	const struct segment_frame frame =
		segment_frame_at(w->segment.index, w->frames_done++);
	w->at = 0;
	return segment_inflate(w->unpacker, segment_packed(&w->segment, &frame), &frame,
			       &w->content, NULL)
		       ? WALK_ENTRY
		       : WALK_BROKEN;
}

enum walk_step
walk_next(struct walk *w, struct archive_entry *ret_entry, uint64_t *ret_leaf)
{
	if (w->next_leaf >= w->size) {
		return WALK_END;
	}
	if (!segment_next(buf_slice(&w->content), &w->at, ret_entry)) {
		enum walk_step step = open_frame(w);

		if (step != WALK_ENTRY) {
			return step;
		}
		/* A frame that unpacked has at least one. */
		must(segment_next(buf_slice(&w->content), &w->at, ret_entry));
	}
	*ret_leaf = w->next_leaf++;
	return WALK_ENTRY;
}
