#include "notification/hook_target.h"

#include <curl/curl.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "lib/model/alert.h"
#include "notification/reach.h"

/* A part of the URL in 'arena'; "" where there is none. */
static const char *
url_part(CURLU *url, CURLUPart part, unsigned flags, struct arena *arena)
{
	char *text = NULL;
	const char *copy = "";

	if (curl_url_get(url, part, &text, flags) == CURLUE_OK) {
		copy = arena_dup(arena, text, strlen(text));
	}
	curl_free(text);
	return copy;
}

/* NULL where it is none that may be sent to at all. */
static CURLU *
parse_url(const char *text)
{
	CURLU *url;

	if (!alert_url_valid(slice_str(text), true)) {
		return NULL;
	}
	url = curl_url();
	must(url != NULL);
	if (curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER) != CURLUE_OK) {
		curl_url_cleanup(url);
		return NULL;
	}
	return url;
}

static unsigned
port_of(CURLU *url, struct arena *arena)
{
	const char *port = url_part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT, arena);

	return (unsigned)strtoul(port, NULL, 10);
}

const char *
hook_destination(const char *url, struct arena *arena)
{
	CURLU *parts = parse_url(url);
	const char *destination = "";

	if (parts != NULL) {
		destination = arena_printf(arena, "%s:%u",
					   url_part(parts, CURLUPART_HOST, 0, arena),
					   port_of(parts, arena));
		curl_url_cleanup(parts);
	}
	return destination;
}

const char *
hook_target_read(struct hook_target *t, const char *url,
		 const struct deliver_options *options, struct arena *arena)
{
	*t = (struct hook_target){ .url = parse_url(url) };
	if (t->url == NULL) {
		return "this is no URL that a webhook can be sent to";
	}
	t->host = url_part(t->url, CURLUPART_HOST, 0, arena);
	t->port = port_of(t->url, arena);
	t->allowed = reach_is_allowed(options->hook_allow, options->hook_allow_count,
				      t->host, t->port);
	if (t->allowed) {
		return NULL;
	}
	if (strcmp(url_part(t->url, CURLUPART_SCHEME, 0, arena), "https") != 0) {
		return "a webhook is https:// unless the config allows its destination";
	}
	return reach_port_valid(t->port)
		       ? NULL
		       : "a webhook's port is 443 or above 1023 unless the config "
			 "allows its destination";
}

void
hook_target_fini(struct hook_target *t)
{
	curl_url_cleanup(t->url);
	t->url = NULL;
}

/* The address as it stands on the wire; empty for what is neither IPv4 nor IPv6. */
static struct slice
address_of(const struct sockaddr *a)
{
	switch (a->sa_family) {
	case AF_INET:
		return slice_of(&((const struct sockaddr_in *)(const void *)a)->sin_addr,
				4);
	case AF_INET6:
		return slice_of(
			&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, 16);
	default:
		return (struct slice){ 0 };
	}
}

const char *
hook_target_fault(const struct hook_target *t, const struct sockaddr *a)
{
	struct slice address = address_of(a);

	if (address.len == 0) {
		return "of an unknown family";
	}
	return t->allowed ? NULL : reach_fault(address);
}

const char *
hook_target_pin(const struct hook_target *t, const struct addrinfo *list,
		struct arena *arena, const char **ret_entry)
{
	/* "+": forgotten after a while, the next attempt looks it up anew. */
	const char *entry = arena_printf(arena, "+%s:%u:", t->host, t->port);
	const char *comma = "";

	for (const struct addrinfo *a = list; a != NULL; a = a->ai_next) {
		char text[NI_MAXHOST] = "";
		const char *fault = hook_target_fault(t, a->ai_addr);

		if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0,
				NI_NUMERICHOST) != 0) {
			fault = "not to be written down";
		}
		if (fault != NULL) {
			return arena_printf(arena,
					    "%s is %s, which is %s: not sent there "
					    "unless the config allows it",
					    t->host, text, fault);
		}
		entry = arena_printf(arena,
				     a->ai_family == AF_INET6 ? "%s%s[%s]" : "%s%s%s",
				     entry, comma, text);
		comma = ",";
	}
	*ret_entry = entry;
	return NULL;
}
