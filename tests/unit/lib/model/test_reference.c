#include "lib/model/reference.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "lib/model/calendar.h"

struct fixture {
	struct words words;
	struct sets sets;
	struct reference ref;
	struct arena arena;
	uint64_t position;
};

static void
fixture_init(struct fixture *f)
{
	*f = (struct fixture){ .position = 0 };
	words_init(&f->words);
	sets_init(&f->sets);
	reference_init(&f->ref, &f->words, &f->sets);
}

static void
fixture_fini(struct fixture *f)
{
	reference_fini(&f->ref);
	sets_fini(&f->sets);
	words_fini(&f->words);
	arena_fini(&f->arena);
}

/* "" is open. */
static int32_t
day(const char *text)
{
	struct date d;

	if (text[0] == '\0') {
		return REFERENCE_ANY_DAY;
	}
	if (!date_parse(slice_str(text), &d)) {
		fail_msg("%s is no date", text);
	}
	return date_first_day(&d);
}

/* Each row at a position of its own. */
static bool
apply(struct fixture *f, const struct reference_row *row)
{
	assert_null(reference_row_check(row));
	return reference_apply(&f->ref, row, ++f->position);
}

static struct reference_row
row_of(enum reference_kind kind, const char *group, const char *code, const char *from,
       const char *to)
{
	return (struct reference_row){ .kind = kind,
				       .valid_from = day(from),
				       .valid_to = day(to),
				       .group = slice_str(group),
				       .code = slice_str(code) };
}

enum { MAX_COUNTIES = 16 };

/* 'part' as in the CSV: all, rest, oversight, or counties:A;B. */
static bool
cover(struct fixture *f, const char *post, const char *state, const char *part,
      const char *from, const char *to)
{
	struct reference_row row = row_of(REFERENCE_JURISDICTION, post, state, from, to);
	struct slice counties[MAX_COUNTIES];

	if (strcmp(part, "all") == 0) {
		row.part = REFERENCE_PART_ALL;
	} else if (strcmp(part, "rest") == 0) {
		row.part = REFERENCE_PART_REST;
	} else if (strcmp(part, "oversight") == 0) {
		row.part = REFERENCE_PART_OVERSIGHT;
	} else {
		row.part = REFERENCE_PART_COUNTIES;
		row.list = counties;
		for (const char *at = strchr(part, ':') + 1; *at != '\0';) {
			size_t len = strcspn(at, ";");

			assert_true(row.list_count < MAX_COUNTIES);
			counties[row.list_count++] = slice_of(at, len);
			at += at[len] == ';' ? len + 1 : len;
		}
	}
	return apply(f, &row);
}

static void
check_post(const struct fixture *f, const char *state, const char *county, const char *on,
	   const char *expected)
{
	uint32_t post = reference_covering_post(&f->ref, slice_str(state),
						slice_str(county), day(on));

	if (!slice_eq_str(words_at(&f->words, post), expected)) {
		struct slice s = words_at(&f->words, post);

		fail_msg("%s %s on '%s': %.*s, expected %s", state, county, on,
			 (int)s.len, s.len != 0 ? (const char *)s.at : "", expected);
	}
}

static void
cover_split_states(struct fixture *f)
{
	cover(f, "sfo", "CA", "rest", "", "");
	cover(f, "lax", "CA",
	      "counties:Imperial;Los Angeles;Orange;Riverside;San Bernardino;San Diego;"
	      "San Luis Obispo;Santa Barbara;Ventura",
	      "", "");
	cover(f, "bos", "CT", "rest", "", "");
	cover(f, "nyc", "CT", "counties:Fairfield", "", "");
	cover(f, "sea", "ID",
	      "counties:Benewah;Bonner;Boundary;Clearwater;Kootenai;Latah;Lewis;Nez "
	      "Perce;"
	      "Shoshone",
	      "", "");
	cover(f, "pdx", "ID", "rest", "", "");
	cover(f, "lax", "AZ", "all", "", "");
	cover(f, "bna", "TN", "all", "", "");
	cover(f, "gum", "MP", "oversight", "", "");
	cover(f, "spn", "MP", "all", "", "");
}

/* Golden: the split states. */
static void
test_covering__counties_of_the_split_states(void **state)
{
	(void)state;
	const struct {
		const char *state;
		const char *county;
		const char *post;
	} golden[] = {
		{ "CA", "Los Angeles", "lax" },
		{ "CA", "Imperial", "lax" },
		{ "CA", "San Luis Obispo", "lax" },
		{ "CA", "Ventura", "lax" },
		{ "CA", "San Francisco", "sfo" },
		{ "CA", "Santa Clara", "sfo" },
		{ "CA", "Monterey", "sfo" },
		{ "CA", "Kern", "sfo" },
		{ "CA", "los angeles", "lax" },    /* Case does not matter, */
		{ "CA", "Ｖｅｎｔｕｒａ", "lax" }, /* nor the width of letters. */
		{ "CA", "", "" },                  /* Which part is not stated. */
		{ "CT", "Fairfield", "nyc" },
		{ "CT", "Hartford", "bos" },
		{ "CT", "New Haven", "bos" },
		{ "CT", "", "" },
		{ "ID", "Benewah", "sea" },
		{ "ID", "Bonner", "sea" },
		{ "ID", "Kootenai", "sea" },
		{ "ID", "Nez Perce", "sea" },
		{ "ID", "Shoshone", "sea" },
		{ "ID", "Idaho", "pdx" },
		{ "ID", "Ada", "pdx" },
		{ "ID", "", "" },
		{ "AZ", "", "lax" },
		{ "AZ", "Los Angeles", "lax" }, /* A county of another state. */
		{ "TN", "Madison", "bna" },
		{ "MP", "", "spn" }, /* Supervision does not count. */
		{ "XX", "", "" },
		{ "", "", "" },
	};
	struct fixture f;

	fixture_init(&f);
	cover_split_states(&f);
	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		check_post(&f, golden[i].state, golden[i].county, "2024-02-15",
			   golden[i].post);
		check_post(&f, golden[i].state, golden[i].county, "", golden[i].post);
	}
	fixture_fini(&f);
}

