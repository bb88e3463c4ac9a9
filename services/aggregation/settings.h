/* aggregation/settings.h - the config file's keys (deploy/config/aggregation.yaml). */
#ifndef AGGREGATION_SETTINGS_H
#define AGGREGATION_SETTINGS_H

#include "lib/node/settings.h"

struct aggregation_settings {
	struct settings common;
	struct config_strings listen;
	struct hq_settings hq;
	const char *archive_node, *archive_key;
	uint64_t view_quota;
	bool accept_clock;
};

extern const struct config_schema aggregation_schema;

#endif
