/* tests/sim/alerts.h - what notification sent, to whom, and what came of it.
 *
 * A letter is a message by its id, whatever became of it: who took it how often, and
 * whether notification has that on its disk.  Receivers (receivers_wire.c) answer as the
 * seed has it; letters (letters_wire.c) and what became of each alert
 * (check_alerts_wire.c) are kept beside the service and share nothing with it but the
 * rows of its alert log. */
#ifndef TESTS_SIM_ALERTS_H
#define TESTS_SIM_ALERTS_H

#include "kusanone/v1/alert.pb-c.h"
#include "tests/sim/naive_alert.h"
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

struct alert_check {
	struct naive_alerts model;
	struct letter *letters;
	int letter_count, letter_cap;
	uint64_t read; /* Of the copy. */
	struct hash read_hash;
	unsigned settled;
	uint32_t traced; /* Wants. */
	wall_ms_t last_wall;
};
struct alert_check *alert_check_of(struct world *);

/* letters_wire.c */

/* A message leaves.  Its letter, or -1 after a failure. */
int alerts_sent(struct machine *, const struct alert_id *, uint32_t attempt,
		wall_ms_t made, const char *to);
void alerts_taken(struct world *, int letter);
void alerts_answered(struct world *, int letter, enum letter_answer);

/* Messages that were begun before the process ended, and never left it. */
void letters_read(struct machine *, struct alert_check *);

/* The alert, as the alert log has it: one that is wanted, or of a kind that is not read
 * here. */
struct naive_want *alert_want_of(struct machine *, struct alert_check *,
				 const uint8_t id[ALERT_ID_LEN],
				 const Kusanone__V1__StoredAlert *);

/* What may be said against sending it now; NULL: nothing.  Of two times at which it can
 * be said to have come due, 'both' speak against it, or any. */
const char *alert_against(struct alert_check *, const struct naive_want *, wall_ms_t now,
			  bool both);

/* For a line of the trace; one buffer. */
const char *alert_id_text(const uint8_t id[ALERT_ID_LEN]);
const char *alert_want_text(const struct alert_check *, const struct naive_want *);

#endif
