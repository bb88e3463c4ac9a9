#include "lib/base/config_parts.h"

#include <inttypes.h>

#include "lib/base/id.h"

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit no_units[] = { { "", 1 }, { NULL, 0 } };
static const struct unit byte_units[] = {
	{ "", 1 }, { "K", 1 << 10 }, { "M", 1 << 20 }, { "G", 1 << 30 }, { NULL, 0 }
};
static const struct unit time_units[] = { { "ms", 1 },
					  { "s", 1000 },
					  { "m", 60 * 1000 },
					  { "h", 60 * 60 * 1000 },
					  { "d", 24 * 60 * 60 * 1000 },
					  { NULL, 0 } };

static const struct unit *
units_of(enum config_type type)
{
	return type == CONFIG_BYTES      ? byte_units
	       : type == CONFIG_DURATION ? time_units
					 : no_units;
}

/* The largest value that a field of this type holds. */
static uint64_t
largest(enum config_type type)
{
	return type == CONFIG_DURATION ? INT64_MAX : UINT64_MAX;
}

static bool
parse_number(enum config_type type, const char *text, uint64_t *ret, const char **wrong)
{
	static const char *const what[] = {
		[CONFIG_UINT] = "is not a whole number",
		[CONFIG_BYTES] = "is not a size",
		[CONFIG_DURATION] = "is not a time with its unit",
	};
	const char *p = text;
	uint64_t n = 0;

	*wrong = what[type];
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n)) {
			*wrong = "is out of range";
			return false;
		}
	}
	if (p == text) {
		return false;
	}
	if (type == CONFIG_DURATION && *p == '\0' && n == 0) {
		*ret = 0; /* Nothing is nothing in any unit. */
		return true;
	}
	for (const struct unit *u = units_of(type); u->name != NULL; u++) {
		if (strcmp(u->name, p) == 0) {
			if (__builtin_mul_overflow(n, u->factor, ret) ||
			    *ret > largest(type)) {
				*wrong = "is out of range";
				return false;
			}
			return true;
		}
	}
	return false;
}

/* With the largest unit that leaves a whole number. */
static void
put_number(enum config_type type, uint64_t n, struct buf *out)
{
	const struct unit *best = units_of(type);

	for (const struct unit *u = best; u->name != NULL; u++) {
		if (n != 0 && n % u->factor == 0) {
			best = u;
		}
	}
	buf_printf(out, "%" PRIu64 "%s", n / best->factor, n != 0 ? best->name : "");
}

static bool
in_range(const struct config_key *key, uint64_t n)
{
	return n >= key->min && (key->max == 0 || n <= key->max);
}

/* Where the default is the empty text it means "none", and no check asks about it. */
static bool
may_be_empty(const struct config_key *key, const char *text)
{
	return text[0] == '\0' && key->text != NULL && key->text[0] == '\0';
}

bool
config_value_set(const struct config_key *key, const char *text, struct arena *arena,
		 void *values, const char **wrong)
{
	void *field = config_field(key, values);
	uint64_t n;

	switch (key->type) {
	case CONFIG_STRING:
		if (!in_range(key, strlen(text))) {
			*wrong = "has the wrong length";
			return false;
		}
		if (key->check != NULL && !may_be_empty(key, text) && !key->check(text)) {
			*wrong = "is not what is needed";
			return false;
		}
		*(const char **)field = arena_dup(arena, text, strlen(text));
		return true;
	case CONFIG_UINT:
	case CONFIG_BYTES:
	case CONFIG_DURATION:
		if (!parse_number(key->type, text, &n, wrong)) {
			return false;
		}
		if (!in_range(key, n)) {
			*wrong = "is out of range";
			return false;
		}
		if (key->type == CONFIG_DURATION) {
			*(msec_t *)field = (msec_t)n;
		} else {
			*(uint64_t *)field = n;
		}
		return true;
	case CONFIG_BOOL:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
			*wrong = "is neither";
			return false;
		}
		*(bool *)field = text[0] == 't';
		return true;
	case CONFIG_WORD:
		for (int i = 0; key->words[i] != NULL; i++) {
			if (strcmp(text, key->words[i]) == 0) {
				*(int *)field = i;
				return true;
			}
		}
		*wrong = "is not one of the words";
		return false;
	case CONFIG_STRINGS:
		break;
	}
	*wrong = "is not a list";
	return false;
}

bool
config_strings_set(const struct config_key *key, const char *const *texts, size_t count,
		   void *values, const char **wrong)
{
	struct config_strings *field = config_field(key, values);

	must(key->type == CONFIG_STRINGS);
	if (!in_range(key, count)) {
		*wrong = "has the wrong number of items";
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (key->check != NULL && !key->check(texts[i])) {
			*wrong = "is not what is needed";
			return false;
		}
	}
	*field = (struct config_strings){ .at = texts, .count = count };
	return true;
}

size_t
config_default_split(const char *text, struct arena *arena, const char *const **ret_at)
{
	const char **at = arena_alloc(arena, (strlen(text) + 1) * sizeof(*at));
	size_t count = 0;

	while (*text != '\0') {
		text += strspn(text, "[, ");
		size_t len = strcspn(text, ",]");

		if (len != 0) {
			at[count++] = arena_dup(arena, text, len);
		}
		text += len + (text[len] == ']');
	}
	*ret_at = at;
	return count;
}

