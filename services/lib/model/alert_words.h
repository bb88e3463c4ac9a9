/* lib/model/alert_words.h - how a reader's times are written: leads, digests, quiet
 * hours.
 *
 * The command reads these forms, everybody who shows a subscription writes them.  What a
 * format function writes its parse function reads as the same. */
#ifndef LIB_MODEL_ALERT_WORDS_H
#define LIB_MODEL_ALERT_WORDS_H

#include "lib/base/slice.h"
#include "lib/model/alert.h"

enum {
	WEEKDAYS_ALL = 127,          /* Bit 0 is Monday. */
	DIGEST_MINUTE = 8 * 60 + 30, /* Where no time is stated. */
	LEAD_TEXT_SIZE = 16,         /* "527040m" and a NUL. */
	DIGEST_TEXT_SIZE = 48,       /* "weekly@mon,…,sat@08:30" */
	QUIET_TEXT_SIZE = 16,        /* "22:00-07:00" */
};

/* When what waits goes out together; the zone is the reader's. */
struct digest_time {
	uint8_t weekdays;       /* Bit 0 is Monday; never 0. */
	uint16_t minute_of_day; /* Below ALERT_MINUTES_A_DAY. */
};

/* Hours in which nothing is sent; over midnight where 'to' is before 'from'. */
struct quiet_hours {
	uint16_t from_minute, to_minute; /* Never equal. */
};

/* "30d", "2h", "45m": 1 to ALERT_MAX_LEAD_MINUTES. */
bool lead_parse(struct slice text, uint32_t *ret_minutes) WARN_UNUSED;

/* In the largest unit that it is a whole number of.  Returns its length, as all do. */
size_t lead_format(uint32_t minutes, char text[LEAD_TEXT_SIZE]);

/* "daily", "daily@08:30", "weekly@mon", "weekly@mon,thu@08:30". */
bool digest_parse(struct slice text, struct digest_time *ret_digest) WARN_UNUSED;

/* Always with its time; all seven days are daily. */
size_t digest_format(const struct digest_time *, char text[DIGEST_TEXT_SIZE]);

/* "22:00-07:00" */
bool quiet_parse(struct slice text, struct quiet_hours *ret_quiet) WARN_UNUSED;
size_t quiet_format(const struct quiet_hours *, char text[QUIET_TEXT_SIZE]);

#endif
