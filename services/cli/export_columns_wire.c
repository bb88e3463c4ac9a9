#include "cli/export_parts_wire.h"

#include <string.h>

#include "cli/ask_wire.h"
#include "cli/labels_wire.h"
#include "cli/text.h"

/* ---- Parts of cells --------------------------------------------------------------- */

struct cell
export_clean(const struct export_row *r, const char *text)
{
	return cell_text(text_clean_lines(&r->cli->arena, text));
}

const char *
export_label(const struct export_row *r, const char *kind, const char *group,
	     const char *code)
{
	for (size_t i = 0; i < r->reply->n_labels; i++) {
		const Kusanone__V1__SheetLabel *label = r->reply->labels[i];

		if (strcmp(label->code, code) == 0 && strcmp(label->kind, kind) == 0 &&
		    strcmp(label->group, group) == 0) {
			return ask_text(r->cli, label->label);
		}
	}
	return "";
}

void
export_add(struct buf *list, const char *item)
{
	if (item[0] != '\0') {
		buf_printf(list, "%s%s", list->len != 0 ? "; " : "", item);
	}
}

struct cell
export_list(const struct export_row *r, struct buf *list)
{
	const char *text = arena_dup(&r->cli->arena, list->at, list->len);

	buf_fini(list);
	return export_clean(r, text);
}

bool
export_read_date(const Kusanone__V1__Date *date, struct date *ret_date)
{
	return date != NULL && date_parse(slice_str(date->value), ret_date);
}

struct cell
export_date(const struct export_row *r, const Kusanone__V1__Date *date)
{
	struct cell cell = { 0 };

	if (!export_read_date(date, &cell.date)) {
		return export_clean(r, date != NULL ? date->value : "");
	}
	cell.kind = cell.date.precision == PRECISION_MINUTE ? CELL_MINUTE
		    : cell.date.precision == PRECISION_DAY  ? CELL_DAY
							    : CELL_TEXT;
	cell.text = date->value;
	return cell;
}

struct cell
export_precision(const struct export_row *r, const Kusanone__V1__Date *date)
{
	static const enum message words[] = {
		[PRECISION_FISCAL_YEAR] = MSG_PRECISION_FISCAL_YEAR,
		[PRECISION_YEAR] = MSG_PRECISION_YEAR,
		[PRECISION_MONTH] = MSG_PRECISION_MONTH,
		[PRECISION_DAY] = MSG_PRECISION_DAY,
		[PRECISION_MINUTE] = MSG_PRECISION_MINUTE,
	};
	struct date d;

	return export_read_date(date, &d) ? cell_text(phrase(r->cli, words[d.precision]))
					  : cell_text(NULL);
}

struct cell
export_zone(const struct export_row *r, const Kusanone__V1__Date *date)
{
	return export_clean(r, date != NULL ? date->zone : "");
}

struct cell
export_offset(const struct export_row *r, const Kusanone__V1__Date *date)
{
	if (date == NULL || date->zone[0] == '\0') {
		return cell_text(NULL);
	}
	int minutes = date->utc_offset_minutes;
	int size = minutes < 0 ? -minutes : minutes;
	return cell_text(arena_printf(&r->cli->arena, "UTC%c%02d:%02d",
				      minutes < 0 ? '-' : '+', size / 60 % 100,
				      size % 60));
}

struct cell
export_id(const struct export_row *r)
{
	return export_clean(r, r->row->event_id);
}

struct cell
export_confirmed(const struct export_row *r)
{
	struct buf list = { 0 };

	for (size_t i = 0; i < r->row->n_confirmed; i++) {
		export_add(&list, r->row->confirmed[i]);
	}
	return export_list(r, &list);
}

struct cell
export_revision(const struct export_row *r)
{
	return export_clean(r, r->row->revision);
}

struct cell
export_position(const struct export_row *r)
{
	return cell_number((int64_t)r->row->position);
}

struct cell
export_as_of(const struct export_row *r)
{
	return cell_number((int64_t)r->reply->position);
}

/* ---- Fields of the event ---------------------------------------------------------- */

static const void *
field_at(const struct export_row *r, const char *name, size_t *ret_count)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(
			&kusanone__v1__event__descriptor, name);
	const uint8_t *event = (const uint8_t *)r->row->event;

	must(field != NULL);
	if (ret_count != NULL) {
		memcpy(ret_count, event + field->quantifier_offset, sizeof(*ret_count));
	}
	return *(const void *const *)(const void *)(event + field->offset);
}

static struct cell
bound_cell(const struct export_row *r, Kusanone__V1__Bound bound)
{
	switch (bound) {
	case KUSANONE__V1__BOUND__BOUND_EXACT:
		return cell_text(phrase(r->cli, MSG_BOUND_EXACT));
	case KUSANONE__V1__BOUND__BOUND_ABOUT:
		return cell_text(phrase(r->cli, MSG_BOUND_ABOUT));
	case KUSANONE__V1__BOUND__BOUND_AT_LEAST:
		return cell_text(phrase(r->cli, MSG_BOUND_AT_LEAST));
	default:
		return cell_text(NULL);
	}
}

static size_t
put_codes(const struct export_row *r, const struct export_column *c, struct cell *cells)
{
	struct buf codes = { 0 };
	struct buf labels = { 0 };
	size_t count = 0;
	const char *const *items = field_at(r, c->field, &count);

	for (size_t i = 0; i < count; i++) {
		const char *label = export_label(r, c->labels, "", items[i]);

		export_add(&codes, items[i]);
		export_add(&labels, label[0] != '\0' ? label : items[i]);
	}
	cells[0] = export_list(r, &codes);
	cells[1] = export_list(r, &labels);
	return 2;
}

