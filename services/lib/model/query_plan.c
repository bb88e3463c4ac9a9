#include "lib/model/query_parts.h"

#include <stdlib.h>

#include "lib/base/mem.h"

/* Of an array of common values. */
enum { MIN_SMALL = 1 << 16, MAX_SMALL = 1 << 18 };

/* ---- Which dimensions, in which order. */

struct query_dim *
query_plan_dim(struct query_plan *p, enum dimension dimension)
{
	for (unsigned i = 0; i < p->dim_count; i++) {
		if (p->dims[i].dimension == dimension) {
			return &p->dims[i];
		}
	}
	return NULL;
}

static size_t
field_offset(enum dimension dimension, enum date_rule rule)
{
	switch (dimension) {
	case DIM_FISCAL_YEAR:
		return offsetof(struct event_fact, fiscal_year) + rule * sizeof(int16_t);
	case DIM_MONTH:
		return offsetof(struct event_fact, months) + rule * sizeof(uint32_t);
	case DIM_POST:
		return offsetof(struct event_fact, posts);
	case DIM_STATE:
		return offsetof(struct event_fact, states);
	case DIM_CATEGORY:
		return offsetof(struct event_fact, category);
	case DIM_PILLAR:
		return offsetof(struct event_fact, pillars);
	case DIM_FORMAT:
		return offsetof(struct event_fact, format);
	case DIM_TOPIC:
		return offsetof(struct event_fact, topics);
	case DIM_FRAME:
		return offsetof(struct event_fact, frame);
	case DIM_STATUS:
		return offsetof(struct event_fact, status);
	default:
		must_fail(__FILE__, __LINE__, __func__, "a dimension");
	}
}

/* Words and sets are numbered in order of first sight: what is common is small. */
static uint32_t
small_values(const struct fold *fold, enum dimension dimension)
{
	uint64_t ids = dimension_is_set(dimension) ? sets_count(&fold->sets)
						   : words_count(&fold->words);
	uint64_t values = 2 * (ids + 1);

	return values < MIN_SMALL   ? MIN_SMALL
	       : values > MAX_SMALL ? MAX_SMALL
				    : (uint32_t)values;
}

static struct query_dim *
take_dim(struct query_plan *p, enum dimension dimension)
{
	struct query_dim *d = query_plan_dim(p, dimension);

	if (d != NULL) {
		return d;
	}
	must(dimension < DIM_COUNT);
	d = &p->dims[p->dim_count++];
	*d = (struct query_dim){
		.dimension = dimension,
		.field = dimension == DIM_FISCAL_YEAR ? QUERY_FIELD_YEAR
			 : dimension == DIM_STATUS    ? QUERY_FIELD_STATUS
						      : QUERY_FIELD_U32,
		.offset = field_offset(dimension, p->query->rule),
	};
	query_ids_init(&d->values, small_values(p->fold, dimension));
	query_ids_init(&d->keys, 0);
	return d;
}

void
query_plan_init(struct query_plan *p, const struct fold *fold, const struct query *q)
{
	bool bounded = q->from != FISCAL_YEAR_NONE || q->to != FISCAL_YEAR_NONE;

	must(q->rule < RULE_COUNT);
	must(q->by_count <= QUERY_MAX_DIMENSIONS);
	must(q->measure_count <= MEASURE_COUNT);
	must(q->filter_count <= QUERY_MAX_FILTERS);
	*p = (struct query_plan){
		.fold = fold,
		.query = q,
		/* FISCAL_YEAR_NONE is the smallest year: in no bounds. */
		.from = bounded && q->from == FISCAL_YEAR_NONE ? INT16_MIN + 1 : q->from,
		.to = q->to == FISCAL_YEAR_NONE ? INT16_MAX : q->to,
	};
	for (unsigned i = 0; i < q->by_count; i++) {
		struct query_dim *d = take_dim(p, q->by[i]);

		p->by[i] = (unsigned)(d - p->dims);
	}
	p->shown_count = p->dim_count;
	for (unsigned i = 0; i < q->filter_count; i++) {
		take_dim(p, q->filters[i].dimension)->filtered = true;
	}
	if (query_asks(q, MEASURE_MUNICIPALITIES)) {
		p->towns_by = query_plan_dim(p, DIM_STATE);
	}
}

void
query_plan_fini(struct query_plan *p)
{
	for (unsigned i = 0; i < p->dim_count; i++) {
		query_ids_fini(&p->dims[i].values);
		query_ids_fini(&p->dims[i].keys);
		free(p->dims[i].slots);
		free(p->dims[i].members);
	}
	*p = (struct query_plan){ 0 };
}

/* ---- What a value means. */

/* One name for the bucket of each dimension. */
static uint32_t
row_key(enum dimension dimension, uint32_t key)
{
	return dimension == DIM_STATE && key == KEY_NONE ? STATE_NOT_STATED : key;
}

