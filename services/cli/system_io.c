#include "cli/system.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/host/client.h"
#include "lib/host/crew.h"
#include "lib/host/host.h"
#include "lib/host/zone_file.h"

struct line {
	struct client *client;
};

static volatile sig_atomic_t signalled;

static bool
real_exists(void *ctx, const char *path)
{
	struct stat st;

	(void)ctx;
	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode);
}

static enum err
real_connect(void *ctx, const char *path, struct line **ret_line)
{
	char address[256];
	struct client *client;

	(void)ctx;
	if ((size_t)snprintf(address, sizeof(address), "ipc://%s", path) >=
	    sizeof(address)) {
		return ERR_INVALID;
	}
	const struct client_options options = { .address = address };
	enum err err = client_open(&options, &client);
	if (err != OK) {
		return err;
	}
	*ret_line = xmalloc(sizeof(**ret_line));
	(*ret_line)->client = client;
	return OK;
}

static void
real_hang_up(void *ctx, struct line *line)
{
	(void)ctx;
	client_close(line->client);
	free(line);
}

static enum err
real_send(void *ctx, struct line *line, enum frame_type type, struct slice body)
{
	(void)ctx;
	return client_send(line->client, type, body);
}

static enum err
real_receive(void *ctx, struct line *line, int timeout_ms, struct frame *ret_frame)
{
	(void)ctx;
	return client_receive(line->client, timeout_ms, ret_frame);
}

static msec_t
real_now(void *ctx)
{
	(void)ctx;
	return clock_monotonic();
}

static wall_ms_t
real_wall(void *ctx)
{
	(void)ctx;
	return clock_wall();
}

static void
real_pause(void *ctx, msec_t ms)
{
	const struct timespec ts = { .tv_sec = ms / 1000,
				     .tv_nsec = (long)(ms % 1000) * 1000000 };

	(void)ctx;
	(void)nanosleep(&ts, NULL); /* A signal ends it early: the caller looks. */
}

static void
on_signal(int number)
{
	(void)number;
	signalled = 1;
}

static bool
real_interrupted(void *ctx)
{
	static bool catching;

	(void)ctx;
	if (!catching) {
		const struct sigaction action = { .sa_handler = on_signal };

		sigaction(SIGINT, &action, NULL);
		sigaction(SIGTERM, &action, NULL);
		catching = true;
	}
	return signalled != 0;
}

static const struct crew *
real_crew(void *ctx)
{
	static struct crew crew = { NULL, crew_start, crew_wait };

	(void)ctx;
	if (crew.ctx == NULL) {
		crew.ctx = crew_open();
	}
	return &crew;
}

static bool
real_write(void *ctx, int fd, struct slice bytes)
{
	(void)ctx;
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.at, bytes.len);

		if (n < 0 && errno != EINTR) {
			return false;
		}
		if (n > 0) {
			bytes = slice_from(bytes, (size_t)n);
		}
	}
	return true;
}

const struct cli_system *
system_real(void)
{
	static const struct cli_system real = {
		.exists = real_exists,
		.connect = real_connect,
		.hang_up = real_hang_up,
		.send = real_send,
		.receive = real_receive,
		.zone_file = zone_file_find,
		.now = real_now,
		.wall = real_wall,
		.pause = real_pause,
		.interrupted = real_interrupted,
		.crew = real_crew,
		.write = real_write,
	};

	return &real;
}

bool
system_screen(unsigned *ret_columns, unsigned *ret_rows)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0) {
		return false;
	}
	*ret_columns = size.ws_col;
	*ret_rows = size.ws_row;
	return true;
}
