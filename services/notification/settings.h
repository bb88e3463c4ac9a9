/* notification/settings.h - the config file's keys (deploy/config/notification.yaml). */
#ifndef NOTIFICATION_SETTINGS_H
#define NOTIFICATION_SETTINGS_H

#include "lib/node/settings.h"

struct notification_settings {
	struct settings common;
	const char *log_address; /* Headquarters' log. */
	const char *log_key;     /* Its CURVE key, over tcp://. */
	struct hq_settings hq;
	uint64_t copy_quota, view_quota;

	const char *from, *host;
	msec_t give_up, retry, timeout;

	const char *smtp_url;
	bool smtp_starttls;
	const char *smtp_user, *smtp_password_file, *smtp_ca_file;

	const char *hook_secrets_file, *hook_ca_file;
	struct config_strings hook_allow;

	const char *feed_dir;
};

extern const struct config_schema notification_schema;

#endif
