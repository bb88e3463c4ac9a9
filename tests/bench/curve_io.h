/* tests/bench/curve_io.h - the public half of a CURVE key pair. */
#ifndef BENCH_CURVE_IO_H
#define BENCH_CURVE_IO_H

#include <stdint.h>

void curve_public_of(const uint8_t secret[32], uint8_t ret_public[32]);

#endif
