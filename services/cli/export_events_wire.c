/* The columns of a table of events. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/export_parts_wire.h"
#include "cli/labels_wire.h"
#include "cli/text.h"

/* ---- What the fold says ----------------------------------------------------------- */

static struct cell
fiscal_year(const struct export_row *r)
{
	return r->row->fiscal_year != 0 ? cell_number(r->row->fiscal_year)
					: cell_text(NULL);
}

static struct cell
status(const struct export_row *r)
{
	return r->row->status != KUSANONE__V1__STATUS__STATUS_UNSPECIFIED
		       ? cell_text(label_status(r->cli, r->row->status))
		       : cell_text(NULL);
}

static struct cell
counted(const struct export_row *r)
{
	return export_flag(r->row->left_out[0] == '\0');
}

static struct cell
left_out(const struct export_row *r)
{
	return r->row->left_out[0] != '\0'
		       ? cell_text(label_word(r->cli, r->row->left_out))
		       : cell_text(NULL);
}

static struct cell
provisional(const struct export_row *r)
{
	return export_flag(r->row->provisional);
}

static struct cell
boundary(const struct export_row *r)
{
	return export_flag(r->row->boundary);
}

static struct cell
best_practice(const struct export_row *r)
{
	return export_flag(r->row->best_practice);
}

static struct cell
joined(const struct export_row *r)
{
	return export_flag(r->row->joined);
}

static bool
is_confirmed(const Kusanone__V1__SheetRow *row, const char *post)
{
	for (size_t i = 0; i < row->n_confirmed; i++) {
		if (strcmp(row->confirmed[i], post) == 0) {
			return true;
		}
	}
	return false;
}

static struct cell
unconfirmed(const struct export_row *r)
{
	const Kusanone__V1__Event *e = r->row->event;
	struct buf list = { 0 };

	for (size_t i = 0; i < e->n_holders; i++) {
		if (!is_confirmed(r->row, e->holders[i])) {
			export_add(&list, e->holders[i]);
		}
	}
	return export_list(r, &list);
}

/* ---- Sessions and lists ------------------------------------------------------------ */

/* None recorded is no statement about how many there were. */
static struct cell
sessions(const struct export_row *r)
{
	size_t count = r->row->event->n_sessions;

	return count != 0 ? cell_number((int64_t)count) : cell_text(NULL);
}

static struct cell
partners(const struct export_row *r)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < r->row->event->n_partners; i++) {
		export_add(&list, ask_text(r->cli, r->row->event->partners[i]->name));
	}
	return export_list(r, &list);
}

/* One for each partner, so that they stand in the same order. */
static struct cell
partner_kinds(const struct export_row *r)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < r->row->event->n_partners; i++) {
		const char *kind = r->row->event->partners[i]->kind;
		const char *label = export_label(r, "partner_kind", "", kind);

		export_add(&list, label[0] != '\0'  ? label
				  : kind[0] != '\0' ? kind
						    : phrase(r->cli, MSG_NOT_STATED));
	}
	return export_list(r, &list);
}

static struct cell
components(const struct export_row *r)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < r->row->event->n_components; i++) {
		const Kusanone__V1__Component *c = r->row->event->components[i];
		const char *text = ask_text(r->cli, c->text);
		bool both = c->kind[0] != '\0' && text[0] != '\0';

		export_add(&list, arena_printf(&r->cli->arena, "%s%s%s", c->kind,
					       both ? ": " : "", text));
	}
	return export_list(r, &list);
}

static struct cell
languages(const struct export_row *r)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < r->row->event->n_languages; i++) {
		export_add(&list, r->row->event->languages[i]);
	}
	return export_list(r, &list);
}

static struct cell
report_by(const struct export_row *r)
{
	const Kusanone__V1__Report *report = r->row->event->report;

	return export_clean(r, report != NULL ? report->filed_by : "");
}

static struct cell
report_on(const struct export_row *r)
{
	const Kusanone__V1__Report *report = r->row->event->report;
	Kusanone__V1__Date date = KUSANONE__V1__DATE__INIT;

	date.value = report != NULL ? report->filed_on : date.value;
	return export_date(r, &date);
}

static const char *
source_text(const struct export_row *r, const Kusanone__V1__Source *s)
{
	return s->quote[0] != '\0' ? phrase(r->cli, MSG_QUOTE, s->name, s->quote)
				   : s->name;
}

static struct cell
report_source(const struct export_row *r)
{
	const Kusanone__V1__Report *report = r->row->event->report;
	bool stated = report != NULL && report->source != NULL;

	return export_clean(r, stated ? source_text(r, report->source) : "");
}

static struct cell
sources(const struct export_row *r)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < r->row->event->n_sources; i++) {
		export_add(&list, source_text(r, r->row->event->sources[i]));
	}
	return export_list(r, &list);
}

/* ---- The table -------------------------------------------------------------------- */

#define FIELD(k, f, w, l)                                                                \
	{                                                                                \
		.kind = (k), .width = (w), .field = (f), .labels = (l)                   \
	}
#define TITLED(k, f, h, w, l)                                                            \
	{                                                                                \
		.kind = (k), .width = (w), .field = (f), .labels = (l), .header = (h),   \
		.titled = true                                                           \
	}

