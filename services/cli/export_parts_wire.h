/* cli/export_parts_wire.h - what the columns of an export share among themselves. */
#ifndef CLI_EXPORT_PARTS_WIRE_H
#define CLI_EXPORT_PARTS_WIRE_H

#include "cli/export_columns_wire.h"

/* What a cell is made from. */
struct export_row {
	struct cli *cli;
	const Kusanone__V1__SheetReply *reply;
	const Kusanone__V1__SheetRow *row;
	const Kusanone__V1__SheetSession
		*sheet;                       /* In a table of sessions: what the fold */
	const Kusanone__V1__Session *session; /* says of it, and what the record. */
};

/* The cells of a column: one, or two that belong together. */
enum export_kind {
	EXPORT_END,
	EXPORT_MADE,   /* By a function. */
	EXPORT_STRING, /* A field of the event. */
	EXPORT_TEXT,   /* Japanese and English. */
	EXPORT_CODE,   /* The code and its label, */
	EXPORT_CODES,  /* a list of them. */
	EXPORT_COUNT,  /* The number and how exact it is. */
	EXPORT_YEN,
};

struct export_column {
	enum export_kind kind;
	unsigned width;
	const char *field;   /* Of Event. */
	const char *labels;  /* The kind of its codes. */
	enum message header; /* Of one that is made, or is titled otherwise than its
			      * field. */
	bool titled;
	struct cell (*make)(const struct export_row *);
};

/* In a table of columns. */
enum { FLAG = 9, CODE = 12, DATE = 17, NAME = 24, LINE = 40 }; /* Widths. */
#define MADE(h, w, m)                                                                    \
	{                                                                                \
		.kind = EXPORT_MADE, .width = (w), .header = (h), .make = (m)            \
	}

/* Ends with EXPORT_END. */
extern const struct export_column export_event_columns[], export_session_columns[];

/* What others wrote, as it can stand in a cell. */
struct cell export_clean(const struct export_row *, const char *text);

/* The code's label; "" where the reference data has none. */
const char *export_label(const struct export_row *, const char *kind, const char *group,
			 const char *code);

/* "a; b": adds one more; an empty one is passed over. */
void export_add(struct buf *list, const char *item);

/* The list as a cell, cleaned; frees it. */
struct cell export_list(const struct export_row *, struct buf *list);

/* A date as it is known: a date where the day is, else text. */
struct cell export_date(const struct export_row *, const Kusanone__V1__Date *);
struct cell export_precision(const struct export_row *, const Kusanone__V1__Date *);
struct cell export_zone(const struct export_row *, const Kusanone__V1__Date *);
struct cell export_offset(const struct export_row *, const Kusanone__V1__Date *);

/* False where it is not stated. */
bool export_read_date(const Kusanone__V1__Date *, struct date *ret_date) WARN_UNUSED;

/* Columns that both tables have. */
struct cell export_id(const struct export_row *);
struct cell export_confirmed(const struct export_row *);
struct cell export_revision(const struct export_row *);
struct cell export_position(const struct export_row *);
struct cell export_as_of(const struct export_row *);

/* export_dates_wire.c: of an event with sessions those that have its own status speak for
 * it, as in totals: of a held one not those that were cancelled. */
bool export_speaks(const struct export_row *, size_t session);
struct cell export_first(const struct export_row *);
struct cell export_first_precision(const struct export_row *);
struct cell export_first_zone(const struct export_row *);
struct cell export_first_offset(const struct export_row *);
struct cell export_last(const struct export_row *);
struct cell export_last_precision(const struct export_row *);
struct cell export_dates(const struct export_row *);

/* export_venues_wire.c */
struct cell export_state_codes(const struct export_row *);
struct cell export_states(const struct export_row *);
struct cell export_municipalities(const struct export_row *);
struct cell export_counties(const struct export_row *);
struct cell export_countries(const struct export_row *);
struct cell export_places(const struct export_row *);
struct cell export_place_kinds(const struct export_row *);

/* 1, or 0. */
static inline struct cell
export_flag(bool set)
{
	return cell_number(set ? 1 : 0);
}

#endif
