/* The notification service in one process: the real core over real stores in a scratch
 * folder.  What headquarters' log says is put into its copy, and what it would have sent
 * is read from its outbox; the test is the clock and the sender. */
#ifndef TESTS_UNIT_NOTIFICATION_FIXTURE_H
#define TESTS_UNIT_NOTIFICATION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kusanone/v1/control.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/node/node.h"
#include "notification/notification.h"

#define UNUSED __attribute__((unused))

struct player {
	struct node_id node;
	const char *name;
	uint8_t curve[32], sign_public[32], sign_secret[64];
	uint64_t seq;
	struct hash tip;
};

struct desk {
	char dir[64];
	struct store *store, *copy, *view;
	struct notification *core;
	struct node node;
	struct inbox inbox;
	struct arena arena;
	struct zones zones;
	struct player own, sfo, lax;
	msec_t now;
	wall_ms_t wall;
	bool dials; /* From the next start on it looks for headquarters. */
};

static bool
read_system_zone(void *ctx, struct slice name, struct buf *ret_file)
{
	char path[128];
	FILE *file;
	size_t n;

	(void)ctx;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%.*s", (int)name.len,
		 (const char *)name.at);
	if ((file = fopen(path, "rb")) == NULL) {
		return false;
	}
	do {
		n = fread(buf_reserve(ret_file, 4096), 1, 4096, file);
		ret_file->len += n;
	} while (n != 0);
	fclose(file);
	return ret_file->len != 0;
}

static void
player_init(struct player *p, const char *name, uint8_t number)
{
	uint8_t seed[32];

	*p = (struct player){ .name = name };
	memset(p->node.b, number, sizeof(p->node.b));
	memset(p->curve, number, sizeof(p->curve));
	memset(seed, number, sizeof(seed));
	sign_keypair(p->sign_public, p->sign_secret, seed);
}

static void
open_store_of(struct desk *d, const char *name, const char *const *dbs,
	      struct store **ret)
{
	char dir[96], why[256], kind[64];
	struct store_options options = {
		.dir = dir, .kind = kind, .format = NOTIFICATION_FORMAT, .dbs = dbs
	};

	snprintf(dir, sizeof(dir), "%s/%s", d->dir, name);
	snprintf(kind, sizeof(kind), "notification-%s", name);
	must(store_open(&options, ret, why, sizeof(why)) == OK);
}

static void
desk_open(struct desk *d)
{
	struct notification_config config = { .name = "notification",
					      .software = "test",
					      .zones = zones_table(&d->zones),
					      .local_endpoint = 0,
					      .dial_endpoint = 1,
					      .dials = d->dials,
					      .from = "kusanone@example.org",
					      .host_name = "kusanone.example.org",
					      .give_up = 4 * (msec_t)DAY_MS };

	open_store_of(d, "log", notification_db_names, &d->store);
	open_store_of(d, "copy", log_db_names, &d->copy);
	open_store_of(d, "view", view_db_names, &d->view);
	config.hq.node = d->own.node;
	config.hq.name = slice_str("hq");
	config.hq.role = NODE_HQ;
	memcpy(config.hq.curve_key, d->own.curve, 32);
	memcpy(config.hq.sign_key, d->own.sign_public, 32);
	memset(config.node.b, 9, NODE_ID_LEN);
	d->core = xmalloc(sizeof(*d->core));
	notification_init(d->core, &config, d->store, d->copy, d->view);
	must(notification_open(d->core, d->now) == OK);
	node_init(&d->node, &notification_service, d->core, d->store, 1, NULL);
}

static void
desk_close(struct desk *d)
{
	node_fini(&d->node);
	notification_fini(d->core);
	free(d->core);
	store_close(d->view);
	store_close(d->copy);
	store_close(d->store);
}

/* As after a crash: what is on the disks is all that is left. */
static UNUSED void
desk_restart(struct desk *d)
{
	inbox_clear(&d->inbox);
	desk_close(d);
	desk_open(d);
}

static wall_ms_t
instant(const char *utc)
{
	struct date date;

	if (!date_parse(slice_str(utc), &date)) {
		fail_msg("%s is no time", utc);
	}
	return date_minutes(&date) * MINUTE_MS;
}

