#include "cli/ask_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/text.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/json_wire.h"

enum { BUSY_PAUSE_MS = 100, PATH_MAX_IPC = 107 };

/* ---- Connections ----------------------------------------------------------------- */

const char *
ask_path(struct cli *cli, const char *service)
{
	return arena_printf(&cli->arena, "%s/%s.sock", cli->run, service);
}

enum err
ask_open_path(struct cli *cli, const char *path, struct line **ret_line)
{
	const struct cli_system *system = cli->system;

	if (strlen(path) > PATH_MAX_IPC) {
		return ERR_INVALID;
	}
	for (size_t i = 0; i < CLI_LINES; i++) {
		if (cli->lines[i].line != NULL && strcmp(cli->lines[i].path, path) == 0) {
			*ret_line = cli->lines[i].line;
			return OK;
		}
	}
	for (size_t i = 0; i < CLI_LINES; i++) {
		if (cli->lines[i].line == NULL) {
			struct line *line;
			enum err err = system->connect(system->ctx, path, &line);

			if (err != OK) {
				return err;
			}
			cli->lines[i].line = line;
			snprintf(cli->lines[i].path, CLI_PATH, "%s", path);
			*ret_line = line;
			return OK;
		}
	}
	must(false);
	return ERR_BUSY;
}

void
ask_close(struct cli *cli, struct line *line)
{
	for (size_t i = 0; i < CLI_LINES; i++) {
		if (cli->lines[i].line == line) {
			cli->system->hang_up(cli->system->ctx, line);
			cli->lines[i].line = NULL;
		}
	}
}

struct line *
ask_line(struct cli *cli, enum ask_where where)
{
	const struct cli_system *system = cli->system;
	const char *path = ask_path(cli, "intake");
	const char *hq = ask_path(cli, "aggregation");
	struct line *line;

	if (where == ASK_NOTIFICATION) {
		path = ask_path(cli, "notification");
	} else if (where == ASK_ARCHIVING) {
		path = ask_path(cli, "archiving");
	} else if (where == ASK_HEADQUARTERS && system->exists(system->ctx, hq)) {
		path = hq;
	}
	enum err err = ask_open_path(cli, path, &line);
	if (err == OK) {
		return line;
	}
	cli->code = EXIT_UNREACHABLE;
	if (err == ERR_INVALID) {
		complain(cli, 0, MSG_PATH_TOO_LONG, text_argument(cli, path));
	} else {
		complain(cli, 0,
			 where == ASK_NOTIFICATION ? MSG_NO_NOTIFICATION
			 : where == ASK_ARCHIVING  ? MSG_NO_ARCHIVING
						   : MSG_NOT_RUNNING,
			 text_argument(cli, path));
	}
	return NULL;
}

int
ask_silence(struct cli *cli)
{
	cli->code = EXIT_UNREACHABLE;
	return complain(cli, EXIT_UNREACHABLE, MSG_NO_ANSWER,
			text_argument(cli, cli->run),
			number_text(&cli->arena, cli->timeout_ms / 1000));
}

/* ---- One request, one answer ----------------------------------------------------- */

bool
ask_send(struct cli *cli, struct line *line, enum frame_type type,
	 const ProtobufCMessage *message)
{
	struct buf body = { 0 };

	pack_message(message, &body);
	enum err err = cli->system->send(cli->system->ctx, line, type, buf_slice(&body));
	buf_fini(&body);
	if (err != OK) {
		ask_silence(cli);
	}
	return err == OK;
}

static bool
read_answer(struct cli *cli, const struct frame *frame, struct arena *arena,
	    struct answer *ret)
{
	const ProtobufCMessageDescriptor *type =
		frame->header.type == FRAME_RECEIPT   ? &kusanone__v1__receipt__descriptor
		: frame->header.type == FRAME_REFUSED ? &kusanone__v1__refused__descriptor
		: frame->header.type == FRAME_REPLY   ? &kusanone__v1__reply__descriptor
						      : NULL;

