#include "intake/meant.h"

#include "lib/base/near.h"
#include "lib/model/alert.h"

static bool
is_open(const struct reference_entry *e, enum reference_kind kind)
{
	return e->kind == kind && e->to_pos == REFERENCE_OPEN_POS;
}

struct slice
meant_code(const struct reference *r, enum reference_kind kind, struct slice group,
	   struct slice code)
{
	bool home = kind == REFERENCE_STATE && group.len == 0;
	uint32_t group_id = words_find(r->words, home ? slice_str("US") : group);
	struct near near;

	near_begin(&near, code);
	for (uint32_t i = 0; i < reference_count(r); i++) {
		const struct reference_entry *e = reference_at(r, i);

		if (is_open(e, kind) && e->group == group_id) {
			near_offer(&near, words_at(r->words, e->code));
		}
	}
	return near_best(&near);
}

struct slice
meant_kind(struct slice word)
{
	struct near near;

	near_begin(&near, word);
	for (unsigned i = 0; i < ALERT_KIND_COUNT; i++) {
		near_offer(&near, slice_str(alert_kind_name((enum alert_kind)i)));
	}
	return near_best(&near);
}

struct slice
meant_zone(const struct reference *r, struct slice zone)
{
	struct near near;

	near_begin(&near, zone);
	near_offer(&near, slice_str("Asia/Tokyo"));
	for (uint32_t i = 0; i < reference_count(r); i++) {
		const struct reference_entry *e = reference_at(r, i);

		if (is_open(e, REFERENCE_POST)) {
			near_offer(&near, words_at(r->words, e->zone));
		}
	}
	return near_best(&near);
}
