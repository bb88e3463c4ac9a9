/* tests/sim/sim.c - runs seeds.
 *
 *	sim --seeds N [--from K] [--jobs J]     seeds K .. K + N - 1 (from 1), after those
 *	                                        of the file that --kept FILE names
 *	sim --seed K [--trace] [--bare]         one seed, with all that happens in it;
 *	                                        bare: with no archive
 *	sim --plant P …                         with planted bug P (-DKUSANONE_PLANTS)
 *	sim --until-failure                     stop at the first seed that fails
 *
 * Prints lines as tests/lib/report.sh has them, and the table of what was met. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/plant.h"
#include "tests/sim/sim.h"

enum { MAX_JOBS = 64, MAX_KEPT = 4096, MAX_SHOWN = 10, TWICE_EVERY = 199 };

struct seed {
	uint64_t number;
	bool bare;
};

struct options {
	uint64_t from, seeds;
	struct seed one; /* number 0: many. */
	unsigned jobs;
	int plant;
	bool trace, until_failure, quiet;
	struct seed kept[MAX_KEPT];
	unsigned kept_count;
	char dir[100];
};

/* What the workers share with their parent. */
struct shared {
	atomic_ulong next; /* Index of the next seed. */
	atomic_ulong done, failed, turns, records;
	atomic_ulong sometimes[SOMETIMES_COUNT];
	atomic_bool stop;
	struct {
		atomic_ulong seed; /* That it is at; 0: none. */
		atomic_bool bare;
	} workers[MAX_JOBS];
	atomic_uint shown;
	struct failure {
		struct seed seed;
		char checker[40];
		char why[400];
	} failures[MAX_SHOWN];
	atomic_ulong trace; /* Hash of the last trace. */
};

static struct seed
seed_at(const struct options *o, uint64_t index)
{
	return index < o->kept_count
		       ? o->kept[index]
		       : (struct seed){ o->from + (index - o->kept_count), false };
}

static void
note_failure(const struct options *o, struct shared *s, struct seed seed,
	     const char *checker, const char *why)
{
	unsigned n = atomic_fetch_add(&s->shown, 1);

	atomic_fetch_add(&s->failed, 1);
	if (!o->quiet) {
		printf("# seed %" PRIu64 " fails: %s\n", seed.number, checker);
		fflush(stdout);
	}
	if (n < MAX_SHOWN) {
		struct failure *f = &s->failures[n];

		snprintf(f->checker, sizeof(f->checker), "%s", checker);
		snprintf(f->why, sizeof(f->why), "%s", why);
		f->seed = seed;
	}
}

static uint64_t
run_once(const struct options *o, unsigned worker, struct seed seed, struct shared *s,
	 FILE *print, bool *ret_good)
{
	struct world *w = xmalloc(sizeof(*w));
	char dir[140];

	snprintf(dir, sizeof(dir), "%s/w%u", o->dir, worker);
	*ret_good = world_run(w, seed.number, seed.bare, dir, print);
	uint64_t hash = w->trace_hash;
	atomic_store(&s->trace, hash);
	if (!*ret_good) {
		note_failure(o, s, seed, w->checker, w->why);
	}
	for (unsigned i = 0; i < SOMETIMES_COUNT; i++) {
		atomic_fetch_add(&s->sometimes[i], w->sometimes[i]);
	}
	atomic_fetch_add(&s->turns, w->turns);
	atomic_fetch_add(&s->records, w->naive_position);
	world_fini(w);
	free(w);
	return hash;
}

static void
run_seed(const struct options *o, unsigned worker, struct seed seed, struct shared *s,
	 FILE *print)
{
	bool good;

	atomic_store(&s->workers[worker].seed, seed.number);
	atomic_store(&s->workers[worker].bare, seed.bare);
	uint64_t first = run_once(o, worker, seed, s, print, &good);
	if (good && (seed.number % TWICE_EVERY == 0 || o->one.number != 0)) {
		bool again;

		if (run_once(o, worker, seed, s, NULL, &again) != first) {
			note_failure(o, s, seed, "deterministic",
				     "two runs of the seed have different traces");
			good = false;
		}
	}
	if (!good && o->until_failure) {
		atomic_store(&s->stop, true);
	}
	atomic_fetch_add(&s->done, 1);
	atomic_store(&s->workers[worker].seed, 0);
}

