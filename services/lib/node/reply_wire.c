#include "lib/node/reply_wire.h"

#include "lib/base/unpack_wire.h"
#include "lib/store/log.h"

enum { PAGE_ROWS = 1000 };

static char *
borrowed(const char *text)
{
	return (char *)(uintptr_t)(text != NULL ? text : "");
}

Kusanone__V1__Text *
reply_text(struct arena *arena, const char *ja, const char *en)
{
	Kusanone__V1__Text *text = arena_alloc(arena, sizeof(*text));

	kusanone__v1__text__init(text);
	text->ja = borrowed(ja);
	text->en = borrowed(en);
	return text;
}

Kusanone__V1__Refused *
reply_refused(struct arena *arena, uint64_t request, const struct show_fault *fault)
{
	Kusanone__V1__Refused *refused = arena_alloc(arena, sizeof(*refused));

	kusanone__v1__refused__init(refused);
	refused->request = request;
	refused->code = borrowed(fault->code != NULL ? fault->code : "invalid");
	refused->field = borrowed(fault->field);
	refused->reason = reply_text(arena, fault->reason_ja, fault->reason_en);
	refused->expected = reply_text(arena, fault->expected_ja, fault->expected_en);
	return refused;
}

void
reply_refuse(struct turn *turn, struct peer to, uint64_t request,
	     const struct show_fault *fault)
{
	static const struct frame_header header = { .type = FRAME_REFUSED,
						    .minor = LINK_MINOR_MAX };
	const Kusanone__V1__Refused *refused = reply_refused(turn->arena, request, fault);

	outbox_frame(turn->out, to, &header, pack_in_arena(&refused->base, turn->arena),
		     (struct slice){ 0 });
}

void
reply_fill_names(struct turn *turn, db_t loose, Kusanone__V1__Event *event)
{
	for (size_t i = 0; event != NULL && i < event->n_people; i++) {
		Kusanone__V1__Person *p = event->people[i];
		struct slice salt, name;
		struct hash part;

		if (p->part_hash.len != HASH_LEN) {
			continue;
		}
		memcpy(part.b, p->part_hash.data, HASH_LEN);
		if (loose_get(turn->txn, loose, &part, &salt, &name)) {
			p->name = arena_dup(turn->arena, name.at, name.len);
		}
	}
}

static bool
send_page(struct turn *turn, struct peer to, const Kusanone__V1__Reply *reply)
{
	static const struct frame_header header = { .type = FRAME_REPLY,
						    .minor = LINK_MINOR_MAX };
	struct slice packed = pack_in_arena(&reply->base, turn->arena);

	if (packed.len > FRAME_MAX_LEN) {
		return false;
	}
	outbox_frame(turn->out, to, &header, packed, (struct slice){ 0 });
	return true;
}

bool
reply_send(struct turn *turn, struct peer to, Kusanone__V1__Reply *reply)
{
	if (reply->reply_case != KUSANONE__V1__REPLY__REPLY_REFERENCE) {
		return send_page(turn, to, reply);
	}
	Kusanone__V1__ReferenceReply *all = reply->reference;
	size_t count = all->n_rows;

	do {
		all->n_rows = count < PAGE_ROWS ? count : PAGE_ROWS;
		count -= all->n_rows;
		reply->more = count != 0;
		if (!send_page(turn, to, reply)) {
			return false;
		}
		all->rows += all->n_rows;
	} while (count != 0);
	return true;
}
