/* notification/rules.h - what is worth an alert: one rule a kind.
 *
 * Rules are pure functions of the fold and of a time that is an argument.  They say
 * occasions; who wants to hear of one, and whether it was heard already, is asked once
 * for all of them (rules_emit).  A rule is asked
 *
 *	changed   after a record made another fact of an event: what was, what is
 *	recorded  after any record
 *	at        at a moment of an event, and what the next one is
 *	daily     once a day, of no event in particular
 *
 * To add a kind: a line in lib/model/alert.h, a rule_*.c with its functions, a row in
 * rules.c, and its words in compose. */
#ifndef NOTIFICATION_RULES_H
#define NOTIFICATION_RULES_H

#include "lib/model/fold.h"
#include "notification/when.h"

struct rules;

struct occasion {
	enum alert_kind kind;
	wall_ms_t due;
	uint64_t position; /* Of the record; 0: the clock. */

	/* What it is about.  An event, or 'subject'; 'mark' tells occasions of it apart
	 * and is what its id is made of. */
	uint32_t event1; /* Row + 1. */
	struct slice subject;
	struct slice spell; /* What an acknowledgement ends: see Acknowledgement.spell. */
	struct slice mark;

	/* Who is meant: the filters look at 'fact', or at these words instead of its. */
	const struct event_fact *fact;
	const struct text *title;
	const struct event_fact *other_fact; /* CONFLICT: or at these of the other one. */
	const struct text *other_title;
	uint32_t post, state, pillar;
	bool told_too;  /* Also whoever was told of the event, whatever they asked for; */
	bool told_only; /* only they. */

	/* For its words. */
	struct slice session;
	uint32_t lead;
	wall_ms_t starts;
	uint32_t other1;
	int64_t value, value_before;
};

/* An event is not what it was. */
struct change {
	uint32_t event;
	const struct event_fact *before; /* NULL: it was first seen. */
	const struct event_fact *after;
	uint64_t position;
	wall_ms_t hq_ms;
	uint8_t mark[8];   /* Of the record that changed it. */
	bool revised;      /* Another revision is shown. */
	struct event is;   /* Decoded; of a withdrawn one too. */
	struct event was;  /* Where 'before' is. */
	struct slice zone; /* Of the post that recorded it. */
	struct occurrence *now;
	size_t now_count;
};

/* An event, at a time. */
struct moment {
	uint32_t event;
	const struct event_fact *fact;
	struct event is;
	struct slice zone;
	struct occurrence *times;
	size_t count;
};

struct rule {
	enum alert_kind kind;
	void (*changed)(struct rules *, const struct change *);
	void (*recorded)(struct rules *, uint64_t position, wall_ms_t hq_ms,
			 const struct record *);
	/* What is due of it between 'since' (exclusive) and 'now', or at any time before
	 * where that still holds; returns its next moment after 'now', or NEVER. */
	wall_ms_t (*at)(struct rules *, const struct moment *);
	void (*daily)(struct rules *, int32_t day);
};

struct rules {
	struct fold *fold;
	const struct zone_table *zones;
	struct arena *arena;
	wall_ms_t now;
	wall_ms_t since; /* Of the last look at the clock. */
	/* Lead times that any reader of upcoming alerts has, descending, in minutes. */
	const uint32_t *leads;
	size_t lead_count;
	const struct planned *planned;
	uint32_t wanted; /* Bits of kinds that any open subscription wants. */
	void (*emit)(void *ctx, const struct occasion *);
	void *ctx;
};

/* Every kind, in the order of enum alert_kind. */
extern const struct rule *const rules_all[ALERT_KIND_COUNT];

void rules_changed(struct rules *, const struct change *);
void rules_recorded(struct rules *, uint64_t position, wall_ms_t hq_ms,
		    const struct record *);

/* The event's next moment. */
wall_ms_t rules_at(struct rules *, const struct moment *);
void rules_daily(struct rules *, int32_t day);

static inline void
rules_emit(struct rules *r, const struct occasion *o)
{
	r->emit(r->ctx, o);
}

/* A number of the programme's settings (reference data), in force on the day of 'now'. */
unsigned rules_setting(const struct rules *, const char *name, unsigned otherwise);

/* The zone in which a post's days begin; empty where the reference data does not say. */
struct slice rules_post_zone(const struct fold *, uint32_t post);

/* Is it still ahead at an instant: planned or postponed, and not over? */
bool rules_is_ahead(const struct rules *, const struct event_fact *,
		    const struct occurrence *times, size_t count, wall_ms_t at);

/* "2026-12-01" and the like, in the arena. */
struct slice rules_date(struct rules *, const struct date *);
struct slice rules_day(struct rules *, int32_t day);

/* The cumulative total of events as it stood at a position of the log. */
int64_t rules_cumulative(struct rules *, uint64_t position);

extern const struct rule rule_upcoming, rule_announced, rule_changed, rule_moved,
	rule_cancelled, rule_cohost_asked, rule_report_overdue, rule_date_not_fixed,
	rule_conflict, rule_coverage_gap, rule_post_silent, rule_milestone,
	rule_restatement;

#endif
