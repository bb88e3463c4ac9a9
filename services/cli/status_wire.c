/* kusanone status: every service whose socket is in the folder. */
#include <inttypes.h>
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/nodes_wire.h"
#include "cli/options.h"
#include "cli/status_wire.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

static const char *
link_name(struct cli *cli, const Kusanone__V1__LinkRow *link)
{
	return phrase(cli, MSG_STATUS_LINK,
		      label_word(cli, text_clean(&cli->arena, link->name)));
}

/* Why the link is not there, whole: on a line of its own. */
static void
put_reason(struct cli *cli, const Kusanone__V1__LinkRow *link)
{
	const char *why = link->because != NULL ? ask_text(cli, link->because)
						: text_clean(&cli->arena, link->reason);

	if (why[0] != '\0') {
		text_blanks(&cli->out, 4);
		text_wrap(&cli->out,
			  arena_printf(&cli->arena, "%s: %s", link_name(cli, link), why),
			  4, 6, cli->width);
		buf_put_u8(&cli->out, '\n');
	}
}

/* "since 18:00:12" of a link needs no day when it is today's, but a log is read later. */
static void
put_links(struct cli *cli, const Kusanone__V1__StatusReply *s)
{
	struct arena *arena = &cli->arena;
	struct grid grid;

	grid_init(&grid, arena, "fffr");
	grid.indent = 2;
	for (size_t i = 0; i < s->n_links; i++) {
		const Kusanone__V1__LinkRow *link = s->links[i];

		grid_row(&grid, link_name(cli, link),
			 label_word(cli, text_clean(arena, link->state)),
			 link->since_ms != 0 ? phrase(cli, MSG_STATUS_SINCE,
						      time_text(arena, link->since_ms))
					     : "",
			 link->unconfirmed != 0
				 ? phrase(cli, MSG_STATUS_UNCONFIRMED,
					  unsigned_text(arena, link->unconfirmed))
				 : "");
	}
	grid_put(&grid, cli->width, &cli->out);
	for (size_t i = 0; i < s->n_links; i++) {
		put_reason(cli, s->links[i]);
	}
}

static void
put_pair(struct cli *cli, struct grid *grid, enum message label, const char *value)
{
	if (value[0] != '\0') {
		grid_row(grid, phrase(cli, label), value);
	}
}

static void
put_alert_counts(struct cli *cli, const Kusanone__V1__AlertCounts *counts,
		 struct grid *grid)
{
	struct arena *arena = &cli->arena;
	const struct {
		Kusanone__V1__AlertState state;
		uint64_t count;
	} states[] = {
		{ KUSANONE__V1__ALERT_STATE__ALERT_STATE_WAITING, counts->waiting },
		{ KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENDING, counts->sending },
		{ KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENT, counts->sent },
		{ KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD, counts->dead },
		{ KUSANONE__V1__ALERT_STATE__ALERT_STATE_MISSED, counts->missed },
	};

	put_pair(cli, grid, MSG_STATUS_SUBSCRIPTIONS,
		 unsigned_text(arena, counts->subscriptions));
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		grid_row(grid,
			 phrase(cli, MSG_STATUS_ALERTS,
				alert_label_state(cli, states[i].state)),
			 unsigned_text(arena, states[i].count));
	}
	put_pair(cli, grid, MSG_STATUS_REPEATED,
		 counts->repeated_sends != 0
			 ? unsigned_text(arena, counts->repeated_sends)
			 : "");
	put_pair(cli, grid, MSG_STATUS_NEXT,
		 counts->next_ms != 0 ? time_text(arena, counts->next_ms) : "");
}

static const char *
checkpoint_words(struct cli *cli, const Kusanone__V1__ArchiveView *view)
{
	struct arena *arena = &cli->arena;
	const char *words = phrase(
		cli, MSG_STATUS_CHECKPOINT_OF, unsigned_text(arena, view->entries),
		unsigned_text(arena, view->position), time_text(arena, view->hq_ms));

	return view->waits ? phrase(cli, MSG_STATUS_CHECKPOINT_WAITS, words) : words;
}

static void
put_alarm(struct cli *cli, const char *words)
{
	text_blanks(&cli->out, 2);
	text_wrap(&cli->out, phrase(cli, MSG_STATUS_ALARM, words), 2, 4, cli->width);
	buf_put_u8(&cli->out, '\n');
}

