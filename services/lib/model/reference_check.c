#include "lib/model/calendar.h"
#include "lib/model/reference.h"
#include "lib/model/zone.h"

static const char *
check_list(const struct reference_row *r)
{
	if (r->list_count > REFERENCE_LIST_MAX) {
		return "list: has more than 1000 items";
	}
	for (size_t i = 0; i < r->list_count; i++) {
		if (r->list[i].len == 0 || r->list[i].len > REFERENCE_NAME_MAX) {
			return "list: an item must have 1 to 256 bytes";
		}
	}
	return NULL;
}

static const char *
check_jurisdiction(const struct reference_row *r)
{
	if (r->group.len == 0) {
		return "post: is empty";
	}
	if (r->removed) {
		return NULL;
	}
	if (r->part < REFERENCE_PART_ALL || r->part > REFERENCE_PART_OVERSIGHT) {
		return "part: must be all, counties, rest or oversight";
	}
	if ((r->part == REFERENCE_PART_COUNTIES) != (r->list_count != 0)) {
		return "counties: belong to the part counties, and to no other";
	}
	return NULL;
}

static const char *
check_kind(const struct reference_row *r)
{
	switch (r->kind) {
	case REFERENCE_POST:
		if (r->lat_e6 < -90000000 || r->lat_e6 > 90000000 ||
		    r->lon_e6 < -180000000 || r->lon_e6 > 180000000) {
			return "lat_e6, lon_e6: not on the globe";
		}
		return r->zone.len == 0 || zone_name_valid(r->zone)
			       ? NULL
			       : "zone: must be the name of an IANA zone";
	case REFERENCE_JURISDICTION:
		return check_jurisdiction(r);
	case REFERENCE_CODE:
		return r->group.len != 0 ? NULL : "dimension: is empty";
	case REFERENCE_MUNICIPALITY:
		if (r->label.ja.len == 0 && r->label.en.len == 0) {
			return "name: is empty";
		}
		return r->label.ja.len <= REFERENCE_NAME_MAX &&
				       r->label.en.len <= REFERENCE_NAME_MAX
			       ? NULL
			       : "name: is longer than 256 bytes";
	case REFERENCE_PILLAR:
	case REFERENCE_STATE:
	case REFERENCE_SETTING:
		return NULL;
	default:
		return "kind: is not known";
	}
}

static bool
day_fits(int32_t day)
{
	return day == REFERENCE_ANY_DAY || (day >= day_of_ymd(DATE_YEAR_MIN, 1, 1) &&
					    day <= day_of_ymd(DATE_YEAR_MAX, 12, 31));
}

const char *
reference_row_check(const struct reference_row *r)
{
	const struct slice texts[] = {
		r->label.ja,    r->label.en,     r->what,    r->city,
		r->state,       r->zone,         r->plan,    r->value,
		r->source_name, r->source_quote, r->note.ja, r->note.en,
	};

	if (r->group.len > REFERENCE_CODE_MAX || r->code.len > REFERENCE_CODE_MAX ||
	    r->parent.len > REFERENCE_CODE_MAX) {
		return "code: is longer than 64 bytes";
	}
	/* Of places outside the states a municipality's row names none. */
	if (r->code.len == 0 && r->kind != REFERENCE_MUNICIPALITY) {
		return "code: is empty";
	}
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (texts[i].len > WORD_MAX_LEN) {
			return "text: is longer than 4096 bytes";
		}
	}
	if (!day_fits(r->valid_from) || !day_fits(r->valid_to)) {
		return "valid_from, valid_to: must be days of 1900 to 2200";
	}
	if (r->valid_to != REFERENCE_ANY_DAY && r->valid_from > r->valid_to) {
		return "valid_to: is before valid_from";
	}
	const char *why = check_list(r);
	return why != NULL ? why : check_kind(r);
}
