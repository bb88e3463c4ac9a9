#include "home.h"

#include <stdio.h>
#include <string.h>

#include "lib/host/keyfile.h"
#include "measure.h"

struct home
home_of(int argc, char **argv)
{
	struct home h = { 0 };

	snprintf(h.dir, sizeof(h.dir), "%s", option_needed(argc, argv, "dir"));
	snprintf(h.ends, sizeof(h.ends), "%s/ends", h.dir);
	snprintf(h.intake_key, sizeof(h.intake_key), "%s/intake.key", h.dir);
	snprintf(h.intake_config, sizeof(h.intake_config), "%s/intake.yaml", h.dir);
	snprintf(h.key, sizeof(h.key), "%s/aggregation.key", h.dir);
	snprintf(h.config, sizeof(h.config), "%s/aggregation.yaml", h.dir);
	snprintf(h.socket, sizeof(h.socket), "ipc://%s/run/aggregation.sock", h.dir);
	snprintf(h.intake_socket, sizeof(h.intake_socket), "ipc://%s/run/intake.sock",
		 h.dir);
	return h;
}

struct home
home_open(int argc, char **argv)
{
	struct home h = home_of(argc, argv);
	char path[HOME_PATH_LEN], why[256];
	struct keyfile keys;

	if (keyfile_read(h.key, &keys, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
	memcpy(h.server_key, keyfile_newest(&keys)->curve_public, sizeof(h.server_key));
	snprintf(path, sizeof(path), "%s/address", h.dir);
	FILE *f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%127s", h.address) != 1) {
		give_up("%s cannot be read", path);
	}
	fclose(f);
	return h;
}
