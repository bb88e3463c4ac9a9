#include "notification/preview.h"

#include <stdlib.h>

struct preview {
	struct notification *n;
	const struct subscription_row *s;
	wall_ms_t now; /* Of the moment that is asked. */
	wall_ms_t until;
	struct alert *list;
	size_t count, most;
};

static bool
has(const struct preview *p, const struct alert_id *id)
{
	for (size_t i = 0; i < p->count; i++) {
		if (alert_id_eq(&p->list[i].id, id)) {
			return true;
		}
	}
	return false;
}

static void
collect(void *ctx, const struct occasion *o)
{
	struct preview *p = ctx;

	if (p->count == p->most || o->due > p->until || !want_matches(p->n, p->s, o) ||
	    (o->kind == ALERT_UPCOMING && want_nearness(p->s, o, p->now) != NEAREST)) {
		return;
	}
	struct alert a = want_alert(p->n, p->s, o);
	if (!has(p, &a.id) && alerts_find(&p->n->alerts, &a.id) == UINT32_MAX &&
	    !keep_is_settled(p->n->keep_txn, &a.id) && !hold_is_acknowledged(p->n, &a)) {
		/* Of what is due already, the time at which it would go. */
		a.due = a.due > p->now ? a.due : p->now;
		p->list[p->count++] = a;
	}
}

static int
due_cmp(const void *a, const void *b)
{
	const struct alert *x = a, *y = b;

	return (x->due > y->due) - (x->due < y->due);
}

/* The reader's own lead times, and the kinds that come with time. */
static struct rules
rules_for(struct preview *p, wall_ms_t now)
{
	struct rules rules = watch_rules(p->n, now, now);

	rules.wanted = UINT32_MAX;
	rules.emit = collect;
	rules.ctx = p;
	if (p->s->lead_count != 0) {
		rules.leads = p->s->leads;
		rules.lead_count = p->s->lead_count;
	} else {
		rules.leads = want_default_leads(&rules.lead_count);
	}
	return rules;
}

static void
walk(struct preview *p, const struct moment *m, wall_ms_t now)
{
	struct rules rules = rules_for(p, now);

	p->now = now;
	while (rules.now <= p->until && p->count < p->most) {
		wall_ms_t next = rules_at(&rules, m);

		if (next == NEVER) {
			break;
		}
		rules.now = next;
		p->now = next;
		rules.since = next;
	}
}

void
preview_next(struct notification *n, const struct subscription_row *const *readers,
	     size_t count, wall_ms_t now, wall_ms_t until, struct arena *arena,
	     wall_ms_t *ret_next)
{
	struct preview p = { .n = n, .most = 1 };
	struct moment m;

	p.list = arena_alloc(arena, sizeof(p.list[0]));
	for (size_t i = 0; i < count; i++) {
		ret_next[i] = NEVER;
	}
	for (uint32_t i = 0; i < n->fold.facts.count; i++) {
		const struct event_fact *f = table_at(&n->fold.facts, i);

		arena_reset(&n->arena);
		if (f->to_pos != FACT_OPEN || !watch_moment(n, f->event, &m)) {
			continue;
		}
		for (size_t k = 0; k < count; k++) {
			p.s = readers[k];
			p.count = 0;
			/* Later than what is known already is of no interest. */
			p.until = ret_next[k] < until ? ret_next[k] : until;
			walk(&p, &m, now);
			if (p.count != 0) {
				ret_next[k] = p.list[0].due;
			}
		}
	}
}

size_t
preview_alerts(struct notification *n, const struct subscription_row *s, wall_ms_t now,
	       wall_ms_t until, struct arena *arena, struct alert **ret)
{
	struct preview p = { .n = n, .s = s, .until = until, .most = PREVIEW_MAX };
	struct moment m;

	p.list = arena_alloc(arena, PREVIEW_MAX * sizeof(p.list[0]));
	for (uint32_t i = 0; i < n->fold.facts.count && p.count < PREVIEW_MAX; i++) {
		const struct event_fact *f = table_at(&n->fold.facts, i);

		if (f->to_pos != FACT_OPEN) {
			continue;
		}
		arena_reset(&n->arena);
		if (watch_moment(n, f->event, &m)) {
			walk(&p, &m, now);
		}
	}
	if (p.count != 0) {
		qsort(p.list, p.count, sizeof(p.list[0]), due_cmp);
	}
	*ret = p.list;
	return p.count;
}
