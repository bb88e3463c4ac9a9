/* aggregation/settings.h - the config file's keys (deploy/config/aggregation.yaml). */
#ifndef AGGREGATION_SETTINGS_H
#define AGGREGATION_SETTINGS_H

#include "lib/base/config.h"

struct aggregation_settings {
	const char *name;
	const char *key_file;
	const char *state_dir;
	const char *run_dir;
	struct config_strings listen;
	const char *hq_node;
	const char *hq_name;
	const char *hq_curve_key;
	const char *hq_sign_key;
	uint64_t quota;
	uint64_t view_quota;
	bool reserve;
	bool accept_clock;
	int log_level;
	bool log_json;
	msec_t drain;
};

extern const struct config_schema aggregation_schema;

#endif
