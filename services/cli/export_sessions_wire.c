/* The columns of a table of sessions. */
#include "cli/ask_wire.h"
#include "cli/export_parts_wire.h"
#include "cli/labels_wire.h"
#include "cli/text.h"

static struct cell
session_id(const struct export_row *r)
{
	return export_clean(r, r->sheet->id);
}

static struct cell
fiscal_year(const struct export_row *r)
{
	return r->sheet->fiscal_year != 0 ? cell_number(r->sheet->fiscal_year)
					  : cell_text(NULL);
}

static struct cell
status(const struct export_row *r)
{
	return r->sheet->status != KUSANONE__V1__STATUS__STATUS_UNSPECIFIED
		       ? cell_text(label_status(r->cli, r->sheet->status))
		       : cell_text(NULL);
}

static struct cell
counted(const struct export_row *r)
{
	return export_flag(r->sheet->counted);
}

static struct cell
boundary(const struct export_row *r)
{
	return export_flag(r->sheet->boundary);
}

/* ---- When ------------------------------------------------------------------------- */

static struct cell
start(const struct export_row *r)
{
	return export_date(r, r->session->start);
}

static struct cell
start_precision(const struct export_row *r)
{
	return export_precision(r, r->session->start);
}

static struct cell
start_zone(const struct export_row *r)
{
	return export_zone(r, r->session->start);
}

static struct cell
start_offset(const struct export_row *r)
{
	return export_offset(r, r->session->start);
}

static struct cell
tokyo(const struct export_row *r)
{
	Kusanone__V1__Date date = KUSANONE__V1__DATE__INIT;

	if (r->session->dated_by != NULL) {
		date.value = r->session->dated_by->tokyo;
	}
	return export_date(r, &date);
}

static struct cell
end(const struct export_row *r)
{
	return export_date(r, r->session->end);
}

static struct cell
end_precision(const struct export_row *r)
{
	return export_precision(r, r->session->end);
}

/* ---- Where ------------------------------------------------------------------------ */

static const Kusanone__V1__Place *
place_of(const struct export_row *r)
{
	static const Kusanone__V1__Place nowhere = KUSANONE__V1__PLACE__INIT;

	return r->session->place != NULL ? r->session->place : &nowhere;
}

static struct cell
place(const struct export_row *r)
{
	return cell_text(ask_text(r->cli, place_of(r)->name));
}

static struct cell
place_kind(const struct export_row *r)
{
	return export_clean(r, place_of(r)->kind);
}

static struct cell
municipality(const struct export_row *r)
{
	return cell_text(ask_text(r->cli, place_of(r)->municipality));
}

static struct cell
county(const struct export_row *r)
{
	return export_clean(r, place_of(r)->county);
}

static struct cell
state_code(const struct export_row *r)
{
	return export_clean(r, place_of(r)->state);
}

static struct cell
state(const struct export_row *r)
{
	const Kusanone__V1__Place *p = place_of(r);

	return cell_text(export_label(
		r, "state", p->country[0] != '\0' ? p->country : "US", p->state));
}

static struct cell
country(const struct export_row *r)
{
	return export_clean(r, place_of(r)->country);
}

static struct cell
online(const struct export_row *r)
{
	return export_flag(r->session->online);
}

static struct cell
note_ja(const struct export_row *r)
{
	return export_clean(r, r->session->note != NULL ? r->session->note->ja : "");
}

static struct cell
note_en(const struct export_row *r)
{
	return export_clean(r, r->session->note != NULL ? r->session->note->en : "");
}

const struct export_column export_session_columns[] = {
	MADE(MSG_COL_EVENT_ID, NAME, export_id),
	MADE(MSG_COL_SESSION_ID, CODE, session_id),
	MADE(MSG_COL_FISCAL_YEAR, FLAG, fiscal_year),
	{ .kind = EXPORT_TEXT, .width = LINE, .field = "title" },
	MADE(MSG_BY_STATUS, CODE, status),
	MADE(MSG_COL_COUNTED, FLAG, counted),
	MADE(MSG_COL_BOUNDARY, FLAG, boundary),
	{ .kind = EXPORT_CODE, .width = NAME, .field = "recorder", .labels = "post" },
	{ .kind = EXPORT_CODES, .width = NAME, .field = "holders", .labels = "post" },
	MADE(MSG_COL_CONFIRMED, CODE, export_confirmed),
	MADE(MSG_COL_START, DATE, start),
	MADE(MSG_COL_START_PRECISION, CODE, start_precision),
	MADE(MSG_COL_ZONE, NAME, start_zone),
	MADE(MSG_COL_OFFSET, CODE, start_offset),
	MADE(MSG_COL_TOKYO, DATE, tokyo),
	MADE(MSG_COL_END, DATE, end),
	MADE(MSG_COL_END_PRECISION, CODE, end_precision),
	MADE(MSG_COL_PLACE, NAME, place),
	MADE(MSG_COL_PLACE_KIND, CODE, place_kind),
	MADE(MSG_COL_MUNICIPALITY, NAME, municipality),
	MADE(MSG_COL_COUNTY, NAME, county),
	MADE(MSG_COL_STATE_CODE, CODE, state_code),
	MADE(MSG_COL_STATE, NAME, state),
	MADE(MSG_COL_COUNTRY, CODE, country),
	MADE(MSG_COL_ONLINE, FLAG, online),
	{ .kind = EXPORT_CODE, .width = NAME, .field = "format", .labels = "format" },
	{ .kind = EXPORT_CODE, .width = NAME, .field = "category", .labels = "category" },
	MADE(MSG_COL_NOTE_JA, LINE, note_ja),
	MADE(MSG_COL_NOTE_EN, LINE, note_en),
	MADE(MSG_COL_REVISION, NAME, export_revision),
	MADE(MSG_COL_POSITION, CODE, export_position),
	MADE(MSG_COL_AS_OF, CODE, export_as_of),
	{ .kind = EXPORT_END },
};
