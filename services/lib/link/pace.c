#include "lib/link/pace.h"

void
pace_sent(struct pace *p, size_t bytes, msec_t now)
{
	must(p->sent - p->acked < LINK_BATCHES);
	uint64_t no = ++p->sent;

	p->ring[no % LINK_BATCHES].bytes = bytes;
	p->ring[no % LINK_BATCHES].acked_before = p->acked_bytes;
	p->ring[no % LINK_BATCHES].at = now;
	p->sent_bytes += bytes;
}

/* What the acknowledgement of batch 'no' says of the line.  Up fast, but not by one
 * sample (acknowledgements may come in bunches); down slowly. */
static void
measure(struct pace *p, uint64_t no, msec_t now)
{
	uint64_t bytes = p->acked_bytes - p->ring[no % LINK_BATCHES].acked_before;
	msec_t ms = now - p->ring[no % LINK_BATCHES].at;

	if (bytes < PACE_MEASURABLE) {
		return;
	}
	uint64_t sample = bytes * 1000 / (uint64_t)(ms > 0 ? ms : 1);

	if (p->rate == 0) {
		p->rate = sample;
	} else if (sample > p->rate) {
		p->rate = sample < 4 * p->rate ? sample : 4 * p->rate;
	} else {
		p->rate = (3 * p->rate + sample) / 4;
	}
	p->rate = p->rate != 0 ? p->rate : 1;
}

bool
pace_acked(struct pace *p, uint64_t upto, msec_t now)
{
	if (upto > p->sent) {
		return false;
	}
	if (upto > p->acked) {
		while (p->acked < upto) {
			p->acked++;
			p->acked_bytes += p->ring[p->acked % LINK_BATCHES].bytes;
		}
		measure(p, upto, now);
	}
	return true;
}

static uint64_t
window(const struct pace *p)
{
	uint64_t bytes = p->rate * PACE_WINDOW_MS / 1000;

	if (p->rate == 0) {
		return LINK_BLOCK;
	}
	return bytes > PACE_WINDOW_MIN ? bytes : PACE_WINDOW_MIN;
}

bool
pace_may_send(const struct pace *p, size_t bytes)
{
	uint64_t in_flight = pace_in_flight(p);

	if (p->sent - p->acked >= LINK_BATCHES) {
		return false;
	}
	return in_flight == 0 || in_flight + bytes <= window(p);
}

size_t
pace_batch_target(const struct pace *p, uint64_t credit)
{
	uint64_t left = credit > p->sent_bytes ? credit - p->sent_bytes : 0;

	if (left < LINK_BLOCK || p->rate * PACE_BATCH_MS / 1000 < LINK_BATCH_TARGET) {
		return 0;
	}
	return left < LINK_BATCH_TARGET ? (size_t)left : LINK_BATCH_TARGET;
}
