/* cli/options.h - the command line of one subcommand.
 *
 * A command names its options and where their values go; those that every command has
 * (--json --lang --run --timeout --as --wait --help) are added here. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

struct opt_list {
	const char **at;
	size_t count;
};

enum opt_kind {
	OPT_NONE, /* The end of a table. */
	OPT_FLAG, /* bool */
	OPT_TEXT, /* const char *: the last one given. */
	OPT_MANY, /* struct opt_list: all that were given, in order. */
};

struct opt {
	const char *name; /* Without the dashes. */
	enum opt_kind kind;
	char letter; /* Its short form, -o; 0: none. */
	void *to;
};

/* Designated, so that a table of options reads as one. */
#define OPT_FLAG(n, p)                                                                   \
	{                                                                                \
		.name = (n), .kind = OPT_FLAG, .to = (p)                                 \
	}
#define OPT_TEXT(n, p)                                                                   \
	{                                                                                \
		.name = (n), .kind = OPT_TEXT, .to = (p)                                 \
	}
/* --output FILE, or -o FILE. */
#define OPT_OUTPUT(p)                                                                    \
	{                                                                                \
		.name = "output", .kind = OPT_TEXT, .letter = 'o', .to = (p)             \
	}
#define OPT_MANY(n, p)                                                                   \
	{                                                                                \
		.name = (n), .kind = OPT_MANY, .to = (p)                                 \
	}
#define OPT_END                                                                          \
	{                                                                                \
		.name = NULL, .kind = OPT_NONE, .to = NULL                               \
	}

/* What is no option. */
struct operands {
	char **at;
	int count;
};

/* Read argv (argv[0] is the command).  False: the command ends with cli->code, since
 * help was asked for or the line is wrong (which was said).  At least 'min' operands, at
 * most 'max' (-1: any number). */
bool options_read(struct cli *, int argc, char **argv, const struct opt *, int min,
		  int max, struct operands *ret_operands) WARN_UNUSED;

/* A whole number in [min, max]; false after a complaint. */
bool option_number(struct cli *, const char *name, const char *text, int64_t min,
		   int64_t max, int64_t *ret_number) WARN_UNUSED;

/* "2023", "FY2017-2023", "令和5年度"; false after a complaint. */
bool option_fiscal_years(struct cli *, const char *text, int *ret_from,
			 int *ret_to) WARN_UNUSED;

/* The parts of "a,b,c", without blanks around them and without empty ones. */
struct opt_list option_split(struct cli *, const char *text);

/* The parts of all that were given, as a message holds them. */
void option_split_all(struct cli *, const struct opt_list *given, char ***ret_items,
		      size_t *ret_count);

#endif
