#include "lib/model/show_wire.h"

#include "lib/base/unpack_wire.h"
#include "lib/model/conflict_wire.h"
#include "lib/model/merge.h"
#include "lib/model/query.h"
#include "lib/model/totals_wire.h"

enum { PAGE_USUAL = 50, PAGE_MAX = 500, HISTORY_MAX = 1000 };

static char *
copy(struct arena *arena, struct slice s)
{
	return arena_dup(arena, s.at, s.len);
}

static char *
word(const struct fold *f, uint32_t id, struct arena *arena)
{
	return copy(arena, words_at(&f->words, id));
}

char *
show_event_id(const struct fold *f, uint32_t event, struct arena *arena)
{
	const struct event_row *e = table_at(&f->events, event);
	char *text = arena_alloc(arena, UUID_TEXT_LEN + 1);
	struct uuid id;

	memcpy(id.b, e->id, UUID_LEN);
	uuid_format(&id, text);
	return text;
}

static char *
hash_text(struct arena *arena, const struct hash *h)
{
	char *text = arena_alloc(arena, 2 * HASH_LEN + 1);

	hex_format(h->b, HASH_LEN, text);
	return text;
}

char *
show_record_hash(struct fold *f, uint32_t row, struct arena *arena)
{
	struct arena scratch = { 0 };
	struct slice bytes;
	struct hash identity = { { 0 } };

	if (f->source.read(f->source.ctx, (uint64_t)row + 1, &scratch, &bytes)) {
		identity = hash_of(bytes);
	}
	arena_fini(&scratch);
	return hash_text(arena, &identity);
}

/* The event as it is shown, unpacked. */
static Kusanone__V1__Event *
event_shown(struct fold *f, uint32_t event, struct arena *arena,
	    struct merge_result *conflicts)
{
	struct slice bytes;

	if (!fold_event_shown(f, event, arena, &bytes, conflicts)) {
		return NULL;
	}
	return (Kusanone__V1__Event *)unpack_message(&kusanone__v1__event__descriptor,
						     bytes, arena, NULL);
}

/* ---- A row ----------------------------------------------------------------------- */

static const char *
review_name(int state)
{
	static const char *const names[] = { "", "received", "questioned", "accepted",
					     "returned" };

	return state >= 0 && (size_t)state < ARRAY_LEN(names) ? names[state] : "";
}

static const Kusanone__V1__Record *
read_record(struct fold *f, uint32_t row, struct arena *arena)
{
	struct slice bytes;

	if (!f->source.read(f->source.ctx, (uint64_t)row + 1, arena, &bytes)) {
		return NULL;
	}
	return (const Kusanone__V1__Record *)unpack_message(
		&kusanone__v1__record__descriptor, bytes, arena, NULL);
}

static Kusanone__V1__HolderRow *
holder_row(struct fold *f, uint32_t event, uint32_t recorder, uint32_t post,
	   struct arena *arena)
{
	Kusanone__V1__HolderRow *row = arena_alloc(arena, sizeof(*row));
	const Kusanone__V1__Record *record;
	uint32_t answer1;
	enum holder_state state = fold_holder(f, event, recorder, post, &answer1);

	kusanone__v1__holder_row__init(row);
	row->post = word(f, post, arena);
	row->state = (char *)(uintptr_t)holder_state_name(state);
	if (answer1 == 0) {
		return row;
	}
	const struct answer_row *a = table_at(&f->answers, answer1 - 1);
	record = read_record(f, a->record, arena);
	if (record != NULL &&
	    record->body_case == KUSANONE__V1__RECORD__BODY_COHOST_ANSWER) {
		row->note = record->cohost_answer->note;
	} else if (record != NULL &&
		   record->body_case == KUSANONE__V1__RECORD__BODY_SOURCE_CONFIRMATION) {
		row->source = record->source_confirmation->source;
	}
	return row;
}

