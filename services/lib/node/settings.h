/* lib/node/settings.h - what every service's configuration says alike.
 *
 * A service's own settings begin with these, so that lib/host can read them; its table
 * names their keys in the order in which its file shows them, each with what only this
 * service can say of it:
 *
 *	struct intake_settings {
 *		struct settings common;
 *		…
 *	};
 *	SETTINGS_COME_FIRST(struct intake_settings);
 *	static const struct config_key keys[] = {
 *		SETTING_NAME(.example = "sfo", "How this node is called …"),
 *		…
 *		SETTING_LOG_JSON,
 *	}; */
#ifndef LIB_NODE_SETTINGS_H
#define LIB_NODE_SETTINGS_H

#include "lib/base/config.h"
#include "lib/base/log.h"
#include "lib/model/record.h"

struct settings {
	const char *name;
	const char *key_file;
	const char *state_dir;
	const char *run_dir;
	uint64_t quota; /* Of what must not be lost. */
	bool reserve;
	msec_t drain;
	int log_level;
	bool log_json;
};

#define SETTINGS_COME_FIRST(type)                                                        \
	_Static_assert(offsetof(type, common) == 0, "settings in common come first")

#define SETTING(field) .offset = offsetof(struct settings, field)

/* 'shown': .text = its default, or .example = what stands for it in the printed file. */
#define SETTING_NAME(shown, says)                                                        \
	{                                                                                \
		.name = "name", .type = CONFIG_STRING, SETTING(name), shown, .min = 1,   \
		.max = 63, .comment = says                                               \
	}

#define SETTING_KEY_FILE(path, whose)                                                    \
	{                                                                                \
		.name = "key_file", .type = CONFIG_STRING, SETTING(key_file),            \
		.example = path, .min = 1, .max = 4096,                                  \
		.comment = whose " keys, made by kusanone node keygen; mode 0600."       \
	}

#define SETTING_STATE_DIR(path, what)                                                    \
	{                                                                                \
		.name = "state_dir", .type = CONFIG_STRING, SETTING(state_dir),          \
		.text = path, .min = 1, .max = 4096,                                     \
		.comment = what ". A local disk, never a network one."                   \
	}

#define SETTING_RUN_DIR(socket)                                                          \
	{                                                                                \
		.name = "run_dir", .type = CONFIG_STRING, SETTING(run_dir),              \
		.text = "/run/kusanone", .min = 1, .max = 80,                            \
		.comment = "Where commands find this service: " socket "."               \
	}

#define SETTING_QUOTA(size, what)                                                        \
	{                                                                                \
		.name = "store.quota", .type = CONFIG_BYTES, SETTING(quota),             \
		.text = size, .min = 1 << 20, .max = UINT64_C(60) << 30,                 \
		.comment = "How much of the disk " what                                  \
			   " may take: a warning at 75 %, no new records at 95 %."       \
	}

#define SETTING_RESERVE(quota)                                                           \
	{                                                                                \
		.name = "store.reserve", .type = CONFIG_BOOL, SETTING(reserve),          \
		.text = "false",                                                         \
		.comment = "Reserve " quota " on the disk at the start."                 \
	}

#define SETTING_DRAIN                                                                    \
	{                                                                                \
		.name = "drain", .type = CONFIG_DURATION, SETTING(drain), .text = "2s",  \
		.max = 60000, .comment = "How long a stop waits for what is under way."  \
	}

/* The one node that a reader of headquarters' log trusts without a record. */
struct hq_settings {
	const char *node;
	const char *name;
	const char *curve_key;
	const char *sign_key;
};

#define SETTINGS_HQ(owner, member)                                                       \
	{ .name = "hq.node",                                                             \
	  .type = CONFIG_STRING,                                                         \
	  .offset = offsetof(owner, member.node),                                        \
	  .example = "00000000000000000000000000000000",                                 \
	  .check = config_is_hex_16,                                                     \
	  .expected = "32 hex digits, as kusanone node keygen prints them",              \
	  .comment =                                                                     \
		  "The one node that is trusted without a record: HQ's own intake." },   \
		{ .name = "hq.name",                                                     \
		  .type = CONFIG_STRING,                                                 \
		  .offset = offsetof(owner, member.name),                                \
		  .text = "hq",                                                          \
		  .min = 1,                                                              \
		  .max = 63,                                                             \
		  .comment = "Its name." },                                              \
		{ .name = "hq.curve_key",                                                \
		  .type = CONFIG_STRING,                                                 \
		  .offset = offsetof(owner, member.curve_key),                           \
		  .example = "000000000000000000000000000000000000000000000000000000000" \
			     "0000000",                                                  \
		  .check = config_is_hex_32,                                             \
		  .expected = "64 hex digits, as kusanone node keygen prints them",      \
		  .comment = "Its CURVE public key." },                                  \
	{                                                                                \
		.name = "hq.sign_key", .type = CONFIG_STRING,                            \
		.offset = offsetof(owner, member.sign_key),                              \
		.example = "00000000000000000000000000000000000000000000000000000000000" \
			   "00000",                                                      \
		.check = config_is_hex_32,                                               \
		.expected = "64 hex digits, as kusanone node keygen prints them",        \
		.comment = "Its Ed25519 public key."                                     \
	}

/* Where a follower reads headquarters' log. */
#define SETTINGS_FOLLOW(owner, address, key)                                             \
	{ .name = "follow.address",                                                      \
	  .type = CONFIG_STRING,                                                         \
	  .offset = offsetof(owner, address),                                            \
	  .text = "ipc:///run/kusanone/aggregation.sock",                                \
	  .check = config_is_endpoint,                                                   \
	  .expected = CONFIG_ENDPOINT,                                                   \
	  .comment =                                                                     \
		  "Where headquarters' log is read: the aggregation's socket on this "   \
		  "machine, or its address with our key enrolled as a follower." },      \
	{                                                                                \
		.name = "follow.key", .type = CONFIG_STRING,                             \
		.offset = offsetof(owner, key), .text = "", .check = config_is_hex_32,   \
		.expected = "64 hex digits, as kusanone node keygen prints them",        \
		.comment = "The aggregation's CURVE public key, for tcp://."             \
	}

#define SETTING_LOG_LEVEL                                                                \
	{                                                                                \
		.name = "log.level", .type = CONFIG_WORD, SETTING(log_level),            \
		.text = "info", .words = log_level_names, .comment = "What is logged."   \
	}

#define SETTING_LOG_JSON                                                                 \
	{                                                                                \
		.name = "log.json", .type = CONFIG_BOOL, SETTING(log_json),              \
		.text = "false", .comment = "Lines of JSON instead of key=value."        \
	}

/* Of what the schema has checked. */
struct enrolment settings_hq(const struct hq_settings *);

#endif
