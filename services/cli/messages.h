/* cli/messages.h - every sentence of the command, in both languages.
 *
 * {0}, {1}, … stand for what is filled in; a sentence has the same ones in both
 * languages, in whatever order its grammar wants.  Sentences that make a whole line end
 * with their newline.  Those about alerts, archives, exports and publications stand in
 * messages_alerts.h, messages_archive.h, messages_export.h and messages_publish.h. */
#ifndef CLI_MESSAGES_H
#define CLI_MESSAGES_H

#include "cli/messages_alerts.h"
#include "cli/messages_archive.h"
#include "cli/messages_export.h"
#include "cli/messages_publish.h"

enum lang { LANG_EN, LANG_JA, LANG_COUNT };

/* X(name, English, Japanese) */
#define CLI_MESSAGES(X)                                                                  \
	CLI_MESSAGES_ASKING(X)                                                           \
	CLI_MESSAGES_USAGE(X)                                                            \
	CLI_MESSAGES_FILES(X)                                                            \
	CLI_MESSAGES_EVENTS(X)                                                           \
	CLI_MESSAGES_HEADQUARTERS(X)                                                     \
	CLI_MESSAGES_TOTALS(X)                                                           \
	CLI_MESSAGES_STATE(X)                                                            \
	CLI_MESSAGES_ALERTS(X)                                                           \
	CLI_MESSAGES_ARCHIVE(X)                                                          \
	CLI_MESSAGES_EXPORT(X)                                                           \
	CLI_MESSAGES_PUBLISH(X)                                                          \
	CLI_MESSAGES_WORDS(X)

// clang-format off

/* ---- Services and their answers. */
#define CLI_MESSAGES_ASKING(X) \
X(MSG_NOT_RUNNING, \
  "no service at {0}: is it running, and is --run (or KUSANONE_RUN) its folder?", \
  "{0} にサービスがありません。起動しているか、--run（または KUSANONE_RUN）のフォルダを確認してください") \
X(MSG_NO_NOTIFICATION, \
  "no notification service at {0}: alerts are its business; is it running, and is --run (or KUSANONE_RUN) its folder?", \
  "{0} に通知サービスがありません。お知らせは通知サービスが扱います。起動しているか、--run（または KUSANONE_RUN）のフォルダを確認してください") \
X(MSG_NO_ARCHIVING, \
  "no archiving service at {0}: the archive is its business; is it running, and is --run (or KUSANONE_RUN) its folder?", \
  "{0} に保管サービスがありません。アーカイブは保管サービスが扱います。起動しているか、--run（または KUSANONE_RUN）のフォルダを確認してください") \
X(MSG_NO_SERVICES, \
  "no service has a socket in {0}: are they running, and is --run (or KUSANONE_RUN) their folder?", \
  "{0} にサービスのソケットがありません。起動しているか、--run（または KUSANONE_RUN）のフォルダを確認してください") \
X(MSG_NO_ANSWER, \
  "no answer within {1} s from the service in {0} (--timeout waits longer)", \
  "{0} のサービスから {1} 秒以内に返答がありません（--timeout で延長できます）") \
X(MSG_PATH_TOO_LONG, \
  "{0}: a socket's path has at most 107 bytes", \
  "{0}: ソケットのパスは 107 バイトまでです") \
X(MSG_STRANGE_ANSWER, \
  "the service answered something else than it was asked: are command and service of one version?", \
  "サービスの返答が質問と合いません。コマンドとサービスの版が同じか確認してください") \
X(MSG_RECEIPT, "revision {0} · seq {1} · ", "版 {0} · 通番 {1} · ") \
X(MSG_RECEIPT_NOTHING, "all of it is in force already: nothing was recorded\n", \
  "すべて反映済みです（記録はしていません）\n") \
X(MSG_RECEIPT_DRY, "checked: nothing was recorded\n", "確認しました（記録はしていません）\n") \
X(MSG_RECEIPT_REPEATED, " · was recorded before, nothing added", " · 記録済み（追加なし）") \
X(MSG_RECEIPT_MERGED, " · merged into a newer revision", " · より新しい版に統合") \
X(MSG_ON_DISK, "on this post's disk", "自館のディスクに保存") \
X(MSG_AT_HEADQUARTERS, "at headquarters", "本部に到達") \
X(MSG_AT_POSITION, " (position {0})", "（位置 {0}）") \
X(MSG_WARNING, "  note: {0}{1}\n", "  注意: {0}{1}\n") \
X(MSG_REFUSED, "refused ({0}): ", "受け付けられません（{0}）: ") \
X(MSG_EXPECTED, "  what would be right: {0}\n", "  正しい形: {0}\n") \
X(MSG_CONFLICT_BASE, "before:", "変更前:") \
X(MSG_CONFLICT_THEIRS, "recorded:", "記録済み:") \
X(MSG_CONFLICT_YOURS, "yours:", "今回の変更:") \
X(MSG_NEWEST_REVISION, "  newest revision: {0}\n", "  最新の版: {0}\n")