static void
fill_dates(const Kusanone__V1__Event *event, struct arena *arena,
	   Kusanone__V1__EventRow *row)
{
	size_t count = event->n_sessions != 0 ? event->n_sessions : event->n_stated_dates;

	row->dates = arena_alloc(arena, count * sizeof(row->dates[0]));
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__Date *d = event->n_sessions != 0
						      ? event->sessions[i]->start
						      : event->stated_dates[i];

		if (d != NULL && d->value[0] != '\0') {
			row->dates[row->n_dates++] = d->value;
		}
	}
}

bool
show_event_row(struct fold *f, uint32_t event, enum date_rule rule, struct arena *arena,
	       Kusanone__V1__EventRow *row)
{
	const struct event_row *e = table_at(&f->events, event);
	const Kusanone__V1__Event *shown;

	kusanone__v1__event_row__init(row);
	if (e->fact1 == 0 || (shown = event_shown(f, event, arena, NULL)) == NULL) {
		return false;
	}
	const struct event_fact *fact = table_at(&f->facts, e->fact1 - 1);
	unsigned count = 0;
	const uint32_t *named = sets_at(&f->sets, fact->posts_named, &count);

	row->event_id = show_event_id(f, event, arena);
	row->revision = show_record_hash(f, fact->head_record, arena);
	row->title = shown->title;
	row->recorder = shown->recorder;
	row->holders = arena_alloc(arena, count * sizeof(row->holders[0]));
	for (unsigned i = 0; i < count; i++) {
		row->holders[row->n_holders++] =
			holder_row(f, event, fact->recorder, named[i], arena);
	}
	row->status = (Kusanone__V1__Status)fact->status;
	fill_dates(shown, arena, row);
	row->fiscal_year =
		fact->fiscal_year[rule] != FISCAL_YEAR_NONE ? fact->fiscal_year[rule] : 0;
	row->withdrawn = (fact->flags & FACT_WITHDRAWN) != 0;
	row->provisional = (fact->flags & FACT_PROVISIONAL) != 0;
	if (e->review1 != 0) {
		const Kusanone__V1__Record *r = read_record(f, e->review1 - 1, arena);

		if (r != NULL && r->body_case == KUSANONE__V1__RECORD__BODY_REVIEW) {
			row->review =
				(char *)(uintptr_t)review_name((int)r->review->state);
		}
	}
	return true;
}

/* ---- The list -------------------------------------------------------------------- */

struct listing {
	struct fold *fold;
	const Kusanone__V1__EventsQuery *in;
	enum date_rule rule;
	struct arena *arena;
};

static bool
set_has_word(const struct fold *f, uint32_t set, const char *code)
{
	uint32_t id = words_find(&f->words, slice_str(code));

	return id != 0 && sets_has(&f->sets, set, id);
}

static bool
word_is(const struct fold *f, uint32_t id, const char *code)
{
	return id != 0 && slice_eq_str(words_at(&f->words, id), code);
}

static bool
state_is(const struct fold *f, const struct event_fact *fact, const char *code)
{
	if (strcmp(code, "online") == 0) {
		return sets_has(&f->sets, fact->states, STATE_ONLINE);
	}
	if (strcmp(code, "not_stated") == 0) {
		return sets_has(&f->sets, fact->states, STATE_NOT_STATED);
	}
	return set_has_word(f, fact->states, code);
}

static bool
month_is(const struct listing *l, const struct event_fact *fact, const char *value)
{
	struct date date;

	return date_parse(slice_str(value), &date) && date_month(&date) != MONTH_NONE &&
	       sets_has(&l->fold->sets, fact->months[l->rule],
			(uint32_t)date_month(&date) + 1);
}

