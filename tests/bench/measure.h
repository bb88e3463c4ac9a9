/* tests/bench/measure.h - what the benchmark programs share: options, clocks, samples.
 *
 * A program prints one figure a line, "name TAB value TAB unit", which run.py gathers
 * over the rounds; everything else goes to stderr. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "lib/base/mem.h"

/* The value that follows "--name" on the command line; 'fallback' where it is missing. */
const char *option(int argc, char **argv, const char *name, const char *fallback);
uint64_t option_number(int argc, char **argv, const char *name, uint64_t fallback);

/* The value, or the end of the program with a sentence where it is missing. */
const char *option_needed(int argc, char **argv, const char *name);

/* End the program: it cannot measure what it was asked to. */
_Noreturn void give_up(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Seconds of the monotonic clock. */
double now_s(void);
void wait_s(double seconds);

void report(const char *name, double value, const char *unit);

/* Times, in seconds, of which percentiles are wanted. */
struct samples {
	double *at;
	size_t count, cap;
};
void samples_add(struct samples *, double seconds);

/* Sorts.  'q' from 0 to 1; there must be at least one sample. */
double samples_at(struct samples *, double q);

/* name.p50 and name.p99 in microseconds. */
void samples_report(struct samples *, const char *name);
void samples_fini(struct samples *);

/* What the disk under a path has done since the machine started: the whole machine's, so
 * it says something on a quiet one only.  Zeros where the kernel does not tell. */
struct disk_use {
	uint64_t written; /* Bytes. */
	uint64_t flushes;
};
struct disk_use disk_use(const char *path);

/* name.written (bytes a record) and name.flushes (of 1,000 records) since 'before'. */
void disk_report(const struct disk_use *before, const char *path, uint64_t records,
		 const char *name);

#endif
