/* When an event was: out of its sessions, else of its stated dates. */
#include "cli/export_parts_wire.h"

bool
export_speaks(const struct export_row *r, size_t i)
{
	return i >= r->row->n_sessions || r->row->sessions[i]->status == r->row->status;
}

static size_t
date_count(const Kusanone__V1__Event *e)
{
	return e->n_sessions != 0 ? e->n_sessions : e->n_stated_dates;
}

/* The i-th beginning, or ending; NULL where it says nothing of when the event was. */
static const Kusanone__V1__Date *
date_at(const struct export_row *r, size_t i, bool ending)
{
	const Kusanone__V1__Event *e = r->row->event;

	if (e->n_sessions == 0) {
		return e->stated_dates[i];
	}
	const Kusanone__V1__Session *s = e->sessions[i];
	if (!export_speaks(r, i)) {
		return NULL;
	}
	return ending && s->end != NULL && s->end->value[0] != '\0' ? s->end : s->start;
}

/* Of two on one day: by the instants if both have one, else the finer is 'better'. */
static bool
is_better(const Kusanone__V1__Date *date, const struct date *d,
	  const Kusanone__V1__Date *best, const struct date *b, bool later)
{
	if (d->precision != PRECISION_MINUTE || b->precision != PRECISION_MINUTE) {
		return d->precision > b->precision;
	}
	int64_t at = date_minutes(d) - date->utc_offset_minutes;
	int64_t best_at = date_minutes(b) - best->utc_offset_minutes;
	return later ? at > best_at : at < best_at;
}

/* The first by its first possible day; of the endings the last by its last one. */
static const Kusanone__V1__Date *
extreme(const struct export_row *r, bool last)
{
	const Kusanone__V1__Date *best = NULL;
	struct date found = { 0 };

	for (size_t i = 0; i < date_count(r->row->event); i++) {
		const Kusanone__V1__Date *date = date_at(r, i, last);
		struct date d;

		if (!export_read_date(date, &d)) {
			continue;
		}
		int32_t order = best == NULL ? -1
				: last       ? date_last_day(&found) - date_last_day(&d)
					     : date_cmp_first_day(&d, &found);
		if (order < 0 ||
		    (order == 0 && is_better(date, &d, best, &found, last))) {
			best = date;
			found = d;
		}
	}
	return best;
}

struct cell
export_first(const struct export_row *r)
{
	return export_date(r, extreme(r, false));
}

struct cell
export_first_precision(const struct export_row *r)
{
	return export_precision(r, extreme(r, false));
}

struct cell
export_first_zone(const struct export_row *r)
{
	return export_zone(r, extreme(r, false));
}

struct cell
export_first_offset(const struct export_row *r)
{
	return export_offset(r, extreme(r, false));
}

struct cell
export_last(const struct export_row *r)
{
	return export_date(r, extreme(r, true));
}

struct cell
export_last_precision(const struct export_row *r)
{
	return export_precision(r, extreme(r, true));
}

struct cell
export_dates(const struct export_row *r)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < date_count(r->row->event); i++) {
		const Kusanone__V1__Date *date = date_at(r, i, false);

		export_add(&list, date != NULL ? date->value : "");
	}
	return export_list(r, &list);
}
