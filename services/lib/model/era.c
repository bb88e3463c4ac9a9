#include "lib/model/era.h"

#include <stdio.h>

struct era {
	const char *name;
	char letter;
	int16_t zero; /* Fiscal year n of the era is zero + n. */
};

/* Newest first. */
static const struct era eras[] = {
	{ .name = "令和", .letter = 'R', .zero = 2018 },
	{ .name = "平成", .letter = 'H', .zero = 1988 },
	{ .name = "昭和", .letter = 'S', .zero = 1925 },
};

#define FIRST_OF_ERA "元"
#define FISCAL_YEAR  "年度"

static size_t
done(int printed)
{
	must(printed >= 0 && printed < ERA_TEXT_SIZE);
	return (size_t)printed;
}

size_t
fiscal_year_format_en(int16_t fiscal_year, char text[ERA_TEXT_SIZE])
{
	text[0] = '\0';
	return fiscal_year == FISCAL_YEAR_NONE
		       ? 0
		       : done(snprintf(text, ERA_TEXT_SIZE, "FY%d", fiscal_year));
}

size_t
fiscal_year_format_era(int16_t fiscal_year, char text[ERA_TEXT_SIZE])
{
	text[0] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(eras); i++) {
		int n = fiscal_year - eras[i].zero;

		if (n == 1) {
			return done(snprintf(text, ERA_TEXT_SIZE,
					     "%s" FIRST_OF_ERA FISCAL_YEAR,
					     eras[i].name));
		}
		if (n > 1) {
			return done(snprintf(text, ERA_TEXT_SIZE, "%s%d" FISCAL_YEAR,
					     eras[i].name, n));
		}
	}
	return 0;
}

size_t
fiscal_year_format_ja(int16_t fiscal_year, char text[ERA_TEXT_SIZE])
{
	char era[ERA_TEXT_SIZE];

	text[0] = '\0';
	if (fiscal_year == FISCAL_YEAR_NONE) {
		return 0;
	}
	if (fiscal_year_format_era(fiscal_year, era) == 0) {
		return done(snprintf(text, ERA_TEXT_SIZE, "%d" FISCAL_YEAR, fiscal_year));
	}
	return done(snprintf(text, ERA_TEXT_SIZE, "%d" FISCAL_YEAR " (%s)", fiscal_year,
			     era));
}

/* Take 'prefix' off the front; false if it is not there. */
static bool
skip(struct slice *s, struct slice prefix)
{
	if (s->len < prefix.len || !slice_eq(slice_of(s->at, prefix.len), prefix)) {
		return false;
	}
	*s = slice_from(*s, prefix.len);
	return true;
}

/* Take a number of at most 'max_digits' digits, without a leading zero. */
static bool
number(struct slice *s, size_t max_digits, int *ret_value)
{
	int value = 0;
	size_t n = 0;

	while (n < s->len && n < max_digits && s->at[n] >= '0' && s->at[n] <= '9') {
		value = value * 10 + (s->at[n] - '0');
		n++;
	}
	if (n == 0 || s->at[0] == '0') {
		return false;
	}
	*s = slice_from(*s, n);
	*ret_value = value;
	return true;
}

/* The year 'n' of an era, within the era. */
static bool
year_of_era(size_t era, int n, int *ret_year)
{
	int year = eras[era].zero + n;

	if (n < 1 || (era > 0 && year > eras[era - 1].zero + 1)) {
		return false;
	}
	*ret_year = year;
	return true;
}

static bool
era_year(struct slice s, int *ret_year)
{
	for (size_t i = 0; i < ARRAY_LEN(eras); i++) {
		struct slice rest = s;
		int n;

		if (skip(&rest, slice_str(eras[i].name))) {
			if (skip(&rest, slice_str(FIRST_OF_ERA))) {
				n = 1;
			} else if (!number(&rest, 3, &n)) {
				return false;
			}
			return slice_eq_str(rest, FISCAL_YEAR) &&
			       year_of_era(i, n, ret_year);
		}
		if (skip(&rest, slice_of(&eras[i].letter, 1))) {
			return number(&rest, 3, &n) && rest.len == 0 &&
			       year_of_era(i, n, ret_year);
		}
	}
	return false;
}

static bool
western_year(struct slice s, int *ret_year)
{
	bool fiscal = skip(&s, slice_str("FY"));

	return number(&s, 4, ret_year) &&
	       (s.len == 0 || (!fiscal && slice_eq_str(s, FISCAL_YEAR)));
}

bool
fiscal_year_parse(struct slice text, int16_t *ret_fiscal_year)
{
	int year;

	if (!western_year(text, &year) && !era_year(text, &year)) {
		return false;
	}
	if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX) {
		return false;
	}
	*ret_fiscal_year = (int16_t)year;
	return true;
}
