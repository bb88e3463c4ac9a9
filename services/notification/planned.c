#include "notification/planned.h"

struct planned_row {
	int32_t day;
	uint32_t event;
	uint32_t older1; /* Of the same day: row + 1. */
};

static uint64_t
key_of(int32_t day)
{
	return bytes_hash(slice_of(&day, sizeof(day)));
}

static uint64_t
key_of_row(const void *ctx, uint32_t row)
{
	return key_of(((const struct planned_row *)table_at(ctx, row))->day);
}

void
planned_init(struct planned *p)
{
	table_init(&p->rows, sizeof(struct planned_row));
	index_init(&p->by_day, key_of_row, &p->rows);
}

void
planned_fini(struct planned *p)
{
	index_fini(&p->by_day);
	table_fini(&p->rows);
}

void
planned_clear(struct planned *p)
{
	index_clear(&p->by_day);
	table_clear(&p->rows);
}

/* The first row of each day is in the index; the others hang behind it. */
static uint32_t
find(const struct planned *p, int32_t day)
{
	uint32_t row;

	for (uint32_t at = index_first(&p->by_day, key_of(day), &row); at != 0;
	     at = index_next(&p->by_day, key_of(day), at, &row)) {
		if (((const struct planned_row *)table_at(&p->rows, row))->day == day) {
			return row;
		}
	}
	return UINT32_MAX;
}

bool
planned_next(const struct planned *p, int32_t day, uint32_t *at, uint32_t *ret_event)
{
	const struct planned_row *row;

	if (*at == UINT32_MAX) {
		return false;
	}
	if (*at == 0) {
		uint32_t first = find(p, day);

		if (first == UINT32_MAX) {
			return false;
		}
		row = table_at(&p->rows, first);
	} else {
		row = table_at(&p->rows, *at - 1);
	}
	*ret_event = row->event;
	*at = row->older1 != 0 ? row->older1 : UINT32_MAX;
	return true;
}

void
planned_add(struct planned *p, int32_t day, uint32_t event)
{
	uint32_t at = 0, have;

	while (planned_next(p, day, &at, &have)) {
		if (have == event) {
			return;
		}
	}
	uint32_t first = find(p, day);
	struct planned_row *row = table_add(&p->rows);
	uint32_t added = p->rows.count;

	row->day = day;
	row->event = event;
	if (first == UINT32_MAX) {
		index_add(&p->by_day, key_of(day), added - 1);
	} else {
		struct planned_row *head = table_mut(&p->rows, first);

		row->older1 = head->older1;
		head->older1 = added;
	}
}
