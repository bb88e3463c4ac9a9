/* kusanone reference import: a folder of CSV files becomes dated rows.
 *
 * All files are read and checked first; where one of them has a fault, nothing is sent.
 * Sending the same folder again changes nothing: the intake knows each submission. */
#include <stdlib.h>
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/reference_rows_wire.h"
#include "cli/text.h"

enum { CHANGE_MAX_BYTES = 24 * 1024 }; /* A record is at most 32 KiB. */

/* As many rows as fit into one change, from 'from' on; returns where the next begins. */
static size_t
fill(const struct reference_import *im, size_t from, size_t room)
{
	size_t bytes = 0;
	size_t i = from;

	for (; i < im->count; i++) {
		size_t row = protobuf_c_message_get_packed_size(&im->rows[i]->base) + 6;

		if (i != from && bytes + row > room) {
			break;
		}
		bytes += row;
	}
	return i;
}

static int
send_rows(struct reference_import *im, const char *why)
{
	struct cli *cli = im->cli;
	size_t room = CHANGE_MAX_BYTES - (strlen(why) < 4096 ? strlen(why) : 4096);

	for (size_t from = 0; from < im->count;) {
		size_t to = fill(im, from, room);
		Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
		Kusanone__V1__ReferenceChange change =
			KUSANONE__V1__REFERENCE_CHANGE__INIT;

		change.rows = im->rows + from;
		change.n_rows = to - from;
		change.why = (char *)(uintptr_t)why;
		submission.body_case = KUSANONE__V1__SUBMISSION__BODY_REFERENCE_CHANGE;
		submission.reference_change = &change;
		int code = ask_submit_and_print(cli, &submission);
		if (code != EXIT_DONE) {
			return code;
		}
		from = to;
	}
	return EXIT_DONE;
}

int
reference_import_run(struct cli *cli, int argc, char **argv)
{
	const char *why = "";
	bool dry_run = false;
	const struct opt opts[] = {
		OPT_TEXT("why", &why),
		OPT_FLAG("dry-run", &dry_run),
		OPT_END,
	};
	struct reference_import im = { .cli = cli };
	struct operands folder;
	int code = EXIT_REFUSED;

	if (!options_read(cli, argc, argv, opts, 1, 1, &folder)) {
		return cli->code;
	}
	if (!reference_read(&im, folder.at[0])) {
		buf_clear(&cli->out);
	} else if (dry_run) {
		code = EXIT_DONE;
		say(cli, &cli->out, MSG_IMPORT_DRY, unsigned_text(&cli->arena, im.count));
	} else {
		code = send_rows(&im, why);
	}
	free(im.rows);
	return code;
}
