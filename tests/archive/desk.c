#include "archive/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kusanone/v1/record.pb-c.h"
#include "lib/archive/verify.h"
#include "lib/base/unpack_wire.h"

enum { MANY_TURNS = 400, FIRST_WALL_S = 1711929600 };

/* ---- Headquarters' log ------------------------------------------------------------- */

void
hq_init(struct headquarters *hq, uint64_t seed)
{
	*hq = (struct headquarters){ .wall = INT64_C(1000) * FIRST_WALL_S,
				     .shown = SIZE_MAX,
				     .per_batch = 50 };
	history_key_make(&hq->key, seed, 0);
	memset(hq->node.b, (int)seed, NODE_ID_LEN);
}

void
hq_fini(struct headquarters *hq)
{
	hq_set_back(hq, 0);
	free(hq->entries);
	block_maker_fini(&hq->maker);
	*hq = (struct headquarters){ 0 };
}

uint64_t
hq_position(const struct headquarters *hq)
{
	size_t shown = hq->count < hq->shown ? hq->count : hq->shown;

	return shown != 0 ? hq->entries[shown - 1].after.position : 0;
}

void
hq_set_back(struct headquarters *hq, size_t count)
{
	while (hq->count > count) {
		struct hq_entry *entry = &hq->entries[--hq->count];

		buf_fini(&entry->block);
		buf_fini(&entry->loose);
	}
	hq->live = false;
}

static void
begin_block(struct headquarters *hq)
{
	static const struct hash none;
	const struct hq_entry *last = hq->count != 0 ? &hq->entries[hq->count - 1] : NULL;

	block_begin(&hq->maker, &hq->node, last != NULL ? last->last_seq + 1 : 1,
		    last != NULL ? &last->hash : &none);
}

static struct hq_entry *
end_block(struct headquarters *hq)
{
	const struct block block =
		block_finish(&hq->maker, hq->wall, &hq->key.id, hq->key.secret);
	const struct log_head before = hq->count != 0 ? hq->entries[hq->count - 1].after
						      : (struct log_head){ 0 };
	const struct log_entry place = log_next(&before, &block, hq->wall);

	if (hq->count == hq->cap) {
		hq->cap = hq->cap != 0 ? 2 * hq->cap : 64;
		hq->entries = xrealloc(hq->entries, hq->cap * sizeof(hq->entries[0]));
	}
	struct hq_entry *entry = &hq->entries[hq->count++];
	*entry = (struct hq_entry){ .first = place.first,
				    .after = { .position = place.last,
					       .log_hash = place.log_hash,
					       .hq_ms = place.hq_ms },
				    .last_seq = block.last_seq,
				    .hash = block.hash };
	buf_put_slice(&entry->block, block.bytes);
	hq->wall += 7;
	return entry;
}

static void
put_record(struct headquarters *hq, const char *title, const struct hash *part)
{
	Kusanone__V1__Record record = KUSANONE__V1__RECORD__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Person person = KUSANONE__V1__PERSON__INIT, *people = &person;
	Kusanone__V1__Text text = KUSANONE__V1__TEXT__INIT;
	struct arena arena = { 0 };

	text.en = (char *)(uintptr_t)title;
	event.id = arena_printf(&arena, "01900000-0000-7000-8000-%012x", ++hq->said);
	event.recorder = (char *)(uintptr_t) "hq";
	event.title = &text;
	if (part != NULL) {
		person.part_hash = pb_slice(hash_slice(part));
		event.people = &people;
		event.n_people = 1;
	}
	revision.event = &event;
	record.recorded_ms = hq->wall;
	record.body_case = KUSANONE__V1__RECORD__BODY_EVENT_REVISION;
	record.event_revision = &revision;
	must(block_add(&hq->maker, pack_in_arena(&record.base, &arena)));
	arena_fini(&arena);
}

void
hq_say(struct headquarters *hq, unsigned records, size_t bytes)
{
	char *title = xmalloc(bytes + 1);
	struct rng rng = { hq->said };

	/* Text that does not get much smaller. */
	for (size_t i = 0; i < bytes; i++) {
		title[i] = (char)('a' + rng_below(&rng, 26));
	}
	title[bytes] = '\0';
	begin_block(hq);
	for (unsigned i = 0; i < records; i++) {
		put_record(hq, title, NULL);
	}
	end_block(hq);
	free(title);
}

