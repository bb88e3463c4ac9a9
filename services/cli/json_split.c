#include "cli/json_split.h"

#include <string.h>

void
json_split_fini(struct json_split *s)
{
	buf_fini(&s->buf);
}

void
json_split_feed(struct json_split *s, struct slice bytes)
{
	/* What is done with makes room. */
	if (s->at != 0) {
		memmove(s->buf.at, s->buf.at + s->at, s->buf.len - s->at);
		s->buf.len -= s->at;
		s->scan -= s->begun ? s->at : s->scan;
		s->at = 0;
	}
	buf_put_slice(&s->buf, bytes);
}

void
json_split_end(struct json_split *s)
{
	s->ended = true;
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Bytes before the next value.  VALUE: one begins at 'at'. */
static enum json_split_result
skip_to_value(struct json_split *s)
{
	for (; s->at < s->buf.len; s->at++) {
		uint8_t c = s->buf.at[s->at];

		if (!s->started && c == 0xef) {
			/* A byte order mark, as some editors write it. */
			if (s->buf.len - s->at < 3 && !s->ended) {
				return JSON_SPLIT_MORE;
			}
			if (s->buf.len - s->at >= 3 &&
			    memcmp(s->buf.at + s->at, "\xef\xbb\xbf", 3) == 0) {
				s->at += 2;
				continue;
			}
		}
		if (is_blank(c)) {
			s->line += c == '\n' ? 1 : 0;
			continue;
		}
		if (!s->started) {
			s->started = true;
			if (c == '[') {
				s->in_array = true;
				continue;
			}
		}
		if (s->array_closed) {
			return JSON_SPLIT_BROKEN;
		}
		if (s->in_array && c == ']') {
			if (s->after_comma) {
				return JSON_SPLIT_COMMA;
			}
			s->array_closed = true;
			continue;
		}
		if (s->in_array && c == ',') {
			if (!s->needs_comma) {
				return JSON_SPLIT_COMMA;
			}
			s->needs_comma = false;
			s->after_comma = true;
			continue;
		}
		if (s->needs_comma) {
			return JSON_SPLIT_COMMA;
		}
		if (c == ',' || c == ']' || c == '}' || c == ':') {
			return JSON_SPLIT_BROKEN;
		}
		s->begun = true;
		s->scan = s->at;
		s->depth = 0;
		s->string = s->escape = s->scalar = false;
		return JSON_SPLIT_VALUE;
	}
	if (!s->ended) {
		return JSON_SPLIT_MORE;
	}
	return s->in_array && !s->array_closed ? JSON_SPLIT_BROKEN : JSON_SPLIT_END;
}

/* Goes on until the value is complete.  False: more bytes are needed. */
static bool
scan_value(struct json_split *s)
{
	for (; s->scan < s->buf.len; s->scan++) {
		uint8_t c = s->buf.at[s->scan];

		if (s->string) {
			bool closes = c == '"' && !s->escape;

			s->escape = c == '\\' && !s->escape;
			s->string = !closes;
			if (closes && s->depth == 0) {
				s->scan++;
				return true;
			}
			continue;
		}
		if (s->scalar && (is_blank(c) || c == ',' || c == ']' || c == '}' ||
				  c == '{' || c == '[' || c == '"')) {
			return true;
		}
		if (c == '"') {
			s->string = true;
			s->escape = false;
		} else if (c == '{' || c == '[') {
			s->depth++;
		} else if (c == '}' || c == ']') {
			s->depth--; /* Not 0: such a byte begins no value. */
			if (s->depth == 0) {
				s->scan++;
				return true;
			}
		} else if (s->depth == 0) {
			s->scalar = true;
		}
	}
	return s->scalar && s->ended;
}

enum json_split_result
json_split_next(struct json_split *s, struct slice *ret_value, unsigned *ret_line)
{
	s->line += s->line == 0 ? 1 : 0;
	if (!s->begun) {
		enum json_split_result r = skip_to_value(s);

		*ret_line = s->line;
		if (r != JSON_SPLIT_VALUE) {
			return r;
		}
	}
	*ret_line = s->line;
	bool complete = scan_value(s);
	if (s->scan - s->at > JSON_SPLIT_MAX) {
		return JSON_SPLIT_TOO_LARGE;
	}
	if (!complete) {
		return s->ended ? JSON_SPLIT_BROKEN : JSON_SPLIT_MORE;
	}
	*ret_value = slice_of(s->buf.at + s->at, s->scan - s->at);
	for (size_t i = 0; i < ret_value->len; i++) {
		s->line += ret_value->at[i] == '\n' ? 1 : 0;
	}
	s->at = s->scan;
	s->begun = false;
	s->after_comma = false;
	s->needs_comma = s->in_array;
	return JSON_SPLIT_VALUE;
}
