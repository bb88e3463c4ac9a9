#include "lib/archive/crew.h"

static void
do_it(void *ctx, void (*work)(void *arg), void *arg)
{
	(void)ctx;
	work(arg);
}

static void
nothing_to_wait_for(void *ctx)
{
	(void)ctx;
}

const struct crew crew_nobody = { NULL, do_it, nothing_to_wait_for };
