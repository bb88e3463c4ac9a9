#include "cli/csv_file.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "cli/input.h"
#include "cli/text.h"

enum { MAX_COMPLAINTS = 20 };

struct reader {
	struct cli *cli;
	struct csv_file *file;
	const char *const *columns;
	unsigned column_count;

	/* Where we are. */
	unsigned line, column;           /* Of the byte that the parser sees. */
	unsigned cell_line, cell_column; /* Where the cell under way began. */

	/* The row under way. */
	struct csv_cell cells[CSV_MAX_COLUMNS];
	unsigned count;
	bool too_many;

	bool has_header;
	unsigned place[CSV_MAX_COLUMNS]; /* Of a column asked for, in the file. */
	unsigned width;                  /* Cells of the header. */
	size_t cap;
	unsigned complaints;
};

void
csv_complain(struct cli *cli, const struct csv_file *file, const struct csv_cell *cell,
	     const char *text)
{
	cli->code = EXIT_REFUSED;
	cli_complain(cli, EXIT_REFUSED,
		     arena_printf(&cli->arena, "%s:%u:%u: %s", file->name, cell->line,
				  cell->column, text));
}

static void
fault(struct reader *r, unsigned line, unsigned column, const char *text)
{
	const struct csv_cell at = { .line = line, .column = column };

	if (r->complaints++ < MAX_COMPLAINTS) {
		csv_complain(r->cli, r->file, &at, text);
	}
}

static void
end_cell(void *text, size_t len, void *ctx)
{
	struct reader *r = ctx;

	if (r->count == CSV_MAX_COLUMNS) {
		r->too_many = true;
		return;
	}
	r->cells[r->count++] = (struct csv_cell){
		.text = arena_dup(&r->cli->arena, text, len),
		.line = r->cell_line,
		.column = r->cell_column,
	};
	r->cell_line = r->line;
	r->cell_column = r->column + 1;
}

static void
take_header(struct reader *r)
{
	r->has_header = true;
	r->width = r->count;
	for (unsigned c = 0; c < r->column_count; c++) {
		unsigned at = 0;

		while (at < r->count && strcmp(r->cells[at].text, r->columns[c]) != 0) {
			at++;
		}
		r->place[c] = at;
		if (at == r->count) {
			fault(r, r->cells[0].line, 1,
			      phrase(r->cli, MSG_CSV_NO_COLUMN, r->columns[c]));
		}
	}
}

static void
take_row(struct reader *r)
{
	struct csv_file *file = r->file;

	if (r->count != r->width) {
		fault(r, r->cells[0].line, r->cells[0].column,
		      phrase(r->cli, MSG_CSV_CELLS,
			     unsigned_text(&r->cli->arena, r->count),
			     unsigned_text(&r->cli->arena, r->width)));
		return;
	}
	if (r->complaints != 0) {
		return; /* Without its columns there is no row. */
	}
	if (file->count == r->cap) {
		size_t cap = r->cap != 0 ? 2 * r->cap : 64;
		struct csv_row *rows = arena_alloc(&r->cli->arena, cap * sizeof(*rows));

		if (file->count != 0) {
			memcpy(rows, file->rows, file->count * sizeof(*rows));
		}
		file->rows = rows;
		r->cap = cap;
	}
	struct csv_row *row = &file->rows[file->count++];
	row->line = r->cells[0].line;
	for (unsigned c = 0; c < r->column_count; c++) {
		row->cells[c] = r->cells[r->place[c]];
	}
}

static void
end_row(int c, void *ctx)
{
	struct reader *r = ctx;

	if (r->count != 0) {
		if (r->too_many) {
			fault(r, r->cells[0].line, 1,
			      phrase(r->cli, MSG_CSV_TOO_WIDE,
				     unsigned_text(&r->cli->arena, CSV_MAX_COLUMNS)));
		} else if (!r->has_header) {
			take_header(r);
		} else {
			take_row(r);
		}
	}
	r->count = 0;
	r->too_many = false;
	(void)c;
}