static void
test_covering__a_rest_with_nothing_named_is_the_whole(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	cover(&f, "sfo", "NV", "rest", "", "");
	check_post(&f, "NV", "", "2024-02-15", "sfo");
	check_post(&f, "NV", "Clark", "2024-02-15", "sfo");
	cover(&f, "gum", "GU", "oversight", "", "");
	check_post(&f, "GU", "", "2024-02-15", "");
	fixture_fini(&f);
}

/* Golden: Virginia and Maryland went to the Embassy on 2015-01-01, from Atlanta and New
 * York; the undated rows say only what is so now. */
static void
test_covering__a_virginia_event_on_either_side_of_2015(void **state)
{
	(void)state;
	const struct {
		const char *state;
		const char *on;
		const char *post;
	} golden[] = {
		{ "VA", "2014-12-31", "atl" }, { "VA", "2015-01-01", "was" },
		{ "VA", "2014-06-15", "atl" }, { "VA", "2015-06-15", "was" },
		{ "VA", "1990-01-01", "atl" }, { "VA", "2024-02-15", "was" },
		{ "MD", "2014-12-31", "nyc" }, { "MD", "2015-01-01", "was" },
		{ "MD", "2013-04-01", "nyc" }, { "MD", "2024-04-01", "was" },
		{ "DC", "2014-12-31", "was" }, { "DC", "2015-01-01", "was" },
		{ "GA", "2014-12-31", "atl" }, { "GA", "2015-01-01", "atl" },
		{ "VA", "", "was" }, /* No date known: as it stands now. */
		{ "MD", "", "was" },
	};

	for (int history_first = 0; history_first < 2; history_first++) {
		struct fixture f;

		fixture_init(&f);
		for (int pass = 0; pass < 2; pass++) {
			if (pass == history_first) {
				cover(&f, "was", "DC", "all", "", "");
				cover(&f, "was", "MD", "all", "", "");
				cover(&f, "was", "VA", "all", "", "");
				cover(&f, "atl", "GA", "all", "", "");
			} else {
				cover(&f, "atl", "VA", "all", "", "2014-12-31");
				cover(&f, "nyc", "MD", "all", "", "2014-12-31");
				cover(&f, "was", "VA", "all", "2015-01-01", "");
				cover(&f, "was", "MD", "all", "2015-01-01", "");
			}
		}
		for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
			check_post(&f, golden[i].state, "", golden[i].on, golden[i].post);
		}
		fixture_fini(&f);
	}
}

static void
test_covering__an_undated_row_says_nothing_once_its_post_and_state_have_dates(
	void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	cover(&f, "was", "VA", "all", "", "");
	check_post(&f, "VA", "", "2014-12-31", "was");
	cover(&f, "was", "VA", "all", "2015-01-01", "");
	check_post(&f, "VA", "", "2014-12-31", ""); /* Whose it was is not stated. */
	check_post(&f, "VA", "", "2015-01-01", "was");
	fixture_fini(&f);
}

static void
test_covering__a_dated_row_for_the_whole_state_replaces_the_undated_one_for_its_time(
	void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	cover(&f, "sfo", "NV", "all", "", "");
	cover(&f, "lax", "NV", "all", "2030-01-01", "2030-12-31");
	check_post(&f, "NV", "", "2029-12-31", "sfo");
	check_post(&f, "NV", "", "2030-01-01", "lax");
	check_post(&f, "NV", "", "2030-12-31", "lax");
	check_post(&f, "NV", "", "2031-01-01", "sfo");
	/* A dated part of a state leaves the undated rest alone. */
	cover_split_states(&f);
	cover(&f, "lax", "CA", "counties:Kern", "2030-01-01", "");
	check_post(&f, "CA", "Kern", "2030-01-01", "lax");
	check_post(&f, "CA", "Monterey", "2030-01-01", "sfo");
	fixture_fini(&f);
}

static void
set_plan(struct fixture *f, const char *code, const char *parent, const char *plan,
	 const char *ja, const char *from, const char *to)
{
	struct reference_row row = row_of(REFERENCE_PILLAR, "", code, from, to);

	row.parent = slice_str(parent);
	row.plan = slice_str(plan);
	row.label.ja = slice_str(ja);
	assert_true(apply(f, &row));
}

