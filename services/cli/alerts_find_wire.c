/* A subscription, a silence or an alert by what was typed of its id. */
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/event_wire.h"
#include "cli/short_id.h"
#include "cli/text.h"
#include "lib/base/id.h"

int
alert_ask_subscriptions(struct cli *cli, const char *id,
			const Kusanone__V1__SubscriptionsReply **ret_reply)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__SubscriptionsQuery subscriptions =
		KUSANONE__V1__SUBSCRIPTIONS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;

	subscriptions.id = (char *)(uintptr_t)id;
	query.query_case = KUSANONE__V1__QUERY__QUERY_SUBSCRIPTIONS;
	query.subscriptions = &subscriptions;
	int code = ask_query(cli, ASK_NOTIFICATION, &query, &reply);
	if (code == EXIT_DONE) {
		*ret_reply = reply->subscriptions;
	}
	return code;
}

static bool
is_meant(struct cli *cli, const char *id, const char *digits)
{
	return short_id_begins(&cli->arena, id, digits) ||
	       short_id_ends(&cli->arena, id, digits);
}

/* EXIT_DONE if there is exactly one. */
static int
only_one(struct cli *cli, size_t count, const char *typed, enum message unknown,
	 enum message ambiguous)
{
	if (count != 1) {
		complain(cli, EXIT_REFUSED, count == 0 ? unknown : ambiguous,
			 text_argument(cli, typed));
		return EXIT_REFUSED;
	}
	return EXIT_DONE;
}

int
alert_find_subscription(struct cli *cli, const char *typed,
			const Kusanone__V1__SubscriptionRow **ret_row)
{
	const char *digits = short_id_digits(&cli->arena, typed);
	const Kusanone__V1__SubscriptionsReply *reply;
	struct uuid id;
	size_t count = 0;

	if (digits == NULL) {
		usage(cli, MSG_ALERT_NOT_ID, text_argument(cli, typed));
		return EXIT_BAD_USAGE;
	}
	/* A whole id is asked for by itself. */
	int code = alert_ask_subscriptions(
		cli, uuid_parse(slice_str(typed), &id) ? typed : "", &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	for (size_t i = 0; i < reply->n_rows; i++) {
		const Kusanone__V1__SubscriptionRow *row = reply->rows[i];

		if (row->subscription != NULL &&
		    is_meant(cli, row->subscription->id, digits)) {
			*ret_row = row;
			count++;
		}
	}
	return only_one(cli, count, typed, MSG_SUBSCRIPTION_UNKNOWN,
			MSG_SUBSCRIPTION_AMBIGUOUS);
}

int
alert_find_silence(struct cli *cli, const char *typed,
		   const Kusanone__V1__Silence **ret_silence)
{
	const char *digits = short_id_digits(&cli->arena, typed);
	const Kusanone__V1__SubscriptionsReply *reply;
	size_t count = 0;

	if (digits == NULL) {
		usage(cli, MSG_ALERT_NOT_ID, text_argument(cli, typed));
		return EXIT_BAD_USAGE;
	}
	int code = alert_ask_subscriptions(cli, "", &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	for (size_t i = 0; i < reply->n_silences; i++) {
		if (is_meant(cli, reply->silences[i]->id, digits)) {
			*ret_silence = reply->silences[i];
			count++;
		}
	}
	return only_one(cli, count, typed, MSG_SILENCE_UNKNOWN, MSG_SILENCE_AMBIGUOUS);
}

int
alert_find_named(struct cli *cli, const char *subscription, const char *event,
		 char **ret_subscription, char **ret_event)
{
	const Kusanone__V1__SubscriptionRow *row;
	const char *id;
	int code = EXIT_DONE;

	if (subscription != NULL) {
		code = alert_find_subscription(cli, subscription, &row);
		if (code == EXIT_DONE) {
			*ret_subscription = row->subscription->id;
		}
	}
	if (code == EXIT_DONE && event != NULL) {
		code = event_find(cli, event, &id);
		if (code == EXIT_DONE) {
			*ret_event = (char *)(uintptr_t)id;
		}
	}
	return code;
}

int
alert_find(struct cli *cli, const char *typed, const Kusanone__V1__AlertRow **ret_row)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__AlertsQuery alerts = KUSANONE__V1__ALERTS_QUERY__INIT;
	const char *digits = short_id_digits(&cli->arena, typed);
	const Kusanone__V1__Reply *reply;

	if (digits == NULL) {
		usage(cli, MSG_ALERT_NOT_ID, text_argument(cli, typed));
		return EXIT_BAD_USAGE;
	}
	alerts.id = (char *)(uintptr_t)digits;
	alerts.limit = 2; /* To see whether it is the only one. */
	query.query_case = KUSANONE__V1__QUERY__QUERY_ALERTS;
	query.alerts = &alerts;
	int code = ask_query(cli, ASK_NOTIFICATION, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (reply->alerts->n_rows != 0) {
		*ret_row = reply->alerts->rows[0];
	}
	return only_one(cli, reply->alerts->n_rows, typed, MSG_ALERT_UNKNOWN,
			MSG_ALERT_AMBIGUOUS);
}
