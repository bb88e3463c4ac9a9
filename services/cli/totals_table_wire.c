/* One table of totals: its rows, and what they come to. */
#include "cli/totals_table_wire.h"

#include <string.h>

#include "cli/ask_wire.h"
#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/published_wire.h"
#include "cli/text.h"
#include "lib/model/query.h"

/* ---- Cells */

const char *
totals_figure_text(struct cli *cli, const char *measure, const Kusanone__V1__Figure *f,
		   bool with_lack)
{
	const char *value;

	if (f->bound == KUSANONE__V1__BOUND__BOUND_UNSPECIFIED && f->not_stated != 0) {
		return phrase(cli, MSG_NOT_STATED);
	}
	value = measure_value(cli, measure, f->value, (int)f->bound);
	if (!with_lack || f->not_stated == 0) {
		return value;
	}
	return phrase(cli, MSG_FIGURE_LACKS, value,
		      unsigned_text(&cli->arena, f->not_stated));
}

/* 2023-09 is 2023年9月 where Japanese is read. */
static const char *
month_text(struct cli *cli, const char *code)
{
	if (cli->lang != LANG_JA || strlen(code) != 7) {
		return code;
	}
	return arena_printf(&cli->arena, "%.4s年%s月", code,
			    code[5] == '0' ? code + 6 : code + 5);
}

/* What is counted under: "" for a bucket, whose words stand where labels do. */
static const char *
key_code(struct cli *cli, const char *dimension, const Kusanone__V1__TotalsKey *key)
{
	const char *code = text_clean(&cli->arena, key->code);

	if (key->bucket[0] != '\0') {
		return "";
	}
	if (strcmp(dimension, "month") == 0) {
		return month_text(cli, code);
	}
	/* Of years and statuses the label says it all. */
	if ((strcmp(dimension, "fy") == 0 || strcmp(dimension, "status") == 0) &&
	    key->label != NULL) {
		return ask_text(cli, key->label);
	}
	return code;
}

static const char *
key_label(struct cli *cli, const Kusanone__V1__TotalsKey *key)
{
	if (key->bucket[0] != '\0') {
		return label_word(cli, key->bucket);
	}
	return ask_text(cli, key->label);
}

/* Where there is no column for labels. */
const char *
totals_key_word(struct cli *cli, const char *dimension,
		const Kusanone__V1__TotalsKey *key)
{
	const char *code = key_code(cli, dimension, key);

	return code[0] != '\0' ? code : key_label(cli, key);
}

void
totals_put_title(struct cli *cli, const char *title, struct buf *out)
{
	buf_put_u8(out, '\n');
	text_wrap(out, title, 0, 2, cli->width);
	buf_put_u8(out, '\n');
}

/* ---- A table */

/* Which of the columns beside the figures have anything to say. */
struct extras {
	bool provisional, boundary, planned, postponed, cancelled;
};

static struct extras
extras_of(const Kusanone__V1__TotalsTable *t)
{
	return (struct extras){ .provisional = t->provisional != 0,
				.boundary = t->boundary != 0,
				.planned = t->planned != 0,
				.postponed = t->postponed != 0,
				.cancelled = t->cancelled != 0 };
}

static void
put_extra(struct cli *cli, struct grid *grid, bool shown, uint64_t value)
{
	if (shown) {
		grid_cell(grid, unsigned_text(&cli->arena, value));
	}
}

static void
put_extra_head(struct cli *cli, struct grid *grid, bool shown, enum message message)
{
	if (shown) {
		grid_cell(grid, phrase(cli, message));
	}
}

static bool
has_labels(const Kusanone__V1__TotalsTable *t, size_t key)
{
	if (strcmp(t->by[key], "fy") == 0 || strcmp(t->by[key], "status") == 0) {
		return false;
	}
	for (size_t i = 0; i < t->n_rows; i++) {
		const Kusanone__V1__TotalsKey *k = t->rows[i]->keys[key];

		if (k->label != NULL &&
		    (k->label->ja[0] != '\0' || k->label->en[0] != '\0')) {
			return true;
		}
	}
	return false;
}

/* Some measures of a table side by side: all, where the screen is wide enough. */
struct part {
	const Kusanone__V1__TotalsTable *t;
	size_t from, count;
	struct extras extras;
	bool labels[QUERY_MAX_DIMENSIONS]; /* The key has a column for labels. */
};