static bool
value_matches(const struct listing *l, const struct event_fact *fact, enum dimension d,
	      const char *value)
{
	const struct fold *f = l->fold;

	switch (d) {
	case DIM_POST:
		return set_has_word(f, fact->posts_named, value) ||
		       word_is(f, fact->recorder, value);
	case DIM_STATE:
		return state_is(f, fact, value);
	case DIM_MONTH:
		return month_is(l, fact, value);
	case DIM_PILLAR:
		return set_has_word(f, fact->pillars, value);
	case DIM_TOPIC:
		return set_has_word(f, fact->topics, value);
	case DIM_CATEGORY:
		return word_is(f, fact->category, value);
	case DIM_FORMAT:
		return word_is(f, fact->format, value);
	case DIM_FRAME:
		return word_is(f, fact->frame, value);
	case DIM_STATUS:
		return strcmp(status_name((enum status)fact->status), value) == 0;
	default:
		return false;
	}
}

static bool
filters_match(const struct listing *l, const struct event_fact *fact)
{
	for (size_t i = 0; i < l->in->n_filters; i++) {
		const Kusanone__V1__Filter *filter = l->in->filters[i];
		enum dimension d = dimension_of(slice_str(filter->dimension));
		bool any = filter->n_values == 0;

		for (size_t k = 0; k < filter->n_values && !any; k++) {
			any = value_matches(l, fact, d, filter->values[k]);
		}
		if (!any) {
			return false;
		}
	}
	return true;
}

static bool
years_match(const struct listing *l, const struct event_fact *fact)
{
	int32_t from = l->in->fiscal_year_from, to = l->in->fiscal_year_to;
	int16_t year = fact->fiscal_year[l->rule];

	if (from == 0 && to == 0) {
		return true;
	}
	return year != FISCAL_YEAR_NONE && year >= from && year <= (to != 0 ? to : from);
}

static bool
text_has(const Kusanone__V1__Text *text, const char *needle)
{
	return text != NULL &&
	       (strstr(text->ja, needle) != NULL || strcasestr(text->en, needle) != NULL);
}

static bool
words_match(const struct listing *l, uint32_t event)
{
	struct arena scratch = { 0 };
	const Kusanone__V1__Event *shown;
	bool found = l->in->text[0] == '\0';

	if (!found && (shown = event_shown(l->fold, event, &scratch, NULL)) != NULL) {
		found = text_has(shown->title, l->in->text) ||
			text_has(shown->summary, l->in->text) ||
			text_has(shown->note, l->in->text) ||
			strcmp(shown->source_key, l->in->text) == 0;
	}
	arena_fini(&scratch);
	return found;
}

static bool
event_matches(const struct listing *l, uint32_t event)
{
	const struct event_row *e = table_at(&l->fold->events, event);

	if (e->fact1 == 0) {
		return false;
	}
	const struct event_fact *fact = table_at(&l->fold->facts, e->fact1 - 1);
	return years_match(l, fact) && filters_match(l, fact) && words_match(l, event);
}

static bool
fault(struct show_fault *f, const char *code, const char *field, const char *ja,
      const char *en, const char *expected)
{
	*f = (struct show_fault){ .code = code,
				  .field = field,
				  .reason_ja = ja,
				  .reason_en = en,
				  .expected_ja = expected,
				  .expected_en = expected };
	return false;
}

/* Words of a fixed list; codes are the programme's, and one that no event has is none. */
static bool
check_value(enum dimension d, const char *value, struct show_fault *f)
{
	enum status status;
	struct date date;

	if (d == DIM_STATUS && !status_parse(slice_str(value), &status)) {
		return fault(f, "invalid", "filters", "状態として読めません",
			     "is no status",
			     "not_stated, planned, postponed, cancelled, held");
	}
	if (d == DIM_MONTH &&
	    (!date_parse(slice_str(value), &date) || date.precision != PRECISION_MONTH)) {
		return fault(f, "invalid", "filters", "月として読めません", "is no month",
			     "2024-02");
	}
	return true;
}

