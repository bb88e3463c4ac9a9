#include <stdarg.h>
#include <string.h>

#include "tests/sim/sim.h"

/* What happened, as lines: hashed always, so that two runs of a seed can be compared;
 * printed when a seed is replayed. */

const char *const sometimes_text[SOMETIMES_COUNT] = {
#define X(name, text) [SOMETIMES_##name] = text,
	SOMETIMES_LIST(X)
#undef X
};

static void
add_line(struct world *w, const char *line, size_t len)
{
	uint64_t h = w->trace_hash;

	for (size_t i = 0; i < len; i++) {
		h = (h ^ (uint8_t)line[i]) * 0x100000001b3u;
	}
	w->trace_hash = h ^ (uint64_t)w->now * 0x9e3779b97f4a7c15u;
	if (w->print != NULL) {
		fprintf(w->print, "%7" PRId64 " %.*s\n", w->now, (int)len, line);
	}
}

void
trace(struct world *w, const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	int n = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	add_line(w, line, n < (int)sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

/* The first thing that went wrong stays. */
void
sim_fail(struct world *w, const char *checker, const char *fmt, ...)
{
	va_list args;

	if (w->failed) {
		return;
	}
	w->failed = true;
	snprintf(w->checker, sizeof(w->checker), "%s", checker);
	va_start(args, fmt);
	vsnprintf(w->why, sizeof(w->why), fmt, args);
	va_end(args);
	trace(w, "FAIL %s: %s", w->checker, w->why);
}

const char *
short_hash(const struct hash *h)
{
	static char texts[8][9];
	static unsigned next;
	char *text = texts[next++ % ARRAY_LEN(texts)];

	hex_format(h->b, 4, text);
	return text;
}
