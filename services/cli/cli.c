#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/help.h"
#include "cli/text.h"

#define CLI_DEFAULT_RUN "/run/kusanone"
#define CLI_VERSION     "0.1.0"

enum { SCREEN_DEFAULT = 120, SCREEN_MIN = 40, SCREEN_MAX = 500 };

static enum lang
lang_of_environment(char *(*getenv_)(const char *))
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		const char *value = getenv_(names[i]);

		if (value != NULL && *value != '\0') {
			return strncmp(value, "ja", 2) == 0 ? LANG_JA : LANG_EN;
		}
	}
	return LANG_EN;
}

void
cli_init(struct cli *cli, const struct cli_system *system, char *(*getenv_)(const char *))
{
	*cli = (struct cli){ .system = system,
			     .run = CLI_DEFAULT_RUN,
			     .author = "",
			     .command = "",
			     .timeout_ms = CLI_DEFAULT_TIMEOUT_MS,
			     .width = SCREEN_DEFAULT };
	if (getenv_ == NULL) {
		return;
	}
	cli->lang = lang_of_environment(getenv_);
	const char *run = getenv_("KUSANONE_RUN");
	if (run != NULL && *run != '\0') {
		cli->run = run;
	}
	const char *columns = getenv_("COLUMNS");
	if (columns != NULL && atoi(columns) >= SCREEN_MIN &&
	    atoi(columns) <= SCREEN_MAX) {
		cli->width = (unsigned)atoi(columns);
	}
}

void
cli_fini(struct cli *cli)
{
	for (size_t i = 0; i < CLI_LINES; i++) {
		if (cli->lines[i].line != NULL) {
			cli->system->hang_up(cli->system->ctx, cli->lines[i].line);
		}
	}
	arena_fini(&cli->arena);
	buf_fini(&cli->out);
	buf_fini(&cli->err);
}

bool
cli_flush(struct cli *cli)
{
	const struct cli_system *system = cli->system;
	bool read = true;

	if (cli->out.len != 0) {
		read = system->write(system->ctx, 1, buf_slice(&cli->out));
	}
	if (cli->err.len != 0) {
		(void)system->write(system->ctx, 2, buf_slice(&cli->err));
	}
	buf_clear(&cli->out);
	buf_clear(&cli->err);
	return read;
}

int
cli_complain(struct cli *cli, int code, const char *text)
{
	buf_printf(&cli->err, "kusanone: %s\n", text);
	return code;
}

int
cli_usage(struct cli *cli, const char *text)
{
	cli_complain(cli, EXIT_BAD_USAGE, text);
	if (cli->command[0] != '\0') {
		say(cli, &cli->err, MSG_SEE_HELP, cli->command);
	} else {
		say(cli, &cli->err, MSG_SEE_HELP_ALL);
	}
	cli->code = EXIT_BAD_USAGE;
	return EXIT_BAD_USAGE;
}

const char *
text_argument(struct cli *cli, const char *argument)
{
	return utf8_valid(slice_str(argument)) ? text_clean(&cli->arena, argument) : "?";
}

void
say_list(const struct cli *cli, struct buf *to, enum message message,
	 const char *const *args)
{
	text_fill(to, message_text(cli->lang, message), args);
}

const char *
phrase_list(struct cli *cli, enum message message, const char *const *args)
{
	struct buf b = { 0 };

	say_list(cli, &b, message, args);
	const char *text = arena_dup(&cli->arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

/* --lang holds for complaints about what stands before it, too. */
static void
find_lang(struct cli *cli, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = "";

		if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc) {
			value = argv[i + 1];
		} else if (strncmp(argv[i], "--lang=", 7) == 0) {
			value = argv[i] + 7;
		}
		if (strcmp(value, "ja") == 0 || strcmp(value, "en") == 0) {
			cli->lang = value[0] == 'j' ? LANG_JA : LANG_EN;
		}
	}
}

static int
command_unknown(struct cli *cli, const char *typed)
{
	const char *near = command_near(typed);

	return near != NULL ? usage(cli, MSG_COMMAND_UNKNOWN_NEAR,
				    text_argument(cli, typed), near)
			    : usage(cli, MSG_COMMAND_UNKNOWN, text_argument(cli, typed));
}

static int
help_run(struct cli *cli, int argc, char **argv)
{
	const char *name = argc > 2 ? arena_printf(&cli->arena, "%s %s", argv[1], argv[2])
			   : argc > 1 ? argv[1]
				      : "";

	if (name[0] != '\0' && help_find(cli->lang, name) == NULL &&
	    !command_is_group(name)) {
		return command_unknown(cli, name);
	}
	help_put(cli->lang, name, &cli->out);
	return EXIT_DONE;
}

static bool
is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

/* Options that stand before the command are moved behind it. */
static int
options_before(int argc, char **argv)
{
	int n = 1;

	while (n < argc && argv[n][0] == '-' && argv[n][1] != '\0') {
		static const char *const with_value[] = { "--lang", "--run", "--timeout",
							  "--as", "--wait" };
		bool value = false;

		for (size_t i = 0; i < ARRAY_LEN(with_value); i++) {
			value = value || strcmp(argv[n], with_value[i]) == 0;
		}
		n += value ? 2 : 1;
	}
	return n < argc ? n - 1 : 0;
}

static int
run(struct cli *cli, int argc, char **argv)
{
	int words;

	find_lang(cli, argc, argv);
	int before = options_before(argc, argv);
	if (before != 0) {
		char **moved =
			arena_alloc(&cli->arena, sizeof(*moved) * (size_t)(argc + 1));
		int n = 0;

		moved[n++] = argv[0];
		for (int i = before + 1; i < argc; i++) {
			moved[n++] = argv[i];
		}
		/* Behind the words, but before a "--". */
		int at = 1;
		while (at < n && strcmp(moved[at], "--") != 0) {
			at++;
		}
		memmove(moved + at + before, moved + at,
			sizeof(*moved) * (size_t)(n - at));
		memcpy(moved + at, argv + 1, sizeof(*moved) * (size_t)before);
		moved[argc] = NULL;
		argv = moved;
	}
	if (argc < 2) {
		help_put(cli->lang, "", &cli->err);
		return EXIT_BAD_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h") || strcmp(argv[1], "help") == 0) {
		return help_run(cli, argc - 1, argv + 1);
	}
	if (is_one_of(argv[1], "--version", "version")) {
		bool json = argc > 2 && strcmp(argv[2], "--json") == 0;

		if (argc > 2 && is_one_of(argv[2], "--help", "-h")) {
			help_put(cli->lang, "version", &cli->out);
			return EXIT_DONE;
		}
		buf_put_str(&cli->out, json ? "{\"version\": \"" CLI_VERSION "\"}\n"
					    : "kusanone " CLI_VERSION "\n");
		return EXIT_DONE;
	}
	const struct command *command = command_find(argc - 1, argv + 1, &words);
	if (command == NULL) {
		if (command_is_group(argv[1]) &&
		    (argc == 2 || is_one_of(argv[2], "--help", "-h"))) {
			help_put(cli->lang, argv[1], argc == 2 ? &cli->err : &cli->out);
			return argc == 2 ? EXIT_BAD_USAGE : EXIT_DONE;
		}
		return command_unknown(cli, command_is_group(argv[1])
						    ? arena_printf(&cli->arena, "%s %s",
								   argv[1], argv[2])
						    : argv[1]);
	}
	cli->command = command->name;
	return command->run(cli, argc - words, argv + words);
}

int
cli_main(struct cli *cli, int argc, char **argv)
{
	int code = run(cli, argc, argv);

	(void)cli_flush(cli);
	return code;
}