static bool
check_list(const Kusanone__V1__EventsQuery *in, struct show_fault *f)
{
	for (size_t i = 0; i < in->n_filters; i++) {
		enum dimension d = dimension_of(slice_str(in->filters[i]->dimension));

		if (d == DIM_COUNT) {
			return fault(f, "invalid", "filters", "知らない区分です",
				     "is no dimension",
				     "fy, month, post, state, category, pillar, format, "
				     "topic, "
				     "frame, status");
		}
		for (size_t k = 0; k < in->filters[i]->n_values; k++) {
			if (!check_value(d, in->filters[i]->values[k], f)) {
				return false;
			}
		}
	}
	return true;
}

/* Newest first; 'after' is the id that the last page ended with. */
static bool
list_events(struct fold *f, const Kusanone__V1__EventsQuery *in, struct arena *arena,
	    Kusanone__V1__EventsReply *reply, struct show_fault *ret_fault)
{
	struct listing l = { .fold = f, .in = in, .arena = arena };
	uint32_t limit = in->limit == 0         ? PAGE_USUAL
			 : in->limit > PAGE_MAX ? PAGE_MAX
						: in->limit;
	uint32_t from = f->events.count;
	struct uuid after;

	if (!check_list(in, ret_fault)) {
		return false;
	}
	if (in->rule[0] != '\0' && !date_rule_parse(slice_str(in->rule), &l.rule)) {
		return fault(ret_fault, "invalid", "rule", "知らない日付規則です",
			     "is no dating rule", "local, tokyo");
	}
	if (in->after[0] != '\0') {
		if (!uuid_parse(slice_str(in->after), &after) ||
		    (from = fold_find_event(f, &after)) == UINT32_MAX) {
			return fault(ret_fault, "invalid", "after",
				     "その案件はありません",
				     "is no event that is held here", "an event's id");
		}
	}
	reply->position = fold_position(f);
	reply->rows = arena_alloc(arena, limit * sizeof(reply->rows[0]));
	for (uint32_t i = f->events.count; i > 0; i--) {
		if (!event_matches(&l, i - 1)) {
			continue;
		}
		reply->matching++;
		if (i - 1 >= from) {
			continue;
		}
		if (reply->n_rows == limit) {
			if (reply->next[0] == '\0') {
				reply->next = reply->rows[limit - 1]->event_id;
			}
			continue;
		}
		Kusanone__V1__EventRow *row = arena_alloc(arena, sizeof(*row));
		if (show_event_row(f, i - 1, l.rule, arena, row)) {
			reply->rows[reply->n_rows++] = row;
		}
	}
	return true;
}

/* ---- One event ------------------------------------------------------------------- */

static void
fill_conflicts(const struct merge_result *result, struct arena *arena,
	       Kusanone__V1__EventReply *reply)
{
	reply->conflicts =
		arena_alloc(arena, result->conflict_count * sizeof(reply->conflicts[0]));
	for (size_t i = 0; i < result->conflict_count; i++) {
		const struct merge_conflict *in = &result->conflicts[i];
		Kusanone__V1__Conflict *c = arena_alloc(arena, sizeof(*c));

		kusanone__v1__conflict__init(c);
		c->field = (char *)(uintptr_t)in->path;
		c->before = (char *)(uintptr_t)conflict_value(in->path, in->base, arena);
		c->theirs = (char *)(uintptr_t)conflict_value(in->path, in->ours, arena);
		c->yours = (char *)(uintptr_t)conflict_value(in->path, in->theirs, arena);
		reply->conflicts[reply->n_conflicts++] = c;
	}
}

static void
fill_heads(struct fold *f, uint32_t event, struct arena *arena,
	   Kusanone__V1__EventReply *reply)
{
	const struct event_row *e = table_at(&f->events, event);
	size_t count = 0;

	for (uint32_t h1 = e->first_head1; h1 != 0; count++) {
		h1 = ((const struct revision_row *)table_at(&f->revisions, h1 - 1))
			     ->next_head1;
	}
	reply->heads = arena_alloc(arena, count * sizeof(reply->heads[0]));
	for (uint32_t h1 = e->first_head1; h1 != 0;) {
		const struct revision_row *r = table_at(&f->revisions, h1 - 1);

		reply->heads[reply->n_heads++] = show_record_hash(f, r->record, arena);
		h1 = r->next_head1;
	}
}

