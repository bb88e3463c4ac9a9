#include "lib/base/base.h"

#include <stdio.h>
#include <stdlib.h>

void
must_fail(const char *file, int line, const char *func, const char *cond)
{
	fprintf(stderr, "%s:%d: %s: must(%s)\n", file, line, func, cond);
	abort();
}

const char *
err_name(enum err err)
{
	switch (err) {
	case OK:
		return "ok";
	case ERR_DISK_FULL:
		return "disk_full";
	case ERR_IO:
		return "io";
	case ERR_CORRUPT:
		return "corrupt";
	case ERR_NOT_FOUND:
		return "not_found";
	case ERR_EXISTS:
		return "exists";
	case ERR_FORMAT_NEWER:
		return "format_newer";
	case ERR_INVALID:
		return "invalid";
	case ERR_BUSY:
		return "busy";
	case ERR_UNSUPPORTED:
		return "unsupported";
	case ERR_FORCED:
		return "forced";
	}
	return "unknown";
}
