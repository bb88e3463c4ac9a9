#include "lib/model/alert_wire.h"

#include "lib/base/unpack_wire.h"

/* Subscriptions, silences, acknowledgements.  What a reader could not be served by is
 * refused here as it is at intake, since the fold reads what any node has signed. */

static bool
id_get(struct decoder *d, const char *text, const char *field, bool needed,
       struct uuid *ret)
{
	*ret = (struct uuid){ { 0 } };
	return (text[0] == '\0' && !needed) || uuid_parse(slice_str(text), ret) ||
	       decoder_broken(d, field, "must be a UUID in lower case");
}

static uint32_t
kinds_get(char **list, size_t count)
{
	uint32_t kinds = 0;

	for (size_t i = 0; i < count; i++) {
		enum alert_kind kind;

		kinds |= alert_kind_parse(slice_str(list[i]), &kind) ? UINT32_C(1) << kind
								     : ALERT_KINDS_NEWER;
	}
	return kinds;
}

static bool
leads_get(struct decoder *d, const Kusanone__V1__Subscription *in,
	  struct subscription *ret)
{
	if (in->n_lead_minutes > ALERT_MAX_LEADS) {
		return decoder_broken(d, "subscription.lead_minutes", "are too many");
	}
	for (size_t i = 0; i < in->n_lead_minutes; i++) {
		if (in->lead_minutes[i] > ALERT_MAX_LEAD_MINUTES) {
			return decoder_broken(d, "subscription.lead_minutes",
					      "are more than a year");
		}
		ret->leads[ret->lead_count++] = in->lead_minutes[i];
	}
	return true;
}

static bool
hours_get(struct decoder *d, const Kusanone__V1__Subscription *in,
	  struct subscription *ret)
{
	if (in->digest != NULL) {
		if (in->digest->weekdays == 0 || in->digest->weekdays > 127 ||
		    in->digest->minute_of_day >= ALERT_MINUTES_A_DAY) {
			return decoder_broken(d, "subscription.digest", "is no time");
		}
		ret->digest_weekdays = (uint8_t)in->digest->weekdays;
		ret->digest_minute = (uint16_t)in->digest->minute_of_day;
	}
	if (in->quiet != NULL) {
		if (in->quiet->from_minute >= ALERT_MINUTES_A_DAY ||
		    in->quiet->to_minute >= ALERT_MINUTES_A_DAY ||
		    in->quiet->from_minute == in->quiet->to_minute) {
			return decoder_broken(d, "subscription.quiet", "are no hours");
		}
		ret->has_quiet = true;
		ret->quiet_from = (uint16_t)in->quiet->from_minute;
		ret->quiet_to = (uint16_t)in->quiet->to_minute;
	}
	return true;
}

static bool
subscription_get(struct decoder *d, const Kusanone__V1__Subscription *in,
		 struct subscription *ret)
{
	*ret = (struct subscription){
		.who = slice_str(in->who),
		.channel = (enum alert_channel)known_value((uint64_t)in->channel,
							   CHANNEL_FEED),
		.kinds = kinds_get(in->kinds, in->n_kinds),
		.posts = decoder_slices(d, in->posts, in->n_posts),
		.states = decoder_slices(d, in->states, in->n_states),
		.pillars = decoder_slices(d, in->pillars, in->n_pillars),
		.categories = decoder_slices(d, in->categories, in->n_categories),
		.text = slice_str(in->text),
		.zone = slice_str(in->zone),
		.english = strcmp(in->lang, "en") == 0,
		.secret = slice_str(in->secret),
		.removed = in->removed,
	};
	if (ret->posts.count > EVENT_MAX_CODES || ret->states.count > EVENT_MAX_CODES ||
	    ret->pillars.count > EVENT_MAX_CODES ||
	    ret->categories.count > EVENT_MAX_CODES) {
		return decoder_broken(d, "subscription", "names too many codes");
	}
	/* As of a name: whoever signed it cannot take it out of a record again. */
	if (in->to[0] != '\0') {
		return decoder_broken(d, "subscription.to",
				      "an address stands in the record");
	}
	if (!ret->removed && ret->channel == CHANNEL_NONE) {
		return decoder_broken(d, "subscription.channel", "is not known");
	}
	if (in->to_hash.len != 0 &&
	    !decoder_hash(d, slice_pb(in->to_hash), "subscription.to_hash", &ret->to)) {
		return false;
	}
	return id_get(d, in->id, "subscription.id", true, &ret->id) &&
	       leads_get(d, in, ret) && hours_get(d, in, ret);
}

static bool
silence_get(struct decoder *d, const Kusanone__V1__Silence *in, struct silence *ret)
{
	*ret = (struct silence){ .posts = decoder_slices(d, in->posts, in->n_posts),
				 .kinds = kinds_get(in->kinds, in->n_kinds),
				 .from = in->from_ms,
				 .until = in->until_ms,
				 .why = slice_str(in->why),
				 .ended = in->ended };
	if (ret->posts.count > EVENT_MAX_CODES) {
		return decoder_broken(d, "silence.posts", "are too many");
	}
	return id_get(d, in->id, "silence.id", true, &ret->id) &&
	       id_get(d, in->subscription, "silence.subscription", false,
		      &ret->subscription) &&
	       id_get(d, in->event_id, "silence.event_id", false, &ret->event);
}

static bool
acknowledgement_get(struct decoder *d, const Kusanone__V1__Acknowledgement *in,
		    struct acknowledgement *ret)
{
	*ret = (struct acknowledgement){ .subject = slice_str(in->subject),
					 .spell = slice_str(in->spell),
					 .note = slice_str(in->note),
					 .undone = in->undone };
	return (alert_kind_parse(slice_str(in->kind), &ret->kind) ||
		decoder_broken(d, "acknowledgement.kind", "is no kind of alert")) &&
	       (ret->subject.len != 0 ||
		decoder_broken(d, "acknowledgement.subject", "is empty")) &&
	       id_get(d, in->subscription, "acknowledgement.subscription", false,
		      &ret->subscription);
}

bool
alert_body_get(struct decoder *d, const Kusanone__V1__Record *r, struct record *ret)
{
	switch (r->body_case) {
	case KUSANONE__V1__RECORD__BODY_SUBSCRIPTION:
		return subscription_get(d, r->subscription, &ret->subscription);
	case KUSANONE__V1__RECORD__BODY_SILENCE:
		return silence_get(d, r->silence, &ret->silence);
	default:
		return acknowledgement_get(d, r->acknowledgement, &ret->acknowledgement);
	}
}