/* What a record says, in a few words of its own. */
static const char *
record_words(const Kusanone__V1__Record *r, struct arena *arena)
{
	static const char *const answers[] = { "", "confirmed", "disputed", "withdrawn" };

	switch (r->body_case) {
	case KUSANONE__V1__RECORD__BODY_EVENT_REVISION:
		return r->event_revision->why;
	case KUSANONE__V1__RECORD__BODY_WITHDRAWAL:
		return r->withdrawal->why;
	case KUSANONE__V1__RECORD__BODY_COHOST_ANSWER:
		return arena_printf(arena, "%s %s %s", r->cohost_answer->post,
				    r->cohost_answer->answer <= 3
					    ? answers[r->cohost_answer->answer]
					    : "",
				    r->cohost_answer->note);
	case KUSANONE__V1__RECORD__BODY_REVIEW:
		return arena_printf(arena, "%s %s", review_name((int)r->review->state),
				    r->review->comment);
	case KUSANONE__V1__RECORD__BODY_BEST_PRACTICE:
		return arena_printf(arena, "FY%d", r->best_practice->fiscal_year);
	case KUSANONE__V1__RECORD__BODY_MERGE:
		return r->merge->into_event_id;
	case KUSANONE__V1__RECORD__BODY_OWNERSHIP_MOVE:
		return r->ownership_move->to_post;
	case KUSANONE__V1__RECORD__BODY_SOURCE_CONFIRMATION:
		return r->source_confirmation->source != NULL
			       ? r->source_confirmation->source->name
			       : "";
	default:
		return "";
	}
}

static struct slice
revision_event_bytes(struct fold *f, uint32_t row, struct arena *arena)
{
	struct slice bytes;
	struct record record;

	if (f->source.read(f->source.ctx, (uint64_t)row + 1, arena, &bytes) &&
	    record_decode(bytes, arena, &record, NULL) &&
	    record.body == BODY_EVENT_REVISION) {
		return record.revision.event.bytes;
	}
	return (struct slice){ 0 };
}

static void
fill_revision(struct fold *f, uint32_t row, const Kusanone__V1__EventRevision *revision,
	      struct arena *arena, Kusanone__V1__HistoryRow *out)
{
	struct slice before = { 0 };
	const char **paths;

	out->bases = arena_alloc(arena, revision->n_bases * sizeof(out->bases[0]));
	for (size_t i = 0; i < revision->n_bases; i++) {
		struct hash base;

		if (revision->bases[i].len != HASH_LEN) {
			continue;
		}
		memcpy(base.b, revision->bases[i].data, HASH_LEN);
		out->bases[out->n_bases++] = hash_text(arena, &base);
		uint32_t base_row = fold_find_record(f, &base);
		if (i == 0 && base_row != UINT32_MAX) {
			before = revision_event_bytes(f, base_row, arena);
		}
	}
	if (before.len != 0) {
		out->n_changed = event_diff(before, revision_event_bytes(f, row, arena),
					    arena, &paths);
		out->changed = (char **)(uintptr_t)paths;
	}
}

Kusanone__V1__HistoryRow *
show_history_row(struct fold *f, uint32_t row, struct arena *arena)
{
	const struct record_row *r = table_at(&f->records, row);
	const Kusanone__V1__Record *record = read_record(f, row, arena);
	Kusanone__V1__HistoryRow *out = arena_alloc(arena, sizeof(*out));

	kusanone__v1__history_row__init(out);
	out->position = (uint64_t)row + 1;
	out->record = show_record_hash(f, row, arena);
	out->kind = (char *)(uintptr_t)body_name(r->body);
	out->verdict = (char *)(uintptr_t)fold_verdict_name(r->verdict);
	if (r->node1 != 0) {
		const struct node_row *n = table_at(&f->nodes, r->node1 - 1);

		out->node = word(f, n->name, arena);
	}
	if (record == NULL) {
		return out;
	}
	out->recorded_ms = record->recorded_ms;
	out->author = record->author;
	out->words = (char *)(uintptr_t)record_words(record, arena);
	if (record->body_case == KUSANONE__V1__RECORD__BODY_EVENT_REVISION) {
		fill_revision(f, row, record->event_revision, arena, out);
	}
	return out;
}