static void
desk_turn(struct desk *d)
{
	d->now += 10;
	d->wall += 10;
	assert_int_equal(node_turn(&d->node, &d->inbox, d->now, d->wall), OK);
}

/* Turns until nothing is due at this time. */
static void
desk_settle(struct desk *d)
{
	for (unsigned i = 0; i < 20; i++) {
		desk_turn(d);
		if (node_deadline(&d->node) > d->now) {
			return;
		}
	}
	fail_msg("it never rests");
}

static void
desk_at(struct desk *d, const char *utc)
{
	wall_ms_t to = instant(utc);

	if (to > d->wall) {
		d->now += to - d->wall;
	}
	d->wall = to;
	desk_settle(d);
}

/* One record of a player's, in headquarters' log; 'loose' NULL: nothing beside it. */
static void
player_say(struct desk *d, struct player *p, Kusanone__V1__Record *record)
{
	struct block_maker maker = { 0 };
	struct key_id key = key_id_of(p->sign_public);

	record->recorded_ms = d->wall;
	block_begin(&maker, &p->node, p->seq + 1, &p->tip);
	must(block_add(&maker, pack_in_arena(&record->base, &d->arena)));
	struct block block = block_finish(&maker, d->wall, &key, p->sign_secret);
	p->seq = block.last_seq;
	p->tip = block.hash;
	struct txn txn = txn_begin(d->copy);
	log_append(&d->core->follower.log, &txn, &block, d->wall);
	must(txn_commit(&txn) == OK);
	block_maker_fini(&maker);
}

static void
enrol(struct desk *d, struct player *p)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Enrolment body = KUSANONE__V1__ENROLMENT__INIT;
	char *posts[1] = { (char *)(uintptr_t)p->name };

	body.node_id = (ProtobufCBinaryData){ NODE_ID_LEN, p->node.b };
	body.name = posts[0];
	body.curve_key = (ProtobufCBinaryData){ 32, p->curve };
	body.sign_key = (ProtobufCBinaryData){ 32, p->sign_public };
	body.role = KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST;
	body.posts = posts;
	body.n_posts = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_ENROLMENT;
	record.enrolment = &body;
	player_say(d, &d->own, &record);
}

static struct desk *
desk_new(const char *utc)
{
	struct desk *d = xcalloc(1, sizeof(*d));

	hash_init();
	snprintf(d->dir, sizeof(d->dir), "/tmp/kusanone-test-XXXXXX");
	must(mkdtemp(d->dir) != NULL);
	d->now = 1000;
	d->wall = instant(utc);
	zones_init(&d->zones, read_system_zone, NULL);
	player_init(&d->own, "hq", 1);
	player_init(&d->sfo, "sfo", 2);
	player_init(&d->lax, "lax", 3);
	desk_open(d);
	enrol(d, &d->sfo);
	enrol(d, &d->lax);
	desk_settle(d);
	return d;
}

static void
desk_free(struct desk *d)
{
	char command[128];

	desk_close(d);
	inbox_fini(&d->inbox);
	arena_fini(&d->arena);
	zones_fini(&d->zones);
	snprintf(command, sizeof(command), "rm -rf %s", d->dir);
	must(system(command) == 0);
	free(d);
}

/* ---- Readers ----------------------------------------------------------------------- */

#define DESK_ID "01900000-0000-7000-8000-00000000000a"

/* A reader by mail, as intake would record it; the address lies in the copy.  What else
 * it asks for, the caller has filled in. */
static void
subscribe(struct desk *d, Kusanone__V1__Subscription *s)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	const struct slice salt = slice_str("sixteen bytes ..");
	const struct slice to = slice_str(s->to[0] != '\0' ? s->to : "desk@example.org");
	struct hash part = hash_of2(salt, to);

	if (s->id[0] == '\0') {
		s->id = (char *)(uintptr_t)DESK_ID;
	}
	s->who = (char *)(uintptr_t) "desk";
	s->to = (char *)(uintptr_t) "";
	if (s->channel == KUSANONE__V1__CHANNEL__CHANNEL_UNSPECIFIED) {
		s->channel = KUSANONE__V1__CHANNEL__CHANNEL_MAIL;
	}
	s->to_hash = pb_slice(hash_slice(&part));
	struct txn txn = txn_begin(d->copy);
	must(loose_put(&txn, LOG_DB_LOOSE, LOG_DB_ERASED, &part, salt, to));
	must(txn_commit(&txn) == OK);
	record.body_case = KUSANONE__V1__RECORD__BODY_SUBSCRIPTION;
	record.subscription = s;
	player_say(d, &d->own, &record);
	desk_settle(d);
}

