/* kusanone events: a list of events, a page at a time. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/filter_wire.h"
#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

enum { EVENTS_PAGE = 50, EVENTS_MAX = 10000 };

static void
put_row(struct cli *cli, const Kusanone__V1__EventRow *row, struct grid *grid)
{
	struct arena *arena = &cli->arena;
	struct buf posts = { 0 };
	struct buf flags = { 0 };

	for (size_t i = 0; i < row->n_holders; i++) {
		const Kusanone__V1__HolderRow *holder = row->holders[i];
		bool counts = strcmp(holder->state, "counts") == 0;

		buf_printf(&posts, "%s%s%s", posts.len != 0 ? "," : "", holder->post,
			   counts ? "" : "?");
	}
	const struct {
		bool set;
		enum message word;
	} marks[] = {
		{ row->withdrawn, MSG_WITHDRAWN },
		{ row->provisional, MSG_PROVISIONAL },
		{ row->foreign, MSG_FOREIGN },
	};
	for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
		if (marks[i].set) {
			buf_printf(&flags, "%s%s", flags.len != 0 ? "," : "",
				   phrase(cli, marks[i].word));
		}
	}
	grid_row(grid, short_id(arena, row->event_id),
		 join(arena, row->dates, row->n_dates, ","),
		 label_status(cli, row->status),
		 text_clean(arena, arena_dup(arena, posts.at, posts.len)),
		 ask_text(cli, row->title), arena_dup(arena, flags.at, flags.len));
	buf_fini(&posts);
	buf_fini(&flags);
}

int
events_run(struct cli *cli, int argc, char **argv)
{
	struct filter_options filters = { 0 };
	const char *fy = NULL;
	const char *text = "";
	const char *after = "";
	const char *limit = NULL;
	const char *rule = "";
	const struct opt opts[] = {
		FILTER_OPTIONS(filters),
		OPT_TEXT("fy", &fy),
		OPT_TEXT("text", &text),
		OPT_TEXT("after", &after),
		OPT_TEXT("limit", &limit),
		OPT_TEXT("rule", &rule),
		OPT_END,
	};
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__EventsQuery events = KUSANONE__V1__EVENTS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	struct operands none;
	int64_t page = EVENTS_PAGE;
	int from = 0;
	int to = 0;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none) ||
	    (limit != NULL &&
	     !option_number(cli, "limit", limit, 1, EVENTS_MAX, &page)) ||
	    (fy != NULL && !option_fiscal_years(cli, fy, &from, &to)) ||
	    !filter_read(cli, &filters, &events.filters, &events.n_filters)) {
		return cli->code;
	}
	events.fiscal_year_from = from;
	events.fiscal_year_to = to;
	events.text = (char *)(uintptr_t)text;
	events.after = (char *)(uintptr_t)after;
	events.limit = (uint32_t)page;
	events.rule = (char *)(uintptr_t)rule;
	query.query_case = KUSANONE__V1__QUERY__QUERY_EVENTS;
	query.events = &events;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->events->base, JSON_PRETTY | JSON_NUMBERS);
		return EXIT_DONE;
	}

	struct grid grid;
	grid_init(&grid, &cli->arena, "fllllf");
	for (size_t i = 0; i < reply->events->n_rows; i++) {
		put_row(cli, reply->events->rows[i], &grid);
	}
	grid_put(&grid, cli->width, &cli->out);
	say(cli, &cli->out, MSG_EVENTS_MATCHING,
	    unsigned_text(&cli->arena, reply->events->n_rows),
	    unsigned_text(&cli->arena, reply->events->matching));
	if (reply->events->next[0] != '\0') {
		say(cli, &cli->out, MSG_EVENTS_NEXT,
		    text_clean(&cli->arena, reply->events->next));
	}
	return EXIT_DONE;
}
