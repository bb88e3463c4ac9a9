/* kusanone figure: figures that were published without their records. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/fault_wire.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/published_wire.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

static int
submit_figure(struct cli *cli, Kusanone__V1__PublishedFigure *figure)
{
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;

	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_PUBLISHED_FIGURE;
	submission.published_figure = figure;
	return ask_submit_and_print(cli, &submission);
}

/* All figures of a file; the worst code is the command's. */
static int
submit_file(struct cli *cli, const char *path)
{
	struct input in;
	struct slice value;
	struct json_fault fault;
	unsigned line;
	enum input_result r;
	int code = EXIT_DONE;
	bool any = false;

	if (!input_open(cli, path, &in)) {
		return cli->code;
	}
	while ((r = input_next(cli, &in, &value, &line)) == INPUT_VALUE) {
		Kusanone__V1__PublishedFigure *figure =
			(Kusanone__V1__PublishedFigure *)json_to_message(
				&kusanone__v1__published_figure__descriptor, "figure",
				value, &cli->arena, &fault);
		int one = EXIT_REFUSED;

		any = true;
		if (figure == NULL) {
			cli_complain(cli, 0, fault_text(cli, &fault, in.name, line));
		} else {
			one = submit_figure(cli, figure);
		}
		code = one > code ? one : code;
		if (code == EXIT_UNREACHABLE) {
			break;
		}
	}
	if (r == INPUT_END && !any) {
		complain(cli, EXIT_DONE, MSG_FILE_EMPTY, text_argument(cli, in.name));
	}
	input_close(&in);
	return r == INPUT_FAILED && code == EXIT_DONE ? EXIT_REFUSED : code;
}

static bool
read_bound(struct cli *cli, const char *text, Kusanone__V1__Bound *ret)
{
	if (text == NULL || strcmp(text, "exact") == 0) {
		*ret = KUSANONE__V1__BOUND__BOUND_EXACT;
	} else if (strcmp(text, "about") == 0) {
		*ret = KUSANONE__V1__BOUND__BOUND_ABOUT;
	} else if (strcmp(text, "at-least") == 0) {
		*ret = KUSANONE__V1__BOUND__BOUND_AT_LEAST;
	} else {
		usage(cli, MSG_FIGURE_BOUND, text_argument(cli, text));
		return false;
	}
	return true;
}

int
figure_add_run(struct cli *cli, int argc, char **argv)
{
	const char *file = NULL, *measure = "events", *fy = NULL, *value = NULL;
	const char *bound = NULL, *scope_ja = "", *scope_en = "", *source = NULL,
		   *quote = "";
	bool withdraw = false;
	const struct opt opts[] = {
		OPT_TEXT("file", &file),
		OPT_TEXT("measure", &measure),
		OPT_TEXT("fy", &fy),
		OPT_TEXT("value", &value),
		OPT_TEXT("bound", &bound),
		OPT_TEXT("scope-ja", &scope_ja),
		OPT_TEXT("scope-en", &scope_en),
		OPT_TEXT("source", &source),
		OPT_TEXT("quote", &quote),
		OPT_FLAG("withdraw", &withdraw),
		OPT_END,
	};
	Kusanone__V1__PublishedFigure figure = KUSANONE__V1__PUBLISHED_FIGURE__INIT;
	Kusanone__V1__Source from = KUSANONE__V1__SOURCE__INIT;
	Kusanone__V1__Text scope = KUSANONE__V1__TEXT__INIT;
	struct operands none;
	int64_t number = 0;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	if (file != NULL) {
		return submit_file(cli, file);
	}
	if (fy == NULL || source == NULL || (value == NULL && !withdraw)) {
		return usage(cli, MSG_FIGURE_NEEDS);
	}
	if (!option_fiscal_years(cli, fy, &figure.fiscal_year_from,
				 &figure.fiscal_year_to) ||
	    (value != NULL &&
	     !option_number(cli, "value", value, INT64_MIN, INT64_MAX, &number)) ||
	    !read_bound(cli, bound, &figure.bound)) {
		return EXIT_BAD_USAGE;
	}
	from.name = (char *)(uintptr_t)source;
	from.quote = (char *)(uintptr_t)quote;
	scope.ja = (char *)(uintptr_t)scope_ja;
	scope.en = (char *)(uintptr_t)scope_en;
	figure.measure = (char *)(uintptr_t)measure;
	figure.scope = *scope_ja != '\0' || *scope_en != '\0' ? &scope : NULL;
	figure.value = number;
	figure.source = &from;
	figure.withdrawn = withdraw;
	return submit_figure(cli, &figure);
}

int
figure_list_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__FiguresQuery figures = KUSANONE__V1__FIGURES_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	query.query_case = KUSANONE__V1__QUERY__QUERY_FIGURES;
	query.figures = &figures;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->figures->base, JSON_PRETTY | JSON_NUMBERS);
		return EXIT_DONE;
	}
	if (reply->figures->n_rows == 0) {
		say(cli, &cli->out, MSG_FIGURE_NONE);
	}
	for (size_t i = 0; i < reply->figures->n_rows; i++) {
		published_put(cli, reply->figures->rows[i], &cli->out);
		published_put_source(cli, reply->figures->rows[i], &cli->out);
	}
	return EXIT_DONE;
}
