/* A subscription as it is typed. */
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/text.h"
#include "lib/base/near.h"
#include "lib/model/alert.h"
#include "lib/model/alert_words.h"

#define MAILTO "mailto:"

bool
alert_form_given(const struct alert_form *f)
{
	return f->who != NULL || f->to != NULL || f->text != NULL || f->digest != NULL ||
	       f->quiet != NULL || f->zone != NULL || f->secret != NULL ||
	       f->kinds.count != 0 || f->posts.count != 0 || f->states.count != 0 ||
	       f->pillars.count != 0 || f->categories.count != 0 || f->leads.count != 0;
}

/* ---- Kinds ------------------------------------------------------------------------- */

static void
complain_of_kind(struct cli *cli, const char *typed)
{
	const char *names[ALERT_KIND_COUNT];

	for (unsigned i = 0; i < ALERT_KIND_COUNT; i++) {
		names[i] = alert_kind_name((enum alert_kind)i);
	}
	const char *near = near_miss(slice_str(typed), names, ALERT_KIND_COUNT);
	usage(cli, near != NULL ? MSG_ALERT_KIND_NEAR : MSG_ALERT_KIND,
	      text_argument(cli, typed),
	      near != NULL ? near
			   : join(&cli->arena, (char *const *)(uintptr_t)names,
				  ALERT_KIND_COUNT, ", "));
}

bool
alert_kinds_read(struct cli *cli, const struct opt_list *given, char ***ret_kinds,
		 size_t *ret_count)
{
	char **kinds;
	size_t count;

	option_split_all(cli, given, &kinds, &count);
	for (size_t i = 0; i < count; i++) {
		enum alert_kind kind;

		if (!alert_kind_parse(slice_str(kinds[i]), &kind)) {
			complain_of_kind(cli, kinds[i]);
			return false;
		}
	}
	*ret_kinds = kinds;
	*ret_count = count;
	return true;
}

/* ---- Where they go ----------------------------------------------------------------- */

static bool
read_mail(struct cli *cli, const char *address, Kusanone__V1__Subscription *s)
{
	if (!alert_address_valid(slice_str(address))) {
		usage(cli, MSG_ALERT_ADDRESS, text_argument(cli, address));
		return false;
	}
	s->channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	s->to = (char *)(uintptr_t)address;
	return true;
}

/* Which destinations may be reached without TLS is the service's to know. */
static bool
read_webhook(struct cli *cli, const char *url, Kusanone__V1__Subscription *s)
{
	if (!alert_url_valid(slice_str(url), true)) {
		usage(cli, MSG_ALERT_URL, text_argument(cli, url));
		return false;
	}
	s->channel = KUSANONE__V1__CHANNEL__CHANNEL_WEBHOOK;
	s->to = (char *)(uintptr_t)url;
	return true;
}

static bool
read_to(struct cli *cli, const char *to, Kusanone__V1__Subscription *s)
{
	if (strncmp(to, MAILTO, strlen(MAILTO)) == 0) {
		return read_mail(cli, to + strlen(MAILTO), s);
	}
	if (strncmp(to, "https://", 8) == 0 || strncmp(to, "http://", 7) == 0) {
		return read_webhook(cli, to, s);
	}
	if (strcmp(to, "feed") == 0) {
		s->channel = KUSANONE__V1__CHANNEL__CHANNEL_FEED;
		s->to = (char *)(uintptr_t) "";
		return true;
	}
	if (alert_address_valid(slice_str(to))) {
		usage(cli, MSG_ALERT_TO_NEAR, text_argument(cli, to),
		      arena_printf(&cli->arena, MAILTO "%s", to));
	} else {
		usage(cli, MSG_ALERT_TO, text_argument(cli, to));
	}
	return false;
}

/* ---- When -------------------------------------------------------------------------- */

/* The longest first, each once. */
static void
insert_lead(uint32_t *leads, size_t *count, uint32_t minutes)
{
	size_t at = 0;

	while (at < *count && leads[at] > minutes) {
		at++;
	}
	if (at < *count && leads[at] == minutes) {
		return;
	}
	memmove(leads + at + 1, leads + at, (*count - at) * sizeof(*leads));
	leads[at] = minutes;
	(*count)++;
}

