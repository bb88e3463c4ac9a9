#include "unit/notification/deliver_fixture.h"

struct place {
	struct world w;
	struct peer_process peer;
};

static int
set_up(void **state)
{
	struct place *p = xcalloc(1, sizeof(*p));

	world_init(&p->w);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	world_fini(&p->w);
	peer_stop(&p->peer);
	free(p);
	return 0;
}

static void
open_with(struct place *p, const char *scheme, const char *arguments)
{
	peer_start(&p->peer, "mail_peer.py", arguments);
	p->w.options.smtp_url =
		arena_printf(&p->w.arena, "%s://127.0.0.1:%u", scheme, p->peer.port);
	if (!world_open(&p->w)) {
		fail_msg("%s", p->w.why);
	}
}

static Kusanone__V1__Mail *
mail(struct world *w, const char *subject)
{
	Kusanone__V1__Mail *m = arena_alloc(&w->arena, sizeof(*m));

	kusanone__v1__mail__init(m);
	m->to = (char *)(uintptr_t) "desk@example.org";
	m->subject = (char *)(uintptr_t)subject;
	m->text = (char *)(uintptr_t) "明日の予定\nLine two\n";
	m->html = (char *)(uintptr_t) "<p>明日の予定</p>\n";
	m->lang = (char *)(uintptr_t) "ja";
	return m;
}

static Kusanone__V1__Delivery
delivery(Kusanone__V1__Mail *m, uint64_t number)
{
	Kusanone__V1__Delivery d = KUSANONE__V1__DELIVERY__INIT;

	d.number = number;
	d.message = (char *)(uintptr_t)MESSAGE;
	d.attempt = 2;
	d.made_ms = MADE_MS;
	d.channel_case = KUSANONE__V1__DELIVERY__CHANNEL_MAIL;
	d.mail = m;
	return d;
}

/* ---- What arrives. */

static void
test_mail__a_reader_gets_what_was_written(void **state)
{
	struct place *p = *state;

	open_with(p, "smtp", "");
	Kusanone__V1__Delivery d = delivery(
		mail(&p->w, "日本文化紹介レセプション(シカゴ)が近づいています"), 7);
	const struct outcome_seen *o = send_one(&p->w, &d);
	assert_int_equal(o->kind, ACCEPTED);
	assert_false(o->in_doubt);
	assert_string_equal(o->answer, "250 2.0.0 taken as 0001");
	const char *facts = peer_facts(&p->w, &p->peer);
	CHECK_HAS(facts, "envelope from=alerts@example.jp to=desk@example.org\n");
	CHECK_HAS(facts, "session ehlo=hq.example.jp tls=no user=-\n");
	CHECK_HAS(facts, " bare=no eight_bit=no\n");
	CHECK_HAS(facts, "head count=10\n");
	CHECK_HAS(facts, "head Date: \"Thu, 15 Feb 2024 05:00:00 +0000\"\n");
	CHECK_HAS(facts, "head From: \"alerts@example.jp\"\n");
	CHECK_HAS(facts, "head To: \"desk@example.org\"\n");
	CHECK_HAS(facts,
		  "head Subject: \"日本文化紹介レセプション(シカゴ)が近づいています\"\n");
	CHECK_HAS(facts, "head Message-ID: \"<" MESSAGE "@hq.example.jp>\"\n");
	CHECK_HAS(facts, "head Auto-Submitted: \"auto-generated\"\n");
	CHECK_HAS(facts, "head Content-Language: \"ja\"\n");
	CHECK_HAS(facts, "head X-Kusanone-Attempt: \"2\"\n");
	CHECK_HAS(facts, "part 1 multipart/alternative\n"
			 "part 1.1 text/plain charset=utf-8 encoding=base64 "
			 "disposition=- file=-\n"
			 "text 1.1 \"明日の予定\\r\\nLine two\\r\\n\"\n"
			 "part 1.2 text/html charset=utf-8 encoding=base64 "
			 "disposition=- file=-\n"
			 "text 1.2 \"<p>明日の予定</p>\\r\\n\"\n");
	assert_null(strstr(facts, "part 1.3"));
	assert_null(strstr(facts, "defect"));
}

