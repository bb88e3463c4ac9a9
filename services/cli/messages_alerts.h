/* cli/messages_alerts.h - the sentences of "kusanone alerts", for messages.h. */
#ifndef CLI_MESSAGES_ALERTS_H
#define CLI_MESSAGES_ALERTS_H

// clang-format off

/* X(name, English, Japanese), as in messages.h. */
#define CLI_MESSAGES_ALERTS(X) \
	CLI_MESSAGES_ALERT_USAGE(X) \
	CLI_MESSAGES_ALERT_SHOWN(X) \
	CLI_MESSAGES_ALERT_WORDS(X)

/* ---- The command line. */
#define CLI_MESSAGES_ALERT_USAGE(X) \
X(MSG_ALERT_NEEDS, "--who and --to are needed: whose alerts, and where they go", \
  "--who（誰の）と --to（どこへ）が必要です") \
X(MSG_ALERT_WHO, "--who: at most {0} bytes of text, on one line", "--who: 一行で {0} バイトまでです") \
X(MSG_ALERT_TO, "--to {0}: must be mailto:ADDRESS, https://… or feed", \
  "--to {0}: mailto:アドレス、https://…、feed のいずれかを指定してください") \
X(MSG_ALERT_TO_NEAR, "--to {0}: must be mailto:ADDRESS, https://… or feed; did you mean {1}?", \
  "--to {0}: mailto:アドレス、https://…、feed のいずれかを指定してください（{1} のことですか）") \
X(MSG_ALERT_ADDRESS, "--to {0}: is no mail address: name@example.org", \
  "--to {0}: メールアドレスではありません（例: name@example.org）") \
X(MSG_ALERT_URL, "--to {0}: is no web address to send to: https://host/path, without a user, a fragment or blanks", \
  "--to {0}: 送り先の URL ではありません。https://ホスト/パス の形で、利用者名・断片・空白なしで指定してください") \
X(MSG_ALERT_KIND, "--kind {0}: there is no such kind of alert; there are {1}", \
  "--kind {0}: そのような種類はありません。種類は {1} です") \
X(MSG_ALERT_KIND_NEAR, "--kind {0}: there is no such kind of alert; did you mean {1}?", \
  "--kind {0}: そのような種類はありません（{1} のことですか）") \
X(MSG_ALERT_STATE, "--state {0}: there is no such state; there are {1}", \
  "--state {0}: そのような状態はありません。状態は {1} です") \
X(MSG_ALERT_STATE_NEAR, "--state {0}: there is no such state; did you mean {1}?", \
  "--state {0}: そのような状態はありません（{1} のことですか）") \
X(MSG_ALERT_LEAD, "--lead {0}: must be days, hours or minutes, at most 366d: 30d, 2h, 45m", \
  "--lead {0}: 30d（日）、2h（時間）、45m（分）のように、366d までで指定してください") \
X(MSG_ALERT_LEADS, "--lead: at most {0} lead times", "--lead: {0} 個までです") \
X(MSG_ALERT_DIGEST, "--digest {0}: must be daily@08:30, weekly@mon or weekly@mon,thu@08:30", \
  "--digest {0}: daily@08:30、weekly@mon、weekly@mon,thu@08:30 の形で指定してください") \
X(MSG_ALERT_QUIET, "--quiet {0}: must be two different times of day: 22:00-07:00", \
  "--quiet {0}: 異なる二つの時刻を 22:00-07:00 の形で指定してください") \
X(MSG_ALERT_BOTH_WAYS, "--{0} and --no-{0}: one of the two", "--{0} と --no-{0} は同時に指定できません") \
X(MSG_ALERT_NOTHING, "nothing to change: name an option, e.g. --digest daily", \
  "変更がありません。--digest daily のように指定してください") \
X(MSG_ALERT_PREVIEW_WHAT, "name a subscription, or what a new one would be: --kind, --post, --lead …", \
  "お知らせの登録、または新しい登録の内容（--kind、--post、--lead など）を指定してください") \
X(MSG_ALERT_UNTIL_NEEDED, "--until is needed: a silence has an end", "--until で終わりを指定してください") \
X(MSG_ALERT_UNTIL, "--until {0}: must be a day (2026-12-01), a time (2026-12-01T09:00), or so long from now (7d, 12h)", \
  "--until {0}: 日（2026-12-01）、日時（2026-12-01T09:00）、今からの長さ（7d、12h）のいずれかです") \
