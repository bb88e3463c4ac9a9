/* intake/settings.h - the config file's keys (deploy/config/intake.yaml). */
#ifndef INTAKE_SETTINGS_H
#define INTAKE_SETTINGS_H

#include "lib/node/settings.h"

enum { SETTINGS_ROLE_POST, SETTINGS_ROLE_HQ };

struct intake_settings {
	struct settings common;
	int role;
	struct config_strings posts;
	const char *author;
	const char *hq_address;
	const char *hq_key;
};

extern const struct config_schema intake_schema;

#endif
