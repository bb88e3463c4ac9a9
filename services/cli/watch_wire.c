/* kusanone watch: totals as they change.
 *
 * The service sends the whole result again whenever it changed.  Silence may be peace or
 * a service that is gone, so it is asked for its status every few seconds on the same
 * connection: no answer, and the connection is made anew; another starting time, and the
 * standing query is registered again. */
#include <stdlib.h>
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/text.h"
#include "cli/totals_wire.h"
#include "lib/model/json_wire.h"

enum {
	WATCH_SLICE_MS = 250,
	WATCH_PING_MS = 3000,
	WATCH_SILENCE_MS = 10000,
	WATCH_RETRY_MS = 500,
};

struct watch {
	struct cli *cli;
	Kusanone__V1__Query query;
	struct line *line;
	uint64_t ping;   /* Request of the status asked for last. */
	int64_t started; /* Of the service, 0: not known yet. */
	msec_t pinged, heard, began;
	bool gone; /* Its absence was said. */
	bool refused, unreachable;
	struct buf shown; /* The screen before. */
	uint64_t limit, count;
};

/* ---- Drawing --------------------------------------------------------------------- */

/* The line at '*at', which moves on behind its end. */
static struct slice
next_line(struct slice text, size_t *at)
{
	size_t from = *at;
	const uint8_t *end = memchr(text.at + from, '\n', text.len - from);
	size_t to = end != NULL ? (size_t)(end - text.at) : text.len;

	*at = to + 1 < text.len ? to + 1 : text.len;
	return slice_of(text.at + from, to - from);
}

static bool
has_line(const struct buf *screen, struct slice line)
{
	for (size_t at = 0; at < screen->len;) {
		if (slice_eq(next_line(buf_slice(screen), &at), line)) {
			return true;
		}
	}
	return false;
}

static unsigned
count_lines(const struct buf *screen)
{
	unsigned n = 0;

	for (size_t at = 0; at < screen->len;) {
		(void)next_line(buf_slice(screen), &at);
		n++;
	}
	return n;
}

/* From the top of the terminal; lines that were not there before are shown reversed. */
static void
draw(struct watch *w, const struct buf *screen)
{
	struct cli *cli = w->cli;
	unsigned rows = cli->rows > 2 ? cli->rows - 1 : 0;
	unsigned all = count_lines(screen);
	unsigned n = 0;

	buf_put_str(&cli->out, "\033[H");
	for (size_t at = 0; at < screen->len; n++) {
		struct slice line = next_line(buf_slice(screen), &at);
		/* The first lines say when: they always change. */
		bool fresh = w->shown.len != 0 && n > 1 && line.len != 0 &&
			     !has_line(&w->shown, line);

		if (rows != 0 && all > rows && n == rows - 1) {
			say(cli, &cli->out, MSG_WATCH_MORE,
			    unsigned_text(&cli->arena, all - n));
			break;
		}
		buf_put_str(&cli->out, fresh ? "\033[7m" : "");
		buf_put_slice(&cli->out, line);
		buf_put_str(&cli->out, fresh ? "\033[0m\033[K\n" : "\033[K\n");
	}
	buf_put_str(&cli->out, "\033[J");
}

/* False: nobody reads any more. */
static bool
show(struct watch *w, const Kusanone__V1__TotalsReply *reply)
{
	struct cli *cli = w->cli;
	struct buf screen = { 0 };

	if (cli->json) {
		message_to_json(&reply->base, JSON_NUMBERS, &cli->out);
		buf_put_u8(&cli->out, '\n');
	} else {
		totals_put(cli, reply, TOTALS_TABLES, &screen);
		if (cli->tty && cli->rows != 0 && count_lines(&screen) >= cli->rows) {
			buf_clear(&screen);
			totals_put(cli, reply, TOTALS_COMPACT, &screen);
		}
		if (cli->tty) {
			draw(w, &screen);
		} else {
			buf_put_str(&cli->out, w->count != 0 ? "\n" : "");
			buf_put_slice(&cli->out, buf_slice(&screen));
		}
	}
	buf_fini(&w->shown);
	w->shown = screen;
	w->count++;
	return cli_flush(cli);
}

/* ---- The connection -------------------------------------------------------------- */

static msec_t
now(struct watch *w)
{
	return w->cli->system->now(w->cli->system->ctx);
}

/* Send without complaining: silence is dealt with by time. */
static bool
send_query(struct watch *w, enum frame_type type, const Kusanone__V1__Query *query)
{
	struct slice body = { 0 };
	size_t len = protobuf_c_message_get_packed_size(&query->base);
	uint8_t *at = xmalloc(len);

	body = slice_of(at, protobuf_c_message_pack(&query->base, at));
	enum err err = w->cli->system->send(w->cli->system->ctx, w->line, type, body);
	free(at);
	return err == OK;
}

static void
lose(struct watch *w)
{
	struct cli *cli = w->cli;

	if (w->line != NULL) {
		ask_close(cli, w->line);
		w->line = NULL;
	}
	if (!w->gone) {
		w->gone = true;
		say(cli, cli->tty ? &cli->out : &cli->err, MSG_WATCH_GONE);
		(void)cli_flush(cli);
	}
}

