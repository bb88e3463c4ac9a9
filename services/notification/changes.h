/* notification/changes.h - what is different in an event: old and new, field by field. */
#ifndef NOTIFICATION_CHANGES_H
#define NOTIFICATION_CHANGES_H

#include "notification/told.h"
#include "notification/words.h"

struct change {
	const char *path;  /* As in Patch.paths. */
	const char *label; /* The field in the reader's language. */
	const char *was, *now;
	bool restricted; /* was and now are empty, and must not be told. */
};

/* In the order of Event's fields; in the arena. */
size_t changes_of(const struct voice *, struct slice before, struct slice now,
		  struct change **ret_changes);

/* As a sentence says it: "old → new". */
const char *change_words(const struct voice *, const struct change *);

#endif
