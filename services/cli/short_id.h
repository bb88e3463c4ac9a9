/* cli/short_id.h - ids as they are typed: whole, or enough of their digits. */
#ifndef CLI_SHORT_ID_H
#define CLI_SHORT_ID_H

#include "lib/base/mem.h"

enum { SHORT_ID_MIN = 6 }; /* Digits. */

/* The hex digits of 'text' without dashes, in lower case; NULL if it is anything else,
 * or has fewer than SHORT_ID_MIN of them. */
const char *short_id_digits(struct arena *, const char *text);

/* Of digits that short_id_digits() made. */
bool short_id_ends(struct arena *, const char *id, const char *digits);
bool short_id_begins(struct arena *, const char *id, const char *digits);

#endif
