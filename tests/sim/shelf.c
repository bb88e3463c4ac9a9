#include <stdlib.h>

#include "tests/sim/sim.h"

/* The archive's files on a simulated disk.  A put is whole or it is not there; one that
 * failed, or in which the process ended, may be either. */

struct memory *
shelf_copy(const struct memory *from)
{
	struct memory *m = xmalloc(sizeof(*m));

	*m = memory_copy(from);
	return m;
}

void
shelf_free(struct memory *m)
{
	if (m != NULL) {
		memory_fini(m);
		free(m);
	}
}

static enum err
put(void *ctx, const char *path, struct slice bytes)
{
	struct machine *m = ctx;
	struct world *w = m->world;

	if (m->put_ended) {
		return ERR_IO;
	}
	if (w->now < m->disk_full_until && rng_chance(&w->rng, 50)) {
		sometimes(w, SOMETIMES_SHELF_FULL);
		trace(w, "%s no room for %s", m->name, path);
		return ERR_DISK_FULL;
	}
	m->put_ended = m->put_crash == 1;
	m->put_crash -= m->put_crash != 0;
	if (m->put_ended) {
		sometimes(w, SOMETIMES_CRASH_AT_FILE);
		if (rng_chance(&w->rng, 50)) {
			return ERR_IO;
		}
	}
	trace(w, "%s puts %s, %zu bytes", m->name, path, bytes.len);
	archive_put(m, path, bytes);
	memory_put(m->shelf, path, bytes);
	return m->put_ended ? ERR_IO : OK;
}

/* What was put is on the disk at once here. */
static enum err
settle(void *ctx)
{
	const struct machine *m = ctx;

	return m->put_ended ? ERR_IO : OK;
}

struct shelf
shelf_of_machine(struct machine *m)
{
	return (struct shelf){
		.files = memory_files(m->shelf), .ctx = m, .put = put, .settle = settle
	};
}
