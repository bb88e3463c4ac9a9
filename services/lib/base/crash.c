#include "lib/base/crash.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *point; /* "body_sent" or "body_sent:3"; NULL: none. */
static size_t point_len;  /* Of its name. */
static atomic_ulong left;

static void
read_environment(void)
{
	const char *word = getenv("KUSANONE_CRASH_AT");

	if (word == NULL || word[0] == '\0') {
		return;
	}
	const char *colon = strchr(word, ':');
	point_len = colon != NULL ? (size_t)(colon - word) : strlen(word);
	left = colon != NULL ? strtoul(colon + 1, NULL, 10) : 1;
	point = word;
}

bool
crash_is_at(const char *name)
{
	must(pthread_once(&once, read_environment) == 0);
	return point != NULL && strlen(name) == point_len &&
	       memcmp(name, point, point_len) == 0;
}

void
crash_point(const char *name)
{
	if (crash_is_at(name) && atomic_fetch_sub(&left, 1) == 1) {
		(void)kill(getpid(), SIGKILL);
		/* Nothing is to happen between the signal and its delivery. */
		for (;;) {
			(void)pause();
		}
	}
}
