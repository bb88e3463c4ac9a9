#include "plan.h"

#include <inttypes.h>
#include <stdio.h>

#include "kusanone/v1/record.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/calendar.h"

static char *
borrowed(const char *s)
{
	return (char *)(uintptr_t)s;
}

static void
put(struct buf *out, const Kusanone__V1__Record *record)
{
	pack_message(&record->base, out);
}

void
plan_event_put(struct buf *out, uint64_t number, int64_t minute, const struct hash *base)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Date start = KUSANONE__V1__DATE__INIT;
	Kusanone__V1__DatedBy dated = KUSANONE__V1__DATED_BY__INIT;
	Kusanone__V1__Session session = KUSANONE__V1__SESSION__INIT, *sessions = &session;
	ProtobufCBinaryData bases = { HASH_LEN, (uint8_t *)(uintptr_t)base->b };
	char id[UUID_TEXT_LEN + 1], text[DATE_TEXT_SIZE], day[11],
		*holder = borrowed("p00");
	struct date date = date_of_minutes(minute);

	snprintf(id, sizeof(id), "01900000-0000-7000-8000-%012" PRIx64, number);
	(void)date_format(&date, text);
	snprintf(day, sizeof(day), "%.10s", text);
	title.ja = borrowed("水素と地域経済のセミナー");
	title.en = borrowed("Hydrogen and the regional economy");
	start.value = text;
	start.zone = borrowed("Etc/UTC");
	dated.local = day;
	dated.tokyo = day;
	session.id = borrowed("s1");
	session.status = KUSANONE__V1__STATUS__STATUS_PLANNED;
	session.start = &start;
	session.dated_by = &dated;
	event.id = id;
	event.recorder = holder;
	event.holders = &holder;
	event.n_holders = 1;
	event.title = &title;
	event.sessions = &sessions;
	event.n_sessions = 1;
	revision.event = &event;
	if (!hash_is_zero(base)) {
		revision.bases = &bases;
		revision.n_bases = 1;
	}
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	put(out, &record);
}

void
plan_reader_put(struct buf *out, uint64_t number, const struct hash *address,
		const uint32_t *leads, size_t lead_count)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
	char id[UUID_TEXT_LEN + 1], *kind = borrowed("upcoming");

	snprintf(id, sizeof(id), "01900000-0000-7000-9000-%012" PRIx64, number);
	s.id = id;
	s.who = borrowed("desk");
	s.channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	s.to_hash = (ProtobufCBinaryData){ HASH_LEN, (uint8_t *)(uintptr_t)address->b };
	s.kinds = &kind;
	s.n_kinds = 1;
	s.lead_minutes = (uint32_t *)(uintptr_t)leads;
	s.n_lead_minutes = lead_count;
	record.body_case = KUSANONE__V1__RECORD__BODY_SUBSCRIPTION;
	record.subscription = &s;
	put(out, &record);
}
