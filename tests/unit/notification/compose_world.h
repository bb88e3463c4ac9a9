/* What the tests of compose share: reference data, events as JSON, the system's zones,
 * and a reader. */
#ifndef TESTS_UNIT_NOTIFICATION_COMPOSE_WORLD_H
#define TESTS_UNIT_NOTIFICATION_COMPOSE_WORLD_H

#include <stdio.h>
#include <stdlib.h>

#include "kusanone/v1/alert.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/model/json_wire.h"
#include "notification/compose.h"

struct world {
	struct arena arena;
	struct fold fold;
	struct zones zones;
	struct zone_table table;
	struct compose compose;
	uint64_t position;
};

#define EVENT_ID "01900000-0000-7000-8000-00000000000a"
#define OTHER_ID "01900000-0000-7000-8000-00000000000b"

static inline bool
world_read_zone(void *ctx, struct slice name, struct buf *ret_file)
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

static inline void
world_row(struct world *w, enum reference_kind kind, const char *group, const char *code,
	  const char *ja, const char *en, const char *city)
{
	struct reference_row row = { .kind = kind,
				     .valid_from = REFERENCE_ANY_DAY,
				     .valid_to = REFERENCE_ANY_DAY,
				     .group = slice_str(group),
				     .code = slice_str(code),
				     .label = { slice_str(ja), slice_str(en) },
				     .city = slice_str(city) };

	must(reference_row_check(&row) == NULL);
	must(reference_apply(&w->fold.reference, &row, ++w->position));
}

/* A reader in Tokyo. */
static inline void
world_init(struct world *w)
{
	*w = (struct world){ 0 };
	hash_init();
	fold_init(&w->fold);
	world_row(w, REFERENCE_POST, "", "chi", "在シカゴ日本国総領事館",
		  "Consulate-General of Japan in Chicago", "Chicago");
	world_row(w, REFERENCE_POST, "", "det", "在デトロイト日本国総領事館",
		  "Consulate-General of Japan in Detroit", "Detroit");
	world_row(w, REFERENCE_STATE, "US", "IL", "", "Illinois", "");
	world_row(w, REFERENCE_STATE, "US", "TN", "", "Tennessee", "");
	world_row(w, REFERENCE_CODE, "category", "supply_chain",
		  "日米サプライチェーン協力案件",
		  "Japan-U.S. supply-chain cooperation projects", "");
	world_row(w, REFERENCE_CODE, "category", "japan_event", "日本関連イベント等",
		  "Japan-related events, etc.", "");
	world_row(w, REFERENCE_PILLAR, "", "ap3", "行動計画3.0", "Action Plan 3.0", "");
	zones_init(&w->zones, world_read_zone, NULL);
	w->table = zones_table(&w->zones);
	w->compose = (struct compose){ .fold = &w->fold,
				       .zones = &w->table,
				       .zone = slice_str("Asia/Tokyo"),
				       .lang = NOTE_JA,
				       .from = "kusanone@example.jp",
				       .to = "desk@example.jp",
				       .host_name = "alerts.example.jp" };
}

static inline void
world_fini(struct world *w)
{
	zones_fini(&w->zones);
	fold_fini(&w->fold);
	arena_fini(&w->arena);
}

/* An Event of JSON, packed. */
static inline struct slice
world_event(struct world *w, const char *json)
{
	struct json_fault fault;
	ProtobufCMessage *m = json_to_message(&kusanone__v1__event__descriptor, "event",
					      slice_str(json), &w->arena, &fault);

	if (m == NULL) {
		struct buf b = { 0 };

		json_fault_put(&fault, &b);
		fprintf(stderr, "%.*s\n", (int)b.len, (const char *)b.at);
		abort();
	}
	return pack_in_arena(m, &w->arena);
}

static inline struct note
world_note(enum alert_kind kind, struct slice event)
{
	struct note n = { .kind = kind,
			  .event_now = event,
			  .sequence = 3,
			  .changed_ms = 1767225600000 }; /* 2026-01-01 00:00 UTC */

	n.id[15] = (uint8_t)(kind + 1);
	n.has_event = event.len != 0;
	if (n.has_event) {
		must(uuid_parse(slice_str(EVENT_ID), &n.event));
	}
	return n;
}

static inline const Kusanone__V1__Mail *
world_mail(struct world *w, const struct note *notes, size_t count)
{
	struct slice packed;

	compose_mail(&w->compose, notes, count, &w->arena, &packed);
	ProtobufCMessage *m =
		unpack_reply(&kusanone__v1__mail__descriptor, packed, &w->arena, NULL);
	must(m != NULL);
	return (const Kusanone__V1__Mail *)m;
}

/* A seminar in Chicago, held by two posts. */
#define SEMINAR_HEAD                                                                      \
	"{\"id\": \"" EVENT_ID "\", \"title\": {\"ja\": \"水素セミナー\", \"en\": " \
	"\"Hydrogen seminar\"}, \"recorder\": \"chi\", \"lead\": \"chi\", \"holders\": "  \
	"[\"chi\", \"det\"], \"category\": \"supply_chain\", \"pillars\": [\"ap3\"], "
#define SEMINAR_SESSION(start, end, status)                                                 \
	"{\"id\": \"s1\", \"status\": \"" status "\", \"start\": {\"value\": \"" start      \
	"\", \"zone\": \"America/Chicago\", \"utcOffsetMinutes\": -360}, \"end\": "         \
	"{\"value\": \"" end "\", \"zone\": \"America/Chicago\", \"utcOffsetMinutes\": "    \
	"-360}, \"place\": {\"name\": {\"ja\": \"市民会館\", \"en\": \"Civic Hall\"}, " \
	"\"municipality\": {\"ja\": \"シカゴ市\", \"en\": \"Chicago\"}, \"state\": "    \
	"\"IL\"}}"
#define SEMINAR                                                                          \
	SEMINAR_HEAD                                                                     \
	"\"sessions\": [" SEMINAR_SESSION("2026-12-01T14:00", "2026-12-01T16:00",        \
					  "PLANNED") "]}"

#endif
