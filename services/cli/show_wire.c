/* kusanone show: one event with all that is known of it. */
#include <inttypes.h>
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/event_wire.h"
#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/lines.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

static const char *
text_lines(struct cli *cli, const Kusanone__V1__Text *text)
{
	return text == NULL ? ""
			    : text_clean_lines(&cli->arena,
					       pick(cli->lang, text->ja, text->en));
}

static const char *
date_text(struct cli *cli, const Kusanone__V1__Date *date)
{
	if (date == NULL) {
		return "";
	}
	const char *value = text_clean(&cli->arena, date->value);
	if (date->zone[0] == '\0') {
		return value;
	}
	int minutes = date->utc_offset_minutes;
	return arena_printf(&cli->arena, "%s %s (UTC%c%02d:%02d)", value,
			    text_clean(&cli->arena, date->zone), minutes < 0 ? '-' : '+',
			    (minutes < 0 ? -minutes : minutes) / 60 % 100,
			    (minutes < 0 ? -minutes : minutes) % 60);
}

static const char *
place_text(struct cli *cli, const Kusanone__V1__Place *place)
{
	struct arena *arena = &cli->arena;

	if (place == NULL) {
		return "";
	}
	return JOINED(cli, ", ", ask_text(cli, place->name),
		      ask_text(cli, place->municipality), text_clean(arena, place->kind),
		      text_clean(arena, place->county), text_clean(arena, place->state),
		      text_clean(arena, place->country));
}

static void
put_sessions(struct cli *cli, const Kusanone__V1__Event *event)
{
	for (size_t i = 0; i < event->n_sessions; i++) {
		const Kusanone__V1__Session *s = event->sessions[i];
		const char *when = JOINED(cli, " – ", date_text(cli, s->start),
					  date_text(cli, s->end));

		line_put(cli, label_field(cli, "sessions"),
			 JOINED(cli, " · ", text_clean(&cli->arena, s->id), when,
				label_status(cli, s->status), place_text(cli, s->place),
				s->online ? phrase(cli, MSG_BUCKET_ONLINE) : "",
				ask_text(cli, s->note)));
	}
}

static const char *
count_text(struct cli *cli, const Kusanone__V1__Count *count)
{
	return count == NULL ? ""
			     : bounded_text(&cli->arena, cli->lang, (int64_t)count->value,
					    (int)count->bound);
}

static const char *
money_text(struct cli *cli, const Kusanone__V1__Money *money)
{
	return money == NULL ? ""
			     : phrase(cli, MSG_JPY,
				      bounded_text(&cli->arena, cli->lang, money->jpy,
						   (int)money->bound));
}

static const char *
source_text(struct cli *cli, const Kusanone__V1__Source *source)
{
	struct arena *arena = &cli->arena;

	if (source == NULL) {
		return "";
	}
	return source->quote[0] == '\0'
		       ? text_clean(arena, source->name)
		       : phrase(cli, MSG_QUOTE, text_clean(arena, source->name),
				text_clean(arena, source->quote));
}

/* The value of a field that has one line; "" for lists of messages. */
static const char *
simple_value(struct cli *cli, const Kusanone__V1__Event *event,
	     const ProtobufCFieldDescriptor *field)
{
	const uint8_t *base = (const uint8_t *)event;
	const void *at = base + field->offset;

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		size_t count;

		memcpy(&count, base + field->quantifier_offset, sizeof(count));
		return field->type == PROTOBUF_C_TYPE_STRING
			       ? join(&cli->arena, *(char *const *const *)at, count, ", ")
			       : "";
	}
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		return text_clean(&cli->arena, *(const char *const *)at);
	}
	if (field->type == PROTOBUF_C_TYPE_ENUM) {
		return event->status != KUSANONE__V1__STATUS__STATUS_UNSPECIFIED
			       ? label_status(cli, event->status)
			       : "";
	}
	const void *message = *(const void *const *)at;
	if (field->descriptor == &kusanone__v1__text__descriptor) {
		return text_lines(cli, message);
	}
	if (field->descriptor == &kusanone__v1__count__descriptor) {
		return count_text(cli, message);
	}
	if (field->descriptor == &kusanone__v1__money__descriptor) {
		return money_text(cli, message);
	}
	return "";
}

