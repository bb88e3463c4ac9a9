#include "cli/published_wire.h"

#include <string.h>

#include "cli/ask_wire.h"
#include "cli/labels_wire.h"
#include "cli/text.h"

const char *
measure_value(struct cli *cli, const char *measure, int64_t value, int bound)
{
	const char *number;

	if (strncmp(measure, "budget", 6) != 0) {
		return bounded_text(&cli->arena, cli->lang, value, bound);
	}
	/* 約170,000,000円, but 170,000,000円以上: the unit stands beside its number. */
	number = phrase(cli, MSG_JPY, number_text(&cli->arena, value));
	return bound == KUSANONE__V1__BOUND__BOUND_ABOUT ? phrase(cli, MSG_ABOUT, number)
	       : bound == KUSANONE__V1__BOUND__BOUND_AT_LEAST
		       ? phrase(cli, MSG_AT_LEAST, number)
		       : number;
}

void
published_put(struct cli *cli, const Kusanone__V1__PublishedRow *row, struct buf *out)
{
	const Kusanone__V1__PublishedFigure *figure = row->figure;
	struct arena *arena = &cli->arena;

	if (figure == NULL) {
		return;
	}
	bool whole = strcmp(figure->measure, "events") == 0 && figure->scope == NULL;
	const char *years = fiscal_years_text(arena, cli->lang, figure->fiscal_year_from,
					      figure->fiscal_year_to);
	const char *value =
		measure_value(cli, figure->measure, figure->value, (int)figure->bound);
	struct buf line = { 0 };

	if (!whole) {
		/* Something else than the programme's events: it says what. */
		buf_printf(&line, "%s%s%s: ", label_word(cli, figure->measure),
			   figure->scope != NULL ? ", " : "",
			   ask_text(cli, figure->scope));
	}
	say(cli, &line, MSG_PUBLISHED, value);
	if (row->itemised >= (whole ? 0 : 1)) {
		say(cli, &line, MSG_ITEMISED, number_text(arena, row->itemised),
		    number_text(arena, row->not_itemised));
	}
	if (row->discrepancy) {
		say(cli, &line, MSG_DISCREPANCY);
	}
	if (figure->withdrawn) {
		buf_printf(&line, " · %s", phrase(cli, MSG_WITHDRAWN));
	}
	buf_printf(out, "  %s  ", years);
	text_wrap(out, arena_dup(arena, line.at, line.len), 4 + text_width(years), 4,
		  cli->width);
	buf_put_u8(out, '\n');
	buf_fini(&line);
}

void
published_put_source(struct cli *cli, const Kusanone__V1__PublishedRow *row,
		     struct buf *out)
{
	const Kusanone__V1__Source *source =
		row->figure != NULL ? row->figure->source : NULL;
	struct arena *arena = &cli->arena;

	if (source == NULL || source->name[0] == '\0') {
		return;
	}
	const char *text =
		source->quote[0] != '\0'
			? phrase(cli, MSG_QUOTE, text_clean(arena, source->name),
				 text_clean(arena, source->quote))
			: text_clean(arena, source->name);
	text_blanks(out, 4);
	text_wrap(out, text, 4, 4, cli->width);
	buf_put_u8(out, '\n');
}
