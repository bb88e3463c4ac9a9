/* tests/bench/commit_bench.c - the physical limits that other figures stand beside.
 *
 *	bench_commit --dir DIR [--n 2000]
 *
 * An append of 600 bytes with fdatasync, and LMDB's commit of one such value. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"
#include "raw.h"

enum { RECORD = 600 };

static void
measure_flush(const char *dir, uint64_t n)
{
	char path[4096];
	uint8_t bytes[RECORD];
	struct samples times = { 0 };

	snprintf(path, sizeof(path), "%s/append", dir);
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0) {
		give_up("%s cannot be written", path);
	}
	memset(bytes, 'k', sizeof(bytes));
	for (uint64_t i = 0; i < n; i++) {
		double start = now_s();

		if (write(fd, bytes, sizeof(bytes)) != (ssize_t)sizeof(bytes) ||
		    fdatasync(fd) != 0) {
			give_up("%s cannot be written", path);
		}
		samples_add(&times, now_s() - start);
	}
	close(fd);
	unlink(path);
	samples_report(&times, "disk.append_flush");
	samples_fini(&times);
}

static void
measure_commit(const char *dir, uint64_t n)
{
	struct raw *raw = raw_open(dir);
	struct samples times = { 0 };
	struct disk_use before = disk_use(dir);

	for (uint64_t i = 0; i < n; i++) {
		samples_add(&times, raw_commit(raw, RECORD));
	}
	disk_report(&before, dir, n, "lmdb.commit");
	samples_report(&times, "lmdb.commit");
	samples_fini(&times);
	raw_close(raw);
}

int
main(int argc, char **argv)
{
	const char *dir = option_needed(argc, argv, "dir");
	uint64_t n = option_number(argc, argv, "n", 2000);

	measure_flush(dir, n);
	measure_commit(dir, n);
	return 0;
}