void
config_default_set(const struct config_key *key, struct arena *arena, void *values)
{
	const char *wrong = NULL;
	bool done;

	if (key->type == CONFIG_STRINGS) {
		const char *const *at;
		size_t count = config_default_split(key->text, arena, &at);

		done = config_strings_set(key, at, count, values, &wrong);
	} else {
		done = config_value_set(key, key->text, arena, values, &wrong);
	}
	must(done);
}

static void
put_range(const struct config_key *key, enum config_type type, const char *unit,
	  struct buf *out)
{
	if (key->min != 0 && key->max == 0) {
		buf_put_str(out, ", at least ");
		put_number(type, key->min, out);
		buf_put_str(out, unit);
	} else if (key->max != 0) {
		buf_put_str(out, ", from ");
		put_number(type, key->min, out);
		buf_put_str(out, " to ");
		put_number(type, key->max, out);
		buf_put_str(out, unit);
	}
}

void
config_expected(const struct config_key *key, struct buf *out)
{
	switch (key->type) {
	case CONFIG_STRING:
		buf_put_str(out, key->expected != NULL ? key->expected : "text");
		put_range(key, CONFIG_UINT, " bytes", out);
		return;
	case CONFIG_UINT:
		buf_put_str(out, "a whole number");
		break;
	case CONFIG_BYTES:
		buf_put_str(out, "a size such as 512, 64K, 32M or 10G");
		break;
	case CONFIG_DURATION:
		buf_put_str(out, "a time such as 20ms, 5s, 15m, 2h or 30d");
		break;
	case CONFIG_BOOL:
		buf_put_str(out, "true or false");
		return;
	case CONFIG_WORD:
		buf_put_str(out, "one of ");
		for (size_t i = 0; key->words[i] != NULL; i++) {
			buf_printf(out, "%s%s", i != 0 ? ", " : "", key->words[i]);
		}
		return;
	case CONFIG_STRINGS:
		buf_put_str(out, "a list such as [a, b]");
		if (key->expected != NULL) {
			buf_printf(out, ", each %s", key->expected);
		}
		put_range(key, CONFIG_UINT, " items", out);
		return;
	}
	put_range(key, key->type, "", out);
}

bool
config_value_eq(const struct config_key *key, const void *values_a, const void *values_b)
{
	const void *a = (const uint8_t *)values_a + key->offset;
	const void *b = (const uint8_t *)values_b + key->offset;

	switch (key->type) {
	case CONFIG_STRING:
		return strcmp(*(const char *const *)a, *(const char *const *)b) == 0;
	case CONFIG_UINT:
	case CONFIG_BYTES:
		return *(const uint64_t *)a == *(const uint64_t *)b;
	case CONFIG_DURATION:
		return *(const msec_t *)a == *(const msec_t *)b;
	case CONFIG_BOOL:
		return *(const bool *)a == *(const bool *)b;
	case CONFIG_WORD:
		return *(const int *)a == *(const int *)b;
	case CONFIG_STRINGS:
		break;
	}
	const struct config_strings *list_a = a;
	const struct config_strings *list_b = b;
	bool same = list_a->count == list_b->count;

	for (size_t i = 0; same && i < list_a->count; i++) {
		same = strcmp(list_a->at[i], list_b->at[i]) == 0;
	}
	return same;
}

bool
config_compare(const struct config_schema *schema, const void *before, const void *after,
	       struct buf *restart)
{
	bool live = false;

	for (size_t i = 0; i < schema->key_count; i++) {
		const struct config_key *key = &schema->keys[i];

		if (config_value_eq(key, before, after)) {
			continue;
		}
		if (key->live) {
			live = true;
		} else {
			buf_printf(restart, "%s%s", restart->len != 0 ? ", " : "",
				   key->name);
		}
	}
	return live;
}

bool
config_is_endpoint(const char *value)
{
	if (strlen(value) > 100) {
		return false;
	}
	if (strncmp(value, "ipc://", 6) == 0) {
		return value[6] != '\0';
	}
	if (strncmp(value, "tcp://", 6) != 0) {
		return false;
	}
	const char *colon = strrchr(value, ':');
	size_t host_len = (size_t)(colon - value) > 6 ? (size_t)(colon - value) - 6 : 0;
	uint32_t port = 0;

	for (const char *p = colon + 1; *p != '\0'; p++) {
		if (*p < '0' || *p > '9' || port > 65535) {
			return false;
		}
		port = port * 10 + (uint32_t)(*p - '0');
	}
	return host_len != 0 && strcspn(value, " \t\"") == strlen(value) && port > 0 &&
	       port <= 65535;
}

bool
config_is_hex_32(const char *value)
{
	uint8_t bytes[32];

	return hex_parse(slice_str(value), bytes, sizeof(bytes));
}

bool
config_is_hex_16(const char *value)
{
	uint8_t bytes[16];

	return hex_parse(slice_str(value), bytes, sizeof(bytes));
}
