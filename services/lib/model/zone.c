#include "lib/model/zone.h"

#include <stdlib.h>

#include "lib/base/mem.h"

bool
zone_offset(const struct zone_table *table, struct slice zone, const struct date *local,
	    int16_t *ret_offset_minutes, enum zone_fit *ret_fit)
{
	struct zone_answer answer;

	must(local->precision == PRECISION_MINUTE);
	if (!table->find(table->ctx, zone, local, &answer)) {
		return false;
	}
	*ret_offset_minutes = answer.offset;
	*ret_fit = answer.fit;
	return true;
}

bool
zone_has_offset(const struct zone_table *table, struct slice zone,
		const struct date *local, int16_t offset_minutes)
{
	struct zone_answer answer;

	must(local->precision == PRECISION_MINUTE);
	return table->find(table->ctx, zone, local, &answer) && answer.fit != ZONE_GAP &&
	       (offset_minutes == answer.offset || offset_minutes == answer.later);
}

/* Does the zone's local time with this offset happen at the instant? */
static bool
offset_fits(const struct zone_table *table, struct slice zone, int64_t utc_minutes,
	    int16_t offset)
{
	struct date local = zone_to_local(utc_minutes, offset);
	struct zone_answer a;

	return table->find(table->ctx, zone, &local, &a) && a.fit != ZONE_GAP &&
	       (a.offset == offset || a.later == offset);
}

bool
zone_offset_at(const struct zone_table *table, struct slice zone, int64_t utc_minutes,
	       int16_t *ret_offset_minutes)
{
	struct date near = date_of_minutes(utc_minutes);
	struct zone_answer first, second;

	if (!table->find(table->ctx, zone, &near, &first)) {
		return false;
	}
	near = zone_to_local(utc_minutes, first.offset);
	if (!table->find(table->ctx, zone, &near, &second)) {
		return false;
	}
	/* Changes are months apart: those in force around it are all there can be. */
	const int16_t offsets[] = { second.offset, second.later, first.offset,
				    first.later };
	for (size_t i = 0; i < ARRAY_LEN(offsets); i++) {
		if (offset_fits(table, zone, utc_minutes, offsets[i])) {
			*ret_offset_minutes = offsets[i];
			return true;
		}
	}
	*ret_offset_minutes = second.offset;
	return true;
}

int64_t
zone_to_utc(const struct date *local, int16_t offset_minutes)
{
	return date_minutes(local) - offset_minutes;
}

struct date
zone_to_local(int64_t utc_minutes, int16_t offset_minutes)
{
	return date_of_minutes(utc_minutes + offset_minutes);
}

struct date
zone_dated_by(const struct date *local, int16_t offset_minutes, enum date_rule rule)
{
	struct date d = *local;

	if (d.precision != PRECISION_MINUTE) {
		return d;
	}
	if (rule == RULE_TOKYO) {
		d = zone_to_local(zone_to_utc(local, offset_minutes),
				  TOKYO_OFFSET_MINUTES);
	}
	return date_of_day(date_first_day(&d));
}

/* ---- A table of zones. */

struct zone_entry {
	char *name;
	size_t name_len;
	struct tzif tzif;
};

void
zones_init(struct zones *zs, zone_read_fn read, void *ctx)
{
	*zs = (struct zones){ .read = read, .ctx = ctx };
}

void
zones_fini(struct zones *zs)
{
	for (size_t i = 0; i < zs->count; i++) {
		free(zs->entries[i].name);
		tzif_fini(&zs->entries[i].tzif);
	}
	free(zs->entries);
	zs->entries = NULL;
	zs->count = 0;
}

static bool
is_letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
zone_name_valid(struct slice name)
{
	bool part_begins = true;

	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];
		bool plain = is_letter(c) || (c >= '0' && c <= '9') || c == '_' ||
			     c == '+' || c == '-';

		if (!plain && (part_begins || (c != '/' && c != '.'))) {
			return false;
		}
		part_begins = c == '/';
	}
	return name.len != 0 && name.len <= 64 && !part_begins;
}

static bool
zones_find(void *ctx, struct slice name, const struct date *local,
	   struct zone_answer *ret_answer)
{
	struct zones *zs = ctx;

	if (!zone_name_valid(name)) {
		return false;
	}
	for (size_t i = 0; i < zs->count; i++) {
		struct zone_entry *e = &zs->entries[i];

		if (slice_eq(name, slice_of(e->name, e->name_len))) {
			*ret_answer = tzif_local(&e->tzif, local);
			return true;
		}
	}
	struct buf file = { .len = 0 };
	struct tzif tzif;
	bool known =
		zs->read(zs->ctx, name, &file) && tzif_parse(buf_slice(&file), &tzif);
	buf_fini(&file);
	if (!known) {
		return false;
	}
	zs->entries = xrealloc(zs->entries, (zs->count + 1) * sizeof(zs->entries[0]));
	zs->entries[zs->count++] = (struct zone_entry){
		.name = xstrndup((const char *)name.at, name.len),
		.name_len = name.len,
		.tzif = tzif,
	};
	*ret_answer = tzif_local(&tzif, local);
	return true;
}

struct zone_table
zones_table(struct zones *zs)
{
	return (struct zone_table){ .find = zones_find, .ctx = zs };
}
