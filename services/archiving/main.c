/* kusanone-archiving: headquarters' log, sealed into files that anyone can check.
 * README.md says what it takes, keeps, promises and sends. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "archiving/archiving.h"
#include "archiving/settings.h"
#include "lib/host/program.h"

enum { ENDPOINT_LOCAL, ENDPOINT_LOG, ENDPOINT_COUNT };
static const char software[] = "kusanone-archiving 0.1.0";

struct main {
	struct program program;
	struct archiving_settings settings;
	struct store *store;
	struct shelf_folder *folder;
	struct archiving *core;
	char dir[4200];
};

static int
open_store(struct main *m)
{
	const struct archiving_settings *s = &m->settings;
	const struct store_options options = { .kind = "archiving",
					       .program = software,
					       .format = ARCHIVING_FORMAT,
					       .dbs = archiving_db_names,
					       .quota_bytes = s->common.quota,
					       .reserve = s->common.reserve };

	return program_open_store(&m->program, "tail", options, &m->store);
}

static int
open_shelf(struct main *m)
{
	const struct archiving_settings *s = &m->settings;
	char why[4400];

	if (s->dir[0] != '\0') {
		snprintf(m->dir, sizeof(m->dir), "%s", s->dir);
	} else {
		snprintf(m->dir, sizeof(m->dir), "%s/archive", s->common.state_dir);
	}
	return shelf_open(m->dir, &m->folder, why, sizeof(why)) == OK
		       ? 0
		       : program_fail(&m->program, "archive.dir", why);
}

static int
open_core(struct main *m)
{
	const struct archiving_settings *s = &m->settings;
	const struct enrolment hq = settings_hq(&s->hq);
	const struct shelf shelf = shelf_of(m->folder);
	const struct node_keys *pair = keyfile_newest(&m->program.keys);
	struct archiving_config config = {
		.hq = { .node = hq.node },
		.node = m->program.keys.node,
		.name = s->common.name,
		.software = software,
		.local_endpoint = ENDPOINT_LOCAL,
		.dial_endpoint = ENDPOINT_LOG,
		.dials = true,
		.seal_after = s->seal_after,
	};
	char why[512];

	memcpy(config.hq.sign_key, hq.sign_key, SIGN_PUBLIC_LEN);
	memcpy(config.secret, pair->sign_secret, SIGN_SECRET_LEN);
	must(note_key_init(&config.key, slice_str(s->origin), pair->sign_public));
	m->core = xmalloc(sizeof(*m->core));
	archiving_init(m->core, &config, m->store, &shelf);
	return archiving_open(m->core, clock_monotonic(), why, sizeof(why)) == OK
		       ? 0
		       : program_fail(&m->program, m->dir, why);
}

static void
say_ready(void *ctx)
{
	struct main *m = ctx;

	log_event(&m->program.sink, LOG_INFO, "start",
		  "ready=%s position=%" PRIu64 " sealed=%" PRIu64 " segments=%" PRIu64,
		  m->settings.common.name, m->core->follower.log.head.position,
		  m->core->sealed.log.position, m->core->sealed.segments);
}

static int
serve(struct main *m)
{
	struct host_options options = { .endpoint_count = ENDPOINT_COUNT,
					.drain = archiving_drain,
					.ready = say_ready,
					.ready_ctx = m };

	program_dial_log(&options.endpoints[ENDPOINT_LOG], m->settings.log_address,
			 m->settings.log_key);
	int rc = program_serve(&m->program, &archiving_service, m->core, m->store,
			       &options, ENDPOINT_LOCAL, "archiving.sock");
	if (rc == 0) {
		log_event(&m->program.sink, LOG_INFO, "stop", "position=%" PRIu64,
			  m->core->follower.log.head.position);
	}
	return rc;
}

static int
start(struct main *m, const char *config_path)
{
	int rc = program_read_settings(&m->program, config_path, &archiving_schema,
				       &m->settings.common);

	if (rc == 0) {
		rc = program_check_follow(&m->program, m->settings.log_address,
					  m->settings.log_key);
	}
	if (rc == 0) {
		rc = program_read_keys(&m->program);
	}
	if (rc == 0) {
		rc = open_store(m);
	}
	if (rc == 0) {
		rc = open_shelf(m);
	}
	if (rc == 0) {
		rc = open_core(m);
	}
	return rc == 0 ? serve(m) : rc;
}

int
main(int argc, char **argv)
{
	struct main m = { 0 };
	int rc;

	if (!program_begin(&m.program, "kusanone-archiving", argc, argv,
			   &archiving_schema, &rc)) {
		return rc;
	}
	rc = start(&m, argv[1]);
	if (m.core != NULL) {
		archiving_fini(m.core);
		free(m.core);
	}
	shelf_close(m.folder);
	store_close(m.store);
	program_end(&m.program);
	return rc;
}
