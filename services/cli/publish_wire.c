/* kusanone publish: freeze a set of figures under a name. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/text.h"
#include "cli/totals_wire.h"
#include "lib/base/unpack_wire.h"

/* Where the archive's checkpoint ends that this intake keeps; 0: none has come, which
 * the intake then says itself. */
static int
covered_position(struct cli *cli, uint64_t *ret_position)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__StatusQuery status = KUSANONE__V1__STATUS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;

	query.query_case = KUSANONE__V1__QUERY__QUERY_STATUS;
	query.status = &status;
	int code = ask_query(cli, ASK_INTAKE, &query, &reply);
	if (code == EXIT_DONE) {
		const Kusanone__V1__ArchiveView *view = reply->status->archive;

		*ret_position = view != NULL ? view->position : 0;
	}
	return code;
}

static int
read_position(struct cli *cli, const char *at, uint64_t *ret_position)
{
	int64_t ms;

	if (at == NULL) {
		return covered_position(cli, ret_position);
	}
	if (!totals_as_of(at, ret_position, &ms) || *ret_position == 0) {
		return usage(cli, MSG_PUBLISH_AT, text_argument(cli, at));
	}
	return EXIT_DONE;
}

/* The figures as they will be shown under the name. */
static int
put_figures(struct cli *cli, const Kusanone__V1__TotalsQuery *frozen, uint64_t position)
{
	Kusanone__V1__TotalsQuery totals = *frozen;
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	const Kusanone__V1__Reply *reply;

	totals.as_of_position = position;
	query.query_case = KUSANONE__V1__QUERY__QUERY_TOTALS;
	query.totals = &totals;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code == EXIT_DONE && !cli->json) {
		totals_put(cli, reply->totals, TOTALS_TABLES, &cli->out);
	}
	return code;
}

/* First whether it may be, then the figures, then the word. */
static int
publish(struct cli *cli, Kusanone__V1__Submission *submission,
	const Kusanone__V1__TotalsQuery *totals, bool dry_run)
{
	const Kusanone__V1__Publication *p = submission->publication;
	const Kusanone__V1__Receipt *receipt = NULL;

	submission->dry_run = true;
	int code = ask_submit(cli, submission, &receipt);
	if (code == EXIT_DONE) {
		code = put_figures(cli, totals, p->position);
	}
	if (code == EXIT_DONE && !dry_run) {
		submission->dry_run = false;
		code = ask_submit(cli, submission, &receipt);
	}
	if (code != EXIT_DONE) {
		return code;
	}
	if (!cli->json) {
		say(cli, &cli->out,
		    receipt->repeated ? MSG_PUBLISH_REPEATED
		    : dry_run         ? MSG_PUBLISH_CHECKED
				      : MSG_PUBLISH_DONE,
		    text_clean(&cli->arena, p->name),
		    unsigned_text(&cli->arena, p->position));
	}
	ask_put_receipt(cli, receipt);
	return EXIT_DONE;
}

int
publish_run(struct cli *cli, int argc, char **argv)
{
	struct totals_options o = { 0 };
	const char *at = NULL;
	bool dry_run = false;
	const struct opt opts[] = {
		OPT_MANY("by", &o.by),
		OPT_MANY("measure", &o.measures),
		OPT_TEXT("fy", &o.fy),
		OPT_TEXT("rule", &o.rule),
		OPT_FLAG("report", &o.report),
		FILTER_OPTIONS(o.filters),
		OPT_TEXT("at", &at),
		OPT_FLAG("dry-run", &dry_run),
		OPT_END,
	};
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Publication publication = KUSANONE__V1__PUBLICATION__INIT;
	Kusanone__V1__TotalsQuery totals;
	struct operands name;

	if (!options_read(cli, argc, argv, opts, 1, 1, &name) ||
	    !totals_query(cli, &o, &totals)) {
		return cli->code;
	}
	int code = read_position(cli, at, &publication.position);
	if (code != EXIT_DONE) {
		return code;
	}
	publication.name = name.at[0];
	publication.rule = totals.rule;
	publication.query = pb_slice(pack_in_arena(&totals.base, &cli->arena));
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_PUBLICATION;
	submission.publication = &publication;
	return publish(cli, &submission, &totals, dry_run);
}