static void
test_mail__the_first_calendar_is_for_programs_and_all_are_files(void **state)
{
	struct place *p = *state;
	Kusanone__V1__CalendarPart parts[2], *list[2] = { &parts[0], &parts[1] };
	static const char first[] = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n",
			  second[] = "B\r\n";

	open_with(p, "smtp", "");
	kusanone__v1__calendar_part__init(&parts[0]);
	kusanone__v1__calendar_part__init(&parts[1]);
	parts[0].method = (char *)(uintptr_t) "REQUEST";
	parts[0].file = (char *)(uintptr_t) "event-1.ics";
	parts[0].content = pb_slice(slice_str(first));
	parts[1].method = (char *)(uintptr_t) "CANCEL";
	parts[1].file = (char *)(uintptr_t) "event-2.ics";
	parts[1].content = pb_slice(slice_str(second));
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "Two events"), 7);
	d.mail->calendars = list;
	d.mail->n_calendars = 2;
	assert_int_equal(send_one(&p->w, &d)->kind, ACCEPTED);
	const char *facts = peer_facts(&p->w, &p->peer);
	CHECK_HAS(facts, "head Subject: \"Two events\"\n");
	CHECK_HAS(facts, "part 1 multipart/mixed\npart 1.1 multipart/alternative\n"
			 "part 1.1.1 text/plain ");
	CHECK_HAS(facts, "part 1.1.2 text/html ");
	CHECK_HAS(facts, "part 1.1.3 text/calendar charset=utf-8 method=REQUEST "
			 "encoding=base64 disposition=- file=-\n"
			 "text 1.1.3 \"BEGIN:VCALENDAR\\r\\nMETHOD:REQUEST\\r\\n\"\n");
	CHECK_HAS(facts, "part 1.2 text/calendar charset=utf-8 method=REQUEST "
			 "encoding=base64 disposition=attachment file=event-1.ics\n");
	CHECK_HAS(facts, "part 1.3 text/calendar charset=utf-8 method=CANCEL "
			 "encoding=base64 disposition=attachment file=event-2.ics\n"
			 "text 1.3 \"B\\r\\n\"\n");
	assert_null(strstr(facts, "defect"));
}

static void
test_mail__no_value_begins_a_field_of_its_own(void **state)
{
	static const char *const subjects[] = {
		"x\r\nBcc: evil@example.org",
		"x\nBcc: evil@example.org",
		"x\rBcc: evil@example.org",
		"x\r\n\r\n<p>body</p>",
		"予定\r\nBcc: evil@example.org",
		"予定\xe2\x80\xa8"
		"Bcc: evil@example.org",
		"予定\xe2\x80\xa9\xc2\x85"
		"Bcc: evil@example.org",
		"=?UTF-8?B?DQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?=",
		"\x0b\x0c\x1b[2J\x7f",
		"",
		"x\r\n.\r\nMAIL FROM:<evil@example.org>\r\n",
	};
	struct place *p = *state;

	open_with(p, "smtp", "");
	for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
		Kusanone__V1__Delivery d = delivery(mail(&p->w, subjects[i]), 7);

		assert_int_equal(send_one(&p->w, &d)->kind, ACCEPTED);
		const char *facts = peer_facts(&p->w, &p->peer);
		CHECK_HAS(facts, "envelope from=alerts@example.jp to=desk@example.org\n");
		CHECK_HAS(facts, "head count=10\n");
		CHECK_HAS(facts, "text 1.1 \"明日の予定\\r\\nLine two\\r\\n\"\n");
		assert_null(strstr(facts, "defect"));
		assert_null(strstr(facts, "head Bcc"));
	}
	assert_int_equal(peer_taken(&p->peer), ARRAY_LEN(subjects));
}

