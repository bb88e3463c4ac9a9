#include "cli/nodes_wire.h"

#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/text.h"

static const char *
contact_of(struct cli *cli, const Kusanone__V1__NodeRow *row)
{
	return row->connected              ? phrase(cli, MSG_CONNECTED)
	       : row->last_contact_ms != 0 ? time_text(&cli->arena, row->last_contact_ms)
					   : "-";
}

static void
put_wrapped(struct cli *cli, size_t indent, const char *text)
{
	text_blanks(&cli->out, indent);
	text_wrap(&cli->out, text, indent, indent + 2, cli->width);
	buf_put_u8(&cli->out, '\n');
}

/* Where a table has no room: a paragraph a node. */
static void
put_paragraph(struct cli *cli, const Kusanone__V1__NodeRow *row, size_t indent,
	      bool whole_ids)
{
	struct arena *arena = &cli->arena;
	const struct {
		enum message label; /* 0 is one too, so 'labelled' says. */
		bool labelled;
		const char *value;
	} parts[] = {
		{ 0, false, text_clean(arena, row->name) },
		{ 0, false, label_role(cli, row->role) },
		{ MSG_NODE_COLUMN_POSTS, true,
		  join(arena, row->posts, row->n_posts, ",") },
		{ MSG_NODE_COLUMN_KEY, true, short_hash(arena, row->key_id) },
		{ 0, false, label_word(cli, row->key_state) },
		{ MSG_NODE_COLUMN_CONTACT, true, contact_of(cli, row) },
		{ MSG_NODE_COLUMN_COMPLETE, true,
		  unsigned_text(arena, row->complete_upto) },
		{ MSG_NODE_COLUMN_BRANCHES, true,
		  join(arena, row->branches, row->n_branches, ",") },
		{ MSG_NODE_COLUMN_ID, true,
		  whole_ids ? text_clean(arena, row->node_id) : "" },
	};
	struct buf b = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].value[0] != '\0') {
			buf_printf(&b, "%s%s%s%s", b.len != 0 ? " · " : "",
				   parts[i].labelled ? phrase(cli, parts[i].label) : "",
				   parts[i].labelled ? " " : "", parts[i].value);
		}
	}
	put_wrapped(cli, indent, arena_dup(arena, b.at, b.len));
	buf_fini(&b);
}

static void
fill_grid(struct cli *cli, Kusanone__V1__NodeRow *const *rows, size_t count,
	  bool whole_ids, struct grid *grid)
{
	struct arena *arena = &cli->arena;

	grid_row(grid, whole_ids ? phrase(cli, MSG_NODE_COLUMN_ID) : "",
		 phrase(cli, MSG_NODE_COLUMN_NAME), phrase(cli, MSG_NODE_COLUMN_ROLE),
		 phrase(cli, MSG_NODE_COLUMN_POSTS), phrase(cli, MSG_NODE_COLUMN_KEY),
		 phrase(cli, MSG_NODE_COLUMN_STATE), phrase(cli, MSG_NODE_COLUMN_CONTACT),
		 phrase(cli, MSG_NODE_COLUMN_COMPLETE),
		 phrase(cli, MSG_NODE_COLUMN_BRANCHES));
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__NodeRow *row = rows[i];

		grid_row(grid, whole_ids ? text_clean(arena, row->node_id) : "",
			 text_clean(arena, row->name), label_role(cli, row->role),
			 join(arena, row->posts, row->n_posts, ","),
			 short_hash(arena, row->key_id), label_word(cli, row->key_state),
			 contact_of(cli, row), unsigned_text(arena, row->complete_upto),
			 join(arena, row->branches, row->n_branches, ","));
	}
}

void
nodes_put(struct cli *cli, Kusanone__V1__NodeRow *const *rows, size_t count,
	  size_t indent, bool whole_ids)
{
	struct arena *arena = &cli->arena;
	struct grid grid;

	if (count == 0) {
		return;
	}
	grid_init(&grid, arena, "fflffffrf");
	grid.indent = indent;
	fill_grid(cli, rows, count, whole_ids, &grid);
	if (grid_least_width(&grid) <= cli->width) {
		grid_put(&grid, cli->width, &cli->out);
	} else {
		for (size_t i = 0; i < count; i++) {
			put_paragraph(cli, rows[i], indent, whole_ids);
		}
	}
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__NodeRow *row = rows[i];

		if (row->n_branches > 1) {
			put_wrapped(cli, indent,
				    phrase(cli, MSG_NODE_BRANCHED,
					   text_clean(arena, row->name),
					   unsigned_text(arena, row->n_branches)));
		}
		if (row->refused != 0) {
			put_wrapped(cli, indent,
				    phrase(cli, MSG_NODE_REFUSED,
					   text_clean(arena, row->name),
					   unsigned_text(arena, row->refused)));
		}
	}
}