/* Golden: plan 3.0 was set on 2023-08-04 and replaced by 4.0 on 2025-12-18. */
static void
test_pillar__a_plan_holds_until_the_day_before_its_replacement(void **state)
{
	(void)state;
	const struct {
		const char *code;
		const char *on;
		bool holds;
	} golden[] = {
		{ "ap3", "2023-08-03", false },
		{ "ap3", "2023-08-04", true },
		{ "ap3", "2024-02-01", true },
		{ "ap3", "2025-12-17", true },
		{ "ap3", "2025-12-18", false },
		{ "ap3.supply", "2025-12-17", true },
		{ "ap3.supply", "2025-12-18", false },
		{ "ap4", "2025-12-17", false },
		{ "ap4", "2025-12-18", true },
		{ "ap4", "2030-01-01", true },
		{ "newcap", "2023-08-03", true },
		{ "newcap", "2025-12-18", true },
		{ "ap3", "", true }, /* No date: the last that it was. */
		{ "ap4", "", true },
		{ "ap5", "2025-12-18", false },
		{ "ap5", "", false },
	};
	struct fixture f;

	fixture_init(&f);
	set_plan(&f, "ap3", "", "ap3", "行動計画3.0", "2023-08-04", "2025-12-17");
	set_plan(&f, "ap3.supply", "ap3", "ap3", "日米サプライチェーン協力強化",
		 "2023-08-04", "2025-12-17");
	set_plan(&f, "newcap", "", "newcap", "新しい資本主義", "", "");
	set_plan(&f, "ap4", "", "ap4", "行動計画4.0", "2025-12-18", "");
	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		const struct reference_entry *e = reference_pillar(
			&f.ref, slice_str(golden[i].code), day(golden[i].on));

		if ((e != NULL) != golden[i].holds) {
			fail_msg("%s on '%s'", golden[i].code, golden[i].on);
		}
		if (e != NULL) {
			assert_true(slice_eq_str(words_at(&f.words, e->code),
						 golden[i].code));
		}
	}
	const struct reference_entry *e =
		reference_pillar(&f.ref, slice_str("ap3.supply"), day("2024-02-01"));
	assert_true(slice_eq_str(words_at(&f.words, e->parent), "ap3"));
	assert_true(slice_eq_str(reference_label(&f.ref, e, true),
				 "日米サプライチェーン協力強化"));
	/* No English label: the Japanese one is better than none. */
	assert_true(slice_eq_str(reference_label(&f.ref, e, false),
				 "日米サプライチェーン協力強化"));
	fixture_fini(&f);
}

static void
set_code(struct fixture *f, const char *dimension, const char *code, const char *en,
	 const char *from, const char *to, const char *attribute)
{
	struct slice list = slice_str(attribute);
	struct reference_row row = row_of(REFERENCE_CODE, dimension, code, from, to);

	row.label.en = slice_str(en);
	row.list = &list;
	row.list_count = list.len != 0 ? 1 : 0;
	assert_true(apply(f, &row));
}

static const char *
label_on(struct fixture *f, const char *code, const char *on)
{
	static char text[64];
	const struct reference_entry *e =
		reference_code(&f->ref, slice_str("topic"), slice_str(code), day(on));

	if (e == NULL) {
		return "none";
	}
	struct slice label = reference_label(&f->ref, e, false);
	snprintf(text, sizeof(text), "%.*s", (int)label.len, (const char *)label.at);
	return text;
}

static void
test_code__of_several_rows_the_dated_and_later_one_answers(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	set_code(&f, "topic", "ev", "from 2024", "2024-01-01", "", "");
	set_code(&f, "topic", "ev", "always", "", "", "");
	set_code(&f, "topic", "ev", "in 2025", "2025-01-01", "2025-12-31", "");
	set_code(&f, "format", "ev", "another dimension", "", "", "");
	assert_string_equal(label_on(&f, "ev", "2023-12-31"), "always");
	assert_string_equal(label_on(&f, "ev", "2024-01-01"), "from 2024");
	assert_string_equal(label_on(&f, "ev", "2025-01-01"), "in 2025");
	assert_string_equal(label_on(&f, "ev", "2025-12-31"), "in 2025");
	assert_string_equal(label_on(&f, "ev", "2026-01-01"), "from 2024");
	assert_string_equal(label_on(&f, "ev", ""), "from 2024");
	assert_string_equal(label_on(&f, "hydrogen", "2024-01-01"), "none");
	fixture_fini(&f);
}

static void
test_code__attributes_are_asked_by_name(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	set_code(&f, "format", "webinar", "Webinar", "", "", "online");
	set_code(&f, "format", "seminar", "Seminar", "", "", "");
	const struct reference_entry *webinar = reference_code(
		&f.ref, slice_str("format"), slice_str("webinar"), REFERENCE_ANY_DAY);
	const struct reference_entry *seminar = reference_code(
		&f.ref, slice_str("format"), slice_str("seminar"), REFERENCE_ANY_DAY);
	assert_true(reference_has(&f.ref, webinar, slice_str("online")));
	assert_false(reference_has(&f.ref, webinar, slice_str("ONLINE")));
	assert_false(reference_has(&f.ref, webinar, slice_str("")));
	assert_false(reference_has(&f.ref, seminar, slice_str("online")));
	fixture_fini(&f);
}

static void
test_apply__a_row_replaces_the_one_with_its_key_and_beginning(void **state)
{
	(void)state;
	struct fixture f;
	struct slice none = slice_of(NULL, 0);
	struct slice sfo = slice_str("sfo");
	struct reference_row row = row_of(REFERENCE_POST, "", "sfo", "", "");

	fixture_init(&f);
	row.label.en = slice_str("San Fransisco");
	row.zone = slice_str("America/Los_Angeles");
	row.lat_e6 = 37794000;
	row.lon_e6 = -122400000;
	assert_true(apply(&f, &row));  /* Position 1. */
	assert_false(apply(&f, &row)); /* Says what holds: nothing happens at 2. */
	assert_int_equal(reference_count(&f.ref), 1);
	assert_int_equal(f.ref.version, 1);

	row.label.en = slice_str("San Francisco");
	assert_true(apply(&f, &row)); /* 3 */
	assert_int_equal(reference_count(&f.ref), 2);
	assert_int_equal(f.ref.version, 3);

	row.removed = true;
	assert_true(apply(&f, &row));  /* 4 */
	assert_false(apply(&f, &row)); /* Gone already. */
	assert_null(reference_post(&f.ref, sfo, REFERENCE_ANY_DAY));

	/* Each position still has its label. */
	const struct {
		uint64_t position;
		const char *label;
	} golden[] = { { 0, NULL },
		       { 1, "San Fransisco" },
		       { 2, "San Fransisco" },
		       { 3, "San Francisco" },
		       { 4, NULL },
		       { REFERENCE_NOW, NULL } };
	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		const struct reference_entry *e =
			reference_find(&f.ref, REFERENCE_POST, none, sfo,
				       REFERENCE_ANY_DAY, golden[i].position);

		assert_int_equal(e != NULL, golden[i].label != NULL);
		assert_true(e == NULL || slice_eq_str(reference_label(&f.ref, e, false),
						      golden[i].label));
	}
	fixture_fini(&f);
}

