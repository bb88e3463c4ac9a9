/* What the golden state of a format (state.sh) needs beside the programs.
 *
 *	wire_state compact FOLDER KIND
 *		rewrites a store without its free pages
 *	wire_state view FOLDER NODE CURVEKEY SIGNKEY
 *		The view in an aggregation's folder is taken as it is, and is what a fold
 *		of the log from nothing gives.  NODE and the keys are those of
 *		headquarters' own intake.
 *
 * Nobody may have the stores open. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aggregation/aggregation.h"

static int failed;

static void
check(bool good, const char *name, const char *why)
{
	if (good) {
		printf("ok %s\n", name);
	} else {
		printf("FAIL %s: %s\n", name, why);
		failed++;
	}
}

static struct store *
open_store(const char *dir, const char *kind, const char *const *dbs)
{
	char why[512] = "";
	struct store_options options = {
		.dir = dir, .kind = kind, .format = AGGREGATION_FORMAT, .dbs = dbs
	};
	struct store *store = NULL;

	if (store_open(&options, &store, why, sizeof(why)) != OK) {
		fprintf(stderr, "wire_state: %s\n", why);
		exit(1);
	}
	return store;
}

static int
compact(const char *dir, const char *kind)
{
	const char *const no_names[] = { NULL }; /* All are copied, opened or not. */
	struct store *store = open_store(dir, kind, no_names);
	enum err err = store_compact(store);

	store_close(store);
	if (err != OK) {
		fprintf(stderr, "wire_state: %s: %s\n", dir, err_name(err));
	}
	return err != OK;
}

static bool
parse_hq(char **argv, struct enrolment *ret_hq)
{
	*ret_hq = (struct enrolment){ .name = slice_str("hq"), .role = NODE_HQ };
	return hex_parse(slice_str(argv[0]), ret_hq->node.b, NODE_ID_LEN) &&
	       hex_parse(slice_str(argv[1]), ret_hq->curve_key, 32) &&
	       hex_parse(slice_str(argv[2]), ret_hq->sign_key, SIGN_PUBLIC_LEN);
}

static struct aggregation *
open_core(const struct enrolment *hq, struct store *log, struct store *view)
{
	struct aggregation_config config = { .hq = *hq, .software = "test" };
	struct aggregation *a = xcalloc(1, sizeof(*a));

	aggregation_init(a, &config, log, view);
	if (aggregation_open(a) != OK) {
		fprintf(stderr, "wire_state: the log cannot be read\n");
		exit(1);
	}
	return a;
}

static int
check_view(const char *dir, const struct enrolment *hq)
{
	struct arena arena = { 0 };
	struct store *log = open_store(arena_printf(&arena, "%s/log", dir),
				       "aggregation-log", log_db_names);
	struct store *view = open_store(arena_printf(&arena, "%s/view", dir),
					"aggregation-view", view_db_names);
	struct aggregation *a = open_core(hq, log, view);
	struct aggregation *again = open_core(hq, log, NULL);
	const char *table = "";

	check(a->log.head.position != 0 && a->checkpoint.position == a->log.head.position,
	      "the view is taken as it is",
	      "it was folded again: a table has changed its rows since this golden was "
	      "made. A view may be lost, so nothing is broken; make the golden anew, so "
	      "that this shape is one that later builds must read");
	bool same = fold_eq(&a->fold, &again->fold, &table);
	check(same, "the view is what the log gives",
	      arena_printf(&arena,
			   "table %s is another one: a row means something else now "
			   "and is as long as it was. Raise the format of the view",
			   table));

	aggregation_fini(again);
	free(again);
	aggregation_fini(a);
	free(a);
	store_close(view);
	store_close(log);
	arena_fini(&arena);
	return failed != 0;
}

int
main(int argc, char **argv)
{
	struct enrolment hq;

	hash_init();
	if (argc == 4 && strcmp(argv[1], "compact") == 0) {
		return compact(argv[2], argv[3]);
	}
	if (argc == 6 && strcmp(argv[1], "view") == 0 && parse_hq(argv + 3, &hq)) {
		return check_view(argv[2], &hq);
	}
	fprintf(stderr, "usage: wire_state compact FOLDER KIND\n"
			"       wire_state view FOLDER NODE CURVEKEY SIGNKEY\n");
	return 2;
}
