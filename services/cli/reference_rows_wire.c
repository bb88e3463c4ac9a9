/* Rows of reference data out of a folder of CSV files. */
#include "cli/reference_rows_wire.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/csv_file.h"
#include "cli/text.h"
#include "lib/model/calendar.h"

/* ---- Rows ------------------------------------------------------------------------ */

static void *
new_message(struct reference_import *im, const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message = arena_alloc(&im->cli->arena, type->sizeof_message);

	protobuf_c_message_init(type, message);
	return message;
}

static char *
text_of(const struct csv_cell *cell)
{
	return (char *)(uintptr_t)cell->text;
}

static Kusanone__V1__ReferenceRow *
add_row(struct reference_import *im)
{
	if (im->count == im->cap) {
		im->cap = im->cap != 0 ? 2 * im->cap : 256;
		im->rows = xrealloc(im->rows, im->cap * sizeof(*im->rows));
	}
	im->rows[im->count] = new_message(im, &kusanone__v1__reference_row__descriptor);
	return im->rows[im->count++];
}

static Kusanone__V1__Text *
label_of(struct reference_import *im, const struct csv_cell *ja,
	 const struct csv_cell *en)
{
	Kusanone__V1__Text *text = new_message(im, &kusanone__v1__text__descriptor);

	text->ja = ja != NULL ? text_of(ja) : text->ja;
	text->en = en != NULL ? text_of(en) : text->en;
	return text;
}

/* NULL where neither is said. */
static Kusanone__V1__Source *
source_of(struct reference_import *im, const struct csv_cell *name,
	  const struct csv_cell *quote)
{
	Kusanone__V1__Source *source = new_message(im, &kusanone__v1__source__descriptor);

	source->name = name != NULL ? text_of(name) : source->name;
	source->quote = quote != NULL ? text_of(quote) : source->quote;
	return source->name[0] != '\0' || source->quote[0] != '\0' ? source : NULL;
}

static void
fault_at(struct reference_import *im, const struct csv_file *file,
	 const struct csv_cell *cell, const char *text)
{
	im->faulty = true;
	csv_complain(im->cli, file, cell, text);
}

static bool
need(struct reference_import *im, const struct csv_file *file,
     const struct csv_cell *cell, const char *column)
{
	if (cell->text[0] != '\0') {
		return true;
	}
	fault_at(im, file, cell, phrase(im->cli, MSG_CSV_NEEDED, column));
	return false;
}

/* A day, or empty. 'shift' days later; "" stays open. */
static char *
day_of(struct reference_import *im, const struct csv_file *file,
       const struct csv_cell *cell, int32_t shift)
{
	char text[DATE_TEXT_SIZE];
	struct date date;

	if (cell->text[0] == '\0') {
		return text_of(cell);
	}
	if (!date_parse(slice_str(cell->text), &date) ||
	    date.precision != PRECISION_DAY) {
		fault_at(im, file, cell,
			 phrase(im->cli, MSG_CSV_DAY,
				text_clean(&im->cli->arena, cell->text)));
		return text_of(cell);
	}
	date = date_of_day(date_first_day(&date) + shift);
	date_format(&date, text);
	return arena_dup(&im->cli->arena, text, strlen(text));
}

/* Degrees with at most six decimals as millionths. */
static int32_t
degrees_of(struct reference_import *im, const struct csv_file *file,
	   const struct csv_cell *cell)
{
	const char *at = cell->text;
	bool negative = *at == '-';
	int64_t value = 0;
	unsigned decimals = 0;
	unsigned digits = 0;
	bool point = false;

	if (*at == '\0') {
		return 0;
	}
	for (at += negative ? 1 : 0; *at != '\0'; at++) {
		if (*at == '.' && !point) {
			point = true;
		} else if (*at >= '0' && *at <= '9' && decimals < 6 && digits < 9) {
			value = value * 10 + (*at - '0');
			digits++;
			decimals += point ? 1 : 0;
		} else {
			break;
		}
	}
	for (; decimals < 6; decimals++) {
		value *= 10;
	}
	if (*at != '\0' || digits == 0 || value > 180 * INT64_C(1000000)) {
		fault_at(im, file, cell,
			 phrase(im->cli, MSG_CSV_DEGREES,
				text_clean(&im->cli->arena, cell->text)));
		return 0;
	}
	return (int32_t)(negative ? -value : value);
}

/* "A;B;C" as a list. */
static void
split(struct reference_import *im, const char *text, char ***ret_items, size_t *ret_count)
{
	char *copy = arena_dup(&im->cli->arena, text, strlen(text));
	char **items = arena_alloc(&im->cli->arena, (strlen(text) + 1) * sizeof(*items));
	char *rest = copy;
	char *item;

	*ret_items = items;
	*ret_count = 0;
	while ((item = strsep(&rest, ";")) != NULL) {
		item += strspn(item, " ");
		if (*item != '\0') {
			items[(*ret_count)++] = item;
		}
	}
}

/* ---- Files ----------------------------------------------------------------------- */