static void
test_apply__rows_of_one_key_with_other_beginnings_stand_beside_each_other(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	cover(&f, "atl", "VA", "all", "", "2014-12-31");
	cover(&f, "was", "VA", "all", "2015-01-01", "");
	struct reference_row row =
		row_of(REFERENCE_JURISDICTION, "was", "VA", "2015-01-01", "");
	row.removed = true;
	assert_true(apply(&f, &row));
	check_post(&f, "VA", "", "2014-12-31", "atl");
	check_post(&f, "VA", "", "2015-01-01", "");
	fixture_fini(&f);
}

static void
test_setting__is_on_or_off_or_not_set(void **state)
{
	(void)state;
	struct fixture f;
	struct reference_row row =
		row_of(REFERENCE_SETTING, "", "cohost_handshake", "", "");
	const char *name = "cohost_handshake";

	fixture_init(&f);
	assert_int_equal(
		reference_setting(&f.ref, slice_str(name), REFERENCE_ANY_DAY).len, 0);
	assert_true(reference_setting_on(&f.ref, name, REFERENCE_ANY_DAY, true));
	assert_false(reference_setting_on(&f.ref, name, REFERENCE_ANY_DAY, false));
	row.value = slice_str("off");
	assert_true(apply(&f, &row));
	assert_false(reference_setting_on(&f.ref, name, REFERENCE_ANY_DAY, true));
	row.value = slice_str("on");
	row.valid_from = day("2030-01-01");
	assert_true(apply(&f, &row));
	assert_false(reference_setting_on(&f.ref, name, day("2029-12-31"), true));
	assert_true(reference_setting_on(&f.ref, name, day("2030-01-01"), false));
	fixture_fini(&f);
}

static void
test_state__an_empty_country_is_the_home_one(void **state)
{
	(void)state;
	struct fixture f;
	struct reference_row row = row_of(REFERENCE_STATE, "", "TN", "", "");

	fixture_init(&f);
	row.label.ja = slice_str("テネシー州");
	row.label.en = slice_str("Tennessee");
	assert_true(apply(&f, &row));
	const struct reference_entry *e = reference_state(
		&f.ref, slice_str("US"), slice_str("TN"), REFERENCE_ANY_DAY);
	assert_non_null(e);
	assert_ptr_equal(e, reference_state(&f.ref, slice_str(""), slice_str("TN"),
					    REFERENCE_ANY_DAY));
	assert_null(reference_state(&f.ref, slice_str("JP"), slice_str("TN"),
				    REFERENCE_ANY_DAY));
	fixture_fini(&f);
}

static void
check_municipality(struct fixture *f, const char *country, const char *state,
		   const char *ja, const char *en, const char *expected)
{
	struct buf key = { .len = 0 };

	reference_municipality_key(&f->ref, slice_str(country), slice_str(state),
				   slice_str(ja), slice_str(en), &key);
	if (!slice_eq_str(buf_slice(&key), expected)) {
		fail_msg("%s/%s: %.*s, expected %s", ja, en, (int)key.len,
			 (const char *)key.at, expected);
	}
	uint32_t id =
		reference_municipality_id(&f->ref, slice_str(country), slice_str(state),
					  slice_str(ja), slice_str(en));
	assert_true(slice_eq_str(words_at(&f->words, id), expected));
	buf_fini(&key);
}

static bool
join_spellings(struct fixture *f, const char *state, const char *ja, const char *en,
	       bool removed)
{
	struct reference_row row = row_of(REFERENCE_MUNICIPALITY, "", state, "", "");

	row.label.ja = slice_str(ja);
	row.label.en = slice_str(en);
	row.removed = removed;
	return apply(f, &row);
}

static void
test_municipality__is_one_by_country_state_and_folded_name(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	check_municipality(&f, "US", "TN", "", "Jackson", "US\tTN\tjackson");
	check_municipality(&f, "", "TN", "", "JACKSON", "US\tTN\tjackson");
	check_municipality(&f, "US", "TN", "", "Ｊａｃｋｓｏｎ", "US\tTN\tjackson");
	check_municipality(&f, "US", "MS", "", "Jackson", "US\tMS\tjackson");
	check_municipality(&f, "CA", "TN", "", "Jackson", "CA\tTN\tjackson");
	check_municipality(&f, "US", "TN", "ジャクソン市", "Jackson", "US\tTN\tjackson");
	check_municipality(&f, "US", "TN", "ジャクソン市", "", "US\tTN\tジャクソン市");
	check_municipality(&f, "US", "TN", "ｼﾞｬｸｿﾝ市", "", "US\tTN\tジャクソン市");
	check_municipality(&f, "", "", "", "San José", "US\t\tsan josé");
	check_municipality(&f, "", "", "", "San Jose\xcc\x81", "US\t\tsan josé");
	check_municipality(&f, "US", "TN", "", "", "");
	fixture_fini(&f);
}

