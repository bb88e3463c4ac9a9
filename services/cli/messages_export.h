/* cli/messages_export.h - the sentences and columns of exports, for messages.h. */
#ifndef CLI_MESSAGES_EXPORT_H
#define CLI_MESSAGES_EXPORT_H

// clang-format off

/* X(name, English, Japanese), as in messages.h. */
#define CLI_MESSAGES_EXPORT(X) \
	CLI_MESSAGES_EXPORTING(X) \
	CLI_MESSAGES_EXPORT_COLUMNS(X) \
	CLI_MESSAGES_EXPORT_ABOUT(X)

/* ---- The command line, and how it went. */
#define CLI_MESSAGES_EXPORTING(X) \
X(MSG_EXPORT_FORMAT, "--format {0}: must be csv, xlsx or records (events of a format: --filter format=…)", \
  "--format {0}: csv、xlsx、records のいずれかを指定してください（案件の形式は --filter format=…）") \
X(MSG_EXPORT_FORMAT_NEEDED, "--format is needed: csv, xlsx or records", \
  "--format で csv、xlsx、records のいずれかを指定してください") \
X(MSG_EXPORT_ROWS_FORM, "--rows {0}: must be events or sessions", \
  "--rows {0}: events か sessions を指定してください") \
X(MSG_EXPORT_FILE_NEEDED, "-o is needed: the file to write, or - for the standard output", \
  "-o で書き出すファイルを指定してください（- は標準出力）") \
X(MSG_EXPORT_NO_STREAM, "-o -: an XLSX file cannot go to the standard output", \
  "-o -: XLSX は標準出力に書き出せません") \
X(MSG_EXPORT_RECORDS_WHOLE, "--format records takes all records up to a position: of a selection nobody could count again; only --as-of goes with it", \
  "--format records はある位置までの全ての記録を書き出します。一部だけでは数え直せないため、--as-of 以外の条件は使えません") \
X(MSG_EXPORT_EXISTS, "{0}: is there already; --force replaces it", \
  "{0}: 既にあります。置き換えるには --force を付けてください") \
X(MSG_EXPORT_CANNOT_WRITE, "{0}: cannot be written: {1}", "{0}: 書き出せません: {1}") \
X(MSG_EXPORT_TOO_LONG, "{0}: more rows than a sheet holds ({1}): take CSV, or fewer fiscal years", \
  "{0}: シートの行数の上限（{1}）を超えます。CSV にするか、年度を絞ってください") \
X(MSG_EXPORT_INTERRUPTED, "stopped: nothing was written", "中止しました（何も書き出していません）") \
X(MSG_EXPORT_PROGRESS, "{0} of {1}", "{0} / {1} 件") \
X(MSG_EXPORT_DONE, "{0}: {1} events, {2} rows · position {3} · {4}\n", \
  "{0}: {1} 件、{2} 行・位置 {3}・{4}\n") \
X(MSG_EXPORT_DONE_RECORDS, "{0}: {1} records · position {2} · {3}\n", \
  "{0}: 記録 {1} 件・位置 {2}・{3}\n") \
X(MSG_EXPORT_JUDGED_AGAIN, "note: a key was found stolen, or genuine, at position {0}: verdicts are those since then\n", \
  "注意: 位置 {0} で鍵の盗難（またはその取消し）が記録されたため、判定はそれ以後のものです\n")

