/* cli/text.h - words and numbers as they stand on a screen.
 *
 * Beside lib/base/text.h: what only a command shows. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include "cli/messages.h"
#include "lib/base/text.h"
#include "lib/model/labels.h"

/* Put 'text' with lines of at most 'width' columns, of which 'column' are used in the
 * first; later lines begin with 'indent' blanks.  Breaks at blanks and between wide
 * characters, never before a closing mark. Ends without a newline. */
void text_wrap(struct buf *, const char *text, size_t column, size_t indent,
	       size_t width);

void text_blanks(struct buf *, size_t count);

/* 12.3 MiB */
const char *bytes_text(struct arena *, uint64_t);

/* 2024-07-01 18:00:12 +09:00, in the zone of this machine. */
const char *time_text(struct arena *, wall_ms_t);

/* 2024-07-01 18:00, in the zone of this machine; "-" for 0. */
const char *minute_text(struct arena *, wall_ms_t);

/* Years and numbers as lib/model/labels.h has them. */
static inline const char *
fiscal_years_text(struct arena *arena, enum lang lang, int from, int to)
{
	return label_of_fiscal_years(lang == LANG_JA, from, to, arena);
}

static inline const char *
bounded_text(struct arena *arena, enum lang lang, int64_t value, int bound)
{
	return label_of_quantity(lang == LANG_JA, value, bound, arena);
}

/* Last eight hex digits of an event's id: its short form. */
const char *short_id(struct arena *, const char *id);

/* First eight of a hash. */
const char *short_hash(struct arena *, const char *hash);

/* What stands in the officer's language, else in the other one; "" if none does. */
const char *pick(enum lang, const char *ja, const char *en);

/* Items joined by ", " (、 is for sentences: codes stay as they are typed). */
const char *join(struct arena *, char *const *items, size_t count, const char *between);

#endif
