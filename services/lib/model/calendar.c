#include "lib/model/calendar.h"

enum {
	HOURS_IN_DAY = 24,
	MINUTES_IN_HOUR = 60,
	MINUTES_IN_DAY = HOURS_IN_DAY * MINUTES_IN_HOUR,
	YEARS_IN_ERA = 400, /* After which the Gregorian calendar repeats. */
	DAYS_IN_ERA = 146097,
};

unsigned
days_in_month(int year, unsigned month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	must(month >= 1 && month <= 12);
	return month == 2 && leap ? 29 : days[month - 1];
}

/* The day's number counted in 400-year eras of years that begin in March, so that
 * the leap day is a year's last one (Howard Hinnant, chrono-compatible date
 * algorithms). */
int32_t
day_of_ymd(int year, unsigned month, unsigned day)
{
	must(day >= 1 && day <= days_in_month(year, month));
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - (YEARS_IN_ERA - 1)) / YEARS_IN_ERA;
	int year_of_era = y - era * YEARS_IN_ERA;
	int day_of_year =
		(153 * ((int)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int)day - 1;
	int day_of_era =
		year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * DAYS_IN_ERA + day_of_era - 719468;
}

void
day_to_ymd(int32_t day, int *ret_year, unsigned *ret_month, unsigned *ret_day)
{
	int64_t z = (int64_t)day + 719468;
	int64_t era = (z >= 0 ? z : z - (DAYS_IN_ERA - 1)) / DAYS_IN_ERA;
	int day_of_era = (int)(z - era * DAYS_IN_ERA);
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			   day_of_era / 146096) /
			  365;
	int day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int shifted = (5 * day_of_year + 2) / 153; /* March is 0. */
	int month = shifted < 10 ? shifted + 3 : shifted - 9;

	*ret_year = (int)(year_of_era + era * YEARS_IN_ERA) + (month <= 2 ? 1 : 0);
	*ret_month = (unsigned)month;
	*ret_day = (unsigned)(day_of_year - (153 * shifted + 2) / 5 + 1);
}

int16_t
fiscal_year_of(int year, unsigned month)
{
	return (int16_t)(month >= FISCAL_YEAR_FIRST_MONTH ? year : year - 1);
}

int32_t
fiscal_year_first_day(int16_t fiscal_year)
{
	return day_of_ymd(fiscal_year, FISCAL_YEAR_FIRST_MONTH, 1);
}

/* Exactly 'n' ASCII digits from 'at' on. */
static bool
digits(struct slice s, size_t at, size_t n, unsigned *ret_value)
{
	unsigned value = 0;

	if (at + n > s.len) {
		return false;
	}
	for (size_t i = at; i < at + n; i++) {
		if (s.at[i] < '0' || s.at[i] > '9') {
			return false;
		}
		value = value * 10 + (s.at[i] - '0');
	}
	*ret_value = value;
	return true;
}

/* A separator and two digits. */
static bool
part(struct slice s, size_t at, char separator, uint8_t *ret_value)
{
	unsigned value;

	if (at >= s.len || s.at[at] != (uint8_t)separator ||
	    !digits(s, at + 1, 2, &value)) {
		return false;
	}
	*ret_value = (uint8_t)value;
	return true;
}

/* The precision that a form of this length has. */
static enum precision
precision_of(struct slice text)
{
	switch (text.len) {
	case 4:
		return PRECISION_YEAR;
	case 6:
		return text.at[0] == 'F' && text.at[1] == 'Y' ? PRECISION_FISCAL_YEAR
							      : PRECISION_NONE;
	case 7:
		return PRECISION_MONTH;
	case 10:
		return PRECISION_DAY;
	case 16:
		return PRECISION_MINUTE;
	default:
		return PRECISION_NONE;
	}
}

bool
date_parse(struct slice text, struct date *ret_date)
{
	enum precision precision = precision_of(text);
	struct date d = { .precision = (uint8_t)precision };
	unsigned year;

	if (precision == PRECISION_NONE ||
	    !digits(text, precision == PRECISION_FISCAL_YEAR ? 2 : 0, 4, &year)) {
		return false;
	}
	d.year = (int16_t)year;
	if (precision >= PRECISION_MONTH && !part(text, 4, '-', &d.month)) {
		return false;
	}
	if (precision >= PRECISION_DAY && !part(text, 7, '-', &d.day)) {
		return false;
	}
	if (precision >= PRECISION_MINUTE &&
	    (!part(text, 10, 'T', &d.hour) || !part(text, 13, ':', &d.minute))) {
		return false;
	}
	if (!date_valid(&d)) {
		return false;
	}
	*ret_date = d;
	return true;
}

bool
date_valid(const struct date *d)
{
	bool has_month = d->precision >= PRECISION_MONTH;
	bool has_day = d->precision >= PRECISION_DAY;
	bool has_minute = d->precision == PRECISION_MINUTE;

	if (d->precision == PRECISION_NONE || d->precision > PRECISION_MINUTE ||
	    d->year < DATE_YEAR_MIN || d->year > DATE_YEAR_MAX || d->zero != 0) {
		return false;
	}
	if (has_month ? d->month < 1 || d->month > 12 : d->month != 0) {
		return false;
	}
	if (has_day ? d->day < 1 || d->day > days_in_month(d->year, d->month)
		    : d->day != 0) {
		return false;
	}
	return has_minute ? d->hour < HOURS_IN_DAY && d->minute < MINUTES_IN_HOUR
			  : d->hour == 0 && d->minute == 0;
}