/* Grid letters: a code and perhaps a label for each key, figures, extras. */
static void
begin_grid(struct cli *cli, struct part *p, struct grid *grid)
{
	const bool shown[] = { p->extras.provisional, p->extras.boundary,
			       p->extras.planned, p->extras.postponed,
			       p->extras.cancelled };
	char align[GRID_MAX_COLUMNS + 1];
	size_t n = 0;

	for (size_t i = 0; i < p->t->n_by; i++) {
		p->labels[i] = has_labels(p->t, i) && p->t->n_by <= 2;
		align[n++] = 'f';
		if (p->labels[i]) {
			align[n++] = 'l';
		}
	}
	for (size_t i = 0; i < p->count; i++) {
		align[n++] = 'r';
	}
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		if (shown[i]) {
			align[n++] = 'r';
		}
	}
	must(n <= GRID_MAX_COLUMNS);
	align[n] = '\0';
	grid_init(grid, &cli->arena, align);
	grid->indent = 2;
}

static void
put_head(struct cli *cli, const struct part *p, struct grid *grid)
{
	for (size_t i = 0; i < p->t->n_by; i++) {
		grid_cell(grid, label_word(cli, p->t->by[i]));
		if (p->labels[i]) {
			grid_cell(grid, NULL);
		}
	}
	for (size_t i = p->from; i < p->from + p->count; i++) {
		grid_cell(grid, label_word(cli, p->t->measures[i]));
	}
	put_extra_head(cli, grid, p->extras.provisional, MSG_COLUMN_PROVISIONAL);
	put_extra_head(cli, grid, p->extras.boundary, MSG_COLUMN_BOUNDARY);
	put_extra_head(cli, grid, p->extras.planned, MSG_STATUS_PLANNED);
	put_extra_head(cli, grid, p->extras.postponed, MSG_STATUS_POSTPONED);
	put_extra_head(cli, grid, p->extras.cancelled, MSG_STATUS_CANCELLED);
}

static void
put_row(struct cli *cli, const struct part *p, const Kusanone__V1__TotalsRow *row,
	struct grid *grid)
{
	for (size_t i = 0; i < p->t->n_by; i++) {
		const Kusanone__V1__TotalsKey *key = row->keys[i];

		if (!p->labels[i]) {
			grid_cell(grid, totals_key_word(cli, p->t->by[i], key));
			continue;
		}
		grid_cell(grid, key_code(cli, p->t->by[i], key));
		grid_cell(grid, key_label(cli, key));
	}
	for (size_t i = p->from; i < p->from + p->count; i++) {
		grid_cell(grid, totals_figure_text(cli, p->t->measures[i],
						   row->figures[i], false));
	}
	put_extra(cli, grid, p->extras.provisional, row->provisional);
	put_extra(cli, grid, p->extras.boundary, row->boundary);
	put_extra(cli, grid, p->extras.planned, row->planned);
	put_extra(cli, grid, p->extras.postponed, row->postponed);
	put_extra(cli, grid, p->extras.cancelled, row->cancelled);
}

static void
fill_grid(struct cli *cli, struct part *p, struct grid *grid)
{
	begin_grid(cli, p, grid);
	put_head(cli, p, grid);
	for (size_t i = 0; i < p->t->n_rows; i++) {
		put_row(cli, p, p->t->rows[i], grid);
	}
}

/* "sum 5 · overlap 1 · nationally 4" of one measure. */
static const char *
sums_text(struct cli *cli, const Kusanone__V1__TotalsTable *t, size_t i)
{
	const char *measure = t->measures[i];
	const char *total = totals_figure_text(cli, measure, t->total[i], true);

	return t->overlapping
		       ? phrase(cli, MSG_SUM_OVERLAP_NATIONALLY,
				totals_figure_text(cli, measure, t->sum[i], false),
				totals_figure_text(cli, measure, t->overlap[i], false),
				total)
		       : phrase(cli, MSG_NATIONALLY, total);
}

static void
put_sums(struct cli *cli, const Kusanone__V1__TotalsTable *t, struct buf *out)
{
	for (size_t i = 0; i < t->n_measures; i++) {
		const char *line = sums_text(cli, t, i);

		if (t->n_measures > 1) {
			line = phrase(cli, MSG_MEASURE_LINE,
				      label_word(cli, t->measures[i]), line);
		}
		text_blanks(out, 2);
		text_wrap(out, line, 2, 4, cli->width);
		buf_put_u8(out, '\n');
	}
}

