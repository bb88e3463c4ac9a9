/* kusanone archive status, key, checkpoint, seal: what the archiving service says; and
 * witness: what a node keeps of it; accept-rollback: that it is lost. */
#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/grid.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

enum { SEAL_POLL_MS = 100 };

static int
ask_archive(struct cli *cli, const Kusanone__V1__ArchiveReply **ret)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__ArchiveQuery archive = KUSANONE__V1__ARCHIVE_QUERY__INIT;
	const Kusanone__V1__Reply *reply;

	query.query_case = KUSANONE__V1__QUERY__QUERY_ARCHIVE;
	query.archive = &archive;
	int code = ask_query(cli, ASK_ARCHIVING, &query, &reply);
	if (code == EXIT_DONE) {
		*ret = reply->archive;
	}
	return code;
}

/*
 * No operands, no options of its own; then the service's answer. *ret stays NULL when
 * there is nothing to show: it was refused, or only the options were asked for.
 */
static int
read_and_ask(struct cli *cli, int argc, char **argv,
	     const Kusanone__V1__ArchiveReply **ret)
{
	const struct opt opts[] = { OPT_END };
	struct operands none;

	return options_read(cli, argc, argv, opts, 0, 0, &none) ? ask_archive(cli, ret)
								: cli->code;
}

static void
put_status(struct cli *cli, const Kusanone__V1__ArchiveReply *r)
{
	struct arena *arena = &cli->arena;
	struct grid grid;

	grid_init(&grid, arena, "fl");
	grid_row(&grid, phrase(cli, MSG_ARCHIVE_COUNT),
		 phrase(cli, MSG_ARCHIVE_IN_SEGMENTS, unsigned_text(arena, r->entries),
			unsigned_text(arena, r->segments), bytes_text(arena, r->bytes)));
	grid_row(&grid, phrase(cli, MSG_ARCHIVE_SEALED),
		 phrase(cli, MSG_STATUS_OF, unsigned_text(arena, r->position),
			unsigned_text(arena, r->hq_position)));
	if (r->tail_position > r->position) {
		grid_row(&grid, phrase(cli, MSG_ARCHIVE_WAITS),
			 unsigned_text(arena, r->tail_position - r->position));
	}
	grid_row(&grid, phrase(cli, MSG_ARCHIVE_LAST_SEAL),
		 r->sealed_ms != 0 ? time_text(arena, r->sealed_ms)
				   : phrase(cli, MSG_ARCHIVE_NEVER));
	grid_row(&grid, phrase(cli, MSG_ARCHIVE_ITS_KEY), text_clean(arena, r->key));
	grid_put(&grid, cli->width, &cli->out);
	for (size_t i = 0; i < r->n_alarms; i++) {
		text_wrap(&cli->out,
			  phrase(cli, MSG_STATUS_ALARM, ask_text(cli, r->alarms[i])), 0,
			  2, cli->width);
		buf_put_u8(&cli->out, '\n');
	}
}

int
archive_status_run(struct cli *cli, int argc, char **argv)
{
	const Kusanone__V1__ArchiveReply *r = NULL;
	int code = read_and_ask(cli, argc, argv, &r);

	if (r == NULL) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &r->base, JSON_PRETTY | JSON_NUMBERS);
	} else {
		put_status(cli, r);
	}
	return EXIT_DONE;
}

int
archive_key_run(struct cli *cli, int argc, char **argv)
{
	const Kusanone__V1__ArchiveReply *r = NULL;
	int code = read_and_ask(cli, argc, argv, &r);

	if (r != NULL) {
		buf_put_str(&cli->out, text_clean(&cli->arena, r->key));
		buf_put_u8(&cli->out, '\n');
	}
	return code;
}

/* Byte by byte, as it is signed. */
int
archive_checkpoint_run(struct cli *cli, int argc, char **argv)
{
	const Kusanone__V1__ArchiveReply *r = NULL;
	int code = read_and_ask(cli, argc, argv, &r);

	if (r != NULL && r->checkpoint[0] == '\0') {
		return complain(cli, EXIT_REFUSED, MSG_ARCHIVE_NO_CHECKPOINT);
	}
	if (r != NULL) {
		buf_put_str(&cli->out, r->checkpoint);
	}
	return code;
}

int
archive_seal_run(struct cli *cli, int argc, char **argv)
{
	const struct cli_system *system = cli->system;
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__ArchiveSeal seal = KUSANONE__V1__ARCHIVE_SEAL__INIT;
	const Kusanone__V1__Receipt *receipt = NULL;
	const Kusanone__V1__ArchiveReply *r = NULL;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	int code = ask_archive(cli, &r);
	if (code != EXIT_DONE) {
		return code;
	}
	uint64_t wanted = r->tail_position;
	msec_t until = system->now(system->ctx) + cli->timeout_ms;

	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_ARCHIVE_SEAL;
	submission.archive_seal = &seal;
	code = ask_submit_to(cli, ASK_ARCHIVING, &submission, &receipt);
	while (code == EXIT_DONE && (code = ask_archive(cli, &r)) == EXIT_DONE &&
	       r->position < wanted) {
		if (system->now(system->ctx) + SEAL_POLL_MS > until ||
		    system->interrupted(system->ctx)) {
			return complain(cli, EXIT_UNREACHABLE, MSG_ARCHIVE_SEAL_WAITS,
					number_text(&cli->arena, cli->timeout_ms / 1000));
		}
		system->pause(system->ctx, SEAL_POLL_MS);
	}
	if (code == EXIT_DONE && cli->json) {
		ask_put_json(cli, &r->base, JSON_PRETTY | JSON_NUMBERS);
	} else if (code == EXIT_DONE) {
		put_status(cli, r);
	}
	return code;
}

/* Byte by byte, as it was signed. */
int
archive_witness_run(struct cli *cli, int argc, char **argv)
{
	bool fork = false;
	const struct opt opts[] = { OPT_FLAG("fork", &fork), OPT_END };
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__StatusQuery status = KUSANONE__V1__STATUS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	query.query_case = KUSANONE__V1__QUERY__QUERY_STATUS;
	query.status = &status;
	int code = ask_query(cli, ASK_INTAKE, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	const Kusanone__V1__ArchiveView *view = reply->status->archive;
	if (view == NULL) {
		return complain(cli, EXIT_REFUSED, MSG_ARCHIVE_NO_WITNESS);
	}
	if (fork && view->fork[0] == '\0') {
		return complain(cli, EXIT_REFUSED, MSG_ARCHIVE_NO_FORK);
	}
	buf_put_str(&cli->out, fork ? view->fork : view->checkpoint);
	return view->fork[0] == '\0' ? EXIT_DONE
				     : complain(cli, EXIT_REFUSED, MSG_ARCHIVE_FORKED);
}

int
accept_rollback_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__AcceptRollback accept = KUSANONE__V1__ACCEPT_ROLLBACK__INIT;
	const Kusanone__V1__Receipt *receipt = NULL;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_ACCEPT_ROLLBACK;
	submission.accept_rollback = &accept;
	int code = ask_submit_to(cli, ASK_HEADQUARTERS, &submission, &receipt);
	if (code == EXIT_DONE) {
		say(cli, &cli->out, MSG_ROLLBACK_ACCEPTED);
	}
	return code;
}
