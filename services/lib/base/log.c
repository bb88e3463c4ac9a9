#include "lib/base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/utf8.h"

const char *const log_level_names[] = { "error", "warn", "info", "debug", NULL };

const char *
log_level_name(enum log_level level)
{
	return log_level_names[level];
}

bool
log_enabled(const struct log_sink *sink, enum log_level level)
{
	return sink != NULL && sink->write != NULL &&
	       level <= __atomic_load_n(&sink->level, __ATOMIC_RELAXED);
}

void
log_set_level(struct log_sink *sink, enum log_level level)
{
	__atomic_store_n(&sink->level, level, __ATOMIC_RELAXED);
}

/* An argument list that functions can share: a va_list passed on by value is spent. */
struct args {
	va_list list;
};

/* One conversion of a format: where it stands and what it takes. */
struct conversion {
	const char *at;
	size_t len;
	int stars;  /* Arguments of type int before the value. */
	int length; /* 0 int, 1 long, 2 long long, 3 size_t, 4 intmax_t, 5 ptrdiff_t. */
	char letter;
};

/* Read the conversion at 'fmt', which begins with a %. */
static struct conversion
conversion_at(const char *fmt)
{
	struct conversion c = { .at = fmt };
	const char *p = fmt + 1;

	for (; *p != '\0' && strchr("-+ #0123456789.*", *p) != NULL; p++) {
		c.stars += *p == '*';
	}
	for (; *p != '\0' && strchr("hlzjt", *p) != NULL; p++) {
		switch (*p) {
		case 'l':
			c.length = c.length == 1 ? 2 : 1;
			break;
		case 'z':
			c.length = 3;
			break;
		case 'j':
			c.length = 4;
			break;
		case 't':
			c.length = 5;
			break;
		default: /* h and hh are passed as int. */
			break;
		}
	}
	must(*p != '\0');
	c.letter = *p;
	c.len = (size_t)(p + 1 - fmt);
	return c;
}

static bool
is_integer(char letter)
{
	return strchr("diuxXoc", letter) != NULL;
}

/* The specification is ours or a literal of our code: log_event() checks formats. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

#define PUT(value)                                                                       \
	(c->stars == 0   ? snprintf(text, size, spec, (value))                           \
	 : c->stars == 1 ? snprintf(text, size, spec, star[0], (value))                  \
			 : snprintf(text, size, spec, star[0], star[1], (value)))

/* The text of one conversion, cut at 'size' - 1 bytes.  Returns its length. */
static size_t
convert(const struct conversion *c, struct args *args, char *text, size_t size)
{
	int star[2] = { 0, 0 };
	char spec[32];
	int len;

	must(c->len < sizeof(spec) && c->stars <= 2);
	memcpy(spec, c->at, c->len);
	spec[c->len] = '\0';
	for (int i = 0; i < c->stars; i++) {
		star[i] = va_arg(args->list, int);
	}

	if (c->letter == '%') {
		len = snprintf(text, size, "%%");
	} else if (c->letter == 's') {
		const char *s = va_arg(args->list, const char *);

		len = PUT(s != NULL ? s : "-");
	} else if (c->letter == 'p') {
		len = PUT(va_arg(args->list, void *));
	} else if (!is_integer(c->letter)) {
		must(strchr("fFgGeE", c->letter) != NULL);
		len = PUT(va_arg(args->list, double));
	} else if (c->length == 0) {
		len = PUT(va_arg(args->list, int));
	} else if (c->length == 1) {
		len = PUT(va_arg(args->list, long));
	} else if (c->length == 2) {
		len = PUT(va_arg(args->list, long long));
	} else if (c->length == 3) {
		len = PUT(va_arg(args->list, size_t));
	} else if (c->length == 4) {
		len = PUT(va_arg(args->list, intmax_t));
	} else {
		len = PUT(va_arg(args->list, ptrdiff_t));
	}
	must(len >= 0);
	return (size_t)len < size ? (size_t)len : size - 1;
}
#undef PUT
#pragma GCC diagnostic pop

/* Not to be written as it is, quoted or not. */
static bool
is_special(uint8_t c)
{
	return c < 0x20 || c == 0x7f || c == '"' || c == '\\';
}

static bool
needs_quotes(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == ' ' || s.at[i] == '=' || is_special(s.at[i])) {
			return true;
		}
	}
	return s.len == 0;
}

/* In quotes, as a JSON string. */
static void
put_quoted(struct buf *out, struct slice s)
{
	buf_put_u8(out, '"');
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.at[i];

		if (c == '"' || c == '\\') {
			buf_printf(out, "\\%c", c);
		} else if (c == '\n') {
			buf_put_str(out, "\\n");
		} else if (c == '\t') {
			buf_put_str(out, "\\t");
		} else if (is_special(c)) {
			buf_printf(out, "\\u%04x", c);
		} else {
			buf_put_u8(out, c);
		}
	}
	buf_put_u8(out, '"');
}