/* As many measures beside each other as the screen has room for, then the others. */
static void
put_parts(struct cli *cli, const Kusanone__V1__TotalsTable *t, struct buf *out)
{
	struct part p = { .t = t, .count = t->n_measures, .extras = extras_of(t) };
	struct grid grid;

	while (p.from < t->n_measures) {
		fill_grid(cli, &p, &grid);
		while (p.count > 1 && grid_least_width(&grid) > cli->width) {
			p.count--;
			fill_grid(cli, &p, &grid);
		}
		grid_put(&grid, cli->width, out);
		p.from += p.count;
		p.count = t->n_measures - p.from;
		p.extras = (struct extras){ 0 }; /* They were shown. */
	}
}

static void
put_grouped(struct cli *cli, const Kusanone__V1__TotalsTable *t, struct buf *out)
{
	struct buf title = { 0 };

	for (size_t i = 0; i < t->n_by; i++) {
		buf_printf(&title, "%s%s", i != 0 ? " × " : "",
			   label_word(cli, t->by[i]));
	}
	buf_put_u8(&title, 0);
	totals_put_title(cli, phrase(cli, MSG_BY_TITLE, (const char *)title.at), out);
	buf_fini(&title);
	if (t->n_rows != 0) {
		put_parts(cli, t, out);
	}
	put_sums(cli, t, out);
}

/* A paragraph: "By post: sfo 1 · lax 1 · … — sum 5 · overlap 1 · nationally 4", of the
 * first measure. */
static void
put_compact(struct cli *cli, const Kusanone__V1__TotalsTable *t, struct buf *out)
{
	struct buf line = { 0 };

	for (size_t i = 0; i < t->n_rows; i++) {
		const Kusanone__V1__TotalsRow *row = t->rows[i];

		buf_printf(
			&line, "%s%s %s", i != 0 ? " · " : "",
			totals_key_word(cli, t->by[0], row->keys[0]),
			totals_figure_text(cli, t->measures[0], row->figures[0], false));
	}
	buf_printf(&line, "%s%s", t->n_rows != 0 ? " — " : "", sums_text(cli, t, 0));
	const char *text = phrase(cli, MSG_MEASURE_LINE,
				  phrase(cli, MSG_BY_TITLE, label_word(cli, t->by[0])),
				  arena_dup(&cli->arena, line.at, line.len));
	text_wrap(out, text, 0, 2, cli->width);
	buf_put_u8(out, '\n');
	buf_fini(&line);
}

/* The whole, without a grouping: a line a measure. */
static void
put_whole(struct cli *cli, const Kusanone__V1__TotalsTable *t, struct buf *out)
{
	const struct {
		uint64_t value;
		enum message message;
	} extras[] = {
		{ t->provisional, MSG_COLUMN_PROVISIONAL },
		{ t->boundary, MSG_COLUMN_BOUNDARY },
		{ t->planned, MSG_STATUS_PLANNED },
		{ t->postponed, MSG_STATUS_POSTPONED },
		{ t->cancelled, MSG_STATUS_CANCELLED },
	};
	struct grid grid;

	totals_put_title(cli, phrase(cli, MSG_COUNTED_HERE), out);
	grid_init(&grid, &cli->arena, "fl");
	grid.indent = 2;
	for (size_t i = 0; i < t->n_measures; i++) {
		grid_row(&grid, label_word(cli, t->measures[i]),
			 totals_figure_text(cli, t->measures[i], t->total[i], true));
	}
	for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
		if (extras[i].value != 0) {
			grid_row(&grid, phrase(cli, extras[i].message),
				 unsigned_text(&cli->arena, extras[i].value));
		}
	}
	grid_put(&grid, cli->width, out);
}

/* Has every row what the table's head promises? */
static bool
is_whole(const Kusanone__V1__TotalsTable *t)
{
	bool whole = t->n_by <= QUERY_MAX_DIMENSIONS && t->n_measures > 0 &&
		     t->n_measures <= MEASURE_COUNT && t->n_total >= t->n_measures &&
		     t->n_sum >= t->n_measures && t->n_overlap >= t->n_measures;

	for (size_t i = 0; i < t->n_rows; i++) {
		whole = whole && t->rows[i]->n_keys >= t->n_by &&
			t->rows[i]->n_figures >= t->n_measures;
	}
	return whole;
}

void
totals_put_table(struct cli *cli, const Kusanone__V1__TotalsTable *t,
		 enum totals_layout layout, struct buf *out)
{
	if (!is_whole(t)) {
		totals_put_title(cli, phrase(cli, MSG_STRANGE_ANSWER), out);
	} else if (t->n_by == 0) {
		put_whole(cli, t, out);
	} else if (layout == TOTALS_COMPACT && t->n_by == 1) {
		put_compact(cli, t, out);
	} else {
		put_grouped(cli, t, out);
	}
}