static void
take_posts(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct csv_cell *c = file->rows[i].cells;
		Kusanone__V1__ReferenceRow *row = add_row(im);
		Kusanone__V1__PostRow *post =
			new_message(im, &kusanone__v1__post_row__descriptor);

		need(im, file, &c[0], "post_id");
		need(im, file, &c[8], "timezone");
		post->id = text_of(&c[0]);
		post->kind = text_of(&c[1]);
		post->name = label_of(im, &c[3], &c[2]);
		post->city = text_of(&c[4]);
		post->state = text_of(&c[5]);
		post->lat_e6 = degrees_of(im, file, &c[6]);
		post->lon_e6 = degrees_of(im, file, &c[7]);
		post->zone = text_of(&c[8]);
		row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_POST;
		row->post = post;
	}
}

static void
take_states(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct csv_cell *c = file->rows[i].cells;
		Kusanone__V1__ReferenceRow *row = add_row(im);
		Kusanone__V1__StateRow *state =
			new_message(im, &kusanone__v1__state_row__descriptor);

		need(im, file, &c[1], "code");
		state->country = text_of(&c[0]);
		state->code = text_of(&c[1]);
		state->label = label_of(im, &c[2], &c[3]);
		row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_STATE;
		row->state = state;
	}
}

static Kusanone__V1__JurisdictionRow *
jurisdiction_of(struct reference_import *im, const struct csv_file *file,
		const struct csv_cell *c)
{
	static const struct {
		const char *word;
		Kusanone__V1__Part part;
	} parts[] = {
		{ "all", KUSANONE__V1__PART__PART_ALL },
		{ "rest", KUSANONE__V1__PART__PART_REST },
		{ "oversight", KUSANONE__V1__PART__PART_OVERSIGHT },
	};
	Kusanone__V1__JurisdictionRow *row =
		new_message(im, &kusanone__v1__jurisdiction_row__descriptor);

	need(im, file, &c[0], "post_id");
	need(im, file, &c[1], "state_code");
	row->post = text_of(&c[0]);
	row->state = text_of(&c[1]);
	if (strncmp(c[2].text, "counties:", 9) == 0) {
		row->part = KUSANONE__V1__PART__PART_COUNTIES;
		split(im, c[2].text + 9, &row->counties, &row->n_counties);
	}
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (strcmp(parts[i].word, c[2].text) == 0) {
			row->part = parts[i].part;
		}
	}
	if (row->part == KUSANONE__V1__PART__PART_UNSPECIFIED ||
	    (row->part == KUSANONE__V1__PART__PART_COUNTIES && row->n_counties == 0)) {
		fault_at(im, file, &c[2],
			 phrase(im->cli, MSG_CSV_PART,
				text_clean(&im->cli->arena, c[2].text)));
	}
	return row;
}

static void
take_jurisdictions(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		Kusanone__V1__ReferenceRow *row = add_row(im);

		row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_JURISDICTION;
		row->jurisdiction = jurisdiction_of(im, file, file->rows[i].cells);
	}
}

static void
take_dated_jurisdictions(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct csv_cell *c = file->rows[i].cells;
		Kusanone__V1__ReferenceRow *row = add_row(im);

		row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_JURISDICTION;
		row->jurisdiction = jurisdiction_of(im, file, c);
		row->valid_from = day_of(im, file, &c[3], 0);
		row->valid_to = day_of(im, file, &c[4], 0);
		row->source = source_of(im, &c[5], NULL);
	}
}

static void
take_codes(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct csv_cell *c = file->rows[i].cells;
		Kusanone__V1__ReferenceRow *row = add_row(im);
		Kusanone__V1__CodeRow *code =
			new_message(im, &kusanone__v1__code_row__descriptor);

		need(im, file, &c[0], "dimension");
		need(im, file, &c[1], "code");
		code->dimension = text_of(&c[0]);
		code->code = text_of(&c[1]);
		code->label = label_of(im, &c[2], &c[3]);
		split(im, c[6].text, &code->attributes, &code->n_attributes);
		row->source = source_of(im, &c[4], &c[5]);
		row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_CODE;
		row->code = code;
	}
}

static void
take_pillars(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct csv_cell *c = file->rows[i].cells;
		Kusanone__V1__ReferenceRow *row = add_row(im);
		Kusanone__V1__PillarRow *pillar =
			new_message(im, &kusanone__v1__pillar_row__descriptor);

		need(im, file, &c[0], "code");
		pillar->code = text_of(&c[0]);
		pillar->parent = text_of(&c[1]);
		pillar->plan = text_of(&c[2]);
		pillar->label = label_of(im, &c[3], &c[4]);
		row->valid_from = day_of(im, file, &c[5], 0);
		/* It holds to the day before the one that replaced it. */
		row->valid_to = day_of(im, file, &c[6], -1);
		row->source = source_of(im, NULL, &c[7]);
		if (c[8].text[0] != '\0') {
			row->note = label_of(im, NULL, &c[8]);
		}
		row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_PILLAR;
		row->pillar = pillar;
	}
}