/* ---- Columns. Others are called after the event's fields (lib/model/labels.c). */
#define CLI_MESSAGES_EXPORT_COLUMNS(X) \
X(MSG_COL_JA, "{0} (ja)", "{0}（日本語）") \
X(MSG_COL_EN, "{0} (en)", "{0}（英語）") \
X(MSG_COL_CODE, "{0} (code)", "{0}コード") \
X(MSG_COL_BOUND, "{0} (exact?)", "{0}（精度）") \
X(MSG_COL_JPY, "{0} (JPY)", "{0}（円）") \
X(MSG_COL_EVENT_ID, "event id", "案件ID") \
X(MSG_COL_FISCAL_YEAR, "fiscal year", "年度") \
X(MSG_COL_COUNTED, "counted", "集計対象") \
X(MSG_COL_LEFT_OUT, "why not counted", "集計しない理由") \
X(MSG_COL_PROVISIONAL, "no report yet", "報告未提出") \
X(MSG_COL_BOUNDARY, "year boundary", "年度境界該当") \
X(MSG_COL_BEST_PRACTICE, "best practice", "代表例") \
X(MSG_COL_JOINED, "joined from branches", "分岐の統合") \
X(MSG_COL_CONFIRMED, "confirmed holders (code)", "開催公館（確認済み）コード") \
X(MSG_COL_UNCONFIRMED, "unconfirmed holders (code)", "開催公館（未確認）コード") \
X(MSG_COL_STATE_CODES, "states (code)", "州コード") \
X(MSG_COL_STATES, "states", "州") \
X(MSG_COL_STATE_CODE, "state (code)", "州コード（会場）") \
X(MSG_COL_STATE, "state", "州（会場）") \
X(MSG_COL_COUNTRY, "country", "国") \
X(MSG_COL_COUNTY, "county", "郡") \
X(MSG_COL_MUNICIPALITIES, "municipalities", "開催都市") \
X(MSG_COL_MUNICIPALITY, "municipality", "市町村") \
X(MSG_COL_PLACES, "venues", "会場") \
X(MSG_COL_PLACE, "venue", "会場名") \
X(MSG_COL_PLACE_KIND, "kind of venue", "会場の種類") \
X(MSG_COL_START, "start", "開始") \
X(MSG_COL_START_PRECISION, "start known to", "開始の精度") \
X(MSG_COL_END, "end", "終了") \
X(MSG_COL_END_PRECISION, "end known to", "終了の精度") \
X(MSG_COL_ZONE, "time zone", "時間帯") \
X(MSG_COL_OFFSET, "UTC offset", "UTCとの差") \
X(MSG_COL_TOKYO, "date in Tokyo", "日本時間の日付") \
X(MSG_COL_DATES, "all dates", "全日程") \
X(MSG_COL_SESSIONS, "sessions recorded", "開催回の記録数") \
X(MSG_COL_SESSION_COUNT, "sessions, as stated", "開催回数（記載）") \
X(MSG_COL_SESSION_ID, "session id", "開催回ID") \
X(MSG_COL_ONLINE, "online", "オンライン開催") \
X(MSG_COL_PARTNER_KINDS, "partner kinds", "連携先種別") \
X(MSG_COL_PARTNERS, "partners", "連携先") \
X(MSG_COL_COMPONENTS, "parts", "構成") \
X(MSG_COL_LANGUAGES, "languages", "使用言語") \
X(MSG_COL_SOURCES, "sources", "典拠") \
X(MSG_COL_PARTICIPANTS_JAPAN, "participants, Japan's side", "参加者数・日本側") \
X(MSG_COL_PARTICIPANTS_OTHER, "participants, other side", "参加者数・相手側") \
X(MSG_COL_AUDIENCE_WORDS, "audience in words", "対象者の記述") \
X(MSG_COL_OUTCOME_WORDS, "outcome in words", "成果の記述") \
X(MSG_COL_NOTE_JA, "note on session (ja)", "開催回の備考（日本語）") \
X(MSG_COL_NOTE_EN, "note on session (en)", "開催回の備考（英語）") \
X(MSG_COL_REPORT_BY, "report filed by", "報告者") \
X(MSG_COL_REPORT_ON, "report filed on", "報告日") \
X(MSG_COL_REPORT_SOURCE, "report's source", "報告の典拠") \
X(MSG_COL_REVISION, "revision", "版") \
X(MSG_COL_POSITION, "revision's position", "版の位置") \
X(MSG_COL_AS_OF, "as of position", "時点の位置") \
X(MSG_PRECISION_FISCAL_YEAR, "fiscal year", "年度まで") \
X(MSG_PRECISION_YEAR, "year", "年まで") \
X(MSG_PRECISION_MONTH, "month", "月まで") \
X(MSG_PRECISION_DAY, "day", "日まで") \
X(MSG_PRECISION_MINUTE, "minute", "分まで") \
X(MSG_BOUND_EXACT, "exact", "確定") \
X(MSG_BOUND_ABOUT, "about", "約") \
X(MSG_BOUND_AT_LEAST, "at least", "以上")

/* ---- The sheets, and the one that says what the others are. */
#define CLI_MESSAGES_EXPORT_ABOUT(X) \
X(MSG_SHEET_EVENTS, "Events", "案件") \
X(MSG_SHEET_SESSIONS, "Sessions", "開催回") \
X(MSG_SHEET_ABOUT, "About", "この表について") \
X(MSG_ABOUT_TITLE, "Kusanone export", "草の根事業の記録の書き出し") \
X(MSG_ABOUT_POSITION, "as of position of headquarters' log", "本部の記録の位置") \
X(MSG_ABOUT_TIME, "recorded there at (UTC)", "その記録の時刻（UTC）") \
X(MSG_ABOUT_RULE, "fiscal years by", "年度の規則") \
X(MSG_ABOUT_YEARS, "fiscal years", "年度の範囲") \
X(MSG_ABOUT_ALL, "all", "全て") \
X(MSG_ABOUT_FILTER, "only {0}", "条件: {0}") \
X(MSG_ABOUT_EMPTY, "an empty cell", "空欄") \
X(MSG_ABOUT_EMPTY_IS, "not stated: neither zero nor no", "記載なし（0 でも「いいえ」でもない）") \
X(MSG_ABOUT_COUNTED, "counted", "集計対象") \
X(MSG_ABOUT_COUNTED_IS, "1: held and counted in totals; their sum is the national total", \
  "1: 実施され集計に入る。合計は全国の案件数に等しい") \
X(MSG_ABOUT_DATES, "dates", "日付") \
X(MSG_ABOUT_DATES_IS, "a date where the day is known, else text: no day is made up; times are those of the place", \
  "日が分かるものだけを日付とし、その他は文字のまま（日を補わない）。時刻は現地時刻")

// clang-format on

#endif
