/* intake/settings.h - the config file's keys (deploy/config/intake.yaml). */
#ifndef INTAKE_SETTINGS_H
#define INTAKE_SETTINGS_H

#include "lib/base/config.h"

enum { SETTINGS_ROLE_POST, SETTINGS_ROLE_HQ };

struct intake_settings {
	const char *name;
	int role;
	struct config_strings posts;
	const char *author;
	const char *key_file;
	const char *state_dir;
	const char *run_dir;
	const char *hq_address;
	const char *hq_key;
	uint64_t quota;
	bool reserve;
	msec_t drain;
	int log_level;
	bool log_json;
};

extern const struct config_schema intake_schema;

#endif
