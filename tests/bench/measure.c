#include "measure.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>

const char *
option(int argc, char **argv, const char *name, const char *fallback)
{
	for (int i = 1; i + 1 < argc; i++) {
		if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, name) == 0) {
			return argv[i + 1];
		}
	}
	return fallback;
}

uint64_t
option_number(int argc, char **argv, const char *name, uint64_t fallback)
{
	const char *text = option(argc, argv, name, NULL);
	char *end;

	if (text == NULL) {
		return fallback;
	}
	errno = 0;
	uint64_t value = strtoull(text, &end, 10);
	if (errno != 0 || *end != '\0' || end == text) {
		give_up("--%s: %s is no number", name, text);
	}
	return value;
}

const char *
option_needed(int argc, char **argv, const char *name)
{
	const char *value = option(argc, argv, name, NULL);

	if (value == NULL) {
		give_up("--%s is missing", name);
	}
	return value;
}

void
give_up(const char *fmt, ...)
{
	va_list args;

	fflush(stdout);
	fputs("bench: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

double
now_s(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void
wait_s(double seconds)
{
	struct timespec t = { .tv_sec = (time_t)seconds };

	t.tv_nsec = (long)((seconds - (double)t.tv_sec) * 1e9);
	while (nanosleep(&t, &t) != 0 && errno == EINTR) {
	}
}

void
report(const char *name, double value, const char *unit)
{
	printf("%s\t%.6g\t%s\n", name, value, unit);
	fflush(stdout);
}

void
samples_add(struct samples *s, double seconds)
{
	if (s->count == s->cap) {
		s->cap = s->cap != 0 ? 2 * s->cap : 1024;
		s->at = xrealloc(s->at, s->cap * sizeof(s->at[0]));
	}
	s->at[s->count++] = seconds;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

double
samples_at(struct samples *s, double q)
{
	must(s->count != 0);
	qsort(s->at, s->count, sizeof(s->at[0]), by_size);
	size_t i = (size_t)((double)s->count * q);
	return s->at[i < s->count ? i : s->count - 1];
}

void
samples_report(struct samples *s, const char *name)
{
	char full[256];

	snprintf(full, sizeof(full), "%s.p50", name);
	report(full, samples_at(s, 0.5) * 1e6, "us");
	snprintf(full, sizeof(full), "%s.p99", name);
	report(full, samples_at(s, 0.99) * 1e6, "us");
}

void
samples_fini(struct samples *s)
{
	free(s->at);
	*s = (struct samples){ 0 };
}

struct disk_use
disk_use(const char *path)
{
	/* Documentation/block/stat.rst of the kernel: sectors written are the 7th number,
	 * flushes the 16th. */
	enum { NUMBERS = 17, SECTORS_WRITTEN = 6, FLUSHES = 15, SECTOR = 512 };
	struct disk_use use = { 0 };
	uint64_t numbers[NUMBERS] = { 0 };
	struct stat st;
	char stat_path[64];

	if (stat(path, &st) != 0) {
		give_up("%s: %s", path, strerror(errno));
	}
	snprintf(stat_path, sizeof(stat_path), "/sys/dev/block/%u:%u/stat",
		 major(st.st_dev), minor(st.st_dev));
	FILE *f = fopen(stat_path, "re");
	if (f == NULL) {
		return use;
	}
	for (int i = 0; i < NUMBERS && fscanf(f, "%" SCNu64, &numbers[i]) == 1; i++) {
	}
	fclose(f);
	use.written = numbers[SECTORS_WRITTEN] * SECTOR;
	use.flushes = numbers[FLUSHES];
	return use;
}

void
disk_report(const struct disk_use *before, const char *path, uint64_t records,
	    const char *name)
{
	struct disk_use now = disk_use(path);
	double n = (double)records;
	char full[256];

	if (now.written == 0) {
		return;
	}
	snprintf(full, sizeof(full), "%s.written", name);
	report(full, (double)(now.written - before->written) / n, "B/record");
	snprintf(full, sizeof(full), "%s.flushes", name);
	report(full, (double)(now.flushes - before->flushes) / n * 1000, "/1000 records");
}
