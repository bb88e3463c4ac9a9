/* kusanone-intake: a node's own journal.  README.md says what it takes, keeps, promises
 * and sends. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "intake/intake.h"
#include "intake/settings.h"
#include "lib/host/host.h"
#include "lib/host/keyfile.h"
#include "lib/host/zone_file.h"

enum {
	ENDPOINT_LOCAL,
	ENDPOINT_FIRST_DIAL, /* Two for each pair of keys: up, down. */
	DIAL_KEYS = (HOST_MAX_ENDPOINTS - ENDPOINT_FIRST_DIAL) / 2,
	INTAKE_FORMAT = 1,
	WHY_LEN = 512,
	PATH_LEN = 4200,
};
static const char software[] = "kusanone-intake 0.1.0";

struct program {
	struct arena arena;
	struct intake_settings settings;
	struct keyfile keys;
	struct zones zones;
	struct store *store;
	struct intake *core;
	struct log_sink sink;
};

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "kusanone-intake: %s: %s\n", what, why);
	return 1;
}

/* 0, or what fail() returns: 'key' of the configuration names the folder 'path'. */
static int
make_dir(const char *key, const char *path)
{
	char why[PATH_LEN + WHY_LEN];

	if (mkdir(path, 0700) == 0 || errno == EEXIST) {
		return 0;
	}
	snprintf(why, sizeof(why),
		 "%s: cannot be made: %s; right is a folder that this program may write, "
		 "or a new one in such a folder",
		 path, strerror(errno));
	return fail(key, why);
}

/* A key file that is not there is a machine on which a step was left out. */
static int
read_keys(struct program *p)
{
	char why[PATH_LEN + WHY_LEN];
	enum err err = keyfile_read(p->settings.key_file, &p->keys, why, sizeof(why));

	if (err == ERR_NOT_FOUND) {
		snprintf(why, sizeof(why),
			 "%s: is not there; kusanone node keygen makes one",
			 p->settings.key_file);
	}
	return err == OK ? 0 : fail("key_file", why);
}

/* What one key of the file says only makes sense with another. */
static int
check_settings(const struct intake_settings *s)
{
	if (s->role == SETTINGS_ROLE_POST && s->posts.count == 0) {
		return fail("posts",
			    "a post's node speaks for at least one post; right is "
			    "posts: [sfo]");
	}
	if (s->role == SETTINGS_ROLE_HQ && s->posts.count != 0) {
		return fail("posts", "headquarters' intake speaks for no post; right is "
				     "posts: []");
	}
	if ((s->hq_address[0] == '\0') != (s->hq_key[0] == '\0')) {
		return fail("hq",
			    "address and key belong together: give both, or neither");
	}
	return 0;
}

static int
open_store(struct program *p)
{
	char dir[PATH_LEN], why[WHY_LEN];
	struct store_options options = { .dir = dir,
					 .kind = "intake-journal",
					 .format = INTAKE_FORMAT,
					 .dbs = journal_db_names,
					 .quota_bytes = p->settings.quota,
					 .reserve = p->settings.reserve };

	if (make_dir("state_dir", p->settings.state_dir) != 0) {
		return 1;
	}
	snprintf(dir, sizeof(dir), "%s/journal", p->settings.state_dir);
	if (store_open(&options, &p->store, why, sizeof(why)) != OK) {
		return fail("state_dir", why);
	}
	if (why[0] != '\0') {
		log_event(&p->sink, LOG_WARN, "store", "note=%s", why);
	}
	return 0;
}

static struct intake_config
make_config(struct program *p)
{
	const struct intake_settings *s = &p->settings;
	struct intake_config c = { .node = p->keys.node,
				   .name = s->name,
				   .role = s->role == SETTINGS_ROLE_HQ ? NODE_HQ
								       : NODE_POST,
				   .posts = s->posts.at,
				   .post_count = s->posts.count,
				   .key_count = p->keys.count,
				   .author = s->author,
				   .software = software,
				   .zones = zones_table(&p->zones),
				   .local = ENDPOINT_LOCAL };

	for (unsigned i = 0; i < p->keys.count; i++) {
		memcpy(c.keys[i].curve_public, p->keys.keys[i].curve_public, 32);
		memcpy(c.keys[i].sign_public, p->keys.keys[i].sign_public,
		       SIGN_PUBLIC_LEN);
		memcpy(c.keys[i].sign_secret, p->keys.keys[i].sign_secret,
		       SIGN_SECRET_LEN);
	}
	random_bytes(c.seed, sizeof(c.seed));
	if (s->hq_address[0] != '\0') {
		c.dial_count = p->keys.count < DIAL_KEYS ? p->keys.count : DIAL_KEYS;
	}
	for (unsigned i = 0; i < c.dial_count; i++) {
		c.dial[i].up = ENDPOINT_FIRST_DIAL + 2 * i;
		c.dial[i].down = ENDPOINT_FIRST_DIAL + 2 * i + 1;
	}
	return c;
}

