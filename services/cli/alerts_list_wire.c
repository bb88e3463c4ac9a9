/* kusanone alerts list, show: who wants to hear of what. */
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/command.h"
#include "cli/lines.h"
#include "cli/text.h"
#include "cli/zone_text.h"
#include "lib/model/json_wire.h"

static const char *
counted(struct cli *cli, uint64_t count, Kusanone__V1__AlertState state)
{
	return count != 0
		       ? arena_printf(&cli->arena, "%s %s", alert_label_state(cli, state),
				      unsigned_text(&cli->arena, count))
		       : "";
}

static const char *
counts_text(struct cli *cli, const Kusanone__V1__SubscriptionRow *row)
{
	return JOINED(
		cli, " · ",
		counted(cli, row->waiting,
			KUSANONE__V1__ALERT_STATE__ALERT_STATE_WAITING),
		counted(cli, row->sent, KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENT),
		counted(cli, row->dead, KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD),
		counted(cli, row->missed, KUSANONE__V1__ALERT_STATE__ALERT_STATE_MISSED));
}

/* What needs somebody's eye stands first. */
static const char *
trouble_text(struct cli *cli, const Kusanone__V1__SubscriptionRow *row)
{
	return JOINED(
		cli, " · ",
		row->subscription->removed ? phrase(cli, MSG_SUBSCRIPTION_REMOVED) : "",
		row->address_missing ? phrase(cli, MSG_SUBSCRIPTION_NO_ADDRESS) : "");
}

/* ---- list -------------------------------------------------------------------------- */

static void
put_subscriptions(struct cli *cli, const Kusanone__V1__SubscriptionsReply *reply)
{
	struct arena *arena = &cli->arena;
	const char **below = arena_zalloc(arena, (reply->n_rows + 1) * sizeof(*below));
	size_t n = 1; /* Below the headings there is nothing. */
	struct grid grid;

	if (reply->n_rows == 0) {
		say(cli, &cli->out, MSG_SUBSCRIPTION_NONE);
		return;
	}
	grid_init(&grid, arena, "fllf");
	grid_row(&grid, phrase(cli, MSG_SUBSCRIPTION_ID),
		 phrase(cli, MSG_SUBSCRIPTION_WHO), phrase(cli, MSG_SUBSCRIPTION_TO),
		 phrase(cli, MSG_SUBSCRIPTION_NEXT));
	for (size_t i = 0; i < reply->n_rows; i++) {
		const Kusanone__V1__SubscriptionRow *row = reply->rows[i];
		const Kusanone__V1__Subscription *s = row->subscription;

		if (s == NULL) {
			continue;
		}
		grid_row(&grid, short_id(arena, s->id), text_clean(arena, s->who),
			 alert_label_channel(cli, row),
			 zone_time_named(cli, s->zone, row->next_ms, false));
		below[n++] =
			JOINED(cli, " · ", trouble_text(cli, row),
			       alert_label_kinds(cli, s->kinds, s->n_kinds),
			       alert_label_filters(cli, s), alert_label_leads(cli, s),
			       alert_label_digest(cli, s), counts_text(cli, row));
	}
	lines_put_grid(cli, &grid, below);
}

static void
put_silences(struct cli *cli, const Kusanone__V1__SubscriptionsReply *reply)
{
	struct arena *arena = &cli->arena;
	const char **below =
		arena_zalloc(arena, (reply->n_silences + 1) * sizeof(*below));
	struct grid grid;

	if (reply->n_silences == 0) {
		return;
	}
	buf_put_u8(&cli->out, '\n');
	say(cli, &cli->out, MSG_SILENCES);
	grid_init(&grid, arena, "fll");
	for (size_t i = 0; i < reply->n_silences; i++) {
		const Kusanone__V1__Silence *s = reply->silences[i];
		const char *what = JOINED(
			cli, " ",
			s->subscription[0] != '\0'
				? arena_printf(arena, "subscription=%s",
					       short_id(arena, s->subscription))
				: "",
			s->event_id[0] != '\0'
				? arena_printf(arena, "event=%s",
					       short_id(arena, s->event_id))
				: "",
			s->n_posts != 0
				? arena_printf(arena, "post=%s",
					       join(arena, s->posts, s->n_posts, ","))
				: "",
			s->n_kinds != 0 ? alert_label_kinds(cli, s->kinds, s->n_kinds)
					: "");

		grid_row(&grid, short_id(arena, s->id),
			 phrase(cli, MSG_SILENCE_UNTIL,
				zone_time_named(cli, ZONE_DEFAULT, s->until_ms, true)),
			 what[0] != '\0' ? what : phrase(cli, MSG_SILENCE_EVERYTHING));
		below[i] = text_clean(arena, s->why);
	}
	lines_put_grid(cli, &grid, below);
}

int
alerts_list_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	const Kusanone__V1__SubscriptionsReply *reply;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	int code = alert_ask_subscriptions(cli, "", &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->base, JSON_PRETTY | JSON_NUMBERS);
		return EXIT_DONE;
	}
	put_subscriptions(cli, reply);
	put_silences(cli, reply);
	return EXIT_DONE;
}

/* ---- show -------------------------------------------------------------------------- */

static void
put_wishes(struct cli *cli, const Kusanone__V1__Subscription *s)
{
	struct arena *arena = &cli->arena;
	const struct {
		enum message label;
		char *const *codes;
		size_t count;
	} codes[] = {
		{ MSG_SUBSCRIPTION_POSTS, s->posts, s->n_posts },
		{ MSG_SUBSCRIPTION_STATES, s->states, s->n_states },
		{ MSG_SUBSCRIPTION_PILLARS, s->pillars, s->n_pillars },
		{ MSG_SUBSCRIPTION_CATEGORIES, s->categories, s->n_categories },
	};

	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_KINDS),
		 alert_label_kinds(cli, s->kinds, s->n_kinds));
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		line_put(cli, phrase(cli, codes[i].label),
			 join(arena, codes[i].codes, codes[i].count, ", "));
	}
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_TEXT), text_clean(arena, s->text));
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_LEADS), alert_label_leads(cli, s));
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_DIGEST), alert_label_digest(cli, s));
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_QUIET), alert_label_quiet(cli, s));
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_ZONE),
		 s->zone[0] != '\0' ? text_clean(arena, s->zone) : ZONE_DEFAULT);
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_LANG),
		 s->lang[0] != '\0' ? text_clean(arena, s->lang) : "ja");
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_SECRET), text_clean(arena, s->secret));
}

int
alerts_show_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	const Kusanone__V1__SubscriptionRow *row;
	struct arena *arena = &cli->arena;
	struct operands ids;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	int code = alert_find_subscription(cli, ids.at[0], &row);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &row->base, JSON_PRETTY | JSON_NUMBERS);
		return EXIT_DONE;
	}
	const Kusanone__V1__Subscription *s = row->subscription;
	const char *trouble = trouble_text(cli, row);
	buf_printf(&cli->out, "%s\n", text_clean(arena, s->id));
	if (trouble[0] != '\0') {
		line_put(cli, "!", trouble);
	}
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_WHO), text_clean(arena, s->who));
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_TO), alert_label_channel(cli, row));
	put_wishes(cli, s);
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_CREATED),
		 zone_time_named(cli, s->zone, row->created_ms, true));
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_COUNTS), counts_text(cli, row));
	line_put(cli, phrase(cli, MSG_SUBSCRIPTION_NEXT_DUE),
		 row->next_ms != 0 ? zone_time_named(cli, s->zone, row->next_ms, true)
				   : "");
	return EXIT_DONE;
}
