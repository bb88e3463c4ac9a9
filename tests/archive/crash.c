/* tests/archive/crash.c - what a crash may leave of sealing, state by state.
 *
 *	archive_crash [most]
 *
 * The service seals a log in several steps on a disk in memory (disk.h).  Before each
 * operation that changes the disk, and after each step, every state that a power cut may
 * leave is made ('most' at one point), and the one that a kill leaves.  On each of them
 * the service is started and seals what there is; some are cut once more while it does.
 *
 *	at the crash    what the checkpoint covers is there, byte by byte as it was
 *sealed; nothing is missing that was once sealed afterwards      it starts; the archive
 *is the same, byte by byte, as without a crash; the store has let go of what is sealed
 *and knows every loose part; it starts again
 *
 * Then the same with a disk that promises a flush and does not do it: if that is not
 * noticed, this program is worth nothing, and it says so. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "archive/desk.h"

static const unsigned steps[] = { 40, 250, 1, 520, 3 };

enum { STEPS = ARRAY_LEN(steps), SHOWN_FAULTS = 5, AGAIN_EVERY = 60, AGAIN_MOST = 6 };

/* What is right after each step. */
struct honest {
	size_t entries;
	struct memory files;
	uint64_t size;
};

struct lab {
	struct headquarters hq;
	struct honest is[STEPS + 1]; /* [0]: nothing is sealed. */
	unsigned known;              /* How many of them. */
	size_t most;
	struct rng rng;

	uint64_t *seen; /* Hashes of states, open addressing. */
	size_t seen_count, seen_cap;
	uint64_t points, states, started, cut_again, faults;
	bool quiet, stop_at_fault;
};

/* A desk that is cut. */
struct cutting {
	struct lab *lab;
	struct desk *desk;
	unsigned step;
	unsigned depth; /* 0: the first crash. */
	size_t most;
	struct buf store;
	struct hash store_hash;
	uint64_t commits; /* When it was read. */
	enum disk_op op;
	bool is_kill;
};

static void
fault(const struct cutting *c, const char *what, const char *detail)
{
	struct lab *lab = c->lab;

	lab->faults++;
	if (!lab->quiet && lab->faults <= SHOWN_FAULTS) {
		printf("# step %u, crash %u, before %s%s: %s: %s\n", c->step,
		       c->depth + 1, disk_op_names[c->op], c->is_kill ? " (kill)" : "",
		       what, detail);
	}
}

/* ---- States that were seen --------------------------------------------------------- */

static bool
seen_put(uint64_t *table, size_t cap, uint64_t key)
{
	size_t i = (size_t)key & (cap - 1);

	while (table[i] != 0 && table[i] != key) {
		i = (i + 1) & (cap - 1);
	}
	bool is_new = table[i] == 0;
	table[i] = key;
	return is_new;
}

static bool
is_new(struct lab *lab, const struct cutting *c, const struct disk *disk)
{
	const struct hash files = disk_hash(disk);
	const uint8_t tail[2] = { (uint8_t)c->step,
				  (uint8_t)(c->depth * 2 + c->is_kill) };
	struct buf all = { 0 };

	buf_put_slice(&all, hash_slice(&files));
	buf_put_slice(&all, hash_slice(&c->store_hash));
	buf_put(&all, tail, sizeof(tail));
	struct hash hash = hash_of(buf_slice(&all));
	buf_fini(&all);
	if (2 * lab->seen_count >= lab->seen_cap) {
		size_t cap = lab->seen_cap != 0 ? 2 * lab->seen_cap : 4096;
		uint64_t *table = xcalloc(cap, sizeof(table[0]));

		for (size_t i = 0; i < lab->seen_cap; i++) {
			if (lab->seen[i] != 0) {
				(void)seen_put(table, cap, lab->seen[i]);
			}
		}
		free(lab->seen);
		lab->seen = table;
		lab->seen_cap = cap;
	}
	if (!seen_put(lab->seen, lab->seen_cap, get_le64(hash.b) | 1)) {
		return false;
	}
	lab->seen_count++;
	return true;
}

/* ---- What must hold ---------------------------------------------------------------- */

/* Every file that there must be, byte by byte. */
static bool
holds(const struct memory *files, const struct memory *wanted, char why[128])
{
	for (size_t i = 0; i < wanted->count; i++) {
		const struct memory_file *want = &wanted->files[i];
		const struct memory_file *is = memory_find(files, want->path);

		if (is == NULL ||
		    !slice_eq(buf_slice(&is->bytes), buf_slice(&want->bytes))) {
			snprintf(why, 128, "%s is %s", want->path,
				 is == NULL ? "missing" : "another");
			return false;
		}
	}
	return true;
}

