/* notification/words.h - every word and sentence of an alert, in both languages.
 *
 * {0}, {1}, … stand for what is filled in; a sentence has the same ones in both
 * languages, in whatever order its grammar wants. */
#ifndef NOTIFICATION_WORDS_H
#define NOTIFICATION_WORDS_H

#include "notification/compose.h"

// clang-format off

/* X(name, English, Japanese) */
#define ALERT_WORDS(X) \
	ALERT_WORDS_HEADS(X) \
	ALERT_WORDS_LABELS(X) \
	ALERT_WORDS_SENTENCES(X) \
	ALERT_WORDS_DATES(X) \
	ALERT_WORDS_CODES(X)

/* ---- Subjects and headings. */
#define ALERT_WORDS_HEADS(X) \
X(W_HEAD, "{0}: {1}", "【{0}】{1}") \
X(W_HEAD_AFTER, "{0} ({1})", "{0}（{1}）") \
X(W_HEAD_MANY, "{0} alerts: {1}", "お知らせ {0}件: {1}") \
X(W_HEAD_NONE, "A test of alerts", "通知の試験送信") \
X(W_TEST, "Sent by hand to see whether alerts arrive here. Nothing has happened.", "通知が届くかを確かめるために、手で送ったものです。何も起きていません。") \
X(W_DIGEST, "Digest · {0}", "定期便 {0}") \
X(W_KIND_COUNT, "{0} {1}", "{0} {1}") \
X(W_GROUP_UPCOMING, "Coming up on {0}", "開催予定 {0}") \
X(W_IN, "In {0}", "開催{0}前") \
X(W_NOW, "Now", "開催") \
X(W_ANNOUNCED, "Announced", "新規") \
X(W_CHANGED, "Changed", "変更") \
X(W_MOVED, "Moved", "日程・場所の変更") \
X(W_POSTPONED, "Postponed", "延期") \
X(W_CANCELLED, "Cancelled", "中止") \
X(W_WITHDRAWN, "Withdrawn", "取下げ") \
X(W_COHOST_ASKED, "Co-host asked", "共催の回答待ち") \
X(W_REPORT_OVERDUE, "Report overdue", "実施報告が未提出") \
X(W_DATE_NOT_FIXED, "Date not fixed", "日付が未定") \
X(W_CONFLICT, "Close to another event", "他の案件と近接") \
X(W_COVERAGE_GAP, "No recent event", "開催の空白") \
X(W_POST_SILENT, "No records", "記録の途絶") \
X(W_MILESTONE, "Milestone", "節目") \
X(W_RESTATEMENT, "Figure restated", "公表値の訂正") \
X(W_COUNT_UPCOMING, "coming up", "開催予定") \
X(W_COUNT_ANNOUNCED, "announced", "新規") \
X(W_COUNT_CHANGED, "changed", "変更") \
X(W_COUNT_MOVED, "moved", "日程・場所の変更") \
X(W_COUNT_CANCELLED, "cancelled", "中止・取下げ") \
X(W_COUNT_COHOST_ASKED, "co-hosts asked", "共催の回答待ち") \
X(W_COUNT_REPORT_OVERDUE, "reports overdue", "実施報告が未提出") \
X(W_COUNT_DATE_NOT_FIXED, "dates not fixed", "日付が未定") \
X(W_COUNT_CONFLICT, "close to another event", "他の案件と近接") \
X(W_COUNT_COVERAGE_GAP, "no recent event", "開催の空白") \
X(W_COUNT_POST_SILENT, "no records", "記録の途絶") \
X(W_COUNT_MILESTONE, "milestones", "節目") \
X(W_COUNT_RESTATEMENT, "figures restated", "公表値の訂正") \
X(W_NO_TITLE, "(no title)", "（件名なし）") \
X(W_TOTAL_EVENTS, "{0} events in all", "累計{0}件") \
X(W_OF_YEARS, "{0}, {1}", "{0} {1}") \
X(W_IN_DIMENSION, "{0} {1}", "{0}: {1}")

/* ---- What stands before a fact. */
#define ALERT_WORDS_LABELS(X) \
X(W_LABEL, "{0}: {1}", "{0}: {1}") \
X(W_WHEN, "when", "日時") \
X(W_WHEN_IN, "when ({0})", "日時（{0}）") \
X(W_WHERE, "where", "場所") \
X(W_POSTS, "posts", "公館") \
X(W_LEADS, "{0} (leads)", "{0}（主導）") \
X(W_RECORDS, "{0} (records)", "{0}（記録）") \
X(W_STATUS, "status", "状態") \
X(W_SESSION_N, "session {0}", "開催回 {0}") \
X(W_CHANGED_FIELD, "changed: {0}", "変更 {0}") \
X(W_IN_LANG_JA, "{0} (Japanese)", "{0}（日本語）") \
X(W_IN_LANG_EN, "{0} (English)", "{0}（英語）") \
X(W_WHY, "why", "理由") \
X(W_ID, "id", "ID") \
X(W_SEE, "see all", "詳細") \
X(W_ANSWER, "answer", "回答") \
X(W_OTHER, "other event", "近い案件") \
X(W_MEASURE, "figure", "項目") \
X(W_YEARS, "years", "年度") \
X(W_VALUE, "value", "値") \
X(W_START, "start", "開始") \
X(W_END, "end", "終了") \
X(W_NOTE, "note", "備考") \
X(W_ONLINE, "online", "オンライン") \
X(W_MORE, "… {0} more", "… ほか{0}件")

/* ---- Sentences. */
#define ALERT_WORDS_SENTENCES(X) \
X(W_SAY_WITHDRAWN, "It was recorded by mistake.", "誤って記録されたため、取り下げられました。") \
X(W_SAY_COHOST, "{0} is named as a co-host and has not answered.", \
  "{0}が共催公館として記載され、まだ回答していません。") \
