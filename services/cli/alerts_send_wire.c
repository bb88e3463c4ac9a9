/* kusanone alerts test, resend: what the notification service is asked to send now. */
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/command.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

enum { POLL_MS = 200 };

/* ---- test -------------------------------------------------------------------------- */

/* Nothing more is to be waited for: it is settled, or the receiver has said "later". */
static bool
has_answer(const Kusanone__V1__AlertRow *row)
{
	switch (row->state) {
	case KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENT:
	case KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD:
	case KUSANONE__V1__ALERT_STATE__ALERT_STATE_MISSED:
		return true;
	default:
		return row->answer[0] != '\0';
	}
}

/* The row of a message, until it has an answer or the time is over.  NULL: no row came.
 */
static int
wait_for(struct cli *cli, const char *message, const Kusanone__V1__AlertRow **ret_row)
{
	const struct cli_system *system = cli->system;
	msec_t until = system->now(system->ctx) + cli->timeout_ms;
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__AlertsQuery alerts = KUSANONE__V1__ALERTS_QUERY__INIT;

	alerts.message = (char *)(uintptr_t)message;
	alerts.limit = 1;
	query.query_case = KUSANONE__V1__QUERY__QUERY_ALERTS;
	query.alerts = &alerts;
	*ret_row = NULL;
	while (true) {
		const Kusanone__V1__Reply *reply;
		int code = ask_query(cli, ASK_NOTIFICATION, &query, &reply);

		if (code != EXIT_DONE) {
			return code;
		}
		if (reply->alerts->n_rows != 0) {
			*ret_row = reply->alerts->rows[0];
			if (has_answer(*ret_row)) {
				return EXIT_DONE;
			}
		}
		if (system->now(system->ctx) + POLL_MS > until ||
		    system->interrupted(system->ctx)) {
			return EXIT_DONE;
		}
		system->pause(system->ctx, POLL_MS);
	}
}

/* What the receiver said, as the exit code has it too. */
static int
put_answer(struct cli *cli, const Kusanone__V1__AlertRow *row, const char *subscription)
{
	struct arena *arena = &cli->arena;

	if (row != NULL && cli->json) {
		ask_put_json(cli, &row->base, JSON_PRETTY | JSON_NUMBERS);
	}
	if (row == NULL || !has_answer(row)) {
		return complain(
			cli, EXIT_UNREACHABLE, MSG_ALERT_TEST_WAITS,
			number_text(arena, cli->timeout_ms / 1000),
			alert_label_state(
				cli,
				row != NULL
					? row->state
					: KUSANONE__V1__ALERT_STATE__ALERT_STATE_WAITING),
			short_id(arena, subscription));
	}
	const char *answer = text_clean(arena, row->answer);
	answer = answer[0] != '\0' ? answer : "-";
	if (row->state == KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENT) {
		if (!cli->json) {
			say(cli, &cli->out, MSG_ALERT_TEST_SENT, answer);
		}
		return EXIT_DONE;
	}
	if (row->state == KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD ||
	    row->state == KUSANONE__V1__ALERT_STATE__ALERT_STATE_MISSED) {
		return complain(cli, EXIT_REFUSED, MSG_ALERT_TEST_DEAD, answer);
	}
	return complain(cli, EXIT_REFUSED, MSG_ALERT_TEST_LATER, answer,
			minute_text(arena, row->next_ms));
}

int
alerts_test_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__AlertTest test = KUSANONE__V1__ALERT_TEST__INIT;
	const Kusanone__V1__SubscriptionRow *subscription;
	const Kusanone__V1__AlertRow *row;
	const Kusanone__V1__Receipt *receipt = NULL;
	struct operands ids;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	int code = alert_find_subscription(cli, ids.at[0], &subscription);
	if (code != EXIT_DONE) {
		return code;
	}
	test.subscription = subscription->subscription->id;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_ALERT_TEST;
	submission.alert_test = &test;
	code = ask_submit_to(cli, ASK_NOTIFICATION, &submission, &receipt);
	if (code == EXIT_DONE) {
		code = wait_for(cli, receipt->revision, &row);
	}
	return code == EXIT_DONE ? put_answer(cli, row, test.subscription) : code;
}

/* ---- resend ------------------------------------------------------------------------ */

int
alerts_resend_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__AlertResend resend = KUSANONE__V1__ALERT_RESEND__INIT;
	const Kusanone__V1__Receipt *receipt = NULL;
	const Kusanone__V1__AlertRow *alert;
	struct operands ids;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	int code = alert_find(cli, ids.at[0], &alert);
	if (code != EXIT_DONE) {
		return code;
	}
	resend.alert = alert->id;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_ALERT_RESEND;
	submission.alert_resend = &resend;
	code = ask_submit_to(cli, ASK_NOTIFICATION, &submission, &receipt);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &receipt->base, JSON_NUMBERS);
	} else {
		say(cli, &cli->out, MSG_ALERT_RESENT, short_hash(&cli->arena, alert->id));
	}
	return EXIT_DONE;
}
