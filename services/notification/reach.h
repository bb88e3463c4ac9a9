/* notification/reach.h - where a webhook may go.
 *
 * Whoever writes a subscription names a URL, and we stand inside a network that they do
 * not: a URL must not become a way to our neighbours, to this machine, or to a cloud's
 * metadata service (OWASP ASVS 5.0 1.3.6).  So an address is refused unless it is one of
 * the public internet, by the IANA special-purpose registries (RFC 6890), also where it
 * hides in an IPv6 form of IPv4.  The config may allow a destination by name. */
#ifndef NOTIFICATION_REACH_H
#define NOTIFICATION_REACH_H

#include "lib/base/slice.h"

/* NULL for an address of the public internet, else what it is: "loopback", "private", …
 * 4 bytes of IPv4 or 16 of IPv6, as they stand on the wire. */
const char *reach_fault(struct slice address);

/* Is "host" or "host:port" among the destinations that the config allows?  'host' is that
 * of the URL, with brackets around an IPv6 address; letters' case does not matter. */
bool reach_is_allowed(const char *const *allow, size_t count, const char *host,
		      unsigned port);

/* A port where webhooks are received: 443, and those that any user may open.  The others
 * belong to services that were never meant to read HTTP. */
static inline bool
reach_port_valid(unsigned port)
{
	return port == 443 || (port >= 1024 && port <= 65535);
}

#endif
