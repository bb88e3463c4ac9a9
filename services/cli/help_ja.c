/* The pages of --help in Japanese. */
#include "cli/help_pages.h"

#include <stddef.h>

// clang-format off

/* Of events, totals and watch: which events. */
#define FILTER_OPTIONS \
	"  --post, --state, --category, --pillar, --format, --topic, --frame, --status,\n" \
	"  --month 値      これだけに絞る。コードをコンマで区切る（例: --post sfo,lax）\n" \
	"  --filter 区分=値\n" \
	"                  同じことを区分名で指定する（fy も可）\n"

/* Of totals and watch: what is asked of them. */
#define GROUPING_OPTIONS \
	"  --by A,B        区分: fy、month、post、state、category、pillar、format、topic、\n" \
	"                  frame、status（組合せを一つの表にする）\n" \
	"  --report        --by の区分ごとに一つずつ表にする\n" \
	"  --fy A[-B]      この年度だけ: 2023、FY2017-2023、令和5年度\n" \
	FILTER_OPTIONS \
	"  --measure M,N   events（既定、案件数）、sessions、municipalities、participants、\n" \
	"                  budget\n"

/* Of whatever a co-host says. */
#define COHOST_OPTIONS \
	"  --post 公館     回答する公館（ノードが複数の公館を代表する場合）。ID全体とともに\n" \
	"                  指定すれば、依頼が届く前でも回答できます\n" \
	"  --note 備考     本部と記録公館に見える備考\n"

