/* cli/json_split.h - the JSON values of a file, one after the other.
 *
 * One value, one array of them, or a value a line: the elements are found by counting
 * brackets, so that a file of any length takes the memory of its largest value.  What a
 * value holds is somebody else's matter (lib/model/json_wire.h). */
#ifndef CLI_JSON_SPLIT_H
#define CLI_JSON_SPLIT_H

#include "lib/base/buf.h"

enum { JSON_SPLIT_MAX = 256 * 1024 }; /* Bytes of one value: a record is far smaller. */

enum json_split_result {
	JSON_SPLIT_VALUE, /* One is complete. */
	JSON_SPLIT_MORE,  /* Feed more bytes, or end. */
	JSON_SPLIT_END,
	JSON_SPLIT_TOO_LARGE,
	JSON_SPLIT_COMMA,  /* Between two elements there is none, or one too many. */
	JSON_SPLIT_BROKEN, /* Something stands where no value can begin, or it ends early.
			    */
};

struct json_split {
	struct buf buf;
	size_t at;      /* Bytes before it are done with. */
	size_t scan;    /* Bytes before it belong to the value under way. */
	unsigned line;  /* Of 'at', from 1. */
	unsigned depth; /* Brackets open in the value. */
	bool begun;     /* A value is under way from 'at'. */
	bool string, escape, scalar;
	bool ended;   /* No more bytes come. */
	bool started; /* The first byte that is no blank was seen. */
	bool in_array, array_closed;
	bool needs_comma, after_comma;
};

/* A zeroed one is ready. */
void json_split_fini(struct json_split *);

void json_split_feed(struct json_split *, struct slice bytes);
void json_split_end(struct json_split *);

/* The next value, borrowed until the next call, and the line on which it begins. */
enum json_split_result json_split_next(struct json_split *, struct slice *ret_value,
				       unsigned *ret_line) WARN_UNUSED;

#endif
