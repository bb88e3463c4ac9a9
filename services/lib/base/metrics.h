/* lib/base/metrics.h - numbers that a service counts, and their text for Prometheus.
 *
 * A registry is a list of metrics that its owner registers once at start and changes
 * through the handle it keeps.  No locks and no globals: a registry belongs to one
 * thread; who asks for the text asks on that thread.
 *
 *	struct metric *blocks = metrics_counter(m, "kusanone_blocks_total",
 *						"Blocks in the log.", NULL);
 *	metric_add(blocks, 1);
 *
 * The text form is Prometheus' exposition format, version 0.0.4. */
#ifndef LIB_BASE_METRICS_H
#define LIB_BASE_METRICS_H

#include "lib/base/buf.h"

struct metric;

struct metrics {
	struct metric **at; /* In the order of registration. */
	size_t count;
	size_t cap;
};

/* A zeroed registry is an empty one.  metrics_fini() frees every handle. */
void metrics_fini(struct metrics *);

/* A counter only grows; its name ends in _total.  'name' is one of [a-zA-Z0-9_:], 'help'
 * one sentence; both are borrowed for the registry's life.  'label' is "" or NULL, or
 * the text between the braces, as metrics_label() makes it: copied.  The same name and
 * label again give the same handle. */
struct metric *metrics_counter(struct metrics *, const char *name, const char *help,
			       const char *label);
/* A gauge goes both ways. */
struct metric *metrics_gauge(struct metrics *, const char *name, const char *help,
			     const char *label);

void metric_add(struct metric *, uint64_t n);
void metric_set(struct metric *, int64_t value);
int64_t metric_get(const struct metric *);

/* key="value" with the value escaped, after a comma if 'out' holds labels already. */
void metrics_label(struct buf *out, const char *key, const char *value);

/* The whole registry as text at the end of 'out'; metrics of one name stand together. */
void metrics_print(const struct metrics *, struct buf *out);

#endif
