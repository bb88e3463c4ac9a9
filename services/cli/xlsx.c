#include "cli/xlsx.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "lib/base/mem.h"

enum {
	TEXT_MAX = 32767,     /* UTF-16 units that a cell holds. */
	NUMBER_MAX_BITS = 53, /* Beyond that a double is no whole number. */
	PAGE_WIDTH = 28,
	PAGE_WIDTH_2 = 80, /* Of a page of text. */
};
#define HEX "0123456789abcdefABCDEF"

struct sheet {
	lxw_worksheet *sheet;
	size_t columns;
	lxw_row_t next;
};

struct xlsx {
	char *path;
	lxw_workbook *book;
	lxw_format *bold, *yen, *day, *minute;
	struct sheet sheets[XLSX_MAX_SHEETS];
	unsigned count;
	char *folder;
	int error; /* errno of the first write that failed. */
};

static lxw_format *
number_format(lxw_workbook *book, const char *format)
{
	lxw_format *f = workbook_add_format(book);

	format_set_num_format(f, format);
	return f;
}

/* The folder of 'path'. */
static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? xstrdup(".")
			     : xstrndup(path, slash == path ? 1 : (size_t)(slash - path));
}

struct xlsx *
xlsx_new(const char *path, const char *title, wall_ms_t created)
{
	struct xlsx *x = xcalloc(1, sizeof(*x));

	x->path = xstrdup(path);
	x->folder = folder_of(path);
	lxw_workbook_options options = { .constant_memory = LXW_TRUE,
					 .tmpdir = x->folder };
	x->book = workbook_new_opt(path, &options);
	must(x->book != NULL);
	/* 0 would be the clock's. */
	lxw_doc_properties properties = { .title = (char *)(uintptr_t)title,
					  .created = created >= 1000
							     ? (time_t)(created / 1000)
							     : 1 };
	(void)workbook_set_properties(x->book, &properties);
	x->bold = workbook_add_format(x->book);
	format_set_bold(x->bold);
	x->yen = number_format(x->book, "\"¥\"#,##0");
	x->day = number_format(x->book, "yyyy-mm-dd");
	x->minute = number_format(x->book, "yyyy-mm-dd hh:mm");
	return x;
}

unsigned
xlsx_add_sheet(struct xlsx *x, const char *name, const struct xlsx_column *columns,
	       size_t count)
{
	must(x->count < XLSX_MAX_SHEETS);
	struct sheet *s = &x->sheets[x->count];

	*s = (struct sheet){ .sheet = workbook_add_worksheet(x->book, name),
			     .columns = count };
	must(s->sheet != NULL);
	if (count == 0) {
		worksheet_set_column(s->sheet, 0, 0, PAGE_WIDTH, NULL);
		worksheet_set_column(s->sheet, 1, 1, PAGE_WIDTH_2, NULL);
		return x->count++;
	}
	for (size_t i = 0; i < count; i++) {
		lxw_col_t c = (lxw_col_t)i;

		worksheet_set_column(s->sheet, c, c, columns[i].width, NULL);
		worksheet_write_string(s->sheet, 0, c, columns[i].header, x->bold);
	}
	worksheet_freeze_panes(s->sheet, 1, 0);
	s->next = 1;
	return x->count++;
}

/* ---- Cells ------------------------------------------------------------------------ */

/* "_x0041_", which stands for "A" in the text of a cell. */
static bool
is_escape(const char *at)
{
	return at[0] == '_' && at[1] == 'x' && strspn(at + 2, HEX) >= 4 && at[6] == '_';
}

/* U+FFFE and U+FFFF, which no XML may hold. */
static bool
is_no_character(const char *at)
{
	return strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0;
}

static size_t
character_len(const char *at)
{
	size_t len = 1;

	while (((unsigned char)at[len] & 0xc0) == 0x80) {
		len++;
	}
	return len;
}

/* The text as a cell holds it: what would be read as an escape is written as one, and of
 * one that is too long the beginning and "…" are left. */
static void
put_safe(struct buf *safe, const char *text)
{
	size_t units = 0, fits = 0;

	for (size_t len; *text != '\0'; text += len) {
		size_t wide = (unsigned char)*text >= 0xf0 ? 2 : 1; /* In UTF-16. */

		len = character_len(text);
		if (units + 1 <= TEXT_MAX) {
			fits = safe->len;
		}
		if (is_escape(text)) {
			buf_put_str(safe, "_x005F");
			wide = sizeof("_x005F_") - 1;
		}
		units += wide;
		if (units > TEXT_MAX) {
			safe->len = fits;
			buf_put_str(safe, "…");
			break;
		}
		if (is_no_character(text)) {
			buf_put_str(safe, "\ufffd");
		} else {
			buf_put(safe, text, len);
		}
	}
	buf_put_u8(safe, '\0');
}