static void
test_mail__what_cannot_stand_in_a_mail_is_refused(void **state)
{
	static const struct {
		const char *to, *message, *lang, *method, *file;
	} cases[] = {
		{ "desk@example.org\r\nRCPT TO:<evil@example.org>", MESSAGE, "ja",
		  "PUBLISH", "a.ics" },
		{ "desk@example.org> SIZE=1", MESSAGE, "ja", "PUBLISH", "a.ics" },
		{ "<desk@example.org>", MESSAGE, "ja", "PUBLISH", "a.ics" },
		{ "desk", MESSAGE, "ja", "PUBLISH", "a.ics" },
		{ "", MESSAGE, "ja", "PUBLISH", "a.ics" },
		{ "desk@example.org", "x>\r\nBcc: evil@example.org", "ja", "PUBLISH",
		  "a.ics" },
		{ "desk@example.org", "", "ja", "PUBLISH", "a.ics" },
		{ "desk@example.org", MESSAGE, "ja\r\nBcc: evil@example.org", "PUBLISH",
		  "a.ics" },
		{ "desk@example.org", MESSAGE, "ja", "REQUEST\r\nX: y", "a.ics" },
		{ "desk@example.org", MESSAGE, "ja", "REPLY", "a.ics" },
		{ "desk@example.org", MESSAGE, "ja", "PUBLISH", "a\".ics" },
		{ "desk@example.org", MESSAGE, "ja", "PUBLISH", "a.ics\r\nX: y" },
		{ "desk@example.org", MESSAGE, "ja", "PUBLISH", "" },
	};
	struct place *p = *state;

	open_with(p, "smtp", "");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		Kusanone__V1__Delivery d = delivery(mail(&p->w, "x"), i + 1);
		Kusanone__V1__CalendarPart part = KUSANONE__V1__CALENDAR_PART__INIT;
		Kusanone__V1__CalendarPart *list[] = { &part };

		d.mail->to = (char *)(uintptr_t)cases[i].to;
		d.mail->lang = (char *)(uintptr_t)cases[i].lang;
		d.message = (char *)(uintptr_t)cases[i].message;
		part.method = (char *)(uintptr_t)cases[i].method;
		part.file = (char *)(uintptr_t)cases[i].file;
		d.mail->calendars = list;
		d.mail->n_calendars = 1;
		const struct outcome_seen *o = send_one(&p->w, &d);
		assert_int_equal(o->kind, REFUSED);
		assert_string_not_equal(o->answer, "");
	}
	assert_int_equal(peer_taken(&p->peer), 0);
	assert_null(read_file(&p->w, p->peer.dir, "seen"));
}

/* ---- What receivers do. */

struct manner {
	const char *behaviour;
	int kind;
	bool in_doubt;
	unsigned taken;
	const char *answer; /* A part of it. */
	long timeout_ms;
};

static const struct manner manners[] = {
	{ "accept", ACCEPTED, false, 1, "250 2.0.0 taken", LONG_MS },
	{ "slow", ACCEPTED, false, 1, "250 2.0.0 taken", LONG_MS },
	{ "drop", LATER, true, 1, "", LONG_MS },
	{ "hang", LATER, true, 1, "time", SHORT_MS },
	{ "garbage_end", LATER, true, 1, "", SHORT_MS },
	{ "mute", LATER, false, 0, "time", SHORT_MS },
	{ "garbage", LATER, false, 0, "", SHORT_MS },
	{ "greeting 421 4.3.2 closing", LATER, false, 0, "421 4.3.2 closing", LONG_MS },
	{ "greeting 554 5.3.2 no service", LATER, false, 0, "554 5.3.2 no", LONG_MS },
	{ "mail 451 4.3.0 later", LATER, false, 0, "451 4.3.0 later", LONG_MS },
	{ "mail 530 5.7.0 Authentication required", LATER, false, 0, "530", LONG_MS },
	{ "mail 550 5.1.8 bad sender", REFUSED, false, 0, "550 5.1.8", LONG_MS },
	{ "rcpt 450 4.2.1 busy", LATER, false, 0, "450 4.2.1 busy", LONG_MS },
	{ "rcpt 421 4.7.0 go away", LATER, false, 0, "421 4.7.0", LONG_MS },
	{ "rcpt 550 5.1.1 no such user", REFUSED, false, 0, "550 5.1.1 no such",
	  LONG_MS },
	{ "end 451 4.3.0 disk full", LATER, false, 0, "451 4.3.0 disk", LONG_MS },
	{ "end 554 5.6.0 not wanted", REFUSED, false, 0, "554 5.6.0 not", LONG_MS },
	{ "end 550 5.7.1 \xe9t\xe9 \x1b[2J", REFUSED, false, 0, "550 5.7.1 ?t? [2J",
	  LONG_MS },
};

