/* kusanone-aggregation: headquarters' log and totals.  README.md says what it takes,
 * keeps, promises and sends. */
#include <inttypes.h>
#include <stdlib.h>

#include "aggregation/aggregation.h"
#include "aggregation/settings.h"
#include "lib/host/program.h"

enum { ENDPOINT_LOCAL, ENDPOINT_NODES, ENDPOINT_COUNT };
static const char software[] = "kusanone-aggregation 0.1.0";
static const wall_ms_t clock_leap_ms = INT64_C(30) * 24 * 3600 * 1000;

struct main {
	struct program program;
	struct aggregation_settings settings;
	struct store *log_store;
	struct store *view_store;
	struct aggregation *core;
};

static int
open_stores(struct main *m)
{
	const struct aggregation_settings *s = &m->settings;
	const struct store_options log_options = { .kind = HQ_LOG_KIND,
						   .program = software,
						   .format = HQ_LOG_FORMAT,
						   .dbs = log_db_names,
						   .quota_bytes = s->common.quota,
						   .reserve = s->common.reserve };
	const struct store_options view_options = { .kind = "aggregation-view",
						    .program = software,
						    .format = AGGREGATION_FORMAT,
						    .dbs = view_db_names,
						    .quota_bytes = s->view_quota };
	int rc = program_open_store(&m->program, HQ_LOG_FOLDER, log_options,
				    &m->log_store);

	return rc != 0 ? rc
		       : program_open_store(&m->program, "view", view_options,
					    &m->view_store);
}

/* The archive's node and key; zeros where none is named. */
static int
read_archive(struct main *m, struct aggregation_config *config)
{
	const char *node = m->settings.archive_node, *key = m->settings.archive_key;

	if ((node[0] != '\0') != (key[0] != '\0')) {
		return program_fail(&m->program, "archive",
				    "node and sign_key are both needed, or neither");
	}
	if (node[0] != '\0') {
		must(hex_parse(slice_str(node), config->archive.b, NODE_ID_LEN));
		must(hex_parse(slice_str(key), config->archive_key, SIGN_PUBLIC_LEN));
	}
	return 0;
}

static int
open_core(struct main *m)
{
	struct aggregation_config config = { .hq = settings_hq(&m->settings.hq),
					     .software = software,
					     .local_endpoint = ENDPOINT_LOCAL,
					     .posts_endpoint = ENDPOINT_NODES };

	int rc = read_archive(m, &config);

	if (rc != 0) {
		return rc;
	}
	m->core = xmalloc(sizeof(*m->core));
	aggregation_init(m->core, &config, m->log_store, m->view_store);
	enum err err = aggregation_open(m->core);
	if (err != OK) {
		return program_fail(&m->program, "the log cannot be read", err_name(err));
	}
	wall_ms_t last = m->core->log.head.hq_ms;
	if (last != 0 && clock_wall() - last > clock_leap_ms &&
	    !m->settings.accept_clock) {
		return program_fail(
			&m->program, "clock",
			"it is more than 30 days after the last record. If it is "
			"right, start once with accept_clock: true; a wrong clock "
			"would stand in the log for good");
	}
	return 0;
}

static void
say_ready(void *ctx)
{
	struct main *m = ctx;

	log_event(&m->program.sink, LOG_INFO, "start",
		  "ready=%s position=%" PRIu64 " events=%u", m->settings.common.name,
		  m->core->log.head.position, m->core->fold.events.count);
}

static int
serve(struct main *m)
{
	struct host_options options = { .endpoint_count = ENDPOINT_COUNT,
					.drain = aggregation_drain,
					.ready = say_ready,
					.ready_ctx = m };
	struct buf allow = { 0 };

	options.endpoints[ENDPOINT_NODES].kind = ENDPOINT_LISTEN_CURVE;
	for (size_t i = 0; i < m->settings.listen.count; i++) {
		options.endpoints[ENDPOINT_NODES].addresses[i] = m->settings.listen.at[i];
	}
	aggregation_allow_list(m->core, &allow);
	options.allow = allow.at;
	options.allow_count = allow.len / 32;
	int rc = program_serve(&m->program, &aggregation_service, m->core, m->log_store,
			       &options, ENDPOINT_LOCAL, "aggregation.sock");
	buf_fini(&allow);
	if (rc == 0) {
		const struct aggregation *a = m->core;

		log_event(&m->program.sink, LOG_INFO, "stop",
			  "position=%" PRIu64 " blocks=%" PRIu64 " repeats=%" PRIu64
			  " refused=%" PRIu64,
			  a->log.head.position, a->blocks, a->repeats, a->refused);
	}
	return rc;
}

static int
start(struct main *m, const char *config_path)
{
	int rc = program_read_settings(&m->program, config_path, &aggregation_schema,
				       &m->settings.common);

	if (rc != 0) {
		return rc;
	}
	rc = program_read_keys(&m->program);
	if (rc == 0) {
		rc = open_stores(m);
	}
	if (rc == 0) {
		rc = open_core(m);
	}
	return rc != 0 ? rc : serve(m);
}

int
main(int argc, char **argv)
{
	struct main m = { 0 };
	int rc;

	if (!program_begin(&m.program, "kusanone-aggregation", argc, argv,
			   &aggregation_schema, &rc)) {
		return rc;
	}
	rc = start(&m, argv[1]);
	if (m.core != NULL) {
		aggregation_fini(m.core);
		free(m.core);
	}
	store_close(m.view_store);
	store_close(m.log_store);
	program_end(&m.program);
	return rc;
}
