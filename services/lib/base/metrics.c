#include "lib/base/metrics.h"

#include <inttypes.h>
#include <stdlib.h>

#include "lib/base/mem.h"

struct metric {
	const char *name;
	const char *help;
	char *label;
	bool counter;
	int64_t value;
};

void
metrics_fini(struct metrics *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->at[i]->label);
		free(m->at[i]);
	}
	free(m->at);
	*m = (struct metrics){ 0 };
}

static bool
is_name(const char *name)
{
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789_:");

	return len > 0 && name[len] == '\0' && (name[0] < '0' || name[0] > '9');
}

static bool
ends_in(const char *s, const char *end)
{
	size_t len = strlen(s);
	size_t end_len = strlen(end);

	return len >= end_len && strcmp(s + len - end_len, end) == 0;
}

static struct metric *
add(struct metrics *m, const char *name, const char *help, const char *label,
    bool counter)
{
	must(is_name(name));
	label = label != NULL ? label : "";
	for (size_t i = 0; i < m->count; i++) {
		struct metric *old = m->at[i];

		if (strcmp(old->name, name) == 0) {
			must(old->counter == counter);
			if (strcmp(old->label, label) == 0) {
				return old;
			}
		}
	}
	if (m->count == m->cap) {
		m->cap = m->cap != 0 ? 2 * m->cap : 16;
		m->at = xrealloc(m->at, m->cap * sizeof(struct metric *));
	}
	struct metric *metric = xcalloc(1, sizeof(*metric));
	*metric = (struct metric){
		.name = name, .help = help, .label = xstrdup(label), .counter = counter
	};
	m->at[m->count++] = metric;
	return metric;
}

struct metric *
metrics_counter(struct metrics *m, const char *name, const char *help, const char *label)
{
	must(ends_in(name, "_total"));
	return add(m, name, help, label, true);
}

struct metric *
metrics_gauge(struct metrics *m, const char *name, const char *help, const char *label)
{
	return add(m, name, help, label, false);
}

void
metric_add(struct metric *metric, uint64_t n)
{
	metric->value += (int64_t)n;
}

void
metric_set(struct metric *metric, int64_t value)
{
	must(!metric->counter || value >= metric->value);
	metric->value = value;
}

int64_t
metric_get(const struct metric *metric)
{
	return metric->value;
}

/* Backslash and line feed escaped, and the quote where one would end the text. */
static void
put_escaped(struct buf *out, const char *s, bool quoted)
{
	for (; *s != '\0'; s++) {
		if (*s == '\n') {
			buf_put_str(out, "\\n");
			continue;
		}
		if (*s == '\\' || (quoted && *s == '"')) {
			buf_put_u8(out, '\\');
		}
		buf_put_u8(out, (uint8_t)*s);
	}
}

void
metrics_label(struct buf *out, const char *key, const char *value)
{
	buf_printf(out, "%s%s=\"", out->len != 0 ? "," : "", key);
	put_escaped(out, value, true);
	buf_put_str(out, "\"");
}

/* The first metric of its name; the others are printed with it. */
static bool
is_first_of_name(const struct metrics *m, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (strcmp(m->at[k]->name, m->at[i]->name) == 0) {
			return false;
		}
	}
	return true;
}

static void
print_one(const struct metric *metric, struct buf *out)
{
	buf_put_str(out, metric->name);
	if (metric->label[0] != '\0') {
		buf_printf(out, "{%s}", metric->label);
	}
	buf_printf(out, " %" PRId64 "\n", metric->value);
}

void
metrics_print(const struct metrics *m, struct buf *out)
{
	for (size_t i = 0; i < m->count; i++) {
		const struct metric *metric = m->at[i];

		if (!is_first_of_name(m, i)) {
			continue;
		}
		buf_printf(out, "# HELP %s ", metric->name);
		put_escaped(out, metric->help, false);
		buf_printf(out, "\n# TYPE %s %s\n", metric->name,
			   metric->counter ? "counter" : "gauge");
		for (size_t k = i; k < m->count; k++) {
			if (strcmp(m->at[k]->name, metric->name) == 0) {
				print_one(m->at[k], out);
			}
		}
	}
}