static void
test_mail__each_manner_of_a_relay_has_its_outcome(void **state)
{
	struct place *p = *state;

	open_with(p, "smtp", "");
	for (size_t i = 0; i < ARRAY_LEN(manners); i++) {
		const struct manner *m = &manners[i];
		Kusanone__V1__Delivery d = delivery(mail(&p->w, m->behaviour), i + 1);
		unsigned taken = peer_taken(&p->peer);

		d.mail->subject = (char *)(uintptr_t) "予定";
		peer_does(&p->peer, m->behaviour);
		p->w.options.timeout_ms = m->timeout_ms;
		world_reopen(&p->w);
		const struct outcome_seen *o = send_one(&p->w, &d);
		if (o->kind != m->kind || o->in_doubt != m->in_doubt ||
		    peer_taken(&p->peer) - taken != m->taken ||
		    strstr(o->answer, m->answer) == NULL) {
			fail_msg("%s: kind %d, doubt %d, taken %u: %s", m->behaviour,
				 o->kind, o->in_doubt, peer_taken(&p->peer) - taken,
				 o->answer);
		}
		assert_int_equal(o->retry_after_ms, 0);
		/* Whatever it was, the next mail has a line. */
		peer_does(&p->peer, "accept");
		o = send_one(&p->w, &d);
		if (o->kind != ACCEPTED) {
			fail_msg("after %s: %s", m->behaviour, o->answer);
		}
		p->w.count = 0;
	}
}

static void
test_mail__nobody_there_is_later(void **state)
{
	struct place *p = *state;

	open_with(p, "smtp", "");
	unsigned port = p->peer.port;
	peer_stop(&p->peer);
	p->w.options.smtp_url = arena_printf(&p->w.arena, "smtp://127.0.0.1:%u", port);
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "x"), 1);
	const struct outcome_seen *o = send_one(&p->w, &d);
	assert_int_equal(o->kind, LATER);
	assert_false(o->in_doubt);
	CHECK_HAS(o->answer, "onnect");
}

static void
test_mail__a_name_that_does_not_resolve_is_later(void **state)
{
	struct place *p = *state;

	p->w.options.smtp_url = "smtp://relay.invalid:25";
	assert_true(world_open(&p->w));
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "x"), 1);
	assert_int_equal(send_one(&p->w, &d)->kind, LATER);
}

static void
test_mail__not_set_up_is_later_and_says_so(void **state)
{
	struct place *p = *state;

	assert_true(world_open(&p->w));
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "x"), 1);
	const struct outcome_seen *o = send_one(&p->w, &d);
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "not set up");
}

/* ---- TLS and passwords. */

static void
open_secured(struct place *p, const char *ca)
{
	struct world *w = &p->w;

	make_certificate(w->dir, "relay");
	make_certificate(w->dir, "other");
	write_file(w->dir, "password", 0600, "correct-horse\n");
	w->options.smtp_starttls = true;
	w->options.smtp_user = "alerts";
	w->options.smtp_password_file = world_path(w, "password");
	w->options.smtp_ca_file = world_path(w, ca);
	open_with(p, "smtp",
		  arena_printf(&w->arena,
			       "--cert %s --key %s --user alerts:correct-horse ",
			       world_path(w, "relay.crt"), world_path(w, "relay.key")));
}

static void
test_mail__starttls_and_a_password(void **state)
{
	struct place *p = *state;

	open_secured(p, "relay.crt");
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), 1);
	const struct outcome_seen *o = send_one(&p->w, &d);
	if (o->kind != ACCEPTED) {
		fail_msg("%s", o->answer);
	}
	CHECK_HAS(peer_facts(&p->w, &p->peer),
		  "session ehlo=hq.example.jp tls=yes user=alerts\n");
}

static void
test_mail__an_unknown_certificate_gets_nothing(void **state)
{
	struct place *p = *state;

	open_secured(p, "other.crt");
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), 1);
	const struct outcome_seen *o = send_one(&p->w, &d);
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "certificate");
	assert_string_equal(read_file(&p->w, p->peer.dir, "seen"), "connect\n");
}

