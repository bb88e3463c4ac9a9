#include "notification/alerts.h"

#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/mem.h"

/* The kind's number and not its word: it is for life (lib/model/alert.h). */
struct alert_id
alert_id_of(const struct uuid *subscription, enum alert_kind kind, struct slice about,
	    struct slice occasion)
{
	struct buf b = { 0 };
	struct alert_id id;

	buf_put_slice(&b, slice_str("kusanone alert v1"));
	buf_put(&b, subscription->b, UUID_LEN);
	buf_put_le32(&b, (uint32_t)kind);
	buf_put_le32(&b, (uint32_t)about.len);
	buf_put_slice(&b, about);
	buf_put_slice(&b, occasion);
	struct hash hash = hash_of(buf_slice(&b));
	buf_fini(&b);
	memcpy(id.b, hash.b, ALERT_ID_LEN);
	return id;
}

static uint64_t
key_of(const struct alert_id *id)
{
	uint64_t key;

	memcpy(&key, id->b, sizeof(key));
	return key;
}

static uint64_t
key_of_row(const void *ctx, uint32_t row)
{
	return key_of(&((const struct alert *)table_at(ctx, row))->id);
}

void
alerts_init(struct alerts *a)
{
	*a = (struct alerts){ 0 };
	table_init(&a->rows, sizeof(struct alert));
	index_init(&a->by_id, key_of_row, &a->rows);
}

void
alerts_fini(struct alerts *a)
{
	index_fini(&a->by_id);
	table_fini(&a->rows);
	free(a->free_rows);
}

void
alerts_clear(struct alerts *a)
{
	index_clear(&a->by_id);
	table_clear(&a->rows);
	a->free_count = 0;
	a->live = 0;
	a->indexed = 0;
}

uint32_t
alerts_find(const struct alerts *a, const struct alert_id *id)
{
	uint32_t row;

	for (uint32_t at = index_first(&a->by_id, key_of(id), &row); at != 0;
	     at = index_next(&a->by_id, key_of(id), at, &row)) {
		const struct alert *have = table_at(&a->rows, row);

		if (have->state != ALERT_FREE && alert_id_eq(&have->id, id)) {
			return row;
		}
	}
	return UINT32_MAX;
}

/* The index takes nothing out: it is made anew when most of it is dead. */
static void
reindex(struct alerts *a)
{
	index_clear(&a->by_id);
	a->indexed = 0;
	for (uint32_t row = alerts_next(a, 0); row != UINT32_MAX;
	     row = alerts_next(a, row + 1)) {
		index_add(&a->by_id, key_of_row(&a->rows, row), row);
		a->indexed++;
	}
}

uint32_t
alerts_add(struct alerts *a, const struct alert *alert)
{
	uint32_t row;

	must(alert->state != ALERT_FREE);
	must(alerts_find(a, &alert->id) == UINT32_MAX);
	if (a->indexed > 2 * a->live + 1024) {
		reindex(a);
	}
	if (a->free_count != 0) {
		row = a->free_rows[--a->free_count];
	} else {
		table_add(&a->rows);
		row = a->rows.count - 1;
	}
	*alerts_at(a, row) = *alert;
	index_add(&a->by_id, key_of(&alert->id), row);
	a->live++;
	a->indexed++;
	return row;
}

void
alerts_remove(struct alerts *a, uint32_t row)
{
	struct alert *alert = alerts_at(a, row);

	must(alert->state != ALERT_FREE);
	alert->state = ALERT_FREE;
	if (a->free_count == a->free_cap) {
		a->free_cap = a->free_cap != 0 ? 2 * a->free_cap : 64;
		a->free_rows =
			xrealloc(a->free_rows, a->free_cap * sizeof(a->free_rows[0]));
	}
	a->free_rows[a->free_count++] = row;
	a->live--;
}

uint32_t
alerts_next(const struct alerts *a, uint32_t row)
{
	for (; row < a->rows.count; row++) {
		const struct alert *alert = table_at(&a->rows, row);

		if (alert->state != ALERT_FREE) {
			return row;
		}
	}
	return UINT32_MAX;
}
