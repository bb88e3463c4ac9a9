/* tests/bench/pg_bench.c - the same job, done by PostgreSQL.
 *
 *	bench_pg --conn STRING --init 1
 *	bench_pg --conn STRING --name NAME --n N --first FIRST [--posts 18] [--mixed 1]
 *	         [--revision 1] [--among N] [--connections 2] [--batch 1000] [--depth 2]
 *
 * A batch is one statement and one durable transaction: refuse what was there before,
 * keep an event's latest revision, append to a log, bring totals up to date.  The
 * parameters of every batch are made before the clock starts.  With --among, the events
 * are --n random ones of the first N (to be given a --revision above 1); otherwise those
 * from --first on. */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "measure.h"
#include "pick.h"

static const char *const schema[] = {
	"SET client_min_messages = warning",
	"DROP TABLE IF EXISTS events, log, totals",
	"CREATE TABLE events (id uuid PRIMARY KEY, revision int4 NOT NULL, hash bytea "
	"NOT NULL,"
	" fy int2 NOT NULL, state int2 NOT NULL, category int2 NOT NULL,"
	" pillars int4 NOT NULL, participants int4 NOT NULL, budget int8 NOT NULL,"
	" record bytea NOT NULL)",
	"CREATE TABLE log (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
	" id uuid NOT NULL, revision int4 NOT NULL)",
	"CREATE TABLE totals (fy int2, state int2, category int2, pillar int2,"
	" events int8 NOT NULL, participants int8 NOT NULL, budget int8 NOT NULL,"
	" PRIMARY KEY (fy, state, category, pillar)) WITH (fillfactor = 50)",
	/* Rows come in the order of their key, so that two connections cannot wait for
	 * each other. */
	"CREATE OR REPLACE FUNCTION take(ids uuid[], revisions int4[], hashes bytea[],"
	" fys int2[], states int2[], cats int2[], pills int4[], parts int4[], buds "
	"int8[],"
	" records bytea[]) RETURNS int LANGUAGE plpgsql AS $$ DECLARE fresh int; BEGIN"
	" WITH up AS (INSERT INTO events SELECT * FROM unnest(ids, revisions, hashes, "
	"fys,"
	"  states, cats, pills, parts, buds, records) ON CONFLICT (id) DO NOTHING"
	"  RETURNING id, revision, fy, state, category, pillars, participants, budget),"
	" lg AS (INSERT INTO log (id, revision) SELECT id, revision FROM up),"
	" tt AS (INSERT INTO totals AS t SELECT fy, state, category, b, count(*),"
	"  sum(participants), sum(budget) FROM up, generate_series(0, 7) b"
	"  WHERE pillars >> b & 1 = 1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
	"  ON CONFLICT (fy, state, category, pillar) DO UPDATE SET"
	"  events = t.events + excluded.events,"
	"  participants = t.participants + excluded.participants,"
	"  budget = t.budget + excluded.budget)"
	" SELECT count(*) INTO fresh FROM up;"
	" IF fresh < cardinality(ids) THEN"
	" WITH b AS (SELECT * FROM unnest(ids, revisions, hashes, fys, states, cats, "
	"pills,"
	"  parts, buds, records) AS x(id, revision, hash, fy, state, category, pillars,"
	"  participants, budget, record)),"
	" up AS (UPDATE events e SET revision = b.revision, hash = b.hash, fy = b.fy,"
	"  state = b.state, category = b.category, pillars = b.pillars,"
	"  participants = b.participants, budget = b.budget, record = b.record"
	"  FROM b JOIN events o ON o.id = b.id"
	"  WHERE e.id = b.id AND e.revision < b.revision"
	"  RETURNING e.id, e.revision, e.fy, e.state, e.category, e.pillars, "
	"e.participants,"
	"  e.budget, o.fy ofy, o.state ostate, o.category ocategory, o.pillars opillars,"
	"  o.participants oparticipants, o.budget obudget),"
	" lg AS (INSERT INTO log (id, revision) SELECT id, revision FROM up),"
	" df AS (SELECT fy, state, category, pillars, 1 n, participants, budget FROM up"
	"  UNION ALL SELECT ofy, ostate, ocategory, opillars, -1, -oparticipants, "
	"-obudget"
	"  FROM up)"
	" INSERT INTO totals AS t SELECT fy, state, category, b, sum(n), "
	"sum(participants),"
	"  sum(budget) FROM df, generate_series(0, 7) b"
	"  WHERE pillars >> b & 1 = 1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
	"  ON CONFLICT (fy, state, category, pillar) DO UPDATE SET"
	"  events = t.events + excluded.events,"
	"  participants = t.participants + excluded.participants,"
	"  budget = t.budget + excluded.budget;"
	" END IF; RETURN fresh; END $$",
	"CHECKPOINT",
};

