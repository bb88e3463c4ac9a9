#include "cli/labels_wire.h"

#include <string.h>

#include "cli/text.h"

const char *
label_field(struct cli *cli, const char *field)
{
	return label_of_field(cli->lang == LANG_JA, field);
}

const char *
label_status(struct cli *cli, Kusanone__V1__Status status)
{
	switch (status) {
	case KUSANONE__V1__STATUS__STATUS_PLANNED:
		return phrase(cli, MSG_STATUS_PLANNED);
	case KUSANONE__V1__STATUS__STATUS_POSTPONED:
		return phrase(cli, MSG_STATUS_POSTPONED);
	case KUSANONE__V1__STATUS__STATUS_CANCELLED:
		return phrase(cli, MSG_STATUS_CANCELLED);
	case KUSANONE__V1__STATUS__STATUS_HELD:
		return phrase(cli, MSG_STATUS_HELD);
	default:
		return phrase(cli, MSG_NOT_STATED);
	}
}

const char *
label_review(struct cli *cli, Kusanone__V1__ReviewState state)
{
	switch (state) {
	case KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_RECEIVED:
		return phrase(cli, MSG_REVIEW_RECEIVED);
	case KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_QUESTIONED:
		return phrase(cli, MSG_REVIEW_QUESTIONED);
	case KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_ACCEPTED:
		return phrase(cli, MSG_REVIEW_ACCEPTED);
	case KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_RETURNED:
		return phrase(cli, MSG_REVIEW_RETURNED);
	default:
		return phrase(cli, MSG_NOT_STATED);
	}
}

const char *
label_role(struct cli *cli, Kusanone__V1__NodeRole role)
{
	switch (role) {
	case KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST:
		return phrase(cli, MSG_ROLE_POST);
	case KUSANONE__V1__NODE_ROLE__NODE_ROLE_HQ:
		return phrase(cli, MSG_ROLE_HQ);
	case KUSANONE__V1__NODE_ROLE__NODE_ROLE_FOLLOWER:
		return phrase(cli, MSG_ROLE_FOLLOWER);
	default:
		return phrase(cli, MSG_NOT_STATED);
	}
}

const char *
label_reach(struct cli *cli, Kusanone__V1__Reach reach)
{
	return reach == KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS
		       ? phrase(cli, MSG_AT_HEADQUARTERS)
		       : phrase(cli, MSG_ON_DISK);
}

const char *
label_part(struct cli *cli, Kusanone__V1__Part part)
{
	switch (part) {
	case KUSANONE__V1__PART__PART_ALL:
		return phrase(cli, MSG_PART_ALL);
	case KUSANONE__V1__PART__PART_COUNTIES:
		return phrase(cli, MSG_PART_COUNTIES);
	case KUSANONE__V1__PART__PART_REST:
		return phrase(cli, MSG_PART_REST);
	case KUSANONE__V1__PART__PART_OVERSIGHT:
		return phrase(cli, MSG_PART_OVERSIGHT);
	default:
		return phrase(cli, MSG_NOT_STATED);
	}
}