static void
work(const struct options *o, unsigned worker, struct shared *s)
{
	uint64_t count = o->kept_count + o->seeds;

	while (!atomic_load(&s->stop)) {
		uint64_t index = atomic_fetch_add(&s->next, 1);

		if (index >= count) {
			break;
		}
		run_seed(o, worker, seed_at(o, index), s, NULL);
	}
}

static void
remove_tree(const char *dir)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -rf '%s'", dir);
	if (system(command) != 0) {
		fprintf(stderr, "sim: %s stays behind\n", dir);
	}
}

static pid_t
start_worker(const struct options *o, unsigned worker, struct shared *s)
{
	fflush(stdout);
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		work(o, worker, s);
		exit(0); /* Not _exit(): a leak is looked for. */
	}
	return pid;
}

/* A worker that did not end by itself: must() failed, or a sanitizer spoke. */
static void
worker_died(const struct options *o, unsigned worker, int status, struct shared *s)
{
	struct seed seed = { atomic_load(&s->workers[worker].seed), /* 0: at its end. */
			     atomic_load(&s->workers[worker].bare) };
	char why[100], dir[140];

	snprintf(why, sizeof(why), "the process died (%s %d)",
		 WIFSIGNALED(status) ? "signal" : "exit",
		 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	note_failure(o, s, seed, "must", why);
	atomic_fetch_add(&s->done, 1);
	if (o->until_failure) {
		atomic_store(&s->stop, true);
	}
	snprintf(dir, sizeof(dir), "%s/w%u", o->dir, worker);
	remove_tree(dir);
}

static void
progress(const struct options *o, struct shared *s)
{
	if (!o->quiet) {
		printf("# %lu of %" PRIu64 " seeds, %lu failed\n", atomic_load(&s->done),
		       o->kept_count + o->seeds, atomic_load(&s->failed));
		fflush(stdout);
	}
}

/* Told to stop: workers end with the seed that they are at. */
static struct shared *told;

static void
on_signal(int signal_number)
{
	(void)signal_number;
	atomic_store(&told->stop, true);
}

static void
listen_to_signals(struct shared *s)
{
	struct sigaction action = { .sa_handler = on_signal };

	told = s;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

static void
supervise(const struct options *o, struct shared *s)
{
	pid_t pids[MAX_JOBS];
	unsigned running = o->jobs;
	time_t said = time(NULL);

	for (unsigned i = 0; i < o->jobs; i++) {
		pids[i] = start_worker(o, i, s);
	}
	while (running != 0) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid == 0) {
			struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };

			nanosleep(&pause, NULL);
			if (time(NULL) - said >= 10) {
				said = time(NULL);
				progress(o, s);
			}
			continue;
		}
		for (unsigned i = 0; i < o->jobs; i++) {
			if (pids[i] != pid) {
				continue;
			}
			if (status == 0) {
				running--;
			} else {
				worker_died(o, i, status, s);
				if (atomic_load(&s->stop)) {
					running--;
				} else {
					pids[i] = start_worker(o, i, s);
				}
			}
		}
	}
}

static void
print_table(struct shared *s, bool demand)
{
	unsigned zeros = 0;

	for (unsigned i = 0; i < SOMETIMES_COUNT; i++) {
		unsigned long n = atomic_load(&s->sometimes[i]);

		printf("# %10lu  %s\n", n, sometimes_text[i]);
		if (n == 0) {
			zeros++;
			if (demand) {
				printf("FAIL sim/sometimes: %s is never met\n",
				       sometimes_text[i]);
			}
		}
	}
	if (demand && zeros == 0) {
		printf("ok sim/sometimes: each of %d is met\n", SOMETIMES_COUNT);
	}
}

static void
print_failures(const struct options *o, struct shared *s)
{
	unsigned shown = atomic_load(&s->shown);

	for (unsigned i = 0; i < shown && i < MAX_SHOWN; i++) {
		const struct failure *f = &s->failures[i];

		printf("FAIL sim/seed %" PRIu64 ": %s: %s\n", f->seed.number, f->checker,
		       f->why);
		printf("# again: sim --seed %" PRIu64 " --trace%s", f->seed.number,
		       f->seed.bare ? " --bare" : "");
		if (o->plant != 0) {
			printf(" --plant %d", o->plant);
		}
		printf("\n");
	}
	if (shown > MAX_SHOWN) {
		printf("# and %u more\n", shown - MAX_SHOWN);
	}
}

/* ---- Options ------------------------------------------------------------------- */

