#include "intake/settings.h"

#include "lib/base/id.h"
#include "lib/base/log.h"

static bool
is_hex_32(const char *value)
{
	uint8_t bytes[32];

	return hex_parse(slice_str(value), bytes, sizeof(bytes));
}

static const char *const role_words[] = {
	[SETTINGS_ROLE_POST] = "post",
	[SETTINGS_ROLE_HQ] = "hq",
	NULL,
};

#define FIELD(f) .offset = offsetof(struct intake_settings, f)

static const struct config_key keys[] = {
	{ .name = "name",
	  .type = CONFIG_STRING,
	  FIELD(name),
	  .example = "sfo",
	  .min = 1,
	  .max = 63,
	  .comment = "How this node is called in logs and status." },
	{ .name = "role",
	  .type = CONFIG_WORD,
	  FIELD(role),
	  .text = "post",
	  .words = role_words,
	  .comment = "A post records events; hq is headquarters' own intake." },
	{ .name = "posts",
	  .type = CONFIG_STRINGS,
	  FIELD(posts),
	  .text = "",
	  .max = 32,
	  .comment =
		  "The posts that this node speaks for, by their codes in the reference "
		  "data; none for hq." },
	{ .name = "author",
	  .type = CONFIG_STRING,
	  FIELD(author),
	  .text = "",
	  .max = 100,
	  .comment = "Who is recorded where a command does not say who asks." },
	{ .name = "key_file",
	  .type = CONFIG_STRING,
	  FIELD(key_file),
	  .example = "/etc/kusanone/sfo.key",
	  .min = 1,
	  .max = 4096,
	  .comment = "The node's keys, made by kusanone node keygen; mode 0600." },
	{ .name = "state_dir",
	  .type = CONFIG_STRING,
	  FIELD(state_dir),
	  .text = "/var/lib/kusanone/intake",
	  .min = 1,
	  .max = 4096,
	  .comment = "The journal. A local disk, never a network one." },
	{ .name = "run_dir",
	  .type = CONFIG_STRING,
	  FIELD(run_dir),
	  .text = "/run/kusanone",
	  .min = 1,
	  .max = 80,
	  .comment = "Where commands find this service: intake.sock." },
	{ .name = "hq.address",
	  .type = CONFIG_STRING,
	  FIELD(hq_address),
	  .text = "",
	  .check = config_is_endpoint,
	  .expected = CONFIG_ENDPOINT,
	  .comment = "Headquarters' address; empty: this node stands alone." },
	{ .name = "hq.key",
	  .type = CONFIG_STRING,
	  FIELD(hq_key),
	  .text = "",
	  .check = is_hex_32,
	  .expected = "64 hex digits: headquarters' CURVE public key",
	  .comment = "Headquarters' CURVE public key: nobody else is believed." },
	{ .name = "store.quota",
	  .type = CONFIG_BYTES,
	  FIELD(quota),
	  .text = "4G",
	  .min = 1 << 20,
	  .max = UINT64_C(60) << 30,
	  .comment =
		  "How much of the disk the journal may take: a warning at 75 %, no new "
		  "records at 95 %." },
	{ .name = "store.reserve",
	  .type = CONFIG_BOOL,
	  FIELD(reserve),
	  .text = "false",
	  .comment = "Reserve the quota on the disk at the start." },
	{ .name = "drain",
	  .type = CONFIG_DURATION,
	  FIELD(drain),
	  .text = "2s",
	  .max = 60000,
	  .comment = "How long a stop waits for what is under way." },
	{ .name = "log.level",
	  .type = CONFIG_WORD,
	  FIELD(log_level),
	  .text = "info",
	  .words = log_level_names,
	  .comment = "What is logged." },
	{ .name = "log.json",
	  .type = CONFIG_BOOL,
	  FIELD(log_json),
	  .text = "false",
	  .comment = "Lines of JSON instead of key=value." },
};

const struct config_schema intake_schema =
	CONFIG_SCHEMA(struct intake_settings, keys,
		      "Configuration of kusanone-intake, a node's journal.");