const char *
label_word(struct cli *cli, const char *word)
{
	static const struct {
		const char *word;
		enum message message;
	} words[] = {
		/* Holders, and their answers. */
		{ "counts", MSG_COUNTS },
		{ "confirmed", MSG_HOLDER_CONFIRMED },
		{ "unconfirmed", MSG_HOLDER_UNCONFIRMED },
		{ "disputed", MSG_HOLDER_DISPUTED },
		{ "withdrawn", MSG_WITHDRAWN },
		/* Keys. */
		{ "valid", MSG_KEY_VALID },
		{ "retired", MSG_KEY_RETIRED },
		{ "stolen", MSG_KEY_STOLEN },
		/* Links of a post. */
		{ "up", MSG_LINK_UP },
		{ "down", MSG_LINK_DOWN },
		{ "LIVE", MSG_LINK_LIVE },
		{ "HELLO_SENT", MSG_LINK_GREETING },
		{ "BACKOFF", MSG_LINK_WAITS },
		{ "IDLE", MSG_LINK_OFF },
		/* Buckets of totals. */
		{ "not_stated", MSG_NOT_STATED },
		{ "online", MSG_BUCKET_ONLINE },
		{ "no_confirmed_post", MSG_BUCKET_NO_POST },
		/* Measures. */
		{ "events", MSG_MEASURE_EVENTS },
		{ "sessions", MSG_MEASURE_SESSIONS },
		{ "municipalities", MSG_MEASURE_MUNICIPALITIES },
		{ "participants", MSG_MEASURE_PARTICIPANTS },
		{ "budget_planned", MSG_MEASURE_BUDGET_PLANNED },
		{ "budget_spent", MSG_MEASURE_BUDGET_SPENT },
		/* Other columns of figures. */
		{ "provisional", MSG_COLUMN_PROVISIONAL },
		{ "boundary", MSG_COLUMN_BOUNDARY },
		{ "published", MSG_COLUMN_PUBLISHED },
		{ "itemised", MSG_COLUMN_ITEMISED },
		{ "not_itemised", MSG_COLUMN_NOT_ITEMISED },
		{ "cumulative", MSG_COLUMN_CUMULATIVE },
		/* What became of an event. */
		{ "new", MSG_RESTATED_NEW },
		{ "gone", MSG_RESTATED_GONE },
		/* Dimensions. */
		{ "fy", MSG_BY_FY },
		{ "month", MSG_BY_MONTH },
		{ "post", MSG_BY_POST },
		{ "state", MSG_BY_STATE },
		{ "category", MSG_BY_CATEGORY },
		{ "pillar", MSG_BY_PILLAR },
		{ "format", MSG_BY_FORMAT },
		{ "topic", MSG_BY_TOPIC },
		{ "frame", MSG_BY_FRAME },
		{ "status", MSG_BY_STATUS },
		/* Statuses and reviews as words. */
		{ "planned", MSG_STATUS_PLANNED },
		{ "postponed", MSG_STATUS_POSTPONED },
		{ "cancelled", MSG_STATUS_CANCELLED },
		{ "held", MSG_STATUS_HELD },
		{ "received", MSG_REVIEW_RECEIVED },
		{ "questioned", MSG_REVIEW_QUESTIONED },
		{ "accepted", MSG_REVIEW_ACCEPTED },
		{ "returned", MSG_REVIEW_RETURNED },
		/* Kinds of records. */
		{ "event_revision", MSG_RECORD_REVISION },
		{ "withdrawal", MSG_RECORD_WITHDRAWAL },
		{ "cohost_answer", MSG_RECORD_COHOST_ANSWER },
		{ "review", MSG_RECORD_REVIEW },
		{ "best_practice", MSG_RECORD_BEST_PRACTICE },
		{ "published_figure", MSG_RECORD_FIGURE },
		{ "merge", MSG_RECORD_MERGE },
		{ "ownership_move", MSG_RECORD_MOVE },
		{ "source_confirmation", MSG_RECORD_SOURCE },
		{ "erasure", MSG_RECORD_ERASURE },
		{ "publication", MSG_RECORD_PUBLICATION },
		{ "reference_change", MSG_RECORD_REFERENCE },
		{ "enrolment", MSG_RECORD_ENROLMENT },
		{ "revocation", MSG_RECORD_REVOCATION },
		{ "subscription", MSG_RECORD_SUBSCRIPTION },
		{ "silence", MSG_RECORD_SILENCE },
		{ "acknowledgement", MSG_RECORD_ACKNOWLEDGEMENT },
		/* Verdicts, and why a record is left out. */
		{ "merged", MSG_VERDICT_MERGED },
		{ "not_held", MSG_VERDICT_NOT_HELD },
		{ "unconfirmed_cohost", MSG_VERDICT_UNCONFIRMED },
		{ "refused", MSG_VERDICT_REFUSED },
		{ "repeat", MSG_VERDICT_REPEAT },
		{ "forbidden", MSG_VERDICT_FORBIDDEN },
		{ "conflict", MSG_VERDICT_CONFLICT },
		{ "malformed", MSG_VERDICT_MALFORMED },
		{ "unknown_body", MSG_VERDICT_UNKNOWN_BODY },
		{ "unknown_node", MSG_VERDICT_UNKNOWN_NODE },
		{ "foreign_event", MSG_VERDICT_FOREIGN_EVENT },
		{ "joined", MSG_VERDICT_JOINED },
		{ "waits", MSG_VERDICT_WAITS },
		/* Services. */
		{ "intake", MSG_SERVICE_INTAKE },
		{ "aggregation", MSG_SERVICE_AGGREGATION },
		{ "notification", MSG_SERVICE_NOTIFICATION },
		{ "archiving", MSG_SERVICE_ARCHIVING },
		/* Rules. */
		{ "local", MSG_RULE_LOCAL },
		{ "tokyo", MSG_RULE_TOKYO },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].word, word) == 0) {
			return phrase(cli, words[i].message);
		}
	}
	return text_clean(&cli->arena, word);
}
