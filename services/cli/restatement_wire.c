/* kusanone restatement: what has changed published figures since. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/options.h"
#include "cli/publication_wire.h"
#include "cli/published_wire.h"
#include "cli/text.h"
#include "cli/totals_table_wire.h"
#include "lib/model/json_wire.h"

enum { PAGE = 200 };

/* ---- All pages --------------------------------------------------------------------- */

/* NULL, and cli->code, where there is none. */
static const Kusanone__V1__RestatementReply *
ask_page(struct cli *cli, Kusanone__V1__RestatementQuery *q)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	const Kusanone__V1__Reply *reply = NULL;

	query.query_case = KUSANONE__V1__QUERY__QUERY_RESTATEMENT;
	query.restatement = q;
	cli->code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (reply == NULL) {
		return NULL;
	}
	if (reply->restatement->row == NULL) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_STRANGE_ANSWER);
		return NULL;
	}
	return reply->restatement;
}

struct messages {
	void **at;
	size_t count, cap;
};

static void
add_messages(struct cli *cli, struct messages *list, void *page, size_t count)
{
	size_t cap = list->cap != 0 ? list->cap : PAGE;

	while (cap < list->count + count) {
		cap *= 2;
	}
	if (cap != list->cap) {
		void **at = arena_alloc(&cli->arena, cap * sizeof(at[0]));

		if (list->count != 0) {
			memcpy(at, list->at, list->count * sizeof(at[0]));
		}
		list->at = at;
		list->cap = cap;
	}
	if (count != 0) {
		memcpy(list->at + list->count, page, count * sizeof(list->at[0]));
	}
	list->count += count;
}

/* One answer of many pages: records up to where the log was at the first, then the cells
 * that differ there. */
static int
ask_all(struct cli *cli, const char *name, Kusanone__V1__RestatementReply *ret)
{
	Kusanone__V1__RestatementQuery q = KUSANONE__V1__RESTATEMENT_QUERY__INIT;
	const Kusanone__V1__RestatementReply *page;
	struct messages records = { 0 };
	struct messages differing = { 0 };

	kusanone__v1__restatement_reply__init(ret);
	q.name = (char *)(uintptr_t)name;
	q.limit = PAGE;
	do {
		page = ask_page(cli, &q);
		if (page == NULL) {
			return cli->code;
		}
		if (ret->row == NULL) {
			ret->row = page->row;
			ret->until = q.until = page->until;
			ret->until_ms = page->until_ms;
		}
		add_messages(cli, &records, page->records, page->n_records);
		q.after = page->next;
	} while (page->next != 0);
	q.differing = true;
	do {
		page = ask_page(cli, &q);
		if (page == NULL) {
			return cli->code;
		}
		add_messages(cli, &differing, page->differing, page->n_differing);
		q.skip = (uint32_t)page->next;
	} while (page->next != 0);
	ret->records = (Kusanone__V1__RestatedRecord **)records.at;
	ret->n_records = records.count;
	ret->differing = (Kusanone__V1__RestatedCell **)differing.at;
	ret->n_differing = differing.count;
	return EXIT_DONE;
}

static void
put_line(struct cli *cli, const char *text, size_t indent, struct buf *out)
{
	text_blanks(out, indent);
	text_wrap(out, text, indent, indent + 2, cli->width);
	buf_put_u8(out, '\n');
}

/* ---- Cells ------------------------------------------------------------------------- */