/* Oldest first. */
static void
fill_history(struct fold *f, uint32_t event, struct arena *arena,
	     Kusanone__V1__EventReply *reply)
{
	const struct event_row *e = table_at(&f->events, event);
	size_t count = 0;

	for (uint32_t r1 = e->newest1; r1 != 0 && count < HISTORY_MAX; count++) {
		r1 = ((const struct record_row *)table_at(&f->records, r1 - 1))->older1;
	}
	reply->history = arena_alloc(arena, count * sizeof(reply->history[0]));
	reply->n_history = count;
	for (uint32_t r1 = e->newest1; count > 0;) {
		reply->history[--count] = show_history_row(f, r1 - 1, arena);
		r1 = ((const struct record_row *)table_at(&f->records, r1 - 1))->older1;
	}
}

static bool
has_part(const Kusanone__V1__EventReply *reply, const struct hash *part)
{
	for (size_t i = 0; i < reply->n_part_hashes; i++) {
		if (memcmp(reply->part_hashes[i].data, part->b, HASH_LEN) == 0) {
			return true;
		}
	}
	return false;
}

/* A name that an edit took out again still lies in the store: of all revisions. */
static void
fill_part_hashes(struct fold *f, uint32_t event, struct arena *arena,
		 Kusanone__V1__EventReply *reply)
{
	const struct event_row *e = table_at(&f->events, event);
	size_t cap = 0;

	for (uint32_t r1 = e->newest1; r1 != 0;) {
		const struct record_row *row = table_at(&f->records, r1 - 1);
		struct slice bytes;
		struct record record;

		if (row->body == BODY_EVENT_REVISION &&
		    f->source.read(f->source.ctx, r1, arena, &bytes) &&
		    record_decode(bytes, arena, &record, NULL)) {
			const struct event *event_ = &record.revision.event;

			for (size_t i = 0; i < event_->people_count; i++) {
				if (has_part(reply, &event_->people[i])) {
					continue;
				}
				if (reply->n_part_hashes == cap) {
					cap = cap != 0 ? 2 * cap : 16;
					ProtobufCBinaryData *list =
						arena_alloc(arena, cap * sizeof(list[0]));

					if (reply->n_part_hashes != 0) {
						memcpy(list, reply->part_hashes,
						       reply->n_part_hashes *
							       sizeof(list[0]));
					}
					reply->part_hashes = list;
				}
				reply->part_hashes[reply->n_part_hashes++] =
					pb_slice(hash_slice(&event_->people[i]));
			}
		}
		r1 = row->older1;
	}
}

/* The post in whose jurisdiction each venue lies on its date. */
static void
fill_jurisdictions(struct fold *f, const Kusanone__V1__Event *event, struct arena *arena,
		   Kusanone__V1__EventReply *reply)
{
	size_t count = event->n_sessions + event->n_stated_places;
	struct date first = { 0 };

	if (event->n_stated_dates != 0) {
		(void)!date_parse(slice_str(event->stated_dates[0]->value), &first);
	}
	reply->jurisdictions =
		arena_alloc(arena, count * sizeof(reply->jurisdictions[0]));
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__Place *place;
		struct date date = first;

		if (i < event->n_sessions) {
			const Kusanone__V1__Session *s = event->sessions[i];

			place = s->place;
			if (s->start != NULL) {
				(void)!date_parse(slice_str(s->start->value), &date);
			}
		} else {
			place = event->stated_places[i - event->n_sessions];
		}
		if (place == NULL || place->state[0] == '\0') {
			continue;
		}
		uint32_t post = reference_covering_post(
			&f->reference, slice_str(place->state), slice_str(place->county),
			date.precision != PRECISION_NONE ? date_first_day(&date)
							 : REFERENCE_ANY_DAY);
		if (post != 0) {
			reply->jurisdictions[reply->n_jurisdictions++] = arena_printf(
				arena, "%s: %s", place->state, word(f, post, arena));
		}
	}
}