	*ret = (struct answer){ 0 };
	if (type == NULL) {
		return false;
	}
	const ProtobufCMessage *message = unpack_message(type, frame->body, arena, NULL);
	if (message == NULL) {
		return false;
	}
	if (frame->header.type == FRAME_RECEIPT) {
		ret->receipt = (const Kusanone__V1__Receipt *)message;
		ret->request = ret->receipt->request;
	} else if (frame->header.type == FRAME_REFUSED) {
		ret->refused = (const Kusanone__V1__Refused *)message;
		/* One that could not even be read is refused without its id. */
		ret->request =
			ret->refused->request != 0 ? ret->refused->request : cli->request;
	} else {
		ret->reply = (const Kusanone__V1__Reply *)message;
		ret->request = ret->reply->request;
		if (ret->reply->reply_case == KUSANONE__V1__REPLY__REPLY_REFUSED) {
			ret->refused = ret->reply->refused;
			ret->reply = NULL;
		}
	}
	return true;
}

enum err
ask_next(struct cli *cli, struct line *line, msec_t timeout, struct arena *arena,
	 struct answer *ret_answer)
{
	const struct cli_system *system = cli->system;
	msec_t until = system->now(system->ctx) + timeout;

	while (true) {
		msec_t left = until - system->now(system->ctx);
		struct frame frame;

		if (left < 0) {
			return ERR_NOT_FOUND;
		}
		enum err err = system->receive(system->ctx, line, (int)left, &frame);
		if (err == OK && read_answer(cli, &frame, arena, ret_answer)) {
			return OK;
		}
		if (err != OK && err != ERR_INVALID && err != ERR_NOT_FOUND) {
			return err;
		}
		if (err == ERR_NOT_FOUND && (system->interrupted(system->ctx) ||
					     system->now(system->ctx) >= until)) {
			return ERR_NOT_FOUND;
		}
	}
}

static bool
is_busy(const Kusanone__V1__Refused *refused)
{
	return refused != NULL && strcmp(refused->code, "busy") == 0;
}

int
ask_submit_to(struct cli *cli, enum ask_where where, Kusanone__V1__Submission *submission,
	      const Kusanone__V1__Receipt **ret_receipt)
{
	const struct cli_system *system = cli->system;
	struct line *line = ask_line(cli, where);
	struct answer answer = { 0 };

	if (line == NULL) {
		return cli->code;
	}
	msec_t timeout = cli->timeout_ms + cli->wait_ms;
	msec_t until = system->now(system->ctx) + timeout;
	submission->author = (char *)(uintptr_t)cli->author;
	submission->wait_ms = (uint32_t)cli->wait_ms;
	do {
		if (is_busy(answer.refused)) {
			system->pause(system->ctx, BUSY_PAUSE_MS);
		}
		submission->request = ++cli->request;
		if (!ask_send(cli, line, FRAME_SUBMIT, &submission->base)) {
			return cli->code;
		}
		do {
			if (ask_next(cli, line, until - system->now(system->ctx),
				     &cli->arena, &answer) != OK) {
				return ask_silence(cli);
			}
		} while (answer.request != cli->request || answer.reply != NULL);
	} while (is_busy(answer.refused) && system->now(system->ctx) < until);

	if (answer.refused != NULL) {
		ask_put_refused(cli, "", answer.refused);
		return EXIT_REFUSED;
	}
	*ret_receipt = answer.receipt;
	return EXIT_DONE;
}

int
ask_submit(struct cli *cli, Kusanone__V1__Submission *submission,
	   const Kusanone__V1__Receipt **ret_receipt)
{
	return ask_submit_to(cli, ASK_INTAKE, submission, ret_receipt);
}

int
ask_submit_and_print(struct cli *cli, Kusanone__V1__Submission *submission)
{
	const Kusanone__V1__Receipt *receipt = NULL;
	int code = ask_submit(cli, submission, &receipt);

	if (code == EXIT_DONE) {
		must(receipt != NULL);
		ask_put_receipt(cli, receipt);
	}
	return code;
}