static void
take_municipalities(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct csv_cell *c = file->rows[i].cells;
		Kusanone__V1__ReferenceRow *row = add_row(im);
		Kusanone__V1__MunicipalityRow *town =
			new_message(im, &kusanone__v1__municipality_row__descriptor);

		town->country = text_of(&c[0]);
		town->state = text_of(&c[1]);
		town->name = label_of(im, &c[2], &c[3]);
		row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_MUNICIPALITY;
		row->municipality = town;
	}
}

static void
take_settings(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct csv_cell *c = file->rows[i].cells;
		Kusanone__V1__ReferenceRow *row = add_row(im);
		Kusanone__V1__SettingRow *setting =
			new_message(im, &kusanone__v1__setting_row__descriptor);

		need(im, file, &c[0], "name");
		setting->name = text_of(&c[0]);
		setting->value = text_of(&c[1]);
		row->valid_from = day_of(im, file, &c[2], 0);
		row->valid_to = day_of(im, file, &c[3], 0);
		row->row_case = KUSANONE__V1__REFERENCE_ROW__ROW_SETTING;
		row->setting = setting;
	}
}

/* Each county listed there lies with that post by the rows of jurisdictions.csv; the
 * file makes no rows of its own. */
static void
check_counties(struct reference_import *im, const struct csv_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const struct csv_cell *c = file->rows[i].cells;
		bool agrees = false;

		for (size_t k = 0; k < im->count; k++) {
			const Kusanone__V1__ReferenceRow *row = im->rows[k];
			const Kusanone__V1__JurisdictionRow *j = row->jurisdiction;

			if (row->row_case !=
				    KUSANONE__V1__REFERENCE_ROW__ROW_JURISDICTION ||
			    strcmp(j->post, c[2].text) != 0 ||
			    strcmp(j->state, c[0].text) != 0) {
				continue;
			}
			agrees = agrees || j->part == KUSANONE__V1__PART__PART_ALL ||
				 j->part == KUSANONE__V1__PART__PART_REST;
			for (size_t n = 0; n < j->n_counties; n++) {
				agrees = agrees || strcmp(j->counties[n], c[1].text) == 0;
			}
		}
		if (!agrees) {
			fault_at(im, file, &c[1],
				 phrase(im->cli, MSG_CSV_COUNTY,
					text_clean(&im->cli->arena, c[1].text),
					text_clean(&im->cli->arena, c[2].text)));
		}
	}
}

static const struct source_file {
	const char *name;
	const char *columns[CSV_MAX_COLUMNS];
	void (*take)(struct reference_import *, const struct csv_file *);
} files[] = {
	{ "posts.csv",
	  { "post_id", "kind", "name_en", "name_ja", "city", "state", "lat", "lon",
	    "timezone", NULL },
	  take_posts },
	{ "states.csv",
	  { "country", "code", "label_ja", "label_en", NULL },
	  take_states },
	{ "jurisdictions.csv",
	  { "post_id", "state_code", "part", NULL },
	  take_jurisdictions },
	{ "jurisdictions-history.csv",
	  { "post_id", "state_code", "part", "valid_from", "valid_to", "source", NULL },
	  take_dated_jurisdictions },
	{ "split-counties.csv",
	  { "state_code", "county", "post_id", NULL },
	  check_counties },
	{ "categories.csv",
	  { "dimension", "code", "label_ja", "label_en", "label_source", "seed_quote_ja",
	    "attributes", NULL },
	  take_codes },
	{ "pillars.csv",
	  { "code", "parent", "plan", "label_ja", "label_en", "plan_set_on",
	    "plan_superseded_on", "seed_quote_ja", "note", NULL },
	  take_pillars },
	{ "municipalities.csv",
	  { "country", "state", "name_ja", "name_en", NULL },
	  take_municipalities },
	{ "settings.csv",
	  { "name", "value", "valid_from", "valid_to", NULL },
	  take_settings },
};

/* ---- The folder */

bool
reference_read(struct reference_import *im, const char *folder)
{
	struct cli *cli = im->cli;
	size_t found = 0;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const char *path =
			arena_printf(&cli->arena, "%s/%s", folder, files[i].name);
		struct csv_file file;
		size_t before = im->count;

		if (access(path, F_OK) != 0) {
			continue;
		}
		found++;
		if (!csv_read(cli, path, files[i].columns, &file)) {
			im->faulty = true;
			continue;
		}
		files[i].take(im, &file);
		if (!cli->json && im->count != before) {
			say(cli, &cli->out, MSG_IMPORT_FILE, files[i].name,
			    unsigned_text(&cli->arena, im->count - before));
		}
	}
	if (found == 0) {
		complain(cli, 0,
			 access(folder, F_OK) == 0 ? MSG_IMPORT_NOTHING
						   : MSG_FOLDER_MISSING,
			 text_argument(cli, folder));
	} else if (im->faulty) {
		complain(cli, 0, MSG_IMPORT_FAULTY);
	}
	return found != 0 && !im->faulty;
}
