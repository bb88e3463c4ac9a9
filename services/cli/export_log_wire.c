/* kusanone export --format records: the log as JSON lines.
 *
 * The first line says as of which position it is; then a line a record, with its bytes as
 * they were signed (their BLAKE2b-256 is its identity) and the same as proto3 JSON. */
#include "cli/ask_wire.h"
#include "cli/export_wire.h"
#include "cli/text.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/json_wire.h"

struct pages {
	Kusanone__V1__Query query;
	Kusanone__V1__LogQuery log;
	uint64_t rows;
	uint64_t judged_again;
	int64_t hq_ms;
	bool begun, more;
};

static void
put_line(struct buf *lines, const ProtobufCMessage *message)
{
	message_to_json(message, 0, lines);
	buf_put_u8(lines, '\n');
}

static void
begin(struct pages *p, const Kusanone__V1__LogReply *reply, struct buf *lines)
{
	Kusanone__V1__LogReply head = *reply;

	head.n_rows = 0;
	head.more = false;
	put_line(lines, &head.base);
	p->log.as_of_position = reply->position;
	p->log.as_of_ms = 0;
	p->judged_again = reply->judged_again;
	p->hq_ms = reply->hq_ms;
	p->begun = true;
}

static int
next_page(struct cli *cli, struct export_job *e, struct pages *p)
{
	struct export_page page;
	struct buf lines = { 0 };
	const Kusanone__V1__Reply *reply;
	int code = export_page(cli, &page, &p->query, &reply);

	if (code == EXIT_DONE) {
		const Kusanone__V1__LogReply *log = reply->log;

		if (!p->begun) {
			begin(p, log, &lines);
		}
		for (size_t i = 0; i < log->n_rows; i++) {
			Kusanone__V1__LogRow *row = log->rows[i];

			/* One that cannot be read has its bytes alone. */
			row->record = (Kusanone__V1__Record *)unpack_message(
				&kusanone__v1__record__descriptor, slice_pb(row->bytes),
				&cli->arena, NULL);
			put_line(&lines, &row->base);
			p->log.after = row->position;
		}
		p->rows += log->n_rows;
		p->more = log->more && log->n_rows != 0;
		export_progress(cli, e, p->rows, p->log.as_of_position);
		code = aside_write(cli, &e->file, buf_slice(&lines)) ? EXIT_DONE
								     : cli->code;
	}
	buf_fini(&lines);
	export_page_end(cli, &page);
	return code;
}

int
export_log(struct cli *cli, struct export_job *e, struct buf *ret_done)
{
	struct pages p = { .query = KUSANONE__V1__QUERY__INIT,
			   .log = KUSANONE__V1__LOG_QUERY__INIT };
	int code;

	p.query.query_case = KUSANONE__V1__QUERY__QUERY_LOG;
	p.query.log = &p.log;
	p.log.as_of_position = e->select.as_of_position;
	p.log.as_of_ms = e->select.as_of_ms;
	do {
		code = next_page(cli, e, &p);
	} while (code == EXIT_DONE && p.more);
	if (code == EXIT_DONE && p.judged_again != 0) {
		say(cli, &cli->err, MSG_EXPORT_JUDGED_AGAIN,
		    unsigned_text(&cli->arena, p.judged_again));
	}
	say(cli, ret_done, MSG_EXPORT_DONE_RECORDS, text_argument(cli, e->file.path),
	    unsigned_text(&cli->arena, p.rows),
	    unsigned_text(&cli->arena, p.log.as_of_position),
	    export_instant(cli, p.hq_ms));
	return code;
}