X(MSG_ALERT_UNTIL_OVER, "--until {0}: is over already", "--until {0}: 既に過ぎています") \
X(MSG_ALERT_ZONE, "--zone {0}: this machine knows no such time zone: Asia/Tokyo, America/Chicago", \
  "--zone {0}: この端末にその時間帯はありません（例: Asia/Tokyo、America/Chicago）") \
X(MSG_ALERT_NOTE_NEEDED, "--note is needed: who sees to it, and how", "--note で誰がどう対応するかを書いてください") \
X(MSG_ALERT_NOT_ID, "{0}: is no id: six hex digits or more", "{0}: ID ではありません（16進数6桁以上）") \
X(MSG_SUBSCRIPTION_UNKNOWN, "{0}: there is no such subscription", "{0}: そのような登録はありません") \
X(MSG_SUBSCRIPTION_AMBIGUOUS, "{0}: several subscriptions have these digits: type more of them", \
  "{0}: 複数の登録に当てはまります。桁を増やしてください") \
X(MSG_SILENCE_UNKNOWN, "{0}: there is no such silence", "{0}: そのような停止はありません") \
X(MSG_SILENCE_AMBIGUOUS, "{0}: several silences have these digits: type more of them", \
  "{0}: 複数の停止に当てはまります。桁を増やしてください") \
X(MSG_ALERT_UNKNOWN, "{0}: there is no such alert", "{0}: そのようなお知らせはありません") \
X(MSG_ALERT_AMBIGUOUS, "{0}: several alerts begin so: type more of the id", \
  "{0}: 複数のお知らせに当てはまります。桁を増やしてください")

/* ---- Answers. */
#define CLI_MESSAGES_ALERT_SHOWN(X) \
X(MSG_SUBSCRIPTION_NONE, "there are no subscriptions: kusanone alerts subscribe\n", \
  "お知らせの登録はありません（kusanone alerts subscribe）\n") \
X(MSG_SUBSCRIPTION_ID, "id", "ID") \
X(MSG_SUBSCRIPTION_WHO, "who", "誰") \
X(MSG_SUBSCRIPTION_TO, "to", "送り先") \
X(MSG_SUBSCRIPTION_NEXT, "next (in its zone)", "次回（その時間帯）") \
X(MSG_SUBSCRIPTION_KINDS, "kinds", "種類") \
X(MSG_SUBSCRIPTION_ANY_KIND, "every kind", "全ての種類") \
X(MSG_SUBSCRIPTION_POSTS, "posts", "公館") \
X(MSG_SUBSCRIPTION_STATES, "states", "州") \
X(MSG_SUBSCRIPTION_PILLARS, "pillars", "政策の柱") \
X(MSG_SUBSCRIPTION_CATEGORIES, "categories", "分野") \
X(MSG_SUBSCRIPTION_TEXT, "in the title", "件名の語") \
X(MSG_SUBSCRIPTION_LEADS, "lead times", "事前の時期") \
X(MSG_SUBSCRIPTION_DIGEST, "digest", "まとめ") \
X(MSG_SUBSCRIPTION_AT_ONCE, "at once", "その都度") \
X(MSG_SUBSCRIPTION_QUIET, "quiet hours", "送らない時間") \
X(MSG_SUBSCRIPTION_ZONE, "time zone", "時間帯") \
X(MSG_SUBSCRIPTION_LANG, "language", "言語") \
X(MSG_SUBSCRIPTION_SECRET, "secret", "秘密の名前") \
X(MSG_SUBSCRIPTION_CREATED, "recorded", "登録") \
X(MSG_SUBSCRIPTION_COUNTS, "alerts", "お知らせ") \
X(MSG_SUBSCRIPTION_NEXT_DUE, "next due", "次回") \
X(MSG_SUBSCRIPTION_FILE, "file", "ファイル") \
X(MSG_SUBSCRIPTION_NO_ADDRESS, "its address was erased, or has not come: nothing can be sent", \
  "送り先が消去されたか、まだ届いていません。送信できません") \
