/* kusanone-intake: a node's own journal.  README.md says what it takes, keeps, promises
 * and sends. */
#include <inttypes.h>
#include <stdlib.h>

#include "intake/intake.h"
#include "intake/settings.h"
#include "lib/host/program.h"
#include "lib/host/zone_file.h"

enum {
	ENDPOINT_LOCAL,
	ENDPOINT_FIRST_DIAL, /* Two for each pair of keys: up, down. */
	DIAL_KEYS = (HOST_MAX_ENDPOINTS - ENDPOINT_FIRST_DIAL) / 2,
	INTAKE_FORMAT = 1,
};
static const char software[] = "kusanone-intake 0.1.0";

struct main {
	struct program program;
	struct intake_settings settings;
	struct zones zones;
	struct store *store;
	struct intake *core;
};

/* What one key of the file says only makes sense with another. */
static int
check_settings(const struct main *m)
{
	const struct intake_settings *s = &m->settings;

	if (s->role == SETTINGS_ROLE_POST && s->posts.count == 0) {
		return program_fail(
			&m->program, "posts",
			"a post's node speaks for at least one post; right is "
			"posts: [sfo]");
	}
	if (s->role == SETTINGS_ROLE_HQ && s->posts.count != 0) {
		return program_fail(&m->program, "posts",
				    "headquarters' intake speaks for no post; right is "
				    "posts: []");
	}
	if ((s->hq_address[0] == '\0') != (s->hq_key[0] == '\0')) {
		return program_fail(
			&m->program, "hq",
			"address and key belong together: give both, or neither");
	}
	return 0;
}

static struct intake_config
make_config(struct main *m)
{
	const struct intake_settings *s = &m->settings;
	const struct keyfile *keys = &m->program.keys;
	struct intake_config c = { .node = keys->node,
				   .name = s->common.name,
				   .role = s->role == SETTINGS_ROLE_HQ ? NODE_HQ
								       : NODE_POST,
				   .posts = s->posts.at,
				   .post_count = s->posts.count,
				   .key_count = keys->count,
				   .author = s->author,
				   .software = software,
				   .zones = zones_table(&m->zones),
				   .local = ENDPOINT_LOCAL };

	for (unsigned i = 0; i < keys->count; i++) {
		memcpy(c.keys[i].curve_public, keys->keys[i].curve_public, 32);
		memcpy(c.keys[i].sign_public, keys->keys[i].sign_public, SIGN_PUBLIC_LEN);
		memcpy(c.keys[i].sign_secret, keys->keys[i].sign_secret, SIGN_SECRET_LEN);
	}
	random_bytes(c.seed, sizeof(c.seed));
	if (s->hq_address[0] != '\0') {
		c.dial_count = keys->count < DIAL_KEYS ? keys->count : DIAL_KEYS;
	}
	for (unsigned i = 0; i < c.dial_count; i++) {
		c.dial[i].up = ENDPOINT_FIRST_DIAL + 2 * i;
		c.dial[i].down = ENDPOINT_FIRST_DIAL + 2 * i + 1;
	}
	return c;
}

static void
add_dial(const struct main *m, struct host_options *options, unsigned number,
	 const struct node_keys *keys)
{
	struct endpoint *e = &options->endpoints[number];

	e->kind = ENDPOINT_DIAL;
	e->addresses[0] = m->settings.hq_address;
	e->own_public = keys->curve_public;
	e->own_secret = keys->curve_secret;
	must(hex_parse(slice_str(m->settings.hq_key), e->server_key, 32));
}

static void
say_ready(void *ctx)
{
	struct main *m = ctx;

	log_event(&m->program.sink, LOG_INFO, "start",
		  "ready=%s seq=%" PRIu64 " unreceipted=%" PRIu64,
		  m->settings.common.name, m->core->journal.tip_seq,
		  m->core->journal.waiting);
}

static void
drain(void *self, struct turn *turn)
{
	intake_drain(self, turn);
}

static int
serve(struct main *m, const struct intake_config *config)
{
	const struct keyfile *file = &m->program.keys;
	unsigned first_key = file->count - config->dial_count;
	struct host_options options = { .endpoint_count = ENDPOINT_FIRST_DIAL +
							  2 * config->dial_count,
					.drain = drain,
					.ready = say_ready,
					.ready_ctx = m };

	for (unsigned i = 0; i < config->dial_count; i++) {
		const struct node_keys *keys = &file->keys[first_key + i];

		add_dial(m, &options, config->dial[i].up, keys);
		add_dial(m, &options, config->dial[i].down, keys);
	}
	int rc = program_serve(&m->program, &intake_service, m->core, m->store, &options,
			       ENDPOINT_LOCAL, "intake.sock");
	if (rc == 0) {
		log_event(&m->program.sink, LOG_INFO, "stop", "seq=%" PRIu64,
			  m->core->journal.tip_seq);
	}
	return rc;
}

static int
start(struct main *m, const char *config_path)
{
	struct intake_settings *s = &m->settings;
	int rc = program_read_settings(&m->program, config_path, &intake_schema,
				       &s->common);

	if (rc != 0) {
		return rc;
	}
	if (check_settings(m) != 0) {
		return 2;
	}
	rc = program_read_keys(&m->program);
	if (rc == 0) {
		const struct store_options options = { .kind = "intake-journal",
						       .program = software,
						       .format = INTAKE_FORMAT,
						       .dbs = journal_db_names,
						       .quota_bytes = s->common.quota,
						       .reserve = s->common.reserve };

		rc = program_open_store(&m->program, "journal", options, &m->store);
	}
	if (rc != 0) {
		return rc;
	}
	struct intake_config config = make_config(m);
	m->core = xmalloc(sizeof(*m->core));
	intake_init(m->core, &config, m->store);
	enum err err = intake_open(m->core, clock_monotonic(), clock_wall());
	if (err != OK) {
		return program_fail(&m->program, "the journal cannot be read",
				    err_name(err));
	}
	return serve(m, &config);
}

int
main(int argc, char **argv)
{
	struct main m = { 0 };
	int rc;

	if (!program_begin(&m.program, "kusanone-intake", argc, argv, &intake_schema,
			   &rc)) {
		return rc;
	}
	zones_init(&m.zones, zone_file_find, NULL);
	rc = start(&m, argv[1]);
	if (m.core != NULL) {
		intake_fini(m.core);
		free(m.core);
	}
	store_close(m.store);
	zones_fini(&m.zones);
	program_end(&m.program);
	return rc;
}