/* A reader of these kinds ("upcoming moved"), in English. */
static UNUSED void
subscribe_kinds(struct desk *d, const char *kinds)
{
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
	char *list[ALERT_KIND_COUNT];
	char *copy = arena_dup(&d->arena, kinds, strlen(kinds)), *rest = NULL;

	for (char *word = strtok_r(copy, " ", &rest); word != NULL;
	     word = strtok_r(NULL, " ", &rest)) {
		list[s.n_kinds++] = word;
	}
	s.kinds = list;
	s.lang = (char *)(uintptr_t) "en";
	subscribe(d, &s);
}

/* ---- Events ------------------------------------------------------------------------ */

#define EVENT_A "01900000-0000-7000-8000-0000000000a1"
#define EVENT_B "01900000-0000-7000-8000-0000000000b2"

struct plan {
	const char *id, *title, *recorder, *start, *zone, *town;
	int offset;
	Kusanone__V1__Status status;
	Kusanone__V1__Status event_status;
	const char *why;
	const char *holder; /* Beside the recorder. */
	const char *state;  /* NULL: CA, where there is a town. */
	const char *pillar, *partner, *vip_kind;
	bool report;
};

/* A revision of an event with one session; the newest of the same id is its base. */
static void
record_plan(struct desk *d, struct player *p, const struct plan *plan)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Text town = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Date start = KUSANONE__V1__DATE__INIT;
	Kusanone__V1__DatedBy dated = KUSANONE__V1__DATED_BY__INIT;
	Kusanone__V1__Place place = KUSANONE__V1__PLACE__INIT;
	Kusanone__V1__Session session = KUSANONE__V1__SESSION__INIT, *sessions = &session;
	Kusanone__V1__Report report = KUSANONE__V1__REPORT__INIT;
	Kusanone__V1__Partner partner = KUSANONE__V1__PARTNER__INIT, *partners = &partner;
	Kusanone__V1__Text partner_name = KUSANONE__V1__TEXT__INIT;
	char *pillars[1], *vip_kinds[1];
	char *holders[2] = { (char *)(uintptr_t)plan->recorder,
			     (char *)(uintptr_t)plan->holder };
	ProtobufCBinaryData base;
	struct uuid id;
	struct slice shown;
	struct hash hash = { { 0 } };

	title.en = (char *)(uintptr_t)plan->title;
	event.id = (char *)(uintptr_t)plan->id;
	event.recorder = holders[0];
	event.status = plan->event_status;
	event.holders = holders;
	event.n_holders = plan->holder != NULL ? 2 : 1;
	event.title = &title;
	session.id = (char *)(uintptr_t) "s1";
	session.status = plan->status;
	start.value = (char *)(uintptr_t)plan->start;
	if (plan->zone != NULL) {
		start.zone = (char *)(uintptr_t)plan->zone;
		start.utc_offset_minutes = plan->offset;
		dated.local = arena_dup(&d->arena, plan->start, 10);
		dated.tokyo = dated.local;
		session.dated_by = &dated;
	}
	session.start = &start;
	if (plan->town != NULL || plan->state != NULL) {
		town.en = (char *)(uintptr_t)(plan->town != NULL ? plan->town : "");
		place.municipality = plan->town != NULL ? &town : NULL;
		place.state =
			(char *)(uintptr_t)(plan->state != NULL ? plan->state : "CA");
		session.place = &place;
	}
	pillars[0] = (char *)(uintptr_t)plan->pillar;
	event.pillars = pillars;
	event.n_pillars = plan->pillar != NULL ? 1 : 0;
	vip_kinds[0] = (char *)(uintptr_t)plan->vip_kind;
	event.vip_kinds = vip_kinds;
	event.n_vip_kinds = plan->vip_kind != NULL ? 1 : 0;
	partner_name.en = (char *)(uintptr_t)plan->partner;
	partner.name = &partner_name;
	event.partners = &partners;
	event.n_partners = plan->partner != NULL ? 1 : 0;
	event.sessions = &sessions;
	event.n_sessions = 1;
	if (plan->report) {
		report.filed_by = (char *)(uintptr_t)plan->recorder;
		event.report = &report;
	}
	must(uuid_parse(slice_str(plan->id), &id));
	uint32_t row = fold_find_event(&d->core->fold, &id);
	struct txn txn = txn_begin_read(d->copy);
	const struct event_row *e =
		row != UINT32_MAX ? table_at(&d->core->fold.events, row) : NULL;
	if (e != NULL && e->first_head1 != 0) {
		const struct revision_row *head =
			table_at(&d->core->fold.revisions, e->first_head1 - 1);

		must(log_record(&txn, (uint64_t)head->record + 1, &shown));
		hash = hash_of(shown);
		base = pb_slice(hash_slice(&hash));
		revision.bases = &base;
		revision.n_bases = 1;
	}
	txn_abort(&txn);
	revision.event = &event;
	revision.why = (char *)(uintptr_t)(plan->why != NULL ? plan->why : "");
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	player_say(d, p, &record);
	desk_settle(d);
}

