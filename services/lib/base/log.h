/* lib/base/log.h - lines of key=value about a service's life.
 *
 *	log_event(log, LOG_INFO, "link", "peer=%s %s->%s after_ms=%" PRId64 " reason=%s",
 *		  peer, from, to, after, reason);
 *
 * gives the sink the line
 *
 *	link peer=atl IDLE->BACKOFF after_ms=3000 reason="no answer"
 *
 * The format is a list of words parted by single spaces; a word is key=value or bare.
 * What an argument holds never ends its word: a value with a space, a quote, a control
 * character or nothing in it is put in quotes and escaped, so that no line can be
 * forged by a peer.  A value is cut at LOG_VALUE_MAX bytes.
 *
 * A sink is a function and its context: lib/host writes to stderr, a simulator keeps
 * the lines as part of its trace.  The time is the sink's affair; a core has none to
 * give.  Never log per record: that is a metric. */
#ifndef LIB_BASE_LOG_H
#define LIB_BASE_LOG_H

#include "lib/base/buf.h"

enum { LOG_VALUE_MAX = 512 };

enum log_level {
	LOG_ERROR, /* Someone must act. */
	LOG_WARN,  /* We coped. */
	LOG_INFO,  /* The service's life. */
	LOG_DEBUG, /* Moves. */
};

struct log_sink {
	/* Takes one line without its end, borrowed for the call.  With 'json' the line is
	 * the members of an object without the braces.  Called from every thread that
	 * logs. */
	void (*write)(const struct log_sink *, enum log_level, struct slice line);
	void *ctx; /* write()'s own. */
	/* What log_write_stderr() puts before a line; NULL: no time. */
	wall_ms_t (*wall_clock)(void);
	enum log_level level; /* What is less urgent is not made into a line. */
	bool json;
};

/* One line.  A sink of NULL, or without a function, takes nothing. */
void log_event(const struct log_sink *, enum log_level, const char *area, const char *fmt,
	       ...) PRINTF_LIKE(4, 5);

/* Would a line of this level be made?  For lines that cost something to prepare. */
bool log_enabled(const struct log_sink *, enum log_level);

/* While others log, too. */
void log_set_level(struct log_sink *, enum log_level);

/* A write() for services: one line on stderr, with the time of wall_clock and the level:
 *	at=2024-02-15T05:00:00.000Z level=info link peer=atl …
 *	{"at":"2024-02-15T05:00:00.000Z","level":"info","area":"link","peer":"atl",…} */
void log_write_stderr(const struct log_sink *, enum log_level, struct slice line);

/* The line as log_write_stderr() writes it, with its end, at the end of 'out'. */
void log_format(struct buf *out, const struct log_sink *, enum log_level,
		struct slice line);

/* "error", "warn", "info", "debug". */
const char *log_level_name(enum log_level);
extern const char *const log_level_names[]; /* NULL-terminated: a config's words. */

#endif