/* ---- Queries --------------------------------------------------------------------- */

/* What answers a query: mostly what has its number. */
static unsigned
case_of_reply(const Kusanone__V1__Query *query)
{
	switch (query->query_case) {
	case KUSANONE__V1__QUERY__QUERY_SUBSCRIPTIONS:
		return KUSANONE__V1__REPLY__REPLY_SUBSCRIPTIONS;
	case KUSANONE__V1__QUERY__QUERY_ALERTS:
	case KUSANONE__V1__QUERY__QUERY_PREVIEW:
		return KUSANONE__V1__REPLY__REPLY_ALERTS;
	case KUSANONE__V1__QUERY__QUERY_ARCHIVE:
		return KUSANONE__V1__REPLY__REPLY_ARCHIVE;
	default:
		return (unsigned)query->query_case;
	}
}

/* The message in the reply's oneof. */
static const ProtobufCMessage *
inner_of(const Kusanone__V1__Reply *reply)
{
	const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field(
		reply->base.descriptor, (unsigned)reply->reply_case);

	must(field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE);
	return *(const ProtobufCMessage *const *)(const void *)((const uint8_t *)reply +
								field->offset);
}

/* Lists grow page by page; of anything else the last page's word holds. */
static const Kusanone__V1__Reply *
join_pages(struct cli *cli, const Kusanone__V1__Reply *last, const struct buf *packed)
{
	const ProtobufCMessageDescriptor *type = inner_of(last)->descriptor;
	Kusanone__V1__Reply *joined = arena_alloc(&cli->arena, sizeof(*joined));
	const ProtobufCMessage *inner =
		unpack_message(type, buf_slice(packed), &cli->arena, NULL);

	must(inner != NULL);
	*joined = *last;
	joined->totals = (Kusanone__V1__TotalsReply *)(uintptr_t)inner; /* A union. */
	return joined;
}

int
ask_query(struct cli *cli, enum ask_where where, Kusanone__V1__Query *query,
	  const Kusanone__V1__Reply **ret_reply)
{
	struct line *line = ask_line(cli, where);

	return line != NULL ? ask_query_on(cli, line, query, ret_reply) : cli->code;
}

int
ask_query_on(struct cli *cli, struct line *line, Kusanone__V1__Query *query,
	     const Kusanone__V1__Reply **ret_reply)
{
	struct buf packed = { 0 };
	struct answer answer;
	unsigned pages = 0;
	int code = EXIT_DONE;

	query->request = ++cli->request;
	if (!ask_send(cli, line, FRAME_QUERY, &query->base)) {
		return cli->code;
	}
	do {
		if (ask_next(cli, line, cli->timeout_ms, &cli->arena, &answer) != OK) {
			code = ask_silence(cli);
			goto out;
		}
		if (answer.request != query->request || answer.receipt != NULL) {
			answer.reply = NULL;
			continue;
		}
		if (answer.refused != NULL) {
			ask_put_refused(cli, "", answer.refused);
			code = EXIT_REFUSED;
			goto out;
		}
		must(answer.reply != NULL);
		if ((unsigned)answer.reply->reply_case != case_of_reply(query)) {
			code = complain(cli, EXIT_REFUSED, MSG_STRANGE_ANSWER);
			goto out;
		}
		pack_message(inner_of(answer.reply), &packed);
		pages++;
	} while (answer.reply == NULL || answer.reply->more);
	*ret_reply = pages == 1 ? answer.reply : join_pages(cli, answer.reply, &packed);
out:
	buf_fini(&packed);
	return code;
}

/* ---- Printing -------------------------------------------------------------------- */

const char *
ask_text(struct cli *cli, const Kusanone__V1__Text *text)
{
	return text == NULL
		       ? ""
		       : text_clean(&cli->arena, pick(cli->lang, text->ja, text->en));
}

void
ask_put_json(struct cli *cli, const ProtobufCMessage *message, unsigned flags)
{
	message_to_json(message, flags, &cli->out);
	buf_put_u8(&cli->out, '\n');
}

