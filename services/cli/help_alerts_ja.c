/* The pages of --help about alerts in Japanese. */
#include "cli/help_pages.h"

#include <stddef.h>

// clang-format off

/* Of subscribe, edit and preview: what a subscription says. */
#define FORM_OPTIONS \
	"  --who 名前      誰へのお知らせか（担当、班など）\n" \
	"  --to 送り先     mailto:アドレス、https://…（Webhook）、feed（カレンダー）\n" \
	"  --kind A,B      この種類だけ: upcoming（開催予告）、announced（新着）、changed\n" \
	"                  （変更）、moved（日時・場所の変更）、cancelled（中止）、\n" \
	"                  cohost-asked（共催の確認依頼）、report-overdue（報告の遅れ）、\n" \
	"                  date-not-fixed（日付未定）、conflict（重なり）、coverage-gap（実施の\n" \
	"                  空白）、post-silent（公館の無連絡）、milestone（節目）、restatement\n" \
	"                  （公表値の訂正）\n" \
	"  --post, --state, --pillar, --category コード\n" \
	"                  いずれかに当てはまる案件だけ（例: --post chi,bna）\n" \
	"  --text 語       件名にこの語を含む案件だけ\n" \
	"  --lead 時期     開催のどれだけ前か: 30d,7d,1d,2h（d 日、h 時間、m 分）\n" \
	"  --digest 時     まとめて送る: daily@08:30、weekly@mon、weekly@mon,thu@08:30（時刻\n" \
	"                  がなければ 08:30）。指定がなければその都度送る\n" \
	"  --quiet 時間    送らない時間: 22:00-07:00。たまった分は終わりに送る。24時間以内の\n" \
	"                  開催の中止だけはすぐに送る\n" \
	"  --zone 時間帯   これらの時刻の時間帯（既定 Asia/Tokyo）\n" \
	"  --lang ja|en    受け取る人の言語（既定 ja）。このコマンドの表示もその言語になる\n" \
	"  --secret 名前   Webhook の秘密の、サービスのファイルでの名前\n"

#define ID_WORDS \
	"ID には、ID全体、その始め、または下六桁以上を指定します（一覧では下八桁を表示）。\n"