static void
test_municipality__the_reference_data_joins_spellings(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	join_spellings(&f, "TN", "ジャクソン市", "Jackson", false);
	join_spellings(&f, "TN", "ジャクソン", "Jackson", false); /* A third one. */
	join_spellings(&f, "IL", "シャンバーグ村", "", false);
	check_municipality(&f, "", "TN", "", "jackson", "US\tTN\tjackson");
	check_municipality(&f, "", "TN", "ジャクソン市", "", "US\tTN\tjackson");
	check_municipality(&f, "", "TN", "ｼﾞｬｸｿﾝ", "", "US\tTN\tjackson");
	check_municipality(&f, "", "TN", "ジャクソン市", "Jackson City",
			   "US\tTN\tjackson");
	check_municipality(&f, "", "MS", "ジャクソン市", "", "US\tMS\tジャクソン市");
	check_municipality(&f, "", "IL", "シャンバーグ村", "", "US\tIL\tシャンバーグ村");

	assert_true(join_spellings(&f, "TN", "ジャクソン市", "Jackson", true));
	check_municipality(&f, "", "TN", "ジャクソン市", "", "US\tTN\tジャクソン市");
	check_municipality(&f, "", "TN", "ジャクソン", "", "US\tTN\tjackson");
	fixture_fini(&f);
}

static void
test_municipality__a_name_too_long_for_a_word_is_none(void **state)
{
	(void)state;
	struct fixture f;
	static uint8_t name[WORD_MAX_LEN];

	fixture_init(&f);
	memset(name, 'x', sizeof(name));
	struct slice fits = slice_of(name, sizeof(name) - strlen("US\tTN\t"));
	struct slice too_long = slice_of(name, fits.len + 1);
	struct slice us = slice_str("US");
	struct slice tn = slice_str("TN");
	struct slice none = slice_of(NULL, 0);
	assert_int_equal(reference_municipality_id(&f.ref, us, tn, none, fits), 1);
	assert_int_equal(reference_municipality_id(&f.ref, us, tn, none, too_long), 0);
	assert_int_equal(words_count(&f.words), 1);
	fixture_fini(&f);
}

static void
test_check__says_what_is_wrong_with_a_row(void **state)
{
	(void)state;
	static uint8_t long_text[WORD_MAX_LEN + 1];
	struct slice county = slice_str("Kern");
	struct slice empty = slice_of(NULL, 0);
	struct reference_row row;

	memset(long_text, 'x', sizeof(long_text));
#define WRONG(says, ...)                                                                 \
	do {                                                                             \
		row = row_of(REFERENCE_CODE, "topic", "ai", "", "");                     \
		__VA_ARGS__;                                                             \
		assert_non_null(reference_row_check(&row));                              \
		assert_string_equal(reference_row_check(&row), says);                    \
	} while (0)
	row = row_of(REFERENCE_CODE, "topic", "ai", "2024-01-01", "2024-01-01");
	assert_null(reference_row_check(&row));
	WRONG("kind: is not known", row.kind = REFERENCE_UNKNOWN);
	WRONG("kind: is not known", row.kind = REFERENCE_KINDS);
	WRONG("code: is empty", row.code = empty);
	WRONG("dimension: is empty", row.group = empty);
	WRONG("code: is longer than 64 bytes", row.code = slice_of(long_text, 65));
	WRONG("code: is longer than 64 bytes", row.group = slice_of(long_text, 65));
	WRONG("text: is longer than 4096 bytes",
	      row.label.ja = slice_of(long_text, sizeof(long_text)));
	WRONG("text: is longer than 4096 bytes",
	      row.source_quote = slice_of(long_text, sizeof(long_text)));
	WRONG("valid_to: is before valid_from", row.valid_from = 1; row.valid_to = 0);
	WRONG("valid_from, valid_to: must be days of 1900 to 2200",
	      row.valid_from = INT32_MAX);
	WRONG("list: an item must have 1 to 256 bytes", row.list = &empty;
	      row.list_count = 1);
	WRONG("list: has more than 1000 items", row.list = &county;
	      row.list_count = 1001);
	WRONG("post: is empty", row.kind = REFERENCE_JURISDICTION; row.group = empty;
	      row.part = REFERENCE_PART_ALL);
	WRONG("part: must be all, counties, rest or oversight",
	      row.kind = REFERENCE_JURISDICTION);
	WRONG("counties: belong to the part counties, and to no other",
	      row.kind = REFERENCE_JURISDICTION;
	      row.part = REFERENCE_PART_COUNTIES);
	WRONG("counties: belong to the part counties, and to no other",
	      row.kind = REFERENCE_JURISDICTION;
	      row.part = REFERENCE_PART_ALL; row.list = &county; row.list_count = 1);
	WRONG("zone: must be the name of an IANA zone", row.kind = REFERENCE_POST;
	      row.zone = slice_str("../etc"));
	WRONG("lat_e6, lon_e6: not on the globe", row.kind = REFERENCE_POST;
	      row.lat_e6 = 90000001);
	WRONG("name: is empty", row.kind = REFERENCE_MUNICIPALITY);
	WRONG("name: is longer than 256 bytes", row.kind = REFERENCE_MUNICIPALITY;
	      row.label.en = slice_of(long_text, 257));
#undef WRONG
}

/* The character whose compatibility form is the longest there is. */
static void
test_apply__the_longest_name_that_passes_the_check_still_fits_a_word(void **state)
{
	(void)state;
	struct fixture f;
	char name[REFERENCE_NAME_MAX + 1] = "";

	fixture_init(&f);
	for (size_t len = 0; len + 3 <= REFERENCE_NAME_MAX; len += 3) {
		memcpy(name + len, "\xef\xb7\xba", 4); /* U+FDFA */
	}
	assert_true(join_spellings(&f, "TN", name, name, false));
	const struct reference_entry *e = reference_at(&f.ref, 0);
	assert_true(words_at(&f.words, e->folded_en).len > 2000);
	fixture_fini(&f);
}