/* A cut may have fallen inside a character; other bytes that are no text become '?', and
 * so do the control characters beyond ASCII, which terminals obey, too. */
static void
make_text(char *value, size_t *len)
{
	uint8_t *v = (uint8_t *)value;

	for (int cut = 0; cut < 4 && *len + 4 > LOG_VALUE_MAX; cut++) {
		if (utf8_valid(slice_of(v, *len))) {
			break;
		}
		(*len)--;
	}
	bool valid = utf8_valid(slice_of(v, *len));
	for (size_t i = 0; i < *len; i++) {
		if (!valid && v[i] >= 0x80) {
			v[i] = '?';
		} else if (valid && v[i] == 0xc2 && v[i + 1] < 0xa0) {
			v[i] = v[i + 1] = '?';
		}
	}
}

/* One word of the format: from 'fmt' to the next space.  Returns where it ends. */
static const char *
put_word(struct buf *line, bool json, const char *fmt, struct args *args)
{
	char value[LOG_VALUE_MAX];
	size_t len = 0;
	const char *key = fmt;
	size_t key_len = strcspn(fmt, "= %");
	bool number = false;

	if (fmt[key_len] == '=') {
		fmt += key_len + 1;
	} else {
		key_len = 0; /* A bare word. */
	}

	const char *begin = fmt;
	while (*fmt != '\0' && *fmt != ' ') {
		if (*fmt == '%') {
			struct conversion c = conversion_at(fmt);

			number = fmt == begin && strchr("diu", c.letter) != NULL;
			len += convert(&c, args, value + len, sizeof(value) - len);
			fmt += c.len;
		} else {
			number = false;
			if (len < sizeof(value) - 1) {
				value[len++] = *fmt;
			}
			fmt++;
		}
	}
	make_text(value, &len);

	struct slice s = slice_of(value, len);
	if (json) {
		buf_put_str(line, ",");
		put_quoted(line,
			   key_len != 0 ? slice_of(key, key_len) : slice_str("what"));
		buf_put_str(line, ":");
	} else {
		buf_put_str(line, " ");
		if (key_len != 0) {
			buf_put(line, key, key_len);
			buf_put_str(line, "=");
		}
	}
	if (json ? number : !needs_quotes(s)) {
		buf_put_slice(line, s);
	} else {
		put_quoted(line, s);
	}
	return fmt;
}

void
log_event(const struct log_sink *sink, enum log_level level, const char *area,
	  const char *fmt, ...)
{
	struct buf line = { 0 };
	struct args args;

	if (!log_enabled(sink, level)) {
		return;
	}
	if (sink->json) {
		buf_printf(&line, "\"area\":\"%s\"", area);
	} else {
		buf_put_str(&line, area);
	}
	va_start(args.list, fmt);
	while (*fmt != '\0') {
		if (*fmt == ' ') {
			fmt++;
			continue;
		}
		fmt = put_word(&line, sink->json, fmt, &args);
	}
	va_end(args.list);
	sink->write(sink, level, buf_slice(&line));
	buf_fini(&line);
}

static void
put_instant(struct buf *out, wall_ms_t ms)
{
	time_t seconds = (time_t)(ms > 0 ? ms / 1000 : 0);
	struct tm tm;

	must(gmtime_r(&seconds, &tm) != NULL);
	buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
		   tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		   (int)(ms > 0 ? ms % 1000 : 0));
}

void
log_format(struct buf *out, const struct log_sink *sink, enum log_level level,
	   struct slice line)
{
	bool timed = sink->wall_clock != NULL;

	buf_put_str(out,
		    sink->json ? (timed ? "{\"at\":\"" : "{") : (timed ? "at=" : ""));
	if (timed) {
		put_instant(out, sink->wall_clock());
		buf_put_str(out, sink->json ? "\"," : " ");
	}
	buf_printf(out, sink->json ? "\"level\":\"%s\"," : "level=%s ",
		   log_level_name(level));
	buf_put_slice(out, line);
	buf_put_str(out, sink->json ? "}\n" : "\n");
}

void
log_write_stderr(const struct log_sink *sink, enum log_level level, struct slice line)
{
	struct buf out = { 0 };
	size_t done = 0;

	log_format(&out, sink, level, line);
	/* In one piece, so that the lines of two threads do not mix.  A log that cannot
	 * be written has nobody to tell. */
	while (done < out.len) {
		ssize_t n = write(STDERR_FILENO, out.at + done, out.len - done);

		if (n < 0 && errno != EINTR) {
			break;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	buf_fini(&out);
}