const struct help_page help_ja[] = {
	{ "submit", "案件を自館の受付に送る",
	  "使い方: kusanone submit [指定]... ファイル.json...\n"
	  "        kusanone submit --template\n"
	  "\n"
	  "ファイルには、案件一つ、案件の配列、または一行に一案件（JSON lines）を書きます。\n"
	  "「-」は標準入力です。案件ごとに、ID、版の短いハッシュ、日誌の通番、どこまで届いた\n"
	  "かをファイルの順に表示します。同じ内容をもう一度送っても何も変わらず、同じ受領\n"
	  "内容を表示します。\n"
	  "\n"
	  "項目名はひな型のとおりです（camelCase でも snake_case でも可）。日付は \"2024-02\"\n"
	  "のような文字列、人数は数だけでもかまいません。件名などの文は言語ごとに分けます:\n"
	  "{\"ja\": \"…\", \"en\": \"…\"}。書かない項目と null は「記載なし」です。「//」で始まる\n"
	  "項目は説明として読み飛ばします。\n"
	  "\n"
	  "指定:\n"
	  "  --template      全項目の説明付きひな型を表示して終わる\n"
	  "  --dry-run       全項目を確認するだけで記録しない\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone submit --template > event.json\n"
	  "  $ kusanone submit event.json\n"
	  "  018d3c5e-…-9f3a12bc  版 5b1f02aa · 通番 12 · 自館のディスクに保存\n" },

	{ "events", "案件の一覧",
	  "使い方: kusanone events [指定]...\n"
	  "\n"
	  "一行に一案件: IDの下八桁（他のコマンドではこれで足ります）、日付、状態、公館\n"
	  "（まだ計上されない公館には「?」）、件名。\n"
	  "\n"
	  "指定:\n"
	  FILTER_OPTIONS
	  "  --fy A[-B]      年度: 2023、FY2017-2023、令和5年度\n"
	  "  --text 語       この語を含む案件\n"
	  "  --rule 規則     年度を決める日付: local（既定、現地）または tokyo（日本時間）\n"
	  "  --limit 数      一ページの件数（既定 50）\n"
	  "  --after 印      次のページ（前のページに表示される印）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone events --fy 2023 --status held --post chi\n" },

	{ "show", "案件の詳細",
	  "使い方: kusanone show ID [--history]\n"
	  "\n"
	  "ID には、ID全体、その下六桁以上、または記録時の自館番号を指定します。記録の内容、\n"
	  "どこまで届いたか、本部の保管内容と判定、どの公館の分が計上されるかを表示します。\n"
	  "\n"
	  "指定:\n"
	  "  --history       全ての記録（版、回答、確認、判定）も表示する\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone show 9f3a12bc --history\n" },

	{ "edit", "案件の項目を変更する",
	  "使い方: kusanone edit ID --set 項目=値... | --clear 項目... |\n"
	  "                         --file 変更.json [--base 版] [--why 理由]\n"
	  "\n"
	  "指定した項目だけが変わります。二人が別々の項目を変更した場合は両方が残り、同じ項目\n"
	  "を変更した場合は両方の内容を示して断ります。\n"
	  "\n"
	  "指定:\n"
	  "  --set 項目=値   項目は案件の項目、文の一言語（title.en）、開催回の項目\n"
	  "                  （sessions.s1.status）。値は文字、数、日付、コンマ区切りのコード\n"
	  "                  または JSON。+項目=a,b で一覧に加え、-項目=a,b で除く。\n"
	  "                  開催回の新しい時刻は元の時間帯のものとする。別の時間帯なら\n"
	  "                  {\"value\":\"2024-02-15T14:00\",\"zone\":\"America/Chicago\"}\n"
	  "  --clear 項目    「記載なし」に戻す\n"
	  "  --file ファイル 変更する項目のオブジェクト（null は「記載なし」に戻す）\n"
	  "  --base 版       見ていた版（既定は最新）\n"
	  "  --why 理由      版とともに残す理由\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone edit 9f3a12bc --set title.en=\"Hydrogen Webinar\" \\\n"
	  "        --set +holders=lax --set sessions.s1.start=2024-02-15T14:00\n" },

	{ "cancel", "案件を中止にする",
	  "使い方: kusanone cancel ID --why 理由\n"
	  "\n"
	  "案件と、まだ実施も中止もされていない開催回を中止にします。実施済みの開催回はその\n"
	  "まま残ります。\n"
	  "\n"
	  "指定:\n"
	  "  --why 理由      中止の理由\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone cancel 9f3a12bc --why \"台風のため\"\n" },

	{ "postpone", "案件を延期にする",
	  "使い方: kusanone postpone ID [--why 理由]\n"
	  "\n"
	  "案件と、これからの開催回を延期にします。新しい日程が決まったら kusanone edit を\n"
	  "使います。\n"
	  "\n"
	  "指定:\n"
	  "  --why 理由      延期の理由\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone postpone 9f3a12bc --why \"講師の都合\"\n" },

	{ "withdraw", "誤って記録した案件を取り下げる",
	  "使い方: kusanone withdraw ID --why 理由 [--undo]\n"
	  "\n"
	  "以後この案件は数えられません。記録は削除されません。\n"
	  "\n"
	  "指定:\n"
	  "  --why 理由      取下げの理由\n"
	  "  --undo          以前の取下げを取り消す\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone withdraw 9f3a12bc --why \"二重に記録したため\"\n" },

	{ "cohost confirm", "共催したことを確認する",
	  "使い方: kusanone cohost confirm ID [--post 公館] [--note 備考]\n"
	  "\n"
	  "共催公館のノードから: 他館が記録した案件を自館の実績としても数えます。\n"
	  "\n"
	  "指定:\n"
	  COHOST_OPTIONS
	  "\n"
	  "例:\n"
	  "  $ kusanone cohost confirm 9f3a12bc --note \"パネル討論を担当\"\n" },

	{ "cohost dispute", "共催していないと回答する",
	  "使い方: kusanone cohost dispute ID [--post 公館] [--note 備考]\n"
	  "\n"
	  "共催公館のノードから: 他館が記録した案件は自館の開催ではないと回答します。他の公館\n"
	  "の実績には影響しません。\n"
	  "\n"
	  "指定:\n"
	  COHOST_OPTIONS
	  "\n"
	  "例:\n"
	  "  $ kusanone cohost dispute 9f3a12bc --note \"パネル討論を担当\"\n" },

	{ "cohost withdraw", "共催の確認を取り消す",
	  "使い方: kusanone cohost withdraw ID [--post 公館] [--note 備考]\n"
	  "\n"
	  "共催公館のノードから: 以前の確認を取り消します。\n"
	  "\n"
	  "指定:\n"
	  COHOST_OPTIONS
	  "\n"
	  "例:\n"
	  "  $ kusanone cohost withdraw 9f3a12bc --note \"パネル討論を担当\"\n" },

	{ "cohost list", "自館を共催とする案件の一覧",
	  "使い方: kusanone cohost list [--all]\n"
	  "\n"
	  "自館の回答を待つ案件: ID、日付、記録公館、件名。\n"
	  "\n"
	  "指定:\n"
	  "  --all           回答済みのものも表示する\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone cohost list\n" },

	{ "cohost source", "公表資料により共催を確認する（本部）",
	  "使い方: kusanone cohost source ID --source 資料名 [--quote 引用] [--posts A,B]\n"
	  "\n"
	  "本部の記録（本部の受付から）: 公表資料に基づき、公館を開催公館として数えます。\n"
	  "\n"
	  "指定:\n"
	  "  --source 資料名 公表資料\n"
	  "  --quote 引用    該当箇所\n"
	  "  --posts A,B     公館（既定は、記載されていてまだ計上されない全公館）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone cohost source 9f3a12bc --posts lax --source \"資料1\"\n" },

	{ "figure add", "公表値を登録する（本部）",
	  "使い方: kusanone figure add --fy A[-B] --value 数 --source 資料名 [指定]...\n"
	  "        kusanone figure add --file ファイル.json\n"
	  "\n"
	  "公表値は、その測り方・範囲・年度だけに当てはまり、明細と並べて表示されます。この\n"
	  "三つが同じものは最新のものが有効です。\n"
	  "\n"
	  "指定:\n"
	  "  --file ファイル 公表値の JSON（一つ、配列、または一行に一つ）\n"
	  "  --measure 測り方 events（既定、案件数）、sessions、municipalities、participants、\n"
	  "                  budget_planned、budget_spent\n"
	  "  --fy A[-B]      年度\n"
	  "  --value 数      値\n"
	  "  --bound 種別    exact（既定）、about（約）、at-least（以上）\n"
	  "  --scope-ja 語, --scope-en 語\n"
	  "                  事業全体でない場合の範囲\n"
	  "  --source 資料名 公表資料\n"
	  "  --quote 引用    該当箇所\n"
	  "  --withdraw      測り方・範囲・年度が同じ公表値を取り下げる\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone figure add --fy 2017-2023 --value 1188 --source \"資料1\" \\\n"
	  "        --quote \"2017年度からの累計1,188件\"\n" },

	{ "figure list", "公表値の一覧（本部では明細との対照つき）",
	  "使い方: kusanone figure list\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone figure list\n"
	  "    2023年度 (令和5年度)  公表 73 · 明細あり 4 · 明細なし 69\n" },

	{ "best-practice", "代表例に指定する（本部）",
	  "使い方: kusanone best-practice ID --fy 年度 [--text-ja 文] [--text-en 文]\n"
	  "\n"
	  "指定:\n"
	  "  --fy 年度       どの年度の代表例か\n"
	  "  --text-ja 文, --text-en 文\n"
	  "                  短い紹介文\n"
	  "  --remove        代表例の指定を外す\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone best-practice 9f3a12bc --fy 2023\n" },

	{ "review", "案件を確認する（本部）",
	  "使い方: kusanone review ID accept|question|return|receive [指定]...\n"
	  "\n"
	  "本部は公館の記録を書き換えず、版を確認します。accept は承認、question は照会、\n"
	  "return は差戻し、receive は受理です。公館から見えます。\n"
	  "\n"
	  "指定:\n"
	  "  --comment 文    照会の内容、または備考\n"
	  "  --revision 版   対象の版（既定は最新）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone review 9f3a12bc question --comment \"開催日をご確認ください\"\n" },

	{ "merge", "重複した案件を統合する（本部）",
	  "使い方: kusanone merge 統合元 統合先 --why 理由\n"
	  "\n"
	  "以後、統合元のIDは統合先を指します。履歴は残り、案件は一度だけ数えられます。\n"
	  "\n"
	  "指定:\n"
	  "  --why 理由      統合の理由\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone merge 1c20e7d4 9f3a12bc --why \"両館が同じウェビナーを記録したため\"\n" },

	{ "erase", "案件の氏名を消去する（本部）",
	  "使い方: kusanone erase ID --people --why 理由\n"
	  "\n"
	  "要人と連絡先の氏名を、既に届いた所からもこれから届く所からも全て消去します。案件の\n"
	  "その他の内容は署名されたまま残ります。取り消すことはできません。\n"
	  "\n"
	  "指定:\n"
	  "  --people        氏名を消去することの確認\n"
	  "  --why 理由      消去の理由\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone erase 9f3a12bc --people --why \"2024-06-01 の申出による\"\n" },

	{ "reference import", "参照データを読み込む（本部）",
	  "使い方: kusanone reference import フォルダ [--why 理由] [--dry-run]\n"
	  "\n"
	  "posts.csv、states.csv、jurisdictions.csv、jurisdictions-history.csv、\n"
	  "categories.csv、pillars.csv と、あれば municipalities.csv、settings.csv を読みます。\n"
	  "split-counties.csv は管轄との照合に使います。先に全てのファイルを確認し、誤りがあれ\n"
	  "ば行と桁を示して何も送りません。同じフォルダを再び読み込んでも何も変わりません。\n"
	  "\n"
	  "指定:\n"
	  "  --why 理由      行とともに残す理由\n"
	  "  --dry-run       確認だけして送らない\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone reference import deploy/reference/us-japan\n" },

	{ "reference show", "参照データの一覧",
	  "使い方: kusanone reference show [--kind 種別] [--on 日]\n"
	  "\n"
	  "指定:\n"
	  "  --kind 種別     post、jurisdiction、code、pillar、municipality、state、setting\n"
	  "  --on 日         その日に有効な行だけ（2024-02-15）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone reference show --kind pillar --on 2024-02-15\n" },

	{ "totals", "集計とその根拠",
	  "使い方: kusanone totals [指定]...\n"
	  "\n"
	  "--by がなければ報告書の形で表示します: 公表値と明細、累計、公館別・州別・月別、\n"
	  "開催都市数、開催回数、代表例。一つの案件が複数の行に入り得る表では、行の合計、重複、\n"
	  "全国の三つの数を示します。\n"
	  "\n"
	  "指定:\n"
	  GROUPING_OPTIONS
	  "  --as-of 時点    本部の記録の位置（412）または時点（2024-07-01 はその日の終わり）\n"
	  "                  での集計\n"
	  "  --rule 規則     local（既定）: 開催地の暦日、tokyo: 日本時間の日付\n"
	  "  --recount       記録を最初から数え直して照合する\n"
	  "  --open          根拠となる記録と、数えなかった記録とその理由を表示する\n"
	  "  --compact       表を一段落ずつにまとめる\n"
	  "  --csv           表を CSV（UTF-8）で出力する\n"
	  "\n"
	  "--recount で一致しなければ終了コードは 1 です。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone totals --by fy,post --fy 2022-2023\n"
	  "  $ kusanone totals --state TN --open\n" },

	{ "export", "表計算用の案件一覧と、数え直すための記録の書き出し",
	  "使い方: kusanone export --format csv|xlsx [指定]... -o ファイル\n"
	  "        kusanone export --format records [--as-of 時点] -o ファイル\n"
	  "\n"
	  "csv と xlsx は一行に一案件で、記録の全項目をコードと名称で示し、集計に入るかどうか\n"
	  "も示します。「集計対象」の列の合計は、同じ条件の集計と一致します。記載のない項目は\n"
	  "空欄のままです。xlsx では二枚目のシートに開催回が入ります。氏名は含みません。\n"
	  "\n"
	  "records は本部の全ての記録を一行一件の JSON で、本部の判定とともに書き出します。\n"
	  "誰でも数え直すことができます。\n"
	  "\n"
	  "同じ位置の同じ条件であれば、同じ内容のファイルになります。\n"
	  "\n"
	  "指定:\n"
	  "  --format 形式   csv: Excel で開ける UTF-8、xlsx: ブック、records: 記録\n"
	  "  -o, --output ファイル\n"
	  "                  書き出すファイル（- は標準出力、xlsx では不可）。途中までの\n"
	  "                  ファイルが残ることはありません\n"
	  "  --force         既にあるファイルを置き換える\n"
	  "  --rows 単位     events（既定）: 案件、sessions: 開催回（それぞれの年度・月・州で\n"
	  "                  選ぶ）\n"
	  "  --post, --state, --category, --pillar, --topic, --frame, --status,\n"
	  "  --month 値      これだけに絞る。コードをコンマで区切る（例: --post sfo,lax）\n"
	  "  --filter 区分=値\n"
	  "                  同じことを区分名で指定する（fy も可）。案件の形式は\n"
	  "                  --filter format=webinar のように指定する\n"
	  "  --fy A[-B]      この年度のみ: 2023、FY2017-2023、令和5年度\n"
	  "  --as-of 時点    本部の記録の位置（412）または時点（2024-07-01 はその日の終わり）\n"
	  "  --rule 規則     local（既定）または tokyo: 年度を決める日付\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone export --format xlsx --fy 2023 --lang ja -o fy2023.xlsx\n" },

	{ "watch", "集計をリアルタイムで見る",
	  "使い方: kusanone watch [指定]...\n"
	  "\n"
	  "集計を表示し、記録によって変わるたびに描き直します。変わった行は反転して表示します。\n"
	  "端末でなければ、結果を順に下へ続けて出力します。本部が応答しなくなればその旨を表示\n"
	  "して再接続します。Ctrl-C で終わります。\n"
	  "\n"
	  "指定:\n"
	  GROUPING_OPTIONS
	  "  --rule 規則     local（既定）または tokyo（totals と同じ）\n"
	  "  --open          根拠となる記録も表示する\n"
	  "  --hz 数         一秒間の更新の上限（既定 4）\n"
	  "  --count 数      この回数だけ表示して終わる\n"
	  "  --as-of, --recount\n"
	  "                  過去についての指定のため、ここでは使えません\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone watch --lang ja\n" },

	{ "node keygen", "ノードの鍵を作る",
	  "使い方: kusanone node keygen ファイル --name 名前 [指定]...\n"
	  "\n"
	  "ノードの秘密を入れたファイル（0600）を作ります。このファイルは機械の外に出しません。\n"
	  "ノードのIDと公開鍵を一行の JSON で表示します。これを本部が登録します。\n"
	  "\n"
	  "指定:\n"
	  "  --name 名前     ノードの名前: sfo\n"
	  "  --node ID       既存ノードの新しい機械の場合、そのID（16進数32桁）\n"
	  "  --role 役割, --posts A,B\n"
	  "                  表示する行に含める（登録用）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone node keygen /etc/kusanone/node.key --name sfo > sfo.json\n" },

	{ "node enrol", "ノードを登録する（本部）",
	  "使い方: kusanone node enrol --file 公開鍵.json [指定]...\n"
	  "        kusanone node enrol --node ID --curve 鍵 --sign 鍵 --name 名前\n"
	  "                            --role 役割 --posts A,B\n"
	  "\n"
	  "登録済みのIDであれば鍵が追加され、古い鍵を失効させるまで両方が有効です。\n"
	  "\n"
	  "指定:\n"
	  "  --file ファイル keygen か rotate の出力（下の指定が優先されます）\n"
	  "  --node ID       16進数32桁\n"
	  "  --curve 鍵      CURVE 公開鍵、16進数64桁\n"
	  "  --sign 鍵       Ed25519 公開鍵、16進数64桁\n"
	  "  --name 名前     ノードの名前\n"
	  "  --role 役割     post（既定）、hq、follower\n"
	  "  --posts A,B     代表する公館\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone node enrol --file sfo.json --posts sfo\n" },

	{ "node rotate", "鍵を新しくする",
	  "使い方: kusanone node rotate ファイル\n"
	  "\n"
	  "ノードの機械で: 鍵のファイルに新しい世代の鍵を加え（古い鍵は残します）、新しい公開\n"
	  "鍵を一行の JSON で表示します。続いて本部が登録し、ノードの受付を再起動し、本部が古い\n"
	  "鍵を --retired で失効させます。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone node rotate /etc/kusanone/node.key > sfo-2.json\n" },

	{ "node revoke", "鍵を失効させる（本部）",
	  "使い方: kusanone node revoke --file 公開鍵.json --retired|--stolen|--genuine\n"
	  "                             --why 理由\n"
	  "\n"
	  "接続中の次の通信から効きます。本部の唯一の有効な鍵は失効できません。先に次の鍵を\n"
	  "登録し、本部の受付を再起動してください。\n"
	  "\n"
	  "指定:\n"
	  "  --file ファイル 鍵の公開情報の行（または --node ID と --sign 鍵）\n"
	  "  --node ID       16進数32桁\n"
	  "  --sign 鍵       Ed25519 公開鍵、16進数64桁\n"
	  "  --retired       交代済み: この鍵による署名は有効なまま\n"
	  "  --stolen        盗難: 指定した位置以後の署名は計上しない\n"
	  "  --from 位置     その位置（--stolen とともに）\n"
	  "  --genuine       以前 --stolen とした署名は本物だった\n"
	  "  --why 理由      失効の理由\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone node revoke --file sfo.json --stolen --from 412 --why \"盗難\"\n" },

	{ "node list", "ノードの一覧",
	  "使い方: kusanone node list\n"
	  "\n"
	  "鍵ごとに一行: ノードのID、名前、役割、公館、鍵とその状態、最後の接続、本部に全て\n"
	  "届いている通番。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone node list\n" },

	{ NULL, NULL, NULL },
};

