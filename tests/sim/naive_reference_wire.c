#include "tests/sim/naive.h"

/* The reference data that bears on figures: which formats are online, how municipalities
 * are spelled, whether co-hosts must confirm. */

enum { OPEN_FROM = -1, OPEN_TO = 1 << 30 };

static int
day_of(const char *text, int open)
{
	struct naive_date d = naive_date_of(text);

	return d.precision == NAIVE_DAY ? naive_first_day(&d) : open;
}

static void
format_row(struct naive_state *s, const Kusanone__V1__ReferenceRow *row)
{
	int kept = 0;

	for (int i = 0; i < s->format_count; i++) {
		if (strcmp(s->formats[i].code, row->code->code) != 0 ||
		    strcmp(s->formats[i].key, row->valid_from) != 0) {
			s->formats[kept++] = s->formats[i];
		}
	}
	s->format_count = kept;
	if (row->removed) {
		return;
	}
	must(kept < (int)ARRAY_LEN(s->formats));
	struct naive_format *f = &s->formats[s->format_count++];
	*f = (struct naive_format){
		.code = row->code->code,
		.from = day_of(row->valid_from, OPEN_FROM),
		.to = day_of(row->valid_to, OPEN_TO),
		.dated = row->valid_from[0] != '\0' || row->valid_to[0] != '\0',
	};
	must(strlen(row->valid_from) < sizeof(f->key));
	memcpy(f->key, row->valid_from, strlen(row->valid_from) + 1);
	for (size_t i = 0; i < row->code->n_attributes; i++) {
		f->online = f->online || strcmp(row->code->attributes[i], "online") == 0;
	}
}

static const char *
folded(const char *name, struct arena *arena)
{
	char *text = arena_dup(arena, name, strlen(name));

	for (char *c = text; *c != '\0'; c++) {
		if (*c >= 'A' && *c <= 'Z') {
			*c = (char)(*c - 'A' + 'a');
		}
	}
	return text;
}

static void
town_row(struct naive_state *s, const Kusanone__V1__ReferenceRow *row)
{
	struct naive_town town = {
		.country = row->municipality->country[0] != '\0'
				   ? row->municipality->country
				   : "US",
		.state = row->municipality->state,
		.ja = folded(row->municipality->name != NULL ? row->municipality->name->ja
							     : "",
			     s->arena),
		.en = folded(row->municipality->name != NULL ? row->municipality->name->en
							     : "",
			     s->arena),
		.from = row->valid_from,
	};
	int kept = 0;

	for (int i = 0; i < s->town_count; i++) {
		const struct naive_town *t = &s->towns[i];

		if (strcmp(t->country, town.country) == 0 &&
		    strcmp(t->state, town.state) == 0 && strcmp(t->ja, town.ja) == 0 &&
		    strcmp(t->en, town.en) == 0 && strcmp(t->from, town.from) == 0) {
			if (!row->removed) {
				return; /* It says what holds: nothing changes. */
			}
			continue;
		}
		s->towns[kept++] = *t;
	}
	s->town_count = kept;
	if (!row->removed) {
		must(kept < (int)ARRAY_LEN(s->towns));
		s->towns[s->town_count++] = town;
	}
}

void
naive_reference_row(struct naive_state *s, const Kusanone__V1__ReferenceRow *row)
{
	switch (row->row_case) {
	case KUSANONE__V1__REFERENCE_ROW__ROW_CODE:
		if (strcmp(row->code->dimension, "format") == 0) {
			format_row(s, row);
		}
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_MUNICIPALITY:
		town_row(s, row);
		break;
	case KUSANONE__V1__REFERENCE_ROW__ROW_SETTING:
		if (strcmp(row->setting->name, "cohost_handshake") == 0) {
			must(row->valid_from[0] == '\0'); /* As the workload has it. */
			s->handshake = row->removed ? NULL : row->setting->value;
		}
		break;
	default:
		break;
	}
}

bool
naive_handshake(const struct naive_state *s)
{
	return s->handshake == NULL || strcmp(s->handshake, "off") != 0;
}

/* day -1: not known, then the row that is the last to hold. */
bool
naive_format_online(const struct naive_state *s, const char *format, int day)
{
	const struct naive_format *best = NULL;

	for (int i = 0; i < s->format_count; i++) {
		const struct naive_format *f = &s->formats[i];
		bool better;

		if (strcmp(f->code, format) != 0 ||
		    (day >= 0 && (day < f->from || day > f->to))) {
			continue;
		}
		if (best == NULL) {
			better = true;
		} else if (day < 0) {
			better = f->to != best->to ? f->to > best->to
						   : f->from > best->from;
		} else if (f->dated != best->dated) {
			better = f->dated;
		} else {
			better = f->from > best->from;
		}
		if (better) {
			best = f;
		}
	}
	return best != NULL && best->online;
}

/* Country, state and one spelling; NULL if no name is stated. */
const char *
naive_town(const struct naive_state *s, const Kusanone__V1__Place *p)
{
	const char *country = p->country[0] != '\0' ? p->country : "US";
	const char *ja =
		p->municipality != NULL ? folded(p->municipality->ja, s->arena) : "";
	const char *en =
		p->municipality != NULL ? folded(p->municipality->en, s->arena) : "";
	const struct naive_town *known = NULL;

	if (ja[0] == '\0' && en[0] == '\0') {
		return NULL;
	}
	for (int english = 1; english >= 0 && known == NULL; english--) {
		for (int i = 0; i < s->town_count && known == NULL; i++) {
			const struct naive_town *t = &s->towns[i];
			const char *have = english ? en : ja,
				   *its = english ? t->en : t->ja;

			if (have[0] != '\0' && strcmp(have, its) == 0 &&
			    strcmp(t->country, country) == 0 &&
			    strcmp(t->state, p->state) == 0) {
				known = t;
			}
		}
	}
	const char *name = en[0] != '\0' ? en : ja;
	if (known != NULL) {
		name = known->en[0] != '\0' ? known->en : known->ja;
	}
	return arena_printf(s->arena, "%s|%s|%s", country, p->state, name);
}