static void
add_dial(struct program *p, struct host_options *options, unsigned number,
	 const struct node_keys *keys)
{
	struct endpoint *e = &options->endpoints[number];

	e->kind = ENDPOINT_DIAL;
	e->addresses[0] = p->settings.hq_address;
	e->own_public = keys->curve_public;
	e->own_secret = keys->curve_secret;
	must(hex_parse(slice_str(p->settings.hq_key), e->server_key, 32));
}

static void
say_ready(void *ctx)
{
	struct program *p = ctx;

	log_event(&p->sink, LOG_INFO, "start",
		  "ready=%s seq=%" PRIu64 " unreceipted=%" PRIu64, p->settings.name,
		  p->core->journal.tip_seq, p->core->journal.waiting);
}

static void
drain(void *self, struct turn *turn)
{
	intake_drain(self, turn);
}

static int
serve(struct program *p, const struct intake_config *config)
{
	const struct node_keys *newest = keyfile_newest(&p->keys);
	unsigned first_key = p->keys.count - config->dial_count;
	struct host_options options = { .name = p->settings.name,
					.endpoint_count = ENDPOINT_FIRST_DIAL +
							  2 * config->dial_count,
					.drain_ms = p->settings.drain,
					.drain = drain,
					.ready = say_ready,
					.ready_ctx = p };
	char socket_path[PATH_LEN], why[WHY_LEN] = "";
	struct node node;
	uint64_t seed;

	if (make_dir("run_dir", p->settings.run_dir) != 0) {
		return 1;
	}
	snprintf(socket_path, sizeof(socket_path), "ipc://%s/intake.sock",
		 p->settings.run_dir);
	options.endpoints[ENDPOINT_LOCAL].kind = ENDPOINT_LISTEN_LOCAL;
	options.endpoints[ENDPOINT_LOCAL].addresses[0] = socket_path;
	for (unsigned i = 0; i < config->dial_count; i++) {
		const struct node_keys *keys = &p->keys.keys[first_key + i];

		add_dial(p, &options, config->dial[i].up, keys);
		add_dial(p, &options, config->dial[i].down, keys);
	}
	memcpy(options.curve_public, newest->curve_public, 32);
	memcpy(options.curve_secret, newest->curve_secret, 32);

	random_bytes(&seed, sizeof(seed));
	node_init(&node, &intake_service, p->core, p->store, seed, &p->sink);
	enum err err = host_run(&node, &options, why, sizeof(why));
	node_fini(&node);
	if (err != OK) {
		return fail("stopped", why[0] != '\0' ? why : err_name(err));
	}
	log_event(&p->sink, LOG_INFO, "stop", "seq=%" PRIu64, p->core->journal.tip_seq);
	return 0;
}

static int
start(struct program *p, const char *config_path)
{
	struct buf errors = { 0 };

	if (config_read_file(&intake_schema, config_path, &p->arena, &p->settings,
			     &errors) != OK) {
		fwrite(errors.at, 1, errors.len, stderr);
		buf_fini(&errors);
		return 2;
	}
	buf_fini(&errors);
	if (check_settings(&p->settings) != 0) {
		return 2;
	}
	p->sink.level = (enum log_level)p->settings.log_level;
	p->sink.json = p->settings.log_json;
	int rc = read_keys(p);
	if (rc == 0) {
		rc = open_store(p);
	}
	if (rc != 0) {
		return rc;
	}
	struct intake_config config = make_config(p);
	p->core = xmalloc(sizeof(*p->core));
	intake_init(p->core, &config, p->store);
	enum err err = intake_open(p->core, clock_monotonic(), clock_wall());
	if (err != OK) {
		return fail("the journal cannot be read", err_name(err));
	}
	return serve(p, &config);
}

int
main(int argc, char **argv)
{
	struct program p = { .sink = { .write = log_write_stderr,
				       .wall_clock = clock_wall,
				       .level = LOG_INFO } };

	if (argc == 2 && strcmp(argv[1], "--print-config") == 0) {
		struct buf out = { 0 };

		config_print(&intake_schema, &out);
		fwrite(out.at, 1, out.len, stdout);
		buf_fini(&out);
		return 0;
	}
	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: kusanone-intake CONFIG.yaml\n"
				"       kusanone-intake --print-config\n");
		return 2;
	}
	hash_init();
	zones_init(&p.zones, zone_file_find, NULL);
	int rc = start(&p, argv[1]);
	if (p.core != NULL) {
		intake_fini(p.core);
		free(p.core);
	}
	store_close(p.store);
	zones_fini(&p.zones);
	keyfile_wipe(&p.keys);
	arena_fini(&p.arena);
	return rc;
}
