/* kusanone-aggregation: headquarters' log and totals.  README.md says what it takes,
 * keeps, promises and sends. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aggregation/aggregation.h"
#include "aggregation/settings.h"
#include "lib/host/host.h"
#include "lib/host/keyfile.h"

enum {
	ENDPOINT_LOCAL,
	ENDPOINT_NODES,
	WHY_LEN = 512,
	PATH_LEN = 4200,
};
static const char software[] = "kusanone-aggregation 0.1.0";
static const wall_ms_t clock_leap_ms = INT64_C(30) * 24 * 3600 * 1000;

struct program {
	struct arena arena;
	struct aggregation_settings settings;
	struct keyfile keys;
	struct store *log_store;
	struct store *view_store;
	struct aggregation *core;
	struct log_sink sink;
};

static int
fail(const char *what, const char *why)
{
	fprintf(stderr, "kusanone-aggregation: %s: %s\n", what, why);
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

static int
open_store(struct program *p, const char *sub, const char *kind, const char *const *dbs,
	   uint64_t quota, struct store **ret)
{
	char dir[PATH_LEN], why[WHY_LEN];
	struct store_options options = { .dir = dir,
					 .kind = kind,
					 .format = AGGREGATION_FORMAT,
					 .dbs = dbs,
					 .quota_bytes = quota,
					 .reserve = p->settings.reserve };

	if (snprintf(dir, sizeof(dir), "%s/%s", p->settings.state_dir, sub) >=
	    (int)sizeof(dir)) {
		return fail("state_dir", "the path is too long");
	}
	if (make_dir("state_dir", p->settings.state_dir) != 0) {
		return 1;
	}
	if (store_open(&options, ret, why, sizeof(why)) != OK) {
		return fail("state_dir", why);
	}
	if (why[0] != '\0') {
		log_event(&p->sink, LOG_WARN, "store", "note=%s", why);
	}
	return 0;
}

static struct enrolment
first_key(const struct aggregation_settings *s)
{
	struct enrolment hq = { .name = slice_str(s->hq_name), .role = NODE_HQ };

	must(hex_parse(slice_str(s->hq_node), hq.node.b, NODE_ID_LEN));
	must(hex_parse(slice_str(s->hq_curve_key), hq.curve_key, 32));
	must(hex_parse(slice_str(s->hq_sign_key), hq.sign_key, SIGN_PUBLIC_LEN));
	return hq;
}

static int
open_core(struct program *p)
{
	struct aggregation_config config = { .hq = first_key(&p->settings),
					     .software = software,
					     .local_endpoint = ENDPOINT_LOCAL,
					     .posts_endpoint = ENDPOINT_NODES };

	p->core = xmalloc(sizeof(*p->core));
	aggregation_init(p->core, &config, p->log_store, p->view_store);
	enum err err = aggregation_open(p->core);
	if (err != OK) {
		return fail("the log cannot be read", err_name(err));
	}
	wall_ms_t last = p->core->log.head.hq_ms;
	if (last != 0 && clock_wall() - last > clock_leap_ms &&
	    !p->settings.accept_clock) {
		return fail(
			"clock",
			"it is more than 30 days after the last record. If it is right, "
			"start once with accept_clock: true; a wrong clock would stand "
			"in "
			"the log for good");
	}
	return 0;
}

static void
say_ready(void *ctx)
{
	struct program *p = ctx;

	log_event(&p->sink, LOG_INFO, "start", "ready=%s position=%" PRIu64 " events=%u",
		  p->settings.name, p->core->log.head.position,
		  p->core->fold.events.count);
}

static void
drain(void *self, struct turn *turn)
{
	struct aggregation *a = self;

	a->txn = turn->txn;
	for (size_t i = 0; i < a->listener.count; i++) {
		struct link_error bye = { .code = LINK_BUSY,
					  .error_class = LINK_RETRY_BACKOFF,
					  .text = "headquarters is stopping" };

		if (!a->listener.sessions[i]->closing) {
			listener_refuse(&a->listener, a->listener.sessions[i], &bye,
					turn->out, turn->now);
		}
	}
	checkpoint_run(a, turn, true);
	a->txn = NULL;
}

static int
serve(struct program *p)
{
	const struct node_keys *keys = keyfile_newest(&p->keys);
	struct host_options options = { .name = p->settings.name,
					.endpoint_count = 2,
					.drain_ms = p->settings.drain,
					.drain = drain,
					.ready = say_ready,
					.ready_ctx = p };
	char socket_path[PATH_LEN], why[WHY_LEN] = "";
	struct buf allow = { 0 };
	struct node node;
	uint64_t seed;

	snprintf(socket_path, sizeof(socket_path), "ipc://%s/aggregation.sock",
		 p->settings.run_dir);
	if (make_dir("run_dir", p->settings.run_dir) != 0) {
		return 1;
	}
	options.endpoints[ENDPOINT_LOCAL].kind = ENDPOINT_LISTEN_LOCAL;
	options.endpoints[ENDPOINT_LOCAL].addresses[0] = socket_path;
	options.endpoints[ENDPOINT_NODES].kind = ENDPOINT_LISTEN_CURVE;
	for (size_t i = 0; i < p->settings.listen.count; i++) {
		options.endpoints[ENDPOINT_NODES].addresses[i] = p->settings.listen.at[i];
	}
	memcpy(options.curve_public, keys->curve_public, 32);
	memcpy(options.curve_secret, keys->curve_secret, 32);
	aggregation_allow_list(p->core, &allow);
	options.allow = allow.at;
	options.allow_count = allow.len / 32;

	random_bytes(&seed, sizeof(seed));
	node_init(&node, &aggregation_service, p->core, p->log_store, seed, &p->sink);
	enum err err = host_run(&node, &options, why, sizeof(why));
	node_fini(&node);
	buf_fini(&allow);
	if (err != OK) {
		return fail("stopped", why[0] != '\0' ? why : err_name(err));
	}
	log_event(&p->sink, LOG_INFO, "stop", "position=%" PRIu64,
		  p->core->log.head.position);
	return 0;
}

static int
start(struct program *p, const char *config_path)
{
	struct buf errors = { 0 };

	if (config_read_file(&aggregation_schema, config_path, &p->arena, &p->settings,
			     &errors) != OK) {
		fwrite(errors.at, 1, errors.len, stderr);
		buf_fini(&errors);
		return 2;
	}
	buf_fini(&errors);
	p->sink.level = (enum log_level)p->settings.log_level;
	p->sink.json = p->settings.log_json;
	int rc = read_keys(p);
	if (rc == 0) {
		rc = open_store(p, "log", "aggregation-log", log_db_names,
				p->settings.quota, &p->log_store);
	}
	if (rc == 0) {
		rc = open_store(p, "view", "aggregation-view", view_db_names,
				p->settings.view_quota, &p->view_store);
	}
	if (rc == 0) {
		rc = open_core(p);
	}
	return rc != 0 ? rc : serve(p);
}

int
main(int argc, char **argv)
{
	struct program p = { .sink = { .write = log_write_stderr,
				       .wall_clock = clock_wall,
				       .level = LOG_INFO } };

	if (argc == 2 && strcmp(argv[1], "--print-config") == 0) {
		struct buf out = { 0 };

		config_print(&aggregation_schema, &out);
		fwrite(out.at, 1, out.len, stdout);
		buf_fini(&out);
		return 0;
	}
	if (argc != 2 || argv[1][0] == '-') {
		fprintf(stderr, "usage: kusanone-aggregation CONFIG.yaml\n"
				"       kusanone-aggregation --print-config\n");
		return 2;
	}
	hash_init();
	int rc = start(&p, argv[1]);
	if (p.core != NULL) {
		aggregation_fini(p.core);
		free(p.core);
	}
	store_close(p.view_store);
	store_close(p.log_store);
	keyfile_wipe(&p.keys);
	arena_fini(&p.arena);
	return rc;
}
