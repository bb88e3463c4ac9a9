#include "notification/reach.h"

#include <stdio.h>
#include <strings.h>

/* The first 'bits' of an address are those of 'net'. */
struct net {
	uint8_t net[16];
	unsigned bits;
	const char *what;
};

/* IANA IPv4 Special-Purpose Address Registry, multicast, and the reserved rest. */
static const struct net v4_nets[] = {
	{ { 0 }, 8, "this network" },                  /* RFC 791 */
	{ { 10 }, 8, "private" },                      /* RFC 1918 */
	{ { 100, 64 }, 10, "shared by a carrier" },    /* RFC 6598 */
	{ { 127 }, 8, "loopback" },                    /* RFC 1122 */
	{ { 169, 254 }, 16, "link-local" },            /* RFC 3927 */
	{ { 172, 16 }, 12, "private" },                /* RFC 1918 */
	{ { 192, 0, 0 }, 24, "protocol assignments" }, /* RFC 6890 */
	{ { 192, 0, 2 }, 24, "documentation" },        /* RFC 5737 */
	{ { 192, 88, 99 }, 24, "6to4 relay" },         /* RFC 7526 */
	{ { 192, 168 }, 16, "private" },               /* RFC 1918 */
	{ { 198, 18 }, 15, "benchmarks" },             /* RFC 2544 */
	{ { 198, 51, 100 }, 24, "documentation" },     /* RFC 5737 */
	{ { 203, 0, 113 }, 24, "documentation" },      /* RFC 5737 */
	{ { 224 }, 4, "multicast" },                   /* RFC 5771 */
	{ { 255, 255, 255, 255 }, 32, "broadcast" },   /* RFC 919 */
	{ { 240 }, 4, "reserved" },                    /* RFC 1112 */
};

/* Within 2000::/3; what is outside is refused as a whole. */
static const struct net v6_nets[] = {
	{ { 0x20, 0x01 }, 23, "protocol assignments" },      /* RFC 2928; Teredo. */
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, "documentation" }, /* RFC 3849 */
	{ { 0x3f, 0xff }, 20, "documentation" },             /* RFC 9637 */
};

/* For the word only. */
static const struct net v6_outside[] = {
	{ { [15] = 1 }, 128, "loopback" },
	{ { 0 }, 128, "unspecified" },
	{ { 0xfc }, 7, "private" }, /* RFC 4193 */
	{ { 0xfe, 0x80 }, 10, "link-local" },
	{ { 0xff }, 8, "multicast" },
	{ { 0 }, 0, "not of the public internet" },
};

/* IPv6 that leads to an IPv4 address, which stands after the prefix. */
static const struct net embeddings[] = {
	{ { [10] = 0xff, 0xff }, 96, "mapped" },     /* ::ffff:0:0/96, RFC 4291 */
	{ { 0x00, 0x64, 0xff, 0x9b }, 96, "nat64" }, /* 64:ff9b::/96, RFC 6052 */
	{ { 0x20, 0x02 }, 16, "6to4" },              /* 2002::/16, RFC 3056 */
};

static const struct net global_unicast = { { 0x20 }, 3, "" };

static bool
is_in(const uint8_t *address, const struct net *net)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;

	return memcmp(address, net->net, whole) == 0 &&
	       (rest == 0 || (address[whole] ^ net->net[whole]) >> (8 - rest) == 0);
}

static const char *
find(const uint8_t *address, const struct net *nets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_in(address, &nets[i])) {
			return nets[i].what;
		}
	}
	return NULL;
}

const char *
reach_fault(struct slice address)
{
	if (address.len == 4) {
		return find(address.at, v4_nets, ARRAY_LEN(v4_nets));
	}
	must(address.len == 16);
	for (size_t i = 0; i < ARRAY_LEN(embeddings); i++) {
		if (is_in(address.at, &embeddings[i])) {
			return find(address.at + embeddings[i].bits / 8, v4_nets,
				    ARRAY_LEN(v4_nets));
		}
	}
	return is_in(address.at, &global_unicast)
		       ? find(address.at, v6_nets, ARRAY_LEN(v6_nets))
		       : find(address.at, v6_outside, ARRAY_LEN(v6_outside));
}

bool
reach_is_allowed(const char *const *allow, size_t count, const char *host, unsigned port)
{
	char tail[16]; /* ":443" */
	size_t len = strlen(host);

	snprintf(tail, sizeof(tail), ":%u", port);
	for (size_t i = 0; i < count; i++) {
		if (strncasecmp(allow[i], host, len) == 0 &&
		    (allow[i][len] == '\0' || strcmp(allow[i] + len, tail) == 0)) {
			return true;
		}
	}
	return false;
}
