#include <stdio.h>
#include <string.h>

#include "tests/sim/naive.h"

/* Days are counted one by one. */

static bool
is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int
month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

static int
day_number(int year, int month, int day)
{
	int n = 0;

	for (int y = 1900; y < year; y++) {
		n += is_leap(y) ? 366 : 365;
	}
	for (int m = 1; m < month; m++) {
		n += month_days(year, m);
	}
	return n + day - 1;
}

struct naive_date
naive_date_of(const char *text)
{
	struct naive_date d = { 0 };

	if (text == NULL || text[0] == '\0') {
		return d;
	}
	if (text[0] == 'F') {
		d.precision = sscanf(text, "FY%d", &d.year) == 1 ? NAIVE_FY : NAIVE_NONE;
		return d;
	}
	switch (sscanf(text, "%d-%d-%dT%d:%d", &d.year, &d.month, &d.day, &d.hour,
		       &d.minute)) {
	case 1:
		d.precision = NAIVE_YEAR;
		break;
	case 2:
		d.precision = NAIVE_MONTH;
		break;
	case 3:
		d.precision = NAIVE_DAY;
		break;
	case 5:
		d.precision = NAIVE_MINUTE;
		break;
	default:
		break;
	}
	return d;
}

int
naive_first_day(const struct naive_date *d)
{
	switch (d->precision) {
	case NAIVE_FY:
		return day_number(d->year, 4, 1);
	case NAIVE_YEAR:
		return day_number(d->year, 1, 1);
	case NAIVE_MONTH:
		return day_number(d->year, d->month, 1);
	default:
		return day_number(d->year, d->month, d->day);
	}
}

int
naive_fiscal_year(const struct naive_date *d)
{
	switch (d->precision) {
	case NAIVE_NONE:
	case NAIVE_YEAR:
		return NAIVE_NO_YEAR;
	case NAIVE_FY:
		return d->year;
	default:
		return d->month >= 4 ? d->year : d->year - 1;
	}
}

bool
naive_at_boundary(const struct naive_date *d)
{
	return d->precision >= NAIVE_DAY &&
	       ((d->month == 3 && d->day == 31) || (d->month == 4 && d->day == 1));
}

struct naive_date
naive_day_under(const struct naive_date *d, int offset_minutes, int rule)
{
	struct naive_date day = *d;

	if (d->precision != NAIVE_MINUTE) {
		return day;
	}
	day.precision = NAIVE_DAY;
	day.hour = 0;
	day.minute = 0;
	if (rule == NAIVE_LOCAL) {
		return day;
	}
	int minutes = d->hour * 60 + d->minute - offset_minutes + 9 * 60;
	for (; minutes >= 24 * 60; minutes -= 24 * 60) {
		if (++day.day > month_days(day.year, day.month)) {
			day.day = 1;
			if (++day.month > 12) {
				day.month = 1;
				day.year++;
			}
		}
	}
	for (; minutes < 0; minutes += 24 * 60) {
		if (--day.day < 1) {
			if (--day.month < 1) {
				day.month = 12;
				day.year--;
			}
			day.day = month_days(day.year, day.month);
		}
	}
	return day;
}
