/* kusanone totals --csv: the same tables for spreadsheets.
 *
 * Column "row" says what a line is: row, sum, overlap, total; a measure has its value,
 * its bound and how many events do not state it.  Codes and column names are fixed words
 * in English, labels are in the language asked for. */
#include <inttypes.h>
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/csv_file.h"
#include "cli/labels_wire.h"
#include "cli/totals_wire.h"

static void
put_cell(struct buf *b, const char *text)
{
	if (b->len != 0 && b->at[b->len - 1] != '\n') {
		buf_put_u8(b, ',');
	}
	csv_put_text(b, text);
}

static void
put_figure(struct buf *b, const Kusanone__V1__Figure *figure)
{
	static const char *const bounds[] = { "", "exact", "about", "at_least" };

	if (figure == NULL || (figure->value == 0 && figure->not_stated != 0)) {
		buf_put_str(b, ",,"); /* Nothing is stated: neither is zero. */
	} else {
		buf_printf(b, ",%" PRId64 ",%s", figure->value,
			   (unsigned)figure->bound < ARRAY_LEN(bounds)
				   ? bounds[figure->bound]
				   : "");
	}
	buf_printf(b, ",%" PRIu64, figure != NULL ? figure->not_stated : 0);
}

static void
put_line(struct cli *cli, const Kusanone__V1__TotalsTable *table, const char *what,
	 const Kusanone__V1__TotalsRow *row, Kusanone__V1__Figure **figures, size_t count,
	 struct buf *b)
{
	struct buf line = { 0 };

	put_cell(&line, what);
	for (size_t i = 0; i < table->n_by; i++) {
		const Kusanone__V1__TotalsKey *key =
			row != NULL && i < row->n_keys ? row->keys[i] : NULL;

		if (key == NULL) {
			buf_put_str(&line, ",,");
			continue;
		}
		put_cell(&line, key->bucket[0] != '\0' ? key->bucket : key->code);
		put_cell(&line, key->bucket[0] != '\0' ? label_word(cli, key->bucket)
						       : ask_text(cli, key->label));
	}
	for (size_t m = 0; m < table->n_measures; m++) {
		put_figure(&line, m < count ? figures[m] : NULL);
	}
	buf_put_slice(b, buf_slice(&line));
	buf_put_str(b, "\r\n");
	buf_fini(&line);
}

static void
put_table(struct cli *cli, const Kusanone__V1__TotalsTable *table, struct buf *b)
{
	buf_put_str(b, "row");
	for (size_t i = 0; i < table->n_by; i++) {
		buf_printf(b, ",%s,%s_label", table->by[i], table->by[i]);
	}
	for (size_t m = 0; m < table->n_measures; m++) {
		buf_printf(b, ",%s,%s_bound,%s_not_stated", table->measures[m],
			   table->measures[m], table->measures[m]);
	}
	buf_put_str(b, "\r\n");
	for (size_t i = 0; i < table->n_rows; i++) {
		put_line(cli, table, "row", table->rows[i], table->rows[i]->figures,
			 table->rows[i]->n_figures, b);
	}
	if (table->overlapping) {
		put_line(cli, table, "sum", NULL, table->sum, table->n_sum, b);
		put_line(cli, table, "overlap", NULL, table->overlap, table->n_overlap,
			 b);
	}
	put_line(cli, table, "total", NULL, table->total, table->n_total, b);
}

void
totals_put_csv(struct cli *cli, const Kusanone__V1__TotalsReply *reply, struct buf *out)
{
	for (size_t i = 0; i < reply->n_tables; i++) {
		if (i != 0) {
			buf_put_str(out, "\r\n");
		}
		put_table(cli, reply->tables[i], out);
	}
}
