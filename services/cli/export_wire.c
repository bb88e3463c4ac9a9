/* kusanone export: what was asked, and the file.
 *
 * The first page says as of which position it is, the others ask for that one: the log
 * may grow while an export runs.  The same selection at the same position gives the same
 * bytes: no clock, no order of chance, no path of this machine is in the file. */
#include "cli/export_wire.h"

#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/text.h"
#include "cli/totals_wire.h"
#include "lib/model/calendar.h"

enum { PROGRESS_MS = 500 };

/* ---- For both kinds --------------------------------------------------------------- */

int
export_page(struct cli *cli, struct export_page *page, Kusanone__V1__Query *query,
	    const Kusanone__V1__Reply **ret_reply)
{
	/* Pages would pile up in the command's arena until the end. */
	page->kept = cli->arena;
	cli->arena = (struct arena){ 0 };
	if (cli->system->interrupted(cli->system->ctx)) {
		return complain(cli, EXIT_REFUSED, MSG_EXPORT_INTERRUPTED);
	}
	return ask_query(cli, ASK_HEADQUARTERS, query, ret_reply);
}

void
export_page_end(struct cli *cli, struct export_page *page)
{
	arena_fini(&cli->arena);
	cli->arena = page->kept;
}

void
export_progress(struct cli *cli, struct export_job *e, uint64_t done, uint64_t all)
{
	const struct cli_system *system = cli->system;
	msec_t now = system->now(system->ctx);
	struct buf line = { 0 };

	if (!cli->tty || e->file.beside == NULL || now - e->shown_at < PROGRESS_MS) {
		return;
	}
	buf_put_str(&line, "\r");
	say(cli, &line, MSG_EXPORT_PROGRESS, unsigned_text(&cli->arena, done),
	    unsigned_text(&cli->arena, all));
	(void)system->write(system->ctx, 2, buf_slice(&line));
	buf_fini(&line);
	e->shown_at = now;
	e->shown = true;
}

const char *
export_instant(struct cli *cli, int64_t ms)
{
	struct date d = date_of_minutes(ms / 60000);

	return arena_printf(&cli->arena, "%04d-%02u-%02u %02u:%02u:%02u UTC", d.year,
			    d.month, d.day, d.hour, d.minute, (unsigned)(ms / 1000 % 60));
}

/* ---- The command ------------------------------------------------------------------ */

struct words {
	const char *format, *rows, *output;
	bool force;
};

/* False after a complaint. */
static bool
read_words(struct cli *cli, const struct words *w, const struct totals_options *options,
	   struct export_job *e)
{
	static const char *const formats[] = { "csv", "xlsx", "records" };

	if (w->format == NULL) {
		usage(cli, MSG_EXPORT_FORMAT_NEEDED);
		return false;
	}
	while (e->format < ARRAY_LEN(formats) &&
	       strcmp(formats[e->format], w->format) != 0) {
		e->format++;
	}
	if (e->format == ARRAY_LEN(formats)) {
		usage(cli, MSG_EXPORT_FORMAT, text_argument(cli, w->format));
		return false;
	}
	if (w->rows != NULL) {
		e->sessions = strcmp(w->rows, "sessions") == 0;
		if (!e->sessions && strcmp(w->rows, "events") != 0) {
			usage(cli, MSG_EXPORT_ROWS_FORM, text_argument(cli, w->rows));
			return false;
		}
	}
	if (w->output == NULL || w->output[0] == '\0') {
		usage(cli, MSG_EXPORT_FILE_NEEDED);
		return false;
	}
	if (e->format == EXPORT_XLSX && strcmp(w->output, "-") == 0) {
		usage(cli, MSG_EXPORT_NO_STREAM);
		return false;
	}
	if (!totals_query(cli, options, &e->select)) {
		return false;
	}
	if (e->format == EXPORT_RECORDS &&
	    (w->rows != NULL || options->fy != NULL || options->rule != NULL ||
	     e->select.n_filters != 0)) {
		usage(cli, MSG_EXPORT_RECORDS_WHOLE);
		return false;
	}
	e->select.report = false;
	return true;
}

static int
run(struct cli *cli, struct export_job *e)
{
	struct buf done = { 0 };
	int code = e->format == EXPORT_RECORDS ? export_log(cli, e, &done)
					       : export_sheet(cli, e, &done);

	if (e->shown) {
		(void)cli->system->write(cli->system->ctx, 2, slice_str("\r\033[K"));
	}
	if (code == EXIT_DONE && !aside_commit(cli, &e->file)) {
		code = cli->code;
	}
	if (code == EXIT_DONE && strcmp(e->file.path, "-") != 0) {
		buf_put_slice(&cli->out, buf_slice(&done));
	}
	buf_fini(&done);
	return code;
}

int
export_run(struct cli *cli, int argc, char **argv)
{
	struct totals_options options = { 0 };
	struct export_job e = { 0 };
	struct words words = { 0 };
	const struct opt opts[] = {
		OPT_TEXT("format", &words.format),
		OPT_TEXT("rows", &words.rows),
		OPT_TEXT("fy", &options.fy),
		OPT_TEXT("rule", &options.rule),
		OPT_TEXT("as-of", &options.as_of),
		FILTER_OPTIONS_BUT_FORMAT(options.filters),
		OPT_OUTPUT(&words.output),
		OPT_FLAG("force", &words.force),
		OPT_END,
	};
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none) ||
	    !read_words(cli, &words, &options, &e) ||
	    !aside_open(cli, words.output, words.force, &e.file)) {
		return cli->code;
	}
	e.shown_at = cli->system->now(cli->system->ctx);
	int code = run(cli, &e);
	aside_fini(&e.file);
	return code;
}
