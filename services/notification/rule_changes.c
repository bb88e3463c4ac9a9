#include "lib/model/merge.h"
#include "notification/rules.h"

/* announced, changed, moved, cancelled: what an event became.
 *
 * One change is one of them: a cancellation that also corrects the title is a
 * cancellation.  Changed and moved speak of what is ahead only: a report that is filed
 * afterwards is no change of plan. */

enum became { BECAME_NOTHING, BECAME_CHANGED, BECAME_MOVED, BECAME_CANCELLED };

static bool
is_gone(const struct event_fact *f)
{
	return (f->flags & (FACT_WITHDRAWN | FACT_MERGED)) != 0 ||
	       f->status == STATUS_CANCELLED;
}

static bool
ends_with(const char *path, const char *end)
{
	size_t a = strlen(path), b = strlen(end);

	return a >= b && strcmp(path + a - b, end) == 0;
}

/* Does the field say when or where it is? */
static bool
says_when_or_where(const char *path)
{
	return ends_with(path, ".start") || ends_with(path, ".end") ||
	       ends_with(path, ".place") || ends_with(path, ".online") ||
	       strcmp(path, "stated_dates") == 0 || strcmp(path, "stated_places") == 0;
}

static bool
was_ahead(struct rules *r, const struct change *c)
{
	struct occurrence *times;
	size_t count = when_occurs(&c->was, c->zone, r->zones, r->arena, &times);

	return rules_is_ahead(r, c->before, times, count, c->hq_ms);
}

static enum became
what_became(struct rules *r, const struct change *c)
{
	const char **paths;

	if (c->before == NULL) {
		return BECAME_NOTHING;
	}
	if (is_gone(c->after)) {
		return is_gone(c->before) ? BECAME_NOTHING : BECAME_CANCELLED;
	}
	if (is_gone(c->before)) {
		return BECAME_MOVED; /* It will be after all. */
	}
	if (c->after->status == STATUS_POSTPONED &&
	    c->before->status != STATUS_POSTPONED) {
		return BECAME_MOVED;
	}
	if (!c->revised ||
	    (!rules_is_ahead(r, c->after, c->now, c->now_count, c->hq_ms) &&
	     !was_ahead(r, c))) {
		return BECAME_NOTHING;
	}
	size_t count = event_diff(c->was.bytes, c->is.bytes, r->arena, &paths);
	for (size_t i = 0; i < count; i++) {
		if (says_when_or_where(paths[i])) {
			return BECAME_MOVED;
		}
	}
	/* It was held: that it took place as planned is no change of plan. */
	if (count == 0 || c->after->status == STATUS_HELD) {
		return BECAME_NOTHING;
	}
	return BECAME_CHANGED;
}

static struct occasion
occasion_of(enum alert_kind kind, const struct change *c)
{
	return (struct occasion){
		.kind = kind,
		.event1 = c->event + 1,
		.position = c->position,
		.due = c->hq_ms,
		.mark = slice_of(c->mark, sizeof(c->mark)),
		.fact = c->after,
		.title = &c->is.title,
	};
}

static void
announced(struct rules *r, const struct change *c)
{
	struct occasion o = occasion_of(ALERT_ANNOUNCED, c);

	if (c->before == NULL && !is_gone(c->after)) {
		o.mark = (struct slice){ 0 }; /* Once in its life. */
		rules_emit(r, &o);
	}
}

static void
changed(struct rules *r, const struct change *c)
{
	struct occasion o = occasion_of(ALERT_CHANGED, c);

	if (what_became(r, c) == BECAME_CHANGED) {
		rules_emit(r, &o);
	}
}

static void
moved(struct rules *r, const struct change *c)
{
	struct occasion o = occasion_of(ALERT_MOVED, c);

	if (what_became(r, c) == BECAME_MOVED) {
		o.told_too = true;
		rules_emit(r, &o);
	}
}

static void
cancelled(struct rules *r, const struct change *c)
{
	struct occasion o = occasion_of(ALERT_CANCELLED, c);

	if (what_became(r, c) != BECAME_CANCELLED) {
		return;
	}
	/* What had been held already is of interest to whoever was told of it. */
	o.told_too = true;
	o.told_only = !was_ahead(r, c);
	rules_emit(r, &o);
}

const struct rule rule_announced = { .kind = ALERT_ANNOUNCED, .changed = announced };
const struct rule rule_changed = { .kind = ALERT_CHANGED, .changed = changed };
const struct rule rule_moved = { .kind = ALERT_MOVED, .changed = moved };
const struct rule rule_cancelled = { .kind = ALERT_CANCELLED, .changed = cancelled };