static void
fill(struct fixture *f)
{
	cover_split_states(f);
	set_plan(f, "ap3", "", "ap3", "行動計画3.0", "2023-08-04", "2025-12-17");
	set_plan(f, "ap4", "", "ap4", "行動計画4.0", "2025-12-18", "");
	set_code(f, "format", "webinar", "Webinar", "", "", "online");
	set_code(f, "format", "webinar", "Web seminar", "", "", "online");
	join_spellings(f, "TN", "ジャクソン市", "Jackson", false);
	struct reference_row gone = row_of(REFERENCE_CODE, "format", "webinar", "", "");
	gone.removed = true;
	assert_true(apply(f, &gone));
}

static void
copy_table(struct table *to, const struct table *from)
{
	for (uint32_t i = 0; i < from->chunk_count; i++) {
		assert_true(table_restore_chunk(to, table_chunk(from, i)));
	}
}

static void
test_reference__answers_the_same_after_a_load(void **state)
{
	(void)state;
	struct fixture f;
	struct fixture loaded;

	fixture_init(&f);
	fixture_init(&loaded);
	fill(&f);
	copy_table(&loaded.words.rows, &f.words.rows);
	copy_table(&loaded.words.bytes, &f.words.bytes);
	copy_table(&loaded.sets.rows, &f.sets.rows);
	copy_table(&loaded.sets.ids, &f.sets.ids);
	copy_table(&loaded.ref.rows, &f.ref.rows);
	assert_true(words_reindex(&loaded.words));
	assert_true(sets_reindex(&loaded.sets));
	assert_true(reference_reindex(&loaded.ref));

	assert_int_equal(loaded.ref.version, f.position);
	check_post(&loaded, "CA", "Ventura", "2024-02-15", "lax");
	check_municipality(&loaded, "", "TN", "ジャクソン市", "", "US\tTN\tjackson");
	assert_null(reference_pillar(&loaded.ref, slice_str("ap3"), day("2025-12-18")));
	assert_null(reference_code(&loaded.ref, slice_str("format"), slice_str("webinar"),
				   REFERENCE_ANY_DAY));

	/* And goes on as the other does. */
	loaded.position = f.position;
	check_municipality(&f, "", "TN", "ジャクソン市", "", "US\tTN\tjackson");
	set_code(&f, "format", "webinar", "Webinar", "", "", "online");
	set_code(&loaded, "format", "webinar", "Webinar", "", "", "online");
	assert_true(table_eq(&f.ref.rows, &loaded.ref.rows));
	assert_true(table_eq(&f.words.bytes, &loaded.words.bytes));
	fixture_fini(&loaded);
	fixture_fini(&f);
}

static void
test_reference__rows_with_ids_that_there_are_not_are_not_loaded(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f);
	fill(&f);
	assert_true(reference_reindex(&f.ref));
	struct reference_entry *e = table_mut(&f.ref.rows, 3);
	struct reference_entry good = *e;
	e->label_en = words_count(&f.words) + 1;
	assert_false(reference_reindex(&f.ref));
	*e = good;
	e->list = sets_count(&f.sets) + 1;
	assert_false(reference_reindex(&f.ref));
	*e = good;
	e->kind = REFERENCE_KINDS;
	assert_false(reference_reindex(&f.ref));
	*e = good;
	assert_true(reference_reindex(&f.ref));
	fixture_fini(&f);
}

/* ---- The programme's data as it is shipped. */

enum { MAX_COLUMNS = 8, LINE_SIZE = 1024 };

/* The next line of a file without quoted fields, cut at its commas; false at the end. */
static bool
next_line(FILE *file, char line[LINE_SIZE], char *columns[MAX_COLUMNS])
{
	if (fgets(line, LINE_SIZE, file) == NULL) {
		return false;
	}
	line[strcspn(line, "\r\n")] = '\0';
	for (unsigned i = 0; i < MAX_COLUMNS; i++) {
		columns[i] = line != NULL ? strsep(&line, ",") : NULL;
	}
	return true;
}

/* Open one of the files, behind its header line. */
static FILE *
open_shipped(const char *name)
{
	char path[LINE_SIZE];
	char line[LINE_SIZE];
	char *columns[MAX_COLUMNS];

	snprintf(path, sizeof(path), SOURCE_DIR "/deploy/reference/us-japan/%s", name);
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	assert_true(next_line(file, line, columns));
	return file;
}

static void
cover_as_shipped(struct fixture *f)
{
	char line[LINE_SIZE];
	char *c[MAX_COLUMNS];
	FILE *file = open_shipped("jurisdictions.csv");

	while (next_line(file, line, c)) {
		assert_true(cover(f, c[0], c[1], c[2], "", ""));
	}
	fclose(file);
	file = open_shipped("jurisdictions-history.csv");
	while (next_line(file, line, c)) {
		assert_true(cover(f, c[0], c[1], c[2], c[3], c[4]));
	}
	fclose(file);
}