/* The disk as the crash left it, before anybody mends it: an auditor may copy it now. */
static void
check_at_crash(const struct cutting *c, const struct disk *disk)
{
	struct memory files = disk_files(disk);
	const struct memory_file *checkpoint = memory_find(&files, "checkpoint");
	unsigned covered = 0;
	char why[128];

	for (unsigned i = 1; i <= c->lab->known && checkpoint != NULL; i++) {
		const struct memory_file *is =
			memory_find(&c->lab->is[i].files, "checkpoint");

		if (slice_eq(buf_slice(&is->bytes), buf_slice(&checkpoint->bytes))) {
			covered = i;
		}
	}
	if (checkpoint != NULL && covered == 0) {
		fault(c, "at the crash", "the checkpoint is no one's");
	} else if (c->desk->core != NULL &&
		   c->lab->is[covered].size < c->desk->core->sealed.size) {
		fault(c, "at the crash", "the checkpoint was set back");
	} else if (!holds(&files, &c->lab->is[covered].files, why)) {
		fault(c, "at the crash", why);
	}
	memory_fini(&files);
}

static void
check_end(const struct cutting *c, struct desk *d)
{
	const struct honest *want = &c->lab->is[c->step];
	struct memory files = disk_files(d->disk);
	char why[128];

	if (d->core->sealed.size != want->size) {
		fault(c, "in the end", "not all is sealed");
	} else if (!holds(&files, &want->files, why) ||
		   !holds(&want->files, &files, why)) {
		fault(c, "in the end", why);
	} else if (desk_tail(d) != (want->size != 0 ? 1 : 0)) {
		fault(c, "in the end", "the tail has not gone");
	}
	for (size_t i = 0; i < want->entries; i++) {
		const struct hq_entry *entry = &c->lab->hq.entries[i];

		if (entry->loose.len != 0 && desk_shelved(d, &entry->part) < 0) {
			fault(c, "in the end", "a loose part is not known");
		}
	}
	memory_fini(&files);
}

/* ---- Cutting ----------------------------------------------------------------------- */

static void look(struct cutting *);

static void
before_op(void *ctx, enum disk_op op)
{
	struct cutting *c = ctx;

	c->op = op;
	look(c);
}

/* Start on what was left, and go on. */
static void
go_on(struct cutting *c, struct disk *disk, bool cut_again)
{
	struct headquarters hq = c->lab->hq;
	struct desk *d = xcalloc(1, sizeof(*d));
	struct cutting again = {
		.lab = c->lab, .desk = d, .step = c->step, .depth = 1, .most = AGAIN_MOST
	};

	hq.shown = c->lab->is[c->step].entries;
	hq.acked = 0;
	desk_init(d, &hq, disk);
	desk_put_store(d, buf_slice(&c->store));
	c->lab->started++;
	if (cut_again) {
		disk_watch(disk, before_op, &again);
		c->lab->cut_again++;
	}
	if (desk_open(d) != OK) {
		fault(c, "it does not start", d->why);
	} else {
		desk_settle(d);
		desk_seal(d);
		if (cut_again && d->ended == OK) {
			look(&again);
		}
		disk_watch(disk, NULL, NULL);
		if (d->ended != OK) {
			fault(c, "it ended", err_name(d->ended));
		} else {
			check_end(c, d);
			desk_close(d);
			if (desk_open(d) != OK) {
				fault(c, "it does not start again", d->why);
			}
		}
	}
	buf_fini(&again.store);
	desk_fini(d);
	free(d);
}

static void
try_state(void *ctx, const struct disk *left)
{
	struct cutting *c = ctx;
	struct lab *lab = c->lab;

	lab->states++;
	if (!is_new(lab, c, left) || (lab->stop_at_fault && lab->faults != 0)) {
		return;
	}
	check_at_crash(c, left);
	go_on(c, disk_copy(left),
	      c->depth == 0 && (c->is_kill || lab->started % AGAIN_EVERY == 0));
}

/* Every state of now. */
static void
look(struct cutting *c)
{
	struct disk *disk = c->desk->disk;

	if (c->lab->stop_at_fault && c->lab->faults != 0) {
		return;
	}
	c->lab->points++;
	if (c->store.len == 0 || c->commits != c->desk->node.commits ||
	    !c->desk->is_open) {
		desk_store_bytes(c->desk, &c->store);
		c->store_hash = hash_of(buf_slice(&c->store));
		c->commits = c->desk->node.commits;
	}
	disk_states(disk, &c->lab->rng, c->most, try_state, c);
	if (c->depth == 0) {
		c->is_kill = true;
		try_state(c, disk);
		c->is_kill = false;
	}
	disk_use(disk);
}

