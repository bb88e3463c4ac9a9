/* Addresses that cannot be used stop the start with a sentence that says why. */
#include "unit/lib/host/fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/host/address.h"

static int
unix_socket(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0 && strlen(path) < sizeof(addr.sun_path));
	memcpy(addr.sun_path, path, strlen(path) + 1);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, sizeof(addr)), 0);
	return fd;
}

static void
serve_one(struct fixture *f)
{
	fixture_start(f);
	struct client *client = connect_local(f);
	ask(client, "a");
	expect(client, "a");
	client_close(client);
	fixture_stop(f);
}

static void
test_address__a_dead_process_socket_is_replaced(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	const char *path = address_ipc_path(f.address);
	close(unix_socket(path)); /* The file stays; nobody listens. */
	assert_int_equal(ipc_owner(path), IPC_STALE);
	serve_one(&f);
	fixture_fini(&f);
}

static void
test_address__a_living_process_keeps_its_socket(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	const char *path = address_ipc_path(f.address);
	int fd = unix_socket(path);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(fixture_run(&f), ERR_BUSY);
	assert_non_null(strstr(f.why, "in use by another process"));
	assert_non_null(strstr(f.why, path));
	assert_int_equal(ipc_owner(path), IPC_ALIVE);
	assert_int_equal(f.node.turns, 0);
	close(fd);
	fixture_fini(&f);
}

static void
test_address__a_file_that_is_no_socket_is_not_touched(void **state)
{
	(void)state;
	struct fixture f;
	struct stat st;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	const char *path = address_ipc_path(f.address);
	int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_int_equal(write(fd, "dear", 4), 4);
	close(fd);
	assert_int_equal(fixture_run(&f), ERR_INVALID);
	assert_non_null(strstr(f.why, "no socket"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 4);
	fixture_fini(&f);
}

static void
test_address__the_socket_is_its_owners_alone(void **state)
{
	(void)state;
	struct fixture f;
	struct stat st;
	mode_t mask = umask(0);

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	fixture_start(&f);
	assert_int_equal(stat(address_ipc_path(f.address), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(umask(mask), 0); /* The process' mask is as it was. */
	fixture_stop(&f);
	/* Stopped: nothing is left that a command could take for a service. */
	assert_int_equal(ipc_owner(address_ipc_path(f.address)), IPC_NOBODY);
	fixture_fini(&f);
}

static void
test_address__a_path_of_107_bytes_works_and_108_name_the_limit(void **state)
{
	(void)state;
	struct fixture f;
	char address[sizeof("ipc://") + 120];

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	int len = snprintf(address, sizeof(address), "ipc://%s/", f.dir);
	size_t end = strlen("ipc://") + IPC_PATH_MAX;
	memset(address + len, 's', end - (size_t)len);
	address[end] = '\0';
	assert_int_equal(strlen(address_ipc_path(address)), 107);
	memcpy(f.address, address, end < sizeof(f.address) ? end : sizeof(f.address) - 1);
	f.options.endpoints[0].addresses[0] = address;
	fixture_start(&f);
	const struct client_options options = { .address = address };
	struct client *client = NULL;
	assert_int_equal(client_open(&options, &client), OK);
	ask(client, "a");
	expect(client, "a");
	client_close(client);
	fixture_stop(&f);

	address[end] = 's';
	address[end + 1] = '\0';
	assert_int_equal(fixture_run(&f), ERR_INVALID);
	assert_non_null(strstr(f.why, "at most 107 bytes, this one has 108"));
	fixture_fini(&f);
}

static void
test_address__a_taken_port_is_named(void **state)
{
	(void)state;
	struct fixture f;
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	char address[64];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (const struct sockaddr *)&addr, len), 0);
	assert_int_equal(listen(fd, 5), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	fixture_init(&f, ENDPOINT_LISTEN_CURVE);
	snprintf(address, sizeof(address), "tcp://127.0.0.1:%u", ntohs(addr.sin_port));
	f.options.endpoints[0].addresses[1] = address;
	assert_int_equal(fixture_run(&f), ERR_BUSY);
	assert_non_null(strstr(f.why, address));
	assert_non_null(strstr(f.why, "in use by another process"));
	/* What was bound before it is closed again. */
	assert_int_equal(ipc_owner(address_ipc_path(f.address)), IPC_STALE);
	close(fd);
	fixture_fini(&f);
}

static void
test_address__only_forms_that_we_use_are_accepted(void **state)
{
	(void)state;
	static const struct {
		const char *address, *word;
	} bad[] = {
		{ "pgm://eth0;239.192.1.1:5555", "tcp:// or ipc://" },
		{ "inproc://x", "tcp:// or ipc://" },
		{ "udp://1.2.3.4:5", "tcp:// or ipc://" },
		{ "/run/x.sock", "tcp:// or ipc://" },
		{ "", "tcp:// or ipc://" },
		{ "tcp://127.0.0.1", "a host and a port" },
		{ "tcp://127.0.0.1:", "a host and a port" },
		{ "tcp://:4010", "a host and a port" },
		{ "ipc://", "path of a file" },
		{ "ipc://@abstract", "path of a file" },
		{ "ipc://*", "path of a file" },
	};
	char why[256];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_int_equal(address_check(bad[i].address, why, sizeof(why)),
				 ERR_INVALID);
		assert_non_null(strstr(why, bad[i].word));
	}
	assert_int_equal(address_check("tcp://127.0.0.1:4010", why, sizeof(why)), OK);
	assert_int_equal(address_check("tcp://[::1]:4010", why, sizeof(why)), OK);
	assert_int_equal(address_check("tcp://*:4010", why, sizeof(why)), OK);
	assert_int_equal(address_check("tcp://hq.example.net:4010", why, sizeof(why)),
			 OK);
}

static void
test_address__a_name_is_told_from_an_address_in_digits(void **state)
{
	(void)state;
	static const char *const none[] = {
		"tcp://127.0.0.1:4010",
		"tcp://[::1]:4010",
		"tcp://[fe80::1%eth0]:4010",
		"tcp://*:4010",
		"ipc:///run/x:y",
		"tcp://eth0;hq.example.net:4010",
		"tcp://:4010",
		"tcp://nothing",
		"",
	};
	char host[256], small[15];

	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		assert_false(address_host_name(none[i], host, sizeof(host)));
	}
	assert_true(address_host_name("tcp://hq.example.net:4010", host, sizeof(host)));
	assert_string_equal(host, "hq.example.net");
	assert_true(address_host_name("tcp://hq.example.net:4010", small, sizeof(small)));
	assert_false(
		address_host_name("tcp://hq2.example.net:4010", small, sizeof(small)));
	assert_true(address_host_name("tcp://10.example:1", host, sizeof(host)));
	assert_string_equal(host, "10.example");
}

