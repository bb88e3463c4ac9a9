#include "lib/model/query.h"

/* Words of the command line, of publications and of replies. */
static const char *const dimension_names[DIM_COUNT] = {
	[DIM_FISCAL_YEAR] = "fy", [DIM_MONTH] = "month",       [DIM_POST] = "post",
	[DIM_STATE] = "state",    [DIM_CATEGORY] = "category", [DIM_PILLAR] = "pillar",
	[DIM_FORMAT] = "format",  [DIM_TOPIC] = "topic",       [DIM_FRAME] = "frame",
	[DIM_STATUS] = "status",
};

static const char *const measure_names[MEASURE_COUNT] = {
	[MEASURE_EVENTS] = "events",
	[MEASURE_SESSIONS] = "sessions",
	[MEASURE_MUNICIPALITIES] = "municipalities",
	[MEASURE_PARTICIPANTS] = "participants",
	[MEASURE_BUDGET_PLANNED] = "budget_planned",
	[MEASURE_BUDGET_SPENT] = "budget_spent",
};

/* The place of 'word' in 'names', 'count' if it is in none. */
static unsigned
find(const char *const *names, unsigned count, struct slice word)
{
	unsigned i = 0;

	while (i < count && !slice_eq_str(word, names[i])) {
		i++;
	}
	return i;
}

enum dimension
dimension_of(struct slice word)
{
	return (enum dimension)find(dimension_names, DIM_COUNT, word);
}

const char *
dimension_name(enum dimension dimension)
{
	must(dimension < DIM_COUNT);
	return dimension_names[dimension];
}

bool
dimension_is_set(enum dimension dimension)
{
	switch (dimension) {
	case DIM_MONTH:
	case DIM_POST:
	case DIM_STATE:
	case DIM_PILLAR:
	case DIM_TOPIC:
		return true;
	default:
		return false;
	}
}

enum measure
measure_of(struct slice word)
{
	return (enum measure)find(measure_names, MEASURE_COUNT, word);
}

const char *
measure_name(enum measure measure)
{
	must(measure < MEASURE_COUNT);
	return measure_names[measure];
}

const char *
opened_name(enum opened opened)
{
	static const char *const names[] = {
		[OPENED_COUNTED] = "counted",
		[OPENED_NOT_HELD] = "not_held",
		[OPENED_WITHDRAWN] = "withdrawn",
		[OPENED_MERGED] = "merged",
		[OPENED_UNCONFIRMED_COHOST] = "unconfirmed_cohost",
		[OPENED_REFUSED] = "refused",
	};

	must(opened < ARRAY_LEN(names));
	return names[opened];
}