/* ---- The command line. */
#define CLI_MESSAGES_USAGE(X) \
X(MSG_SEE_HELP, "See: kusanone {0} --help\n", "詳しくは: kusanone {0} --help\n") \
X(MSG_SEE_HELP_ALL, "See: kusanone help\n", "詳しくは: kusanone help\n") \
X(MSG_COMMAND_UNKNOWN, "there is no command \"{0}\"", "「{0}」というコマンドはありません") \
X(MSG_COMMAND_UNKNOWN_NEAR, "there is no command \"{0}\"; did you mean \"{1}\"?", \
  "「{0}」というコマンドはありません（「{1}」のことですか）") \
X(MSG_OPTION_UNKNOWN, "{0}: there is no such option", "{0}: そのような指定はありません") \
X(MSG_OPTION_UNKNOWN_NEAR, "{0}: there is no such option; did you mean {1}?", \
  "{0}: そのような指定はありません（{1} のことですか）") \
X(MSG_OPTION_NEEDS_VALUE, "{0}: needs a value", "{0}: 値が必要です") \
X(MSG_OPTION_NOT_TEXT, "--{0}: is not UTF-8 text", "--{0}: UTF-8 の文字ではありません") \
X(MSG_OPTION_LANG, "--lang {0}: is neither ja nor en", "--lang {0}: ja か en を指定してください") \
X(MSG_OPTION_NUMBER, "--{0} {1}: must be a whole number from {2} to {3}", \
  "--{0} {1}: {2} から {3} までの整数を指定してください") \
X(MSG_OPTION_FISCAL_YEARS, "{0}: is no fiscal year or range of them: 2023, FY2017-2023, 令和5年度", \
  "{0}: 年度または年度の範囲ではありません（例: 2023、FY2017-2023、令和5年度）") \
X(MSG_OPERAND_MISSING, "something is missing", "引数が足りません") \
X(MSG_OPERAND_TOO_MANY, "{0}: is one too many", "{0}: 引数が多すぎます") \
X(MSG_WHY_NEEDED, "--why is needed: a reason that others can read later", \
  "--why で理由を書いてください（後から読めるように記録されます）") \
X(MSG_SUBMIT_NO_FILE, "name a file, or - for the standard input; --template prints a draft", \
  "ファイルを指定してください（- は標準入力）。--template でひな型を表示します") \
X(MSG_FILTER_EMPTY, "{0}: needs at least one value", "{0}: 値を一つ以上指定してください") \
X(MSG_FILTER_FORM, "--filter {0}: must be DIMENSION=VALUE, e.g. post=sfo,lax", \
  "--filter {0}: 区分=値 の形で指定してください（例: post=sfo,lax）") \
X(MSG_AS_OF_FORM, "--as-of {0}: must be a position (412) or an instant (2024-07-01, 2024-07-01T09:00+09:00)", \
  "--as-of {0}: 位置（412）か時点（2024-07-01、2024-07-01T09:00+09:00）を指定してください") \
X(MSG_RULE_FORM, "--rule {0}: is neither local nor tokyo", "--rule {0}: local か tokyo を指定してください") \
X(MSG_JSON_OR_CSV, "--json and --csv: one of the two", "--json と --csv は同時に指定できません") \
X(MSG_WATCH_PAST, "watch shows what holds now: --as-of and --recount belong to totals", \
  "watch は現在の集計を表示します。--as-of と --recount は totals で使ってください") \
X(MSG_FY_NEEDED, "--fy is needed: the fiscal year", "--fy で年度を指定してください") \
X(MSG_FY_ONE, "--fy: one fiscal year, not a range", "--fy: 範囲ではなく一つの年度を指定してください") \
X(MSG_SOURCE_NEEDED, "--source is needed: the published paper that names the posts", \
  "--source で公館名を載せた公表資料を指定してください") \
X(MSG_REVIEW_WORD, "{0}: must be accept, question, return or receive", \
  "{0}: accept（承認）、question（照会）、return（差戻し）、receive（受理）のいずれかです") \
X(MSG_REVIEW_COMMENT, "--comment is needed: a question without its words helps nobody", \
  "--comment で照会の内容を書いてください") \
X(MSG_ERASE_PEOPLE, "say --people: the names of the event's people go for good, everywhere", \
  "--people を付けてください。案件の氏名は全ての保管先から完全に消去されます") \