/* Fields of several lines, and messages of their own. */
static void
put_parts(struct cli *cli, const Kusanone__V1__Event *event,
	  const ProtobufCFieldDescriptor *field)
{
	struct arena *arena = &cli->arena;
	const char *label = label_field(cli, field->name);

	if (strcmp(field->name, "sessions") == 0) {
		put_sessions(cli, event);
	} else if (strcmp(field->name, "stated_dates") == 0) {
		struct buf b = { 0 };

		for (size_t i = 0; i < event->n_stated_dates; i++) {
			buf_printf(&b, "%s%s", i != 0 ? ", " : "",
				   date_text(cli, event->stated_dates[i]));
		}
		line_put(cli, label, arena_dup(arena, b.at, b.len));
		buf_fini(&b);
	} else if (strcmp(field->name, "stated_places") == 0) {
		for (size_t i = 0; i < event->n_stated_places; i++) {
			line_put(cli, label, place_text(cli, event->stated_places[i]));
		}
	} else if (strcmp(field->name, "partners") == 0) {
		for (size_t i = 0; i < event->n_partners; i++) {
			line_put(cli, label,
				 JOINED(cli, " · ",
					ask_text(cli, event->partners[i]->name),
					text_clean(arena, event->partners[i]->kind)));
		}
	} else if (strcmp(field->name, "components") == 0) {
		for (size_t i = 0; i < event->n_components; i++) {
			line_put(cli, label,
				 JOINED(cli, " · ",
					text_clean(arena, event->components[i]->kind),
					ask_text(cli, event->components[i]->text)));
		}
	} else if (strcmp(field->name, "people") == 0) {
		for (size_t i = 0; i < event->n_people; i++) {
			const Kusanone__V1__Person *person = event->people[i];

			line_put(cli, label,
				 JOINED(cli, " · ",
					person->name[0] != '\0'
						? text_clean(arena, person->name)
						: phrase(cli, MSG_NAME_NOT_HERE),
					text_clean(arena, person->kind)));
		}
	} else if (strcmp(field->name, "report") == 0 && event->report != NULL) {
		const char *text =
			JOINED(cli, " · ", text_clean(arena, event->report->filed_by),
			       text_clean(arena, event->report->filed_on),
			       source_text(cli, event->report->source));

		line_put(cli, label, text[0] != '\0' ? text : phrase(cli, MSG_FILED));
	} else if (strcmp(field->name, "sources") == 0) {
		for (size_t i = 0; i < event->n_sources; i++) {
			line_put(cli, label, source_text(cli, event->sources[i]));
		}
	}
}

static void
put_holders(struct cli *cli, const Kusanone__V1__EventRow *row)
{
	struct arena *arena = &cli->arena;
	struct buf b = { 0 };

	for (size_t i = 0; i < row->n_holders; i++) {
		const Kusanone__V1__HolderRow *holder = row->holders[i];
		const char *detail = JOINED(cli, " · ", label_word(cli, holder->state),
					    text_clean(arena, holder->note),
					    source_text(cli, holder->source));

		buf_printf(&b, "%s%s (%s)", i != 0 ? ", " : "",
			   text_clean(arena, holder->post), detail);
	}
	line_put(cli, label_field(cli, "holders"), arena_dup(arena, b.at, b.len));
	buf_fini(&b);
}

/* Each once: several venues may lie with one post. */
static void
put_jurisdictions(struct cli *cli, const Kusanone__V1__EventReply *reply)
{
	char **once =
		arena_alloc(&cli->arena, (reply->n_jurisdictions + 1) * sizeof(*once));
	size_t count = 0;

	for (size_t i = 0; i < reply->n_jurisdictions; i++) {
		size_t k = 0;

		while (k < count && strcmp(once[k], reply->jurisdictions[i]) != 0) {
			k++;
		}
		if (k == count) {
			once[count++] = reply->jurisdictions[i];
		}
	}
	line_put(cli, phrase(cli, MSG_SHOW_JURISDICTIONS),
		 join(&cli->arena, once, count, ", "));
}