/* Where the cell stands: "post sfo × state TN", "nationally", "FY2023", "cumulative". */
static const char *
place_text(struct cli *cli, const Kusanone__V1__RestatedCell *cell)
{
	struct arena *arena = &cli->arena;
	struct buf b = { 0 };

	if (cell->figure != NULL) {
		const Kusanone__V1__PublishedFigure *f = cell->figure;
		const char *scope = ask_text(cli, f->scope);

		buf_printf(&b, "%s %s%s%s",
			   fiscal_years_text(arena, cli->lang, f->fiscal_year_from,
					     f->fiscal_year_to),
			   label_word(cli, f->measure), *scope != '\0' ? ", " : "",
			   scope);
	} else if (cell->n_keys == 0) {
		buf_put_str(&b, phrase(cli, MSG_RESTATED_NATIONALLY));
	}
	for (size_t i = 0; i < cell->n_keys && i < cell->n_by; i++) {
		buf_printf(&b, "%s%s %s", i != 0 ? " × " : "",
			   label_word(cli, cell->by[i]),
			   totals_key_word(cli, cell->by[i], cell->keys[i]));
	}
	const char *text = arena_dup(arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

static const char *
side_text(struct cli *cli, const Kusanone__V1__RestatedCell *cell,
	  const Kusanone__V1__Figure *figure, bool with_lack)
{
	const char *measure = cell->figure != NULL ? cell->figure->measure : cell->column;

	return figure == NULL ? "-" : totals_figure_text(cli, measure, figure, with_lack);
}

/* The two sides as they are printed; false: the same.  What is not stated is told where
 * nothing else differs. */
static bool
side_texts(struct cli *cli, const Kusanone__V1__RestatedCell *cell,
	   const char **ret_before, const char **ret_after)
{
	for (int with_lack = 0; with_lack <= 1; with_lack++) {
		*ret_before = side_text(cli, cell, cell->before, with_lack != 0);
		*ret_after = side_text(cli, cell, cell->after, with_lack != 0);
		if (strcmp(*ret_before, *ret_after) != 0) {
			return true;
		}
	}
	return false;
}

/* A table; on a screen that is too narrow for whole cells, a line each. */
static void
put_cells(struct cli *cli, Kusanone__V1__RestatedCell *const *cells, size_t count,
	  size_t indent, struct buf *out)
{
	struct arena *arena = &cli->arena;
	const char *before;
	const char *after;
	struct grid grid;

	grid_init(&grid, arena, "ffrfr");
	grid.indent = indent;
	for (size_t i = 0; i < count; i++) {
		if (side_texts(cli, cells[i], &before, &after)) {
			grid_row(&grid, place_text(cli, cells[i]),
				 label_word(cli, cells[i]->column), before, "→", after);
		}
	}
	if (grid_least_width(&grid) <= cli->width) {
		grid_put(&grid, cli->width, out);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (side_texts(cli, cells[i], &before, &after)) {
			put_line(cli,
				 arena_printf(arena, "%s · %s  %s → %s",
					      place_text(cli, cells[i]),
					      label_word(cli, cells[i]->column), before,
					      after),
				 indent, out);
		}
	}
}

/* ---- Records ----------------------------------------------------------------------- */

static const char *
record_text(struct cli *cli, const Kusanone__V1__RestatedRecord *record)
{
	const Kusanone__V1__HistoryRow *row = record->record;
	struct arena *arena = &cli->arena;
	struct buf b = { 0 };

	say(cli, &b, MSG_RESTATED_RECORD, unsigned_text(arena, row->position),
	    time_text(arena, record->hq_ms), label_word(cli, row->kind));
	buf_printf(&b, " %s", short_hash(arena, row->record));
	if (row->author[0] != '\0' || row->node[0] != '\0') {
		buf_printf(&b, " · %s%s%s", text_clean(arena, row->author),
			   row->author[0] != '\0' && row->node[0] != '\0' ? "@" : "",
			   text_clean(arena, row->node));
	}
	if (row->words[0] != '\0') {
		buf_printf(&b, " · %s", text_clean(arena, row->words));
	}
	const char *text = arena_dup(arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

/* "9f3a12bc  Title (status, post)" */
static const char *
event_text(struct cli *cli, const Kusanone__V1__RestatedEvent *event)
{
	struct arena *arena = &cli->arena;
	char **words = arena_alloc(arena, event->n_changed * sizeof(words[0]));

	for (size_t i = 0; i < event->n_changed; i++) {
		words[i] = (char *)(uintptr_t)label_word(cli, event->changed[i]);
	}
	return arena_printf(arena, "%s  %s (%s)", short_id(arena, event->event_id),
			    ask_text(cli, event->title),
			    join(arena, words, event->n_changed, ", "));
}

static void
put_record(struct cli *cli, const Kusanone__V1__RestatedRecord *record, struct buf *out)
{
	if (record->record == NULL) {
		return;
	}
	buf_put_u8(out, '\n');
	put_line(cli, record_text(cli, record), 0, out);
	for (size_t i = 0; i < record->n_events; i++) {
		put_line(cli, event_text(cli, record->events[i]), 2, out);
	}
	if (record->all_events > record->n_events) {
		put_line(cli,
			 phrase(cli, MSG_RESTATED_MORE,
				unsigned_text(&cli->arena,
					      record->all_events - record->n_events)),
			 2, out);
	}
	put_cells(cli, record->cells, record->n_cells, 4, out);
}

static void
put_restatement(struct cli *cli, const Kusanone__V1__RestatementReply *r, struct buf *out)
{
	struct arena *arena = &cli->arena;

	publication_put_head(cli, r->row, out);
	put_line(cli,
		 phrase(cli, MSG_RESTATED_SPAN, unsigned_text(arena, r->row->position),
			unsigned_text(arena, r->until), time_text(arena, r->until_ms)),
		 0, out);
	for (size_t i = 0; i < r->n_records; i++) {
		put_record(cli, r->records[i], out);
	}
	totals_put_title(cli,
			 phrase(cli, r->n_records == 0     ? MSG_RESTATED_NOTHING
				     : r->n_differing == 0 ? MSG_RESTATED_CANCELLED_OUT
							   : MSG_RESTATED_DIFFERING),
			 out);
	put_cells(cli, r->differing, r->n_differing, 2, out);
}

int
restatement_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__RestatementReply all;
	struct operands name;

	if (!options_read(cli, argc, argv, opts, 1, 1, &name)) {
		return cli->code;
	}
	int code = ask_all(cli, name.at[0], &all);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &all.base, JSON_PRETTY | JSON_NUMBERS);
	} else {
		put_restatement(cli, &all, &cli->out);
	}
	return EXIT_DONE;
}
