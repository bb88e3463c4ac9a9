/* lib/host/program.h - what main() of every service does alike.
 *
 * Reads the config file, the keys and the stores, and says of each what, where and what
 * would be right; then runs the node.  Exit codes: 0 done, 1 it cannot be done, 2 the
 * command line or the config file is wrong. */
#ifndef LIB_HOST_PROGRAM_H
#define LIB_HOST_PROGRAM_H

#include "lib/host/host.h"
#include "lib/host/keyfile.h"
#include "lib/node/settings.h"

struct program {
	const char *name;                /* "kusanone-intake" */
	struct arena arena;              /* Of the settings, */
	const struct settings *settings; /* which program_read_settings() found. */
	struct keyfile keys;             /* After program_read_keys(). */
	struct log_sink sink;
	/* The node's (lib/node/node.h), with the core as 'ctx'; NULL: never. */
	bool (*crash_at)(void *ctx, enum turn_point);
};

/* Reads the command line: CONFIG.yaml, or --print-config.  False: the program ends with
 * '*ret_code'. */
bool program_begin(struct program *, const char *name, int argc, char **argv,
		   const struct config_schema *, int *ret_code) WARN_UNUSED;
void program_end(struct program *);

/* "NAME: what: why" on stderr; 1. */
int program_fail(const struct program *, const char *what, const char *why);

/* The following return 0, or an exit code after a sentence. */

/* 'settings' are the first part of what the schema fills, and are kept; from here on
 * the log is as they say. */
int program_read_settings(struct program *, const char *path,
			  const struct config_schema *,
			  struct settings *settings) WARN_UNUSED;
int program_read_keys(struct program *) WARN_UNUSED;

/* 'options' without its dir, which is the folder 'sub' of the state folder. */
int program_open_store(struct program *, const char *sub, struct store_options options,
		       struct store **ret_store) WARN_UNUSED;

/* Of a service that follows headquarters' log (SETTINGS_FOLLOW): do address and key go
 * together?  Then the endpoint that dials there. */
int program_check_follow(const struct program *, const char *address,
			 const char *key) WARN_UNUSED;
void program_dial_log(struct endpoint *, const char *address, const char *key);

/* Endpoint 'local' listens on 'socket' in the run folder; the other endpoints are set.
 * Name, drain and our keys (the newest of the file) are filled in.  Runs until it is told
 * to stop. */
int program_serve(struct program *, const struct service *, void *core, struct store *,
		  struct host_options *, unsigned local, const char *socket) WARN_UNUSED;

#endif