static void
put_headquarters(struct cli *cli, const Kusanone__V1__EventReply *reply)
{
	struct arena *arena = &cli->arena;
	const Kusanone__V1__Review *review = reply->review;

	line_put(cli, phrase(cli, MSG_SHOW_REACH),
		 JOINED(cli, " · ", label_reach(cli, reply->reach),
			reply->hq_position != 0
				? phrase(cli, MSG_SHOW_POSITION,
					 unsigned_text(arena, reply->hq_position))
				: "",
			reply->hq_verdict[0] != '\0'
				? phrase(cli, MSG_SHOW_VERDICT,
					 label_word(cli, reply->hq_verdict))
				: ""));
	if (review != NULL) {
		line_put(cli, phrase(cli, MSG_SHOW_REVIEW),
			 JOINED(cli, ": ", label_review(cli, review->state),
				text_clean(arena, review->comment)));
	}
	put_jurisdictions(cli, reply);
	line_put(cli, phrase(cli, MSG_SHOW_MERGED_INTO),
		 text_clean(arena, reply->merged_into));
	if (reply->n_heads > 1) {
		line_put(cli, phrase(cli, MSG_SHOW_HEADS),
			 join(arena, reply->heads, reply->n_heads, ", "));
	}
	for (size_t i = 0; i < reply->n_conflicts; i++) {
		const Kusanone__V1__Conflict *c = reply->conflicts[i];

		line_put(cli, phrase(cli, MSG_SHOW_CONFLICT),
			 arena_printf(arena, "%s: %s | %s", text_clean(arena, c->field),
				      text_clean(arena, c->yours),
				      text_clean(arena, c->theirs)));
	}
}

static void
put_history(struct cli *cli, const Kusanone__V1__EventReply *reply)
{
	struct arena *arena = &cli->arena;
	struct grid grid;

	say(cli, &cli->out, MSG_SHOW_HISTORY);
	grid_init(&grid, arena, "rffllll");
	grid.indent = 2;
	for (size_t i = 0; i < reply->n_history; i++) {
		const Kusanone__V1__HistoryRow *row = reply->history[i];

		grid_row(&grid,
			 row->position != 0 ? unsigned_text(arena, row->position) : "-",
			 short_hash(arena, row->record),
			 time_text(arena, row->recorded_ms), label_word(cli, row->kind),
			 JOINED(cli, "@", text_clean(arena, row->author),
				text_clean(arena, row->node)),
			 label_word(cli, row->verdict),
			 JOINED(cli, " · ", text_clean(arena, row->words),
				join(arena, row->changed, row->n_changed, ", ")));
	}
	grid_put(&grid, cli->width, &cli->out);
}

static void
put_event(struct cli *cli, const Kusanone__V1__EventReply *reply)
{
	const Kusanone__V1__EventRow *row = reply->row;
	const ProtobufCMessageDescriptor *type = &kusanone__v1__event__descriptor;
	struct arena *arena = &cli->arena;
	struct buf *out = &cli->out;

	text_wrap(out, ask_text(cli, row->title), 0, 2, cli->width);
	buf_put_u8(out, '\n');
	text_wrap(out,
		  JOINED(cli, " · ", text_clean(arena, row->event_id),
			 phrase(cli, MSG_REVISION, short_hash(arena, row->revision)),
			 label_status(cli, row->status),
			 row->withdrawn ? phrase(cli, MSG_WITHDRAWN) : "",
			 row->provisional ? phrase(cli, MSG_PROVISIONAL) : "",
			 row->foreign ? phrase(cli, MSG_FOREIGN) : ""),
		  0, 2, cli->width);
	buf_put_u8(out, '\n');
	put_headquarters(cli, reply);
	for (unsigned i = 0; reply->event != NULL && i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];

		if (strcmp(field->name, "id") == 0) {
			continue;
		}
		if (strcmp(field->name, "holders") == 0 && row->n_holders != 0) {
			put_holders(cli, row);
			continue;
		}
		const char *value = simple_value(cli, reply->event, field);
		if (value[0] != '\0') {
			line_put(cli, label_field(cli, field->name), value);
		} else {
			put_parts(cli, reply->event, field);
		}
	}
}

int
show_run(struct cli *cli, int argc, char **argv)
{
	bool history = false;
	const struct opt opts[] = { OPT_FLAG("history", &history), OPT_END };
	const Kusanone__V1__EventReply *reply;
	struct operands ids;
	const char *id;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	int code = event_find_and_fetch(cli, ids.at[0], history, &id, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->base, JSON_PRETTY);
		return EXIT_DONE;
	}
	put_event(cli, reply);
	if (history) {
		put_history(cli, reply);
	}
	return EXIT_DONE;
}