static void
test_mail__a_broken_handshake_gets_nothing(void **state)
{
	struct place *p = *state;

	open_secured(p, "relay.crt");
	peer_does(&p->peer, "no_tls");
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), 1);
	assert_int_equal(send_one(&p->w, &d)->kind, LATER);
	assert_string_equal(read_file(&p->w, p->peer.dir, "seen"), "connect\n");
}

static void
test_mail__a_relay_without_starttls_gets_nothing_in_clear(void **state)
{
	struct place *p = *state;

	p->w.options.smtp_starttls = true;
	open_with(p, "smtp", "");
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), 1);
	assert_int_equal(send_one(&p->w, &d)->kind, LATER);
	assert_string_equal(read_file(&p->w, p->peer.dir, "seen"), "connect\n");
}

static void
test_mail__smtps(void **state)
{
	struct place *p = *state;
	struct world *w = &p->w;

	make_certificate(w->dir, "relay");
	w->options.smtp_ca_file = world_path(w, "relay.crt");
	open_with(p, "smtps",
		  arena_printf(&w->arena, "--cert %s --key %s --smtps",
			       world_path(w, "relay.crt"), world_path(w, "relay.key")));
	Kusanone__V1__Delivery d = delivery(mail(w, "予定"), 1);
	const struct outcome_seen *o = send_one(w, &d);
	if (o->kind != ACCEPTED) {
		fail_msg("%s", o->answer);
	}
}

static void
test_mail__the_password_file_is_read_for_each_mail(void **state)
{
	struct place *p = *state;
	struct world *w = &p->w;
	Kusanone__V1__Delivery d;

	open_secured(p, "relay.crt");
	d = delivery(mail(w, "予定"), 1);
	assert_int_equal(send_one(w, &d)->kind, ACCEPTED);
	write_file(w->dir, "password", 0600, "wrong-secret\n");
	const struct outcome_seen *o = send_one(w, &d);
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "535");
	write_file(w->dir, "password", 0644, "correct-horse\n");
	o = send_one(w, &d);
	assert_int_equal(o->kind, LATER);
	CHECK_HAS(o->answer, "others may use it");
	write_file(w->dir, "password", 0600, "two\nlines\n");
	assert_int_equal(send_one(w, &d)->kind, LATER);
	assert_int_equal(unlink(w->options.smtp_password_file), 0);
	assert_int_equal(send_one(w, &d)->kind, LATER);
	write_file(w->dir, "password", 0600, "correct-horse");
	assert_int_equal(send_one(w, &d)->kind, ACCEPTED);
	/* Nobody says it. */
	buf_put_u8(&w->log, '\0');
	CHECK_HAS((char *)w->log.at, "mail password=unusable");
	assert_null(strstr((char *)w->log.at, "correct-horse"));
	assert_null(strstr((char *)w->log.at, "wrong-secret"));
	for (unsigned i = 0; i < w->count; i++) {
		assert_null(strstr(w->outcomes[i].answer, "wrong-secret"));
	}
}

static void
test_mail__options_that_cannot_be_are_told(void **state)
{
	struct place *p = *state;
	struct world *w = &p->w;
	const struct deliver_options good = w->options;
	static const struct {
		const char *url, *user, *from, *host, *why;
	} cases[] = {
		{ "http://relay.example.org", NULL, "a@example.jp", "hq.example.jp",
		  "is no smtp://" },
		{ "smtp://u:p@relay.example.org", NULL, "a@example.jp", "hq.example.jp",
		  "a key of its own" },
		{ "", NULL, "a@example.jp", "hq.example.jp", "is no smtp://" },
		{ "smtp://relay.example.org", "u", "a@example.jp", "hq.example.jp",
		  "without TLS" },
		{ "smtp://relay.example.org", NULL, "a", "hq.example.jp",
		  "sender's address" },
		{ "smtp://relay.example.org", NULL, NULL, "hq.example.jp",
		  "sender's address" },
		{ "smtp://relay.example.org", NULL, "a@example.jp", "hq\r\nX",
		  "host's name" },
		{ "smtp://relay.example.org", NULL, "a@example.jp", NULL, "host's name" },
	};

	write_file(w->dir, "password", 0600, "x");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		w->options = good;
		w->options.smtp_url = cases[i].url;
		w->options.smtp_user = cases[i].user;
		w->options.smtp_password_file = world_path(w, "password");
		w->options.from = cases[i].from;
		w->options.host_name = cases[i].host;
		assert_false(world_open(w));
		CHECK_HAS(w->why, cases[i].why);
	}
	w->options = good;
	w->options.smtp_url = "smtps://relay.example.org";
	w->options.smtp_user = "u";
	w->options.smtp_password_file = world_path(w, "password");
	write_file(w->dir, "password", 0640, "x");
	assert_false(world_open(w));
	CHECK_HAS(w->why, "chmod 600");
	w->options.smtp_password_file = NULL;
	assert_false(world_open(w));
	CHECK_HAS(w->why, "no file with a password");
}