static void
test_shipped__every_state_has_a_post_and_every_named_county_the_right_one(void **state)
{
	(void)state;
	char line[LINE_SIZE];
	char *c[MAX_COLUMNS];
	unsigned states = 0;
	unsigned counties = 0;
	struct fixture f;

	fixture_init(&f);
	cover_as_shipped(&f);
	FILE *file = open_shipped("states.csv");
	for (; next_line(file, line, c); states++) {
		/* A county that no row names: the rest, where there is one. */
		if (reference_covering_post(&f.ref, slice_str(c[1]), slice_str("-"),
					    day("2024-02-15")) == 0) {
			fail_msg("nobody covers %s", c[1]);
		}
	}
	fclose(file);
	file = open_shipped("split-counties.csv");
	for (; next_line(file, line, c); counties++) {
		check_post(&f, c[0], c[1], "2024-02-15", c[3]);
	}
	fclose(file);
	assert_int_equal(states, 57);
	assert_int_equal(counties, 20);
	check_post(&f, "VA", "", "2014-12-31", "atl");
	check_post(&f, "VA", "", "2015-01-01", "was");
	check_post(&f, "MD", "", "2014-12-31", "nyc");
	check_post(&f, "MD", "", "2015-01-01", "was");
	check_post(&f, "MP", "", "2024-02-15", "spn");
	fixture_fini(&f);
}

/* ---- The wire. */

static void
test_wire__every_row_comes_back_as_it_was(void **state)
{
	(void)state;
	struct fixture f;
	struct fixture back;
	const char *why = NULL;

	fixture_init(&f);
	fixture_init(&back);
	fill(&f);
	struct reference_row post = row_of(REFERENCE_POST, "", "sfo", "2000-01-01", "");
	post.label.ja = slice_str("在サンフランシスコ日本国総領事館");
	post.what = slice_str("consulate_general");
	post.city = slice_str("San Francisco");
	post.state = slice_str("CA");
	post.zone = slice_str("America/Los_Angeles");
	post.lat_e6 = 37794000;
	post.lon_e6 = -122400000;
	post.source_name = slice_str("posts.csv");
	post.source_quote = slice_str("quoted");
	post.note.en = slice_str("noted");
	assert_true(apply(&f, &post));
	struct reference_row setting =
		row_of(REFERENCE_SETTING, "", "cohost_handshake", "", "");
	setting.value = slice_str("off");
	assert_true(apply(&f, &setting));
	struct reference_row tn = row_of(REFERENCE_STATE, "US", "TN", "", "");
	tn.label.en = slice_str("Tennessee");
	assert_true(apply(&f, &tn));

	struct reference_change change = { .row_count = reference_count(&f.ref),
					   .why = slice_str("why") };
	change.rows = arena_zalloc(&f.arena, change.row_count * sizeof(change.rows[0]));
	for (uint32_t i = 0; i < change.row_count; i++) {
		reference_entry_row(&f.ref, reference_at(&f.ref, i), &f.arena,
				    &change.rows[i]);
	}
	struct buf packed = { .len = 0 };
	struct reference_change read;
	reference_change_pack(&change, &packed);
	assert_true(
		reference_change_decode(&back.arena, buf_slice(&packed), &read, &why));
	assert_int_equal(read.row_count, change.row_count);
	assert_true(slice_eq_str(read.why, "why"));

	for (uint32_t i = 0; i < read.row_count; i++) {
		struct buf once = { .len = 0 };
		struct buf twice = { .len = 0 };
		struct reference_row row;

		reference_row_pack(&change.rows[i], &once);
		assert_true(
			reference_row_decode(&back.arena, buf_slice(&once), &row, &why));
		reference_row_pack(&row, &twice);
		assert_true(slice_eq(buf_slice(&once), buf_slice(&twice)));
		buf_fini(&twice);
		buf_fini(&once);
		assert_true(apply(&back, &read.rows[i]));
	}
	const struct reference_entry *e =
		reference_post(&back.ref, slice_str("sfo"), day("2000-01-01"));
	assert_non_null(e);
	assert_int_equal(e->lat_e6, 37794000);
	assert_int_equal(e->lon_e6, -122400000);
	assert_true(slice_eq_str(words_at(&back.words, e->zone), "America/Los_Angeles"));
	assert_true(slice_eq_str(words_at(&back.words, e->what), "consulate_general"));
	assert_true(slice_eq_str(words_at(&back.words, e->source_quote), "quoted"));
	assert_true(slice_eq_str(words_at(&back.words, e->note_en), "noted"));
	assert_null(reference_post(&back.ref, slice_str("sfo"), day("1999-12-31")));
	check_post(&back, "CA", "Ventura", "2024-02-15", "lax");
	check_post(&back, "ID", "Ada", "2024-02-15", "pdx");
	assert_false(reference_setting_on(&back.ref, "cohost_handshake",
					  REFERENCE_ANY_DAY, true));
	buf_fini(&packed);
	fixture_fini(&back);
	fixture_fini(&f);
}

/* A ReferenceChange with one row of these bytes. */
static void
change_with_row(struct buf *b, const void *row, size_t len)
{
	buf_clear(b);
	buf_put_u8(b, 1 << 3 | 2);
	buf_put_u8(b, (uint8_t)len);
	buf_put(b, row, len);
}

static void
test_wire__a_bad_row_is_refused_with_its_number_and_reason(void **state)
{
	(void)state;
	const struct {
		const char *row;
		size_t len;
		const char *why;
	} golden[] = {
		/* setting { } */
		{ "\xb2\x01\x00", 3, "rows[0]: code: is empty" },
		/* setting { name: "a" }, valid_from: "2024-02" */
		{ "\x0a\x07"
		  "2024-02\xb2\x01\x03\x0a\x01"
		  "a",
		  15,
		  "rows[0]: valid_from: must be a calendar day (YYYY-MM-DD) or empty" },
		{ "\x12\x0a"
		  "2023-02-29\xb2\x01\x03\x0a\x01"
		  "a",
		  18, "rows[0]: valid_to: must be a calendar day (YYYY-MM-DD) or empty" },
		/* jurisdiction { post: "a", state: "b" } */
		{ "\x8a\x01\x06\x0a\x01"
		  "a\x12\x01"
		  "b",
		  9, "rows[0]: part: must be all, counties, rest or oversight" },
	};
	struct buf packed = { .len = 0 };
	struct arena arena = { .used = 0 };

	for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
		struct reference_change change;
		const char *why = NULL;

		change_with_row(&packed, golden[i].row, golden[i].len);
		assert_false(reference_change_decode(&arena, buf_slice(&packed), &change,
						     &why));
		assert_string_equal(why, golden[i].why);
	}
	buf_fini(&packed);
	arena_fini(&arena);
}

