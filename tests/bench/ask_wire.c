#include "ask.h"

#include "kusanone/v1/control.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "measure.h"

enum { ANSWER_MS = 60000 };

static char *
str(const char *s)
{
	return (char *)(uintptr_t)s;
}

struct client *
ask_open(const char *address, double patience)
{
	struct client_options options = { .address = address };
	double until = now_s() + patience;
	struct client *client = NULL;
	enum err err;

	while ((err = client_open(&options, &client)) != OK) {
		if (err != ERR_NOT_FOUND || now_s() > until) {
			give_up("%s: %s", address, err_name(err));
		}
		wait_s(0.0005);
	}
	return client;
}

void
ask_send(struct client *client, enum frame_type type, uint64_t request,
	 const struct ask_totals *ask, uint32_t max_hz)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__TotalsQuery totals = KUSANONE__V1__TOTALS_QUERY__INIT;
	Kusanone__V1__Filter filter = KUSANONE__V1__FILTER__INIT;
	Kusanone__V1__Filter *filters[] = { &filter };
	char *by[4], *measures[] = { str(ask->measure) }, *values[] = { str(ask->value) };
	struct buf body = { 0 };

	while (totals.n_by < ARRAY_LEN(by) && ask->by[totals.n_by] != NULL) {
		by[totals.n_by] = str(ask->by[totals.n_by]);
		totals.n_by++;
	}
	totals.by = by;
	if (ask->filter != NULL) {
		filter.dimension = str(ask->filter);
		filter.values = values;
		filter.n_values = 1;
		totals.filters = filters;
		totals.n_filters = 1;
	}
	if (ask->measure != NULL) {
		totals.measures = measures;
		totals.n_measures = 1;
	}
	totals.as_of_position = ask->as_of;
	query.request = request;
	query.max_hz = max_hz;
	query.query_case = KUSANONE__V1__QUERY__QUERY_TOTALS;
	query.totals = &totals;
	pack_message(&query.base, &body);
	if (client_send(client, type, buf_slice(&body)) != OK) {
		give_up("the service takes no question");
	}
	buf_fini(&body);
}

static void
refused(const struct frame *frame, struct arena *arena)
{
	const Kusanone__V1__Refused *r =
		(const Kusanone__V1__Refused *)(const void *)unpack_message(
			&kusanone__v1__refused__descriptor, frame->body, arena, NULL);

	must(r != NULL);
	give_up("refused: %s %s: %s", r->code, r->field,
		r->reason != NULL ? r->reason->en : "");
}

static void
read_answer(const struct frame *frame, struct ask_answer *ret)
{
	struct arena arena = { 0 };

	if (frame->header.type == FRAME_REFUSED) {
		refused(frame, &arena);
	}
	const Kusanone__V1__Reply *reply =
		(const Kusanone__V1__Reply *)(const void *)unpack_message(
			&kusanone__v1__reply__descriptor, frame->body, &arena, NULL);
	if (frame->header.type != FRAME_REPLY || reply == NULL ||
	    reply->reply_case != KUSANONE__V1__REPLY__REPLY_TOTALS ||
	    reply->totals->n_tables != 1 || reply->totals->tables[0]->n_total != 1) {
		give_up("the answer is no table of totals");
	}
	const Kusanone__V1__TotalsTable *table = reply->totals->tables[0];
	*ret = (struct ask_answer){ .position = reply->totals->position,
				    .value = table->total[0]->value,
				    .rows = table->n_rows };
	arena_fini(&arena);
}

bool
ask_receive(struct client *client, int timeout_ms, struct ask_answer *ret)
{
	struct frame frame;
	enum err err = client_receive(client, timeout_ms, &frame);

	if (err == ERR_NOT_FOUND) {
		return false;
	}
	if (err != OK) {
		give_up("the answer is no frame");
	}
	read_answer(&frame, ret);
	return true;
}

struct ask_answer
ask_totals(struct client *client, const struct ask_totals *ask)
{
	struct ask_answer answer;

	ask_send(client, FRAME_QUERY, 1, ask, 0);
	if (!ask_receive(client, ANSWER_MS, &answer)) {
		give_up("no answer");
	}
	return answer;
}

struct ask_status
ask_status(struct client *client)
{
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__StatusQuery status = KUSANONE__V1__STATUS_QUERY__INIT;
	struct buf body = { 0 };
	struct arena arena = { 0 };
	struct frame frame;

	query.request = 1;
	query.query_case = KUSANONE__V1__QUERY__QUERY_STATUS;
	query.status = &status;
	pack_message(&query.base, &body);
	if (client_send(client, FRAME_QUERY, buf_slice(&body)) != OK ||
	    client_receive(client, ANSWER_MS, &frame) != OK) {
		give_up("the service does not tell its status");
	}
	const Kusanone__V1__Reply *reply =
		(const Kusanone__V1__Reply *)(const void *)unpack_message(
			&kusanone__v1__reply__descriptor, frame.body, &arena, NULL);
	if (frame.header.type != FRAME_REPLY || reply == NULL ||
	    reply->reply_case != KUSANONE__V1__REPLY__REPLY_STATUS) {
		give_up("the answer is no status");
	}
	struct ask_status answer = { .position = reply->status->position,
				     .unreceipted = reply->status->unreceipted };
	buf_fini(&body);
	arena_fini(&arena);
	return answer;
}

void
ask_submit(struct client *client, uint64_t number, const char *recorder)
{
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	struct buf body = { 0 }, record = { 0 };
	struct arena arena = { 0 };
	struct frame frame;

	event_record_put(&record, number, 1, EVENTS_IN_ORDER, 1);
	Kusanone__V1__Record *r = (Kusanone__V1__Record *)(void *)unpack_message(
		&kusanone__v1__record__descriptor, buf_slice(&record), &arena, NULL);
	must(r != NULL && r->body_case == KUSANONE__V1__RECORD__BODY_EVENT_REVISION);
	if (recorder != NULL) {
		r->event_revision->event->recorder = str(recorder);
		r->event_revision->event->holders[0] = str(recorder);
	}
	/* The intake works the days out by itself. */
	r->event_revision->event->sessions[0]->dated_by = NULL;
	submission.request = number + 1;
	submission.author = r->author;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_EVENT;
	submission.event = r->event_revision;
	pack_message(&submission.base, &body);
	if (client_send(client, FRAME_SUBMIT, buf_slice(&body)) != OK) {
		give_up("the intake takes no submission");
	}
	if (client_receive(client, ANSWER_MS, &frame) != OK) {
		give_up("no receipt");
	}
	if (frame.header.type == FRAME_REFUSED) {
		refused(&frame, &arena);
	}
	const Kusanone__V1__Receipt *receipt =
		(const Kusanone__V1__Receipt *)(const void *)unpack_message(
			&kusanone__v1__receipt__descriptor, frame.body, &arena, NULL);
	if (frame.header.type != FRAME_RECEIPT || receipt == NULL ||
	    receipt->request != number + 1 || receipt->repeated) {
		give_up("the answer is no receipt of a new record");
	}
	buf_fini(&body);
	buf_fini(&record);
	arena_fini(&arena);
}