static size_t
put_code(const struct export_row *r, const struct export_column *c, struct cell *cells)
{
	const char *code = field_at(r, c->field, NULL);

	cells[0] = export_clean(r, code);
	cells[1] = cell_text(export_label(r, c->labels, "", code));
	return 2;
}

static size_t
put_column(const struct export_row *r, const struct export_column *c, struct cell *cells)
{
	const Kusanone__V1__Text *text;
	const Kusanone__V1__Count *count;
	const Kusanone__V1__Money *money;

	switch (c->kind) {
	case EXPORT_MADE:
		cells[0] = c->make(r);
		return 1;
	case EXPORT_STRING:
		cells[0] = export_clean(r, field_at(r, c->field, NULL));
		return 1;
	case EXPORT_TEXT:
		text = field_at(r, c->field, NULL);
		cells[0] = export_clean(r, text != NULL ? text->ja : "");
		cells[1] = export_clean(r, text != NULL ? text->en : "");
		return 2;
	case EXPORT_CODE:
		return put_code(r, c, cells);
	case EXPORT_CODES:
		return put_codes(r, c, cells);
	case EXPORT_COUNT:
		count = field_at(r, c->field, NULL);
		cells[0] = cells[1] = cell_text(NULL);
		if (count != NULL) {
			cells[0] = cell_number((int64_t)count->value);
			cells[1] = bound_cell(r, count->bound);
		}
		return 2;
	case EXPORT_YEN:
		money = field_at(r, c->field, NULL);
		cells[0] = cells[1] = cell_text(NULL);
		if (money != NULL) {
			cells[0] =
				(struct cell){ .kind = CELL_YEN, .number = money->jpy };
			cells[1] = bound_cell(r, money->bound);
		}
		return 2;
	default:
		must_fail(__FILE__, __LINE__, __func__, "a kind of column");
	}
}

/* ---- Tables ----------------------------------------------------------------------- */

static const struct export_column *
columns_of(enum export_table table)
{
	return table == EXPORT_EVENTS ? export_event_columns : export_session_columns;
}

/* The first header of a column, and the second if it has two cells. */
static size_t
put_headers(struct cli *cli, const struct export_column *c, const char *headers[2])
{
	if (c->field == NULL) {
		headers[0] = phrase(cli, c->header);
		return 1;
	}
	const char *name = label_field(cli, c->field);
	must(name != NULL);
	while (*name == ' ') { /* Of a share of the field before it. */
		name++;
	}
	headers[0] = c->titled ? phrase(cli, c->header) : name;
	name = headers[0];
	switch (c->kind) {
	case EXPORT_TEXT:
		headers[0] = phrase(cli, MSG_COL_JA, name);
		headers[1] = phrase(cli, MSG_COL_EN, name);
		return 2;
	case EXPORT_CODE:
	case EXPORT_CODES:
		headers[0] = phrase(cli, MSG_COL_CODE, name);
		headers[1] = name;
		return 2;
	case EXPORT_COUNT:
		headers[1] = phrase(cli, MSG_COL_BOUND, name);
		return 2;
	case EXPORT_YEN:
		headers[0] = phrase(cli, MSG_COL_JPY, name);
		headers[1] = phrase(cli, MSG_COL_BOUND, name);
		return 2;
	default:
		return 1;
	}
}

size_t
export_columns(struct cli *cli, enum export_table table,
	       struct xlsx_column ret_columns[EXPORT_MAX_COLUMNS])
{
	enum { CODE_WIDTH = 10 };
	size_t count = 0;

	for (const struct export_column *c = columns_of(table); c->kind != EXPORT_END;
	     c++) {
		const char *headers[2];
		size_t n = put_headers(cli, c, headers);
		bool code = c->kind == EXPORT_CODE || c->kind == EXPORT_CODES;
		bool figure = c->kind == EXPORT_COUNT || c->kind == EXPORT_YEN;

		must(count + n <= EXPORT_MAX_COLUMNS);
		for (size_t i = 0; i < n; i++) {
			bool narrow = (code && i == 0) || (figure && i == 1);

			ret_columns[count++] =
				(struct xlsx_column){ headers[i],
						      narrow ? CODE_WIDTH : c->width };
		}
	}
	return count;
}

size_t
export_cells(struct cli *cli, enum export_table table,
	     const Kusanone__V1__SheetReply *reply, const Kusanone__V1__SheetRow *row,
	     const Kusanone__V1__SheetSession *session,
	     struct cell ret_cells[EXPORT_MAX_COLUMNS])
{
	static const Kusanone__V1__Session unknown = KUSANONE__V1__SESSION__INIT;
	struct export_row r = { .cli = cli,
				.reply = reply,
				.row = row,
				.sheet = session,
				.session = &unknown };
	size_t count = 0;

	for (size_t i = 0; session != NULL && i < row->event->n_sessions; i++) {
		if (strcmp(row->event->sessions[i]->id, session->id) == 0) {
			r.session = row->event->sessions[i];
			break;
		}
	}
	for (const struct export_column *c = columns_of(table); c->kind != EXPORT_END;
	     c++) {
		count += put_column(&r, c, ret_cells + count);
	}
	return count;
}
