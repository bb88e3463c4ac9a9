#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/help.h"
#include "lib/base/near.h"
#include "lib/base/utf8.h"
#include "lib/model/era.h"

enum { MAX_OPTIONS = 40, COMMON = 1000 };
enum {
	COMMON_JSON = COMMON,
	COMMON_LANG,
	COMMON_RUN,
	COMMON_TIMEOUT,
	COMMON_AS,
	COMMON_WAIT,
	COMMON_HELP
};

static const struct option common[] = {
	{ "json", no_argument, NULL, COMMON_JSON },
	{ "lang", required_argument, NULL, COMMON_LANG },
	{ "run", required_argument, NULL, COMMON_RUN },
	{ "timeout", required_argument, NULL, COMMON_TIMEOUT },
	{ "as", required_argument, NULL, COMMON_AS },
	{ "wait", required_argument, NULL, COMMON_WAIT },
	{ "help", no_argument, NULL, COMMON_HELP },
};

bool
option_number(struct cli *cli, const char *name, const char *text, int64_t min,
	      int64_t max, int64_t *ret_number)
{
	char *end;
	const char *digits = text + (*text == '-' ? 1 : 0);

	errno = 0;
	long long v = strtoll(text, &end, 10);
	if (*digits < '0' || *digits > '9' || *end != '\0' || errno != 0 || v < min ||
	    v > max) {
		usage(cli, MSG_OPTION_NUMBER, name, text_argument(cli, text),
		      arena_printf(&cli->arena, "%" PRId64, min),
		      arena_printf(&cli->arena, "%" PRId64, max));
		return false;
	}
	*ret_number = v;
	return true;
}

/* Where the range's dash stands; NULL: a single year. */
static const char *
dash_of(const char *text, size_t *ret_len)
{
	static const char *const dashes[] = { "..", "–", "—", "～", "〜", "-" };

	for (size_t i = 0; i < ARRAY_LEN(dashes); i++) {
		const char *at = strstr(text, dashes[i]);

		if (at != NULL) {
			*ret_len = strlen(dashes[i]);
			return at;
		}
	}
	return NULL;
}

bool
option_fiscal_years(struct cli *cli, const char *text, int *ret_from, int *ret_to)
{
	size_t dash_len = 0;
	const char *dash = dash_of(text, &dash_len);
	size_t first_len = dash != NULL ? (size_t)(dash - text) : strlen(text);
	const char *second = dash != NULL ? dash + dash_len : text;
	int16_t from;
	int16_t to;

	if (!fiscal_year_parse(slice_of(text, first_len), &from) ||
	    !fiscal_year_parse(slice_str(second), &to) || to < from) {
		usage(cli, MSG_OPTION_FISCAL_YEARS, text_argument(cli, text));
		return false;
	}
	*ret_from = from;
	*ret_to = to;
	return true;
}

struct opt_list
option_split(struct cli *cli, const char *text)
{
	struct opt_list list = { 0 };

	list.at = arena_alloc(&cli->arena, (strlen(text) + 1) * sizeof(*list.at));
	while (*text != '\0') {
		size_t len = strcspn(text, ",");
		const char *from = text;
		size_t n = len;

		while (n > 0 && *from == ' ') {
			from++;
			n--;
		}
		while (n > 0 && from[n - 1] == ' ') {
			n--;
		}
		if (n > 0) {
			list.at[list.count++] = arena_dup(&cli->arena, from, n);
		}
		text += len + (text[len] == ',' ? 1 : 0);
	}
	return list;
}

void
option_split_all(struct cli *cli, const struct opt_list *given, char ***ret_items,
		 size_t *ret_count)
{
	struct opt_list all = { 0 };

	for (size_t i = 0; i < given->count; i++) {
		struct opt_list some = option_split(cli, given->at[i]);
		const char **at = arena_alloc(&cli->arena,
					      (all.count + some.count + 1) * sizeof(*at));

		if (all.count != 0) {
			memcpy(at, all.at, all.count * sizeof(*at));
		}
		if (some.count != 0) {
			memcpy(at + all.count, some.at, some.count * sizeof(*at));
		}
		all.at = at;
		all.count += some.count;
	}
	*ret_items = (char **)(uintptr_t)all.at;
	*ret_count = all.count;
}

/* One of the options that every command has.  False: it is wrong, or was --help.
 * 'value' is empty where the option takes none. */
static bool
read_common(struct cli *cli, int key, const char *value)
{
	int64_t seconds;

	switch (key) {
	case COMMON_JSON:
		cli->json = true;
		return true;
	case COMMON_LANG:
		if (strcmp(value, "ja") != 0 && strcmp(value, "en") != 0) {
			cli->code =
				usage(cli, MSG_OPTION_LANG, text_argument(cli, value));
			return false;
		}
		cli->lang = value[0] == 'j' ? LANG_JA : LANG_EN;
		cli->lang_said = value;
		return true;
	case COMMON_RUN:
		cli->run = value;
		return true;
	case COMMON_TIMEOUT:
		if (!option_number(cli, "timeout", value, 1, 3600, &seconds)) {
			return false;
		}
		cli->timeout_ms = seconds * 1000;
		return true;
	case COMMON_WAIT:
		if (!option_number(cli, "wait", value, 0, CLI_WAIT_MAX_S, &seconds)) {
			return false;
		}
		cli->wait_ms = seconds * 1000;
		return true;
	case COMMON_AS:
		cli->author = value;
		return true;
	default:
		help_put(cli->lang, cli->command, &cli->out);
		cli->code = EXIT_DONE;
		return false;
	}
}

