/* notification/names.h - posts, states, codes and places in a reader's language.
 *
 * Labels are those of the event's day; what the reference data does not know stands as
 * it was recorded. */
#ifndef NOTIFICATION_NAMES_H
#define NOTIFICATION_NAMES_H

#include "notification/told.h"
#include "notification/words.h"

const char *name_of_post(const struct voice *, struct slice post, int32_t day);
const char *name_of_code(const struct voice *, const char *dimension, struct slice code,
			 int32_t day);
const char *name_of_pillar(const struct voice *, struct slice code, int32_t day);
const char *name_of_state(const struct voice *, struct slice country, struct slice state,
			  int32_t day);
const char *name_of_status(const struct voice *, enum status);

/* シカゴ市 会場（イリノイ州） · Venue, Chicago, Illinois; "" where nothing is stated. */
const char *name_of_place(const struct voice *, const struct place *, int32_t day);

/* Where a sitting is: its place, online, or both; "". */
const char *name_of_where(const struct voice *, const struct sitting *, int32_t day);

/* All posts of an event, who leads said; the recorder too where it is no holder. */
const char *names_of_posts(const struct voice *, const struct told *);

/* One post for a subject: the city of its office in English, its name in Japanese. */
const char *name_for_subject(const struct voice *, const struct told *);

/* What the reader calls the event. */
const char *name_of_event(const struct voice *, const struct told *);

#endif
