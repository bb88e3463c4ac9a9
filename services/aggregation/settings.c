#include "aggregation/settings.h"

SETTINGS_COME_FIRST(struct aggregation_settings);
#define FIELD(f) .offset = offsetof(struct aggregation_settings, f)

static const struct config_key keys[] = {
	SETTING_NAME(.text = "headquarters",
		     "How this service is called in logs and status."),
	SETTING_KEY_FILE("/etc/kusanone/aggregation.key", "Its"),
	SETTING_STATE_DIR("/var/lib/kusanone/aggregation", "The log and the view"),
	SETTING_RUN_DIR("aggregation.sock"),
	{ .name = "listen.curve",
	  .type = CONFIG_STRINGS,
	  FIELD(listen),
	  .text = "tcp://127.0.0.1:4010",
	  .min = 1,
	  .max = 3,
	  .check = config_is_endpoint,
	  .expected = CONFIG_ENDPOINT,
	  .comment = "Where enrolled nodes connect (CURVE)." },
	SETTINGS_HQ(struct aggregation_settings, hq),
	{ .name = "archive.node",
	  .type = CONFIG_STRING,
	  FIELD(archive_node),
	  .text = "",
	  .check = config_is_hex_16,
	  .expected = "32 hex digits, as kusanone node keygen prints them",
	  .comment = "The node of headquarters' archiving service; empty: there is none. "
		     "Where there is one it owns the order of the log: after a start "
		     "nothing is taken before it has shown how far it is." },
	{ .name = "archive.sign_key",
	  .type = CONFIG_STRING,
	  FIELD(archive_key),
	  .text = "",
	  .check = config_is_hex_32,
	  .expected = "64 hex digits, as kusanone node keygen prints them",
	  .comment = "The Ed25519 public key of its key file, with which it signs "
		     "checkpoints." },
	SETTING_QUOTA("16G", "the log"),
	{ .name = "store.view_quota",
	  .type = CONFIG_BYTES,
	  FIELD(view_quota),
	  .text = "16G",
	  .min = 1 << 20,
	  .max = UINT64_C(60) << 30,
	  .comment = "How much the view may take; it can be made again from the log." },
	SETTING_RESERVE("the log's quota"),
	{ .name = "accept_clock",
	  .type = CONFIG_BOOL,
	  FIELD(accept_clock),
	  .text = "false",
	  .comment =
		  "Start although the clock is more than 30 days after the last record: "
		  "say true once, when the clock is known to be right." },
	SETTING_DRAIN,
	SETTING_LOG_LEVEL,
	SETTING_LOG_JSON,
};

const struct config_schema aggregation_schema = CONFIG_SCHEMA(
	struct aggregation_settings, keys,
	"Configuration of kusanone-aggregation, headquarters' log and totals.");
