/* archiving/settings.h - the config file's keys (deploy/config/archiving.yaml). */
#ifndef ARCHIVING_SETTINGS_H
#define ARCHIVING_SETTINGS_H

#include "lib/node/settings.h"

struct archiving_settings {
	struct settings common;
	const char *log_address; /* Headquarters' log. */
	const char *log_key;     /* Its CURVE key, over tcp://. */
	struct hq_settings hq;
	const char *origin;
	const char *dir;
	msec_t seal_after;
};

extern const struct config_schema archiving_schema;

#endif
