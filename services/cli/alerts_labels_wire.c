/* What a subscription and an alert say, in the officer's language. */
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/lines.h"
#include "cli/text.h"
#include "lib/model/alert.h"
#include "lib/model/alert_words.h"

const char *
alert_label_kind(struct cli *cli, const char *word)
{
	static const enum message messages[ALERT_KIND_COUNT] = {
#define X(name, word) [ALERT_##name] = MSG_KIND_##name,
		ALERT_KINDS(X)
#undef X
	};
	enum alert_kind kind;

	if (strcmp(word, "test") == 0) {
		return phrase(cli, MSG_KIND_TEST);
	}
	return alert_kind_parse(slice_str(word), &kind) ? phrase(cli, messages[kind])
							: text_clean(&cli->arena, word);
}

static const struct {
	const char *word;
	enum message message;
	Kusanone__V1__AlertState state;
} states[] = {
	{ "scheduled", MSG_ALERT_SCHEDULED,
	  KUSANONE__V1__ALERT_STATE__ALERT_STATE_SCHEDULED },
	{ "waiting", MSG_ALERT_WAITING, KUSANONE__V1__ALERT_STATE__ALERT_STATE_WAITING },
	{ "sending", MSG_ALERT_SENDING, KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENDING },
	{ "sent", MSG_ALERT_SENT, KUSANONE__V1__ALERT_STATE__ALERT_STATE_SENT },
	{ "dead", MSG_ALERT_DEAD, KUSANONE__V1__ALERT_STATE__ALERT_STATE_DEAD },
	{ "missed", MSG_ALERT_MISSED, KUSANONE__V1__ALERT_STATE__ALERT_STATE_MISSED },
};

const char *
alert_label_state(struct cli *cli, Kusanone__V1__AlertState state)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (states[i].state == state) {
			return phrase(cli, states[i].message);
		}
	}
	return phrase(cli, MSG_NOT_STATED);
}

const char *
alert_state_word(Kusanone__V1__AlertState state)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		if (states[i].state == state) {
			return states[i].word;
		}
	}
	return "";
}

const char *
alert_label_reason(struct cli *cli, const char *word)
{
	static const struct {
		const char *word;
		enum message message;
	} reasons[] = {
		/* Why it waits. */
		{ "digest", MSG_REASON_DIGEST },
		{ "quiet", MSG_REASON_QUIET },
		{ "silenced", MSG_REASON_SILENCED },
		{ "no_address", MSG_REASON_NO_ADDRESS },
		/* Why it was missed. */
		{ "begun", MSG_REASON_BEGUN },
		{ "over", MSG_REASON_OVER },
		{ "overtaken", MSG_REASON_OVERTAKEN },
		{ "gone", MSG_REASON_GONE },
		{ "acknowledged", MSG_REASON_ACKNOWLEDGED },
		{ "unsubscribed", MSG_REASON_UNSUBSCRIBED },
	};

	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (strcmp(reasons[i].word, word) == 0) {
			return phrase(cli, reasons[i].message);
		}
	}
	return text_clean(&cli->arena, word);
}

const char *
alert_label_channel(struct cli *cli, const Kusanone__V1__SubscriptionRow *row)
{
	const char *to = text_clean(&cli->arena, row->subscription->to);

	switch (row->subscription->channel) {
	case KUSANONE__V1__CHANNEL__CHANNEL_MAIL:
		return phrase(cli, MSG_CHANNEL_MAIL, to);
	case KUSANONE__V1__CHANNEL__CHANNEL_WEBHOOK:
		return phrase(cli, MSG_CHANNEL_WEBHOOK, to);
	case KUSANONE__V1__CHANNEL__CHANNEL_FEED:
		return phrase(cli, MSG_CHANNEL_FEED, text_clean(&cli->arena, row->file));
	default:
		return phrase(cli, MSG_NOT_STATED);
	}
}

const char *
alert_label_kinds(struct cli *cli, char *const *kinds, size_t count)
{
	const char **labels = arena_alloc(&cli->arena, (count + 1) * sizeof(*labels));

	if (count == 0) {
		return phrase(cli, MSG_SUBSCRIPTION_ANY_KIND);
	}
	for (size_t i = 0; i < count; i++) {
		labels[i] = alert_label_kind(cli, kinds[i]);
	}
	labels[count] = NULL;
	return joined_list(cli, ", ", labels);
}

const char *
alert_label_leads(struct cli *cli, const Kusanone__V1__Subscription *s)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < s->n_lead_minutes; i++) {
		char text[LEAD_TEXT_SIZE];

		(void)lead_format(s->lead_minutes[i], text);
		buf_printf(&b, "%s%s", i != 0 ? "," : "", text);
	}
	const char *label = arena_dup(&cli->arena, b.at, b.len);
	buf_fini(&b);
	return label;
}

const char *
alert_label_digest(struct cli *cli, const Kusanone__V1__Subscription *s)
{
	char text[DIGEST_TEXT_SIZE];

	if (s->digest == NULL) {
		return phrase(cli, MSG_SUBSCRIPTION_AT_ONCE);
	}
	const struct digest_time digest = {
		.weekdays = s->digest->weekdays & WEEKDAYS_ALL,
		.minute_of_day =
			(uint16_t)(s->digest->minute_of_day % ALERT_MINUTES_A_DAY)
	};
	size_t len = digest_format(&digest, text);
	return arena_dup(&cli->arena, text, len);
}

const char *
alert_label_quiet(struct cli *cli, const Kusanone__V1__Subscription *s)
{
	char text[QUIET_TEXT_SIZE];

	if (s->quiet == NULL) {
		return "";
	}
	const struct quiet_hours quiet = {
		.from_minute = (uint16_t)(s->quiet->from_minute % ALERT_MINUTES_A_DAY),
		.to_minute = (uint16_t)(s->quiet->to_minute % ALERT_MINUTES_A_DAY)
	};
	size_t len = quiet_format(&quiet, text);
	return arena_dup(&cli->arena, text, len);
}

/* "post=chi,bna"; "" if there are none. */
static const char *
filter(struct cli *cli, const char *name, char *const *codes, size_t count)
{
	return count != 0 ? arena_printf(&cli->arena, "%s=%s", name,
					 join(&cli->arena, codes, count, ","))
			  : "";
}

const char *
alert_label_filters(struct cli *cli, const Kusanone__V1__Subscription *s)
{
	return JOINED(cli, " ", filter(cli, "post", s->posts, s->n_posts),
		      filter(cli, "state", s->states, s->n_states),
		      filter(cli, "pillar", s->pillars, s->n_pillars),
		      filter(cli, "category", s->categories, s->n_categories),
		      s->text[0] != '\0' ? arena_printf(&cli->arena, "text=%s",
							text_clean(&cli->arena, s->text))
					 : "");
}
