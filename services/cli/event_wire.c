#include "cli/event_wire.h"

#include <string.h>

#include "cli/short_id.h"
#include "cli/text.h"
#include "lib/base/id.h"

enum { PAGE = 500, HASH_DIGITS = 64 };

int
event_fetch(struct cli *cli, const char *id, bool history,
	    const Kusanone__V1__EventReply **ret_event)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__EventQuery event = KUSANONE__V1__EVENT_QUERY__INIT;
	const Kusanone__V1__Reply *reply;

	event.event_id = (char *)(uintptr_t)id;
	event.history = history;
	query.query_case = KUSANONE__V1__QUERY__QUERY_EVENT;
	query.event = &event;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code == EXIT_DONE) {
		*ret_event = reply->event;
	}
	return code;
}

/* Visit all events, or those in which 'text' occurs.  Counts the ones that end in
 * 'digits' (if not NULL) or were recorded under the key 'text', keeps one of them. */
static int
look(struct cli *cli, const char *digits, const char *text, const char **ret_id,
     unsigned *ret_count)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__EventsQuery events = KUSANONE__V1__EVENTS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	const Kusanone__V1__EventReply *event;

	events.text = (char *)(uintptr_t)(text != NULL ? text : "");
	events.limit = PAGE;
	query.query_case = KUSANONE__V1__QUERY__QUERY_EVENTS;
	query.events = &events;
	*ret_count = 0;
	do {
		int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);

		if (code != EXIT_DONE) {
			return code;
		}
		for (size_t i = 0; i < reply->events->n_rows; i++) {
			const char *id = reply->events->rows[i]->event_id;
			bool found =
				digits != NULL && short_id_ends(&cli->arena, id, digits);

			if (text != NULL) {
				code = event_fetch(cli, id, false, &event);
				if (code != EXIT_DONE) {
					return code;
				}
				found = event->event != NULL &&
					strcmp(event->event->source_key, text) == 0;
			}
			if (found) {
				*ret_id = id;
				(*ret_count)++;
			}
		}
		events.after = reply->events->next;
	} while (events.after[0] != '\0');
	return EXIT_DONE;
}

int
event_ask_cohosts(struct cli *cli, bool open_only,
		  const Kusanone__V1__CohostsReply **ret_reply)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__CohostsQuery cohosts = KUSANONE__V1__COHOSTS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;

	cohosts.open_only = open_only;
	query.query_case = KUSANONE__V1__QUERY__QUERY_COHOSTS;
	query.cohosts = &cohosts;
	int code = ask_query(cli, ASK_INTAKE, &query, &reply);
	if (code == EXIT_DONE) {
		*ret_reply = reply->cohosts;
	}
	return code;
}

/* The same among the events of others of which a post's node knows because they name its
 * post.  Headquarters has all events in its lists. */
static int
look_at_requests(struct cli *cli, const char *digits, const char **ret_id,
		 unsigned *ret_count)
{
	const struct cli_system *system = cli->system;
	const Kusanone__V1__CohostsReply *reply;

	if (system->exists(system->ctx, ask_path(cli, "aggregation"))) {
		return EXIT_DONE;
	}
	int code = event_ask_cohosts(cli, false, &reply);
	for (size_t i = 0; code == EXIT_DONE && i < reply->n_rows; i++) {
		const char *id = reply->rows[i]->event_id;

		/* One event may be asked of several posts of this node. */
		if (short_id_ends(&cli->arena, id, digits) &&
		    (*ret_count == 0 || strcmp(*ret_id, id) != 0)) {
			*ret_id = id;
			(*ret_count)++;
		}
	}
	return code;
}

int
event_find(struct cli *cli, const char *typed, const char **ret_id)
{
	const char *digits = short_id_digits(&cli->arena, typed);
	unsigned count = 0;
	struct uuid id;
	int code;

	if (!utf8_valid(slice_str(typed)) || typed[0] == '\0') {
		return complain(cli, EXIT_REFUSED, MSG_EVENT_UNKNOWN, "?");
	}
	if (uuid_parse(slice_str(typed), &id)) {
		*ret_id = typed;
		return EXIT_DONE;
	}
	if (digits != NULL) {
		code = look(cli, digits, NULL, ret_id, &count);
		if (code == EXIT_DONE && count == 0) {
			code = look_at_requests(cli, digits, ret_id, &count);
		}
		if (code != EXIT_DONE) {
			return code;
		}
	}
	if (count == 0) {
		code = look(cli, NULL, typed, ret_id, &count);
		if (code != EXIT_DONE) {
			return code;
		}
	}
	if (count == 1) {
		return EXIT_DONE;
	}
	return complain(cli, EXIT_REFUSED,
			count == 0 ? MSG_EVENT_UNKNOWN : MSG_EVENT_AMBIGUOUS,
			text_argument(cli, typed));
}

int
event_find_and_fetch(struct cli *cli, const char *typed, bool history,
		     const char **ret_id, const Kusanone__V1__EventReply **ret_event)
{
	int code = event_find(cli, typed, ret_id);

	if (code == EXIT_DONE) {
		code = event_fetch(cli, *ret_id, history, ret_event);
	}
	if (code == EXIT_DONE && (*ret_event)->row == NULL) {
		code = complain(cli, EXIT_REFUSED, MSG_EVENT_UNKNOWN,
				text_argument(cli, typed));
	}
	return code;
}

int
event_find_revision(struct cli *cli, const char *id, const char *typed,
		    const char **ret_hash)
{
	const char *digits = short_id_digits(&cli->arena, typed);
	const Kusanone__V1__EventReply *event;
	const char *found = NULL;

	if (digits == NULL || strlen(digits) > HASH_DIGITS) {
		return usage(cli, MSG_NOT_A_REVISION, text_argument(cli, typed));
	}
	if (strlen(digits) == HASH_DIGITS) {
		*ret_hash = digits;
		return EXIT_DONE;
	}
	int code = event_fetch(cli, id, true, &event);
	if (code != EXIT_DONE) {
		return code;
	}
	for (size_t i = 0; i < event->n_history; i++) {
		const Kusanone__V1__HistoryRow *row = event->history[i];

		if (strcmp(row->kind, "event_revision") != 0 ||
		    strncmp(row->record, digits, strlen(digits)) != 0 ||
		    (found != NULL && strcmp(found, row->record) == 0)) {
			continue;
		}
		if (found != NULL) {
			return complain(cli, EXIT_REFUSED, MSG_REVISION_AMBIGUOUS,
					text_argument(cli, typed));
		}
		found = row->record;
	}
	if (found == NULL) {
		return complain(cli, EXIT_REFUSED, MSG_REVISION_UNKNOWN,
				text_argument(cli, typed));
	}
	*ret_hash = found;
	return EXIT_DONE;
}