/* ---- The log ----------------------------------------------------------------------- */

static void
say_step(struct headquarters *hq, unsigned entries)
{
	char name[32];

	for (unsigned i = 0; i < entries; i++) {
		if (i % 100 == 2) {
			snprintf(name, sizeof(name), "Somebody %u", hq->said);
			hq_say_person(hq, name);
		} else if (i % 100 == 7) {
			hq_say_again(hq, hq->count - 5);
		} else {
			hq_say(hq, 1 + i % 3, 40);
		}
	}
}

/* Without a crash, on a disk that keeps its promises. */
static bool
make_references(struct lab *lab)
{
	struct desk *d = xcalloc(1, sizeof(*d));
	char why[512] = "";
	bool good;

	desk_init(d, &lab->hq, disk_new());
	good = desk_open(d) == OK;
	for (unsigned i = 1; i <= STEPS && good; i++) {
		say_step(&lab->hq, steps[i - 1]);
		desk_settle(d);
		desk_seal(d);
		lab->is[i] = (struct honest){ .entries = lab->hq.count,
					      .size = d->core->sealed.size,
					      .files = disk_files(d->disk) };
		good = d->ended == OK && lab->is[i].size == lab->hq.count &&
		       d->core->sealed.segments == i &&
		       desk_is_good(d->disk, d, true, why);
	}
	lab->known = STEPS;
	if (!good) {
		printf("FAIL an archive without a crash %s %s\n", d->why, why);
	}
	desk_fini(d);
	free(d);
	return good;
}

/* The whole log, cut at every operation. */
static void
run(struct lab *lab, size_t most, enum disk_op lie)
{
	struct headquarters hq = lab->hq;
	struct desk *d = xcalloc(1, sizeof(*d));
	struct cutting c = { .lab = lab, .desk = d, .most = most };

	lab->points = lab->states = lab->started = lab->cut_again = lab->faults = 0;
	free(lab->seen);
	lab->seen = NULL;
	lab->seen_count = lab->seen_cap = 0;
	hq.acked = 0;
	desk_init(d, &hq, disk_new());
	disk_watch(d->disk, before_op, &c);
	if (lie != DISK_OPS) {
		disk_lie(d->disk, lie);
	}
	if (desk_open(d) != OK) {
		fault(&c, "it does not start", d->why);
	}
	for (c.step = 1; c.step <= STEPS; c.step++) {
		hq.shown = lab->is[c.step].entries;
		desk_settle(d);
		desk_seal(d);
		look(&c);
	}
	buf_fini(&c.store);
	desk_fini(d);
	free(d);
}

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	static const enum disk_op lies[] = { DISK_FSYNC, DISK_FSYNC_FOLDER, DISK_SYNCFS };
	struct lab *lab = xcalloc(1, sizeof(*lab));
	const size_t most = argc > 1 ? strtoull(argv[1], NULL, 10) : 6;
	double begun = seconds();
	bool failed = false;

	hash_init();
	lab->rng.state = 1;
	hq_init(&lab->hq, 3);
	lab->hq.per_batch = 1000;
	if (!make_references(lab)) {
		return 1;
	}
	run(lab, most, DISK_OPS);
	printf("# %llu states at %llu points, %zu of them different; started %llu times, "
	       "%llu of those cut again; %.1f s\n",
	       (unsigned long long)lab->states, (unsigned long long)lab->points,
	       lab->seen_count, (unsigned long long)lab->started,
	       (unsigned long long)lab->cut_again, seconds() - begun);
	printf("%s sealing survives every crash\n", lab->faults == 0 ? "ok" : "FAIL");
	failed = lab->faults != 0;
	lab->quiet = true;
	lab->stop_at_fault = true;
	for (size_t i = 0; i < ARRAY_LEN(lies); i++) {
		run(lab, most, lies[i]);
		printf("%s a disk that does not do its %s is noticed\n",
		       lab->faults != 0 ? "ok" : "FAIL", disk_op_names[lies[i]]);
		failed = failed || lab->faults == 0;
	}
	for (unsigned i = 1; i <= STEPS; i++) {
		memory_fini(&lab->is[i].files);
	}
	hq_fini(&lab->hq);
	free(lab->seen);
	free(lab);
	return failed ? 1 : 0;
}
