/* tests/sim/alerts.h - what notification sent, to whom, and what came of it.
 *
 * A letter is a message by its id, whatever became of it: who took it how often, and
 * whether notification has that on its disk.  Receivers (receivers_wire.c) answer as the
 * seed has it; the ledger (check_alerts_wire.c) is kept beside the service and shares
 * nothing with it but the rows of its alert log. */
#ifndef TESTS_SIM_ALERTS_H
#define TESTS_SIM_ALERTS_H

#include "tests/sim/sim.h"

enum letter_state {
	LETTER_BEGUN,    /* On the disk; no attempt of this run was seen. */
	LETTER_SENT,     /* An attempt is under way. */
	LETTER_ANSWERED, /* The service has heard what came of it: not on the disk yet. */
	LETTER_WAITS,    /* It is tried again. */
	LETTER_DONE,     /* Taken or refused, and that is on the disk. */
};

enum letter_answer { HEARD_NOTHING, HEARD_TAKEN, HEARD_LATER, HEARD_REFUSED };

struct letter {
	struct alert_id id;
	uint32_t reader;  /* Row of naive_alerts.readers. */
	uint32_t *alerts; /* Rows of naive_alerts.wants. */
	size_t count;
	enum letter_state state;
	enum letter_answer answer; /* To the last attempt. */
	bool in_doubt; /* It may have been taken though nothing on the disk says so. */
	unsigned attempts, taken;
	wall_ms_t made;
};

/* A message leaves.  Its letter, or -1 after a failure. */
int alerts_sent(struct machine *, const struct alert_id *, uint32_t attempt,
		wall_ms_t made, const char *to);
void alerts_taken(struct world *, int letter);
void alerts_answered(struct world *, int letter, enum letter_answer);

#endif