const struct help_page help_alerts_ja[] = {
	{ "alerts subscribe", "これからの案件のお知らせを登録する（本部）",
	  "使い方: kusanone alerts subscribe --who 名前 --to 送り先 [指定]...\n"
	  "\n"
	  "本部の記録として、本部の受付に送ります。条件を複数指定すると全てを満たすもの、一つ\n"
	  "の条件の値はいずれかに当てはまるもの、条件がなければ全てが対象です。知られていない\n"
	  "コード・時間帯・種類は、近い候補を示して断ります。\n"
	  "\n"
	  "指定:\n"
	  FORM_OPTIONS
	  "  --dry-run       全項目を確認するだけで記録しない\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts subscribe --who 企画担当 --to mailto:desk@example.jp \\\n"
	  "        --post chi --kind upcoming,moved,cancelled --lead 7d,1d --quiet 22:00-07:00\n" },

	{ "alerts list", "お知らせの登録と停止の一覧",
	  "使い方: kusanone alerts list\n"
	  "\n"
	  "登録ごとに、IDの下八桁、誰のものか、送り先、次回の日時（その登録の時間帯）。その下\n"
	  "に対象と、待機・送信済み・不達・見送りの件数。最後に停止中のものを表示します。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts list\n" },

	{ "alerts show", "お知らせの登録の詳細",
	  "使い方: kusanone alerts show ID\n"
	  "\n"
	  ID_WORDS
	  "日時は登録の時間帯で表示します。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts show 9f3a12bc\n" },

	{ "alerts edit", "お知らせの登録を変更する（本部）",
	  "使い方: kusanone alerts edit ID [指定]...\n"
	  "\n"
	  ID_WORDS
	  "指定した項目だけが変わります。一覧は全体が置き換わり、空の値（''）で取り消します。\n"
	  "\n"
	  "指定:\n"
	  FORM_OPTIONS
	  "  --no-digest     まとめずにその都度送る\n"
	  "  --no-quiet      いつでも送る\n"
	  "  --dry-run       全項目を確認するだけで記録しない\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts edit 9f3a12bc --post chi,bna --no-digest --state ''\n" },

	{ "alerts remove", "お知らせの登録を終える（本部）",
	  "使い方: kusanone alerts remove ID [--erase-address --why 理由]\n"
	  "\n"
	  ID_WORDS
	  "以後は何も送りません。フィードのファイルも消えます。\n"
	  "\n"
	  "  --erase-address  これまでの宛先を、すべての場所から完全に消します\n"
	  "  --why 理由       後から読む人への理由\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts remove 9f3a12bc --erase-address --why '異動'\n" },

	{ "alerts test", "今すぐ一通送り、受信側の返答を見る",
	  "使い方: kusanone alerts test ID\n"
	  "\n"
	  ID_WORDS
	  "--timeout の秒数だけ返答を待ちます。終了コード 1 は受信側が受け取らなかったこと、\n"
	  "3 はまだ返答がないことを示します。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts test 9f3a12bc --timeout 30\n"
	  "  受信側が受け取りました: 250 2.0.0 Ok\n" },

	{ "alerts preview", "これからのお知らせを、送らずに見る",
	  "使い方: kusanone alerts preview ID [指定]...\n"
	  "        kusanone alerts preview 指定...\n"
	  "\n"
	  "登録済みのもの、その一部を変えたもの、またはまだ登録していないものについて、早い順\n"
	  "に、登録の時間帯で表示します。何も記録しません。\n"
	  "\n"
	  "指定:\n"
	  "  --days 日数     これだけ先まで（既定 60）\n"
	  FORM_OPTIONS
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts preview --post chi --kind upcoming --lead 7d,1d\n" },

	{ "alerts silence", "お知らせを終わりの時まで止める（本部）",
	  "使い方: kusanone alerts silence --until 時 --why 理由 [指定]...\n"
	  "\n"
	  "指定したものをその時まで送りません。何も指定しなければ全てが対象です。止めたものは\n"
	  "記録（alerts log）に残ります。\n"
	  "\n"
	  "指定:\n"
	  "  --until 時      2026-12-01（その日の終わり）、2026-12-01T09:00、または今からの長\n"
	  "                  さ: 7d、12h\n"
	  "  --zone 時間帯   --until の日や時刻の時間帯（既定 Asia/Tokyo）\n"
	  "  --why 理由      止める理由\n"
	  "  --subscription ID, --event ID\n"
	  "                  この登録だけ、この案件だけ\n"
	  "  --post コード   これらの公館に関するものだけ\n"
	  "  --kind A,B      これらの種類だけ\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts silence --post chi --kind report-overdue --until 2026-12-01 \\\n"
	  "        --why \"事務所の移転\"\n" },

	{ "alerts unsilence", "停止を途中で終える（本部）",
	  "使い方: kusanone alerts unsilence ID\n"
	  "\n"
	  "ID は、alerts list に表示される停止の番号です。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts unsilence 51c07e2d\n" },

	{ "alerts ack", "対応中と記録し、繰り返しを止める（本部）",
	  "使い方: kusanone alerts ack お知らせ --note 備考\n"
	  "\n"
	  "お知らせは、alerts log に表示される番号の始めで指定します。繰り返すもの（報告の遅\n"
	  "れ、公館の無連絡など）は、全ての登録について止まります。\n"
	  "\n"
	  "指定:\n"
	  "  --note 備考     誰がどう対応するか\n"
	  "  --undo          以前の記録を取り消す\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts ack 7be1f402 --note \"報告は金曜日に届く予定\"\n" },

	{ "alerts log", "お知らせの記録: 送信済み、待機、不達、見送りとその理由",
	  "使い方: kusanone alerts log [指定]...\n"
	  "\n"
	  "新しい順に、番号の始め、期日（この端末の時刻）、状態、種類、誰のものか、案件。その下\n"
	  "に、待機や見送りの理由、受信側の返答、次に送る時を表示します。\n"
	  "\n"
	  "指定:\n"
	  "  --subscription ID, --event ID\n"
	  "                  この登録だけ、この案件だけ\n"
	  "  --state A,B     scheduled（予定）、waiting（待機）、sending（送信中）、sent\n"
	  "                  （送信済み）、dead（不達）、missed（見送り）。既定は予定を除く全て\n"
	  "  --kind A,B      これらの種類だけ\n"
	  "  --limit 数      一ページの件数（既定 50）\n"
	  "  --after 印      次のページ（前のページに表示される印）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts log --state dead,missed\n" },

	{ "alerts resend", "不達のお知らせをもう一度送る",
	  "使い方: kusanone alerts resend お知らせ\n"
	  "\n"
	  "お知らせは、alerts log に表示される番号の始めで指定します。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone alerts resend 7be1f402\n" },

	{ NULL, NULL, NULL },
};
