#include "cli/lines.h"

#include <string.h>

#include "cli/text.h"

enum { LABEL_WIDTH = 16, BELOW_INDENT = 10 };

void
line_put(struct cli *cli, const char *label, const char *value)
{
	struct buf *out = &cli->out;
	size_t column = 2 + LABEL_WIDTH;

	if (value[0] == '\0') {
		return;
	}
	buf_printf(out, "  %s", label);
	text_blanks(out, text_width(label) < LABEL_WIDTH - 1
				 ? LABEL_WIDTH - text_width(label)
				 : 1);
	text_wrap(out, value, column, column, cli->width);
	buf_put_u8(out, '\n');
}

const char *
joined_list(struct cli *cli, const char *between, const char *const *parts)
{
	struct buf b = { 0 };

	for (; *parts != NULL; parts++) {
		if ((*parts)[0] != '\0') {
			buf_printf(&b, "%s%s", b.len != 0 ? between : "", *parts);
		}
	}
	const char *text = arena_dup(&cli->arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

void
lines_put_grid(struct cli *cli, const struct grid *grid, const char *const *below)
{
	struct buf rows = { 0 };
	size_t from = 0;

	grid_put(grid, cli->width, &rows);
	for (size_t i = 0; i < grid->count / grid->columns; i++) {
		const uint8_t *end = memchr(rows.at + from, '\n', rows.len - from);
		size_t len = (size_t)(end - (rows.at + from)) + 1;

		buf_put(&cli->out, rows.at + from, len);
		from += len;
		if (below[i] != NULL && below[i][0] != '\0') {
			text_blanks(&cli->out, BELOW_INDENT);
			text_wrap(&cli->out, below[i], BELOW_INDENT, BELOW_INDENT,
				  cli->width);
			buf_put_u8(&cli->out, '\n');
		}
	}
	buf_fini(&rows);
}
