/* kusanone totals: the answer, as people read it. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/grid.h"
#include "cli/published_wire.h"
#include "cli/text.h"
#include "cli/totals_table_wire.h"

const char *
totals_position(struct cli *cli, const Kusanone__V1__TotalsReply *r)
{
	return phrase(cli, MSG_TOTALS_POSITION, unsigned_text(&cli->arena, r->position),
		      time_text(&cli->arena, r->hq_ms));
}

static void
put_header(struct cli *cli, const Kusanone__V1__TotalsReply *r, struct buf *out)
{
	text_wrap(out,
		  phrase(cli, MSG_TOTALS_HEADER, totals_position(cli, r),
			 ask_text(cli, r->rule_text)),
		  0, 0, cli->width);
	buf_put_u8(out, '\n');
}

static void
put_published(struct cli *cli, const Kusanone__V1__TotalsReply *r, struct buf *out)
{
	if (r->n_published == 0) {
		return;
	}
	totals_put_title(cli, phrase(cli, MSG_PUBLISHED_TITLE), out);
	for (size_t i = 0; i < r->n_published; i++) {
		published_put(cli, r->published[i], out);
	}
	if (r->cumulative != NULL) {
		text_blanks(out, 2);
		text_wrap(
			out,
			phrase(cli, MSG_CUMULATIVE,
			       fiscal_years_text(&cli->arena, cli->lang,
						 r->cumulative_from, r->cumulative_from),
			       number_text(&cli->arena, r->cumulative->value)),
			2, 4, cli->width);
		buf_put_u8(out, '\n');
	}
}

static void
put_best_practices(struct cli *cli, const Kusanone__V1__TotalsReply *r, struct buf *out)
{
	if (r->n_best_practices == 0) {
		return;
	}
	totals_put_title(cli, phrase(cli, MSG_BEST_PRACTICES), out);
	for (size_t i = 0; i < r->n_best_practices; i++) {
		const Kusanone__V1__BestPracticeRow *row = r->best_practices[i];
		const char *years = fiscal_years_text(&cli->arena, cli->lang,
						      row->fiscal_year, row->fiscal_year);
		const char *posts = join(&cli->arena, row->posts, row->n_posts, ", ");
		const char *title =
			phrase(cli, MSG_TITLE_AND_POSTS, ask_text(cli, row->title),
			       text_clean(&cli->arena, posts));

		buf_printf(out, "  %s  ", years);
		text_wrap(out, title, 4 + text_width(years), 6, cli->width);
		buf_put_u8(out, '\n');
		if (row->text != NULL) {
			text_blanks(out, 6);
			text_wrap(out, ask_text(cli, row->text), 6, 6, cli->width);
			buf_put_u8(out, '\n');
		}
	}
}

/* In which rows the record stands, or from which it is left out, and why. */
static const char *
opened_text(struct cli *cli, const Kusanone__V1__OpenedRecord *row)
{
	const char *keys =
		text_clean(&cli->arena, join(&cli->arena, row->keys, row->n_keys, " "));

	if (row->left_out[0] == '\0') {
		return keys;
	}
	const char *why = ask_text(cli, row->explanation);
	return row->n_keys == 0 ? why : arena_printf(&cli->arena, "%s: %s", keys, why);
}

/* Would the title and what is said of the record stand beside each other?  Tells how wide
 * the positions are, too. */
static bool
opened_fits(struct cli *cli, const Kusanone__V1__TotalsReply *r, size_t *ret_position)
{
	enum { BEFORE = 2 + 8 + 2 + 2 + 8 + 2, BETWEEN = 2 }; /* Ids, without position. */
	size_t position = 0, title = 0, text = 0;

	for (size_t i = 0; i < r->n_opened; i++) {
		const Kusanone__V1__OpenedRecord *row = r->opened[i];
		size_t p = text_width(unsigned_text(&cli->arena, row->position));
		size_t t = text_width(ask_text(cli, row->title));
		size_t o = text_width(opened_text(cli, row));

		position = p > position ? p : position;
		title = t > title ? t : title;
		text = o > text ? o : text;
	}
	*ret_position = position;
	return BEFORE + position + title + BETWEEN + text <= cli->width;
}

/* A table; on a narrow screen without the reasons in it, which are what one looks for
 * here and stand whole below their record. */
static void
put_opened(struct cli *cli, const Kusanone__V1__TotalsReply *r, struct buf *out)
{
	enum { REASON_INDENT = 12 };
	struct arena *arena = &cli->arena;
	size_t position;
	bool fits = opened_fits(cli, r, &position);
	struct grid grid;

	if (r->n_opened == 0) {
		return;
	}
	totals_put_title(cli, phrase(cli, MSG_OPENED_TITLE), out);
	for (size_t i = 0; i < r->n_opened; i++) {
		const Kusanone__V1__OpenedRecord *row = r->opened[i];

		if (i == 0 || !fits) {
			grid_init(&grid, arena, fits ? "frfll" : "frfl");
			grid.indent = 2;
		}
		grid_row(&grid, short_id(arena, row->event_id),
			 arena_printf(arena, "%*s", (int)position,
				      unsigned_text(arena, row->position)),
			 short_hash(arena, row->revision), ask_text(cli, row->title),
			 fits ? opened_text(cli, row) : NULL);
		if (!fits) {
			grid_put(&grid, cli->width, out);
			text_blanks(out, REASON_INDENT);
			text_wrap(out, opened_text(cli, row), REASON_INDENT,
				  REASON_INDENT, cli->width);
			buf_put_u8(out, '\n');
		}
	}
	if (fits) {
		grid_put(&grid, cli->width, out);
	}
}

/* Lines without the empty ones between them. */
static void
put_without_gaps(struct slice text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '\n' || (i != 0 && text.at[i - 1] != '\n')) {
			buf_put_u8(out, text.at[i]);
		}
	}
}

static void
put_reply(struct cli *cli, const Kusanone__V1__TotalsReply *r, enum totals_layout layout,
	  struct buf *out)
{
	put_header(cli, r, out);
	put_published(cli, r, out);
	for (size_t i = 0; i < r->n_tables; i++) {
		totals_put_table(cli, r->tables[i], layout, out);
	}
	put_best_practices(cli, r, out);
	if (r->unconfirmed != 0) {
		buf_put_u8(out, '\n');
		text_wrap(out,
			  phrase(cli, MSG_UNCONFIRMED_EVENTS,
				 unsigned_text(&cli->arena, r->unconfirmed)),
			  0, 2, cli->width);
		buf_put_u8(out, '\n');
	}
	put_opened(cli, r, out);
	if (r->recount[0] != '\0') {
		bool equal = strcmp(r->recount, "equal") == 0;

		totals_put_title(cli,
				 equal ? phrase(cli, MSG_RECOUNT_EQUAL)
				       : phrase(cli, MSG_RECOUNT_DIFFERS,
						text_clean(&cli->arena, r->recount)),
				 out);
	}
}

void
totals_put(struct cli *cli, const Kusanone__V1__TotalsReply *r, enum totals_layout layout,
	   struct buf *out)
{
	struct buf text = { 0 };

	put_reply(cli, r, layout, &text);
	if (layout == TOTALS_COMPACT) {
		put_without_gaps(buf_slice(&text), out);
	} else {
		buf_put_slice(out, buf_slice(&text));
	}
	buf_fini(&text);
}
