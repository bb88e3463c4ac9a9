/* kusanone alerts log, preview: what was due, and what will be. */
#include <stdlib.h>
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/command.h"
#include "cli/lines.h"
#include "cli/text.h"
#include "cli/zone_text.h"
#include "lib/base/near.h"
#include "lib/model/json_wire.h"

enum { LOG_PAGE = 50, LOG_MAX = 10000, PREVIEW_DAYS = 60, PREVIEW_MAX_DAYS = 3660 };

/* ---- log --------------------------------------------------------------------------- */

enum {
	STATE_FIRST = KUSANONE__V1__ALERT_STATE__ALERT_STATE_SCHEDULED,
	STATE_LAST = KUSANONE__V1__ALERT_STATE__ALERT_STATE_MISSED,
	STATES = STATE_LAST - STATE_FIRST + 1
};

static void
complain_of_state(struct cli *cli, const char *typed)
{
	const char *words[STATES];

	for (unsigned i = 0; i < STATES; i++) {
		words[i] = alert_state_word((Kusanone__V1__AlertState)(STATE_FIRST + i));
	}
	const char *near = near_miss(slice_str(typed), words, STATES);
	usage(cli, near != NULL ? MSG_ALERT_STATE_NEAR : MSG_ALERT_STATE,
	      text_argument(cli, typed),
	      near != NULL
		      ? near
		      : join(&cli->arena, (char *const *)(uintptr_t)words, STATES, ", "));
}

/* Without --state: all but what is yet to come. */
static bool
read_states(struct cli *cli, const struct opt_list *given, Kusanone__V1__AlertsQuery *q)
{
	char **words;
	size_t count;

	option_split_all(cli, given, &words, &count);
	q->states = arena_alloc(&cli->arena, (count + STATES) * sizeof(*q->states));
	for (unsigned s = STATE_FIRST + 1; count == 0 && s <= STATE_LAST; s++) {
		q->states[q->n_states++] = (Kusanone__V1__AlertState)s;
	}
	for (size_t i = 0; i < count; i++) {
		unsigned s = STATE_FIRST;

		while (s <= STATE_LAST &&
		       strcmp(words[i], alert_state_word((Kusanone__V1__AlertState)s)) !=
			       0) {
			s++;
		}
		if (s > STATE_LAST) {
			complain_of_state(cli, words[i]);
			return false;
		}
		q->states[q->n_states++] = (Kusanone__V1__AlertState)s;
	}
	return true;
}

/* What the row is about, in words: the event's title, else the whole sentence. */
static const char *
title_of(struct cli *cli, const Kusanone__V1__AlertRow *row)
{
	const char *title = ask_text(cli, row->title);

	return title[0] != '\0' ? title : ask_text(cli, row->words);
}

/* The whole sentence, which says how long before, too. */
static const char *
words_of(struct cli *cli, const Kusanone__V1__AlertRow *row)
{
	const char *words = ask_text(cli, row->words);

	return words[0] != '\0' ? words : title_of(cli, row);
}

static void
put_log(struct cli *cli, const Kusanone__V1__AlertsReply *reply)
{
	struct arena *arena = &cli->arena;
	const char **below = arena_zalloc(arena, (reply->n_rows + 1) * sizeof(*below));
	struct grid grid;

	grid_init(&grid, arena, "ffffll");
	for (size_t i = 0; i < reply->n_rows; i++) {
		const Kusanone__V1__AlertRow *row = reply->rows[i];

		grid_row(&grid, short_hash(arena, row->id),
			 minute_text(arena, row->due_ms),
			 alert_label_state(cli, row->state),
			 alert_label_kind(cli, row->kind), text_clean(arena, row->who),
			 title_of(cli, row));
		below[i] = JOINED(
			cli, " · ", alert_label_reason(cli, row->reason),
			text_clean(arena, row->answer),
			row->attempts > 1 ? phrase(cli, MSG_ALERT_ATTEMPTS,
						   unsigned_text(arena, row->attempts))
					  : "",
			row->next_ms != 0 ? phrase(cli, MSG_ALERT_NEXT,
						   minute_text(arena, row->next_ms))
					  : "");
	}
	lines_put_grid(cli, &grid, below);
	if (reply->n_rows == 0) {
		say(cli, &cli->out, MSG_ALERT_NONE);
	}
	if (reply->next[0] != '\0') {
		say(cli, &cli->out, MSG_ALERT_MORE, text_clean(arena, reply->next));
	}
}