static lxw_error
put_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, const char *text)
{
	struct buf safe = { 0 };

	put_safe(&safe, text);
	lxw_error error =
		worksheet_write_string(sheet, row, column, (const char *)safe.at, NULL);
	buf_fini(&safe);
	return error;
}

static lxw_error
put_number(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, int64_t number,
	   lxw_format *format)
{
	char text[24];
	int64_t max = INT64_C(1) << NUMBER_MAX_BITS;

	if (number > -max && number < max) {
		return worksheet_write_number(sheet, row, column, (double)number, format);
	}
	snprintf(text, sizeof(text), "%lld", (long long)number);
	return worksheet_write_string(sheet, row, column, text, NULL);
}

static lxw_error
put_cell(struct xlsx *x, struct sheet *s, lxw_col_t column, const struct cell *cell)
{
	const struct date *d = &cell->date;
	lxw_datetime at = { .year = d->year,
			    .month = d->month,
			    .day = d->day,
			    .hour = d->hour,
			    .min = d->minute };

	switch (cell->kind) {
	case CELL_TEXT:
		return put_text(s->sheet, s->next, column, cell->text);
	case CELL_NUMBER:
		return put_number(s->sheet, s->next, column, cell->number, NULL);
	case CELL_YEN:
		return put_number(s->sheet, s->next, column, cell->number, x->yen);
	case CELL_DAY:
		return worksheet_write_datetime(s->sheet, s->next, column, &at, x->day);
	case CELL_MINUTE:
		return worksheet_write_datetime(s->sheet, s->next, column, &at,
						x->minute);
	default:
		return LXW_NO_ERROR;
	}
}

enum xlsx_put
xlsx_put_row(struct xlsx *x, unsigned sheet, const struct cell *cells, size_t count)
{
	must(sheet < x->count);
	struct sheet *s = &x->sheets[sheet];

	if (x->error != 0) {
		return XLSX_FAILED;
	}
	if (s->next == XLSX_MAX_ROWS) {
		return XLSX_FULL;
	}
	errno = 0;
	for (size_t i = 0; i < count; i++) {
		must(put_cell(x, s, (lxw_col_t)i, &cells[i]) == LXW_NO_ERROR);
	}
	s->next++;
	/* The library does not look whether the row before was written. */
	if (ferror(s->sheet->optimize_tmpfile)) {
		x->error = errno != 0 ? errno : EIO;
		return XLSX_FAILED;
	}
	return XLSX_PUT;
}

/* ---- The end ---------------------------------------------------------------------- */

/* Nor does it look when it copies the rows to their places: there must be room for them
 * before, once more as they are and once packed. */
static int
reserve(struct xlsx *x)
{
	enum { PARTS = 256 * 1024 }; /* Of all else in the file. */
	off_t need = PARTS;

	for (unsigned i = 0; i < x->count; i++) {
		FILE *rows = x->sheets[i].sheet->optimize_tmpfile;

		if (fflush(rows) != 0 || ferror(rows)) {
			return errno;
		}
		need += 2 * ftello(rows);
	}
	int fd = open(x->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return errno;
	}
	int error = posix_fallocate(fd, 0, need);
	if (ftruncate(fd, 0) != 0 && error == 0) {
		error = errno;
	}
	close(fd);
	return error;
}

static void
forget(struct xlsx *x)
{
	free(x->path);
	free(x->folder);
	free(x);
}

void
xlsx_free(struct xlsx *x)
{
	if (x == NULL) {
		return;
	}
	for (unsigned i = 0; i < x->count; i++) {
		fclose(x->sheets[i].sheet->optimize_tmpfile);
	}
	lxw_workbook_free(x->book);
	forget(x);
}

const char *
xlsx_close(struct xlsx *x)
{
	for (unsigned i = 0; i < x->count; i++) {
		struct sheet *s = &x->sheets[i];

		if (s->columns != 0) {
			(void)worksheet_autofilter(s->sheet, 0, 0, s->next - 1,
						   (lxw_col_t)(s->columns - 1));
		}
	}
	int error = x->error != 0 ? x->error : reserve(x);
	if (error != 0) {
		xlsx_free(x);
		return strerror(error);
	}
	lxw_error wrong = workbook_close(x->book);
	forget(x);
	return wrong != LXW_NO_ERROR ? lxw_strerror(wrong) : NULL;
}
