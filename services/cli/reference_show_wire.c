/* kusanone reference show: the dated rows in force. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

static const char *
label(struct cli *cli, const Kusanone__V1__Text *text)
{
	return ask_text(cli, text);
}

static void
put_row(struct cli *cli, const Kusanone__V1__ReferenceRow *row, struct grid *grid)
{
	struct arena *arena = &cli->arena;
	const char *kind = "";
	const char *key = "";
	const char *what = "";

	switch (row->row_case) {
	case KUSANONE__V1__REFERENCE_ROW__ROW_POST:
		kind = "post";
		key = row->post->id;
		what = arena_printf(arena, "%s · %s %s · %s", label(cli, row->post->name),
				    row->post->city, row->post->state, row->post->zone);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_JURISDICTION:
		kind = "jurisdiction";
		key = arena_printf(arena, "%s/%s", row->jurisdiction->post,
				   row->jurisdiction->state);
		what = row->jurisdiction->n_counties == 0
			       ? label_part(cli, row->jurisdiction->part)
			       : arena_printf(arena, "%s: %s",
					      label_part(cli, row->jurisdiction->part),
					      join(arena, row->jurisdiction->counties,
						   row->jurisdiction->n_counties, ", "));
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_CODE:
		kind = "code";
		key = arena_printf(arena, "%s/%s", row->code->dimension, row->code->code);
		what = row->code->n_attributes == 0
			       ? label(cli, row->code->label)
			       : arena_printf(arena, "%s [%s]",
					      label(cli, row->code->label),
					      join(arena, row->code->attributes,
						   row->code->n_attributes, ", "));
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_PILLAR:
		kind = "pillar";
		key = row->pillar->code;
		what = label(cli, row->pillar->label);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_MUNICIPALITY:
		kind = "municipality";
		key = arena_printf(arena, "%s/%s", row->municipality->country,
				   row->municipality->state);
		what = row->municipality->name == NULL
			       ? ""
			       : arena_printf(arena, "%s = %s",
					      row->municipality->name->ja,
					      row->municipality->name->en);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_STATE:
		kind = "state";
		key = arena_printf(arena, "%s/%s", row->state->country, row->state->code);
		what = label(cli, row->state->label);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_SETTING:
		kind = "setting";
		key = row->setting->name;
		what = row->setting->value;
		break;
	default:
		break;
	}
	bool dated = row->valid_from[0] != '\0' || row->valid_to[0] != '\0';
	grid_row(grid, kind, text_clean(arena, key),
		 dated ? text_clean(arena, arena_printf(arena, "%s..%s", row->valid_from,
							row->valid_to))
		       : "",
		 text_clean(arena, what));
}

/* A table for each kind: the long keys of one would leave the others no room. */
static void
put_rows(struct cli *cli, const Kusanone__V1__ReferenceReply *reply)
{
	for (size_t i = 0; i < reply->n_rows;) {
		Kusanone__V1__ReferenceRow__RowCase kind = reply->rows[i]->row_case;
		struct grid grid;

		grid_init(&grid, &cli->arena, "fffl");
		for (; i < reply->n_rows && reply->rows[i]->row_case == kind; i++) {
			put_row(cli, reply->rows[i], &grid);
		}
		grid_put(&grid, cli->width, &cli->out);
	}
}

int
reference_show_run(struct cli *cli, int argc, char **argv)
{
	const char *kind = "";
	const char *on = "";
	const struct opt opts[] = { OPT_TEXT("kind", &kind), OPT_TEXT("on", &on),
				    OPT_END };
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__ReferenceQuery reference = KUSANONE__V1__REFERENCE_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	reference.kind = (char *)(uintptr_t)kind;
	reference.on = (char *)(uintptr_t)on;
	query.query_case = KUSANONE__V1__QUERY__QUERY_REFERENCE;
	query.reference = &reference;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->reference->base, JSON_PRETTY);
		return EXIT_DONE;
	}
	put_rows(cli, reply->reference);
	say(cli, &cli->out, MSG_REFERENCE_ROWS,
	    unsigned_text(&cli->arena, reply->reference->n_rows));
	return EXIT_DONE;
}
