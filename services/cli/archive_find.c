/* An event's revision, found by looking through a whole archive. */
#include <stdlib.h>
#include <string.h>

#include "cli/archive.h"
#include "cli/short_id.h"
#include "cli/text.h"
#include "lib/archive/walk.h"

struct finding {
	struct cli *cli;
	const char *typed;  /* The event as it was typed, */
	const char *digits; /* as digits of an id; NULL: it is none, */
	const char *wanted; /* and of its revision; NULL: the newest. */
	struct arena arena; /* Of a block. */

	struct hash *seen; /* Revisions of the event, in the log's order. */
	size_t seen_count, seen_cap;
	struct archive_found found;
	struct uuid event; /* Zeros: none yet. */
	bool chosen;       /* 'found' is what was asked for. */
	enum message complaint;
	bool failed;
};

static bool
is_meant(struct finding *f, const struct event *event)
{
	char id[UUID_TEXT_LEN + 1];

	uuid_format(&event->id, id);
	return (f->digits != NULL && short_id_ends(&f->arena, id, f->digits)) ||
	       slice_eq_str(event->source_key, f->typed);
}

/* A record that is there again with the same bytes says nothing new. */
static bool
is_new(struct finding *f, const struct hash *revision)
{
	for (size_t i = 0; i < f->seen_count; i++) {
		if (hash_eq(&f->seen[i], revision)) {
			return false;
		}
	}
	if (f->seen_count == f->seen_cap) {
		f->seen_cap = f->seen_cap != 0 ? 2 * f->seen_cap : 16;
		f->seen = xrealloc(f->seen, f->seen_cap * sizeof(f->seen[0]));
	}
	f->seen[f->seen_count++] = *revision;
	return true;
}

static bool
is_wanted(struct finding *f, const struct hash *revision)
{
	char text[2 * HASH_LEN + 1];

	hex_format(revision->b, HASH_LEN, text);
	return f->wanted == NULL || short_id_begins(&f->arena, text, f->wanted);
}

static void
stop(struct finding *f, enum message why)
{
	f->complaint = why;
	f->failed = true;
}

static void
take_revision(struct finding *f, uint64_t leaf, const struct event *event,
	      const struct hash *revision)
{
	if (!uuid_is_zero(&f->event) && !uuid_eq(&f->event, &event->id)) {
		stop(f, MSG_EVENT_AMBIGUOUS);
		return;
	}
	f->event = event->id;
	if (!is_new(f, revision) || !is_wanted(f, revision)) {
		return;
	}
	if (f->chosen && f->wanted != NULL) {
		stop(f, MSG_REVISION_AMBIGUOUS);
		return;
	}
	f->chosen = true;
	f->found.leaf = leaf;
	f->found.revision = *revision;
	f->found.title = archive_text(f->cli, &event->title);
	uuid_format(&event->id, f->found.event);
}

static void
look_into(struct finding *f, const struct block *block, uint64_t leaf)
{
	struct slice bytes;
	struct record record;
	size_t at = 0;

	while (!f->failed && block_next(block, &at, &bytes)) {
		if (record_decode(bytes, &f->arena, &record, NULL) &&
		    record.body == BODY_EVENT_REVISION &&
		    is_meant(f, &record.revision.event)) {
			struct hash identity = hash_of(bytes);

			take_revision(f, leaf, &record.revision.event, &identity);
		}
	}
	arena_reset(&f->arena);
}

/* The step that ended it. */
static enum walk_step
look_through(struct finding *f, struct walk *walk)
{
	struct archive_entry entry;
	enum walk_step step = WALK_END;
	uint64_t leaf;

	while (!f->failed && (step = walk_next(walk, &entry, &leaf)) == WALK_ENTRY) {
		struct block block;

		if (!block_parse(entry.block, &block, NULL)) {
			return WALK_BROKEN;
		}
		look_into(f, &block, leaf);
	}
	return f->failed ? WALK_END : step;
}

static int
answer(struct finding *f, enum walk_step step, const char *path)
{
	struct cli *cli = f->cli;

	if (step == WALK_FAILED) {
		return complain(cli, EXIT_UNREADABLE, MSG_FILE_UNREADABLE, path);
	}
	if (step != WALK_END) {
		return complain(cli, EXIT_REFUSED, MSG_ARCHIVE_DAMAGED, path);
	}
	if (!f->failed && !f->chosen) {
		stop(f, uuid_is_zero(&f->event) ? MSG_ARCHIVE_EVENT_UNKNOWN
						: MSG_REVISION_UNKNOWN);
	}
	if (!f->failed) {
		return EXIT_DONE;
	}
	const char *what = f->complaint == MSG_REVISION_UNKNOWN ||
					   f->complaint == MSG_REVISION_AMBIGUOUS
				   ? f->wanted
				   : f->typed;
	return complain(cli, EXIT_REFUSED, f->complaint, text_argument(cli, what));
}

int
archive_find(struct cli *cli, const struct archive_files *files, uint64_t size,
	     const char *event, const char *revision, struct archive_found *ret_found)
{
	struct finding f = { .cli = cli,
			     .typed = event,
			     .digits = short_id_digits(&cli->arena, event),
			     .wanted = revision };
	struct walk walk;

	walk_init(&walk, files, size);
	int code = answer(&f, look_through(&f, &walk), walk.path);
	if (code == EXIT_DONE) {
		*ret_found = f.found;
	}
	walk_fini(&walk);
	arena_fini(&f.arena);
	free(f.seen);
	return code;
}
