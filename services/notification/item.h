/* notification/item.h - a note, its events read, and what it is called. */
#ifndef NOTIFICATION_ITEM_H
#define NOTIFICATION_ITEM_H

#include "notification/told.h"
#include "notification/words.h"

struct item {
	const struct note *note;
	struct told event; /* As it stands; where it does not any more, as it was. */
	struct told before;
	bool has_event, has_before;
	const struct sitting *sitting; /* UPCOMING, DATE_NOT_FIXED: which; or NULL. */
};

struct item item_of(const struct note *, struct arena *);

/* Cancelled and moved first, then what comes up by its day, then the others by kind; by
 * event and alert where that says nothing. */
void items_sort(struct item *, size_t count);

/* "開催7日前", "Changed". */
const char *item_kind(const struct voice *, const struct item *);

/* 【開催7日前】件名（2026-12-01 在シカゴ日本国総領事館） */
const char *item_headline(const struct voice *, const struct item *);

/* Of all of a message; 'items' are sorted. */
const char *items_subject(const struct voice *, const struct item *items, size_t count);

/* The heading over the items that begin a group: a day's, a kind's. */
const char *item_group(const struct voice *, const struct item *);
bool item_same_group(const struct item *, const struct item *);

/* "state", "pillar", "events": fixed words of notes; an unknown one as it came. */
const char *item_dimension(const struct voice *, struct slice);
const char *item_measure(const struct voice *, struct slice);

/* The code's label: of a state, a post, a pillar or a dimension. */
const char *item_code(const struct voice *, const struct note *);

#endif
