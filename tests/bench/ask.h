/* tests/bench/ask.h - what the benchmarks say to services: submissions and queries. */
#ifndef BENCH_ASK_H
#define BENCH_ASK_H

#include "event.h"
#include "lib/host/client.h"

struct ask_totals {
	const char *by[4];
	const char *filter, *value; /* NULL: none. */
	const char *measure;        /* NULL: events. */
	uint64_t as_of;             /* A position; 0: now. */
};

struct ask_answer {
	uint64_t position;
	int64_t value; /* The total of the first measure. */
	size_t rows;
};

/* A client of a service on this machine; waits up to 'patience' seconds for it to be
 * there. */
struct client *ask_open(const char *address, double patience);

/* Send a QUERY or a WATCH. */
void ask_send(struct client *, enum frame_type, uint64_t request,
	      const struct ask_totals *, uint32_t max_hz);

/* The next REPLY; false after 'timeout_ms' without one.  A refusal ends the program. */
bool ask_receive(struct client *, int timeout_ms, struct ask_answer *);

/* Ask, and wait for the answer. */
struct ask_answer ask_totals(struct client *, const struct ask_totals *);

/* What a service says of its positions. */
struct ask_status {
	uint64_t position;    /* An intake: how far it has heard headquarters. */
	uint64_t unreceipted; /* Own blocks that it has not heard of again. */
};
struct ask_status ask_status(struct client *);

/* Submit event 'number' as new, for the post 'recorder' (NULL: the load's own name of
 * it), and wait for the receipt. */
void ask_submit(struct client *, uint64_t number, const char *recorder);

#endif
