#include "notification/compose.h"

#include "kusanone/v1/alert.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "notification/body.h"
#include "notification/invite.h"

static struct item *
items_of(const struct note *notes, size_t count, struct arena *arena)
{
	struct item *items = arena_alloc(arena, (count + 1) * sizeof(items[0]));

	for (size_t i = 0; i < count; i++) {
		items[i] = item_of(&notes[i], arena);
	}
	items_sort(items, count);
	return items;
}

/* Generated messages hold char * and are only read. */
static char *
text_of(struct arena *arena, const char *text)
{
	return arena_dup(arena, text, strlen(text));
}

static void
put_parts(Kusanone__V1__Mail *mail, const struct invite *invites, size_t count,
	  struct arena *arena)
{
	Kusanone__V1__CalendarPart *parts = arena_alloc(arena, count * sizeof(parts[0]));

	mail->n_calendars = count;
	mail->calendars = arena_alloc(arena, count * sizeof(mail->calendars[0]));
	for (size_t i = 0; i < count; i++) {
		kusanone__v1__calendar_part__init(&parts[i]);
		parts[i].method = text_of(arena, calendar_method_name(invites[i].method));
		parts[i].file = text_of(arena, invites[i].file);
		parts[i].content = pb_slice(invites[i].content);
		mail->calendars[i] = &parts[i];
	}
}

void
compose_mail(const struct compose *c, const struct note *notes, size_t count,
	     struct arena *arena, struct slice *ret)
{
	struct voice v = { .compose = c, .lang = c->lang, .arena = arena };
	struct item *items = items_of(notes, count, arena);
	const char *subject = items_subject(&v, items, count);
	Kusanone__V1__Mail mail = KUSANONE__V1__MAIL__INIT;
	const char *text, *html;
	struct letter letter;
	struct invite *invites;

	letter_begin(&letter, &v, subject);
	if (count != 0) {
		body_put(&letter, items, count);
	} else {
		letter_say(&letter, SAY(&v, W_TEST));
	}
	letter_end(&letter, &text, &html);
	size_t part_count = invites_of(&v, items, count, &invites);
	mail.to = text_of(arena, c->to);
	mail.subject = text_of(arena, subject);
	mail.text = text_of(arena, text);
	mail.html = text_of(arena, html);
	mail.lang = c->lang == NOTE_JA ? "ja" : "en";
	put_parts(&mail, invites, part_count, arena);
	*ret = pack_in_arena(&mail.base, arena);
}

struct text
compose_line(const struct compose *c, const struct note *note, struct arena *arena)
{
	struct voice ja = { .compose = c, .lang = NOTE_JA, .arena = arena };
	struct voice en = { .compose = c, .lang = NOTE_EN, .arena = arena };
	struct item item = item_of(note, arena);

	return (struct text){ .ja = slice_str(item_headline(&ja, &item)),
			      .en = slice_str(item_headline(&en, &item)) };
}

void
compose_feed(const struct compose *c, struct slice name, const struct feed_event *events,
	     size_t count, struct arena *arena, struct slice *ret)
{
	struct voice v = { .compose = c, .lang = c->lang, .arena = arena };
	struct told *told = arena_alloc(arena, (count + 1) * sizeof(told[0]));
	struct calendar_entry *entries;
	size_t entry_count = 0;

	for (size_t i = 0; i < count; i++) {
		told_read(events[i].event, arena, &told[i]);
		told[i].id = events[i].id;
		entry_count += told[i].sitting_count;
	}
	entries = arena_alloc(arena, (entry_count + 1) * sizeof(entries[0]));
	entry_count = 0;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < told[i].sitting_count; k++) {
			const struct sitting *s = &told[i].sittings[k];

			if (calendar_can_hold(s)) {
				entries[entry_count++] = invite_entry(
					&v, &told[i], s, events[i].cancelled,
					events[i].sequence, events[i].changed_ms);
			}
		}
	}
	struct calendar calendar = { .method = CALENDAR_FEED,
				     .name = voice_quote(&v, name),
				     .zones = c->zones,
				     .entries = entries,
				     .count = entry_count };
	*ret = calendar_print(&calendar, arena);
}
