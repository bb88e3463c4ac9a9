#include "lib/model/labels.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/model/era.h"
#include "lib/model/record.h"

static const struct {
	const char *field;
	const char *label[2]; /* English, Japanese. */
} fields[] = {
	{ "id", { "id", "ID" } },
	{ "source_key", { "source key", "自館番号" } },
	{ "recorder", { "recorded by", "記録公館" } },
	{ "lead", { "led by", "主導公館" } },
	{ "holders", { "held by", "開催公館" } },
	{ "title", { "title", "件名" } },
	{ "heading", { "heading", "見出し" } },
	{ "summary", { "summary", "概要" } },
	{ "trigger", { "trigger", "契機" } },
	{ "format", { "format", "形式" } },
	{ "category", { "category", "分野" } },
	{ "frame", { "frame", "枠組み" } },
	{ "pillars", { "pillars", "政策の柱" } },
	{ "topics", { "topics", "主題" } },
	{ "sessions", { "session", "開催回" } },
	{ "stated_dates", { "dates", "日付" } },
	{ "stated_places", { "place", "場所" } },
	{ "session_count", { "sessions", "開催回数" } },
	{ "status", { "status", "状態" } },
	{ "participants", { "participants", "参加者数" } },
	{ "participants_japan", { "  Japan's side", "  日本側" } },
	{ "participants_other", { "  other side", "  相手側" } },
	{ "partners", { "partner", "連携先" } },
	{ "audience", { "audience", "対象者" } },
	{ "audience_text", { "audience", "対象者" } },
	{ "vip_kinds", { "VIP kinds", "要人種別" } },
	{ "components", { "part", "構成" } },
	{ "people", { "person", "氏名" } },
	{ "budget_planned", { "budget planned", "予算額" } },
	{ "budget_spent", { "budget spent", "執行額" } },
	{ "outcomes", { "outcomes", "成果" } },
	{ "outcome_text", { "outcome", "成果" } },
	{ "press", { "press", "報道" } },
	{ "lesson", { "lesson", "教訓" } },
	{ "report", { "report", "実施報告" } },
	{ "series", { "series", "シリーズ" } },
	{ "url", { "url", "URL" } },
	{ "languages", { "languages", "使用言語" } },
	{ "sources", { "source", "典拠" } },
	{ "note", { "note", "備考" } },
};

const char *
label_of_field(bool japanese, const char *field)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (strcmp(fields[i].field, field) == 0) {
			return fields[i].label[japanese];
		}
	}
	return NULL;
}

const char *
label_of_fiscal_years(bool japanese, int from, int to, struct arena *arena)
{
	char text[ERA_TEXT_SIZE];

	if (from == to && from > INT16_MIN && from <= INT16_MAX) {
		(void)(japanese ? fiscal_year_format_ja((int16_t)from, text)
				: fiscal_year_format_en((int16_t)from, text));
		return arena_dup(arena, text, strlen(text));
	}
	return japanese ? arena_printf(arena, "%d～%d年度", from, to)
			: arena_printf(arena, "FY%d–%d", from, to);
}

const char *
label_of_quantity(bool japanese, int64_t value, int bound, struct arena *arena)
{
	const char *number = number_text(arena, value);

	switch (bound) {
	case BOUND_ABOUT:
		return arena_printf(arena, japanese ? "約%s" : "about %s", number);
	case BOUND_AT_LEAST:
		return arena_printf(arena, japanese ? "%s以上" : "at least %s", number);
	default:
		return number;
	}
}