static void
test_wire__a_row_of_a_newer_program_is_carried_and_not_applied(void **state)
{
	(void)state;
	const struct {
		const char *row;
		size_t len;
	} newer[] = {
		{ "\xba\x01\x03\x0a\x01"
		  "a",
		  6 }, /* Field 23 */
		{ "\x8a\x01\x08\x0a\x01"
		  "a\x12\x01"
		  "b\x18\x09",
		  11 }, /* jurisdiction { post: "a", state: "b", part: 9 } */
	};
	struct buf packed = { .len = 0 };
	struct fixture f;

	fixture_init(&f);
	for (size_t i = 0; i < ARRAY_LEN(newer); i++) {
		struct reference_change change;
		const char *why = NULL;

		change_with_row(&packed, newer[i].row, newer[i].len);
		assert_true(reference_change_decode(&f.arena, buf_slice(&packed), &change,
						    &why));
		assert_int_equal(change.row_count, 1);
		assert_int_equal(change.rows[0].kind, REFERENCE_UNKNOWN);
		assert_false(reference_apply(&f.ref, &change.rows[0], 1));
	}
	assert_int_equal(reference_count(&f.ref), 0);
	assert_int_equal(words_count(&f.words), 0);
	buf_fini(&packed);
	fixture_fini(&f);
}

static void
test_wire__bytes_that_are_no_text_or_no_message_are_refused(void **state)
{
	(void)state;
	struct arena arena = { .used = 0 };
	struct buf packed = { .len = 0 };
	struct reference_change change;
	struct reference_row row;
	const char *why = NULL;

	/* setting { name: <a lone continuation byte> } */
	change_with_row(&packed, "\xb2\x01\x03\x0a\x01\x80", 6);
	assert_false(reference_change_decode(&arena, buf_slice(&packed), &change, &why));
	assert_non_null(why);
	/* A NUL would cut the text. */
	change_with_row(&packed,
			"\xb2\x01\x05\x0a\x03"
			"a\0b",
			8);
	assert_false(reference_change_decode(&arena, buf_slice(&packed), &change, &why));
	/* setting { name: "a" }, every beginning of it but nothing and the whole. */
	const char whole[] = "\xb2\x01\x03\x0a\x01"
			     "a";
	for (size_t len = 1; len < 6; len++) {
		why = NULL;
		assert_false(
			reference_row_decode(&arena, slice_of(whole, len), &row, &why));
		assert_non_null(why);
	}
	assert_true(reference_row_decode(&arena, slice_of(whole, 6), &row, &why));
	assert_int_equal(row.kind, REFERENCE_SETTING);
	buf_fini(&packed);
	arena_fini(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_covering__counties_of_the_split_states),
		cmocka_unit_test(test_covering__a_rest_with_nothing_named_is_the_whole),
		cmocka_unit_test(test_covering__a_virginia_event_on_either_side_of_2015),
		cmocka_unit_test(
			test_covering__an_undated_row_says_nothing_once_its_post_and_state_have_dates),
		cmocka_unit_test(
			test_covering__a_dated_row_for_the_whole_state_replaces_the_undated_one_for_its_time),
		cmocka_unit_test(
			test_pillar__a_plan_holds_until_the_day_before_its_replacement),
		cmocka_unit_test(
			test_code__of_several_rows_the_dated_and_later_one_answers),
		cmocka_unit_test(test_code__attributes_are_asked_by_name),
		cmocka_unit_test(
			test_apply__a_row_replaces_the_one_with_its_key_and_beginning),
		cmocka_unit_test(
			test_apply__rows_of_one_key_with_other_beginnings_stand_beside_each_other),
		cmocka_unit_test(
			test_apply__the_longest_name_that_passes_the_check_still_fits_a_word),
		cmocka_unit_test(test_setting__is_on_or_off_or_not_set),
		cmocka_unit_test(test_state__an_empty_country_is_the_home_one),
		cmocka_unit_test(
			test_municipality__is_one_by_country_state_and_folded_name),
		cmocka_unit_test(test_municipality__the_reference_data_joins_spellings),
		cmocka_unit_test(test_municipality__a_name_too_long_for_a_word_is_none),
		cmocka_unit_test(test_check__says_what_is_wrong_with_a_row),
		cmocka_unit_test(test_reference__answers_the_same_after_a_load),
		cmocka_unit_test(
			test_reference__rows_with_ids_that_there_are_not_are_not_loaded),
		cmocka_unit_test(
			test_shipped__every_state_has_a_post_and_every_named_county_the_right_one),
		cmocka_unit_test(test_wire__every_row_comes_back_as_it_was),
		cmocka_unit_test(
			test_wire__a_bad_row_is_refused_with_its_number_and_reason),
		cmocka_unit_test(
			test_wire__a_row_of_a_newer_program_is_carried_and_not_applied),
		cmocka_unit_test(
			test_wire__bytes_that_are_no_text_or_no_message_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