const struct help_page help_own_ja[] = {
	{ "status", "サービスの状態",
	  "使い方: kusanone status\n"
	  "\n"
	  "フォルダにソケットのある全サービスに尋ねます: 位置と遅れ、本部の受領待ち、接続とそ\n"
	  "の切れた理由、各ノードの到達状況、枝分かれ、ディスク、メモリ、警報。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone status --run /run/kusanone\n" },

	{ "help", "コマンドの説明",
	  "使い方: kusanone help [コマンド]\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone help cohost confirm\n" },

	{ "version", "版を表示する",
	  "使い方: kusanone version\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone version\n" },

	{ NULL, NULL, NULL },
};

const char help_opening_ja[] =
	"kusanone - 草の根事業の記録（公館の受付から本部の集計まで）\n"
	"\n"
	"使い方: kusanone コマンド [指定]...\n"
	"\n";

const char help_common_ja[] =
	"全コマンド共通の指定:\n"
	"  --run DIR       サービスのソケットのあるフォルダ（既定は $KUSANONE_RUN、\n"
	"                  なければ /run/kusanone）\n"
	"  --json          JSON で出力する（proto3 の項目名）\n"
	"  --lang ja|en    言語（既定は LC_ALL、LC_MESSAGES、LANG による）\n"
	"  --timeout 秒    返答を待つ秒数（既定 10）\n"
	"  --wait 秒       記録のとき、本部に届くまで最大この秒数待つ\n"
	"  --as 名前       記録者（ログイン名と異なる場合）\n"
	"  -h, --help      この説明\n"
	"\n"
	"終了コード: 0 完了 · 1 受付不可 · 2 使い方の誤り · 3 サービスなし・応答なし\n";