X(MSG_MERGE_SAME, "an event cannot be merged into itself", "同じ案件同士は統合できません") \
X(MSG_FIGURE_NEEDS, "--fy, --value and --source are needed, or --file", \
  "--fy、--value、--source（または --file）が必要です") \
X(MSG_FIGURE_BOUND, "--bound {0}: must be exact, about or at-least", \
  "--bound {0}: exact、about（約）、at-least（以上）のいずれかです") \
X(MSG_NOT_A_REVISION, "{0}: is no revision: six hex digits or more", "{0}: 版ではありません（16進数6桁以上）") \
X(MSG_NODE_NAME_NEEDED, "--name is needed: what the node is called", "--name でノードの名前を指定してください") \
X(MSG_NODE_NAME, "--name {0}: letters, digits, dots, dashes and underscores, at most 63", \
  "--name {0}: 英数字と . - _ で63字までです") \
X(MSG_NODE_HEX, "{0}: must be {1} hex digits", "{0}: 16進数 {1} 桁で指定してください") \
X(MSG_NODE_ROLE, "--role {0}: must be post, hq or follower", "--role {0}: post、hq、follower のいずれかです") \
X(MSG_NODE_POSTS_NEEDED, "--posts is needed: the posts that the node speaks for", \
  "--posts でノードが代表する公館を指定してください") \
X(MSG_REVOKE_KIND, "one of --retired, --stolen and --genuine", \
  "--retired、--stolen、--genuine のいずれか一つを指定してください") \
X(MSG_REVOKE_FROM, "--from is needed: the position from which its blocks do not count", \
  "--from で、以後のブロックを数えない位置を指定してください") \
X(MSG_EDIT_NOTHING, "nothing to change: --set, --clear or --file", \
  "変更がありません。--set、--clear、--file のいずれかを指定してください") \
X(MSG_EDIT_FORM, "--set {0}: must be FIELD=VALUE", "--set {0}: 項目=値 の形で指定してください") \
X(MSG_EDIT_NO_PARTS, "{0}: that field has no parts", "{0}: この項目には下の項目がありません") \
X(MSG_EDIT_SESSION_PATH, "{0}: must be sessions.ID.FIELD, e.g. sessions.s1.status", \
  "{0}: sessions.ID.項目 の形で指定してください（例: sessions.s1.status）") \
X(MSG_EDIT_SESSION_ID, "{0}: needs the id of the session that it changes", "{0}: 変更する開催回の id が必要です") \
X(MSG_EDIT_TEXT_NEEDS_LANG, "{0}: say the language: {0}.ja=… or {0}.en=…", \
  "{0}: 言語を指定してください（{0}.ja=… または {0}.en=…）") \
X(MSG_EDIT_VALUE, "{0}: cannot be \"{1}\"; right is {2}", "{0}: 「{1}」は使えません（正しい形: {2}）") \
X(MSG_RIGHT_NUMBER, "a whole number", "整数") \
X(MSG_RIGHT_BOOL, "yes or no", "yes か no") \
X(MSG_RIGHT_JSON, "JSON as in kusanone submit --template", "kusanone submit --template にあるような JSON") \
X(MSG_EDIT_NO_SET, "{0}: + and - add to and take from lists of codes, such as holders", \
  "{0}: + と - はコードの一覧（holders など）にだけ使えます") \
X(MSG_EDIT_TWICE, "{0}: is set twice in two ways", "{0}: 二通りに指定されています") \
X(MSG_EDIT_OTHER_EVENT, "the file is about another event: {0}", "ファイルは別の案件 {0} のものです")

/* ---- Files. */
#define CLI_MESSAGES_FILES(X) \
X(MSG_FILE_MISSING, "{0}: there is no such file", "{0}: ファイルがありません") \
X(MSG_FILE_FORBIDDEN, "{0}: may not be read", "{0}: 読む権限がありません") \
X(MSG_FILE_EMPTY, "{0}: there is nothing in it", "{0}: 中身がありません") \
X(MSG_FOLDER_MISSING, "{0}: there is no such folder", "{0}: フォルダがありません") \
X(MSG_FILE_IS_FOLDER, "{0}: is a folder", "{0}: フォルダです") \
X(MSG_FILE_UNREADABLE, "{0}: cannot be read", "{0}: 読めません") \
X(MSG_FILE_UNWRITABLE, "{0}: cannot be written", "{0}: 書き込めません") \
X(MSG_FILE_TOO_LARGE, "{0}: is larger than {1} bytes", "{0}: {1} バイトを超えています") \
X(MSG_FILE_EXISTS, "{0}: is there already and is not overwritten", "{0}: 既にあるため上書きしません") \
X(MSG_AT_PATH, "{0}: {1}", "{0}: {1}") \
X(MSG_DISK_FULL, "the disk is full", "ディスクに空きがありません") \
X(MSG_PLACE_TAKEN, "{0}: is there already and not an empty folder: name one that is not there", \
  "{0}: 既にあり、空のフォルダではありません。まだないフォルダを指定してください") \
