/* notification/ask_parts_wire.h - what the files that answer commands share. */
#ifndef NOTIFICATION_ASK_PARTS_WIRE_H
#define NOTIFICATION_ASK_PARTS_WIRE_H

#include "kusanone/v1/control.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/node/reply_wire.h"
#include "notification/keep_wire.h"
#include "notification/notes.h"
#include "notification/preview.h"

enum { ASK_ROWS = 50, ASK_ROWS_MAX = 500, ASK_ID_TEXT = 2 * ALERT_ID_LEN };

/* Send it, or say that it is larger than a frame. */
void ask_reply(struct peer to, Kusanone__V1__Reply *, struct turn *);

/* Texts in the arena. */
char *ask_copy(struct slice, struct arena *);
char *ask_uuid_text(const struct uuid *, struct arena *);
char *ask_id_text(const struct alert_id *, struct arena *);
Kusanone__V1__Text *ask_text(const struct text *, struct arena *);
bool ask_starts_with(const char *text, const char *beginning);

/* ask_log_wire.c: alerts that were and that would be. */
void ask_alerts(struct notification *, struct peer to, uint64_t request,
		const Kusanone__V1__AlertsQuery *, struct turn *);
void ask_preview(struct notification *, struct peer to, uint64_t request,
		 const Kusanone__V1__PreviewQuery *, struct turn *);

/* ask_subscriptions_wire.c */
void ask_subscriptions(struct notification *, struct peer to, uint64_t request,
		       const Kusanone__V1__SubscriptionsQuery *, struct turn *);

/* The one whose id begins so; NULL if there is none, or several. */
const struct subscription_row *
ask_find_subscription(struct notification *, const char *beginning, struct arena *);
extern const struct show_fault ask_no_subscription;

/* ask_status_wire.c */
void ask_status(struct notification *, struct peer to, uint64_t request, struct turn *);

#endif