/* ---- Many at once. */

static unsigned
lines_of(const char *text, const char *line)
{
	unsigned n = 0;

	for (const char *c = text; c != NULL && (c = strstr(c, line)) != NULL; c++) {
		n++;
	}
	return n;
}

static void
test_mail__one_connection_for_one_after_the_other(void **state)
{
	struct place *p = *state;

	open_with(p, "smtp", "");
	for (unsigned i = 1; i <= 5; i++) {
		Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), i);

		assert_int_equal(send_one(&p->w, &d)->kind, ACCEPTED);
	}
	assert_int_equal(lines_of(read_file(&p->w, p->peer.dir, "seen"), "connect\n"), 1);
	assert_int_equal(peer_taken(&p->peer), 5);
}

/* A relay closes what is idle.  Whether we hear of it before the next mail or in it, that
 * mail is not in doubt, and the one after it goes. */
static void
test_mail__a_connection_that_the_relay_closed_is_made_anew(void **state)
{
	struct place *p = *state;
	unsigned accepted = 0;

	open_with(p, "smtp", "");
	for (unsigned i = 1; i <= 20; i++) {
		Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), i);

		peer_does(&p->peer, "last");
		const struct outcome_seen *o = send_one(&p->w, &d);
		assert_false(o->in_doubt);
		assert_int_not_equal(o->kind, REFUSED);
		accepted += o->kind == ACCEPTED;
	}
	assert_int_equal(peer_taken(&p->peer), accepted);
	assert_true(accepted >= 10);
}

static void
test_mail__forty_at_once_go_over_two_connections(void **state)
{
	struct place *p = *state;
	bool told[41] = { false };

	open_with(p, "smtp", "");
	for (unsigned i = 1; i <= 40; i++) {
		Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), i);

		begin(&p->w, &d);
	}
	assert_false(deliver_is_idle(p->w.deliver));
	world_wait(&p->w, 40);
	for (unsigned i = 0; i < 40; i++) {
		assert_int_equal(p->w.outcomes[i].kind, ACCEPTED);
		assert_false(told[p->w.outcomes[i].number]);
		told[p->w.outcomes[i].number] = true;
	}
	assert_true(lines_of(read_file(&p->w, p->peer.dir, "seen"), "connect\n") <= 2);
	assert_int_equal(peer_taken(&p->peer), 40);
}

struct ticks {
	uv_timer_t timer;
	unsigned count;
};

static void
on_tick(uv_timer_t *timer)
{
	container_of(timer, struct ticks, timer)->count++;
}

static void
test_mail__a_relay_that_hangs_does_not_hold_up_the_loop(void **state)
{
	struct place *p = *state;
	struct ticks ticks = { 0 };

	p->w.options.timeout_ms = SHORT_MS;
	open_with(p, "smtp", "");
	peer_does(&p->peer, "hang");
	assert_int_equal(uv_timer_init(&p->w.loop, &ticks.timer), 0);
	assert_int_equal(uv_timer_start(&ticks.timer, on_tick, 1, 1), 0);
	Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), 1);
	assert_int_equal(send_one(&p->w, &d)->kind, LATER);
	/* A loop that was held up would have ticked once or twice. */
	assert_true(ticks.count > 20);
	uv_close((uv_handle_t *)&ticks.timer, NULL);
	uv_run(&p->w.loop, UV_RUN_NOWAIT);
}