static UNUSED const struct plan seminar = {
	.id = EVENT_A,
	.title = "Hydrogen seminar",
	.recorder = "sfo",
	.start = "2026-03-10T14:00",
	.zone = "America/Los_Angeles",
	.offset = -420, /* Summer time since 8 March. */
	.town = "Fresno",
	.status = KUSANONE__V1__STATUS__STATUS_PLANNED,
};

/* ---- What else is said
 * ----------------------------------------------------------------- */

static UNUSED void
say_withdrawal(struct desk *d, struct player *p, const char *id, bool undone)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Withdrawal body = KUSANONE__V1__WITHDRAWAL__INIT;

	body.event_id = (char *)(uintptr_t)id;
	body.undone = undone;
	record.body_case = KUSANONE__V1__RECORD__BODY_WITHDRAWAL;
	record.withdrawal = &body;
	player_say(d, p, &record);
	desk_settle(d);
}

static UNUSED void
say_merge(struct desk *d, const char *from, const char *into)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__Merge body = KUSANONE__V1__MERGE__INIT;

	body.from_event_id = (char *)(uintptr_t)from;
	body.into_event_id = (char *)(uintptr_t)into;
	record.body_case = KUSANONE__V1__RECORD__BODY_MERGE;
	record.merge = &body;
	player_say(d, &d->own, &record);
	desk_settle(d);
}

/* The post of the player's name confirms that it held the event too. */
static UNUSED void
say_confirmed(struct desk *d, struct player *p, const char *id)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__CohostAnswer body = KUSANONE__V1__COHOST_ANSWER__INIT;

	body.event_id = (char *)(uintptr_t)id;
	body.post = (char *)(uintptr_t)p->name;
	body.answer = KUSANONE__V1__ANSWER__ANSWER_CONFIRMED;
	record.body_case = KUSANONE__V1__RECORD__BODY_COHOST_ANSWER;
	record.cohost_answer = &body;
	player_say(d, p, &record);
	desk_settle(d);
}

static UNUSED void
say_figure(struct desk *d, int64_t value, const char *source, bool withdrawn)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__PublishedFigure body = KUSANONE__V1__PUBLISHED_FIGURE__INIT;
	Kusanone__V1__Source from = KUSANONE__V1__SOURCE__INIT;

	from.name = (char *)(uintptr_t)source;
	body.measure = (char *)(uintptr_t) "events";
	body.fiscal_year_from = 2017;
	body.fiscal_year_to = 2023;
	body.value = value;
	body.bound = KUSANONE__V1__BOUND__BOUND_EXACT;
	body.source = &from;
	body.withdrawn = withdrawn;
	record.body_case = KUSANONE__V1__RECORD__BODY_PUBLISHED_FIGURE;
	record.published_figure = &body;
	player_say(d, &d->own, &record);
	desk_settle(d);
}

