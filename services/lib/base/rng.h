/* lib/base/rng.h - chance as an argument.
 *
 * SplitMix64 (Steele, Lea, Flood 2014): one word of state, any seed is a good one.
 * For jitter and simulation, never for keys: those come from libsodium. */
#ifndef LIB_BASE_RNG_H
#define LIB_BASE_RNG_H

#include "lib/base/base.h"

struct rng {
	uint64_t state;
};

static inline uint64_t
rng_u64(struct rng *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

/* A number in [0, n); n must not be 0. */
static inline uint64_t
rng_below(struct rng *r, uint64_t n)
{
	must(n != 0);
	return rng_u64(r) % n;
}

/* True in 'percent' of 100 cases. */
static inline bool
rng_chance(struct rng *r, unsigned percent)
{
	return rng_below(r, 100) < percent;
}

#endif
