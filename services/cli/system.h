/* cli/system.h - what a command asks of the world: sockets, clocks, zones, the screen.
 *
 * The program hands in the real one (system_io.c); tests hand in services that answer
 * what the test says, and a clock of their own. */
#ifndef CLI_SYSTEM_H
#define CLI_SYSTEM_H

#include "lib/archive/crew.h"
#include "lib/link/frame.h"

/* A connection to one service; what it is is the system's own. */
struct line;

struct cli_system {
	void *ctx;

	/* Is there a socket of this name? */
	bool (*exists)(void *ctx, const char *path);

	/* ERR_NOT_FOUND where there is no socket. */
	enum err (*connect)(void *ctx, const char *path, struct line **ret_line);
	void (*hang_up)(void *ctx, struct line *);
	enum err (*send)(void *ctx, struct line *, enum frame_type, struct slice body);

	/* The next frame within 'timeout_ms'; ERR_NOT_FOUND: none came.  Borrowed until
	 * the next call. */
	enum err (*receive)(void *ctx, struct line *, int timeout_ms,
			    struct frame *ret_frame);

	/* Append the TZif file of a zone; false if there is none. */
	bool (*zone_file)(void *ctx, struct slice zone, struct buf *ret_file);

	msec_t (*now)(void *ctx);
	wall_ms_t (*wall)(void *ctx);
	void (*pause)(void *ctx, msec_t ms);

	/* Has the officer pressed Ctrl-C since the start? */
	bool (*interrupted)(void *ctx);

	/* Who works on what takes long; kept until the program ends.  NULL: nobody. */
	const struct crew *(*crew)(void *ctx);

	/* fd is 1 or 2. False: the reader went away. */
	bool (*write)(void *ctx, int fd, struct slice);
};

/* The real one.  Catches SIGINT and SIGTERM from the first call of interrupted() on. */
const struct cli_system *system_real(void);

/* Columns and rows of the terminal at fd 1; false if it is none. */
bool system_screen(unsigned *ret_columns, unsigned *ret_rows);

#endif
