/* lib/model/era.h - how a 年度 is written: 2023年度, 令和5年度, FY2023.
 *
 * A fiscal year is named by the era of its rule, not of its first day: 令和 n 年度 is
 * year - 2018, 平成 n 年度 year - 1988, 昭和 n 年度 year - 1925; the first is 元. */
#ifndef LIB_MODEL_ERA_H
#define LIB_MODEL_ERA_H

#include "lib/model/calendar.h"

enum { ERA_TEXT_SIZE = 48 }; /* The longest of all forms and a NUL. */

/* "FY2023".  All of these write "" for FISCAL_YEAR_NONE and return the length. */
size_t fiscal_year_format_en(int16_t fiscal_year, char text[ERA_TEXT_SIZE]);

/* "令和5年度"; "" before 昭和 (FY1926). */
size_t fiscal_year_format_era(int16_t fiscal_year, char text[ERA_TEXT_SIZE]);

/* "2023年度 (令和5年度)"; "1925年度" where there is no era. */
size_t fiscal_year_format_ja(int16_t fiscal_year, char text[ERA_TEXT_SIZE]);

/* Read FY2023, 2023, 2023年度, 令和5年度, 令和元年度, R5 (H30, S63), years as in
 * dates.  The year in which an era ended may be named by either: 平成31年度 is FY2019. */
bool fiscal_year_parse(struct slice text, int16_t *ret_fiscal_year) WARN_UNUSED;

#endif