static void
test_mail__close_breaks_off_what_hangs(void **state)
{
	struct place *p = *state;

	open_with(p, "smtp", "");
	peer_does(&p->peer, "hang");
	for (unsigned i = 1; i <= 5; i++) {
		Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), i);

		begin(&p->w, &d);
	}
	while (peer_taken(&p->peer) < 2) {
		uv_run(&p->w.loop, UV_RUN_NOWAIT);
	}
	uint64_t before = uv_hrtime();
	world_close(&p->w);
	assert_true(uv_hrtime() - before < UINT64_C(3) * 1000 * 1000 * 1000);
	assert_int_equal(p->w.count, 0);
	assert_int_equal(peer_taken(&p->peer), 2);
}

/* ---- Crashes: a process of its own sends one mail and dies at a point. */

static int
sender_main(const char *url)
{
	struct world w;

	world_init(&w);
	remove_dir(w.dir); /* Who is killed removes nothing. */
	w.options.smtp_url = url;
	w.options.timeout_ms = 2000;
	if (!world_open(&w)) {
		return 2;
	}
	Kusanone__V1__Delivery d = delivery(mail(&w, "予定"), 1);
	d.attempt = 1;
	int kind = send_one(&w, &d)->kind;
	world_fini(&w);
	return kind == ACCEPTED ? 0 : 3;
}

static void
test_mail__a_crash_repeats_a_mail_at_two_points_only(void **state)
{
	static const struct {
		const char *point, *behaviour;
		unsigned taken;
	} cases[] = {
		{ "connected", "accept", 0 }, { "connected", "hang", 0 },
		{ "body_sent", "accept", 1 }, { "body_sent", "hang", 1 },
		{ "body_sent", "drop", 1 },   { "reply_read", "accept", 1 },
	};
	struct place *p = *state;
	char url[64];

	open_with(p, "smtp", "");
	snprintf(url, sizeof(url), "smtp://127.0.0.1:%u", p->peer.port);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		unsigned before = peer_taken(&p->peer);

		peer_does(&p->peer, cases[i].behaviour);
		assert_true(crashes_at(cases[i].point, url));
		peer_settle(&p->peer, before + cases[i].taken);
		peer_does(&p->peer, "accept");
		Kusanone__V1__Delivery d = delivery(mail(&p->w, "予定"), 1);
		assert_int_equal(send_one(&p->w, &d)->kind, ACCEPTED);
		assert_int_equal(peer_taken(&p->peer), before + cases[i].taken + 1);
		CHECK_HAS(peer_facts(&p->w, &p->peer), "head Message-ID: \"<" MESSAGE);
	}
}

int
main(int argc, char **argv)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_mail__a_reader_gets_what_was_written),
		TEST(test_mail__the_first_calendar_is_for_programs_and_all_are_files),
		TEST(test_mail__no_value_begins_a_field_of_its_own),
		TEST(test_mail__what_cannot_stand_in_a_mail_is_refused),
		TEST(test_mail__each_manner_of_a_relay_has_its_outcome),
		TEST(test_mail__nobody_there_is_later),
		TEST(test_mail__a_name_that_does_not_resolve_is_later),
		TEST(test_mail__not_set_up_is_later_and_says_so),
		TEST(test_mail__starttls_and_a_password),
		TEST(test_mail__an_unknown_certificate_gets_nothing),
		TEST(test_mail__a_broken_handshake_gets_nothing),
		TEST(test_mail__a_relay_without_starttls_gets_nothing_in_clear),
		TEST(test_mail__smtps),
		TEST(test_mail__the_password_file_is_read_for_each_mail),
		TEST(test_mail__options_that_cannot_be_are_told),
		TEST(test_mail__one_connection_for_one_after_the_other),
		TEST(test_mail__a_connection_that_the_relay_closed_is_made_anew),
		TEST(test_mail__forty_at_once_go_over_two_connections),
		TEST(test_mail__a_relay_that_hangs_does_not_hold_up_the_loop),
		TEST(test_mail__close_breaks_off_what_hangs),
		TEST(test_mail__a_crash_repeats_a_mail_at_two_points_only),
	};

	return argc > 1 ? sender_main(argv[1])
			: cmocka_run_group_tests(tests, NULL, NULL);
}
