/* lib/base/config.h - a service's YAML file, by a table of its keys.
 *
 * A service has one table of keys; from it come the reading, every message about a
 * mistake, and the commented example in deploy/config:
 *
 *	struct intake_config {
 *		const char *listen_tcp;
 *		uint64_t quota;
 *		msec_t drain;
 *	};
 *	static const struct config_key keys[] = {
 *		{ .name = "listen.tcp", .type = CONFIG_STRING, .text = "",
 *		  .offset = offsetof(struct intake_config, listen_tcp),
 *		  .comment = "Where posts connect; empty: nowhere." },
 *		{ .name = "store.quota", .type = CONFIG_BYTES, .text = "10G",
 *		  .min = 64 << 20, .max = UINT64_C(1) << 40,
 *		  .offset = offsetof(struct intake_config, quota),
 *		  .comment = "How much of the disk the log may take." },
 *		…
 *	};
 *	const struct config_schema intake_schema = CONFIG_SCHEMA(
 *		struct intake_config, keys, "Configuration of kusanone-intake.");
 *
 * A name has one part or two: "listen.tcp" stands in the file as "tcp:" under "listen:".
 * Strings and lists live in the arena that the caller gives; it outlives the values.
 * Every mistake is one line of the form
 *
 *	intake.yaml:3:8: store.quota: "10T" is not a size; right is a size such as
 *	64K, 32M or 10G, from 64M to 1024G
 *
 * and all mistakes of a file are told at once.  Only config_read_file() does I/O. */
#ifndef LIB_BASE_CONFIG_H
#define LIB_BASE_CONFIG_H

#include "lib/base/buf.h"
#include "lib/base/mem.h"

/* The type of the field at 'offset' is in the second column. */
enum config_type {
	CONFIG_STRING,   /* const char *          never NULL */
	CONFIG_UINT,     /* uint64_t              8080 */
	CONFIG_BYTES,    /* uint64_t              512, 64K, 32M, 10G: powers of 1,024 */
	CONFIG_DURATION, /* msec_t                20ms, 5s, 15m, 2h, 30d; 0 */
	CONFIG_BOOL,     /* bool                  true, false */
	CONFIG_WORD,     /* int                   one of 'words': its index */
	CONFIG_STRINGS,  /* struct config_strings [a, b], or one "- a" a line */
};

struct config_strings {
	const char *const *at;
	size_t count;
};

struct config_key {
	const char *name;
	enum config_type type;
	size_t offset;
	/* The default as the file would say it; "" is the empty string or list.  NULL:
	 * the file must give the key, and 'example' is what the printed file shows. */
	const char *text;
	const char *example; /* Instead of the default in the printed file. */
	/* UINT, BYTES, DURATION: the range (max 0: no upper end).  STRING and STRINGS: of
	 * the length and of the count. */
	uint64_t min, max;
	const char *const *words; /* WORD: NULL-terminated. */
	/* STRING, and each of STRINGS: what a value must be beyond being text, and how to
	 * say so: "tcp://HOST:PORT or ipc://PATH".  An empty STRING is not asked about.
	 */
	bool (*check)(const char *value);
	const char *expected;
	bool live; /* A reload (SIGHUP) applies it; others need a restart. */
	const char *comment;
};

struct config_schema {
	const char *title; /* The first comment of the printed file. */
	const struct config_key *keys;
	size_t key_count;
	size_t size; /* Of the struct that takes the values. */
};

#define CONFIG_SCHEMA(type, key_table, heading)                                          \
	{                                                                                \
		.title = (heading), .keys = (key_table),                                 \
		.key_count = ARRAY_LEN(key_table), .size = sizeof(type)                  \
	}

/* Read 'yaml' into 'values' (schema->size bytes; keys that it lacks get their default).
 * 'file' is the name that messages use.  ERR_INVALID: 'errors' has gained one line for
 * each mistake and 'values' is not to be used.  Keeps strings in 'arena'. */
enum err config_read_bytes(const struct config_schema *, const char *file,
			   struct slice yaml, struct arena *, void *values,
			   struct buf *errors) WARN_UNUSED;

/* The same from the file at 'path'; a file that cannot be read is a mistake too. */
enum err config_read_file(const struct config_schema *, const char *path, struct arena *,
			  void *values, struct buf *errors) WARN_UNUSED;

/* The file that says every default, each key with its comment, unit and range: what
 * deploy/config holds.  Read again, it gives the defaults and the examples. */
void config_print(const struct config_schema *, struct buf *out);

/* The names of the keys whose values differ, those that a reload cannot apply, parted by
 * ", " at the end of 'restart'.  True if any live key differs. */
bool config_compare(const struct config_schema *, const void *before, const void *after,
		    struct buf *restart);

/* A check for CONFIG_STRING: tcp://HOST:PORT, or ipc:// with a path that fits into a
 * socket's address.  Expected: CONFIG_ENDPOINT. */
bool config_is_endpoint(const char *value);
#define CONFIG_ENDPOINT "tcp://HOST:PORT or ipc://PATH (at most 100 bytes)"

/* Another: a public key, 32 bytes as 64 hex digits. */
bool config_is_hex_32(const char *value);

/* And a node's id, 16 bytes as 32 hex digits. */
bool config_is_hex_16(const char *value);

#endif
