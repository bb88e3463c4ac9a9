#include "curve_io.h"

#include <sodium.h>

#include "lib/base/base.h"

void
curve_public_of(const uint8_t secret[32], uint8_t ret_public[32])
{
	must(crypto_scalarmult_base(ret_public, secret) == 0);
}
