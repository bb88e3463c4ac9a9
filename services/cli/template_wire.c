#include "cli/template_wire.h"

#include <string.h>

#include "kusanone/v1/event.pb-c.h"
#include "lib/model/json_wire.h"

struct explained {
	const char *field;
	const char *text[LANG_COUNT];
};

static const struct explained fields[] = {
	{ "id",
	  { "Id of the event. Leave it empty: the intake gives one.",
	    "案件のID。空欄のままにすると受付で付番されます。" } },
	{ "source_key",
	  { "A key of your own system, unique for your post. With it the same file can "
	    "be "
	    "submitted again and again without making a second event.",
	    "自館のシステムでの番号（自館内で一意）。これがあれば、同じファイルを何度送っ"
	    "ても"
	    "案件は一つです。" } },
	{ "recorder",
	  { "The post that records it: sfo, bna … (kusanone reference show --kind post).",
	    "記録する公館: sfo、bna など（kusanone reference show --kind post）。" } },
	{ "lead",
	  { "The post that led; empty where it is not known.",
	    "主導した公館。不明なら空欄。" } },
	{ "holders",
	  { "All posts that hold or held it, the recorder among them if it does: "
	    "[\"sfo\", \"lax\"]. Each other post is asked to confirm.",
	    "開催した全ての公館（記録公館も開催したならその一つ）: [\"sfo\", \"lax\"]。"
	    "他の公館には確認を求めます。" } },
	{ "title",
	  { "Title, in Japanese, in English, or in both.",
	    "件名（日本語・英語、片方だけでも可）。" } },
	{ "heading",
	  { "The heading under which a paper lists it.", "資料に載るときの見出し。" } },
	{ "summary", { "What it was, in a few sentences.", "概要を数文で。" } },
	{ "trigger", { "What gave rise to it.", "開催の契機。" } },
	{ "format",
	  { "Code of the dimension format: webinar, seminar, caravan …",
	    "形式のコード: webinar、seminar、caravan など。" } },
	{ "category",
	  { "Code of the dimension category; empty is \"not stated\".",
	    "分野のコード。空欄は「記載なし」。" } },
	{ "frame",
	  { "Code of the dimension frame; empty is \"not stated\".",
	    "枠組みのコード。空欄は「記載なし」。" } },
	{ "pillars",
	  { "Codes of policy pillars: [\"ap3\"].", "政策の柱のコード: [\"ap3\"]。" } },
	{ "topics",
	  { "Codes of the dimension topic: [\"hydrogen\"].",
	    "主題のコード: [\"hydrogen\"]。" } },
	{ "sessions",
	  { "Its sessions, each with its own date, zone, place and status: [{\"start\": "
	    "{\"value\": \"2024-02-15T14:00\", \"zone\": \"America/Chicago\"}, "
	    "\"status\": "
	    "\"PLANNED\", \"place\": {\"municipality\": {\"ja\": \"ジャクソン市\", "
	    "\"en\": "
	    "\"Jackson\"}, \"kind\": \"city\", \"state\": \"TN\"}, \"online\": false}]",
	    "開催回。回ごとに日時・時間帯・場所・状態: [{\"start\": {\"value\": "
	    "\"2024-02-15T14:00\", \"zone\": \"America/Chicago\"}, \"status\": "
	    "\"PLANNED\", "
	    "\"place\": {\"municipality\": {\"ja\": \"ジャクソン市\", \"en\": "
	    "\"Jackson\"}, "
	    "\"kind\": \"city\", \"state\": \"TN\"}, \"online\": false}]" } },
	{ "stated_dates",
	  { "Where the sessions are not known: the dates as precise as they are: "
	    "[\"2024-02\"]. FY2023, 2024, 2024-02, 2024-02-15 or 2024-02-15T14:00.",
	    "開催回が分からない場合の日付（分かる精度のまま）: "
	    "[\"2024-02\"]。FY2023、2024、"
	    "2024-02、2024-02-15、2024-02-15T14:00 のいずれか。" } },
	{ "stated_places",
	  { "Where the sessions are not known: the places: [{\"municipality\": {\"ja\": "
	    "\"ジャクソン市\", \"en\": \"Jackson\"}, \"kind\": \"city\", \"state\": "
	    "\"TN\"}]",
	    "開催回が分からない場合の場所: [{\"municipality\": {\"ja\": "
	    "\"ジャクソン市\", "
	    "\"en\": \"Jackson\"}, \"kind\": \"city\", \"state\": \"TN\"}]" } },
	{ "session_count",
	  { "How many sessions it had, where only their number is known: 3",
	    "開催回数だけが分かる場合の回数: 3" } },
	{ "status",
	  { "PLANNED, POSTPONED, CANCELLED or HELD. Sessions have their own.",
	    "PLANNED（予定）、POSTPONED（延期）、CANCELLED（中止）、HELD（実施）。"
	    "開催回にはそれぞれの状態があります。" } },
	{ "participants",
	  { "Participants in all: 120, or {\"value\": 120, \"bound\": \"ABOUT\"}, or "
	    "AT_LEAST. null is \"not stated\", which is not zero.",
	    "参加者数（合計）: 120、または {\"value\": 120, \"bound\": \"ABOUT\"}（約）、"
	    "AT_LEAST（以上）。null は「記載なし」で、0 とは違います。" } },
	{ "participants_japan", { "Of them from Japan's side.", "うち日本側。" } },
	{ "participants_other", { "Of them from the other side.", "うち相手側。" } },
	{ "partners",
	  { "Partner organisations: [{\"name\": {\"en\": \"…\"}, \"kind\": "
	    "\"university\"}]",
	    "連携先: [{\"name\": {\"ja\": \"…\"}, \"kind\": \"university\"}]" } },
	{ "audience",
	  { "Who was addressed, as codes of partner_kind: [\"us_company\"]",
	    "対象者（partner_kind のコード）: [\"us_company\"]" } },
	{ "audience_text",
	  { "Who was addressed, in the source's own words.", "対象者（原文のまま）。" } },
	{ "vip_kinds",
	  { "Kinds of VIPs who took part, as codes: [\"mayor\"]",
	    "出席した要人の種別コード: [\"mayor\"]" } },
	{ "components",
	  { "What it consisted of: [{\"kind\": \"company_visit\", \"text\": {\"en\": "
	    "\"…\"}}]",
	    "構成内容: [{\"kind\": \"company_visit\", \"text\": {\"ja\": \"…\"}}]" } },
	{ "people",
	  { "Names of VIPs and contacts; restricted, can be erased: [{\"name\": \"…\", "
	    "\"kind\": \"mayor\"}]",
	    "要人・連絡先の氏名（閲覧制限あり、消去可能）: [{\"name\": \"…\", \"kind\": "
	    "\"mayor\"}]" } },
	{ "budget_planned",
	  { "Budget planned: {\"jpy\": 1200000}. Restricted.",
	    "予算額: {\"jpy\": 1200000}。閲覧制限あり。" } },
	{ "budget_spent", { "Budget spent, likewise.", "執行額（同じ形）。" } },
	{ "outcomes",
	  { "Codes of the dimension outcome: [\"mutual_understanding\"]",
	    "成果のコード: [\"mutual_understanding\"]" } },
	{ "outcome_text", { "The outcome in words.", "成果（文章）。" } },
	{ "press", { "Press coverage.", "報道。" } },
	{ "lesson", { "What to do better next time.", "次回への教訓。" } },
	{ "report",
	  { "Present once the after-action report is filed: {\"filedBy\": \"…\", "
	    "\"filedOn\": "
	    "\"2024-03-01\"}. Until then a held event is provisional.",
	    "実施報告を提出したら入れる: {\"filedBy\": \"…\", \"filedOn\": "
	    "\"2024-03-01\"}。"
	    "それまで実施案件は「暫定」です。" } },
	{ "series",
	  { "A word shared by the events of one series.",
	    "同じシリーズの案件に共通の語。" } },
	{ "url", { "A page about it.", "紹介ページ。" } },
	{ "languages",
	  { "Languages it was held in: [\"ja\", \"en\"]",
	    "使用言語: [\"ja\", \"en\"]" } },
	{ "sources",
	  { "The paper or file that says so, with its quote: [{\"name\": \"…\", "
	    "\"quote\": "
	    "\"…\"}]",
	    "典拠とその引用: [{\"name\": \"…\", \"quote\": \"…\"}]" } },
	{ "note", { "A note.", "備考。" } },
};

