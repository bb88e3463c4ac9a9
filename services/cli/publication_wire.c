/* kusanone publication: figures that were frozen, as they were. */
#include "cli/publication_wire.h"

#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/labels_wire.h"
#include "cli/options.h"
#include "cli/text.h"
#include "cli/totals_wire.h"
#include "lib/model/json_wire.h"

/* ---- Words ------------------------------------------------------------------------- */

static void
put_part(struct buf *line, const char *text)
{
	buf_printf(line, "%s%s", line->len != 0 ? " · " : "", text);
}

/* Words that people know, joined. */
static const char *
words_text(struct cli *cli, char *const *words, size_t count, const char *between)
{
	char **known = arena_alloc(&cli->arena, count * sizeof(known[0]));

	for (size_t i = 0; i < count; i++) {
		known[i] = (char *)(uintptr_t)label_word(cli, words[i]);
	}
	return join(&cli->arena, known, count, between);
}

static const char *
years_text(struct cli *cli, const Kusanone__V1__TotalsQuery *q)
{
	int from = q->fiscal_year_from;
	int to = q->fiscal_year_to != 0 ? q->fiscal_year_to : from;

	return from == 0 ? phrase(cli, MSG_PUBLICATION_ALL_YEARS)
			 : fiscal_years_text(&cli->arena, cli->lang, from, to);
}

const char *
publication_question(struct cli *cli, const Kusanone__V1__PublicationRow *row)
{
	const Kusanone__V1__TotalsQuery *q = row->query;
	struct arena *arena = &cli->arena;
	struct buf line = { 0 };

	if (q != NULL) {
		put_part(&line, years_text(cli, q));
		if (q->report) {
			put_part(&line, phrase(cli, MSG_PUBLICATION_REPORT));
		}
		if (q->n_by != 0) {
			put_part(&line, phrase(cli, MSG_BY_TITLE,
					       words_text(cli, q->by, q->n_by, " × ")));
		}
		if (q->n_measures != 0) {
			put_part(&line,
				 words_text(cli, q->measures, q->n_measures, ", "));
		}
		for (size_t i = 0; i < q->n_filters; i++) {
			const Kusanone__V1__Filter *f = q->filters[i];

			put_part(&line,
				 arena_printf(arena, "%s=%s",
					      label_word(cli, f->dimension),
					      text_clean(arena, join(arena, f->values,
								     f->n_values, ","))));
		}
	}
	put_part(&line, label_word(cli, row->rule));
	const char *text = arena_dup(arena, line.at, line.len);
	buf_fini(&line);
	return text;
}

static void
put_line(struct cli *cli, const char *text, size_t indent, struct buf *out)
{
	text_blanks(out, indent);
	text_wrap(out, text, indent, indent, cli->width);
	buf_put_u8(out, '\n');
}

static void
put_said(struct cli *cli, const Kusanone__V1__PublicationRow *row, size_t indent,
	 struct buf *out)
{
	struct arena *arena = &cli->arena;
	enum message message =
		row->author[0] != '\0' ? MSG_PUBLICATION_SAID_BY : MSG_PUBLICATION_SAID;

	put_line(cli,
		 phrase(cli, message, time_text(arena, row->recorded_ms),
			short_hash(arena, row->record),
			unsigned_text(arena, row->recorded_position),
			text_clean(arena, row->author)),
		 indent, out);
}

void
publication_put_head(struct cli *cli, const Kusanone__V1__PublicationRow *row,
		     struct buf *out)
{
	put_line(cli, text_clean(&cli->arena, row->name), 0, out);
	put_said(cli, row, 0, out);
}

/* ---- list -------------------------------------------------------------------------- */

static void
put_row(struct cli *cli, const Kusanone__V1__PublicationRow *row, struct buf *out)
{
	put_line(cli, text_clean(&cli->arena, row->name), 0, out);
	put_line(cli,
		 phrase(cli, MSG_PUBLICATION_FROZEN,
			unsigned_text(&cli->arena, row->position),
			publication_question(cli, row)),
		 2, out);
	put_said(cli, row, 2, out);
}

int
publication_list_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__PublicationsQuery all = KUSANONE__V1__PUBLICATIONS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	query.query_case = KUSANONE__V1__QUERY__QUERY_PUBLICATIONS;
	query.publications = &all;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->publications->base, JSON_PRETTY | JSON_NUMBERS);
		return EXIT_DONE;
	}
	if (reply->publications->n_rows == 0) {
		say(cli, &cli->out, MSG_PUBLICATION_NONE);
	}
	for (size_t i = 0; i < reply->publications->n_rows; i++) {
		put_row(cli, reply->publications->rows[i], &cli->out);
	}
	return EXIT_DONE;
}

/* ---- show -------------------------------------------------------------------------- */

int
publication_show_run(struct cli *cli, int argc, char **argv)
{
	bool checkpoint = false;
	const struct opt opts[] = { OPT_FLAG("checkpoint", &checkpoint), OPT_END };
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__PublicationQuery one = KUSANONE__V1__PUBLICATION_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	struct operands name;

	if (!options_read(cli, argc, argv, opts, 1, 1, &name)) {
		return cli->code;
	}
	one.name = name.at[0];
	query.query_case = KUSANONE__V1__QUERY__QUERY_PUBLICATION;
	query.publication = &one;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	const Kusanone__V1__PublicationReply *r = reply->publication;
	if (r->row == NULL || r->totals == NULL) {
		return complain(cli, EXIT_REFUSED, MSG_STRANGE_ANSWER);
	}
	if (checkpoint) {
		buf_put_str(&cli->out, r->row->checkpoint); /* As it was signed. */
	} else if (cli->json) {
		ask_put_json(cli, &r->base, JSON_PRETTY | JSON_NUMBERS);
	} else {
		publication_put_head(cli, r->row, &cli->out);
		totals_put(cli, r->totals, TOTALS_TABLES, &cli->out);
	}
	return EXIT_DONE;
}
