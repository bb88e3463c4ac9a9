/* A feed is a file in a folder: written beside, synced, and put in its place, so that a
 * reader sees the old one or the new one.  The disk is waited for on libuv's threads. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "lib/host/file.h"
#include "notification/deliver_parts.h"

enum { FILE_NAME_MAX = 128 };

struct feeds {
	struct deliver *deliver;
	int dir; /* -1: feeds are not set up. */
	unsigned running;
	bool closing;
	uv_idle_t closer; /* To close from the loop. */
};

struct feed_job {
	uv_work_t work;
	struct feeds *feeds;
	struct job *job;
};

/* [a-z0-9-]+\.ics: no path, no hidden file, none of our own temporary ones. */
static bool
is_file_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len != 0 && len <= FILE_NAME_MAX && strcmp(name + len, ".ics") == 0;
}

/* Does the file hold exactly this? */
static bool
is_same(int dir, const char *name, struct slice content)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	uint8_t piece[16384];
	size_t at = 0;
	bool same = fd >= 0;

	while (same) {
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n <= 0) {
			same = n == 0 && at == content.len;
			break;
		}
		same = (size_t)n <= content.len - at &&
		       memcmp(piece, content.at + at, (size_t)n) == 0;
		at += (size_t)n;
	}
	if (fd >= 0) {
		close(fd);
	}
	return same;
}

static void
write_feed(int dir, struct job *job)
{
	const char *name = job->delivery.feed.file;
	bool ok;

	if (job->delivery.feed.removed) {
		ok = unlinkat(dir, name, 0) == 0 || errno == ENOENT;
	} else if (is_same(dir, name, job->delivery.feed.content)) {
		job_says(job, OUTCOME_ACCEPTED, "%s: is the same", name);
		return;
	} else {
		ok = file_put(dir, name, job->delivery.feed.content);
	}
	/* The name is on the disk with its folder. */
	if (ok && fsync(dir) == 0) {
		job_says(job, OUTCOME_ACCEPTED, "%s: %s", name,
			 job->delivery.feed.removed ? "removed" : "written");
	} else {
		job_says(job, OUTCOME_LATER, "%s: %s", name, strerror(errno));
	}
}

static void
on_work(uv_work_t *work)
{
	struct feed_job *f = container_of(work, struct feed_job, work);

	write_feed(f->feeds->dir, f->job);
}

static void
on_closed(uv_handle_t *handle)
{
	struct feeds *feeds = container_of((uv_idle_t *)handle, struct feeds, closer);

	if (feeds->dir >= 0) {
		close(feeds->dir);
	}
	deliver_channel_closed(feeds->deliver);
	free(feeds);
}

static void
finish_if_closed(struct feeds *feeds)
{
	if (feeds->closing && feeds->running == 0) {
		uv_close((uv_handle_t *)&feeds->closer, on_closed);
	}
}

static void
on_worked(uv_work_t *work, int status)
{
	struct feed_job *f = container_of(work, struct feed_job, work);
	struct feeds *feeds = f->feeds;

	(void)status;
	job_settle(f->job);
	free(f);
	feeds->running--;
	finish_if_closed(feeds);
}

void
feeds_begin(struct feeds *feeds, struct job *job)
{
	if (feeds->dir < 0 || !is_file_name(job->delivery.feed.file)) {
		job_says(job, feeds->dir < 0 ? OUTCOME_LATER : OUTCOME_REFUSED, "%s",
			 feeds->dir < 0 ? "feeds are not set up: no folder for them"
					: "a feed's file is named like a-feed.ics");
		job_settle(job);
		return;
	}
	struct feed_job *f = xcalloc(1, sizeof(*f));
	f->feeds = feeds;
	f->job = job;
	feeds->running++;
	must(uv_queue_work(feeds->closer.loop, &f->work, on_work, on_worked) == 0);
}

struct feeds *
feeds_open(struct deliver *deliver, void *loop, const struct deliver_options *options,
	   char *why, size_t why_len)
{
	int dir = -1;

	if (options->feed_dir != NULL) {
		if (mkdir(options->feed_dir, 0700) == 0 || errno == EEXIST) {
			dir = open(options->feed_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		}
		if (dir < 0) {
			snprintf(why, why_len, "%s: no folder for feeds: %s",
				 options->feed_dir, strerror(errno));
			return NULL;
		}
	}
	struct feeds *feeds = xcalloc(1, sizeof(*feeds));
	feeds->deliver = deliver;
	feeds->dir = dir;
	must(uv_idle_init(loop, &feeds->closer) == 0);
	return feeds;
}

void
feeds_close(struct feeds *feeds)
{
	if (feeds != NULL) {
		feeds->closing = true;
		finish_if_closed(feeds);
	}
}
