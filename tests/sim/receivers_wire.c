#include <stdlib.h>

#include "kusanone/v1/alert.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "tests/sim/alerts.h"

/* Who is sent to.  A receiver takes a message or does not, and says so, says something
 * else, or says nothing until the sender has waited long enough. */

enum { TIMEOUT_MS = 8000 };

enum behaviour {
	TAKES,         /* And says so. */
	TAKES_UNHEARD, /* The answer is lost. */
	HANGS,         /* Nobody knows whether it took it: it did not. */
	IS_BUSY,
	REFUSES,
};

struct delivery {
	uint64_t number;
	uint32_t run; /* Of the sender. */
	int letter;   /* -1: a feed's file. */
	enum behaviour behaviour;
};

/* The feed of one subscription, as its folder has it. */
struct feed {
	char file[48];
	bool removed;
};

struct receivers {
	struct delivery *at;
	int count, cap;
	struct feed feeds[16];
	unsigned feed_count;
};

static enum behaviour
draw(struct world *w)
{
	const struct swarm *s = &w->swarm;

	if (w->healing) {
		return TAKES;
	}
	if (rng_chance(&w->rng, s->refuse_percent)) {
		return REFUSES;
	}
	if (!rng_chance(&w->rng, s->take_percent)) {
		return rng_chance(&w->rng, 50) ? IS_BUSY : HANGS;
	}
	return rng_chance(&w->rng, s->lose_percent) ? TAKES_UNHEARD : TAKES;
}

static msec_t
answers_after(struct world *w, enum behaviour b)
{
	if (b == HANGS || b == TAKES_UNHEARD) {
		return 1 + (msec_t)rng_below(&w->rng, TIMEOUT_MS);
	}
	if (!w->healing && rng_chance(&w->rng, w->swarm.slow_percent)) {
		return 1 + (msec_t)rng_below(&w->rng, 3000);
	}
	return 1 + (msec_t)rng_below(&w->rng, 60);
}

static struct receivers *
receivers_of(struct world *w)
{
	if (w->receivers == NULL) {
		w->receivers = xcalloc(1, sizeof(*w->receivers));
	}
	return w->receivers;
}

static struct feed *
feed_of(struct world *w, const char *file)
{
	struct receivers *r = receivers_of(w);

	for (unsigned i = 0; i < r->feed_count; i++) {
		if (strcmp(r->feeds[i].file, file) == 0) {
			return &r->feeds[i];
		}
	}
	must(r->feed_count < ARRAY_LEN(r->feeds));
	struct feed *f = &r->feeds[r->feed_count++];
	*f = (struct feed){ .removed = true };
	snprintf(f->file, sizeof(f->file), "%s", file);
	return f;
}

static int
add(struct world *w, const struct delivery *d)
{
	struct receivers *r = receivers_of(w);

	if (r->count == r->cap) {
		r->cap = r->cap != 0 ? 2 * r->cap : 64;
		r->at = xrealloc(r->at, (size_t)r->cap * sizeof(r->at[0]));
	}
	r->at[r->count] = *d;
	return r->count++;
}

/* Its letter, or -1 for a feed; false: something failed. */
static bool
open_letter(struct machine *m, const Kusanone__V1__Delivery *d, bool takes,
	    int *ret_letter)
{
	bool mail = d->channel_case == KUSANONE__V1__DELIVERY__CHANNEL_MAIL;
	struct alert_id id;

	*ret_letter = -1;
	must(hex_parse(slice_str(d->message), id.b, ALERT_ID_LEN));
	if (d->channel_case == KUSANONE__V1__DELIVERY__CHANNEL_FEED) {
		if (takes) {
			feed_of(m->world, d->feed->file)->removed = d->feed->removed;
		}
		return true;
	}
	*ret_letter = alerts_sent(m, &id, d->attempt, d->made_ms,
				  mail ? d->mail->to : d->hook->url);
	if (*ret_letter >= 0 && takes) {
		alerts_taken(m->world, *ret_letter);
	}
	return *ret_letter >= 0;
}

void
receivers_take(struct machine *m, struct slice job)
{
	struct world *w = m->world;
	struct arena arena = { 0 };
	const Kusanone__V1__Delivery *d = (const Kusanone__V1__Delivery *)unpack_message(
		&kusanone__v1__delivery__descriptor, job, &arena, NULL);
	enum behaviour how = draw(w);
	struct delivery one = { .run = m->run, .behaviour = how };

	must(d != NULL);
	one.number = d->number;
	if (open_letter(m, d, how == TAKES || how == TAKES_UNHEARD, &one.letter)) {
		int number = add(w, &one);

		heap_push(w, w->now + answers_after(w, how),
			  (struct sim_event){
				  .what = EV_ANSWER, .a = number, .run = m->run });
	}
	arena_fini(&arena);
}

bool
receivers_have_feed(struct world *w, const char *subscription)
{
	char file[48];

	snprintf(file, sizeof(file), "%.36s.ics", subscription);
	return !feed_of(w, file)->removed;
}

/* The sender's word for what it heard. */
void
receivers_answer(struct world *w, int number, uint32_t run)
{
	const struct delivery *d = &w->receivers->at[number];
	struct machine *m = &w->machines[w->notification];
	Kusanone__V1__Outcome o = KUSANONE__V1__OUTCOME__INIT;
	struct arena arena = { 0 };
	enum letter_answer answer = HEARD_LATER;

	if (!m->up || m->run != run) {
		return;
	}
	o.number = d->number;
	o.kind = KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_LATER;
	switch (d->behaviour) {
	case TAKES:
		o.kind = KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_ACCEPTED;
		answer = HEARD_TAKEN;
		break;
	case TAKES_UNHEARD:
	case HANGS:
		o.in_doubt = true;
		break;
	case IS_BUSY:
		o.retry_after_ms = rng_chance(&w->rng, 30) ? 20000 : 0;
		break;
	case REFUSES:
		o.kind = KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_REFUSED;
		answer = HEARD_REFUSED;
		break;
	}
	if (d->letter >= 0) {
		alerts_answered(w, d->letter, answer);
	}
	inbox_put_outcome(&m->inbox, pack_in_arena(&o.base, &arena));
	machine_heard(m);
	arena_fini(&arena);
}

void
receivers_free(struct world *w)
{
	if (w->receivers != NULL) {
		free(w->receivers->at);
		free(w->receivers);
	}
}
