/* notification/letter.h - one content as plain text and as HTML.
 *
 * Both grow line by line from the same calls, so that neither says more than the other.
 * The HTML loads nothing, knows no colours of its own (a reader's light or dark ones
 * stand) and is one column; every text is escaped here. */
#ifndef NOTIFICATION_LETTER_H
#define NOTIFICATION_LETTER_H

#include "notification/words.h"

struct letter {
	const struct voice *voice;
	struct buf text, html;
	bool in_list;
	bool begun; /* Something stands in the text. */
};

/* letter_end() gives the texts in the arena and frees the rest. */
void letter_begin(struct letter *, const struct voice *, const char *subject);
void letter_end(struct letter *, const char **ret_text, const char **ret_html);

/* A heading over several alerts; then that of one. */
void letter_group(struct letter *, const char *words);
void letter_heading(struct letter *, const char *words);

/* A sentence of its own. */
void letter_say(struct letter *, const char *words);

/* A fact; nothing where it is empty.  It may have several lines. */
void letter_fact(struct letter *, const char *label, const char *value);

/* A fact that is a command to type. */
void letter_command(struct letter *, const char *label, const char *command);

#endif
