/* cli/cli.h - what every command is given.
 *
 * A command writes its answer to 'out' and its complaints to 'err'; both are flushed by
 * cli_flush() and at its end.  It asks services through ask_wire.h and returns one of
 * the exit codes.  Everything it takes from 'arena' lives until the end. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "cli/messages.h"
#include "cli/system.h"
#include "lib/base/buf.h"
#include "lib/base/mem.h"

enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,     /* The service, or a file that was read, said no. */
	EXIT_BAD_USAGE = 2,   /* The command line is not understood. */
	EXIT_UNREACHABLE = 3, /* No service there, or no answer in time. */
};

enum {
	CLI_LINES = 4, /* intake, aggregation, notification, archiving */
	CLI_PATH = 512,
	CLI_DEFAULT_TIMEOUT_MS = 10000,
	CLI_WAIT_MAX_S = 600
};

struct cli {
	const struct cli_system *system;
	enum lang lang;
	const char *lang_said; /* --lang of this command; NULL: not given. */
	bool json;
	const char *run;    /* The folder with the services' sockets. */
	const char *author; /* --as, or "". */
	msec_t timeout_ms;
	msec_t wait_ms; /* --wait: how long for headquarters to hold it; 0: not. */
	unsigned width; /* Columns of the screen; */
	unsigned rows;  /* its rows, 0 where it is none. */
	bool tty;

	const char *command; /* "cohost confirm" */
	bool list_options;   /* Write the names of its options and do nothing else. */
	int code;            /* The exit code, where a helper has decided it. */
	struct arena arena;
	struct buf out, err;
	uint64_t request; /* Id of the last request. */
	struct {
		char path[CLI_PATH];
		struct line *line;
	} lines[CLI_LINES];
};

/* Defaults, and what the environment says (KUSANONE_RUN, LC_ALL, LC_MESSAGES, LANG,
 * COLUMNS); 'getenv_' may be NULL: no environment. */
void cli_init(struct cli *, const struct cli_system *, char *(*getenv_)(const char *));
void cli_fini(struct cli *);

/* Run the command that argv names; returns the exit code. Flushes. */
int cli_main(struct cli *, int argc, char **argv);

/* Write what is in out and err; false if nobody reads any more. */
bool cli_flush(struct cli *);

/* A complaint on err: "kusanone: …\n".  Returns 'code', for commands to return. */
int cli_complain(struct cli *, int code, const char *text);

/* The same about the command line, with a hint at --help; EXIT_BAD_USAGE. */
int cli_usage(struct cli *, const char *text);

/* An argument as it can be shown: not even that is sure to be text. */
const char *text_argument(struct cli *, const char *argument);

/* ---- Words: say(cli, &cli->out, MSG_X, "a", "b"), phrase(cli, MSG_X, …) ---------- */

/* The message in the command's language with {0}, {1}, … replaced. */
void say_list(const struct cli *, struct buf *to, enum message, const char *const *args);
#define say(cli, to, message, ...)                                                       \
	say_list(cli, to, message,                                                       \
		 (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

/* The same as a text in the arena. */
const char *phrase_list(struct cli *, enum message, const char *const *args);
#define phrase(cli, message, ...)                                                        \
	phrase_list(cli, message,                                                        \
		    (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

/* Complain in one go. */
#define complain(cli, code, ...) cli_complain(cli, code, phrase(cli, __VA_ARGS__))
#define usage(cli, ...)          cli_usage(cli, phrase(cli, __VA_ARGS__))

#endif