static void
test_address__without_keys_nobody_listens_on_tcp(void **state)
{
	(void)state;
	struct fixture f;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	f.options.endpoints[0].addresses[0] = "tcp://127.0.0.1:*";
	assert_int_equal(fixture_run(&f), ERR_INVALID);
	assert_non_null(strstr(f.why, "ipc:// only"));
	fixture_fini(&f);
}

static void
test_address__a_missing_folder_is_told(void **state)
{
	(void)state;
	struct fixture f;
	char address[128];

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	snprintf(address, sizeof(address), "ipc://%s/none/door.sock", f.dir);
	f.options.endpoints[0].addresses[0] = address;
	assert_int_equal(fixture_run(&f), ERR_INVALID);
	assert_non_null(strstr(f.why, "folder is not there"));
	fixture_fini(&f);
}

static void
test_address__a_client_of_nobody_is_told_at_once(void **state)
{
	(void)state;
	struct fixture f;
	struct client *client = NULL;

	fixture_init(&f, ENDPOINT_LISTEN_LOCAL);
	const struct client_options options = { .address = f.address };
	assert_int_equal(client_open(&options, &client), ERR_NOT_FOUND);
	close(unix_socket(address_ipc_path(f.address)));
	assert_int_equal(client_open(&options, &client), ERR_NOT_FOUND);
	const struct client_options wrong = { .address = "pgm://x:1" };
	assert_int_equal(client_open(&wrong, &client), ERR_INVALID);
	assert_null(client);
	fixture_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address__a_dead_process_socket_is_replaced),
		cmocka_unit_test(test_address__a_living_process_keeps_its_socket),
		cmocka_unit_test(test_address__a_file_that_is_no_socket_is_not_touched),
		cmocka_unit_test(test_address__the_socket_is_its_owners_alone),
		cmocka_unit_test(
			test_address__a_path_of_107_bytes_works_and_108_name_the_limit),
		cmocka_unit_test(test_address__a_taken_port_is_named),
		cmocka_unit_test(test_address__only_forms_that_we_use_are_accepted),
		cmocka_unit_test(test_address__a_name_is_told_from_an_address_in_digits),
		cmocka_unit_test(test_address__without_keys_nobody_listens_on_tcp),
		cmocka_unit_test(test_address__a_missing_folder_is_told),
		cmocka_unit_test(test_address__a_client_of_nobody_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
