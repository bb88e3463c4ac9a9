#include "lib/model/conflict_wire.h"
#include "intake/check_wire.h"
#include "lib/model/merge.h"

/* The two values of a field that both changed, and the one that both saw, as people read
 * them: JSON, of the field alone. */

bool
draft_conflict(struct draft *d, const struct merge_result *r, const struct hash *head)
{
	struct conflict_row *rows =
		arena_alloc(d->arena, r->conflict_count * sizeof(rows[0]));
	char *hex = arena_alloc(d->arena, 2 * HASH_LEN + 1);
	struct buf fields = { 0 };

	hex_format(head->b, HASH_LEN, hex);
	for (size_t i = 0; i < r->conflict_count; i++) {
		const struct merge_conflict *c = &r->conflicts[i];

		rows[i] = (struct conflict_row){
			.field = c->path,
			.before = conflict_value(c->path, c->base, d->arena),
			.theirs = conflict_value(c->path, c->ours, d->arena),
			.yours = conflict_value(c->path, c->theirs, d->arena),
		};
		buf_printf(&fields, "%s%s", i != 0 ? ", " : "", c->path);
	}
	const char *names = arena_dup(d->arena, fields.at, fields.len);
	buf_fini(&fields);
	draft_refuse(d, "conflict", r->conflicts[0].path,
		     arena_printf(d->arena,
				  "同じ項目 (%s) が、ご覧の版のあとに変えられました。",
				  names),
		     arena_printf(d->arena,
				  "Changed by somebody else since the revision that "
				  "you saw: %s.",
				  names),
		     arena_printf(d->arena,
				  "最新の版 %.12s を見て、もう一度送ってください。", hex),
		     arena_printf(d->arena,
				  "Look at the newest revision, %.12s, and send it again "
				  "from there.",
				  hex));
	d->refusal.conflicts = rows;
	d->refusal.conflict_count = r->conflict_count;
	d->refusal.head = hex;
	return false;
}
