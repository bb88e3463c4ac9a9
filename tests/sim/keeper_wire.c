#include "kusanone/v1/control.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "tests/sim/archive.h"

/* kusanone accept-rollback: headquarters is told that its archive is lost. */
void
keeper_gives_up(struct world *w)
{
	struct machine *hq = &w->machines[w->hq];
	const struct frame_header header = { .type = FRAME_SUBMIT,
					     .minor = LINK_MINOR_MAX };
	const struct principal who = { .kind = PRINCIPAL_LOCAL };
	const struct peer from = { .endpoint = LOCAL_ENDPOINT, .id = OPERATOR_PEER };
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__AcceptRollback accept = KUSANONE__V1__ACCEPT_ROLLBACK__INIT;
	uint8_t head[FRAME_HEADER_LEN];
	struct arena arena = { 0 };
	struct slice parts[2];

	s.request = 1;
	s.body_case = KUSANONE__V1__SUBMISSION__BODY_ACCEPT_ROLLBACK;
	s.accept_rollback = &accept;
	frame_header_put(head, &header);
	parts[0] = slice_of(head, sizeof(head));
	parts[1] = pack_in_arena(&s.base, &arena);
	inbox_put(&hq->inbox, from, &who, parts, ARRAY_LEN(parts));
	machine_heard(hq);
	w->keeping->given_up = true;
	sometimes(w, SOMETIMES_ROLLBACK_ACCEPTED);
	trace(w, "the operator accepts that the archive is lost");
	arena_fini(&arena);
}
