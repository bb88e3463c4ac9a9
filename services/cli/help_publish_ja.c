/* The pages of --help about publications in Japanese. */
#include "cli/help_pages.h"

#include <stddef.h>

// clang-format off

const struct help_page help_publish_ja[] = {
	{ "publish", "集計を名前を付けて公表する（本部）",
	  "使い方: kusanone publish 名前 [指定]...\n"
	  "\n"
	  "本部で使います。本部の記録のある位置での集計を表示し、この名前で公表したことを記録\n"
	  "します。その後に何が記録されても、kusanone publication show 名前 は同じ内容を表示\n"
	  "し、kusanone restatement 名前 はその数値を変えた記録を一覧します。\n"
	  "\n"
	  "位置は、アーカイブのチェックポイントに含まれていなければなりません（kusanone\n"
	  "archive seal）。チェックポイントは数値とともに記録されるので、根拠となる記録が変わって\n"
	  "いないことを誰でも確かめられます。名前は一度しか使えません。同じ内容をもう一度送ると\n"
	  "最初の受領票が返ります。\n"
	  "\n"
	  "指定（数値に関するものは kusanone totals と同じ）:\n"
	  "  --by A,B, --measure M,N, --fy A[-B], --rule 規則, --report\n"
	  "  --post, --state, --category, --pillar, --format, --topic, --frame, --status,\n"
	  "  --month, --filter 区分=値\n"
	  "                  どの数値か。--by も --measure もなければ報告書の形\n"
	  "  --at 位置       この位置での数値（既定: アーカイブのチェックポイントに含まれる最新の\n"
	  "                  位置）\n"
	  "  --dry-run       数値を表示し、すべて確認して、記録はしない\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone archive seal\n"
	  "  $ kusanone publish 令和5年度公館別 --fy 2023 --by post\n" },

	{ "publication list", "公表したものの一覧",
	  "使い方: kusanone publication list\n"
	  "\n"
	  "名前、位置と集計の条件、いつ誰が公表したかを表示します。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone publication list\n" },

	{ "publication show", "公表した数値を当時のまま表示する",
	  "使い方: kusanone publication show 名前 [--checkpoint]\n"
	  "\n"
	  "その位置での数値を計算し直します。いつ表示しても同じ内容です。\n"
	  "\n"
	  "指定:\n"
	  "  --checkpoint    数値の代わりに、ともに記録されたアーカイブのチェックポイントを、\n"
	  "                  署名されたとおりに出力する（kusanone archive verify --checkpoint 用）\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone publication show 令和5年度公館別\n"
	  "  $ kusanone publication show 令和5年度公館別 --checkpoint > fy2023.checkpoint\n" },

	{ "restatement", "公表した数値をその後に変えた記録",
	  "使い方: kusanone restatement 名前\n"
	  "\n"
	  "公表の後にその数値を変えた記録をすべて一覧します。位置、日時、種類と記録した人、\n"
	  "数え方が変わった案件とその項目、変わった数値の前と後を示し、終わりに、公表時と現在で\n"
	  "異なる数値を示します。一つの数値の変更を順にたどると、公表時の値から現在の値になります。\n"
	  "\n"
	  "例:\n"
	  "  $ kusanone restatement 令和5年度公館別\n" },

	{ NULL, NULL, NULL },
};