static void
register_query(struct watch *w)
{
	w->query.request = ++w->cli->request;
	w->heard = now(w);
	if (!send_query(w, FRAME_WATCH, &w->query)) {
		lose(w);
	}
}

static void
ping(struct watch *w)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__StatusQuery status = KUSANONE__V1__STATUS_QUERY__INIT;

	w->ping = ++w->cli->request;
	w->pinged = now(w);
	query.request = w->ping;
	query.query_case = KUSANONE__V1__QUERY__QUERY_STATUS;
	query.status = &status;
	if (!send_query(w, FRAME_QUERY, &query)) {
		lose(w);
	}
}

static void
connect_again(struct watch *w)
{
	struct cli *cli = w->cli;
	const struct cli_system *system = cli->system;
	const char *path = ask_path(cli, "aggregation");

	if (!system->exists(system->ctx, path)) {
		path = ask_path(cli, "intake");
	}
	if (ask_open_path(cli, path, &w->line) != OK) {
		w->line = NULL;
		system->pause(system->ctx, WATCH_RETRY_MS);
		return;
	}
	w->started = 0;
	register_query(w);
	if (w->line != NULL) {
		ping(w);
	}
}

/* What one answer says.  False: the command ends. */
static bool
take(struct watch *w, const struct answer *answer)
{
	w->heard = now(w);
	if (answer->refused != NULL && answer->request == w->query.request) {
		ask_put_refused(w->cli, "", answer->refused);
		w->refused = true;
		return false;
	}
	if (answer->reply == NULL) {
		return true;
	}
	if (answer->reply->reply_case == KUSANONE__V1__REPLY__REPLY_STATUS) {
		int64_t started = answer->reply->status->started_ms;

		if (w->started != 0 && started != w->started) {
			register_query(
				w); /* It was started anew and knows nothing of us. */
		}
		w->started = started;
		return true;
	}
	if (answer->request != w->query.request ||
	    answer->reply->reply_case != KUSANONE__V1__REPLY__REPLY_TOTALS) {
		return true;
	}
	w->gone = false;
	return show(w, answer->reply->totals) && (w->limit == 0 || w->count < w->limit);
}

static void
run(struct watch *w)
{
	struct cli *cli = w->cli;
	const struct cli_system *system = cli->system;
	bool going = true;

	while (going && !system->interrupted(system->ctx)) {
		struct arena kept = cli->arena;
		struct answer answer;

		/* Each answer's memory ends with its turn. */
		cli->arena = (struct arena){ 0 };
		/* Whatever comes in meanwhile: a watcher that is never heard is
		 * forgotten. */
		if (w->line != NULL && now(w) - w->pinged > WATCH_PING_MS) {
			ping(w);
		}
		if (w->line == NULL) {
			connect_again(w);
		} else if (ask_next(cli, w->line, WATCH_SLICE_MS, &cli->arena, &answer) ==
			   OK) {
			going = take(w, &answer);
		} else if (w->count == 0 && now(w) - w->began > cli->timeout_ms) {
			/* Whoever does not answer at the start is not waited for. */
			ask_silence(cli);
			w->unreachable = true;
			going = false;
		} else if (now(w) - w->heard > WATCH_SILENCE_MS) {
			lose(w);
		}
		arena_fini(&cli->arena);
		cli->arena = kept;
	}
}

int
watch_run(struct cli *cli, int argc, char **argv)
{
	struct totals_options options = { 0 };
	const char *hz = NULL;
	const char *count = NULL;
	const struct opt opts[] = {
		TOTALS_OPTIONS(options),
		OPT_TEXT("hz", &hz),
		OPT_TEXT("count", &count),
		OPT_END,
	};
	struct watch w = { .cli = cli };
	Kusanone__V1__TotalsQuery totals;
	struct operands none;
	int64_t max_hz = 0;
	int64_t limit = 0;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none) ||
	    (hz != NULL && !option_number(cli, "hz", hz, 1, 20, &max_hz)) ||
	    (count != NULL &&
	     !option_number(cli, "count", count, 1, INT32_MAX, &limit)) ||
	    !totals_query(cli, &options, &totals)) {
		return cli->code;
	}
	if (options.as_of != NULL || options.recount) {
		return usage(cli, MSG_WATCH_PAST);
	}
	kusanone__v1__query__init(&w.query);
	w.query.max_hz = (uint32_t)max_hz;
	w.query.query_case = KUSANONE__V1__QUERY__QUERY_TOTALS;
	w.query.totals = &totals;
	w.limit = (uint64_t)limit;
	w.began = now(&w);
	w.line = ask_line(cli, ASK_HEADQUARTERS);
	if (w.line == NULL) {
		return cli->code;
	}
	(void)cli->system->interrupted(cli->system->ctx);
	if (cli->tty && !cli->json) {
		buf_put_str(&cli->out, "\033[2J");
	}
	register_query(&w);
	if (w.line != NULL) {
		ping(&w);
	}
	run(&w);
	buf_fini(&w.shown);
	return w.unreachable ? EXIT_UNREACHABLE : w.refused ? EXIT_REFUSED : EXIT_DONE;
}
