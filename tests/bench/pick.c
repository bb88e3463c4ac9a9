#include "pick.h"

#include "measure.h"

struct pick
pick_from_options(int argc, char **argv)
{
	struct pick pick = {
		.first = option_number(argc, argv, "first", 0),
		.among = option_number(argc, argv, "among", 0),
		.posts = (uint32_t)option_number(argc, argv, "posts", 18),
		.revision = (uint32_t)option_number(argc, argv, "revision", 1),
		.order = option_number(argc, argv, "mixed", 0) != 0 ? EVENTS_MIXED
								    : EVENTS_IN_ORDER,
	};

	if (pick.posts == 0 || pick.revision == 0) {
		give_up("--posts and --revision begin at 1");
	}
	return pick;
}

uint64_t
pick_event(const struct pick *pick, uint64_t i)
{
	/* A prime: a step by it through 'among' numbers meets each of them once, unless
	 * 'among' is a multiple of it. */
	const uint64_t prime = UINT64_C(2654435761);

	if (pick->among == 0) {
		return pick->first + i;
	}
	return (pick->first + i) % pick->among * prime % pick->among;
}