X(MSG_PLACE_MOUNTED, "{0}: a disk is mounted there, so that it cannot be put in place whole: name a folder in it", \
  "{0}: ディスクのマウント先なので、全体を一度に置くことができません。その中のフォルダを指定してください") \
X(MSG_NODE_FILE_NEEDED, "--file is needed: what node keygen printed for that node", \
  "--file で、そのノードの node keygen の出力を指定してください") \
X(MSG_NODE_SECRETS, "{0}: holds a node's secret keys: they stay on its machine; --file takes what node keygen printed", \
  "{0}: 秘密鍵のファイルです。そのノードの外に出さず、--file には node keygen の出力を指定してください") \
X(MSG_NODE_FILE, "{0}: is not what keygen prints: node, name, curve, sign, role, posts", \
  "{0}: keygen の出力（node、name、curve、sign、role、posts）ではありません") \
X(MSG_EDIT_FILE_FORM, "{0}: must be an object with the changed fields, or with paths and event", \
  "{0}: 変更する項目のオブジェクト、または paths と event を持つオブジェクトが必要です") \
X(MSG_AT_LINE, "{0}:{1}: {2}", "{0}:{1}: {2}") \
X(MSG_JSON_TOO_LARGE, "is larger than {0} bytes, as no event is", "{0} バイトを超えています（案件として大きすぎます）") \
X(MSG_JSON_COMMA, "between two elements there must be one comma, and none at the end", \
  "要素の間はコンマ一つで区切り、最後には付けないでください") \
X(MSG_JSON_BROKEN, "ends early, or something stands where no value can begin", \
  "途中で終わっているか、値のない所に何かがあります") \
X(MSG_FAULT_NOT_UTF8, "is not UTF-8 text", "UTF-8 の文字ではありません") \
X(MSG_FAULT_TOO_DEEP, "is nested deeper than {0}", "入れ子が {0} 段を超えています") \
X(MSG_FAULT_SYNTAX, "is not JSON: {0}", "JSON として読めません: {0}") \
X(MSG_FAULT_UNKNOWN_FIELD, "there is no such field", "そのような項目はありません") \
X(MSG_FAULT_UNKNOWN_FIELD_NEAR, "there is no such field; did you mean {0}?", \
  "そのような項目はありません（{0} のことですか）") \
X(MSG_FAULT_TWICE, "stands here twice, under both of its names", "二つの書き方で二度書かれています") \
X(MSG_FAULT_ONE_OF, "cannot stand beside {0}: one of the two", "{0} と同時には書けません") \
X(MSG_FAULT_WRONG, "is {0}, must be {1}", "{0} ですが、{1} でなければなりません") \
X(MSG_FAULT_UNKNOWN_VALUE, "is \"{0}\", must be one of {1}", "「{0}」は使えません（{1} のいずれか）") \
X(MSG_FAULT_NOT_BASE64, "is not base64", "base64 ではありません") \
X(MSG_TYPE_NOTHING, "nothing", "なし") \
X(MSG_TYPE_OBJECT, "an object {…}", "オブジェクト {…}") \
X(MSG_TYPE_LIST, "a list […]", "リスト […]") \
X(MSG_TYPE_STRING, "a text \"…\"", "文字列 \"…\"") \
X(MSG_TYPE_INTEGER, "a whole number", "整数") \
X(MSG_TYPE_NUMBER, "a number", "数") \
X(MSG_TYPE_BOOL, "true or false", "true か false") \
X(MSG_TYPE_NULL, "null", "null") \
X(MSG_TYPE_TEXT_OBJECT, "{\"ja\": \"…\", \"en\": \"…\"}", "{\"ja\": \"…\", \"en\": \"…\"}") \
X(MSG_TYPE_DATE, "a date such as \"2024-02-15\" or \"2024-02\"", "\"2024-02-15\" や \"2024-02\" のような日付") \
X(MSG_TYPE_COUNT, "a whole number, or {\"value\": 120, \"bound\": \"ABOUT\"}", \
  "整数、または {\"value\": 120, \"bound\": \"ABOUT\"}") \
