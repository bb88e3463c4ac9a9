#include "archiving/settings.h"

SETTINGS_COME_FIRST(struct archiving_settings);
#define FIELD(f) .offset = offsetof(struct archiving_settings, f)

/* The name of a C2SP signed note's key: visible ASCII without "+" and spaces. */
static bool
is_origin(const char *value)
{
	for (const char *c = value; *c != '\0'; c++) {
		if (*c <= ' ' || *c > '~' || *c == '+') {
			return false;
		}
	}
	return value[0] != '\0';
}

static const struct config_key keys[] = {
	SETTING_NAME(.text = "archiving",
		     "How this service is called in logs and status."),
	SETTING_KEY_FILE("/etc/kusanone/archiving.key",
			 "The archive is signed with the newest of these. Its"),
	SETTING_STATE_DIR(
		"/var/lib/kusanone/archiving",
		"What has come and is not sealed yet, and how far it is sealed"),
	SETTING_RUN_DIR("archiving.sock"),
	SETTINGS_FOLLOW(struct archiving_settings, log_address, log_key),
	SETTINGS_HQ(struct archiving_settings, hq),
	{ .name = "archive.origin",
	  .type = CONFIG_STRING,
	  FIELD(origin),
	  .text = "kusanone/hq",
	  .min = 1,
	  .max = 127,
	  .check = is_origin,
	  .expected = "visible ASCII without spaces and +",
	  .comment =
		  "What the archive is called in its checkpoints, and its key. Keep it "
		  "for good." },
	{ .name = "archive.dir",
	  .type = CONFIG_STRING,
	  FIELD(dir),
	  .text = "",
	  .max = 4000,
	  .comment = "Where the archive lies; empty: the folder archive under state_dir. "
		     "Copy it anywhere: it can be checked where it is." },
	{ .name = "archive.seal_after",
	  .type = CONFIG_DURATION,
	  FIELD(seal_after),
	  .text = "1h",
	  .min = 100,
	  .max = UINT64_C(31) * 24 * 3600 * 1000,
	  .comment = "What has come is sealed after this time at the latest, or once a "
		     "segment is full." },
	SETTING_QUOTA("4G", "what is not sealed"),
	SETTING_RESERVE("that"),
	SETTING_DRAIN,
	SETTING_LOG_LEVEL,
	SETTING_LOG_JSON,
};

const struct config_schema archiving_schema =
	CONFIG_SCHEMA(struct archiving_settings, keys,
		      "Configuration of kusanone-archiving, the archive that anyone can "
		      "check.");
