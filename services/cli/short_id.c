#include "cli/short_id.h"

#include <ctype.h>
#include <string.h>

const char *
short_id_digits(struct arena *arena, const char *text)
{
	char *digits = arena_alloc(arena, strlen(text) + 1);
	size_t n = 0;

	for (; *text != '\0'; text++) {
		if (isxdigit((unsigned char)*text)) {
			digits[n++] = (char)tolower((unsigned char)*text);
		} else if (*text != '-') {
			return NULL;
		}
	}
	digits[n] = '\0';
	return n >= SHORT_ID_MIN ? digits : NULL;
}

bool
short_id_ends(struct arena *arena, const char *id, const char *digits)
{
	const char *all = short_id_digits(arena, id);
	size_t len = strlen(digits);

	return all != NULL && strlen(all) >= len &&
	       strcmp(all + strlen(all) - len, digits) == 0;
}

bool
short_id_begins(struct arena *arena, const char *id, const char *digits)
{
	const char *all = short_id_digits(arena, id);

	return all != NULL && strncmp(all, digits, strlen(digits)) == 0;
}
