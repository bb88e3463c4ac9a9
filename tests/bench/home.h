/* tests/bench/home.h - where a benchmark's services live: one folder with their keys,
 * configurations, state and sockets. */
#ifndef BENCH_HOME_H
#define BENCH_HOME_H

#include <stdint.h>

enum { HOME_DIR_LEN = 1024, HOME_PATH_LEN = 1200 };

struct home {
	char dir[HOME_DIR_LEN];
	char ends[HOME_PATH_LEN]; /* Where the posts' chains stand. */
	char key[HOME_PATH_LEN], config[HOME_PATH_LEN];
	char intake_key[HOME_PATH_LEN], intake_config[HOME_PATH_LEN];
	char socket[HOME_PATH_LEN], intake_socket[HOME_PATH_LEN];

	/* After home_open(). */
	char address[128];
	uint8_t server_key[32];
};

/* Of --dir. */
struct home home_of(int argc, char **argv);

/* The same, with the address and the key of the aggregation that 'init' made. */
struct home home_open(int argc, char **argv);

#endif
