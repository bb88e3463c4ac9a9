/* kusanone export --format csv|xlsx: pages of events into rows. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/export_columns_wire.h"
#include "cli/export_wire.h"
#include "cli/labels_wire.h"
#include "cli/text.h"
#include "lib/base/id.h"

/* Where rows go: lines of CSV, or sheets. */
struct out {
	struct cli *cli;
	struct export_job *export;
	struct buf lines;
	struct xlsx *book; /* NULL: CSV, or not begun. */
	unsigned sheet_of[2];
	uint64_t rows, events;
	enum xlsx_put put; /* Not XLSX_PUT: no more can be put. */
};

static enum export_table
table_of(const struct export_job *e)
{
	return e->sessions ? EXPORT_SESSIONS : EXPORT_EVENTS;
}

/* ---- The beginning ---------------------------------------------------------------- */

static void
begin_csv(struct out *o)
{
	struct xlsx_column columns[EXPORT_MAX_COLUMNS];
	struct cell cells[EXPORT_MAX_COLUMNS];
	size_t count = export_columns(o->cli, table_of(o->export), columns);

	for (size_t i = 0; i < count; i++) {
		cells[i] = cell_text(columns[i].header);
	}
	buf_put_str(&o->lines, "\xef\xbb\xbf"); /* Excel takes it for Shift_JIS else. */
	cells_put_csv(&o->lines, cells, count);
}

static void
put_line(struct out *o, unsigned sheet, const struct cell *cells, size_t count)
{
	if (o->put == XLSX_PUT) {
		o->put = xlsx_put_row(o->book, sheet, cells, count);
	}
}

static void
put_about(struct out *o, unsigned sheet, const char *name, const char *value)
{
	const struct cell cells[] = { cell_text(name), cell_text(value) };

	put_line(o, sheet, cells, ARRAY_LEN(cells));
}

/* What the other sheets are, for whoever finds the file in a year. */
static void
add_about(struct out *o, const Kusanone__V1__SheetReply *reply)
{
	struct cli *cli = o->cli;
	const Kusanone__V1__TotalsQuery *select = &o->export->select;
	unsigned sheet = xlsx_add_sheet(o->book, phrase(cli, MSG_SHEET_ABOUT), NULL, 0);

	put_about(o, sheet, phrase(cli, MSG_ABOUT_TITLE), "");
	put_about(o, sheet, phrase(cli, MSG_ABOUT_POSITION),
		  arena_printf(&cli->arena, "%llu", (unsigned long long)reply->position));
	put_about(o, sheet, phrase(cli, MSG_ABOUT_TIME),
		  export_instant(cli, reply->hq_ms));
	put_about(o, sheet, phrase(cli, MSG_ABOUT_RULE), label_word(cli, reply->rule));
	put_about(o, sheet, phrase(cli, MSG_ABOUT_YEARS),
		  select->fiscal_year_from != 0
			  ? fiscal_years_text(&cli->arena, cli->lang,
					      select->fiscal_year_from,
					      select->fiscal_year_to)
			  : phrase(cli, MSG_ABOUT_ALL));
	for (size_t i = 0; i < select->n_filters; i++) {
		const Kusanone__V1__Filter *filter = select->filters[i];

		put_about(
			o, sheet,
			phrase(cli, MSG_ABOUT_FILTER, label_word(cli, filter->dimension)),
			text_clean(&cli->arena, join(&cli->arena, filter->values,
						     filter->n_values, ", ")));
	}
	put_about(o, sheet, phrase(cli, MSG_ABOUT_COUNTED),
		  phrase(cli, MSG_ABOUT_COUNTED_IS));
	put_about(o, sheet, phrase(cli, MSG_ABOUT_EMPTY),
		  phrase(cli, MSG_ABOUT_EMPTY_IS));
	put_about(o, sheet, phrase(cli, MSG_ABOUT_DATES),
		  phrase(cli, MSG_ABOUT_DATES_IS));
}

static void
add_table(struct out *o, enum export_table table)
{
	struct xlsx_column columns[EXPORT_MAX_COLUMNS];
	size_t count = export_columns(o->cli, table, columns);

	o->sheet_of[table] = xlsx_add_sheet(o->book,
					    phrase(o->cli, table == EXPORT_EVENTS
								   ? MSG_SHEET_EVENTS
								   : MSG_SHEET_SESSIONS),
					    columns, count);
}

static void
begin(struct out *o, const Kusanone__V1__SheetReply *reply)
{
	if (o->export->format == EXPORT_CSV) {
		begin_csv(o);
		return;
	}
	o->book = xlsx_new(o->export->file.beside, phrase(o->cli, MSG_ABOUT_TITLE),
			   reply->hq_ms);
	if (!o->export->sessions) {
		add_table(o, EXPORT_EVENTS);
	}
	add_table(o, EXPORT_SESSIONS);
	add_about(o, reply);
}

/* ---- Rows ------------------------------------------------------------------------- */