static void
say_of(struct headquarters *hq, const struct hash *part, struct slice loose)
{
	begin_block(hq);
	put_record(hq, "A visit", part);
	struct hq_entry *entry = end_block(hq);
	entry->part = *part;
	buf_put_slice(&entry->loose, loose);
}

void
hq_say_person(struct headquarters *hq, const char *name)
{
	const struct slice salt = slice_str("sixteen bytes ..");
	const struct hash part = hash_of2(salt, slice_str(name));
	Kusanone__V1__LooseParts parts = KUSANONE__V1__LOOSE_PARTS__INIT;
	Kusanone__V1__LoosePart one = KUSANONE__V1__LOOSE_PART__INIT, *list = &one;
	struct arena arena = { 0 };

	one.part_hash = pb_slice(hash_slice(&part));
	one.salt = pb_slice(salt);
	one.part = pb_slice(slice_str(name));
	parts.parts = &list;
	parts.n_parts = 1;
	say_of(hq, &part, pack_in_arena(&parts.base, &arena));
	arena_fini(&arena);
}

void
hq_say_again(struct headquarters *hq, size_t entry)
{
	struct buf loose = { 0 };
	const struct hash part = hq->entries[entry].part;

	buf_put_slice(&loose, buf_slice(&hq->entries[entry].loose));
	say_of(hq, &part, buf_slice(&loose));
	buf_fini(&loose);
}

/* ---- Its end of the link ----------------------------------------------------------- */

static void
hq_send(struct headquarters *hq, struct inbox *inbox, enum frame_type type,
	struct slice body, struct slice payload)
{
	const struct principal who = { .kind = PRINCIPAL_SERVER };
	const struct frame_header header = { .type = (uint8_t)type,
					     .minor = LINK_MINOR_MAX,
					     .session = hq->session,
					     .frame_no = ++hq->frame_no };
	uint8_t head[FRAME_HEADER_LEN] = { 0 };
	const struct slice parts[3] = { slice_of(head, sizeof(head)), body, payload };

	frame_header_put(head, &header);
	inbox_put(inbox, hq->peer, &who, parts, payload.len != 0 ? 3 : 2);
}

static struct link_cursor
cursor_after(const struct headquarters *hq, size_t count)
{
	struct link_cursor cursor = { .filter_version = FOLLOWER_FILTER_VERSION };

	if (count != 0) {
		cursor.position = hq->entries[count - 1].after.position;
		cursor.log_hash = hq->entries[count - 1].after.log_hash;
	}
	return cursor;
}

static size_t
shown(const struct headquarters *hq)
{
	return hq->count < hq->shown ? hq->count : hq->shown;
}

static void
hear_hello(struct headquarters *hq, const struct frame *frame, struct inbox *inbox)
{
	struct arena arena = { 0 };
	struct link_hello hello;
	struct buf body = { 0 };
	size_t at = 0;

	must(link_hello_get(frame->body, &arena, &hello));
	must(hello.role == LINK_CONSUMER && hello.unfiltered);
	while (at < shown(hq) && cursor_after(hq, at).position != hello.cursor.position) {
		at++;
	}
	const struct link_cursor is = cursor_after(hq, at);

	hq->session++;
	hq->frame_no = 0;
	hq->batch_no = 0;
	if (is.position != hello.cursor.position ||
	    !hash_eq(&is.log_hash, &hello.cursor.log_hash)) {
		const struct link_error error = {
			.code = LINK_RESET,
			.error_class = LINK_RETRY_BACKOFF,
			.text = "this log does not hold your cursor"
		};

		hq->resets++;
		link_error_put(&body, &error);
		hq_send(hq, inbox, FRAME_ERROR, buf_slice(&body), (struct slice){ 0 });
	} else {
		const struct link_welcome welcome = { .minor = LINK_MINOR_MAX,
						      .head = cursor_after(hq, shown(hq)),
						      .heartbeat_ms = LINK_HEARTBEAT_MS,
						      .wall = hq->wall };

		hq->live = true;
		hq->sent = at;
		link_welcome_put(&body, &welcome);
		hq_send(hq, inbox, FRAME_WELCOME, buf_slice(&body), (struct slice){ 0 });
	}
	buf_fini(&body);
	arena_fini(&arena);
}