X(W_SAY_REPORT, "No report has been filed {0} after the last session.", \
  "最後の開催から{0}たちましたが、実施報告が提出されていません。") \
X(W_SAY_DATE, "The month comes near and the day is not fixed.", \
  "開催の時期が近づいていますが、日付が決まっていません。") \
X(W_SAY_CONFLICT, "Another event is close to it: {0}.", "{0}が近い別の案件があります。") \
X(W_SAY_GAP, "The last event was on {0}.", "最後の開催は{0}です。") \
X(W_SAY_GAP_NONE, "No event is known.", "開催の記録がありません。") \
X(W_SAY_SILENT, "Its last record came on {0}.", "最後の記録は{0}です。") \
X(W_SAY_SILENT_NONE, "It has recorded nothing yet.", "記録はまだありません。") \
X(W_SAY_MILESTONE, "The cumulative total has passed {0} events.", "累計が{0}件に達しました。") \
X(W_SAY_RESTATED, "A published figure was published anew with another value.", \
  "公表値が別の値で公表し直されました。") \
X(W_RESTRICTED, "changed (restricted: not shown)", "変更あり（閲覧制限のため表示しません）") \
X(W_OLD_NEW, "{0} → {1}", "{0} → {1}") \
X(W_NOTHING, "none", "なし") \
X(W_FILED, "filed", "提出済み") \
X(W_EDITED, "changed", "変更あり")

/* ---- Dates and spans. */
#define ALERT_WORDS_DATES(X) \
X(W_DAYS, "{0} days", "{0}日") \
X(W_DAY, "1 day", "1日") \
X(W_HOURS, "{0} hours", "{0}時間") \
X(W_HOUR, "1 hour", "1時間") \
X(W_MINUTES, "{0} minutes", "{0}分") \
X(W_MINUTE, "1 minute", "1分") \
X(W_SPAN, "{0} {1}", "{0}{1}") \
X(W_RANGE, "{0} – {1}", "{0} ～ {1}") \
X(W_IN_ZONE, "{0} ({1})", "{0} ({1})") \
X(W_MONTH_OF, "{1} {0}", "{0}年{1}月") \
X(W_YEAR_OF, "{0}", "{0}年") \
X(W_WEEKDAYS, "Mon Tue Wed Thu Fri Sat Sun", "月 火 水 木 金 土 日") \
X(W_MONTHS, \
  "January February March April May June July August September October November December", \
  "1 2 3 4 5 6 7 8 9 10 11 12") \
X(W_AND_MORE, "{0} and more", "{0}ほか") \
X(W_AND_OTHERS, "{0} and others", "{0}ほか") \
X(W_NOT_STATED, "not stated", "記載なし") \
X(W_LIST_COMMA, ", ", "、") \
X(W_DOT, " · ", " · ")

/* ---- Fixed words of the protocol. */
#define ALERT_WORDS_CODES(X) \
X(W_STATUS_PLANNED, "planned", "予定") \
X(W_STATUS_POSTPONED, "postponed", "延期") \
X(W_STATUS_CANCELLED, "cancelled", "中止") \
X(W_STATUS_HELD, "held", "実施") \
X(W_STATUS_WITHDRAWN, "withdrawn", "取下げ") \
X(W_NEAR_PLACE, "place", "場所") \
X(W_NEAR_DAY, "day", "日付") \
X(W_NEAR_PARTNER, "partner", "連携先") \
X(W_NEAR_VIP_KIND, "VIP kind", "要人種別") \
X(W_DIM_STATE, "state", "州") \
X(W_DIM_PILLAR, "pillar", "政策の柱") \
X(W_DIM_CATEGORY, "category", "分野") \
X(W_DIM_POST, "post", "公館") \
X(W_MEASURE_EVENTS, "events", "案件数") \
X(W_MEASURE_SESSIONS, "sessions", "開催回数") \
X(W_MEASURE_MUNICIPALITIES, "municipalities", "開催都市数") \
X(W_MEASURE_PARTICIPANTS, "participants", "参加者数") \
X(W_MEASURE_BUDGET_PLANNED, "budget planned", "予算額") \
X(W_MEASURE_BUDGET_SPENT, "budget spent", "執行額")

// clang-format on

#define ALERT_WORD_NAME(name, en, ja) name,
enum word { ALERT_WORDS(ALERT_WORD_NAME) WORD_COUNT };
#undef ALERT_WORD_NAME

const char *word_text(enum note_lang, enum word);

/* Who speaks: a language, what the reader is told out of, and where the words live. */
struct voice {
	const struct compose *compose;
	enum note_lang lang;
	struct arena *arena;
};

/* SAY(voice, W_IN, "7 days"): the sentence filled in, in the arena. */
const char *voice_say(const struct voice *, enum word, const char *const *args);
#define SAY(voice, word, ...)                                                            \
	voice_say(voice, word, (const char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

/* What others wrote, on one line; and with its line ends. */
const char *voice_quote(const struct voice *, struct slice);
const char *voice_quote_lines(const struct voice *, struct slice);

/* The text in the language, else in the other one; on one line. */
const char *voice_pick(const struct voice *, const struct text *);

/* Those that are not empty, with 'between' between them. */
const char *voice_join(const struct voice *, const char *between,
		       const char *const *items, size_t count);
#define JOIN(voice, between, ...)                                                        \
	voice_join(voice, between, (const char *const[]){ __VA_ARGS__ },                 \
		   sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

/* The n-th of the words that a sentence lists, apart by blanks. */
const char *voice_nth(const struct voice *, enum word, unsigned n);

#endif
