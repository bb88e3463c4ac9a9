#include "notification/body.h"

#include "lib/base/text.h"
#include "lib/model/labels.h"
#include "notification/changes.h"
#include "notification/dates.h"
#include "notification/names.h"

enum { MAX_SITTINGS = 20, MAX_CHANGES = 40 };

static void
put_more(struct letter *l, size_t count, size_t shown)
{
	if (count > shown) {
		letter_say(l, SAY(l->voice, W_MORE,
				  unsigned_text(l->voice->arena, count - shown)));
	}
}

/* One sitting, a line for each fact. */
static void
put_sitting(struct letter *l, const struct told *t, const struct sitting *s)
{
	const struct voice *v = l->voice;

	letter_fact(l, SAY(v, W_WHEN), say_when(v, s));
	letter_fact(l, SAY(v, W_WHEN_IN, voice_quote(v, v->compose->zone)),
		    say_when_for_reader(v, s));
	letter_fact(l, SAY(v, W_WHERE), name_of_where(v, s, t->day));
}

/* Several, a line for each. */
static void
put_sittings(struct letter *l, const struct told *t)
{
	const struct voice *v = l->voice;
	size_t shown = 0;

	for (; shown < t->sitting_count && shown < MAX_SITTINGS; shown++) {
		const struct sitting *s = &t->sittings[shown];
		const char *label = t->has_sessions
					    ? SAY(v, W_SESSION_N, voice_quote(v, s->id))
					    : SAY(v, W_WHEN);
		const char *when = say_when(v, s);
		const char *for_reader = say_when_for_reader(v, s);

		if (for_reader[0] != '\0') {
			for_reader = SAY(v, W_IN_ZONE, for_reader,
					 voice_quote(v, v->compose->zone));
		}
		letter_fact(
			l, label,
			JOIN(v, SAY(v, W_DOT), when, for_reader,
			     name_of_where(v, s, t->day),
			     s->status != t->status ? name_of_status(v, s->status) : ""));
	}
	put_more(l, t->sitting_count, shown);
}

static void
put_places(struct letter *l, const struct told *t)
{
	const struct voice *v = l->voice;
	size_t shown = 0;

	/* A single one stands beside the date already. */
	if (t->place_count == 1 && t->sitting_count != 0) {
		return;
	}
	for (; shown < t->place_count && shown < MAX_SITTINGS; shown++) {
		letter_fact(l, SAY(v, W_WHERE),
			    name_of_place(v, &t->places[shown], t->day));
	}
	put_more(l, t->place_count, shown);
}

/* Title, when, where, posts, status. */
static void
put_event(struct letter *l, const struct told *t, const struct sitting *only,
	  const char *status)
{
	const struct voice *v = l->voice;

	letter_fact(l, label_of_field(v->lang == NOTE_JA, "title"), name_of_event(v, t));
	if (only != NULL || t->sitting_count == 1) {
		put_sitting(l, t, only != NULL ? only : &t->sittings[0]);
	} else {
		put_sittings(l, t);
	}
	put_places(l, t);
	letter_fact(l, SAY(v, W_POSTS), names_of_posts(v, t));
	letter_fact(l, SAY(v, W_STATUS), status);
}

static void
put_changes(struct letter *l, const struct note *n)
{
	const struct voice *v = l->voice;
	struct change *changes;
	size_t count = changes_of(v, n->event_before, n->event_now, &changes);
	size_t shown = 0;

	for (; shown < count && shown < MAX_CHANGES; shown++) {
		letter_fact(l, SAY(v, W_CHANGED_FIELD, changes[shown].label),
			    change_words(v, &changes[shown]));
	}
	put_more(l, count, shown);
}

static const char *
id_text(const struct voice *v, const struct uuid *id)
{
	char text[UUID_TEXT_LEN + 1];

	uuid_format(id, text);
	return arena_dup(v->arena, text, UUID_TEXT_LEN);
}

/* place,partner as the reader calls them. */
static const char *
near_words(const struct voice *v, struct slice near)
{
	static const struct {
		const char *name;
		enum word word;
	} words[] = { { "place", W_NEAR_PLACE },
		      { "day", W_NEAR_DAY },
		      { "partner", W_NEAR_PARTNER },
		      { "vip_kind", W_NEAR_VIP_KIND } };
	const char *found[ARRAY_LEN(words)];
	size_t count = 0;

	while (near.len != 0 && count < ARRAY_LEN(words)) {
		const uint8_t *comma = memchr(near.at, ',', near.len);
		size_t len = comma != NULL ? (size_t)(comma - near.at) : near.len;
		struct slice word = slice_of(near.at, len);

		found[count] = voice_quote(v, word);
		for (size_t i = 0; i < ARRAY_LEN(words); i++) {
			if (slice_eq_str(word, words[i].name)) {
				found[count] = SAY(v, words[i].word);
			}
		}
		count++;
		near = slice_from(near, comma != NULL ? len + 1 : len);
	}
	return voice_join(v, SAY(v, W_LIST_COMMA), found, count);
}

