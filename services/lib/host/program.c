#include "lib/host/program.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { WHY_LEN = 512, PATH_LEN = 4200 };

int
program_fail(const struct program *p, const char *what, const char *why)
{
	fprintf(stderr, "%s: %s: %s\n", p->name, what, why);
	return 1;
}

bool
program_begin(struct program *p, const char *name, int argc, char **argv,
	      const struct config_schema *schema, int *ret_code)
{
	*p = (struct program){ .name = name,
			       .sink = { .write = log_write_stderr,
					 .wall_clock = clock_wall,
					 .level = LOG_INFO } };
	if (argc == 2 && strcmp(argv[1], "--print-config") == 0) {
		struct buf out = { 0 };

		config_print(schema, &out);
		fwrite(out.at, 1, out.len, stdout);
		buf_fini(&out);
		*ret_code = 0;
		return false;
	}
	bool help = argc == 2 &&
		    (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
	if (help || argc != 2 || argv[1][0] == '-') {
		fprintf(help ? stdout : stderr,
			"usage: %s CONFIG.yaml     runs until SIGTERM\n"
			"       %s --print-config  every key with its meaning and "
			"default\n",
			name, name);
		*ret_code = help ? 0 : 2;
		return false;
	}
	hash_init();
	/* One heap for all threads: what a turn has freed serves the socket's side, and a
	 * burst leaves one rest behind instead of one for each thread. */
	mallopt(M_ARENA_MAX, 1);
	return true;
}

void
program_end(struct program *p)
{
	keyfile_wipe(&p->keys);
	arena_fini(&p->arena);
}

int
program_read_settings(struct program *p, const char *path,
		      const struct config_schema *schema, struct settings *settings)
{
	struct buf errors = { 0 };
	enum err err = config_read_file(schema, path, &p->arena, settings, &errors);

	if (err == OK) {
		p->settings = settings;
		p->sink.level = (enum log_level)settings->log_level;
		p->sink.json = settings->log_json;
	} else {
		fwrite(errors.at, 1, errors.len, stderr);
	}
	buf_fini(&errors);
	return err == OK ? 0 : 2;
}

/* A key file that is not there is a machine on which a step was left out. */
int
program_read_keys(struct program *p)
{
	const char *path = p->settings->key_file;
	char why[PATH_LEN + WHY_LEN];
	enum err err = keyfile_read(path, &p->keys, why, sizeof(why));

	if (err == ERR_NOT_FOUND) {
		snprintf(why, sizeof(why),
			 "%s: is not there; kusanone node keygen makes one", path);
	}
	return err == OK ? 0 : program_fail(p, "key_file", why);
}

/* 'key' of the configuration names the folder 'path'. */
static int
make_dir(const struct program *p, const char *key, const char *path)
{
	char why[PATH_LEN + WHY_LEN];

	if (mkdir(path, 0700) == 0 || errno == EEXIST) {
		return 0;
	}
	snprintf(why, sizeof(why),
		 "%s: cannot be made: %s; right is a folder that this program may write, "
		 "or a new one in such a folder",
		 path, strerror(errno));
	return program_fail(p, key, why);
}

int
program_open_store(struct program *p, const char *sub, struct store_options options,
		   struct store **ret_store)
{
	const char *state_dir = p->settings->state_dir;
	char dir[PATH_LEN], why[WHY_LEN];

	if (snprintf(dir, sizeof(dir), "%s/%s", state_dir, sub) >= (int)sizeof(dir)) {
		return program_fail(p, "state_dir", "the path is too long");
	}
	if (make_dir(p, "state_dir", state_dir) != 0) {
		return 1;
	}
	options.dir = dir;
	if (store_open(&options, ret_store, why, sizeof(why)) != OK) {
		return program_fail(p, "state_dir", why);
	}
	if (why[0] != '\0') {
		log_event(&p->sink, LOG_WARN, "store", "note=%s", why);
	}
	return 0;
}

int
program_check_follow(const struct program *p, const char *address, const char *key)
{
	bool tcp = strncmp(address, "tcp://", 6) == 0;

	if (tcp != (key[0] != '\0')) {
		return program_fail(p, "follow",
				    "a tcp:// address needs the aggregation's key in "
				    "follow.key, and an ipc:// one has none");
	}
	return 0;
}

void
program_dial_log(struct endpoint *log, const char *address, const char *key)
{
	log->kind = ENDPOINT_DIAL;
	log->addresses[0] = address;
	if (key[0] != '\0') {
		must(hex_parse(slice_str(key), log->server_key, 32));
	}
}

int
program_serve(struct program *p, const struct service *service, void *core,
	      struct store *store, struct host_options *options, unsigned local,
	      const char *socket)
{
	const char *run_dir = p->settings->run_dir;
	const struct node_keys *keys = keyfile_newest(&p->keys);
	char address[PATH_LEN], why[WHY_LEN] = "";
	struct node node;
	uint64_t seed;

	if (make_dir(p, "run_dir", run_dir) != 0) {
		return 1;
	}
	snprintf(address, sizeof(address), "ipc://%s/%s", run_dir, socket);
	options->name = p->settings->name;
	options->drain_ms = p->settings->drain;
	options->endpoints[local].kind = ENDPOINT_LISTEN_LOCAL;
	options->endpoints[local].addresses[0] = address;
	memcpy(options->curve_public, keys->curve_public, sizeof(options->curve_public));
	memcpy(options->curve_secret, keys->curve_secret, sizeof(options->curve_secret));

	random_bytes(&seed, sizeof(seed));
	node_init(&node, service, core, store, seed, &p->sink);
	node.crash_at = p->crash_at;
	node.crash_ctx = core;
	enum err err = host_run(&node, options, why, sizeof(why));
	node_fini(&node);
	if (err != OK) {
		return program_fail(p, "stopped", why[0] != '\0' ? why : err_name(err));
	}
	return 0;
}
