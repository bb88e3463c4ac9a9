/* The pages of --help about archives in Japanese. */
#include "cli/help_pages.h"

#include <stddef.h>

// clang-format off

#define KEY_OPTION \
	"  --key 鍵        アーカイブの公開鍵 NAME+ID+KEY、またはその行のファイル。鍵の交代中\n" \
	"                  は複数指定できる\n"

const struct help_page help_archive_ja[] = {
	{ "archive status", "本部の記録がどこまで封印されたか",
	  "使い方: kusanone archive status\n"
	  "\n"
	  "項目と区画の数と大きさ、封印した位置と未封印の数、最後の封印の時刻、公開鍵、警報を\n"
	  "表示します。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive status\n" },

	{ "archive key", "アーカイブの公開鍵",
	  "使い方: kusanone archive key\n"
	  "\n"
	  "公開鍵を一行（NAME+ID+KEY）で表示します。アーカイブを確かめるのに要るのはこれだけで\n"
	  "す。印刷や電話など、すり替えられない方法で渡してください。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive key > hq.key\n" },

	{ "archive checkpoint", "最新のチェックポイント",
	  "使い方: kusanone archive checkpoint\n"
	  "\n"
	  "封印した項目の数と、その全体のハッシュに署名したものを表示します。別の場所（紙でも）\n"
	  "に保管すれば、後で変更がなかったことを確かめられます:\n"
	  "kusanone archive verify --checkpoint ファイル\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive checkpoint > 2024-03-31.checkpoint\n" },

	{ "archive seal", "届いた記録を今すぐ封印する",
	  "使い方: kusanone archive seal [--timeout 秒]\n"
	  "\n"
	  "設定の archive.seal_after を待たずに、ここまでに届いた記録を封印して終わります。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive seal\n" },

	{ "archive witness", "拠点が保存しているチェックポイント",
	  "使い方: kusanone archive witness [--fork]\n"
	  "\n"
	  "拠点で使います。各拠点は、前のものに続くと証明された最新のチェックポイントを保存し\n"
	  "ます。本部が封印したものを書き換えれば、ここで分かります。署名されたままの形で表示し\n"
	  "ます（kusanone archive verify --checkpoint ファイル に使えます）。\n"
	  "\n"
	  "指定:\n"
	  "  --fork          それと両立しないものが示されたことがあれば、そちらを表示\n"
	  "\n"
	  "終了コード: 0 完了 · 1 両立しない署名済みのものがある\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive witness --run /run/kusanone > nashville.checkpoint\n" },

	{ "accept-rollback", "本部がアーカイブなしで続ける",
	  "使い方: kusanone accept-rollback\n"
	  "\n"
	  "本部は起動後、封印されたものが全て自分の記録にあるとアーカイブが示すまで、記録を受け\n"
	  "取りません。アーカイブが永久に失われたときはこれで伝えます。本部は今ある記録で続け、\n"
	  "各拠点は本部にない記録を送り直します。アーカイブがあるときは断られます（kusanone\n"
	  "archive refill で記録を作り直してください）。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone accept-rollback\n" },

	{ "archive verify", "アーカイブが本部の封印どおりか確かめる",
	  "使い方: kusanone archive verify --key 鍵 [指定]... [フォルダ]\n"
	  "\n"
	  "フォルダはアーカイブの複製です（既定は今のフォルダ）。他には何にも尋ねず、鍵が署名\n"
	  "したものだけを信じます。変更・追加・削除・入替えがないこと、全てのブロックがその\n"
	  "ノードに登録された鍵で署名され、同じノードのブロックに続いていること、別途手に入れ\n"
	  "た全てのチェックポイントの続きであることを確かめます。異常があれば最初の場所（ファ\n"
	  "イル、項目、位置）とその内容を示します。\n"
	  "\n"
	  "鍵は本部の「kusanone archive key」の出力です。必ず本部から受け取ってください。複製\n"
	  "に付いてきた鍵では何の証明にもなりません。\n"
	  "\n"
	  "指定:\n"
	  KEY_OPTION
	  "  --checkpoint ファイル\n"
	  "                  以前の印刷物、公館、公表から得たチェックポイント（複数可）\n"
	  "  --since         そのうち最新のものまでの署名は当時確かめたものとし、以後の署名だけ\n"
	  "                  を確かめる（ハッシュは全て確かめる）\n"
	  "  --tree-only     署名とノードの履歴は確かめない\n"
	  "  --in-use        本部が今も書き込んでいるフォルダ: チェックポイントの範囲外のセグメ\n"
	  "                  ントを異常としない\n"
	  "\n"
	  "終了コード: 0 正常 · 1 異常 · 2 使い方の誤り · 4 読めない、または中断\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive verify --key hq.key --checkpoint 2023.checkpoint copy/\n" },

	{ "archive prove", "記録がアーカイブにあることの証明を作る",
	  "使い方: kusanone archive prove 案件[@版] [指定]...\n"
	  "        kusanone archive prove --growth 古いチェックポイント [指定]...\n"
	  "\n"
	  "一つ目は、案件の最新の版、または指定した版（16進数6桁以上）がアーカイブにあること\n"
	  "を、アーカイブなしで示せる小さなファイルを作ります。案件には、ID全体、下六桁以上、\n"
	  "または記録時の source key を指定します。二つ目は、古いチェックポイントの時点の中身\n"
	  "が全てそのまま今のアーカイブの始めにあることを示します。どちらも kusanone archive\n"
	  "check で確かめます。\n"
	  "\n"
	  "指定:\n"
	  "  --archive フォルダ\n"
	  "                  アーカイブまたはその複製（既定は今のフォルダ）\n"
	  "  --growth ファイル\n"
	  "                  古いチェックポイント\n"
	  "  -o, --output ファイル\n"
	  "                  書き込むファイル（既定は標準出力）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive prove 9f3a12bc --archive copy/ -o webinar.proof\n" },

	{ "archive check", "証明を確かめる",
	  "使い方: kusanone archive check 証明 [古い方 [新しい方]] --key 鍵\n"
	  "\n"
	  "証明は kusanone archive prove が作ったファイルで、鍵のほかは何も要りません。どの記\n"
	  "録か、誰がどの案件について記録し、本部がいつ受け付けたか、または一方のチェックポイ\n"
	  "ントが他方の続きであることを示します。別途手に入れた二つのチェックポイントを指定す\n"
	  "ると、それについての証明かどうかも確かめます。\n"
	  "\n"
	  "指定:\n"
	  KEY_OPTION
	  "\n"
	  "終了コード: 0 正しい · 1 正しくない · 2 使い方の誤り · 4 読めない\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive check webinar.proof --key hq.key\n" },

	{ "archive refill", "アーカイブから本部のログを作り直す",
	  "使い方: kusanone archive refill --key 鍵 --to フォルダ [指定]...\n"
	  "\n"
	  "本部のディスクが失われた、壊れた、古い複製に戻った場合のためのものです。\n"
	  "kusanone-aggregation の新しい状態フォルダを作ります。アーカイブ全体を確かめながら、\n"
	  "最後に封印した項目までの本部のログを一バイトも違わず作り直します。残っている氏名等は\n"
	  "戻り、消去されたものは戻りません。アーカイブに異常があれば何も作りません。\n"
	  "\n"
	  "最後の封印より後の記録は各館が送り直します。古い状態フォルダがまだ読めるなら --and\n"
	  "で指定してください。アーカイブにないブロックをその後に加えます。archiving の状態フォ\n"
	  "ルダを --and に指定すると、まだ封印していないものも加わり、archiving は途切れずに続き\n"
	  "ます。指定しないと archiving は本部が遅れていると示すので、その tail/ を移動してくださ\n"
	  "い。アーカイブから読み直します。\n"
	  "\n"
	  "先に aggregation と archiving を停止し、サービスの利用者として実行してください。フォ\n"
	  "ルダはまだないか空のものです。その後 state_dir をそこに向けるか移動して、サービスを起\n"
	  "動してください。\n"
	  "\n"
	  "指定:\n"
	  KEY_OPTION
	  "  --to フォルダ   作る状態フォルダ\n"
	  "  --archive フォルダ\n"
	  "                  アーカイブまたはその複製（既定は今のフォルダ）\n"
	  "  --and 古いもの  aggregation（古い、壊れた）、archiving、notification の状態フォル\n"
	  "                  ダ。アーカイブにないものをそのログから加える。読むだけで変更しない。\n"
	  "                  親のないブロックは除外して示す\n"
	  "  --checkpoint ファイル\n"
	  "                  別途手に入れたチェックポイント（複数指定できる）\n"
	  "  --in-use        封印が中断され、チェックポイントの範囲外の区画があっても異常としな\n"
	  "                  い（その区画は使わない）\n"
	  "\n"
	  "終了コード: 0 作成 · 1 アーカイブの異常、または作れない · 2 使い方 · 4 読めない、または\n"
	  "中断。クラッシュで残った「….unfinished-…」というフォルダは使えません。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive refill --key hq.key --archive /var/lib/kusanone/archiving/archive \\\n"
	  "        --and /var/lib/kusanone/archiving --to /var/lib/kusanone/aggregation.new\n" },

	{ "backup", "動いているサービスの状態を複製する",
	  "使い方: kusanone backup 状態フォルダ... --to フォルダ\n"
	  "\n"
	  "それぞれのバックアップを「フォルダ/名前-日時」に作ります。書込み中でも、データは一つ\n"
	  "の時点のもの、アーカイブはチェックポイントまで、他のファイルはそのまま複製し、全ての\n"
	  "ハッシュを manifest に書きます。その名前のフォルダがあれば、欠けたところはなく、ディ\n"
	  "スクに書き込まれています。サービスは動き続けます。削除されたものは複製に残りません。\n"
	  "\n"
	  "状態フォルダは設定の state_dir です。別の場所にあるアーカイブ（archive.dir）も並べて\n"
	  "指定してください。鍵は状態フォルダの中になければ含まれません（key_file がなければ別の\n"
	  "ノードになります）。氏名等は含まれるので、他人の読めない所に保管してください。サービ\n"
	  "スの利用者として実行してください。\n"
	  "\n"
	  "指定:\n"
	  "  --to フォルダ   バックアップを置く所（できれば別のディスク）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone backup /var/lib/kusanone/aggregation /var/lib/kusanone/archiving \\\n"
	  "        --to /mnt/backup\n" },

	{ "restore", "バックアップからサービスの状態を戻す",
	  "使い方: kusanone restore バックアップ --to 状態フォルダ\n"
	  "\n"
	  "kusanone backup が作ったものを一つ指定します。全てのファイルを manifest で確かめ、変\n"
	  "更や欠落があればその全てを示して何も置きません。終わると、次にすることを示します。\n"
	  "状態フォルダはまだないか空で、サービスは停止していなければなりません。サービスの利用\n"
	  "者として実行してください。\n"
	  "\n"
	  "指定:\n"
	  "  --to 状態フォルダ\n"
	  "                  作る状態フォルダ\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone restore /mnt/backup/intake-20240331T120005Z --to /var/lib/kusanone/intake\n" },

	{ NULL, NULL, NULL },
};
