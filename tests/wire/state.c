/* State of format 1 as the first release wrote it: every later build must open it and
 * find in it what was recorded then.
 *
 *	wire_state DIR     DIR holds aggregation/{log,view}, hq/journal, sfo/journal and
 *	                   the public halves of their keys, hq.json and sfo.json */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregation/aggregation.h"
#include "intake/intake.h"
#include "lib/model/json_wire.h"
#include "lib/model/query.h"

static struct arena arena;
static int failed;

static void
check(bool good, const char *name, const char *why)
{
	if (good) {
		printf("ok wire/state/%s\n", name);
	} else {
		printf("FAIL wire/state/%s: %s\n", name, why);
		failed++;
	}
}

static const char *
member(const char *dir, const char *name, const char *key)
{
	const char *path = arena_printf(&arena, "%s/%s.json", dir, name);
	json_t *json = json_load_file(path, 0, NULL);
	const char *value = json_string_value(json_object_get(json, key));
	const char *copy = value != NULL ? arena_dup(&arena, value, strlen(value)) : "";

	json_decref(json);
	return copy;
}

static struct enrolment
node_of(const char *dir, const char *name)
{
	struct enrolment e = { .name = slice_str(name) };

	must(hex_parse(slice_str(member(dir, name, "node")), e.node.b, NODE_ID_LEN));
	must(hex_parse(slice_str(member(dir, name, "curve")), e.curve_key, 32));
	must(hex_parse(slice_str(member(dir, name, "sign")), e.sign_key,
		       SIGN_PUBLIC_LEN));
	return e;
}

static struct store *
open_store(const char *dir, const char *kind, const char *const *dbs)
{
	char why[512] = "";
	struct store_options options = {
		.dir = dir, .kind = kind, .format = 1, .dbs = dbs
	};
	struct store *store = NULL;

	if (store_open(&options, &store, why, sizeof(why)) != OK) {
		check(false, kind, why);
		return NULL;
	}
	return store;
}

static int64_t
count_events(const struct fold *f)
{
	struct query q = { .position = fold_position(f),
			   .from = FISCAL_YEAR_NONE,
			   .to = FISCAL_YEAR_NONE,
			   .measures = { MEASURE_EVENTS },
			   .measure_count = 1 };
	struct query_result r;

	query_run(f, &q, &arena, &r);
	return r.total.figures[0].value;
}

static void
check_aggregation(const char *dir)
{
	struct store *log = open_store(arena_printf(&arena, "%s/aggregation/log", dir),
				       "aggregation-log", log_db_names);
	struct store *view = open_store(arena_printf(&arena, "%s/aggregation/view", dir),
					"aggregation-view", view_db_names);
	struct aggregation_config config = { .hq = node_of(dir, "hq"),
					     .software = "test" };
	struct aggregation *a = xcalloc(1, sizeof(*a));

	if (log == NULL || view == NULL) {
		return;
	}
	config.hq.role = NODE_HQ;
	aggregation_init(a, &config, log, view);
	check(aggregation_open(a) == OK, "aggregation opens", "the log cannot be read");
	check(a->checkpointed == a->log.head.position, "the view's checkpoint is taken",
	      "the view was folded again");
	check(count_events(&a->fold) == 4, "four events count", "another number");
	check(a->fold.figures.count == 3, "three published figures", "another number");

	/* And folded from nothing. */
	struct aggregation *again = xcalloc(1, sizeof(*again));
	const char *table = "";
	aggregation_init(again, &config, log, NULL);
	check(aggregation_open(again) == OK && fold_eq(&a->fold, &again->fold, &table),
	      "a fold from nothing is the same", table);
	aggregation_fini(again);
	free(again);
	aggregation_fini(a);
	free(a);
	store_close(view);
	store_close(log);
}

static void
check_intake(const char *dir, const char *name, enum node_role role,
	     uint64_t blocks_at_least)
{
	struct store *store = open_store(arena_printf(&arena, "%s/%s/journal", dir, name),
					 "intake-journal", journal_db_names);
	struct enrolment self = node_of(dir, name);
	const char *posts[] = { name };
	struct intake_config config = { .node = self.node,
					.name = name,
					.role = role,
					.posts = posts,
					.post_count = role == NODE_POST ? 1 : 0,
					.key_count = 1,
					.author = "",
					.software = "test" };
	struct intake *in = xcalloc(1, sizeof(*in));

	if (store == NULL) {
		return;
	}
	memcpy(config.keys[0].curve_public, self.curve_key, 32);
	memcpy(config.keys[0].sign_public, self.sign_key, SIGN_PUBLIC_LEN);
	intake_init(in, &config, store);
	check(intake_open(in, 0, 0) == OK,
	      arena_printf(&arena, "the intake of %s opens", name),
	      "the journal cannot be read");
	check(in->journal.tip_seq >= blocks_at_least && in->journal.waiting == 0 &&
		      in->journal.cursor.position > 0,
	      arena_printf(&arena, "%s has its words and headquarters' receipts", name),
	      "the journal is not complete");
	intake_fini(in);
	free(in);
	store_close(store);
}

int
main(int argc, char **argv)
{
	char scratch[] = "/tmp/kusanone-state-XXXXXX";

	if (argc != 2) {
		fprintf(stderr, "usage: wire_state DIR\n");
		return 2;
	}
	hash_init();
	must(mkdtemp(scratch) != NULL);
	/* The stores are opened for writing: a copy. */
	must(system(arena_printf(&arena, "cp -R '%s/.' '%s' && chmod -R u+w '%s'",
				 argv[1], scratch, scratch)) == 0);
	check_aggregation(scratch);
	check_intake(scratch, "hq", NODE_HQ, 10);
	check_intake(scratch, "sfo", NODE_POST, 1);
	must(system(arena_printf(&arena, "rm -rf '%s'", scratch)) == 0);
	arena_fini(&arena);
	return failed != 0;
}
