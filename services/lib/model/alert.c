#include "lib/model/alert.h"

static const char *const kind_names[ALERT_KIND_COUNT] = {
#define X(name, word) [ALERT_##name] = word,
	ALERT_KINDS(X)
#undef X
};

const char *
alert_kind_name(enum alert_kind kind)
{
	must((size_t)kind < ARRAY_LEN(kind_names));
	return kind_names[kind];
}

bool
alert_kind_parse(struct slice word, enum alert_kind *ret_kind)
{
	for (unsigned i = 0; i < ALERT_KIND_COUNT; i++) {
		if (slice_eq_str(word, kind_names[i])) {
			*ret_kind = (enum alert_kind)i;
			return true;
		}
	}
	return false;
}

static bool
is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_one_of(uint8_t c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* RFC 5321 4.1.2: Domain = sub-domain *("." sub-domain). */
static bool
is_domain(struct slice s)
{
	size_t label = 0;

	if (s.len == 0 || s.len > 255) {
		return false;
	}
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.at[i];

		if (c == '.') {
			if (label == 0 || s.at[i - 1] == '-') {
				return false;
			}
			label = 0;
		} else if (is_alnum(c) || (c == '-' && label != 0)) {
			if (++label > 63) {
				return false;
			}
		} else {
			return false;
		}
	}
	return label != 0 && s.at[s.len - 1] != '-';
}

/* RFC 5321 4.1.2: Dot-string = Atom *("." Atom). */
static bool
is_dot_string(struct slice s)
{
	size_t atom = 0;

	if (s.len == 0 || s.len > 64) {
		return false;
	}
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.at[i];

		if (c == '.') {
			if (atom == 0) {
				return false;
			}
			atom = 0;
		} else if (is_alnum(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~")) {
			atom++;
		} else {
			return false;
		}
	}
	return atom != 0;
}

bool
alert_address_valid(struct slice address)
{
	const uint8_t *at =
		address.len != 0 ? memchr(address.at, '@', address.len) : NULL;

	if (at == NULL) {
		return false;
	}
	size_t local = (size_t)(at - address.at);
	/* A leading dash would be an option to some program downstream. */
	return address.at[0] != '-' && is_dot_string(slice_of(address.at, local)) &&
	       is_domain(slice_of(at + 1, address.len - local - 1));
}

static struct slice
after(struct slice s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len > len && memcmp(s.at, prefix, len) == 0
		       ? slice_of(s.at + len, s.len - len)
		       : (struct slice){ 0 };
}

/* The length of an IPv6 address in brackets; 0: it is none.  Whether it is one that
 * exists is asked when it is sent to. */
static size_t
literal_len(struct slice s)
{
	for (size_t i = 1; i < s.len; i++) {
		uint8_t c = s.at[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
			   (c >= 'A' && c <= 'F');

		if (c == ']') {
			return i > 1 ? i + 1 : 0;
		}
		if (!hex && c != ':' && c != '.') {
			return 0;
		}
	}
	return 0;
}

/* ":8443" up to a path, a query or the end; or no port at all. */
static bool
port_fits(struct slice s)
{
	unsigned port = 0;
	size_t i = 1;

	if (s.len == 0 || s.at[0] != ':') {
		return s.len == 0 || is_one_of(s.at[0], "/?");
	}
	for (; i < s.len && s.at[i] >= '0' && s.at[i] <= '9' && port <= UINT16_MAX; i++) {
		port = 10 * port + (unsigned)(s.at[i] - '0');
	}
	return port != 0 && port <= UINT16_MAX &&
	       (i == s.len || is_one_of(s.at[i], "/?"));
}

bool
alert_url_valid(struct slice url, bool plain)
{
	struct slice rest = after(url, "https://");
	size_t host = 0;

	if (rest.len == 0 && plain) {
		rest = after(url, "http://");
	}
	if (rest.len == 0 || url.len > ALERT_URL_MAX) {
		return false;
	}
	for (size_t i = 0; i < rest.len; i++) {
		if (rest.at[i] <= ' ' || rest.at[i] >= 0x7f ||
		    is_one_of(rest.at[i], "#\"<>\\^`{|}@")) {
			return false;
		}
	}
	if (rest.at[0] == '[') {
		host = literal_len(rest);
		return host != 0 && port_fits(slice_from(rest, host));
	}
	while (host < rest.len && !is_one_of(rest.at[host], "/:?")) {
		host++;
	}
	return is_domain(slice_of(rest.at, host)) && port_fits(slice_from(rest, host));
}
