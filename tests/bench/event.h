/* tests/bench/event.h - realistic records, made from a number and nothing else.
 *
 * The same number gives the same event on every machine and in every run: about 580
 * bytes of Japanese and English text, codes of the reference data, one session with its
 * place.  Event 'n' of a load is post n % posts' own. */
#ifndef BENCH_EVENT_H
#define BENCH_EVENT_H

#include "lib/base/buf.h"
#include "lib/base/hash.h"
#include "lib/base/id.h"

enum {
	EVENT_POSTS = 18,
	EVENT_STATES = 9,
	EVENT_CATEGORIES = 4,
	EVENT_PILLARS = 8,
	EVENT_FIRST_YEAR = 2019,
	EVENT_YEARS = 6,
};

/* When events were recorded: in the order of their numbers, as posts that work beside
 * each other send them, or in any order over ten years. */
enum event_order { EVENTS_IN_ORDER, EVENTS_MIXED };

/* What of an event stands in totals: what a peer's client has to know. */
struct event_facts {
	struct uuid id;
	uint32_t revision;
	uint32_t post;
	uint16_t fiscal_year;
	uint8_t state, category;
	uint32_t pillars; /* Bit per pillar. */
	uint32_t participants;
	int64_t budget;
};

/* The post that a node speaks for, "p17" for node 17: there are EVENT_POSTS of them, as
 * in the programme, however many nodes send. */
void event_post_name(uint32_t post, char name[16]);

struct event_facts event_facts(uint64_t number, uint32_t posts, enum event_order order,
			       uint32_t revision);

/* Append revision 'revision' (from 1; above it, each names the one before as its base)
 * of event 'number' as a packed Record. */
void event_record_put(struct buf *, uint64_t number, uint32_t posts,
		      enum event_order order, uint32_t revision);

/* Append the Enrolment of a node that speaks for 'post'. */
void event_enrolment_put(struct buf *, const struct node_id *, const char *post,
			 const uint8_t curve_key[32],
			 const uint8_t sign_key[SIGN_PUBLIC_LEN]);

/* Append the ReferenceChange with every code that the events use, and with the post. */
void event_reference_put(struct buf *, const char *post);

#endif
