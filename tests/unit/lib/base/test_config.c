#include "lib/base/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum colour { RED, GREEN };
static const char *const colours[] = { "red", "green", NULL };

struct values {
	const char *name;
	uint64_t port;
	enum colour colour;
	bool loud;
	const char *tcp;
	const char *ipc;
	uint64_t quota;
	msec_t drain;
	struct config_strings posts;
};

static const struct config_key keys[] = {
	{ .name = "name",
	  .type = CONFIG_STRING,
	  .offset = offsetof(struct values, name),
	  .example = "tokyo: 1",
	  .min = 1,
	  .max = 16,
	  .comment = "Who this is." },
	{ .name = "port",
	  .type = CONFIG_UINT,
	  .offset = offsetof(struct values, port),
	  .text = "8080",
	  .min = 1,
	  .max = 65535,
	  .comment = "A number of which much can be said, so much that the sentence does "
		     "not "
		     "fit into one line of the file.\nAnd a second paragraph." },
	{ .name = "colour",
	  .type = CONFIG_WORD,
	  .offset = offsetof(struct values, colour),
	  .text = "green",
	  .words = colours,
	  .live = true,
	  .comment = "What it looks like." },
	{ .name = "loud",
	  .type = CONFIG_BOOL,
	  .offset = offsetof(struct values, loud),
	  .text = "false",
	  .live = true,
	  .comment = "Whether it is heard." },
	{ .name = "listen.tcp",
	  .type = CONFIG_STRING,
	  .offset = offsetof(struct values, tcp),
	  .text = "",
	  .check = config_is_endpoint,
	  .expected = CONFIG_ENDPOINT,
	  .comment = "Where others connect; empty: nowhere." },
	{ .name = "listen.ipc",
	  .type = CONFIG_STRING,
	  .offset = offsetof(struct values, ipc),
	  .text = "ipc:///run/x.sock",
	  .check = config_is_endpoint,
	  .expected = CONFIG_ENDPOINT,
	  .comment = "Where this machine connects." },
	{ .name = "store.quota",
	  .type = CONFIG_BYTES,
	  .offset = offsetof(struct values, quota),
	  .text = "10G",
	  .min = 64 << 20,
	  .max = UINT64_C(1) << 40,
	  .comment = "How much of the disk it takes." },
	{ .name = "store.drain",
	  .type = CONFIG_DURATION,
	  .offset = offsetof(struct values, drain),
	  .text = "90s",
	  .max = 3600000,
	  .comment = "How long it waits." },
	{ .name = "store.posts",
	  .type = CONFIG_STRINGS,
	  .offset = offsetof(struct values, posts),
	  .text = "[sfo, lax]",
	  .max = 3,
	  .comment = "For whom." },
};

static const struct config_schema schema =
	CONFIG_SCHEMA(struct values, keys, "A file that the tests read.");

static struct arena arena;
static struct buf errors;
static struct values v;

static int
forget(void **state)
{
	(void)state;
	arena_fini(&arena);
	buf_fini(&errors);
	errors = (struct buf){ 0 };
	return 0;
}

static bool
reads(const char *yaml)
{
	buf_clear(&errors);
	return config_read_bytes(&schema, "x.yaml", slice_str(yaml), &arena, &v,
				 &errors) == OK;
}

/* The file is refused with exactly these lines. */
static void
check_refused(const char *yaml, const char *expected)
{
	assert_false(reads(yaml));
	buf_put_u8(&errors, '\0');
	assert_string_equal((const char *)errors.at, expected);
}

static void
test_config__what_the_file_says_arrives(void **state)
{
	(void)state;
	assert_true(reads("# 設定\n"
			  "name: 東京\n"
			  "port: 1\n"
			  "colour: red\n"
			  "loud: true\n"
			  "listen:\n"
			  "  tcp: tcp://[::]:5555 # everywhere\n"
			  "  ipc: ipc://x\n"
			  "store: {quota: 64M, drain: 1h, posts: [bna, 'a b']}\n"));
	assert_string_equal(v.name, "東京");
	assert_int_equal(v.port, 1);
	assert_int_equal(v.colour, RED);
	assert_true(v.loud);
	assert_string_equal(v.tcp, "tcp://[::]:5555");
	assert_string_equal(v.ipc, "ipc://x");
	assert_int_equal(v.quota, 64 << 20);
	assert_int_equal(v.drain, 3600000);
	assert_int_equal(v.posts.count, 2);
	assert_string_equal(v.posts.at[1], "a b");
}

