/* notification/dates.h - dates in a reader's language, as precise as they are known. */
#ifndef NOTIFICATION_DATES_H
#define NOTIFICATION_DATES_H

#include "notification/told.h"
#include "notification/words.h"

/* 2026-12-01（火）14:00 · Tue 1 Dec 2026 14:00 · 2024年2月 · February 2024 · 2024年 ·
 * 2023年度 (令和5年度) · FY2023; "not stated". */
const char *say_date(const struct voice *, const struct date *);

/* For a subject: 2026-12-01, 1 Dec 2026; without the time of day. */
const char *say_date_short(const struct voice *, const struct date *);

/* From start to end, with the zone: 2026-12-01（火）14:00–16:00 (America/Chicago). */
const char *say_when(const struct voice *, const struct sitting *);

/* The same in the reader's zone; "" where that says nothing new, or no zone is known. */
const char *say_when_for_reader(const struct voice *, const struct sitting *);

/* An instant in the reader's zone, else in UTC: with the time of day, and without. */
const char *say_instant(const struct voice *, wall_ms_t);
const char *say_instant_day(const struct voice *, wall_ms_t);

/* 7 days · 1日12時間 */
const char *say_span(const struct voice *, uint32_t minutes);

#endif