static void
hear_ack(struct headquarters *hq, const struct frame *frame)
{
	struct arena arena = { 0 };
	struct link_ack ack;

	must(link_ack_get(frame->body, &arena, &ack));
	if (ack.cursor.position > hq->acked) {
		hq->acked = ack.cursor.position;
	}
	arena_fini(&arena);
}

static void
hear(struct headquarters *hq, const struct frame *frame, struct inbox *inbox)
{
	switch (frame->header.type) {
	case FRAME_HELLO:
		hear_hello(hq, frame, inbox);
		break;
	case FRAME_ACK:
		hear_ack(hq, frame);
		break;
	default:
		break;
	}
}

static void
hq_hear(struct headquarters *hq, const struct outbox *out, struct inbox *inbox)
{
	for (size_t i = 0; i < out->count; i++) {
		const struct out *o = &out->list[i];
		struct slice parts[3];
		struct frame frame;

		if (o->to.endpoint != DESK_LOG || hq->away) {
			continue;
		}
		if (o->kind == OUT_DIAL) {
			hq->peer = o->to;
			hq->live = false;
		} else if (o->kind == OUT_HANG_UP) {
			hq->live = false;
		} else if (o->kind == OUT_FRAME && peer_eq(o->to, hq->peer)) {
			unsigned count = out_parts(out, o, parts);

			must(frame_read(parts, count, &frame) == FRAME_GOOD);
			hear(hq, &frame, inbox);
		}
	}
}

/* The next batch, or that it is still there. */
static void
hq_go_on(struct headquarters *hq, struct inbox *inbox)
{
	struct buf body = { 0 }, payload = { 0 };
	struct link_batch batch = { .after = cursor_after(hq, hq->sent) };
	size_t until = hq->sent + hq->per_batch;

	if (hq->away || !hq->live || hq->sent >= shown(hq)) {
		return;
	}
	until = until < shown(hq) ? until : shown(hq);
	for (; hq->sent < until; hq->sent++) {
		const struct hq_entry *entry = &hq->entries[hq->sent];
		const struct payload_item item = { .first = entry->first,
						   .hq_ms = entry->after.hq_ms,
						   .log_hash = entry->after.log_hash,
						   .block = buf_slice(&entry->block),
						   .loose = buf_slice(&entry->loose) };

		payload_put_entry(&payload, &item);
	}
	batch.batch_no = ++hq->batch_no;
	batch.through = cursor_after(hq, hq->sent);
	link_batch_put(&body, &batch);
	hq_send(hq, inbox, FRAME_BATCH, buf_slice(&body), buf_slice(&payload));
	buf_fini(&body);
	buf_fini(&payload);
}

/* ---- The service ------------------------------------------------------------------- */

static void
keep_line(const struct log_sink *sink, enum log_level level, struct slice line)
{
	struct desk *d = sink->ctx;

	(void)level;
	buf_put_slice(&d->lines, line);
	buf_put_u8(&d->lines, '\n');
}

void
desk_init(struct desk *d, struct headquarters *hq, struct disk *disk)
{
	*d = (struct desk){ .hq = hq, .disk = disk, .now = 1000, .seal_after = 3600000 };
	d->sink = (struct log_sink){ .write = keep_line, .ctx = d, .level = LOG_INFO };
	hash_init();
	archive_key_make(&d->key, "kusanone/test", 1);
	snprintf(d->dir, sizeof(d->dir), "%s/kusanone-archiving-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	must(mkdtemp(d->dir) != NULL);
}

static void
path_of(const struct desk *d, const char *name, char path[160])
{
	snprintf(path, 160, "%s/%s", d->dir, name);
}

void
desk_lose_store(struct desk *d)
{
	static const char *const names[] = { "tail/data.mdb", "tail/lock.mdb",
					     "tail/owner.lock", "tail/new.mdb", "tail" };
	char path[160];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		path_of(d, names[i], path);
		(void)remove(path);
	}
}

void
desk_fini(struct desk *d)
{
	desk_close(d);
	desk_lose_store(d);
	must(rmdir(d->dir) == 0);
	disk_free(d->disk);
	buf_fini(&d->lines);
	inbox_fini(&d->inbox);
	arena_fini(&d->arena);
}

