#include "intake/check_wire.h"
#include "lib/base/unpack_wire.h"
#include "lib/base/wire.h"
#include "lib/model/merge.h"

/* SUBMIT: one thing to say. */

static bool
set_author(struct draft *d, const char *author)
{
	d->author = pb_is_set(author) ? author : pb_str(d->in->config.author);
	if (strlen(d->author) > DRAFT_MAX_AUTHOR) {
		return draft_invalid(d, "author", "名前が長すぎます。", "Is too long.",
				     "200 バイト以内", "at most 200 bytes");
	}
	for (const char *c = d->author; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f) {
			return draft_invalid(d, "author", "制御文字が含まれています。",
					     "Holds a control character.", "名前だけ",
					     "a name only");
		}
	}
	return true;
}

/* The body as it stands in the frame: digests are over what was sent. */
static bool
find_sent(struct draft *d, struct slice frame, uint32_t number)
{
	return wire_get_bytes(frame, number, &d->sent);
}

/* What other services take, or nothing that this program knows. */
static bool
is_recorded(Kusanone__V1__Submission__BodyCase body)
{
	switch (body) {
	case KUSANONE__V1__SUBMISSION__BODY__NOT_SET:
	case KUSANONE__V1__SUBMISSION__BODY_ALERT_RESEND:
	case KUSANONE__V1__SUBMISSION__BODY_ALERT_TEST:
	case KUSANONE__V1__SUBMISSION__BODY_ARCHIVE_SEAL:
	case KUSANONE__V1__SUBMISSION__BODY_ACCEPT_ROLLBACK:
		return false;
	default:
		return true;
	}
}

static bool
dispatch(struct draft *d, const Kusanone__V1__Submission *s, struct slice frame)
{
	if (!is_recorded(s->body_case)) {
		return draft_refuse(
			d, "unknown", "body",
			"何を記録するのかが書かれていないか、この版では扱えません。",
			"Says nothing that this program can record.",
			"event、patch などのどれか一つ",
			"one of event, patch, withdrawal, …");
	}
	if (!find_sent(d, frame, (uint32_t)s->body_case) || !set_author(d, s->author)) {
		return false;
	}
	switch (s->body_case) {
	case KUSANONE__V1__SUBMISSION__BODY_EVENT:
		d->body = BODY_EVENT_REVISION;
		return event_submit(d, s->event);
	case KUSANONE__V1__SUBMISSION__BODY_PATCH:
		d->body = BODY_EVENT_REVISION;
		return event_submit_patch(d, s->patch);
	default:
		return say_submit(d, s);
	}
}

static void
refuse_unreadable(struct draft *d, const char *why)
{
	draft_invalid(d, "submission", arena_printf(d->arena, "読めません: %s", why),
		      arena_printf(d->arena, "Cannot be read: %s", why),
		      "kusanone.v1.Submission", "a kusanone.v1.Submission");
}

void
intake_submit(struct intake *in, const struct message *msg, struct turn *turn)
{
	struct draft *d = arena_zalloc(turn->arena, sizeof(*d));
	const char *why = NULL;
	const Kusanone__V1__Submission *s =
		(const Kusanone__V1__Submission *)unpack_message(
			&kusanone__v1__submission__descriptor, msg->frame.body,
			turn->arena, &why);

	*d = (struct draft){ .in = in,
			     .turn = turn,
			     .arena = turn->arena,
			     .from = msg->from,
			     .request = answer_request(msg) };
	in->submissions++;
	if (s == NULL) {
		refuse_unreadable(d, why);
	} else {
		d->wait_ms = s->wait_ms;
		d->dry_run = s->dry_run;
		(void)dispatch(d, s, msg->frame.body);
	}
	if (!d->answered) {
		must(d->refused);
		in->refused++;
		answer_refuse(turn, d->from, d->request, &d->refusal);
	}
}
