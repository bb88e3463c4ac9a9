#include "cli/nodes_wire.h"

#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/text.h"

void
nodes_put(struct cli *cli, Kusanone__V1__NodeRow *const *rows, size_t count,
	  size_t indent, bool whole_ids)
{
	struct arena *arena = &cli->arena;
	struct grid grid;

	grid_init(&grid, arena, "flllfflrl");
	grid.indent = indent;
	if (count != 0) {
		grid_row(&grid, whole_ids ? phrase(cli, MSG_NODE_COLUMN_ID) : "",
			 phrase(cli, MSG_NODE_COLUMN_NAME),
			 phrase(cli, MSG_NODE_COLUMN_ROLE),
			 phrase(cli, MSG_NODE_COLUMN_POSTS),
			 phrase(cli, MSG_NODE_COLUMN_KEY),
			 phrase(cli, MSG_NODE_COLUMN_STATE),
			 phrase(cli, MSG_NODE_COLUMN_CONTACT),
			 phrase(cli, MSG_NODE_COLUMN_COMPLETE),
			 phrase(cli, MSG_NODE_COLUMN_BRANCHES));
	}
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__NodeRow *row = rows[i];
		const char *contact = row->connected ? phrase(cli, MSG_CONNECTED)
				      : row->last_contact_ms != 0
					      ? time_text(arena, row->last_contact_ms)
					      : "-";

		grid_row(&grid, whole_ids ? text_clean(arena, row->node_id) : "",
			 text_clean(arena, row->name), label_role(cli, row->role),
			 join(arena, row->posts, row->n_posts, ","),
			 short_hash(arena, row->key_id), label_word(cli, row->key_state),
			 contact, unsigned_text(arena, row->complete_upto),
			 join(arena, row->branches, row->n_branches, ","));
	}
	grid_put(&grid, cli->width, &cli->out);
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__NodeRow *row = rows[i];

		if (row->n_branches > 1) {
			text_blanks(&cli->out, indent);
			text_wrap(&cli->out,
				  phrase(cli, MSG_NODE_BRANCHED,
					 text_clean(arena, row->name),
					 unsigned_text(arena, row->n_branches)),
				  indent, indent + 2, cli->width);
			buf_put_u8(&cli->out, '\n');
		}
		if (row->refused != 0) {
			text_blanks(&cli->out, indent);
			text_wrap(&cli->out,
				  phrase(cli, MSG_NODE_REFUSED,
					 text_clean(arena, row->name),
					 unsigned_text(arena, row->refused)),
				  indent, indent + 2, cli->width);
			buf_put_u8(&cli->out, '\n');
		}
	}
}
