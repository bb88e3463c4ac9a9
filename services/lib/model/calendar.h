/* lib/model/calendar.h - dates as precise as they are known, and the fiscal year.
 *
 * A date says what was stated and nothing more: a fiscal year, a year, a month, a
 * day or a minute.  No function here invents the missing part; where a single day is
 * needed for ordering, it is the first possible one and the name says so.
 *
 * Days are numbered from 1970-01-01 (day 0), minutes from 1970-01-01T00:00, in the
 * proleptic Gregorian calendar.  A day number has no zone: it is a calendar date. */
#ifndef LIB_MODEL_CALENDAR_H
#define LIB_MODEL_CALENDAR_H

#include "lib/base/slice.h"

enum precision {
	PRECISION_NONE, /* Not stated. */
	PRECISION_FISCAL_YEAR,
	PRECISION_YEAR,
	PRECISION_MONTH,
	PRECISION_DAY,
	PRECISION_MINUTE,
};

/* By which calendar date a session counts: its own (the venue's), or that of its
 * instant in Asia/Tokyo.  They differ for minute-precise dates only. */
enum date_rule { RULE_LOCAL, RULE_TOKYO, RULE_COUNT };

enum {
	DATE_YEAR_MIN = 1900,
	DATE_YEAR_MAX = 2200,
	FISCAL_YEAR_FIRST_MONTH = 4, /* A 年度 runs from 1 April to 31 March. */
	DATE_TEXT_SIZE = 17,         /* "2024-02-15T14:00" and a NUL. */
};

#define FISCAL_YEAR_NONE INT16_MIN /* A 年度 that is not stated. */
#define MONTH_NONE       (-1)      /* A month that is not stated. */

/* Invariant: fields finer than the precision are 0, so equal dates have equal bytes.
 * All zeros is "not stated". */
struct date {
	int16_t year;
	uint8_t precision; /* enum precision */
	uint8_t month;
	uint8_t day;
	uint8_t hour;
	uint8_t minute;
	uint8_t zero;
};

/* Read FY2023, 2024, 2024-02, 2024-02-15 or 2024-02-15T14:00: exactly these forms,
 * days that exist, years DATE_YEAR_MIN to DATE_YEAR_MAX.  The empty text is refused:
 * the caller knows that it is "not stated". */
bool date_parse(struct slice text, struct date *ret_date) WARN_UNUSED;

/* The form that date_parse() reads, NUL-terminated; "" for a date not stated.
 * Returns its length. */
size_t date_format(const struct date *, char text[DATE_TEXT_SIZE]);

/* Could date_parse() have made it?  False for "not stated". */
bool date_valid(const struct date *) WARN_UNUSED;

static inline bool
date_eq(const struct date *a, const struct date *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

/* The first and the last day on which it may have been.  The date must be stated:
 * FY2023 is 2023-04-01 to 2024-03-31, 2024-02 is 2024-02-01 to 2024-02-29. */
int32_t date_first_day(const struct date *);
int32_t date_last_day(const struct date *);

/* Order by first possible day: negative, 0, positive.  0 also for two dates of which
 * one is coarser or earlier on the same day; callers then keep the one they saw first. */
int date_cmp_first_day(const struct date *a, const struct date *b);

/* The 年度 that the date lies in, or FISCAL_YEAR_NONE where it is not stated: a
 * calendar year alone spans two. */
int16_t date_fiscal_year(const struct date *);

/* year * 12 + month - 1, or MONTH_NONE where the date is coarser than a month. */
int32_t date_month(const struct date *);

/* 年度境界: a date of day precision or finer on 31 March or 1 April. */
bool date_at_boundary(const struct date *);

/* Calendar arithmetic.  Any year of an int16_t; the day must exist. */
int32_t day_of_ymd(int year, unsigned month, unsigned day);
void day_to_ymd(int32_t day, int *ret_year, unsigned *ret_month, unsigned *ret_day);
unsigned days_in_month(int year, unsigned month);

/* The 年度 of a calendar date: the one place where the rule stands. */
int16_t fiscal_year_of(int year, unsigned month);
/* The first day of a 年度. */
int32_t fiscal_year_first_day(int16_t fiscal_year);

/* The date of a day number, day precision. */
struct date date_of_day(int32_t day);

/* Wall-clock minutes: of a minute-precise date, and back. */
int64_t date_minutes(const struct date *);
struct date date_of_minutes(int64_t minutes);

/* "local", "tokyo": as they stand on the command line and in publications. */
const char *date_rule_name(enum date_rule);
bool date_rule_parse(struct slice name, enum date_rule *ret_rule) WARN_UNUSED;

#endif