enum err
desk_open(struct desk *d)
{
	char dir[160];
	const struct store_options options = { .dir = dir,
					       .kind = "archiving",
					       .format = ARCHIVING_FORMAT,
					       .dbs = archiving_db_names,
					       .quota_bytes = 64 * 1024 * 1024 };
	struct archiving_config config = { .hq = { .node = d->hq->node },
					   .name = "archiving",
					   .software = "test",
					   .local_endpoint = DESK_LOCAL,
					   .dial_endpoint = DESK_LOG,
					   .dials = true,
					   .key = d->key.key,
					   .seal_after = d->seal_after };

	disk_use(d->disk);
	d->ended = OK;
	d->why[0] = '\0';
	path_of(d, "tail", dir);
	enum err err = store_open(&options, &d->store, d->why, sizeof(d->why));
	if (err == OK) {
		err = shelf_open(DISK_ROOT, &d->folder, d->why, sizeof(d->why));
	}
	if (err != OK) {
		return err;
	}
	memset(config.node.b, 9, NODE_ID_LEN);
	memcpy(config.hq.sign_key, d->hq->key.public_key, SIGN_PUBLIC_LEN);
	memcpy(config.secret, d->key.secret, SIGN_SECRET_LEN);
	const struct shelf shelf = shelf_of(d->folder);
	d->core = xcalloc(1, sizeof(*d->core));
	archiving_init(d->core, &config, d->store, &shelf);
	d->hq->live = false;
	err = archiving_open(d->core, d->now, d->why, sizeof(d->why));
	node_init(&d->node, &archiving_service, d->core, d->store, 1, &d->sink);
	d->is_open = err == OK;
	return err;
}

void
desk_close(struct desk *d)
{
	disk_use(d->disk);
	d->is_open = false;
	if (d->core != NULL) {
		node_fini(&d->node);
		archiving_fini(d->core);
		free(d->core);
		d->core = NULL;
	}
	inbox_clear(&d->inbox);
	shelf_close(d->folder);
	d->folder = NULL;
	store_close(d->store);
	d->store = NULL;
}

void
desk_store_bytes(const struct desk *d, struct buf *to)
{
	char path[160];
	size_t got;

	path_of(d, "tail/data.mdb", path);
	FILE *f = fopen(path, "re");
	must(f != NULL);
	buf_clear(to);
	do {
		got = fread(buf_reserve(to, 65536), 1, 65536, f);
		to->len += got;
	} while (got != 0);
	fclose(f);
}

void
desk_put_store(struct desk *d, struct slice bytes)
{
	char path[160];

	must(d->store == NULL);
	desk_lose_store(d);
	path_of(d, "tail", path);
	must(mkdir(path, 0700) == 0);
	path_of(d, "tail/data.mdb", path);
	FILE *f = fopen(path, "we");
	must(f != NULL);
	must(fwrite(bytes.at, 1, bytes.len, f) == bytes.len);
	must(fclose(f) == 0);
}

void
desk_turn(struct desk *d)
{
	disk_use(d->disk);
	d->now += 10;
	hq_go_on(d->hq, &d->inbox);
	d->ended = node_turn(&d->node, &d->inbox, d->now,
			     INT64_C(1000) * FIRST_WALL_S + d->now);
	if (d->ended == ERR_DISK_FULL) {
		d->ended = OK; /* It goes on. */
	}
	hq_hear(d->hq, &d->node.outbox, &d->inbox);
}

/* Nothing that was sent is kept for long. */
static void
turn_on(struct desk *d)
{
	desk_turn(d);
	outbox_clear(&d->node.outbox);
}

void
desk_settle(struct desk *d)
{
	for (unsigned i = 0; i < MANY_TURNS && d->ended == OK; i++) {
		turn_on(d);
		bool more = !d->hq->away && d->hq->live && d->hq->sent < shown(d->hq);

		if (d->inbox.count == 0 && !more && node_deadline(&d->node) > d->now) {
			return;
		}
	}
	must(d->ended != OK);
}

void
desk_later(struct desk *d, msec_t ms)
{
	/* A link that is there would speak up meanwhile. */
	struct dialer *dialer = &d->core->follower.dialer;

	d->now += ms;
	dialer->last_in = d->now;
	dialer->last_out = d->now;
	desk_settle(d);
}