static const char take[] = "SELECT take($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

enum param {
	P_ID,
	P_REVISION,
	P_HASH,
	P_FY,
	P_STATE,
	P_CATEGORY,
	P_PILLARS,
	P_PARTICIPANTS,
	P_BUDGET,
	P_RECORD,
	PARAMS
};

/* Type numbers of PostgreSQL's catalogue. */
enum { UUID_OID = 2950, INT2_OID = 21, INT4_OID = 23, INT8_OID = 20, BYTEA_OID = 17 };
static const uint32_t element_types[PARAMS] = {
	UUID_OID, INT4_OID, BYTEA_OID, INT2_OID, INT2_OID,
	INT2_OID, INT4_OID, INT4_OID,  INT8_OID, BYTEA_OID,
};

struct batch {
	struct buf params[PARAMS]; /* Arrays in the binary form. */
	size_t count;
};

struct load {
	const char *conn, *name;
	uint64_t n;
	struct pick pick;
	size_t batch, depth;
	unsigned connections;
	struct batch *batches;
	size_t batch_count;
	pthread_barrier_t ready;
};

/* Every 'connections'th batch is this one's. */
struct connection {
	struct load *load;
	pthread_t thread;
	unsigned number;
	struct samples times;
};

static _Noreturn void
fail(PGconn *conn, const char *what)
{
	give_up("%s: %s", what, PQerrorMessage(conn));
}

/* ---- Parameters. */

static void
put_be(struct buf *b, uint64_t v, unsigned bytes)
{
	for (unsigned i = bytes; i > 0; i--) {
		buf_put_u8(b, (uint8_t)(v >> 8 * (i - 1)));
	}
}

static void
put_number(struct buf *b, uint64_t v, unsigned bytes)
{
	put_be(b, bytes, 4);
	put_be(b, v, bytes);
}

static void
put_bytes(struct buf *b, struct slice s)
{
	put_be(b, s.len, 4);
	buf_put_slice(b, s);
}

static void
put_event(struct batch *batch, const struct pick *pick, uint64_t i, struct buf *record)
{
	uint64_t number = pick_event(pick, i);
	struct event_facts f =
		event_facts(number, pick->posts, pick->order, pick->revision);

	buf_clear(record);
	event_record_put(record, number, pick->posts, pick->order, pick->revision);
	struct hash hash = hash_of(buf_slice(record));

	put_bytes(&batch->params[P_ID], slice_of(f.id.b, UUID_LEN));
	put_number(&batch->params[P_REVISION], f.revision, 4);
	put_bytes(&batch->params[P_HASH], hash_slice(&hash));
	put_number(&batch->params[P_FY], f.fiscal_year, 2);
	put_number(&batch->params[P_STATE], f.state, 2);
	put_number(&batch->params[P_CATEGORY], f.category, 2);
	put_number(&batch->params[P_PILLARS], f.pillars, 4);
	put_number(&batch->params[P_PARTICIPANTS], f.participants, 4);
	put_number(&batch->params[P_BUDGET], (uint64_t)f.budget, 8);
	put_bytes(&batch->params[P_RECORD], buf_slice(record));
}

static void
make_batches(struct load *load)
{
	struct buf record = { 0 };

	load->batch_count = (load->n + load->batch - 1) / load->batch;
	load->batches = xcalloc(load->batch_count, sizeof(load->batches[0]));
	for (size_t b = 0; b < load->batch_count; b++) {
		struct batch *batch = &load->batches[b];
		uint64_t first = b * load->batch;
		uint64_t end =
			first + load->batch < load->n ? first + load->batch : load->n;

		batch->count = end - first;
		for (unsigned p = 0; p < PARAMS; p++) {
			/* One dimension, no NULLs, counted from 1. */
			put_be(&batch->params[p], 1, 4);
			put_be(&batch->params[p], 0, 4);
			put_be(&batch->params[p], element_types[p], 4);
			put_be(&batch->params[p], batch->count, 4);
			put_be(&batch->params[p], 1, 4);
		}
		for (uint64_t i = first; i < end; i++) {
			put_event(batch, &load->pick, i, &record);
		}
	}
	buf_fini(&record);
}

static void
free_batches(struct load *load)
{
	for (size_t b = 0; b < load->batch_count; b++) {
		for (unsigned p = 0; p < PARAMS; p++) {
			buf_fini(&load->batches[b].params[p]);
		}
	}
	free(load->batches);
}

/* ---- Connections. */

static PGconn *
connect_to(const char *string)
{
	PGconn *conn = PQconnectdb(string);

	if (PQstatus(conn) != CONNECTION_OK) {
		fail(conn, "connecting");
	}
	return conn;
}