X(MSG_CSV_NO_COLUMN, "the header has no column {0}", "見出しに列 {0} がありません") \
X(MSG_CSV_CELLS, "has {0} cells where the header has {1}", "見出しは {1} 列ですが {0} 列あります") \
X(MSG_CSV_TOO_WIDE, "has more than {0} columns", "{0} 列を超えています") \
X(MSG_CSV_QUOTE, "a quote stands where none may", "引用符の位置が正しくありません") \
X(MSG_CSV_UNCLOSED, "this quote is not closed", "引用符が閉じられていません") \
X(MSG_CSV_EMPTY, "has no header", "見出しがありません") \
X(MSG_CSV_NEEDED, "{0} must not be empty", "{0} は空欄にできません") \
X(MSG_CSV_DAY, "\"{0}\" is no day: 2024-02-15", "「{0}」は日付ではありません（例: 2024-02-15）") \
X(MSG_CSV_DEGREES, "\"{0}\" is no number of degrees: -77.0561", "「{0}」は度ではありません（例: -77.0561）") \
X(MSG_CSV_PART, "\"{0}\" is none of all, rest, oversight, counties:A;B", \
  "「{0}」は all、rest、oversight、counties:A;B のいずれでもありません") \
X(MSG_CSV_COUNTY, "{0} does not lie with {1} by jurisdictions.csv", "jurisdictions.csv では {0} は {1} の管轄ではありません") \
X(MSG_IMPORT_FILE, "{0}: {1} rows\n", "{0}: {1} 行\n") \
X(MSG_IMPORT_NOTHING, "{0}: has none of the files of reference data (posts.csv, states.csv …)", \
  "{0}: 参照データのファイル（posts.csv、states.csv など）がありません") \
X(MSG_IMPORT_FAULTY, "nothing was sent: the files have faults", "誤りがあるため何も送っていません") \
X(MSG_IMPORT_DRY, "{0} rows are in order; nothing was sent\n", "{0} 行に誤りはありません（送っていません）\n")

/* ---- Events. */
#define CLI_MESSAGES_EVENTS(X) \
X(MSG_TEMPLATE_OPENING, \
  "Draft of an event. Keys that begin with // are remarks and are passed over. What is not known stays as it is: it counts as not stated. When done: kusanone submit FILE", \
  "案件のひな型。// で始まる項目は説明で、送信時には無視されます。分からない項目はそのままにしてください（記載なしになります）。記入後: kusanone submit ファイル名") \
X(MSG_EVENT_UNKNOWN, "{0}: there is no such event here", "{0}: その案件はここにはありません") \
X(MSG_EVENT_AMBIGUOUS, "{0}: several events are meant by that; type more of the id", \
  "{0}: 複数の案件が該当します。IDをもっと長く指定してください") \
X(MSG_REVISION, "revision {0}", "版 {0}") \
X(MSG_REVISION_UNKNOWN, "{0}: the event has no such revision", "{0}: この案件にその版はありません") \
X(MSG_REVISION_AMBIGUOUS, "{0}: several revisions begin so; type more of it", \
  "{0}: 複数の版が該当します。もっと長く指定してください") \
X(MSG_ALREADY_HELD, "{0}: was held, so nothing is left to change; if it was recorded by mistake: kusanone withdraw", \
  "{0}: 既に実施済みのため変更できません。誤って記録した場合は kusanone withdraw を使ってください") \
X(MSG_ALREADY_SO, "{0}: is so already", "{0}: 既にその状態です") \
X(MSG_EVENTS_MATCHING, "{0} of {1} events\n", "{1} 件中 {0} 件\n") \
X(MSG_EVENTS_NEXT, "next page: --after {0}\n", "次のページ: --after {0}\n") \
X(MSG_COHOST_NONE, "nothing waits for an answer\n", "回答待ちのものはありません\n") \
X(MSG_COHOST_NAMES, "names {0}", "{0} を共催に記載") \
X(MSG_COHOST_NO_REQUEST, "{0}: no event that names this post as a co-host is known here; with the whole id and --post an answer can go first", \
  "{0}: 自館を共催とする案件は届いていません。ID全体と --post を指定すれば先に回答できます") \
X(MSG_COHOST_WHICH_POST, "{0}: names several of this node's posts; say which: --post", \
  "{0}: このノードの複数の公館が記載されています。--post で指定してください") \
X(MSG_COHOST_ALL_COUNT, "all holders of the event count already; name others with --posts", \
  "開催公館は全て計上済みです。他の公館は --posts で指定してください") \