int
alerts_log_run(struct cli *cli, int argc, char **argv)
{
	const char *subscription = NULL, *event = NULL, *limit = NULL, *after = "";
	struct opt_list states = { 0 }, kinds = { 0 };
	const struct opt opts[] = {
		OPT_TEXT("subscription", &subscription),
		OPT_TEXT("event", &event),
		OPT_MANY("state", &states),
		OPT_MANY("kind", &kinds),
		OPT_TEXT("limit", &limit),
		OPT_TEXT("after", &after),
		OPT_END,
	};
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__AlertsQuery alerts = KUSANONE__V1__ALERTS_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	int64_t page = LOG_PAGE;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none) ||
	    (limit != NULL && !option_number(cli, "limit", limit, 1, LOG_MAX, &page)) ||
	    !read_states(cli, &states, &alerts) ||
	    !alert_kinds_read(cli, &kinds, &alerts.kinds, &alerts.n_kinds)) {
		return cli->code;
	}
	int code = alert_find_named(cli, subscription, event, &alerts.subscription,
				    &alerts.event_id);
	if (code != EXIT_DONE) {
		return code;
	}
	alerts.limit = (uint32_t)page;
	alerts.after = (char *)(uintptr_t)after;
	query.query_case = KUSANONE__V1__QUERY__QUERY_ALERTS;
	query.alerts = &alerts;
	code = ask_query(cli, ASK_NOTIFICATION, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->alerts->base, JSON_PRETTY | JSON_NUMBERS);
	} else {
		put_log(cli, reply->alerts);
	}
	return EXIT_DONE;
}

/* ---- preview ----------------------------------------------------------------------- */

static int
by_due(const void *a, const void *b)
{
	const Kusanone__V1__AlertRow *x = *(Kusanone__V1__AlertRow *const *)a;
	const Kusanone__V1__AlertRow *y = *(Kusanone__V1__AlertRow *const *)b;
	int order = (x->due_ms > y->due_ms) - (x->due_ms < y->due_ms);

	return order != 0 ? order : strcmp(x->id, y->id);
}

/* The soonest first, in the reader's zone. */
static void
put_preview(struct cli *cli, const Kusanone__V1__AlertsReply *reply, const char *zone)
{
	struct arena *arena = &cli->arena;
	size_t count = reply->n_rows;
	const char **below = arena_zalloc(arena, (count + 1) * sizeof(*below));
	Kusanone__V1__AlertRow **rows = arena_alloc(arena, (count + 1) * sizeof(*rows));
	struct grid grid;

	if (count != 0) {
		memcpy(rows, reply->rows, count * sizeof(*rows));
		qsort(rows, count, sizeof(*rows), by_due);
	}
	grid_init(&grid, arena, "ffl");
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__AlertRow *row = rows[i];
		const char *due = zone_time_named(cli, zone, row->due_ms, false);
		const char *goes = zone_time_named(cli, zone, row->next_ms, false);

		grid_row(&grid, due, alert_label_kind(cli, row->kind),
			 words_of(cli, row));
		below[i] = JOINED(cli, " · ", alert_label_reason(cli, row->reason),
				  row->next_ms != 0 && strcmp(due, goes) != 0
					  ? phrase(cli, MSG_ALERT_GOES, goes)
					  : "");
	}
	lines_put_grid(cli, &grid, below);
}

/* What is asked about: a subscription, the same with changes, or a draft. */
static int
read_preview(struct cli *cli, const char *id, const struct alert_form *form,
	     Kusanone__V1__PreviewQuery *preview, Kusanone__V1__Subscription *draft)
{
	const Kusanone__V1__SubscriptionRow *row;
	bool given = alert_form_given(form);

	if (!alert_form_read(cli, form, draft)) {
		return cli->code;
	}
	if (id != NULL) {
		int code = alert_find_subscription(cli, id, &row);

		if (code != EXIT_DONE) {
			return code;
		}
		*draft = *row->subscription;
		if (!given) {
			preview->subscription = draft->id;
			return EXIT_DONE;
		}
		if (!alert_form_read(cli, form, draft)) {
			return cli->code;
		}
	}
	preview->draft = draft;
	return EXIT_DONE;
}

int
alerts_preview_run(struct cli *cli, int argc, char **argv)
{
	struct alert_form form = { 0 };
	const char *days_text = NULL;
	const struct opt opts[] = {
		ALERT_FORM_OPTIONS(form),
		OPT_TEXT("days", &days_text),
		OPT_END,
	};
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__PreviewQuery preview = KUSANONE__V1__PREVIEW_QUERY__INIT;
	Kusanone__V1__Subscription draft = KUSANONE__V1__SUBSCRIPTION__INIT;
	const Kusanone__V1__Reply *reply;
	int64_t days = PREVIEW_DAYS;
	struct operands ids;

	if (!options_read(cli, argc, argv, opts, 0, 1, &ids) ||
	    (days_text != NULL &&
	     !option_number(cli, "days", days_text, 1, PREVIEW_MAX_DAYS, &days))) {
		return cli->code;
	}
	if (ids.count == 0 && !alert_form_given(&form)) {
		return usage(cli, MSG_ALERT_PREVIEW_WHAT);
	}
	int code = read_preview(cli, ids.count != 0 ? ids.at[0] : NULL, &form, &preview,
				&draft);
	if (code != EXIT_DONE) {
		return code;
	}
	preview.days = (uint32_t)days;
	query.query_case = KUSANONE__V1__QUERY__QUERY_PREVIEW;
	query.preview = &preview;
	code = ask_query(cli, ASK_NOTIFICATION, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->alerts->base, JSON_PRETTY | JSON_NUMBERS);
	} else if (reply->alerts->n_rows == 0) {
		say(cli, &cli->out, MSG_ALERT_PREVIEW_NONE,
		    number_text(&cli->arena, days));
	} else {
		put_preview(cli, reply->alerts, draft.zone);
	}
	return EXIT_DONE;
}
