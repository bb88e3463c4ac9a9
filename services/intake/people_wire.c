#include "intake/check_wire.h"
#include "lib/base/unpack_wire.h"
#include "lib/store/log.h"

/* Names of people: a record holds the hash of a salted part, the name travels beside the
 * block and can be erased everywhere.  Sent again unchanged, a name keeps its part, so
 * that merges see no change; what was erased does not come back with it. */

enum { NAME_MAX_LEN = 500 };

/* A part that the event has already; 'name' is empty where it was erased, or never came
 * here. */
struct known_person {
	struct hash part;
	struct slice name;
	bool used;
};

struct known_people {
	struct known_person *at;
	size_t count;
};

struct slice
draft_part(struct draft *d, const struct hash *part)
{
	struct slice salt, name;

	for (size_t i = 0; i < d->in->pending_count; i++) {
		const struct pending *p = &d->in->pending[i];

		for (size_t k = 0; k < p->loose_count; k++) {
			if (hash_eq(&p->loose[k].hash, part)) {
				return p->loose[k].part;
			}
		}
	}
	if (!loose_get(d->turn->txn, JOURNAL_DB_LOOSE, part, &salt, &name)) {
		return (struct slice){ 0 };
	}
	return slice_of(arena_dup(d->arena, name.at, name.len), name.len);
}

static struct known_person *
find_part(struct known_people *known, const struct hash *part)
{
	for (size_t i = 0; i < known->count; i++) {
		if (hash_eq(&known->at[i].part, part)) {
			return &known->at[i];
		}
	}
	return NULL;
}

static void
know_people_of(struct draft *d, struct slice bytes, struct known_people *known)
{
	struct event event;

	if (bytes.len == 0 || !event_decode(bytes, d->arena, &event, NULL)) {
		return;
	}
	struct known_person *list = arena_alloc(
		d->arena, (known->count + event.people_count) * sizeof(list[0]));
	if (known->count != 0) {
		memcpy(list, known->at, known->count * sizeof(list[0]));
	}
	known->at = list;
	for (size_t i = 0; i < event.people_count; i++) {
		if (find_part(known, &event.people[i]) == NULL) {
			known->at[known->count++] = (struct known_person){
				.part = event.people[i],
				.name = draft_part(d, &event.people[i]),
			};
		}
	}
}

static bool
check_name(struct draft *d, const char *name, const char *field)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f) {
			return draft_invalid(d, field, "制御文字が含まれています。",
					     "Holds a control character.", "名前だけ",
					     "a name only");
		}
	}
	return len <= NAME_MAX_LEN ||
	       draft_invalid(d, field, "名前が長すぎます。", "Is too long.",
			     "500 バイト以内", "at most 500 bytes");
}

static void
set_part(struct draft *d, Kusanone__V1__Person *p, const struct hash *part)
{
	p->part_hash =
		pb_slice(slice_of(arena_dup(d->arena, part->b, HASH_LEN), HASH_LEN));
	p->name = (char *)(uintptr_t) "";
}

/* The part that the person is named by from now on. */
static bool
resolve(struct draft *d, Kusanone__V1__Person *p, struct known_people *known,
	const char *field)
{
	struct slice name = slice_str(p->name);
	struct known_person *was = NULL;
	struct hash part;

	if (p->part_hash.len == HASH_LEN) {
		memcpy(part.b, p->part_hash.data, HASH_LEN);
		was = find_part(known, &part);
	}
	if (was == NULL && name.len == 0) {
		return draft_invalid(
			d, field, "名前がありません。", "Has no name.",
			"名前、またはこの案件にすでにある part_hash",
			"a name, or the part_hash of a person of this event");
	}
	/* Named by its part: unchanged, or erased, unless the name is another one. */
	if (was != NULL &&
	    (name.len == 0 || was->name.len == 0 || slice_eq(was->name, name))) {
		was->used = true;
		set_part(d, p, &was->part);
		return true;
	}
	for (size_t i = 0; i < known->count; i++) {
		if (!known->at[i].used && slice_eq(known->at[i].name, name)) {
			known->at[i].used = true;
			set_part(d, p, &known->at[i].part);
			return true;
		}
	}
	part = draft_add_loose(d, name);
	set_part(d, p, &part);
	return true;
}

bool
check_people(struct draft *d, Kusanone__V1__Event *e, struct slice base,
	     struct slice head)
{
	struct known_people known = { 0 };

	if (e->n_people == 0) {
		return true;
	}
	if (e->n_people > EVENT_MAX_CODES) {
		return draft_refuse(d, "too_large", "people", "人数が多すぎます。",
				    "Names too many people.", "200 人以内",
				    "at most 200");
	}
	know_people_of(d, base, &known);
	know_people_of(d, head, &known);
	for (size_t i = 0; i < e->n_people; i++) {
		const char *field = arena_printf(d->arena, "people[%zu].name", i);

		if (!check_name(d, e->people[i]->name, field) ||
		    !resolve(d, e->people[i], &known, field)) {
			return false;
		}
	}
	return true;
}
