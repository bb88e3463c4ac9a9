#include "notification/delivery.h"

#include "kusanone/v1/alert.pb-c.h"
#include "lib/base/unpack_wire.h"

static void
read_mail(const Kusanone__V1__Mail *mail, struct arena *arena, struct delivery *d)
{
	struct delivery_calendar *calendars =
		arena_zalloc(arena, mail->n_calendars * sizeof(*calendars) + 1);

	for (size_t i = 0; i < mail->n_calendars; i++) {
		calendars[i] = (struct delivery_calendar){
			.method = mail->calendars[i]->method,
			.file = mail->calendars[i]->file,
			.content = slice_pb(mail->calendars[i]->content),
		};
	}
	d->kind = DELIVERY_MAIL;
	d->mail.to = mail->to;
	d->mail.subject = mail->subject;
	d->mail.text = mail->text;
	d->mail.html = mail->html;
	d->mail.lang = mail->lang;
	d->mail.calendars = calendars;
	d->mail.calendar_count = mail->n_calendars;
}

void
delivery_read(struct slice packed, struct arena *arena, struct delivery *ret_delivery)
{
	const Kusanone__V1__Delivery *pb = (const Kusanone__V1__Delivery *)unpack_message(
		&kusanone__v1__delivery__descriptor, packed, arena, NULL);

	/* Our own service made it, in this process. */
	must(pb != NULL);
	*ret_delivery = (struct delivery){
		.number = pb->number,
		.message = pb->message,
		.attempt = pb->attempt,
		.made_ms = pb->made_ms,
	};
	switch (pb->channel_case) {
	case KUSANONE__V1__DELIVERY__CHANNEL_MAIL:
		read_mail(pb->mail, arena, ret_delivery);
		break;
	case KUSANONE__V1__DELIVERY__CHANNEL_HOOK:
		ret_delivery->kind = DELIVERY_HOOK;
		ret_delivery->hook.url = pb->hook->url;
		ret_delivery->hook.secret = pb->hook->secret;
		ret_delivery->hook.body = slice_pb(pb->hook->body);
		break;
	case KUSANONE__V1__DELIVERY__CHANNEL_FEED:
		ret_delivery->kind = DELIVERY_FEED;
		ret_delivery->feed.file = pb->feed->file;
		ret_delivery->feed.content = slice_pb(pb->feed->content);
		ret_delivery->feed.removed = pb->feed->removed;
		break;
	default:
		break;
	}
}

void
outcome_put(const struct outcome *outcome, uint64_t number, struct buf *out)
{
	static const Kusanone__V1__OutcomeKind kinds[] = {
		[OUTCOME_ACCEPTED] = KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_ACCEPTED,
		[OUTCOME_LATER] = KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_LATER,
		[OUTCOME_REFUSED] = KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_REFUSED,
	};
	Kusanone__V1__Outcome pb = KUSANONE__V1__OUTCOME__INIT;

	pb.number = number;
	pb.kind = kinds[outcome->kind];
	pb.answer = (char *)(uintptr_t)outcome->answer;
	pb.in_doubt = outcome->in_doubt;
	pb.retry_after_ms = outcome->retry_after_ms;
	pack_message(&pb.base, out);
}