/* ---- Commands ---------------------------------------------------------------------- */

static void
command(struct desk *d, enum frame_type type, struct slice body)
{
	const struct principal who = { .kind = PRINCIPAL_LOCAL };
	const struct frame_header header = { .type = (uint8_t)type,
					     .minor = LINK_MINOR_MAX };
	uint8_t head[FRAME_HEADER_LEN] = { 0 };
	const struct slice parts[2] = { slice_of(head, sizeof(head)), body };

	frame_header_put(head, &header);
	inbox_put(&d->inbox, (struct peer){ DESK_LOCAL, 5 }, &who, parts, 2);
}

void
desk_seal(struct desk *d)
{
	Kusanone__V1__Submission s = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__ArchiveSeal seal = KUSANONE__V1__ARCHIVE_SEAL__INIT;

	s.body_case = KUSANONE__V1__SUBMISSION__BODY_ARCHIVE_SEAL;
	s.archive_seal = &seal;
	command(d, FRAME_SUBMIT, pack_in_arena(&s.base, &d->arena));
	desk_settle(d);
}

static const Kusanone__V1__Reply *
ask(struct desk *d, const Kusanone__V1__Query *query)
{
	const Kusanone__V1__Reply *reply = NULL;
	struct slice parts[3];
	struct frame frame;

	command(d, FRAME_QUERY, pack_in_arena(&query->base, &d->arena));
	desk_turn(d);
	for (size_t i = 0; i < d->node.outbox.count; i++) {
		const struct out *o = &d->node.outbox.list[i];

		if (o->kind != OUT_FRAME || o->to.endpoint != DESK_LOCAL) {
			continue;
		}
		unsigned count = out_parts(&d->node.outbox, o, parts);
		must(frame_read(parts, count, &frame) == FRAME_GOOD);
		if (frame.header.type == FRAME_REPLY) {
			reply = (const Kusanone__V1__Reply *)unpack_message(
				&kusanone__v1__reply__descriptor, frame.body, &d->arena,
				NULL);
			must(reply != NULL);
		}
	}
	outbox_clear(&d->node.outbox);
	return reply;
}

const Kusanone__V1__ArchiveReply *
desk_ask(struct desk *d)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__ArchiveQuery archive = KUSANONE__V1__ARCHIVE_QUERY__INIT;

	query.query_case = KUSANONE__V1__QUERY__QUERY_ARCHIVE;
	query.archive = &archive;
	const Kusanone__V1__Reply *reply = ask(d, &query);
	return reply != NULL ? reply->archive : NULL;
}

const Kusanone__V1__StatusReply *
desk_ask_status(struct desk *d)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__StatusQuery status = KUSANONE__V1__STATUS_QUERY__INIT;

	query.query_case = KUSANONE__V1__QUERY__QUERY_STATUS;
	query.status = &status;
	const Kusanone__V1__Reply *reply = ask(d, &query);
	return reply != NULL ? reply->status : NULL;
}

/* ---- Looking ----------------------------------------------------------------------- */

uint64_t
desk_tail(struct desk *d)
{
	struct txn txn = txn_begin_read(d->store);
	uint64_t count = txn_count(&txn, LOG_DB_LOG);

	txn_abort(&txn);
	return count;
}

int64_t
desk_shelved(struct desk *d, const struct hash *part)
{
	struct txn txn = txn_begin_read(d->store);
	uint64_t segment;
	int64_t number = erasing_is_shelved(&txn, part, &segment) ? (int64_t)segment : -1;

	txn_abort(&txn);
	return number;
}

bool
desk_is_good(const struct disk *disk, const struct desk *d, bool whole, char why[512])
{
	struct memory files = disk_files(disk);
	const struct verify_options options = { .files = memory_files(&files),
						.keys = &d->key.key,
						.key_count = 1,
						.tree_only = !whole,
						.in_use = true };
	struct verify_report report;
	bool good = memory_find(&files, "checkpoint") == NULL ||
		    verify_archive(&options, &report) == VERIFY_GOOD;

	if (!good) {
		snprintf(why, 512, "%s: %s", report.path, report.why);
	}
	memory_fini(&files);
	return good;
}