static bool
show_event(struct fold *f, const Kusanone__V1__EventQuery *in, struct arena *arena,
	   Kusanone__V1__EventReply *reply, struct show_fault *ret_fault)
{
	struct merge_result conflicts = { 0 };
	struct uuid id;
	uint32_t event = UINT32_MAX;

	if (!uuid_parse(slice_str(in->event_id), &id)) {
		return fault(ret_fault, "invalid", "event_id", "案件番号ではありません",
			     "is no event id", "01234567-89ab-7cde-8f01-23456789abcd");
	}
	event = fold_find_event(f, &id);
	if (event == UINT32_MAX) {
		return fault(ret_fault, "unknown", "event_id",
			     "その案件はここにありません", "no such event is held here",
			     "kusanone events");
	}
	const struct event_row *e = table_at(&f->events, event);
	reply->row = arena_alloc(arena, sizeof(*reply->row));
	if (show_event_row(f, event, RULE_LOCAL, arena, reply->row)) {
		reply->event = event_shown(f, event, arena, &conflicts);
		fill_conflicts(&conflicts, arena, reply);
		fill_heads(f, event, arena, reply);
		fill_jurisdictions(f, reply->event, arena, reply);
		fill_part_hashes(f, event, arena, reply);
	} else {
		reply->row->event_id = show_event_id(f, event, arena);
	}
	if (e->newest1 != 0) {
		reply->position = e->newest1;
	}
	if (e->review1 != 0) {
		const Kusanone__V1__Record *r = read_record(f, e->review1 - 1, arena);

		reply->review = r != NULL ? r->review : NULL;
	}
	if (e->merged_into1 != 0) {
		reply->merged_into =
			show_event_id(f, fold_forward(f, e->merged_into1 - 1), arena);
	}
	if (in->history) {
		fill_history(f, event, arena, reply);
	}
	return true;
}

/* ---- Figures and reference data -------------------------------------------------- */

static Kusanone__V1__ReferenceRow *
reference_message(struct fold *f, const struct reference_entry *entry,
		  struct arena *arena)
{
	struct reference_row row;
	struct buf packed = { 0 };

	reference_entry_row(&f->reference, entry, arena, &row);
	reference_row_pack(&row, &packed);
	struct slice bytes =
		slice_of(arena_dup(arena, packed.at, packed.len), packed.len);
	buf_fini(&packed);
	return (Kusanone__V1__ReferenceRow *)unpack_message(
		&kusanone__v1__reference_row__descriptor, bytes, arena, NULL);
}

static bool
kind_of(const char *word_, uint8_t *ret)
{
	static const char *const names[REFERENCE_KINDS] = {
		[REFERENCE_POST] = "post",
		[REFERENCE_JURISDICTION] = "jurisdiction",
		[REFERENCE_CODE] = "code",
		[REFERENCE_PILLAR] = "pillar",
		[REFERENCE_MUNICIPALITY] = "municipality",
		[REFERENCE_STATE] = "state",
		[REFERENCE_SETTING] = "setting",
	};

	*ret = REFERENCE_UNKNOWN;
	for (unsigned i = 1; i < REFERENCE_KINDS; i++) {
		if (strcmp(names[i], word_) == 0) {
			*ret = (uint8_t)i;
		}
	}
	return word_[0] == '\0' || *ret != REFERENCE_UNKNOWN;
}