void
ask_put_receipt(struct cli *cli, const Kusanone__V1__Receipt *receipt)
{
	struct buf *out = &cli->out;
	struct arena *arena = &cli->arena;

	if (cli->json) {
		ask_put_json(cli, &receipt->base, JSON_NUMBERS);
	} else if (receipt->revision[0] == '\0') {
		say(cli, out, receipt->repeated ? MSG_RECEIPT_NOTHING : MSG_RECEIPT_DRY);
	} else {
		if (receipt->event_id[0] != '\0') {
			buf_printf(out, "%s  ", text_clean(arena, receipt->event_id));
		}
		say(cli, out, MSG_RECEIPT, short_hash(arena, receipt->revision),
		    unsigned_text(arena, receipt->seq));
		if (receipt->reach == KUSANONE__V1__REACH__REACH_AT_HEADQUARTERS) {
			say(cli, out, MSG_AT_HEADQUARTERS);
			if (receipt->position != 0) {
				say(cli, out, MSG_AT_POSITION,
				    unsigned_text(arena, receipt->position));
			}
		} else {
			say(cli, out, MSG_ON_DISK);
		}
		if (receipt->repeated) {
			say(cli, out, MSG_RECEIPT_REPEATED);
		}
		if (receipt->merged) {
			say(cli, out, MSG_RECEIPT_MERGED);
		}
		buf_put_u8(out, '\n');
	}
	for (size_t i = 0; i < receipt->n_warnings; i++) {
		const Kusanone__V1__Warning *w = receipt->warnings[i];
		const char *text = ask_text(cli, w->text);

		say(cli, &cli->err, MSG_WARNING,
		    w->field[0] != '\0'
			    ? arena_printf(arena, "%s: ", text_clean(arena, w->field))
			    : "",
		    text[0] != '\0' ? text : text_clean(arena, w->code));
	}
}

static void
put_conflict(struct cli *cli, const Kusanone__V1__Conflict *conflict)
{
	const struct {
		enum message label;
		const char *value;
	} sides[] = {
		{ MSG_CONFLICT_BASE, conflict->before },
		{ MSG_CONFLICT_THEIRS, conflict->theirs },
		{ MSG_CONFLICT_YOURS, conflict->yours },
	};

	buf_printf(&cli->err, "  %s\n", text_clean(&cli->arena, conflict->field));
	for (size_t i = 0; i < ARRAY_LEN(sides); i++) {
		const char *label = phrase(cli, sides[i].label);
		const char *value = text_clean(&cli->arena, sides[i].value);

		if (value[0] == '\0') {
			value = "-";
		}
		buf_printf(&cli->err, "    %s ", label);
		text_wrap(&cli->err, value, 5 + text_width(label), 6, cli->width);
		buf_put_u8(&cli->err, '\n');
	}
}

void
ask_put_refused(struct cli *cli, const char *where, const Kusanone__V1__Refused *refused)
{
	struct arena *arena = &cli->arena;
	const char *reason = ask_text(cli, refused->reason);
	const char *expected = ask_text(cli, refused->expected);

	if (cli->json) {
		ask_put_json(cli, &refused->base, 0);
	}
	buf_printf(&cli->err, "kusanone: %s", where);
	say(cli, &cli->err, MSG_REFUSED, text_clean(arena, refused->code));
	if (refused->field[0] != '\0') {
		buf_printf(&cli->err, "%s: ", text_clean(arena, refused->field));
	}
	buf_printf(&cli->err, "%s\n", reason[0] != '\0' ? reason : "-");
	if (expected[0] != '\0') {
		say(cli, &cli->err, MSG_EXPECTED, expected);
	}
	for (size_t i = 0; i < refused->n_conflicts; i++) {
		put_conflict(cli, refused->conflicts[i]);
	}
	if (refused->head[0] != '\0') {
		say(cli, &cli->err, MSG_NEWEST_REVISION,
		    text_clean(arena, refused->head));
	}
}