void
status_put(struct cli *cli, const Kusanone__V1__StatusReply *s)
{
	struct arena *arena = &cli->arena;
	struct buf *out = &cli->out;
	bool intake = strcmp(s->service, "intake") == 0;
	bool archiving = strcmp(s->service, "archiving") == 0;
	struct grid grid;

	text_wrap(out,
		  arena_printf(arena, "%s  %s  %s", label_word(cli, s->service),
			       text_clean(arena, s->name),
			       text_clean(arena, s->software)),
		  0, 2, cli->width);
	buf_put_u8(out, '\n');
	grid_init(&grid, arena, "fl");
	grid.indent = 2;
	put_pair(cli, &grid, MSG_STATUS_NODE, text_clean(arena, s->node_id));
	if (intake) {
		put_pair(cli, &grid, MSG_STATUS_SEQ, unsigned_text(arena, s->seq));
		put_pair(cli, &grid, MSG_STATUS_UNRECEIPTED,
			 unsigned_text(arena, s->unreceipted));
		put_pair(cli, &grid, MSG_STATUS_HEARD,
			 phrase(cli, MSG_STATUS_OF, unsigned_text(arena, s->position),
				unsigned_text(arena, s->hq_position)));
	} else {
		put_pair(cli, &grid, archiving ? MSG_STATUS_HEARD : MSG_STATUS_POSITION,
			 phrase(cli, MSG_STATUS_OF, unsigned_text(arena, s->position),
				unsigned_text(arena, s->hq_position)));
	}
	if (s->hq_position > s->position) {
		put_pair(cli, &grid, MSG_STATUS_LAG,
			 unsigned_text(arena, s->hq_position - s->position));
	}
	if (s->alerts != NULL) {
		put_alert_counts(cli, s->alerts, &grid);
	} else if (archiving) {
		put_pair(cli, &grid, MSG_STATUS_SEALED, unsigned_text(arena, s->records));
	} else {
		put_pair(cli, &grid, MSG_STATUS_EVENTS, unsigned_text(arena, s->events));
		put_pair(cli, &grid, MSG_STATUS_RECORDS,
			 unsigned_text(arena, s->records));
	}
	if (s->archive != NULL) {
		put_pair(cli, &grid, MSG_STATUS_WITNESSED,
			 checkpoint_words(cli, s->archive));
	}
	put_pair(cli, &grid, MSG_STATUS_DISK,
		 s->disk_quota_bytes != 0
			 ? phrase(cli, MSG_STATUS_OF, bytes_text(arena, s->disk_bytes),
				  bytes_text(arena, s->disk_quota_bytes))
			 : bytes_text(arena, s->disk_bytes));
	put_pair(cli, &grid, MSG_STATUS_MEMORY, bytes_text(arena, s->memory_bytes));
	put_pair(cli, &grid, MSG_STATUS_STARTED,
		 s->started_ms != 0 ? time_text(arena, s->started_ms) : "");
	put_pair(cli, &grid, MSG_STATUS_CLOCK,
		 s->wall_ms != 0 ? time_text(arena, s->wall_ms) : "");
	put_pair(cli, &grid, MSG_STATUS_BRANCHES,
		 s->n_branches > 1 ? join(arena, s->branches, s->n_branches, ", ") : "");
	grid_put(&grid, cli->width, out);
	put_links(cli, s);
	if (s->n_nodes != 0) {
		nodes_put(cli, s->nodes, s->n_nodes, 2, false);
	}
	for (size_t i = 0; i < s->n_alarms; i++) {
		put_alarm(cli, ask_text(cli, s->alarms[i]));
	}
	if (s->alerts != NULL && s->alerts->dead != 0) {
		put_alarm(cli, phrase(cli, MSG_STATUS_DEAD,
				      unsigned_text(arena, s->alerts->dead)));
	}
}

/* Ask one service.  EXIT_DONE with its reply, or a code after a complaint. */
static int
ask_status(struct cli *cli, const char *path, const Kusanone__V1__StatusReply **ret)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__StatusQuery status = KUSANONE__V1__STATUS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	struct line *line;
	enum err err = ask_open_path(cli, path, &line);

	if (err != OK) {
		return complain(cli, EXIT_UNREACHABLE,
				err == ERR_INVALID ? MSG_PATH_TOO_LONG : MSG_NOT_RUNNING,
				text_argument(cli, path));
	}
	query.query_case = KUSANONE__V1__QUERY__QUERY_STATUS;
	query.status = &status;
	int code = ask_query_on(cli, line, &query, &reply);
	if (code == EXIT_DONE) {
		*ret = reply->status;
	}
	return code;
}

int
status_run(struct cli *cli, int argc, char **argv)
{
	static const char *const services[] = { "aggregation", "notification",
						"archiving", "intake" };
	const struct opt opts[] = { OPT_END };
	const struct cli_system *system = cli->system;
	const Kusanone__V1__StatusReply *reply = NULL;
	struct operands none;
	unsigned found = 0;
	unsigned shown = 0;
	int worst = EXIT_DONE;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	if (cli->json) {
		buf_put_u8(&cli->out, '[');
	}
	for (size_t i = 0; i < ARRAY_LEN(services); i++) {
		const char *path = ask_path(cli, services[i]);

		if (!system->exists(system->ctx, path)) {
			continue;
		}
		found++;
		int code = ask_status(cli, path, &reply);
		worst = code > worst ? code : worst;
		if (code != EXIT_DONE) {
			continue;
		}
		must(reply != NULL);
		if (cli->json) {
			buf_put_str(&cli->out, shown != 0 ? ",\n" : "");
			message_to_json(&reply->base, JSON_PRETTY | JSON_NUMBERS,
					&cli->out);
		} else {
			buf_put_str(&cli->out, shown != 0 ? "\n" : "");
			status_put(cli, reply);
		}
		shown++;
	}
	if (cli->json) {
		buf_put_str(&cli->out, "]\n");
	}
	if (found == 0) {
		buf_clear(&cli->out);
		return complain(cli, EXIT_UNREACHABLE, MSG_NO_SERVICES,
				text_argument(cli, cli->run));
	}
	return worst;
}
