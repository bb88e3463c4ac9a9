#include "lib/link/reconnect.h"

static uint32_t
at_least(uint32_t v, uint32_t min)
{
	return v > min ? v : min;
}

/* Twice 'ms', up to the longest wait. */
static uint32_t
doubled(uint32_t ms)
{
	return ms < LINK_BACKOFF_MAX_MS / 2 ? 2 * ms : LINK_BACKOFF_MAX_MS;
}

void
reconnect_dialled(struct reconnect *r, msec_t now)
{
	r->dialled_at = now;
}

void
reconnect_worked(struct reconnect *r, msec_t live_for)
{
	if (live_for >= RECONNECT_WORKED_MS) {
		r->ceiling_ms = 0;
		r->gap_ms = 0;
	}
}

msec_t
reconnect_backoff(struct reconnect *r, uint32_t at_least_ms, struct rng *rng, msec_t now)
{
	msec_t asked = at_least_ms < RECONNECT_AFTER_MAX_MS ? at_least_ms
							    : RECONNECT_AFTER_MAX_MS;

	if (r->ceiling_ms == 0) {
		r->ceiling_ms = LINK_BACKOFF_MIN_MS;
		r->raised_at = now;
	} else if (now - r->raised_at >= (msec_t)r->ceiling_ms) {
		r->ceiling_ms = doubled(r->ceiling_ms);
		r->raised_at = now;
	}
	return now + asked + (msec_t)rng_below(rng, (uint64_t)r->ceiling_ms + 1);
}

msec_t
reconnect_at_once(struct reconnect *r, msec_t now)
{
	uint32_t gap = at_least(r->gap_ms, RECONNECT_GAP_MIN_MS);
	msec_t at = r->dialled_at + gap;

	r->gap_ms = doubled(gap);
	return at > now ? at : now;
}

msec_t
reconnect_after_goodbye(struct rng *rng, msec_t now)
{
	return now + (msec_t)rng_below(rng, RECONNECT_GOODBYE_MS);
}

msec_t
reconnect_superseded(msec_t now)
{
	return now + LINK_BACKOFF_MAX_MS;
}
