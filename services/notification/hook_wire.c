#include "notification/compose.h"

#include "kusanone/v1/alert.pb-c.h"
#include "lib/model/json_wire.h"
#include "notification/changes.h"
#include "notification/item.h"
#include "notification/told_wire.h"

/* The two languages of one message. */
struct voices {
	struct voice ja, en;
	struct arena *arena;
};

static char *
copy(const struct voices *v, struct slice s)
{
	return arena_dup(v->arena, s.at, s.len);
}

static Kusanone__V1__Text *
make_text(const struct voices *v, struct slice ja, struct slice en)
{
	if (ja.len == 0 && en.len == 0) {
		return NULL;
	}
	Kusanone__V1__Text *text = arena_alloc(v->arena, sizeof(*text));
	kusanone__v1__text__init(text);
	text->ja = copy(v, ja);
	text->en = copy(v, en);
	return text;
}

static char *
id_text(const struct voices *v, const struct uuid *id)
{
	char *text = arena_alloc(v->arena, UUID_TEXT_LEN + 1);

	uuid_format(id, text);
	return text;
}

/* The event's own parts, without those that are restricted. */
static void
put_event(const struct voices *v, Kusanone__V1__AlertNote *out, struct slice event)
{
	const Kusanone__V1__Event *e = told_unpack(event, v->arena);

	if (e == NULL) {
		return;
	}
	out->title = e->title;
	out->recorder = e->recorder;
	out->lead = e->lead;
	out->n_posts = e->n_holders;
	out->posts = e->holders;
	out->n_sessions = e->n_sessions;
	out->sessions = e->sessions;
	out->n_stated_dates = e->n_stated_dates;
	out->stated_dates = e->stated_dates;
	out->n_stated_places = e->n_stated_places;
	out->stated_places = e->stated_places;
	out->category = e->category;
	out->n_pillars = e->n_pillars;
	out->pillars = e->pillars;
	out->url = e->url;
}

/* The same changes in both languages stand in the same order. */
static void
put_changes(const struct voices *v, Kusanone__V1__AlertNote *out, const struct note *n)
{
	struct change *ja, *en;
	size_t count = changes_of(&v->ja, n->event_before, n->event_now, &ja);

	must(changes_of(&v->en, n->event_before, n->event_now, &en) == count);
	Kusanone__V1__AlertChange *list = arena_alloc(v->arena, count * sizeof(list[0]));
	out->n_changes = count;
	out->changes = arena_alloc(v->arena, count * sizeof(out->changes[0]));
	for (size_t i = 0; i < count; i++) {
		kusanone__v1__alert_change__init(&list[i]);
		list[i].field = copy(v, slice_str(ja[i].path));
		list[i].label =
			make_text(v, slice_str(ja[i].label), slice_str(en[i].label));
		list[i].was = make_text(v, slice_str(ja[i].was), slice_str(en[i].was));
		list[i].now = make_text(v, slice_str(ja[i].now), slice_str(en[i].now));
		list[i].restricted = ja[i].restricted;
		out->changes[i] = &list[i];
	}
}

static void
put_near(const struct voices *v, Kusanone__V1__AlertNote *out, struct slice near)
{
	out->near = arena_alloc(v->arena, (near.len + 1) * sizeof(out->near[0]));
	while (near.len != 0) {
		const uint8_t *comma = memchr(near.at, ',', near.len);
		size_t len = comma != NULL ? (size_t)(comma - near.at) : near.len;

		out->near[out->n_near++] = copy(v, slice_of(near.at, len));
		near = slice_from(near, comma != NULL ? len + 1 : len);
	}
}

static void
put_kind(const struct voices *v, Kusanone__V1__AlertNote *out, const struct note *n)
{
	struct told other;

	out->session = copy(v, n->session);
	out->lead_minutes = n->lead_minutes;
	out->starts_ms = n->starts_ms;
	out->post = copy(v, n->post);
	out->dimension = copy(v, n->dimension);
	out->code = copy(v, n->code);
	out->since_ms = n->since_ms;
	out->days = n->days;
	if (told_read(n->other, v->arena, &other)) {
		out->other_event_id = id_text(v, &other.id);
		out->other_title = make_text(v, other.title.ja, other.title.en);
	}
	put_near(v, out, n->near);
	out->value = n->value;
	out->value_before = n->value_before;
	out->measure = copy(v, n->measure);
	if (n->kind == ALERT_RESTATEMENT) {
		out->fiscal_year_from = n->fy_from;
		out->fiscal_year_to = n->fy_to;
	}
}

static Kusanone__V1__AlertNote *
make_note(const struct voices *v, const struct item *i)
{
	const struct note *n = i->note;
	Kusanone__V1__AlertNote *out = arena_alloc(v->arena, sizeof(*out));
	char hex[2 * sizeof(n->id) + 1];

	kusanone__v1__alert_note__init(out);
	hex_format(n->id, sizeof(n->id), hex);
	out->id = copy(v, slice_str(hex));
	out->kind = copy(v, slice_str(alert_kind_name(n->kind)));
	out->words = make_text(v, slice_str(item_headline(&v->ja, i)),
			       slice_str(item_headline(&v->en, i)));
	if (i->has_event || n->has_event) {
		out->event_id = id_text(v, &i->event.id);
		out->status = (Kusanone__V1__Status)i->event.status;
		put_event(v, out, n->event_now.len != 0 ? n->event_now : n->event_before);
	}
	out->withdrawn = n->withdrawn;
	if (n->kind == ALERT_CHANGED || n->kind == ALERT_MOVED) {
		put_changes(v, out, n);
	}
	out->why = copy(v, n->why);
	out->sequence = n->sequence;
	out->changed_ms = n->changed_ms;
	put_kind(v, out, n);
	return out;
}

void
compose_hook(const struct compose *c, const char *message_id, const struct note *notes,
	     size_t count, struct arena *arena, struct slice *ret)
{
	struct voices v = {
		.ja = { .compose = c, .lang = NOTE_JA, .arena = arena },
		.en = { .compose = c, .lang = NOTE_EN, .arena = arena },
		.arena = arena,
	};
	struct item *items = arena_alloc(arena, (count + 1) * sizeof(items[0]));
	Kusanone__V1__AlertMessage message = KUSANONE__V1__ALERT_MESSAGE__INIT;
	struct buf b = { 0 };

	for (size_t i = 0; i < count; i++) {
		items[i] = item_of(&notes[i], arena);
	}
	items_sort(items, count);
	message.id = copy(&v, slice_str(message_id));
	message.n_alerts = count;
	message.alerts = arena_alloc(arena, (count + 1) * sizeof(message.alerts[0]));
	for (size_t i = 0; i < count; i++) {
		message.alerts[i] = make_note(&v, &items[i]);
	}
	message_to_json(&message.base, 0, &b);
	*ret = slice_of(arena_dup(arena, b.at, b.len), b.len);
	buf_fini(&b);
}
