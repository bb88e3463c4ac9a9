/* Where an event was: the venues of its sessions, else those stated of it. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/export_parts_wire.h"
#include "cli/labels_wire.h"

struct cell
export_state_codes(const struct export_row *r)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < r->row->n_states; i++) {
		if (strcmp(r->row->states[i], "not_stated") != 0) {
			export_add(&list, r->row->states[i]);
		}
	}
	return export_list(r, &list);
}

/* The venues: of the sessions that speak for the event, else those stated of it. */
static const Kusanone__V1__Place *
place_at(const struct export_row *r, size_t i)
{
	const Kusanone__V1__Event *e = r->row->event;

	if (e->n_sessions == 0) {
		return e->stated_places[i];
	}
	return export_speaks(r, i) ? e->sessions[i]->place : NULL;
}

static size_t
place_count(const Kusanone__V1__Event *e)
{
	return e->n_sessions != 0 ? e->n_sessions : e->n_stated_places;
}

static const char *
country_of(const Kusanone__V1__Place *place)
{
	return place->country[0] != '\0' ? place->country : "US";
}

struct cell
export_states(const struct export_row *r)
{
	const Kusanone__V1__Event *e = r->row->event;
	struct buf list = { 0 };

	for (size_t i = 0; i < r->row->n_states; i++) {
		const char *code = r->row->states[i];
		const char *label = code;

		if (strcmp(code, "not_stated") == 0) {
			continue;
		}
		if (strcmp(code, "online") == 0) {
			label = label_word(r->cli, code);
		}
		for (size_t k = 0; k < place_count(e); k++) {
			const Kusanone__V1__Place *place = place_at(r, k);
			const char *found =
				place == NULL || strcmp(place->state, code) != 0
					? ""
					: export_label(r, "state", country_of(place),
						       code);

			if (found[0] != '\0') {
				label = found;
				break;
			}
		}
		export_add(&list, label);
	}
	return export_list(r, &list);
}

enum place_part {
	PLACE_NAME,
	PLACE_KIND,
	PLACE_MUNICIPALITY,
	PLACE_COUNTY,
	PLACE_COUNTRY
};

static const char *
place_part(const struct export_row *r, const Kusanone__V1__Place *place,
	   enum place_part part)
{
	switch (part) {
	case PLACE_NAME:
		return ask_text(r->cli, place->name);
	case PLACE_KIND:
		return place->kind;
	case PLACE_MUNICIPALITY:
		return ask_text(r->cli, place->municipality);
	case PLACE_COUNTY:
		return place->county;
	default:
		return place->country;
	}
}

/* Two towns of one name in two states are two. */
static bool
is_same(const struct export_row *r, const Kusanone__V1__Place *a,
	const Kusanone__V1__Place *b, enum place_part part)
{
	return a != NULL &&
	       (part == PLACE_KIND || part == PLACE_COUNTRY ||
		strcmp(a->state, b->state) == 0) &&
	       strcmp(place_part(r, a, part), place_part(r, b, part)) == 0;
}

/* A part of all venues, each once. */
static struct cell
put_venues(const struct export_row *r, enum place_part part)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < place_count(r->row->event); i++) {
		const Kusanone__V1__Place *place = place_at(r, i);
		bool seen = place == NULL;

		for (size_t k = 0; k < i && !seen; k++) {
			seen = is_same(r, place_at(r, k), place, part);
		}
		if (!seen) {
			export_add(&list, place_part(r, place, part));
		}
	}
	return export_list(r, &list);
}

struct cell
export_municipalities(const struct export_row *r)
{
	return put_venues(r, PLACE_MUNICIPALITY);
}

struct cell
export_counties(const struct export_row *r)
{
	return put_venues(r, PLACE_COUNTY);
}

struct cell
export_countries(const struct export_row *r)
{
	return put_venues(r, PLACE_COUNTRY);
}

struct cell
export_places(const struct export_row *r)
{
	return put_venues(r, PLACE_NAME);
}

struct cell
export_place_kinds(const struct export_row *r)
{
	return put_venues(r, PLACE_KIND);
}