X(MSG_SHOW_REACH, "record", "記録") \
X(MSG_SHOW_POSITION, "position {0}", "位置 {0}") \
X(MSG_SHOW_VERDICT, "verdict: {0}", "判定: {0}") \
X(MSG_SHOW_REVIEW, "review", "本部の確認") \
X(MSG_SHOW_JURISDICTIONS, "jurisdiction", "管轄公館") \
X(MSG_SHOW_MERGED_INTO, "merged into", "統合先") \
X(MSG_SHOW_HEADS, "branches", "枝分かれ") \
X(MSG_SHOW_CONFLICT, "conflict", "食い違い") \
X(MSG_SHOW_HISTORY, "History (newest position last)\n", "履歴（下ほど新しい）\n") \
X(MSG_NAME_NOT_HERE, "(name not here)", "（氏名はここにありません）") \
X(MSG_FILED, "filed", "提出済み") \
X(MSG_QUOTE, "{0}: “{1}”", "{0}「{1}」") \
X(MSG_WITHDRAWN, "withdrawn", "取下げ") \
X(MSG_PROVISIONAL, "provisional", "暫定") \
X(MSG_FOREIGN, "other post's", "他館")

/* ---- What headquarters says and keeps. */
#define CLI_MESSAGES_HEADQUARTERS(X) \
X(MSG_FIGURE_NONE, "no figures were published\n", "公表値はありません\n") \
X(MSG_PUBLISHED, "published {0}", "公表 {0}") \
X(MSG_ITEMISED, " · itemised {0} · not itemised {1}", " · 明細あり {0} · 明細なし {1}") \
X(MSG_DISCREPANCY, " · discrepancy: more itemised than published", " · 不一致: 明細が公表値を超えています") \
X(MSG_REFERENCE_ROWS, "{0} rows\n", "{0} 行\n") \
X(MSG_PART_ALL, "all", "全域") \
X(MSG_PART_COUNTIES, "counties", "郡") \
X(MSG_PART_REST, "what no other post names", "他館の管轄以外") \
X(MSG_PART_OVERSIGHT, "oversight", "監督")

/* ---- Totals. */
#define CLI_MESSAGES_TOTALS(X) \
X(MSG_TOTALS_HEADER, "Totals · {0} · {1}", "集計 · {0} · {1}") \
X(MSG_TOTALS_POSITION, "position {0} · headquarters' time {1}", "位置 {0} · 本部時刻 {1}") \
X(MSG_PUBLISHED_TITLE, "Published figures and what is itemised of them", "公表値と明細") \
X(MSG_CUMULATIVE, "cumulative since {0}: {1}", "{0}からの累計 {1}") \
X(MSG_COUNTED_HERE, "Itemised here", "明細の合計") \
X(MSG_BY_TITLE, "By {0}", "{0}別") \
X(MSG_SUM_OVERLAP_NATIONALLY, "sum {0} · overlap {1} · nationally {2}", "合計 {0} · 重複 {1} · 全国 {2}") \
X(MSG_NATIONALLY, "nationally {0}", "全国 {0}") \
X(MSG_MEASURE_LINE, "{0}: {1}", "{0}: {1}") \
X(MSG_FIGURE_LACKS, "{0} ({1} events not stated)", "{0}（記載なし {1} 件）") \
X(MSG_COLUMN_PROVISIONAL, "provisional", "暫定") \
X(MSG_COLUMN_BOUNDARY, "FY boundary", "年度境界") \
X(MSG_BEST_PRACTICES, "Best practices", "代表例") \
X(MSG_TITLE_AND_POSTS, "{0} ({1})", "{0}（{1}）") \
X(MSG_UNCONFIRMED_EVENTS, "named co-hosts that have not confirmed are shown, not counted: events {0}", \
  "共催公館が未確認の案件が {0} 件あります（その公館では数えていません）") \
X(MSG_OPENED_TITLE, "Records behind it: id, position, revision", "根拠となる記録: ID、位置、版") \
X(MSG_RECOUNT_EQUAL, "recount: equal, row for row", "再集計: 全ての行が一致") \
X(MSG_RECOUNT_DIFFERS, "recount: {0}", "再集計: 不一致 {0}") \
X(MSG_ABOUT, "about {0}", "約{0}") \
X(MSG_AT_LEAST, "at least {0}", "{0}以上") \
X(MSG_JPY, "{0} JPY", "{0}円") \
X(MSG_WATCH_MORE, "… {0} more lines: make the window taller", "… ほか {0} 行（窓を高くすると見えます）") \
X(MSG_WATCH_GONE, "headquarters does not answer; trying again …\n", "本部が応答しません。再接続しています…\n")

/* ---- Nodes and services. */
#define CLI_MESSAGES_STATE(X) \
X(MSG_NODE_COLUMN_ID, "node", "ノード") \
X(MSG_NODE_COLUMN_NAME, "name", "名前") \
X(MSG_NODE_COLUMN_ROLE, "role", "役割") \
X(MSG_NODE_COLUMN_POSTS, "posts", "公館") \
X(MSG_NODE_COLUMN_KEY, "key", "鍵") \
X(MSG_NODE_COLUMN_STATE, "state", "状態") \
X(MSG_NODE_COLUMN_CONTACT, "last contact", "最後の接続") \
X(MSG_NODE_COLUMN_COMPLETE, "complete up to", "完全な通番") \
X(MSG_NODE_COLUMN_BRANCHES, "branches", "枝") \
X(MSG_NODE_BRANCHED, "{0} has {1} branches: a restored copy, or two machines with one key?", \
  "{0} は {1} 本に枝分かれしています。復元した複製か、一つの鍵を使う二台の機械がありませんか") \
