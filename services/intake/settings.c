#include "intake/settings.h"

static const char *const role_words[] = {
	[SETTINGS_ROLE_POST] = "post",
	[SETTINGS_ROLE_HQ] = "hq",
	NULL,
};

SETTINGS_COME_FIRST(struct intake_settings);
#define FIELD(f) .offset = offsetof(struct intake_settings, f)

static const struct config_key keys[] = {
	SETTING_NAME(.example = "sfo", "How this node is called in logs and status."),
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
	SETTING_KEY_FILE("/etc/kusanone/sfo.key", "The node's"),
	SETTING_STATE_DIR("/var/lib/kusanone/intake", "The journal"),
	SETTING_RUN_DIR("intake.sock"),
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
	  .check = config_is_hex_32,
	  .expected = "64 hex digits: headquarters' CURVE public key",
	  .comment = "Headquarters' CURVE public key: nobody else is believed." },
	SETTING_QUOTA("4G", "the journal"),
	SETTING_RESERVE("the quota"),
	SETTING_DRAIN,
	SETTING_LOG_LEVEL,
	SETTING_LOG_JSON,
};

const struct config_schema intake_schema =
	CONFIG_SCHEMA(struct intake_settings, keys,
		      "Configuration of kusanone-intake, a node's journal.");
