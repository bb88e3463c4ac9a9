#include "notification/rules.h"

/* cohost-asked, post-silent: what posts are expected to say. */

enum { SILENT_DAYS = 90 };

/* A post is named as holder and has not answered: told to those who follow that post. */
static void
cohost_asked(struct rules *r, const struct change *c)
{
	unsigned n;
	const uint32_t *named = sets_at(&r->fold->sets, c->after->posts_named, &n);

	if ((c->after->flags & FACT_UNCONFIRMED) == 0 ||
	    (c->after->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0) {
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		uint32_t answer1;

		if (named[i] == c->after->recorder ||
		    (c->before != NULL &&
		     sets_has(&r->fold->sets, c->before->posts_named, named[i])) ||
		    fold_holder(r->fold, c->event, c->after->recorder, named[i],
				&answer1) != HOLDER_UNCONFIRMED) {
			continue;
		}
		struct slice post = words_at(&r->fold->words, named[i]);
		rules_emit(r, &(struct occasion){
				      .kind = ALERT_COHOST_ASKED,
				      .event1 = c->event + 1,
				      .position = c->position,
				      .due = c->hq_ms,
				      .subject = post,
				      .mark = slice_str(arena_printf(
					      r->arena, "%.*s %02x%02x%02x%02x",
					      (int)post.len, (const char *)post.at,
					      c->mark[0], c->mark[1], c->mark[2],
					      c->mark[3])),
				      .fact = c->after,
				      .title = &c->is.title,
				      .post = named[i],
			      });
	}
}

/* The newest record of a node: rows of records are in the order of the log. */
static void
last_records(struct rules *r, wall_ms_t *last)
{
	const struct fold *f = r->fold;
	uint32_t missing = f->nodes.count;

	for (uint32_t i = f->records.count; i-- > 0 && missing != 0;) {
		const struct record_row *row = table_at(&f->records, i);

		if (row->node1 != 0 && last[row->node1 - 1] == 0) {
			last[row->node1 - 1] = row->hq_ms;
			missing--;
		}
	}
}

/* Nothing was recorded by a post's node for long: once for each silence. */
static void
post_silent(struct rules *r, int32_t day)
{
	const struct fold *f = r->fold;
	wall_ms_t *last = arena_zalloc(r->arena, f->nodes.count * sizeof(last[0]));
	wall_ms_t days = (wall_ms_t)rules_setting(r, "alerts_silent_days", SILENT_DAYS);

	(void)day;
	last_records(r, last);
	for (uint32_t i = 0; i < f->nodes.count; i++) {
		const struct node_row *n = table_at(&f->nodes, i);
		unsigned count;
		const uint32_t *posts = sets_at(&f->sets, n->posts, &count);

		/* Who has never said anything has not begun. */
		if (n->role != NODE_POST || last[i] == 0 ||
		    last[i] + days * DAY_MS > r->now) {
			continue;
		}
		for (unsigned k = 0; k < count; k++) {
			struct slice post = words_at(&f->words, posts[k]);
			struct slice since =
				rules_day(r, when_day_of(r->zones, (struct slice){ 0 },
							 last[i], NULL));

			rules_emit(r, &(struct occasion){
					      .kind = ALERT_POST_SILENT,
					      .due = last[i] + days * DAY_MS,
					      .subject = post,
					      .spell = since,
					      .mark = since,
					      .post = posts[k],
					      .starts = last[i],
				      });
		}
	}
}

const struct rule rule_cohost_asked = { .kind = ALERT_COHOST_ASKED,
					.changed = cohost_asked };
const struct rule rule_post_silent = { .kind = ALERT_POST_SILENT, .daily = post_silent };