static bool
list_reference(struct fold *f, const Kusanone__V1__ReferenceQuery *in,
	       struct arena *arena, Kusanone__V1__ReferenceReply *reply,
	       struct show_fault *ret_fault)
{
	uint32_t count = reference_count(&f->reference);
	int32_t on = REFERENCE_ANY_DAY;
	uint8_t kind;
	struct date date;

	if (!kind_of(in->kind, &kind)) {
		return fault(
			ret_fault, "invalid", "kind", "知らない種類です", "is no kind",
			"post, jurisdiction, code, pillar, municipality, state, setting");
	}
	if (in->on[0] != '\0') {
		if (!date_parse(slice_str(in->on), &date) ||
		    date.precision != PRECISION_DAY) {
			return fault(ret_fault, "invalid", "on", "日付として読めません",
				     "is no day", "2015-01-01");
		}
		on = date_first_day(&date);
	}
	reply->position = fold_position(f);
	reply->rows = arena_alloc(arena, count * sizeof(reply->rows[0]));
	for (uint32_t i = 0; i < count; i++) {
		const struct reference_entry *entry = reference_at(&f->reference, i);

		if (entry->to_pos != REFERENCE_OPEN_POS ||
		    (kind != REFERENCE_UNKNOWN && entry->kind != kind)) {
			continue;
		}
		if (on != REFERENCE_ANY_DAY &&
		    ((entry->valid_from != REFERENCE_ANY_DAY && on < entry->valid_from) ||
		     (entry->valid_to != REFERENCE_ANY_DAY && on > entry->valid_to))) {
			continue;
		}
		Kusanone__V1__ReferenceRow *row = reference_message(f, entry, arena);
		if (row != NULL) {
			reply->rows[reply->n_rows++] = row;
		}
	}
	return true;
}

bool
show_answer(struct fold *f, const Kusanone__V1__Query *query, struct arena *arena,
	    Kusanone__V1__Reply *ret_reply, struct show_fault *ret_fault)
{
	kusanone__v1__reply__init(ret_reply);
	switch (query->query_case) {
	case KUSANONE__V1__QUERY__QUERY_EVENTS:
		ret_reply->reply_case = KUSANONE__V1__REPLY__REPLY_EVENTS;
		ret_reply->events = arena_alloc(arena, sizeof(*ret_reply->events));
		kusanone__v1__events_reply__init(ret_reply->events);
		return list_events(f, query->events, arena, ret_reply->events, ret_fault);
	case KUSANONE__V1__QUERY__QUERY_EVENT:
		ret_reply->reply_case = KUSANONE__V1__REPLY__REPLY_EVENT;
		ret_reply->event = arena_alloc(arena, sizeof(*ret_reply->event));
		kusanone__v1__event_reply__init(ret_reply->event);
		return show_event(f, query->event, arena, ret_reply->event, ret_fault);
	case KUSANONE__V1__QUERY__QUERY_FIGURES:
		ret_reply->reply_case = KUSANONE__V1__REPLY__REPLY_FIGURES;
		ret_reply->figures = arena_alloc(arena, sizeof(*ret_reply->figures));
		kusanone__v1__figures_reply__init(ret_reply->figures);
		ret_reply->figures->position = fold_position(f);
		ret_reply->figures->n_rows =
			totals_published(f, fold_position(f), RULE_LOCAL, arena,
					 &ret_reply->figures->rows);
		return true;
	case KUSANONE__V1__QUERY__QUERY_REFERENCE:
		ret_reply->reply_case = KUSANONE__V1__REPLY__REPLY_REFERENCE;
		ret_reply->reference = arena_alloc(arena, sizeof(*ret_reply->reference));
		kusanone__v1__reference_reply__init(ret_reply->reference);
		return list_reference(f, query->reference, arena, ret_reply->reference,
				      ret_fault);
	default:
		return fault(ret_fault, "unknown", "query", "知らない質問です",
			     "is no question that is answered here", "kusanone --help");
	}
}
