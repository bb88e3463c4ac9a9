#include "lib/link/line.h"

static const char *const names[LINE_END_COUNT] = {
#define X(name, word, words) [LINE_##name] = word,
	LINE_ENDS(X)
#undef X
};

static const char *const descriptions[LINE_END_COUNT] = {
#define X(name, word, words) [LINE_##name] = words,
	LINE_ENDS(X)
#undef X
};

const char *
line_end_name(enum line_end end)
{
	must(end < LINE_END_COUNT);
	return names[end];
}

const char *
line_end_words(enum line_end end)
{
	must(end < LINE_END_COUNT);
	return descriptions[end];
}
