/* cli/alerts_wire.h - what the commands about alerts share: a subscription as it is typed
 * and as it is shown, and finding one. */
#ifndef CLI_ALERTS_WIRE_H
#define CLI_ALERTS_WIRE_H

#include "cli/ask_wire.h"
#include "cli/options.h"

/* ---- As it is typed (alerts_form_wire.c) ------------------------------------------ */

/* NULL, and an empty list of values: not given.  An empty value is "none". */
struct alert_form {
	const char *who, *to, *text, *digest, *quiet, *zone, *secret;
	struct opt_list kinds, posts, states, pillars, categories, leads;
};

/* Entries of a table of options. */
#define ALERT_FORM_OPTIONS(f)                                                            \
	OPT_TEXT("who", &(f).who), OPT_TEXT("to", &(f).to), OPT_TEXT("text", &(f).text), \
		OPT_TEXT("digest", &(f).digest), OPT_TEXT("quiet", &(f).quiet),          \
		OPT_TEXT("zone", &(f).zone), OPT_TEXT("secret", &(f).secret),            \
		OPT_MANY("kind", &(f).kinds), OPT_MANY("post", &(f).posts),              \
		OPT_MANY("state", &(f).states), OPT_MANY("pillar", &(f).pillars),        \
		OPT_MANY("category", &(f).categories), OPT_MANY("lead", &(f).leads)

/* Was any of them given? */
bool alert_form_given(const struct alert_form *);

/* Put what was given into the subscription and leave the rest as it is.  Form only: codes
 * and zones are headquarters' to know.  False after a complaint. */
bool alert_form_read(struct cli *, const struct alert_form *,
		     Kusanone__V1__Subscription *) WARN_UNUSED;

/* "upcoming,moved", each a kind.  False after a complaint. */
bool alert_kinds_read(struct cli *, const struct opt_list *given, char ***ret_kinds,
		      size_t *ret_count) WARN_UNUSED;

/* ---- Finding (alerts_find_wire.c) -------------------------------------------------- */

/* All of them, and the silences; with a whole id only that one. */
int alert_ask_subscriptions(struct cli *, const char *id,
			    const Kusanone__V1__SubscriptionsReply **ret_reply);

/* By its whole id, its beginning, or its last digits as lists show them.  EXIT_DONE, or a
 * code after a complaint. */
int alert_find_subscription(struct cli *, const char *typed,
			    const Kusanone__V1__SubscriptionRow **ret_row);
int alert_find_silence(struct cli *, const char *typed,
		       const Kusanone__V1__Silence **ret_silence);

/* The ids of a subscription and an event that were typed; NULL is neither and leaves what
 * is there. */
int alert_find_named(struct cli *, const char *subscription, const char *event,
		     char **ret_subscription, char **ret_event);

/* By the beginning of its id. */
int alert_find(struct cli *, const char *typed, const Kusanone__V1__AlertRow **ret_row);

/* ---- As it is shown (alerts_labels_wire.c) ----------------------------------------- */

/* upcoming, …: an unknown word is shown as it came. */
const char *alert_label_kind(struct cli *, const char *kind);
const char *alert_label_state(struct cli *, Kusanone__V1__AlertState);
const char *alert_label_reason(struct cli *, const char *reason);

/* The word for it on the command line, "dead". */
const char *alert_state_word(Kusanone__V1__AlertState);

/* "mail name@example.org" */
const char *alert_label_channel(struct cli *, const Kusanone__V1__SubscriptionRow *);

const char *alert_label_kinds(struct cli *, char *const *kinds, size_t count);
const char *alert_label_leads(struct cli *, const Kusanone__V1__Subscription *);
const char *alert_label_digest(struct cli *, const Kusanone__V1__Subscription *);
const char *alert_label_quiet(struct cli *, const Kusanone__V1__Subscription *);

/* "post=chi,bna state=TN"; "" if it is about all. */
const char *alert_label_filters(struct cli *, const Kusanone__V1__Subscription *);

#endif