static bool
read_leads(struct cli *cli, const struct opt_list *given, Kusanone__V1__Subscription *s)
{
	char **words;
	size_t count;
	size_t n = 0;

	option_split_all(cli, given, &words, &count);
	uint32_t *leads = arena_alloc(&cli->arena, (count + 1) * sizeof(*leads));
	for (size_t i = 0; i < count; i++) {
		uint32_t minutes;

		if (!lead_parse(slice_str(words[i]), &minutes)) {
			usage(cli, MSG_ALERT_LEAD, text_argument(cli, words[i]));
			return false;
		}
		insert_lead(leads, &n, minutes);
	}
	if (n > ALERT_MAX_LEADS) {
		usage(cli, MSG_ALERT_LEADS, number_text(&cli->arena, ALERT_MAX_LEADS));
		return false;
	}
	s->lead_minutes = leads;
	s->n_lead_minutes = n;
	return true;
}

static bool
read_digest(struct cli *cli, const char *text, Kusanone__V1__Subscription *s)
{
	struct digest_time digest;

	s->digest = NULL;
	if (*text == '\0') {
		return true;
	}
	if (!digest_parse(slice_str(text), &digest)) {
		usage(cli, MSG_ALERT_DIGEST, text_argument(cli, text));
		return false;
	}
	s->digest = arena_alloc(&cli->arena, sizeof(*s->digest));
	kusanone__v1__digest__init(s->digest);
	s->digest->weekdays = digest.weekdays;
	s->digest->minute_of_day = digest.minute_of_day;
	return true;
}

static bool
read_quiet(struct cli *cli, const char *text, Kusanone__V1__Subscription *s)
{
	struct quiet_hours quiet;

	s->quiet = NULL;
	if (*text == '\0') {
		return true;
	}
	if (!quiet_parse(slice_str(text), &quiet)) {
		usage(cli, MSG_ALERT_QUIET, text_argument(cli, text));
		return false;
	}
	s->quiet = arena_alloc(&cli->arena, sizeof(*s->quiet));
	kusanone__v1__quiet_hours__init(s->quiet);
	s->quiet->from_minute = quiet.from_minute;
	s->quiet->to_minute = quiet.to_minute;
	return true;
}

/* ---- All of it --------------------------------------------------------------------- */

static bool
read_who(struct cli *cli, const char *who, Kusanone__V1__Subscription *s)
{
	size_t len = strlen(who);

	if (len == 0 || len > ALERT_WHO_MAX || strpbrk(who, "\r\n") != NULL) {
		usage(cli, MSG_ALERT_WHO, number_text(&cli->arena, ALERT_WHO_MAX));
		return false;
	}
	s->who = (char *)(uintptr_t)who;
	return true;
}

bool
alert_form_read(struct cli *cli, const struct alert_form *f,
		Kusanone__V1__Subscription *s)
{
	const struct {
		const char *given;
		char **to;
	} texts[] = { { f->text, &s->text },
		      { f->zone, &s->zone },
		      { f->secret, &s->secret },
		      { cli->lang_said, &s->lang } };
	const struct {
		const struct opt_list *given;
		char ***to;
		size_t *count;
	} codes[] = { { &f->posts, &s->posts, &s->n_posts },
		      { &f->states, &s->states, &s->n_states },
		      { &f->pillars, &s->pillars, &s->n_pillars },
		      { &f->categories, &s->categories, &s->n_categories } };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (texts[i].given != NULL) {
			*texts[i].to = (char *)(uintptr_t)texts[i].given;
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		if (codes[i].given->count != 0) {
			option_split_all(cli, codes[i].given, codes[i].to,
					 codes[i].count);
		}
	}
	return (f->who == NULL || read_who(cli, f->who, s)) &&
	       (f->to == NULL || read_to(cli, f->to, s)) &&
	       (f->kinds.count == 0 ||
		alert_kinds_read(cli, &f->kinds, &s->kinds, &s->n_kinds)) &&
	       (f->leads.count == 0 || read_leads(cli, &f->leads, s)) &&
	       (f->digest == NULL || read_digest(cli, f->digest, s)) &&
	       (f->quiet == NULL || read_quiet(cli, f->quiet, s));
}