/* A number of the programme. */
static UNUSED void
say_setting(struct desk *d, const char *name, const char *value)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__ReferenceChange body = KUSANONE__V1__REFERENCE_CHANGE__INIT;
	Kusanone__V1__ReferenceRow row = KUSANONE__V1__REFERENCE_ROW__INIT, *rows = &row;
	Kusanone__V1__SettingRow setting = KUSANONE__V1__SETTING_ROW__INIT;

	setting.name = (char *)(uintptr_t)name;
	setting.value = (char *)(uintptr_t)value;
	row.row_case = KUSANONE__V1__REFERENCE_ROW__ROW_SETTING;
	row.setting = &setting;
	body.rows = &rows;
	body.n_rows = 1;
	record.body_case = KUSANONE__V1__RECORD__BODY_REFERENCE_CHANGE;
	record.reference_change = &body;
	player_say(d, &d->own, &record);
	desk_settle(d);
}

/* ---- What is sent ------------------------------------------------------------------ */

/* The deliveries in the outbox, which is emptied; feeds apart. */
static size_t
take_mails(struct desk *d, const Kusanone__V1__Delivery **ret, size_t max)
{
	size_t count = 0;

	for (size_t i = 0; i < d->node.outbox.count; i++) {
		const struct out *o = &d->node.outbox.list[i];

		if (o->kind != OUT_JOB) {
			continue;
		}
		const Kusanone__V1__Delivery *m =
			(const Kusanone__V1__Delivery *)unpack_message(
				&kusanone__v1__delivery__descriptor,
				out_bytes(&d->node.outbox, o), &d->arena, NULL);
		must(m != NULL);
		if (m->channel_case != KUSANONE__V1__DELIVERY__CHANNEL_FEED) {
			assert_true(count < max);
			ret[count++] = m;
		}
	}
	outbox_clear(&d->node.outbox);
	return count;
}

/* Exactly one mail was sent; it is it. */
static const Kusanone__V1__Delivery *
take_mail(struct desk *d)
{
	const Kusanone__V1__Delivery *m[8];

	assert_int_equal(take_mails(d, m, 8), 1);
	return m[0];
}

static UNUSED void
take_no_mail(struct desk *d)
{
	const Kusanone__V1__Delivery *m[8];
	size_t count = take_mails(d, m, 8);

	if (count != 0) {
		fail_msg("sent: %s", m[0]->mail->subject);
	}
}

static void
answer(struct desk *d, const Kusanone__V1__Delivery *m, Kusanone__V1__OutcomeKind kind,
       const char *words)
{
	Kusanone__V1__Outcome o = KUSANONE__V1__OUTCOME__INIT;

	o.number = m->number;
	o.kind = kind;
	o.answer = (char *)(uintptr_t)words;
	inbox_put_outcome(&d->inbox, pack_in_arena(&o.base, &d->arena));
	desk_settle(d);
}

static void
accept(struct desk *d, const Kusanone__V1__Delivery *m)
{
	answer(d, m, KUSANONE__V1__OUTCOME_KIND__OUTCOME_KIND_ACCEPTED, "250 ok");
}

/* The one mail's subject begins so, and its text holds all of these words; it is taken.
 */
static UNUSED void
expect_mail_of(struct desk *d, const char *subject, const char *const *words)
{
	const Kusanone__V1__Delivery *m = take_mail(d);

	if (strncmp(m->mail->subject, subject, strlen(subject)) != 0) {
		fail_msg("\"%s\" is not \"%s\"", m->mail->subject, subject);
	}
	for (; *words != NULL; words++) {
		if (strstr(m->mail->text, *words) == NULL) {
			fail_msg("\"%s\" is not in:\n%s", *words, m->mail->text);
		}
	}
	accept(d, m);
}
#define EXPECT_MAIL(d, subject, ...)                                                     \
	expect_mail_of((d), (subject), (const char *const[]){ __VA_ARGS__, NULL })

/* The one mail's subject begins so; it is taken. */
static UNUSED void
expect_mail(struct desk *d, const char *subject)
{
	const Kusanone__V1__Delivery *m = take_mail(d);

	if (strncmp(m->mail->subject, subject, strlen(subject)) != 0) {
		fail_msg("\"%s\" is not \"%s\"", m->mail->subject, subject);
	}
	assert_string_equal(m->mail->to, "desk@example.org");
	accept(d, m);
}

#endif