static bool
filter_has(const struct query_filter *filter, uint32_t key)
{
	for (size_t i = 0; i < filter->key_count; i++) {
		if (row_key(filter->dimension, filter->keys[i]) == key) {
			return true;
		}
	}
	return false;
}

static bool
filter_matches(const struct query_filter *filter, const uint32_t *keys, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		if (filter_has(filter, row_key(filter->dimension, keys[i]))) {
			return true;
		}
	}
	return false;
}

/* Is there a row for the key?  Any filter of the dimension may name it. */
static bool
has_row(const struct query_plan *p, const struct query_dim *d, uint32_t key)
{
	const struct query *q = p->query;

	for (unsigned i = 0; i < q->filter_count; i++) {
		if (q->filters[i].dimension == d->dimension &&
		    filter_has(&q->filters[i], key)) {
			return true;
		}
	}
	return !d->filtered;
}

static void
add_member(struct query_dim *d, uint32_t key)
{
	if (d->member_count == d->member_cap) {
		d->member_cap = d->member_cap != 0 ? 2 * d->member_cap : 64;
		d->members = xrealloc(d->members, d->member_cap * sizeof(d->members[0]));
	}
	d->members[d->member_count++] = query_ids_of(&d->keys, key);
}

/* The keys of a value: the members of its set, or itself. */
static const uint32_t *
value_keys(const struct query_plan *p, const struct query_dim *d, uint64_t value,
	   uint32_t *one, unsigned *ret_n)
{
	uint32_t raw = (uint32_t)(value >> 1);
	unsigned n = 0;

	if (dimension_is_set(d->dimension) && (value & 1) == 0) {
		const uint32_t *keys = sets_at(&p->fold->sets, raw, &n);

		if (n != 0) {
			*ret_n = n;
			return keys;
		}
		raw = KEY_NONE;
	} else if (d->field == QUERY_FIELD_YEAR) {
		raw ^= 1u << 15; /* fiscal year + 32768 */
	}
	*one = raw;
	*ret_n = 1;
	return one;
}

uint32_t
query_slot_add(struct query_plan *p, struct query_dim *d, uint64_t value)
{
	const struct query *q = p->query;
	uint32_t known = d->values.count;
	uint32_t slot = query_ids_of(&d->values, value);
	uint32_t one;
	unsigned n;

	if (slot < known) {
		return slot;
	}
	if (slot == d->slot_cap) {
		d->slot_cap = d->slot_cap != 0 ? 2 * d->slot_cap : 64;
		d->slots = xrealloc(d->slots, d->slot_cap * sizeof(d->slots[0]));
	}
	const uint32_t *keys = value_keys(p, d, value, &one, &n);
	struct query_slot *s = &d->slots[slot];
	*s = (struct query_slot){ .first = d->member_count, .pass = true };
	for (unsigned i = 0; i < q->filter_count; i++) {
		if (q->filters[i].dimension == d->dimension) {
			s->pass = s->pass && filter_matches(&q->filters[i], keys, n);
		}
	}
	for (unsigned i = 0; s->pass && i < n; i++) {
		uint32_t key = row_key(d->dimension, keys[i]);

		if (has_row(p, d, key)) {
			add_member(d, key);
		}
	}
	s->count = d->member_count - s->first;
	s->only = s->count == 1 ? d->members[s->first] : UINT32_MAX;
	return slot;
}

/* ---- One fact at a time. */

uint64_t
query_session_value(const struct query_plan *p, const struct query_dim *d,
		    const struct session_fact *s, const struct event_fact *f)
{
	switch (d->dimension) {
	case DIM_FISCAL_YEAR:
		return query_value((uint16_t)s->fiscal_year[p->query->rule], false);
	case DIM_MONTH:
		return query_value(s->month[p->query->rule], true);
	case DIM_STATE:
		return query_value(s->state, true);
	case DIM_STATUS:
		return query_value(s->status, false);
	default:
		return query_event_value(d, f);
	}
}

bool
query_match_event(struct query_plan *p, const struct event_fact *f, uint32_t *ret_slots)
{
	for (unsigned i = 0; i < p->dim_count; i++) {
		struct query_dim *d = &p->dims[i];

		ret_slots[i] = query_slot_of(p, d, query_event_value(d, f));
		if (!d->slots[ret_slots[i]].pass) {
			return false;
		}
	}
	return true;
}

bool
query_match_session(struct query_plan *p, const struct session_fact *s,
		    const struct event_fact *f, uint32_t *ret_slots)
{
	if (s->status != STATUS_HELD || !fact_counts(f) || f->session_facts == 0 ||
	    !query_in_bounds(p, s->fiscal_year[p->query->rule])) {
		return false;
	}
	for (unsigned i = 0; i < p->dim_count; i++) {
		struct query_dim *d = &p->dims[i];

		ret_slots[i] = query_slot_of(p, d, query_session_value(p, d, s, f));
		if (!d->slots[ret_slots[i]].pass) {
			return false;
		}
	}
	return true;
}