static void
test_config__what_it_does_not_say_has_its_default(void **state)
{
	(void)state;
	assert_true(reads("name: x\nstore:\n  posts:\n  - chi\nlisten:\n"));
	assert_int_equal(v.port, 8080);
	assert_int_equal(v.colour, GREEN);
	assert_false(v.loud);
	assert_string_equal(v.tcp, "");
	assert_int_equal(v.quota, UINT64_C(10) << 30);
	assert_int_equal(v.drain, 90000);
	assert_int_equal(v.posts.count, 1);
	assert_true(reads("name: x\n"));
	assert_int_equal(v.posts.count, 2);
	assert_string_equal(v.posts.at[0], "sfo");
	assert_string_equal(v.posts.at[1], "lax");
}

static void
test_config__an_unknown_key_is_told_the_nearest(void **state)
{
	(void)state;
	check_refused("name: x\nprot: 1\n",
		      "x.yaml:2:1: unknown key \"prot\"; did you mean \"port\"?\n");
	check_refused("name: x\nlisten:\n  tpc: tcp://h:1\n",
		      "x.yaml:3:3: unknown key \"listen.tpc\"; did you mean "
		      "\"listen.tcp\"?\n");
	check_refused(
		"name: x\nquota: 1G\n",
		"x.yaml:2:1: unknown key \"quota\"; did you mean \"store.quota\"?\n");
	check_refused("name: x\nwhatever: [1, {a: b}]\n",
		      "x.yaml:2:1: unknown key \"whatever\"; there are: name, port, "
		      "colour, loud, listen, store\n");
	check_refused("name: x\nstore:\n  bananas: 3\n",
		      "x.yaml:3:3: unknown key \"store.bananas\"; \"store\" has: quota, "
		      "drain, posts\n");
	check_refused(
		"name: x\nlisten.tcp: tcp://h:1\n",
		"x.yaml:2:1: \"listen.tcp\" cannot be written in one line; right is "
		"\"tcp:\" below \"listen:\"\n");
}

