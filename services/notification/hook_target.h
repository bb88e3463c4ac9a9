/* notification/hook_target.h - where a webhook goes, and that it goes nowhere else.
 *
 * The URL is read by libcurl's own parser, so that there are no two opinions on what its
 * host is.  Its name is looked up once, and every address that it has must be one that
 * may be reached (notification/reach.h): one inner address among public ones is a trick.
 */
#ifndef NOTIFICATION_HOOK_TARGET_H
#define NOTIFICATION_HOOK_TARGET_H

#include "lib/base/mem.h"
#include "notification/deliver.h"

struct sockaddr;
struct addrinfo;

struct hook_target {
	void *url;        /* CURLU */
	const char *host; /* With brackets around IPv6. */
	unsigned port;
	bool allowed; /* By the config: may be private, and without TLS. */
};

/* NULL, or why a webhook cannot go there; fini() in either case.  Text is in 'arena'. */
const char *hook_target_read(struct hook_target *, const char *url,
			     const struct deliver_options *, struct arena *arena);
void hook_target_fini(struct hook_target *);

/* NULL, or why this address may not be reached. */
const char *hook_target_fault(const struct hook_target *, const struct sockaddr *);

/* What the name was found to be, as CURLOPT_RESOLVE takes it, in the order in which the
 * system gave it.  NULL, or why one of them may not be reached, in 'arena'. */
const char *hook_target_pin(const struct hook_target *, const struct addrinfo *,
			    struct arena *arena, const char **ret_entry);

/* "HOST:PORT" of a URL, in 'arena'; "" where it is none. */
const char *hook_destination(const char *url, struct arena *arena);

#endif
