#include "notification/settings.h"

#include "lib/model/alert.h"

static bool
is_address(const char *value)
{
	return alert_address_valid(slice_str(value));
}

static bool
is_smtp_url(const char *value)
{
	return strncmp(value, "smtp://", 7) == 0 || strncmp(value, "smtps://", 8) == 0;
}

SETTINGS_COME_FIRST(struct notification_settings);
#define FIELD(f) .offset = offsetof(struct notification_settings, f)

static const struct config_key keys[] = {
	SETTING_NAME(.text = "notification",
		     "How this service is called in logs and status."),
	SETTING_KEY_FILE("/etc/kusanone/notification.key", "Its"),
	SETTING_STATE_DIR("/var/lib/kusanone/notification",
			  "The alert log, a copy of headquarters' log, and the view"),
	SETTING_RUN_DIR("notification.sock"),
	SETTINGS_FOLLOW(struct notification_settings, log_address, log_key),
	SETTINGS_HQ(struct notification_settings, hq),
	SETTING_QUOTA("1G", "the alert log"),
	{ .name = "store.copy_quota",
	  .type = CONFIG_BYTES,
	  FIELD(copy_quota),
	  .text = "16G",
	  .min = 1 << 20,
	  .max = UINT64_C(60) << 30,
	  .comment = "How much the copy of headquarters' log may take; it can be fetched "
		     "again." },
	{ .name = "store.view_quota",
	  .type = CONFIG_BYTES,
	  FIELD(view_quota),
	  .text = "16G",
	  .min = 1 << 20,
	  .max = UINT64_C(60) << 30,
	  .comment = "How much the view may take; it can be made again from the copy." },
	SETTING_RESERVE("the alert log's quota"),
	{ .name = "send.from",
	  .type = CONFIG_STRING,
	  FIELD(from),
	  .example = "kusanone@example.org",
	  .check = is_address,
	  .expected = "a mail address such as kusanone@example.org",
	  .comment = "Whom mails come from; bounces go there." },
	{ .name = "send.host",
	  .type = CONFIG_STRING,
	  FIELD(host),
	  .example = "kusanone.example.org",
	  .min = 1,
	  .max = 255,
	  .comment = "Our name: of the Message-ID, and of UIDs in calendars. Keep it for "
		     "good: with another name, calendars show every event twice." },
	{ .name = "send.give_up",
	  .type = CONFIG_DURATION,
	  FIELD(give_up),
	  .text = "4d",
	  .min = 60000,
	  .max = UINT64_C(30) * 24 * 3600 * 1000,
	  .comment = "A message that was not taken for so long is dead: shown, and sent "
		     "again by hand." },
	{ .name = "send.retry",
	  .type = CONFIG_DURATION,
	  FIELD(retry),
	  .text = "30s",
	  .min = 100,
	  .max = 3600 * 1000,
	  .comment = "How long a message that was not taken waits at first; twice as "
		     "long each time, up to six hours." },
	{ .name = "send.timeout",
	  .type = CONFIG_DURATION,
	  FIELD(timeout),
	  .text = "60s",
	  .min = 500,
	  .max = 10 * 60 * 1000,
	  .comment = "An attempt that takes longer is broken off, and made again." },
	{ .name = "smtp.url",
	  .type = CONFIG_STRING,
	  FIELD(smtp_url),
	  .text = "",
	  .check = is_smtp_url,
	  .expected = "smtp://HOST:PORT or smtps://HOST:PORT",
	  .comment = "The relay that takes our mail; empty: mail waits." },
	{ .name = "smtp.starttls",
	  .type = CONFIG_BOOL,
	  FIELD(smtp_starttls),
	  .text = "true",
	  .comment = "smtp://: TLS before anything is said, or nothing is sent. False is "
		     "for a relay on this machine." },
	{ .name = "smtp.user",
	  .type = CONFIG_STRING,
	  FIELD(smtp_user),
	  .text = "",
	  .max = 320,
	  .comment = "Who we are to the relay; empty: it does not ask." },
	{ .name = "smtp.password_file",
	  .type = CONFIG_STRING,
	  FIELD(smtp_password_file),
	  .text = "",
	  .max = 4096,
	  .comment = "A file of mode 0600 with the password on one line." },
	{ .name = "smtp.ca_file",
	  .type = CONFIG_STRING,
	  FIELD(smtp_ca_file),
	  .text = "",
	  .max = 4096,
	  .comment = "Whose word for the relay's certificate is good (PEM); empty: the "
		     "system's list." },
	{ .name = "hook.secrets_file",
	  .type = CONFIG_STRING,
	  FIELD(hook_secrets_file),
	  .text = "",
	  .max = 4096,
	  .comment = "A file of mode 0600: lines of a name and whsec_BASE64. A name that "
		     "stands twice is signed with both (rotation)." },
	{ .name = "hook.allow",
	  .type = CONFIG_STRINGS,
	  FIELD(hook_allow),
	  .text = "",
	  .max = 32,
	  .comment =
		  "Destinations HOST or HOST:PORT that may be private or loopback, and "
		  "may be http://." },
	{ .name = "hook.ca_file",
	  .type = CONFIG_STRING,
	  FIELD(hook_ca_file),
	  .text = "",
	  .max = 4096,
	  .comment = "Whose word for their certificates is good (PEM); empty: the "
		     "system's list." },
	{ .name = "feed.dir",
	  .type = CONFIG_STRING,
	  FIELD(feed_dir),
	  .text = "",
	  .max = 4096,
	  .comment =
		  "Where feeds are written, one .ics a subscription; empty: the folder "
		  "feeds under state_dir." },
	SETTING_DRAIN,
	SETTING_LOG_LEVEL,
	SETTING_LOG_JSON,
};

const struct config_schema notification_schema =
	CONFIG_SCHEMA(struct notification_settings, keys,
		      "Configuration of kusanone-notification, alerts to planners.");
