/* tests/bench/raw.h - the smallest durable commit that LMDB has: one value appended,
 * two flushes.  What a receipt is measured against. */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <stddef.h>

struct raw;

/* An environment in 'dir', which must exist, with the flags that the services use. */
struct raw *raw_open(const char *dir);
void raw_close(struct raw *);

/* Append one value of 'size' bytes and commit; how long it took, in seconds. */
double raw_commit(struct raw *, size_t size);

#endif