X(MSG_SUBSCRIPTION_REMOVED, "was removed", "削除済み") \
X(MSG_SILENCES, "Silences\n", "停止中\n") \
X(MSG_SILENCE_EVERYTHING, "everything", "全て") \
X(MSG_SILENCE_UNTIL, "until {0}", "{0} まで") \
X(MSG_SILENCE_HELD_BACK, "held back until {0}\n", "{0} まで送りません\n") \
X(MSG_CHANNEL_MAIL, "mail {0}", "メール {0}") \
X(MSG_CHANNEL_WEBHOOK, "webhook {0}", "ウェブフック {0}") \
X(MSG_CHANNEL_FEED, "feed {0}", "フィード {0}") \
X(MSG_ALERT_NONE, "no alerts\n", "お知らせはありません\n") \
X(MSG_ALERT_PREVIEW_NONE, "the next {0} days bring nothing\n", "これからの {0} 日間に該当するものはありません\n") \
X(MSG_ALERT_ATTEMPTS, "attempts: {0}", "試行 {0} 回") \
X(MSG_ALERT_NEXT, "next {0}", "次は {0}") \
X(MSG_ALERT_GOES, "goes {0}", "送信 {0}") \
X(MSG_ALERT_MORE, "the next page: --after {0}\n", "次のページ: --after {0}\n") \
X(MSG_ALERT_TEST_SENT, "the receiver took it: {0}\n", "受信側が受け取りました: {0}\n") \
X(MSG_ALERT_TEST_DEAD, "the receiver refused it: {0}", "受信側が拒みました: {0}") \
X(MSG_ALERT_TEST_LATER, "the receiver did not take it: {0}; it is tried again {1}", \
  "受信側が受け取りませんでした: {0}（{1} に再送します）") \
X(MSG_ALERT_TEST_WAITS, "{0} s have passed and it is still: {1}; see kusanone alerts log --subscription {2}", \
  "{0} 秒たっても「{1}」のままです（kusanone alerts log --subscription {2} で確認できます）") \
X(MSG_ALERT_RESENT, "{0}  is sent again\n", "{0}  もう一度送ります\n")

/* ---- Fixed words. */
#define CLI_MESSAGES_ALERT_WORDS(X) \
X(MSG_KIND_UPCOMING, "upcoming", "開催予告") \
X(MSG_KIND_ANNOUNCED, "announced", "新着") \
X(MSG_KIND_CHANGED, "changed", "変更") \
X(MSG_KIND_MOVED, "moved", "日時・場所の変更") \
X(MSG_KIND_CANCELLED, "cancelled", "中止") \
X(MSG_KIND_COHOST_ASKED, "co-host asked", "共催の確認依頼") \
X(MSG_KIND_REPORT_OVERDUE, "report overdue", "報告の遅れ") \
X(MSG_KIND_DATE_NOT_FIXED, "date not fixed", "日付未定") \
X(MSG_KIND_CONFLICT, "conflict", "重なり") \
X(MSG_KIND_COVERAGE_GAP, "coverage gap", "実施の空白") \
X(MSG_KIND_POST_SILENT, "post silent", "公館の無連絡") \
X(MSG_KIND_MILESTONE, "milestone", "節目") \
X(MSG_KIND_RESTATEMENT, "restatement", "公表値の訂正") \
X(MSG_KIND_TEST, "test", "試し") \
X(MSG_ALERT_SCHEDULED, "scheduled", "予定") \
X(MSG_ALERT_WAITING, "waiting", "待機") \
X(MSG_ALERT_SENDING, "sending", "送信中") \
X(MSG_ALERT_SENT, "sent", "送信済み") \
X(MSG_ALERT_DEAD, "dead", "不達") \
X(MSG_ALERT_MISSED, "missed", "見送り") \
X(MSG_REASON_DIGEST, "for the digest", "まとめ待ち") \
X(MSG_REASON_QUIET, "quiet hours", "送らない時間") \
X(MSG_REASON_SILENCED, "silenced", "停止中") \
X(MSG_REASON_NO_ADDRESS, "no address", "送り先なし") \
X(MSG_REASON_BEGUN, "it had begun", "既に開始") \
X(MSG_REASON_OVER, "it is over, or too long ago", "終了済み、または古すぎる") \
X(MSG_REASON_OVERTAKEN, "a nearer reminder took its place", "より近い予告に置き換え") \
X(MSG_REASON_GONE, "it will not be, or is not what it was", "中止または内容の変更") \
X(MSG_REASON_ACKNOWLEDGED, "somebody sees to it", "対応中") \
X(MSG_REASON_UNSUBSCRIBED, "the subscription was removed", "登録の削除")

// clang-format on

#endif