const struct export_column export_event_columns[] = {
	MADE(MSG_COL_EVENT_ID, NAME, export_id),
	MADE(MSG_COL_FISCAL_YEAR, FLAG, fiscal_year),
	FIELD(EXPORT_TEXT, "title", LINE, NULL),
	MADE(MSG_BY_STATUS, CODE, status),
	MADE(MSG_COL_COUNTED, FLAG, counted),
	MADE(MSG_COL_LEFT_OUT, NAME, left_out),
	MADE(MSG_COL_PROVISIONAL, FLAG, provisional),
	MADE(MSG_COL_BOUNDARY, FLAG, boundary),
	MADE(MSG_COL_BEST_PRACTICE, FLAG, best_practice),
	FIELD(EXPORT_CODE, "recorder", NAME, "post"),
	FIELD(EXPORT_CODE, "lead", NAME, "post"),
	FIELD(EXPORT_CODES, "holders", NAME, "post"),
	MADE(MSG_COL_CONFIRMED, CODE, export_confirmed),
	MADE(MSG_COL_UNCONFIRMED, CODE, unconfirmed),
	MADE(MSG_COL_START, DATE, export_first),
	MADE(MSG_COL_START_PRECISION, CODE, export_first_precision),
	MADE(MSG_COL_ZONE, NAME, export_first_zone),
	MADE(MSG_COL_OFFSET, CODE, export_first_offset),
	MADE(MSG_COL_END, DATE, export_last),
	MADE(MSG_COL_END_PRECISION, CODE, export_last_precision),
	MADE(MSG_COL_DATES, NAME, export_dates),
	MADE(MSG_COL_SESSIONS, FLAG, sessions),
	TITLED(EXPORT_COUNT, "session_count", MSG_COL_SESSION_COUNT, CODE, NULL),
	MADE(MSG_COL_STATE_CODES, CODE, export_state_codes),
	MADE(MSG_COL_STATES, NAME, export_states),
	MADE(MSG_COL_MUNICIPALITIES, NAME, export_municipalities),
	MADE(MSG_COL_COUNTY, NAME, export_counties),
	MADE(MSG_COL_COUNTRY, CODE, export_countries),
	MADE(MSG_COL_PLACES, NAME, export_places),
	MADE(MSG_COL_PLACE_KIND, CODE, export_place_kinds),
	FIELD(EXPORT_CODE, "format", NAME, "format"),
	FIELD(EXPORT_CODE, "category", NAME, "category"),
	FIELD(EXPORT_CODE, "frame", NAME, "frame"),
	FIELD(EXPORT_CODES, "pillars", NAME, "pillar"),
	FIELD(EXPORT_CODES, "topics", NAME, "topic"),
	FIELD(EXPORT_TEXT, "heading", LINE, NULL),
	FIELD(EXPORT_TEXT, "summary", LINE, NULL),
	FIELD(EXPORT_TEXT, "trigger", LINE, NULL),
	FIELD(EXPORT_COUNT, "participants", CODE, NULL),
	TITLED(EXPORT_COUNT, "participants_japan", MSG_COL_PARTICIPANTS_JAPAN, CODE,
	       NULL),
	TITLED(EXPORT_COUNT, "participants_other", MSG_COL_PARTICIPANTS_OTHER, CODE,
	       NULL),
	FIELD(EXPORT_YEN, "budget_planned", DATE, NULL),
	FIELD(EXPORT_YEN, "budget_spent", DATE, NULL),
	MADE(MSG_COL_PARTNERS, LINE, partners),
	MADE(MSG_COL_PARTNER_KINDS, NAME, partner_kinds),
	FIELD(EXPORT_CODES, "audience", NAME, "partner_kind"),
	TITLED(EXPORT_TEXT, "audience_text", MSG_COL_AUDIENCE_WORDS, LINE, NULL),
	FIELD(EXPORT_CODES, "vip_kinds", NAME, "vip_kind"),
	MADE(MSG_COL_COMPONENTS, LINE, components),
	FIELD(EXPORT_CODES, "outcomes", NAME, "outcome"),
	TITLED(EXPORT_TEXT, "outcome_text", MSG_COL_OUTCOME_WORDS, LINE, NULL),
	FIELD(EXPORT_TEXT, "press", LINE, NULL),
	FIELD(EXPORT_TEXT, "lesson", LINE, NULL),
	MADE(MSG_COL_REPORT_BY, NAME, report_by),
	MADE(MSG_COL_REPORT_ON, DATE, report_on),
	MADE(MSG_COL_REPORT_SOURCE, LINE, report_source),
	FIELD(EXPORT_STRING, "series", NAME, NULL),
	FIELD(EXPORT_STRING, "url", LINE, NULL),
	MADE(MSG_COL_LANGUAGES, CODE, languages),
	MADE(MSG_COL_SOURCES, LINE, sources),
	FIELD(EXPORT_TEXT, "note", LINE, NULL),
	FIELD(EXPORT_STRING, "source_key", NAME, NULL),
	MADE(MSG_COL_REVISION, NAME, export_revision),
	MADE(MSG_COL_POSITION, CODE, export_position),
	MADE(MSG_COL_JOINED, FLAG, joined),
	MADE(MSG_COL_AS_OF, CODE, export_as_of),
	{ .kind = EXPORT_END },
};