X(MSG_NODE_REFUSED, "{0}: {1} records do not count (see their verdicts)", "{0}: 計上されない記録が {1} 件あります（判定を参照）") \
X(MSG_CONNECTED, "connected", "接続中") \
X(MSG_STATUS_NODE, "node", "ノード") \
X(MSG_STATUS_SEQ, "journal up to", "日誌の通番") \
X(MSG_STATUS_UNRECEIPTED, "without receipt", "本部の受領待ち") \
X(MSG_STATUS_HEARD, "heard of headquarters' log", "受信した本部の記録の位置") \
X(MSG_STATUS_POSITION, "counted of its log", "集計した記録の位置") \
X(MSG_STATUS_OF, "{0} of {1}", "{0} / {1}") \
X(MSG_STATUS_LAG, "positions behind", "位置の遅れ") \
X(MSG_STATUS_EVENTS, "events", "案件") \
X(MSG_STATUS_RECORDS, "records", "記録") \
X(MSG_STATUS_DISK, "disk", "ディスク") \
X(MSG_STATUS_SEALED, "sealed up to", "封印した記録の位置") \
X(MSG_STATUS_MEMORY, "memory", "メモリ") \
X(MSG_STATUS_STARTED, "started", "起動") \
X(MSG_STATUS_CLOCK, "its clock", "時計") \
X(MSG_STATUS_BRANCHES, "branches", "枝") \
X(MSG_STATUS_LINK, "link {0}", "接続 {0}") \
X(MSG_LINK_UP, "up", "上り（送信）") \
X(MSG_LINK_DOWN, "down", "下り（受信）") \
X(MSG_LINK_LIVE, "connected", "接続中") \
X(MSG_LINK_GREETING, "waits for an answer", "応答待ち") \
X(MSG_LINK_WAITS, "not connected", "未接続") \
X(MSG_LINK_OFF, "off", "停止") \
X(MSG_STATUS_SINCE, "since {0}", "{0} から") \
X(MSG_STATUS_UNCONFIRMED, "{0} unconfirmed", "未確認 {0}") \
X(MSG_STATUS_SUBSCRIPTIONS, "subscriptions", "お知らせの登録") \
X(MSG_STATUS_ALERTS, "alerts: {0}", "お知らせ（{0}）") \
X(MSG_STATUS_REPEATED, "sent again after a doubt", "念のための再送") \
X(MSG_STATUS_NEXT, "next one due", "次の期日") \
X(MSG_STATUS_DEAD, "{0} alerts could not be delivered: kusanone alerts log --state dead", \
  "お届けできなかったお知らせが {0} 件あります（kusanone alerts log --state dead）") \
X(MSG_STATUS_ALARM, "ALARM: {0}", "警報: {0}")