static void
exec(PGconn *conn, const char *sql)
{
	PGresult *r = PQexec(conn, sql);

	if (PQresultStatus(r) != PGRES_COMMAND_OK &&
	    PQresultStatus(r) != PGRES_TUPLES_OK) {
		fail(conn, sql);
	}
	PQclear(r);
}

static void
send_batch(PGconn *conn, const struct batch *batch)
{
	const char *values[PARAMS];
	int lengths[PARAMS], formats[PARAMS];

	for (unsigned p = 0; p < PARAMS; p++) {
		values[p] = (const char *)batch->params[p].at;
		lengths[p] = (int)batch->params[p].len;
		formats[p] = 1;
	}
	if (PQsendQueryPrepared(conn, "take", PARAMS, values, lengths, formats, 1) != 1 ||
	    PQpipelineSync(conn) != 1) {
		fail(conn, "sending");
	}
	PQflush(conn);
}

/* The oldest statement under way has been committed. */
static void
await_batch(PGconn *conn)
{
	PGresult *r = PQgetResult(conn);

	if (PQresultStatus(r) != PGRES_TUPLES_OK) {
		fail(conn, "take()");
	}
	PQclear(r);
	must(PQgetResult(conn) == NULL);
	r = PQgetResult(conn);
	if (PQresultStatus(r) != PGRES_PIPELINE_SYNC) {
		fail(conn, "commit");
	}
	PQclear(r);
}

static void *
run_connection(void *arg)
{
	struct connection *c = arg;
	struct load *load = c->load;
	PGconn *conn = connect_to(load->conn);
	PGresult *r = PQprepare(conn, "take", take, 0, NULL);
	size_t sent = c->number, done = c->number;
	double *begun = xcalloc(load->batch_count + 1, sizeof(begun[0]));

	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		fail(conn, "prepare");
	}
	PQclear(r);
	must(PQenterPipelineMode(conn) == 1);
	pthread_barrier_wait(&load->ready);
	while (done < load->batch_count) {
		while (sent < load->batch_count &&
		       sent < done + load->depth * load->connections) {
			begun[sent] = now_s();
			send_batch(conn, &load->batches[sent]);
			sent += load->connections;
		}
		await_batch(conn);
		samples_add(&c->times, now_s() - begun[done]);
		done += load->connections;
	}
	PQfinish(conn);
	free(begun);
	return NULL;
}

static void
run(struct load *load, const char *disk)
{
	struct connection *all = xcalloc(load->connections, sizeof(all[0]));
	struct samples times = { 0 };
	char name[256];

	must(pthread_barrier_init(&load->ready, NULL, load->connections + 1) == 0);
	for (unsigned i = 0; i < load->connections; i++) {
		all[i] = (struct connection){ .load = load, .number = i };
		must(pthread_create(&all[i].thread, NULL, run_connection, &all[i]) == 0);
	}
	struct disk_use before = disk_use(disk);
	pthread_barrier_wait(&load->ready);
	double start = now_s();
	for (unsigned i = 0; i < load->connections; i++) {
		must(pthread_join(all[i].thread, NULL) == 0);
	}
	double took = now_s() - start;
	snprintf(name, sizeof(name), "%s.rate", load->name);
	report(name, (double)load->n / took, "records/s");
	disk_report(&before, disk, load->n, load->name);
	for (unsigned i = 0; i < load->connections; i++) {
		for (size_t k = 0; k < all[i].times.count; k++) {
			samples_add(&times, all[i].times.at[k]);
		}
		samples_fini(&all[i].times);
	}
	samples_report(&times, load->name);
	samples_fini(&times);
	pthread_barrier_destroy(&load->ready);
	free(all);
}

int
main(int argc, char **argv)
{
	struct load load = {
		.conn = option_needed(argc, argv, "conn"),
		.name = option(argc, argv, "name", "pg"),
		.n = option_number(argc, argv, "n", 0),
		.pick = pick_from_options(argc, argv),
		.batch = option_number(argc, argv, "batch", 1000),
		.depth = option_number(argc, argv, "depth", 2),
		.connections = (unsigned)option_number(argc, argv, "connections", 2),
	};

	hash_init();
	if (option_number(argc, argv, "init", 0) != 0) {
		PGconn *conn = connect_to(load.conn);

		for (size_t i = 0; i < ARRAY_LEN(schema); i++) {
			exec(conn, schema[i]);
		}
		PQfinish(conn);
	}
	if (load.n != 0 && load.batch != 0 && load.depth != 0 && load.connections != 0) {
		make_batches(&load);
		run(&load, option(argc, argv, "disk", "."));
		free_batches(&load);
	}
	return 0;
}