static void
put_other(struct letter *l, const struct note *n)
{
	const struct voice *v = l->voice;
	struct told other;

	if (!told_read(n->other, v->arena, &other)) {
		return;
	}
	letter_heading(l, SAY(v, W_OTHER));
	put_event(l, &other, NULL, name_of_status(v, other.status));
	letter_fact(l, SAY(v, W_ID), id_text(v, &other.id));
}

/* What comes before an event's own facts. */
static void
put_sentence(struct letter *l, const struct note *n)
{
	const struct voice *v = l->voice;

	switch (n->kind) {
	case ALERT_CANCELLED:
		if (n->withdrawn) {
			letter_say(l, SAY(v, W_SAY_WITHDRAWN));
		}
		break;
	case ALERT_COHOST_ASKED:
		letter_say(l, SAY(v, W_SAY_COHOST,
				  name_of_post(v, n->post, REFERENCE_ANY_DAY)));
		break;
	case ALERT_REPORT_OVERDUE:
		letter_say(l, SAY(v, W_SAY_REPORT,
				  say_span(v, n->days * ALERT_MINUTES_A_DAY)));
		break;
	case ALERT_DATE_NOT_FIXED:
		letter_say(l, SAY(v, W_SAY_DATE));
		break;
	case ALERT_CONFLICT:
		letter_say(l, SAY(v, W_SAY_CONFLICT, near_words(v, n->near)));
		break;
	case ALERT_COVERAGE_GAP:
		letter_say(l, n->since_ms != 0
				      ? SAY(v, W_SAY_GAP, say_instant_day(v, n->since_ms))
				      : SAY(v, W_SAY_GAP_NONE));
		break;
	case ALERT_POST_SILENT:
		letter_say(l, n->since_ms != 0
				      ? SAY(v, W_SAY_SILENT, say_instant(v, n->since_ms))
				      : SAY(v, W_SAY_SILENT_NONE));
		break;
	case ALERT_MILESTONE:
		letter_say(l, SAY(v, W_SAY_MILESTONE, number_text(v->arena, n->value)));
		break;
	case ALERT_RESTATEMENT:
		letter_say(l, SAY(v, W_SAY_RESTATED));
		break;
	default:
		break;
	}
}

/* What is about no event. */
static void
put_figure(struct letter *l, const struct note *n)
{
	const struct voice *v = l->voice;

	letter_fact(l, SAY(v, W_MEASURE), item_measure(v, n->measure));
	letter_fact(l, SAY(v, W_YEARS),
		    label_of_fiscal_years(v->lang == NOTE_JA, n->fy_from, n->fy_to,
					  v->arena));
	letter_fact(l, SAY(v, W_VALUE),
		    SAY(v, W_OLD_NEW, number_text(v->arena, n->value_before),
			number_text(v->arena, n->value)));
}

static const char *
status_of(const struct voice *v, const struct item *i)
{
	return i->note->withdrawn   ? SAY(v, W_STATUS_WITHDRAWN)
	       : i->sitting != NULL ? name_of_status(v, i->sitting->status)
				    : name_of_status(v, i->event.status);
}

static void
put_item(struct letter *l, const struct item *i)
{
	const struct voice *v = l->voice;
	const struct note *n = i->note;
	const char *id = id_text(v, &i->event.id);

	letter_heading(l, item_headline(v, i));
	put_sentence(l, n);
	if (n->kind == ALERT_RESTATEMENT) {
		put_figure(l, n);
	}
	if (i->has_event) {
		put_event(l, &i->event, i->sitting, status_of(v, i));
	}
	if (n->kind == ALERT_CHANGED || n->kind == ALERT_MOVED) {
		put_changes(l, n);
	}
	letter_fact(l, SAY(v, W_WHY), voice_quote_lines(v, n->why));
	if (i->has_event || n->has_event) {
		letter_fact(l, SAY(v, W_ID), id);
		letter_command(l, SAY(v, W_SEE),
			       arena_printf(v->arena, "kusanone show %s", id));
	}
	if (n->kind == ALERT_COHOST_ASKED) {
		letter_command(l, SAY(v, W_ANSWER),
			       arena_printf(v->arena, "kusanone cohost confirm %s", id));
	}
	if (n->kind == ALERT_CONFLICT) {
		put_other(l, n);
	}
}

void
body_put(struct letter *l, const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (count > 1 && (i == 0 || !item_same_group(&items[i - 1], &items[i]))) {
			letter_group(l, item_group(l->voice, &items[i]));
		}
		put_item(l, &items[i]);
	}
}