/* ---- Fixed words of the protocol. */
#define CLI_MESSAGES_WORDS(X) \
X(MSG_NOT_STATED, "not stated", "記載なし") \
X(MSG_STATUS_PLANNED, "planned", "予定") \
X(MSG_STATUS_POSTPONED, "postponed", "延期") \
X(MSG_STATUS_CANCELLED, "cancelled", "中止") \
X(MSG_STATUS_HELD, "held", "実施") \
X(MSG_REVIEW_RECEIVED, "received", "受理") \
X(MSG_REVIEW_QUESTIONED, "questioned", "照会中") \
X(MSG_REVIEW_ACCEPTED, "accepted", "承認") \
X(MSG_REVIEW_RETURNED, "returned", "差戻し") \
X(MSG_ROLE_POST, "post", "公館") \
X(MSG_ROLE_HQ, "headquarters", "本部") \
X(MSG_ROLE_FOLLOWER, "follower", "購読") \
X(MSG_COUNTS, "counts", "計上") \
X(MSG_HOLDER_CONFIRMED, "confirmed", "確認済み") \
X(MSG_HOLDER_UNCONFIRMED, "unconfirmed", "未確認") \
X(MSG_HOLDER_DISPUTED, "disputed", "異議あり") \
X(MSG_KEY_VALID, "valid", "有効") \
X(MSG_KEY_RETIRED, "retired", "引退") \
X(MSG_KEY_STOLEN, "stolen", "盗難") \
X(MSG_BUCKET_ONLINE, "online", "オンライン") \
X(MSG_BUCKET_NO_POST, "no confirmed post", "確認済みの公館なし") \
X(MSG_MEASURE_EVENTS, "events", "案件数") \
X(MSG_MEASURE_SESSIONS, "sessions", "開催回数") \
X(MSG_MEASURE_MUNICIPALITIES, "municipalities", "開催都市数") \
X(MSG_MEASURE_PARTICIPANTS, "participants", "参加者数") \
X(MSG_MEASURE_BUDGET_PLANNED, "budget planned", "予算額") \
X(MSG_MEASURE_BUDGET_SPENT, "budget spent", "執行額") \
X(MSG_BY_FY, "fiscal year", "年度") \
X(MSG_BY_MONTH, "month", "月") \
X(MSG_BY_POST, "post", "公館") \
X(MSG_BY_STATE, "state", "州") \
X(MSG_BY_CATEGORY, "category", "分野") \
X(MSG_BY_PILLAR, "pillar", "政策の柱") \
X(MSG_BY_FORMAT, "format", "形式") \
X(MSG_BY_TOPIC, "topic", "主題") \
X(MSG_BY_FRAME, "frame", "枠組み") \
X(MSG_BY_STATUS, "status", "状態") \
X(MSG_RECORD_REVISION, "revision", "版") \
X(MSG_RECORD_WITHDRAWAL, "withdrawal", "取下げ") \
X(MSG_RECORD_COHOST_ANSWER, "co-host's answer", "共催の回答") \
X(MSG_RECORD_REVIEW, "review", "本部の確認") \
X(MSG_RECORD_BEST_PRACTICE, "best practice", "代表例") \
X(MSG_RECORD_FIGURE, "published figure", "公表値") \
X(MSG_RECORD_MERGE, "merge", "統合") \
X(MSG_RECORD_MOVE, "change of owner", "所管替え") \
X(MSG_RECORD_SOURCE, "confirmed by a source", "資料による確認") \
X(MSG_RECORD_ERASURE, "erasure", "消去") \
X(MSG_RECORD_PUBLICATION, "publication", "公表") \
X(MSG_RECORD_REFERENCE, "reference data", "参照データ") \
X(MSG_RECORD_ENROLMENT, "enrolment of a key", "鍵の登録") \
X(MSG_RECORD_REVOCATION, "revocation of a key", "鍵の失効") \
X(MSG_RECORD_SUBSCRIPTION, "subscription to alerts", "お知らせの登録") \
X(MSG_RECORD_SILENCE, "silence", "お知らせの停止") \
X(MSG_RECORD_ACKNOWLEDGEMENT, "acknowledgement", "お知らせへの対応") \
X(MSG_VERDICT_MERGED, "merged", "統合済み") \
X(MSG_VERDICT_NOT_HELD, "not held", "実施ではない") \
X(MSG_VERDICT_UNCONFIRMED, "unconfirmed co-host", "共催未確認") \
X(MSG_VERDICT_REFUSED, "does not count", "計上しない") \
X(MSG_VERDICT_REPEAT, "repeat", "重複") \
X(MSG_VERDICT_FORBIDDEN, "forbidden to this node", "このノードには認められない") \
X(MSG_VERDICT_CONFLICT, "conflict", "食い違い") \
X(MSG_VERDICT_MALFORMED, "malformed", "不正な形式") \
X(MSG_VERDICT_UNKNOWN_BODY, "of a newer program", "新しい版の記録") \
X(MSG_VERDICT_UNKNOWN_NODE, "unknown node", "未登録のノード") \
X(MSG_VERDICT_FOREIGN_EVENT, "another node's event", "他のノードの案件") \
X(MSG_VERDICT_JOINED, "branches joined", "枝を統合") \
X(MSG_VERDICT_WAITS, "waits for its event", "案件の到着待ち") \
X(MSG_SERVICE_INTAKE, "intake", "受付 (intake)") \
X(MSG_SERVICE_AGGREGATION, "aggregation", "集計 (aggregation)") \
X(MSG_SERVICE_NOTIFICATION, "notification", "通知 (notification)") \
X(MSG_SERVICE_ARCHIVING, "archiving", "保管") \
X(MSG_RULE_LOCAL, "by the local date", "現地の日付") \
X(MSG_RULE_TOKYO, "by the date in Tokyo", "日本時間の日付")

// clang-format on

#define CLI_MESSAGE_NAME(name, en, ja) name,
enum message { CLI_MESSAGES(CLI_MESSAGE_NAME) MESSAGE_COUNT };
#undef CLI_MESSAGE_NAME

const char *message_text(enum lang, enum message);

#endif