const char *
template_explanation(enum lang lang, const char *field)
{
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (strcmp(fields[i].field, field) == 0) {
			return fields[i].text[lang];
		}
	}
	return NULL;
}

/* What stands there before anybody has written anything. */
static const char *
empty_value(const ProtobufCFieldDescriptor *field)
{
	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		return "[]";
	}
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		return "\"\"";
	}
	if (field->type == PROTOBUF_C_TYPE_MESSAGE &&
	    field->descriptor == &kusanone__v1__text__descriptor) {
		return "{\"ja\": \"\", \"en\": \"\"}";
	}
	return field->type == PROTOBUF_C_TYPE_ENUM ? "\"PLANNED\"" : "null";
}

void
template_put(struct cli *cli, struct buf *b)
{
	const ProtobufCMessageDescriptor *type = &kusanone__v1__event__descriptor;

	buf_put_str(b, "{\n  \"//\": ");
	json_put_string(b, slice_str(phrase(cli, MSG_TEMPLATE_OPENING)));
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		const char *name = json_name(field->name, &cli->arena);
		const char *text = template_explanation(cli->lang, field->name);

		must(text != NULL);
		buf_printf(b, ",\n\n  \"//%s\": ", name);
		json_put_string(b, slice_str(text));
		buf_printf(b, ",\n  \"%s\": %s", name, empty_value(field));
	}
	buf_put_str(b, "\n}\n");
}
