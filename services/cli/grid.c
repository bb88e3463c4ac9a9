#include "cli/grid.h"

#include <stdlib.h>
#include <string.h>

#include "cli/text.h"

enum { GRID_GAP = 2, GRID_MIN = 6 };

void
grid_init(struct grid *g, struct arena *arena, const char *align)
{
	*g = (struct grid){ .arena = arena, .columns = (unsigned)strlen(align) };
	must(g->columns > 0 && g->columns <= GRID_MAX_COLUMNS);
	for (unsigned i = 0; i < g->columns; i++) {
		g->align[i] = align[i] == 'r'   ? GRID_RIGHT
			      : align[i] == 'f' ? GRID_FIXED
						: GRID_LEFT;
	}
}

void
grid_cell(struct grid *g, const char *text)
{
	if (g->count == g->cap) {
		size_t cap = g->cap != 0 ? 2 * g->cap : 64;
		const char **cells = arena_alloc(g->arena, cap * sizeof(*cells));

		if (g->count != 0) {
			memcpy(cells, g->cells, g->count * sizeof(*cells));
		}
		g->cells = cells;
		g->cap = cap;
	}
	g->cells[g->count++] = text != NULL ? text : "";
}

void
grid_row_list(struct grid *g, const char *const *cells)
{
	must(g->count % g->columns == 0);
	for (unsigned i = 0; i < g->columns; i++) {
		grid_cell(g, *cells);
		cells += *cells != NULL ? 1 : 0;
	}
}

static size_t
total_of(const struct grid *g, const size_t *widths)
{
	size_t total = g->indent;
	size_t used = 0;

	for (unsigned i = 0; i < g->columns; i++) {
		if (widths[i] != 0) {
			total += widths[i] + (used++ != 0 ? GRID_GAP : 0);
		}
	}
	return total;
}

/* Take from the widest text column until the rows fit, or nothing is left to take. */
static void
fit(const struct grid *g, size_t width, size_t *widths)
{
	for (size_t total = total_of(g, widths); total > width; total--) {
		unsigned widest = g->columns;

		for (unsigned i = 0; i < g->columns; i++) {
			if (g->align[i] == GRID_LEFT && widths[i] > GRID_MIN &&
			    (widest == g->columns || widths[i] > widths[widest])) {
				widest = i;
			}
		}
		if (widest == g->columns) {
			return;
		}
		widths[widest]--;
	}
}

/* Of each column's widest cell. */
static void
measure(const struct grid *g, size_t *widths)
{
	memset(widths, 0, GRID_MAX_COLUMNS * sizeof(*widths));
	for (size_t i = 0; i < g->count; i++) {
		size_t w = text_width(g->cells[i]);

		if (w > widths[i % g->columns]) {
			widths[i % g->columns] = w;
		}
	}
}

size_t
grid_least_width(const struct grid *g)
{
	size_t widths[GRID_MAX_COLUMNS];

	measure(g, widths);
	fit(g, 0, widths);
	return total_of(g, widths);
}

void
grid_put(const struct grid *g, size_t width, struct buf *b)
{
	size_t widths[GRID_MAX_COLUMNS];

	measure(g, widths);
	fit(g, width, widths);
	for (size_t i = 0; i < g->count; i += g->columns) {
		struct buf line = { 0 };
		bool begun = false;

		text_blanks(&line, g->indent);
		for (unsigned c = 0; c < g->columns; c++) {
			if (widths[c] == 0) {
				continue; /* Empty in all rows. */
			}
			const char *text = text_cut(g->arena, g->cells[i + c], widths[c]);
			size_t pad = widths[c] - text_width(text);

			text_blanks(&line, begun ? GRID_GAP : 0);
			begun = true;
			if (g->align[c] == GRID_RIGHT) {
				text_blanks(&line, pad);
				buf_put_str(&line, text);
			} else {
				buf_put_str(&line, text);
				text_blanks(&line, pad);
			}
		}
		while (line.len > 0 && line.at[line.len - 1] == ' ') {
			line.len--;
		}
		/* The last resort: a row of numbers and ids too wide for the screen. */
		const char *row = arena_dup(g->arena, line.at, line.len);
		buf_put_str(b, text_cut(g->arena, row, width));
		buf_put_u8(b, '\n');
		buf_fini(&line);
	}
}