static void
test_config__a_wrong_value_is_told_what_is_right(void **state)
{
	(void)state;
	static const char number[] = "right is a whole number, from 1 to 65535\n";
	static const char size[] =
		"right is a size such as 512, 64K, 32M or 10G, from 64M to 1024G\n";
	static const char time[] =
		"right is a time such as 20ms, 5s, 15m, 2h or 30d, from 0 to 1h\n";
	static const struct {
		const char *line, *wrong, *right;
	} cases[] = {
		{ "port: many", ":2:7: port: \"many\" is not a whole number; ", number },
		{ "port: -1", ":2:7: port: \"-1\" is not a whole number; ", number },
		{ "port: 0", ":2:7: port: \"0\" is out of range; ", number },
		{ "port: 65536", ":2:7: port: \"65536\" is out of range; ", number },
		{ "port: 99999999999999999999",
		  ":2:7: port: \"99999999999999999999\" is out of range; ", number },
		{ "port:", ":2:6: port: there is no value; ", number },
		{ "port: [1]", ":2:7: port: the value is a list; ", number },
		{ "port: {a: 1}", ":2:7: port: the value is a mapping; ", number },
		{ "port: !!int 5", ":2:7: port: the value has an anchor or a tag; ",
		  number },
		{ "store: {quota: 10T}", ":2:16: store.quota: \"10T\" is not a size; ",
		  size },
		{ "store: {quota: 63M}", ":2:16: store.quota: \"63M\" is out of range; ",
		  size },
		{ "store: {quota: 17179869184G}",
		  ":2:16: store.quota: \"17179869184G\" is out of range; ", size },
		{ "store: {drain: 90}",
		  ":2:16: store.drain: \"90\" is not a time with its unit; ", time },
		{ "store: {drain: 20 ms}",
		  ":2:16: store.drain: \"20 ms\" is not a time with its unit; ", time },
		{ "store: {drain: 3601s}",
		  ":2:16: store.drain: \"3601s\" is out of range; ", time },
		{ "store: {posts: sfo}",
		  ":2:16: store.posts: the value is a single text; ",
		  "right is a list such as [a, b], from 0 to 3 items\n" },
		{ "store: {posts: [a, b, c, d]}",
		  ":2:16: store.posts: the list has the wrong number of items; ",
		  "right is a list such as [a, b], from 0 to 3 items\n" },
		{ "store: {posts: [a, [b]]}", ":2:20: store.posts: an item is not text; ",
		  "right is a list such as [a, b], from 0 to 3 items\n" },
		{ "loud: yes", ":2:7: loud: \"yes\" is neither; ",
		  "right is true or false\n" },
		{ "colour: blue", ":2:9: colour: \"blue\" is not one of the words; ",
		  "right is one of red, green\n" },
		{ "listen: {tcp: 'udp://h:1'}",
		  ":2:15: listen.tcp: \"udp://h:1\" is not what is needed; ",
		  "right is " CONFIG_ENDPOINT "\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char yaml[200];
		char expected[300];

		snprintf(yaml, sizeof(yaml), "name: x\n%s\n", cases[i].line);
		snprintf(expected, sizeof(expected), "x.yaml%s%s", cases[i].wrong,
			 cases[i].right);
		check_refused(yaml, expected);
	}
}

static void
test_config__all_mistakes_are_told_at_once(void **state)
{
	(void)state;
	check_refused("port: 0\nloud: maybe\nport: 5\n",
		      "x.yaml:1:7: port: \"0\" is out of range; right is a whole number, "
		      "from 1 to 65535\n"
		      "x.yaml:2:7: loud: \"maybe\" is neither; right is true or false\n"
		      "x.yaml:3:1: port is given twice; the first is in line 1\n"
		      "x.yaml:4:1: name: it is missing; right is text, from 1 to 16 "
		      "bytes\n");
	check_refused(
		"name: x\nlisten: {tcp: ''}\nlisten: {ipc: ''}\n",
		"x.yaml:3:1: \"listen:\" is given twice; right is once, with all its "
		"keys\n");
	/* "" means "nowhere" for listen.tcp, whose default it is, and is wrong for the
	 * other. */
	assert_true(reads("name: x\nlisten: {tcp: ''}\n"));
	check_refused("name: x\nlisten: {ipc: ''}\n",
		      "x.yaml:2:15: listen.ipc: \"\" is not what is needed; right "
		      "is " CONFIG_ENDPOINT "\n");
	check_refused("name: x\nlisten: tcp://h:1\n",
		      "x.yaml:2:9: \"listen:\" takes no value; right is, below it and "
		      "indented: tcp, ipc\n");
}

static void
test_config__mistakes_without_end_are_counted(void **state)
{
	(void)state;
	struct buf yaml = { 0 };
	size_t lines = 0;

	buf_put_str(&yaml, "name: x\n");
	for (int i = 0; i < 1000; i++) {
		buf_printf(&yaml, "unknown-number-%d: 1\n", i);
	}
	buf_put_u8(&yaml, '\0');
	assert_false(reads((const char *)yaml.at));
	for (size_t i = 0; i < errors.len; i++) {
		lines += errors.at[i] == '\n';
	}
	assert_int_equal(lines, 21);
	buf_put_u8(&errors, '\0');
	assert_non_null(strstr((const char *)errors.at, "x.yaml: 980 more mistakes\n"));
	buf_fini(&yaml);
}

static void
test_config__what_is_not_yaml_is_told_where(void **state)
{
	(void)state;
	static const struct {
		const char *yaml, *begin;
	} cases[] = {
		{ "name: x\nstore: {posts: [a\n", "x.yaml:3:1: not YAML: " },
		{ "name: x\n\tport: 1\n", "x.yaml:2:1: not YAML: " },
		{ "name: \"x\nport: 1\n", "x.yaml:3:1: not YAML: " },
		{ "name: \xff\n", "x.yaml:1:1: not readable as UTF-8 text: " },
		{ "name: *x\n", "x.yaml:1:7: name: the value is an alias; " },
		{ "- name\n", "x.yaml:1:1: the file is no list of keys; " },
		{ "? [a]\n: 1\nname: x\n", "x.yaml:1:3: a key must be a plain word\n" },
		{ "name: x\n---\nname: y\n",
		  "x.yaml:2:1: a second document begins here; " },
		{ "", "x.yaml:1:1: name: it is missing; " },
		{ "---\n...\n", "x.yaml:3:1: name: it is missing; " },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_false(reads(cases[i].yaml));
		buf_put_u8(&errors, '\0');
		errors.at[strlen(cases[i].begin)] = '\0';
		assert_string_equal((const char *)errors.at, cases[i].begin);
	}
}

static void
test_config__no_nesting_is_too_deep(void **state)
{
	(void)state;
	struct buf yaml = { 0 };

	/* libyaml refuses it itself, or it is skipped: neither way takes the stack. */
	buf_put_str(&yaml, "name: x\nzzzzzz: ");
	for (int i = 0; i < 5000; i++) {
		buf_put_u8(&yaml, '[');
	}
	for (int i = 0; i < 5000; i++) {
		buf_put_u8(&yaml, ']');
	}
	buf_put_u8(&yaml, '\0');
	assert_false(reads((const char *)yaml.at));
	buf_fini(&yaml);
}

static void
test_config__the_printed_file_explains_every_key_and_reads_back(void **state)
{
	(void)state;
	struct buf out = { 0 };

	config_print(&schema, &out);
	buf_put_u8(&out, '\0');
	assert_string_equal(
		(const char *)out.at,
		"# A file that the tests read.\n"
		"\n"
		"# Who this is.\n"
		"# Text, from 1 to 16 bytes; must be given.\n"
		"name: 'tokyo: 1'\n"
		"\n"
		"# A number of which much can be said, so much that the sentence does "
		"not fit "
		"into one line\n"
		"# of the file.\n"
		"# And a second paragraph.\n"
		"# A whole number, from 1 to 65535; default 8080.\n"
		"port: 8080\n"
		"\n"
		"# What it looks like.\n"
		"# One of red, green; default green; a reload applies it.\n"
		"colour: green\n"
		"\n"
		"# Whether it is heard.\n"
		"# True or false; default false; a reload applies it.\n"
		"loud: false\n"
		"\n"
		"listen:\n"
		"  # Where others connect; empty: nowhere.\n"
		"  # tcp://HOST:PORT or ipc://PATH (at most 100 bytes); default ''.\n"
		"  tcp: ''\n"
		"\n"
		"  # Where this machine connects.\n"
		"  # tcp://HOST:PORT or ipc://PATH (at most 100 bytes); default "
		"ipc:///run/x.sock.\n"
		"  ipc: ipc:///run/x.sock\n"
		"\n"
		"store:\n"
		"  # How much of the disk it takes.\n"
		"  # A size such as 512, 64K, 32M or 10G, from 64M to 1024G; default "
		"10G.\n"
		"  quota: 10G\n"
		"\n"
		"  # How long it waits.\n"
		"  # A time such as 20ms, 5s, 15m, 2h or 30d, from 0 to 1h; default "
		"90s.\n"
		"  drain: 90s\n"
		"\n"
		"  # For whom.\n"
		"  # A list such as [a, b], from 0 to 3 items; default [sfo, lax].\n"
		"  posts: [sfo, lax]\n");
	assert_true(reads((const char *)out.at));
	assert_string_equal(v.name, "tokyo: 1");

	struct values printed = v;
	struct buf restart = { 0 };
	assert_true(reads("name: 'tokyo: 1'\n"));
	assert_false(config_compare(&schema, &printed, &v, &restart));
	assert_int_equal(restart.len, 0);
	buf_fini(&out);
}

static void
test_config__a_reload_is_told_what_needs_a_restart(void **state)
{
	(void)state;
	struct buf restart = { 0 };
	struct values before;

	assert_true(reads("name: x\n"));
	before = v;
	assert_true(reads("name: x\nloud: true\n"));
	assert_true(config_compare(&schema, &before, &v, &restart));
	assert_int_equal(restart.len, 0);

	assert_true(reads("name: y\nstore: {quota: 1G, posts: [sfo, bna]}\n"));
	assert_false(config_compare(&schema, &before, &v, &restart));
	assert_true(slice_eq_str(buf_slice(&restart), "name, store.quota, store.posts"));
	buf_fini(&restart);
}

static void
test_config__an_endpoint_is_tcp_or_ipc(void **state)
{
	(void)state;
	static const char *const good[] = { "tcp://127.0.0.1:1", "tcp://*:65535",
					    "tcp://[fe80::1]:80", "tcp://hq.example:5555",
					    "ipc:///run/kusanone/x.sock" };
	static const char *const bad[] = { "",
					   "tcp://",
					   "tcp://h",
					   "tcp://h:",
					   "tcp://h:0",
					   "tcp://h:65536",
					   "tcp://:80",
					   "tcp://h:8a",
					   "ipc://",
					   "inproc://x",
					   "pgm://x:1",
					   "tcp://a b:1",
					   "tcp://h:4294967297" };
	char path[120] = "ipc://";

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(config_is_endpoint(good[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(config_is_endpoint(bad[i]));
	}
	memset(path + 6, 'x', 95);
	assert_false(config_is_endpoint(path));
	path[100] = '\0';
	assert_true(config_is_endpoint(path));
}

static void
test_config__a_key_is_64_hex_digits(void **state)
{
	(void)state;
	char key[66];

	memset(key, 'a', 65);
	key[65] = '\0';
	assert_false(config_is_hex_32(key));
	key[64] = '\0';
	assert_true(config_is_hex_32(key));
	key[63] = 'g';
	assert_false(config_is_hex_32(key));
	assert_false(config_is_hex_32(""));
}

static void
test_config__a_file_that_cannot_be_read_is_a_mistake(void **state)
{
	(void)state;
	char path[] = "/tmp/kusanone-test-config-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "name: x\nport: 9\n", 16), 16);
	assert_int_equal(config_read_file(&schema, path, &arena, &v, &errors), OK);
	assert_int_equal(v.port, 9);
	assert_int_equal(ftruncate(fd, (2 << 20)), 0);
	assert_int_equal(config_read_file(&schema, path, &arena, &v, &errors),
			 ERR_INVALID);
	close(fd);
	unlink(path);

	buf_clear(&errors);
	assert_int_equal(
		config_read_file(&schema, "/nowhere/x.yaml", &arena, &v, &errors),
		ERR_INVALID);
	assert_true(slice_eq_str(
		buf_slice(&errors),
		"/nowhere/x.yaml: cannot be opened: No such file or directory\n"));
}

#define TEST(f) cmocka_unit_test_teardown(f, forget)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_config__what_the_file_says_arrives),
		TEST(test_config__what_it_does_not_say_has_its_default),
		TEST(test_config__an_unknown_key_is_told_the_nearest),
		TEST(test_config__a_wrong_value_is_told_what_is_right),
		TEST(test_config__all_mistakes_are_told_at_once),
		TEST(test_config__mistakes_without_end_are_counted),
		TEST(test_config__what_is_not_yaml_is_told_where),
		TEST(test_config__no_nesting_is_too_deep),
		TEST(test_config__the_printed_file_explains_every_key_and_reads_back),
		TEST(test_config__a_reload_is_told_what_needs_a_restart),
		TEST(test_config__an_endpoint_is_tcp_or_ipc),
		TEST(test_config__a_key_is_64_hex_digits),
		TEST(test_config__a_file_that_cannot_be_read_is_a_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