static char *
put_digits(char *at, unsigned value, unsigned n)
{
	for (unsigned i = n; i > 0; i--) {
		at[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	return at + n;
}

size_t
date_format(const struct date *d, char text[DATE_TEXT_SIZE])
{
	char *at = text;

	if (d->precision == PRECISION_FISCAL_YEAR) {
		*at++ = 'F';
		*at++ = 'Y';
	}
	if (d->precision != PRECISION_NONE) {
		at = put_digits(at, (unsigned)d->year, 4);
	}
	if (d->precision >= PRECISION_MONTH) {
		*at++ = '-';
		at = put_digits(at, d->month, 2);
	}
	if (d->precision >= PRECISION_DAY) {
		*at++ = '-';
		at = put_digits(at, d->day, 2);
	}
	if (d->precision >= PRECISION_MINUTE) {
		*at++ = 'T';
		at = put_digits(at, d->hour, 2);
		*at++ = ':';
		at = put_digits(at, d->minute, 2);
	}
	*at = '\0';
	return (size_t)(at - text);
}

int32_t
date_first_day(const struct date *d)
{
	switch (d->precision) {
	case PRECISION_FISCAL_YEAR:
		return fiscal_year_first_day(d->year);
	case PRECISION_YEAR:
		return day_of_ymd(d->year, 1, 1);
	case PRECISION_MONTH:
		return day_of_ymd(d->year, d->month, 1);
	default:
		must(d->precision == PRECISION_DAY || d->precision == PRECISION_MINUTE);
		return day_of_ymd(d->year, d->month, d->day);
	}
}

int32_t
date_last_day(const struct date *d)
{
	switch (d->precision) {
	case PRECISION_FISCAL_YEAR:
		return fiscal_year_first_day((int16_t)(d->year + 1)) - 1;
	case PRECISION_YEAR:
		return day_of_ymd(d->year, 12, 31);
	case PRECISION_MONTH:
		return day_of_ymd(d->year, d->month, days_in_month(d->year, d->month));
	default:
		return date_first_day(d);
	}
}

int
date_cmp_first_day(const struct date *a, const struct date *b)
{
	int32_t x = date_first_day(a);
	int32_t y = date_first_day(b);

	return (x > y) - (x < y);
}

int16_t
date_fiscal_year(const struct date *d)
{
	if (d->precision == PRECISION_FISCAL_YEAR) {
		return d->year;
	}
	return d->precision >= PRECISION_MONTH ? fiscal_year_of(d->year, d->month)
					       : FISCAL_YEAR_NONE;
}

int32_t
date_month(const struct date *d)
{
	return d->precision >= PRECISION_MONTH ? d->year * 12 + d->month - 1 : MONTH_NONE;
}

bool
date_at_boundary(const struct date *d)
{
	if (d->precision < PRECISION_DAY) {
		return false;
	}
	int32_t day = date_first_day(d);
	int32_t first = fiscal_year_first_day(d->year);

	return day == first || day == first - 1;
}

struct date
date_of_day(int32_t day)
{
	int year;
	unsigned month;
	unsigned day_of_month;

	day_to_ymd(day, &year, &month, &day_of_month);
	must(year >= INT16_MIN && year <= INT16_MAX);
	return (struct date){ .year = (int16_t)year,
			      .precision = PRECISION_DAY,
			      .month = (uint8_t)month,
			      .day = (uint8_t)day_of_month };
}

int64_t
date_minutes(const struct date *d)
{
	must(d->precision == PRECISION_MINUTE);
	return (int64_t)date_first_day(d) * MINUTES_IN_DAY + d->hour * MINUTES_IN_HOUR +
	       d->minute;
}

struct date
date_of_minutes(int64_t minutes)
{
	int64_t of_day = minutes % MINUTES_IN_DAY;

	if (of_day < 0) {
		of_day += MINUTES_IN_DAY;
	}
	int64_t day = (minutes - of_day) / MINUTES_IN_DAY;
	must(day >= INT32_MIN && day <= INT32_MAX);
	struct date d = date_of_day((int32_t)day);
	d.precision = PRECISION_MINUTE;
	d.hour = (uint8_t)(of_day / MINUTES_IN_HOUR);
	d.minute = (uint8_t)(of_day % MINUTES_IN_HOUR);
	return d;
}

static const char *const rule_names[RULE_COUNT] = {
	[RULE_LOCAL] = "local",
	[RULE_TOKYO] = "tokyo",
};

const char *
date_rule_name(enum date_rule rule)
{
	must((unsigned)rule < RULE_COUNT);
	return rule_names[rule];
}

bool
date_rule_parse(struct slice name, enum date_rule *ret_rule)
{
	for (unsigned i = 0; i < RULE_COUNT; i++) {
		if (slice_eq_str(name, rule_names[i])) {
			*ret_rule = (enum date_rule)i;
			return true;
		}
	}
	return false;
}
