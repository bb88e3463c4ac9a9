#include <arpa/inet.h>

#include <setjmp.h>
#include <stdarg.h>

#include "notification/reach.h"

#include <cmocka.h>

static const char *
fault_of(const char *text)
{
	uint8_t address[16];
	bool v6 = strchr(text, ':') != NULL;

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, text, address), 1);
	return reach_fault(slice_of(address, v6 ? 16 : 4));
}

static void
test_reach__only_the_public_internet(void **state)
{
	static const struct {
		const char *address, *fault; /* NULL: may be reached. */
	} cases[] = {
		{ "0.0.0.0", "this network" },
		{ "0.255.255.255", "this network" },
		{ "1.0.0.0", NULL },
		{ "9.255.255.255", NULL },
		{ "10.0.0.0", "private" },
		{ "10.255.255.255", "private" },
		{ "11.0.0.0", NULL },
		{ "100.63.255.255", NULL },
		{ "100.64.0.0", "shared by a carrier" },
		{ "100.127.255.255", "shared by a carrier" },
		{ "100.128.0.0", NULL },
		{ "126.255.255.255", NULL },
		{ "127.0.0.1", "loopback" },
		{ "127.255.255.255", "loopback" },
		{ "128.0.0.0", NULL },
		{ "169.253.255.255", NULL },
		{ "169.254.169.254", "link-local" },
		{ "169.255.0.0", NULL },
		{ "172.15.255.255", NULL },
		{ "172.16.0.0", "private" },
		{ "172.31.255.255", "private" },
		{ "172.32.0.0", NULL },
		{ "192.0.0.8", "protocol assignments" },
		{ "192.0.1.0", NULL },
		{ "192.0.2.1", "documentation" },
		{ "192.0.3.0", NULL },
		{ "192.88.99.1", "6to4 relay" },
		{ "192.167.255.255", NULL },
		{ "192.168.0.0", "private" },
		{ "192.168.255.255", "private" },
		{ "192.169.0.0", NULL },
		{ "198.17.255.255", NULL },
		{ "198.18.0.0", "benchmarks" },
		{ "198.19.255.255", "benchmarks" },
		{ "198.20.0.0", NULL },
		{ "198.51.100.7", "documentation" },
		{ "203.0.113.7", "documentation" },
		{ "203.0.114.0", NULL },
		{ "223.255.255.255", NULL },
		{ "224.0.0.1", "multicast" },
		{ "239.255.255.255", "multicast" },
		{ "240.0.0.1", "reserved" },
		{ "255.255.255.254", "reserved" },
		{ "255.255.255.255", "broadcast" },
		{ "8.8.8.8", NULL },

		{ "::", "unspecified" },
		{ "::1", "loopback" },
		{ "::2", "not of the public internet" },
		{ "::7f00:1", "not of the public internet" }, /* Once "compatible". */
		{ "::ffff:127.0.0.1", "loopback" },
		{ "::ffff:10.1.2.3", "private" },
		{ "::ffff:169.254.169.254", "link-local" },
		{ "::ffff:8.8.8.8", NULL },
		{ "::ffff:0:8.8.8.8", "not of the public internet" },
		{ "64:ff9b::7f00:1", "loopback" },
		{ "64:ff9b::a9fe:a9fe", "link-local" },
		{ "64:ff9b::808:808", NULL },
		{ "64:ff9b:1::808:808", "not of the public internet" },
		{ "2002:7f00:1::", "loopback" },
		{ "2002:c0a8:101::1", "private" },
		{ "2002:808:808::1", NULL },
		{ "2001::1", "protocol assignments" },
		{ "2001:0:4136:e378:8000:63bf:3fff:fdd2", "protocol assignments" },
		{ "2001:1ff:ffff::1", "protocol assignments" },
		{ "2001:200::1", NULL },
		{ "2001:db7::1", NULL },
		{ "2001:db8::1", "documentation" },
		{ "2001:db8:ffff:ffff::1", "documentation" },
		{ "2001:db9::1", NULL },
		{ "3fff::1", "documentation" },
		{ "3fff:fff::1", "documentation" },
		{ "3fff:1000::1", NULL },
		{ "2606:4700::1111", NULL },
		{ "1fff::1", "not of the public internet" },
		{ "4000::1", "not of the public internet" },
		{ "100::1", "not of the public internet" },
		{ "5f00::1", "not of the public internet" },
		{ "fbff::1", "not of the public internet" },
		{ "fc00::1", "private" },
		{ "fdff::1", "private" },
		{ "fe00::1", "not of the public internet" },
		{ "fe80::1", "link-local" },
		{ "febf::1", "link-local" },
		{ "fec0::1", "not of the public internet" },
		{ "ff02::1", "multicast" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *fault = fault_of(cases[i].address);

		if (fault != cases[i].fault && (fault == NULL || cases[i].fault == NULL ||
						strcmp(fault, cases[i].fault) != 0)) {
			fail_msg("%s: %s", cases[i].address,
				 fault != NULL ? fault : "may be reached");
		}
	}
}

static void
test_reach__the_config_allows_a_host_or_one_port_of_it(void **state)
{
	static const char *const allow[] = { "hooks.example.org", "127.0.0.1:8080",
					     "[::1]:8080" };

	(void)state;
	assert_true(reach_is_allowed(allow, 3, "hooks.example.org", 443));
	assert_true(reach_is_allowed(allow, 3, "HOOKS.Example.org", 80));
	assert_true(reach_is_allowed(allow, 3, "127.0.0.1", 8080));
	assert_true(reach_is_allowed(allow, 3, "[::1]", 8080));
	assert_false(reach_is_allowed(allow, 3, "127.0.0.1", 808));
	assert_false(reach_is_allowed(allow, 3, "127.0.0.1", 80));
	assert_false(reach_is_allowed(allow, 3, "127.0.0.10", 8080));
	assert_false(reach_is_allowed(allow, 3, "127.0.0", 8080));
	assert_false(reach_is_allowed(allow, 3, "[::1]", 443));
	assert_false(
		reach_is_allowed(allow, 3, "hooks.example.org.evil.example.org", 443));
	assert_false(reach_is_allowed(allow, 3, "evil-hooks.example.org", 443));
	assert_false(reach_is_allowed(allow, 3, "hooks.example", 443));
	assert_false(reach_is_allowed(NULL, 0, "hooks.example.org", 443));
}

static void
test_reach__ports_of_other_services_are_not_ours(void **state)
{
	(void)state;
	assert_true(reach_port_valid(443));
	assert_true(reach_port_valid(1024));
	assert_true(reach_port_valid(65535));
	assert_false(reach_port_valid(0));
	assert_false(reach_port_valid(22));
	assert_false(reach_port_valid(25));
	assert_false(reach_port_valid(80));
	assert_false(reach_port_valid(1023));
	assert_false(reach_port_valid(65536));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reach__only_the_public_internet),
		cmocka_unit_test(test_reach__the_config_allows_a_host_or_one_port_of_it),
		cmocka_unit_test(test_reach__ports_of_other_services_are_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
