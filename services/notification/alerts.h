/* notification/alerts.h - alerts that are due and not settled.
 *
 * An alert's id follows from subscription, kind, what it is about and its occasion: the
 * same log and clock give the same ids, whenever they are asked.  A row here is
 *
 *	FRESH   found, not on the disk yet: a crash finds it again
 *	DUE     on the disk: waits for its reader's time
 *	TAKEN   part of a message that was begun
 *
 * and goes when it is settled.  Rows keep their number while they last. */
#ifndef NOTIFICATION_ALERTS_H
#define NOTIFICATION_ALERTS_H

#include "lib/base/hash.h"
#include "lib/base/id.h"
#include "lib/base/table.h"
#include "lib/model/alert.h"

enum { ALERT_ID_LEN = 16 };

struct alert_id {
	uint8_t b[ALERT_ID_LEN];
};

static inline bool
alert_id_eq(const struct alert_id *a, const struct alert_id *b)
{
	return memcmp(a->b, b->b, ALERT_ID_LEN) == 0;
}

/* 'about' is an event's id or another subject's words. */
struct alert_id alert_id_of(const struct uuid *subscription, enum alert_kind kind,
			    struct slice about, struct slice occasion);

enum alert_row_state { ALERT_FREE, ALERT_FRESH, ALERT_DUE, ALERT_TAKEN };

struct alert {
	struct alert_id id;
	struct uuid subscription;
	struct uuid event; /* Zeros: of none. */
	struct uuid other; /* CONFLICT. */
	uint64_t position; /* Of the record that occasioned it; 0: the clock did. */
	wall_ms_t due, starts;
	int64_t value, value_before;
	/* When it goes, as far as is known now; NEVER: not before something changes. */
	wall_ms_t goes;
	uint32_t session, subject, spell; /* Words of notification.words. */
	uint32_t lead;                    /* Minutes. */
	uint8_t kind;                     /* enum alert_kind */
	uint8_t state;                    /* enum alert_row_state */
	uint8_t held;                     /* enum held: why it has not gone. */
	uint32_t looked;                  /* The turn in which 'goes' was found. */
};

struct alerts {
	struct table rows; /* struct alert; free ones are used again. */
	struct index by_id;
	uint32_t *free_rows;
	uint32_t free_count, free_cap;
	uint32_t live;    /* Rows that are not free. */
	uint32_t indexed; /* Entries of by_id, dead ones too. */
};

void alerts_init(struct alerts *);
void alerts_fini(struct alerts *);
void alerts_clear(struct alerts *);

/* UINT32_MAX: there is none. */
uint32_t alerts_find(const struct alerts *, const struct alert_id *);

/* There must be none with its id.  Returns the row. */
uint32_t alerts_add(struct alerts *, const struct alert *);
void alerts_remove(struct alerts *, uint32_t row);

static inline struct alert *
alerts_at(const struct alerts *a, uint32_t row)
{
	return table_mut((struct table *)(uintptr_t)&a->rows, row);
}

/* The first row at or after 'row' that is not free; UINT32_MAX at the end. */
uint32_t alerts_next(const struct alerts *, uint32_t row);

#endif