static void
put_row(struct out *o, enum export_table table, const Kusanone__V1__SheetReply *reply,
	const Kusanone__V1__SheetRow *row, const Kusanone__V1__SheetSession *session)
{
	struct cell cells[EXPORT_MAX_COLUMNS];
	size_t count = export_cells(o->cli, table, reply, row, session, cells);

	if (o->book == NULL) {
		cells_put_csv(&o->lines, cells, count);
	} else {
		put_line(o, o->sheet_of[table], cells, count);
	}
	o->rows++;
}

static void
put_page(struct out *o, const Kusanone__V1__SheetReply *reply)
{
	const struct export_job *e = o->export;
	bool with_sessions = e->sessions || o->book != NULL;

	for (size_t i = 0; i < reply->n_rows && o->put == XLSX_PUT; i++) {
		const Kusanone__V1__SheetRow *row = reply->rows[i];

		o->events++;
		if (!e->sessions) {
			put_row(o, EXPORT_EVENTS, reply, row, NULL);
		}
		for (size_t k = 0; with_sessions && k < row->n_sessions; k++) {
			put_row(o, EXPORT_SESSIONS, reply, row, row->sessions[k]);
		}
	}
}

static int
cannot_write(struct out *o, const char *why)
{
	return complain(o->cli, EXIT_REFUSED, MSG_EXPORT_CANNOT_WRITE,
			text_argument(o->cli, o->export->file.path), why);
}

/* What is written so far leaves the memory. */
static int
drain(struct out *o)
{
	switch (o->put) {
	case XLSX_FULL:
		return complain(o->cli, EXIT_REFUSED, MSG_EXPORT_TOO_LONG,
				text_argument(o->cli, o->export->file.path),
				unsigned_text(&o->cli->arena, XLSX_MAX_ROWS - 1));
	case XLSX_FAILED: {
		const char *why = xlsx_close(o->book);

		o->book = NULL;
		return cannot_write(o, why != NULL ? why : "");
	}
	default:
		break;
	}
	bool good = aside_write(o->cli, &o->export->file, buf_slice(&o->lines));
	buf_clear(&o->lines);
	return good ? EXIT_DONE : o->cli->code;
}

/* The file is complete, or was given up. */
static int
end(struct out *o, int code)
{
	if (code == EXIT_DONE && o->book != NULL) {
		const char *why = xlsx_close(o->book);

		o->book = NULL;
		code = why == NULL ? EXIT_DONE : cannot_write(o, why);
	}
	xlsx_free(o->book);
	buf_fini(&o->lines);
	return code;
}

/* ---- Pages ------------------------------------------------------------------------ */

struct pages {
	Kusanone__V1__Query query;
	Kusanone__V1__SheetQuery sheet;
	char after[UUID_TEXT_LEN + 1];
	uint64_t all;
	uint64_t position;
	int64_t hq_ms;
};

static bool
is_whole(const Kusanone__V1__SheetReply *reply)
{
	for (size_t i = 0; i < reply->n_rows; i++) {
		if (reply->rows[i]->event == NULL) {
			return false;
		}
	}
	return true;
}

static int
next_page(struct out *o, struct pages *p)
{
	struct cli *cli = o->cli;
	struct export_page page;
	const Kusanone__V1__Reply *reply;
	int code = export_page(cli, &page, &p->query, &reply);

	if (code == EXIT_DONE && !is_whole(reply->sheet)) {
		code = complain(cli, EXIT_REFUSED, MSG_STRANGE_ANSWER);
	}
	if (code == EXIT_DONE) {
		const Kusanone__V1__SheetReply *sheet = reply->sheet;

		if (p->after[0] == '\0') {
			p->all = sheet->matching;
			p->position = sheet->position;
			p->hq_ms = sheet->hq_ms;
			begin(o, sheet);
		}
		put_page(o, sheet);
		export_progress(cli, o->export, o->events, p->all);
		code = drain(o);
		memset(p->after, 0, sizeof(p->after));
		strncpy(p->after, sheet->next, sizeof(p->after) - 1);
	}
	export_page_end(cli, &page);
	return code;
}

int
export_sheet(struct cli *cli, struct export_job *e, struct buf *ret_done)
{
	struct out o = { .cli = cli, .export = e };
	struct pages p = { .query = KUSANONE__V1__QUERY__INIT,
			   .sheet = KUSANONE__V1__SHEET_QUERY__INIT };
	Kusanone__V1__TotalsQuery select = e->select;
	int code;

	p.query.query_case = KUSANONE__V1__QUERY__QUERY_SHEET;
	p.query.sheet = &p.sheet;
	p.sheet.select = &select;
	p.sheet.sessions = e->sessions;
	p.sheet.after = p.after;
	do {
		code = next_page(&o, &p);
		select.as_of_position = p.position;
		select.as_of_ms = 0;
	} while (code == EXIT_DONE && p.after[0] != '\0');
	code = end(&o, code);
	say(cli, ret_done, MSG_EXPORT_DONE, text_argument(cli, e->file.path),
	    unsigned_text(&cli->arena, o.events), unsigned_text(&cli->arena, o.rows),
	    unsigned_text(&cli->arena, p.position), export_instant(cli, p.hq_ms));
	return code;
}