static void
keep(struct cli *cli, const struct opt *opt, const char *value)
{
	if (opt->kind == OPT_FLAG) {
		*(bool *)opt->to = true;
	} else if (opt->kind == OPT_TEXT) {
		*(const char **)opt->to = value;
	} else {
		struct opt_list *list = opt->to;
		const char **at =
			arena_alloc(&cli->arena, (list->count + 1) * sizeof(*at));

		if (list->count != 0) {
			memcpy(at, list->at, list->count * sizeof(*at));
		}
		at[list->count++] = value;
		list->at = at;
	}
}

static void
names_put(struct cli *cli, const struct opt *opts)
{
	for (size_t i = 0; opts[i].kind != OPT_NONE; i++) {
		buf_printf(&cli->out, "%s\n", opts[i].name);
	}
	for (size_t i = 0; i < ARRAY_LEN(common); i++) {
		buf_printf(&cli->out, "%s\n", common[i].name);
	}
}

/* What is missing stands in the first lines of the command's page. */
static void
operand_missing(struct cli *cli)
{
	const struct help_page *page = help_find(cli->lang, cli->command);

	cli->code = complain(cli, EXIT_BAD_USAGE, MSG_OPERAND_MISSING);
	if (page != NULL) {
		const char *end = strstr(page->text, "\n\n");
		size_t len =
			end != NULL ? (size_t)(end - page->text) : strlen(page->text);

		buf_printf(&cli->err, "%.*s\n", (int)len, page->text);
	}
	say(cli, &cli->err, MSG_SEE_HELP, cli->command);
}

/* No such option, or one without its value; 'what' is as it was typed. */
static void
option_wrong(struct cli *cli, bool known, const char *what, const struct option *all)
{
	struct near near;

	if (known) {
		cli->code = usage(cli, MSG_OPTION_NEEDS_VALUE, text_argument(cli, what));
		return;
	}
	near_begin(&near, slice_of(what + strspn(what, "-"),
				   strcspn(what + strspn(what, "-"), "=")));
	for (; all->name != NULL; all++) {
		near_offer(&near, slice_str(all->name));
	}
	struct slice best = near_best(&near);
	if (best.len != 0) {
		cli->code = usage(cli, MSG_OPTION_UNKNOWN_NEAR, text_argument(cli, what),
				  arena_printf(&cli->arena, "--%.*s", (int)best.len,
					       (const char *)best.at));
	} else {
		cli->code = usage(cli, MSG_OPTION_UNKNOWN, text_argument(cli, what));
	}
}

/* What stands behind getopt_long's ":h" for the letters of the table. */
static void
put_letters(const struct opt *opts, char *letters)
{
	size_t n = 0;

	letters[n++] = ':';
	letters[n++] = 'h';
	for (; opts->kind != OPT_NONE; opts++) {
		if (opts->letter != 0) {
			letters[n++] = opts->letter;
			if (opts->kind != OPT_FLAG) {
				letters[n++] = ':';
			}
		}
	}
	letters[n] = '\0';
}

static int
letter_at(const struct opt *opts, int letter)
{
	int at = 0;

	while (opts[at].kind != OPT_NONE && opts[at].letter != letter) {
		at++;
	}
	return opts[at].kind != OPT_NONE ? at : -1;
}

bool
options_read(struct cli *cli, int argc, char **argv, const struct opt *opts, int min,
	     int max, struct operands *ret_operands)
{
	struct option all[MAX_OPTIONS + ARRAY_LEN(common) + 1] = { 0 };
	char letters[2 * MAX_OPTIONS + 3];
	int n = 0;
	int key;

	if (cli->list_options) {
		names_put(cli, opts);
		cli->code = EXIT_DONE;
		return false;
	}
	for (; opts[n].kind != OPT_NONE; n++) {
		must(n < MAX_OPTIONS);
		all[n].name = opts[n].name;
		all[n].has_arg =
			opts[n].kind == OPT_FLAG ? no_argument : required_argument;
		all[n].val = n;
	}
	memcpy(all + n, common, sizeof(common));
	put_letters(opts, letters);

	cli->lang_said = NULL;
	optind = 0; /* Again from the beginning: tests run several. */
	opterr = 0;
	while ((key = getopt_long(argc, argv, letters, all, NULL)) != -1) {
		if (key == '?' || key == ':') {
			option_wrong(cli, key == ':', argv[optind - 1], all);
			return false;
		}
		if (key != 'h' && key >= MAX_OPTIONS && key < COMMON) {
			key = letter_at(opts, key);
		}
		const char *value = optarg != NULL ? optarg : "";

		/* A folder's name may be any bytes; all else becomes text of a record. */
		if (key != COMMON_RUN && !utf8_valid(slice_str(value))) {
			cli->code = usage(cli, MSG_OPTION_NOT_TEXT,
					  key >= COMMON ? common[key - COMMON].name
							: opts[key].name);
			return false;
		}
		if (key == 'h' || key >= COMMON) {
			if (!read_common(cli, key, value)) {
				return false;
			}
		} else {
			keep(cli, &opts[key], value);
		}
	}

	*ret_operands = (struct operands){ .at = argv + optind, .count = argc - optind };
	if (ret_operands->count < min) {
		operand_missing(cli);
		return false;
	}
	if (max >= 0 && ret_operands->count > max) {
		cli->code = usage(cli, MSG_OPERAND_TOO_MANY,
				  text_argument(cli, ret_operands->at[max]));
		return false;
	}
	return true;
}
