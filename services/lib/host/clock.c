#include <time.h>

#include "lib/host/host.h"

static int64_t
milliseconds(clockid_t clock)
{
	struct timespec ts;

	must(clock_gettime(clock, &ts) == 0);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

msec_t
clock_monotonic(void)
{
	return milliseconds(CLOCK_MONOTONIC);
}

wall_ms_t
clock_wall(void)
{
	return milliseconds(CLOCK_REALTIME);
}