static void
read_kept(struct options *o, const char *path)
{
	FILE *file = fopen(path, "r");
	char line[200];

	if (file == NULL) {
		fprintf(stderr, "sim: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	while (fgets(line, sizeof(line), file) != NULL) {
		uint64_t number;

		if (line[0] != '#' && sscanf(line, "%" SCNu64, &number) == 1) {
			must(o->kept_count < MAX_KEPT);
			o->kept[o->kept_count++] =
				(struct seed){ number, strstr(line, "bare") != NULL };
		}
	}
	fclose(file);
}

static void
usage(void)
{
	fprintf(stderr, "usage: sim [--seeds N] [--from K] [--jobs J] [--kept FILE]\n"
			"       sim --seed K [--trace] [--bare]\n"
			"       … --plant P --until-failure --quiet\n");
	exit(2);
}

static void
read_options(int argc, char **argv, struct options *o)
{
	static const struct option long_options[] = {
		{ "seeds", required_argument, NULL, 'n' },
		{ "from", required_argument, NULL, 'f' },
		{ "seed", required_argument, NULL, 's' },
		{ "jobs", required_argument, NULL, 'j' },
		{ "kept", required_argument, NULL, 'k' },
		{ "plant", required_argument, NULL, 'p' },
		{ "trace", no_argument, NULL, 't' },
		{ "bare", no_argument, NULL, 'b' },
		{ "until-failure", no_argument, NULL, 'u' },
		{ "quiet", no_argument, NULL, 'q' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	*o = (struct options){ .from = 1, .seeds = 100, .jobs = 1 };
	while ((c = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (c) {
		case 'n':
			o->seeds = strtoull(optarg, NULL, 10);
			break;
		case 'f':
			o->from = strtoull(optarg, NULL, 10);
			break;
		case 's':
			o->one.number = strtoull(optarg, NULL, 10);
			break;
		case 'j':
			o->jobs = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'k':
			read_kept(o, optarg);
			break;
		case 'p':
			o->plant = (int)strtol(optarg, NULL, 10);
			break;
		case 't':
			o->trace = true;
			break;
		case 'b':
			o->one.bare = true;
			break;
		case 'u':
			o->until_failure = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		default:
			usage();
		}
	}
	if (optind != argc || o->jobs < 1 || o->jobs > MAX_JOBS || o->from < 1) {
		usage();
	}
}

static void
set_plant(const struct options *o)
{
#ifdef KUSANONE_PLANTS
	plant_active = o->plant;
#else
	if (o->plant != 0) {
		fprintf(stderr, "sim: this build has no planted bugs: "
				"cmake --preset plants\n");
		exit(2);
	}
#endif
}

static void
make_dir(struct options *o)
{
	const char *base = getenv("TMPDIR");
	struct stat st;

	if (stat("/dev/shm", &st) == 0 && S_ISDIR(st.st_mode) &&
	    access("/dev/shm", W_OK) == 0) {
		base = "/dev/shm";
	}
	snprintf(o->dir, sizeof(o->dir), "%s/kusanone-sim.XXXXXX",
		 base != NULL ? base : "/tmp");
	if (mkdtemp(o->dir) == NULL) {
		fprintf(stderr, "sim: %s: %s\n", o->dir, strerror(errno));
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	struct options *o = xcalloc(1, sizeof(*o));
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct timespec begin, end;

	must(s != MAP_FAILED);
	read_options(argc, argv, o);
	set_plant(o);
	hash_init();
	make_dir(o);
	listen_to_signals(s);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	if (o->one.number != 0) {
		run_seed(o, 0, o->one, s, o->trace ? stdout : NULL);
	} else {
		supervise(o, s);
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	remove_tree(o->dir);

	double seconds = (double)(end.tv_sec - begin.tv_sec) +
			 (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
	unsigned long done = atomic_load(&s->done), failed = atomic_load(&s->failed);
	if (!o->quiet) {
		print_table(s, o->one.number == 0 && o->plant == 0 && o->seeds >= 2000);
	}
	print_failures(o, s);
	printf("# %lu seeds in %.1f s (%.1f a second), %lu turns, %lu records\n", done,
	       seconds, (double)done / seconds, atomic_load(&s->turns),
	       atomic_load(&s->records));
	if (o->one.number != 0) {
		printf("# trace %016lx\n", atomic_load(&s->trace));
	}
	if (failed == 0) {
		printf("ok sim/seeds: %lu seeds hold\n", done);
	}
	free(o);
	return failed == 0 ? 0 : 1;
}
