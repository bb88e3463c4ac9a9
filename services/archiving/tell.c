#include <inttypes.h>
#include <stdio.h>

#include "archiving/archiving.h"
#include "lib/archive/fetch.h"

/* What headquarters is told in STATUS, and hands on to posts: they keep the newest
 * checkpoint that is proved to extend the one they know, so nothing that was sealed can
 * be sealed otherwise unseen (lib/archive/witness.h). */

void
tell_init(struct archiving *a)
{
	struct telling *t = &a->telling;

	note_key_put(&t->key, &a->config.key);
	t->says = (struct link_status){ .archive_key = buf_slice(&t->key),
					.growth = t->growth };
	a->follower.says = &t->says;
}

static bool
is_told(const struct telling *t, uint64_t from)
{
	for (size_t i = 0; i < t->says.growth_count; i++) {
		if (t->growth[i].from == from) {
			return true;
		}
	}
	return false;
}

static void
prove_from(struct archiving *a, uint64_t from, struct turn *turn)
{
	const struct tile_source tiles = tile_files(&a->shelf.files);
	struct telling *t = &a->telling;
	size_t n = t->says.growth_count;

	if (from == 0 || from >= a->sealed.size || is_told(t, from)) {
		return;
	}
	enum err err = tree_prove_growth(&tiles, a->sealed.size, from, a->sealed.size,
					 &t->proofs[n]);
	if (err != OK) {
		log_event(turn->log, LOG_ERROR, "tell", "from=%" PRIu64 " failed=%s",
			  from, err_name(err));
		snprintf(t->alarm, sizeof(t->alarm),
			 "tiles cannot be read: %s; stop this service, and verify the "
			 "archive",
			 err_name(err));
		return;
	}
	t->growth[n] = (struct link_growth){
		.from = from,
		.hashes = slice_of(t->proofs[n].at,
				   t->proofs[n].count * sizeof(t->proofs[n].at[0])),
	};
	t->says.growth_count++;
}

void
tell_run(struct archiving *a, struct turn *turn)
{
	struct follower *f = &a->follower;
	struct telling *t = &a->telling;

	if (a->checkpoint.len == 0 || (t->size == a->sealed.size && !f->wanted_changed)) {
		return;
	}
	f->wanted_changed = false;
	t->size = a->sealed.size;
	t->says.checkpoint = buf_slice(&a->checkpoint);
	t->says.growth_count = 0;
	for (size_t i = 0; i < f->wanted_count; i++) {
		prove_from(a, f->wanted[i], turn);
	}
	f->dialer.status_due = true;
}
