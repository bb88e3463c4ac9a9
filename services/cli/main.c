/* kusanone - the command. See services/cli/README.md. */
#include <signal.h>
#include <stdlib.h>

#include "cli/cli.h"
#include "lib/base/hash.h"

int
main(int argc, char **argv)
{
	struct cli cli;
	unsigned columns;
	unsigned rows;

	hash_init();
	/* A reader that goes away ends the command by its write, not by a signal. */
	signal(SIGPIPE, SIG_IGN);
	cli_init(&cli, system_real(), getenv);
	if (system_screen(&columns, &rows)) {
		cli.tty = true;
		cli.rows = rows;
		cli.width = columns < 40 ? 40 : columns;
	}
	int code = cli_main(&cli, argc, argv);
	cli_fini(&cli);
	return code;
}
