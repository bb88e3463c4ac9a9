#include "aggregation/settings.h"

#include "lib/base/id.h"
#include "lib/base/log.h"

static bool
is_hex_16(const char *value)
{
	uint8_t bytes[16];

	return hex_parse(slice_str(value), bytes, sizeof(bytes));
}

static bool
is_hex_32(const char *value)
{
	uint8_t bytes[32];

	return hex_parse(slice_str(value), bytes, sizeof(bytes));
}

#define FIELD(f) .offset = offsetof(struct aggregation_settings, f)

static const struct config_key keys[] = {
	{ .name = "name",
	  .type = CONFIG_STRING,
	  FIELD(name),
	  .text = "headquarters",
	  .min = 1,
	  .max = 63,
	  .comment = "How this service is called in logs and status." },
	{ .name = "key_file",
	  .type = CONFIG_STRING,
	  FIELD(key_file),
	  .example = "/etc/kusanone/aggregation.key",
	  .min = 1,
	  .max = 4096,
	  .comment = "Its keys, made by kusanone node keygen; mode 0600." },
	{ .name = "state_dir",
	  .type = CONFIG_STRING,
	  FIELD(state_dir),
	  .text = "/var/lib/kusanone/aggregation",
	  .min = 1,
	  .max = 4096,
	  .comment = "The log and the view. A local disk, never a network one." },
	{ .name = "run_dir",
	  .type = CONFIG_STRING,
	  FIELD(run_dir),
	  .text = "/run/kusanone",
	  .min = 1,
	  .max = 80,
	  .comment = "Where commands find this service: aggregation.sock." },
	{ .name = "listen.curve",
	  .type = CONFIG_STRINGS,
	  FIELD(listen),
	  .text = "tcp://127.0.0.1:4010",
	  .min = 1,
	  .max = 3,
	  .check = config_is_endpoint,
	  .expected = CONFIG_ENDPOINT,
	  .comment = "Where enrolled nodes connect (CURVE)." },
	{ .name = "hq.node",
	  .type = CONFIG_STRING,
	  FIELD(hq_node),
	  .example = "00000000000000000000000000000000",
	  .check = is_hex_16,
	  .expected = "32 hex digits, as kusanone node keygen prints them",
	  .comment = "The one node that is trusted without a record: HQ's own intake." },
	{ .name = "hq.name",
	  .type = CONFIG_STRING,
	  FIELD(hq_name),
	  .text = "hq",
	  .min = 1,
	  .max = 63,
	  .comment = "Its name." },
	{ .name = "hq.curve_key",
	  .type = CONFIG_STRING,
	  FIELD(hq_curve_key),
	  .example = "0000000000000000000000000000000000000000000000000000000000000000",
	  .check = is_hex_32,
	  .expected = "64 hex digits, as kusanone node keygen prints them",
	  .comment = "Its CURVE public key." },
	{ .name = "hq.sign_key",
	  .type = CONFIG_STRING,
	  FIELD(hq_sign_key),
	  .example = "0000000000000000000000000000000000000000000000000000000000000000",
	  .check = is_hex_32,
	  .expected = "64 hex digits, as kusanone node keygen prints them",
	  .comment = "Its Ed25519 public key." },
	{ .name = "store.quota",
	  .type = CONFIG_BYTES,
	  FIELD(quota),
	  .text = "16G",
	  .min = 1 << 20,
	  .max = UINT64_C(60) << 30,
	  .comment = "How much of the disk the log may take: a warning at 75 %, no new "
		     "records at 95 %." },
	{ .name = "store.view_quota",
	  .type = CONFIG_BYTES,
	  FIELD(view_quota),
	  .text = "16G",
	  .min = 1 << 20,
	  .max = UINT64_C(60) << 30,
	  .comment = "How much the view may take; it can be made again from the log." },
	{ .name = "store.reserve",
	  .type = CONFIG_BOOL,
	  FIELD(reserve),
	  .text = "false",
	  .comment = "Reserve the log's quota on the disk at the start." },
	{ .name = "accept_clock",
	  .type = CONFIG_BOOL,
	  FIELD(accept_clock),
	  .text = "false",
	  .comment =
		  "Start although the clock is more than 30 days after the last record: "
		  "say true once, when the clock is known to be right." },
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

const struct config_schema aggregation_schema = CONFIG_SCHEMA(
	struct aggregation_settings, keys,
	"Configuration of kusanone-aggregation, headquarters' log and totals.");