/* The parser is given byte after byte, so that every cell's place is known. */
static void
parse(struct reader *r, struct csv_parser *parser, struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (csv_parse(parser, text.at + i, 1, end_cell, end_row, r) != 1) {
			fault(r, r->line, r->column, phrase(r->cli, MSG_CSV_QUOTE));
			return;
		}
		if (text.at[i] == '\n') {
			r->line++;
			r->column = 1;
		} else if ((text.at[i] & 0xc0) != 0x80) {
			r->column++;
		}
		if (r->count == 0 && (text.at[i] == '\n' || text.at[i] == '\r') &&
		    parser->entry_pos == 0) {
			r->cell_line = r->line;
			r->cell_column = r->column;
		}
	}
	if (csv_fini(parser, end_cell, end_row, r) != 0) {
		fault(r, r->cell_line, r->cell_column, phrase(r->cli, MSG_CSV_UNCLOSED));
	}
}

bool
csv_read(struct cli *cli, const char *path, const char *const *columns,
	 struct csv_file *ret_file)
{
	struct reader r = { .cli = cli,
			    .file = ret_file,
			    .columns = columns,
			    .line = 1,
			    .column = 1,
			    .cell_line = 1,
			    .cell_column = 1 };
	struct csv_parser parser;
	struct slice text;

	*ret_file = (struct csv_file){ .name = text_argument(cli, path) };
	while (columns[r.column_count] != NULL) {
		r.column_count++;
	}
	must(r.column_count <= CSV_MAX_COLUMNS);
	if (!input_read_file(cli, path, CSV_MAX_BYTES, &text)) {
		return false;
	}
	if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0) {
		text = slice_from(text, 3);
	}
	if (!utf8_valid(text)) {
		cli->code =
			cli_complain(cli, EXIT_REFUSED,
				     arena_printf(&cli->arena, "%s: %s", ret_file->name,
						  phrase(cli, MSG_FAULT_NOT_UTF8)));
		return false;
	}
	must(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) == 0);
	parse(&r, &parser, text);
	csv_free(&parser);
	if (r.complaints == 0 && !r.has_header) {
		fault(&r, 1, 1, phrase(cli, MSG_CSV_EMPTY));
	}
	return r.complaints == 0;
}

/* The length of one of the texts that 'text' begins with; 0: with none. */
static size_t
begins_with(const char *text, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(list[i]);

		if (strncmp(text, list[i], len) == 0) {
			return len;
		}
	}
	return 0;
}

bool
csv_is_formula(const char *text)
{
	/* Before a formula they do not keep spreadsheets from seeing it. */
	static const char *const blanks[] = { " ",      "\u00a0", "\u200b",
					      "\u2060", "\u3000", "\ufeff" };
	/* The wide ones are as good in Japanese, U+2212 is a minus as well. */
	static const char *const begins[] = { "=",  "+",  "-",  "@",  "\t",     "\r",
					      "\n", "＝", "＋", "－", "\u2212", "＠" };
	size_t len;

	while ((len = begins_with(text, blanks, ARRAY_LEN(blanks))) != 0) {
		text += len;
	}
	return begins_with(text, begins, ARRAY_LEN(begins)) != 0;
}

void
csv_put_text(struct buf *b, const char *text)
{
	bool formula = csv_is_formula(text);
	size_t len = strlen(text) + (formula ? 1 : 0);
	char *safe = xmalloc(len + 1);

	safe[0] = '\'';
	memcpy(safe + (formula ? 1 : 0), text, strlen(text) + 1);
	/* Readers take blanks at the ends away where there are no quotes. */
	if (strpbrk(safe, ",\"\n\r") == NULL && safe[0] != ' ' &&
	    (len == 0 || safe[len - 1] != ' ')) {
		buf_put(b, safe, len);
	} else {
		size_t need = csv_write(NULL, 0, safe, len);
		uint8_t *at = buf_grow(b, need);

		must(csv_write(at, need, safe, len) == need);
	}
	free(safe);
}
