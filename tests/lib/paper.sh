# What "kusanone totals" says of the paper's records (deploy/reference/us-japan) and of nothing
# else, in both languages. Source it.
#
#	says FILE LINE…: those of the lines that do not stand in it, blanks apart
says() {
	local file=$1 line
	shift
	for line in "$@"; do
		tr -s ' ' <"$file" | sed 's/^ //; s/ $//' | grep -qxF -- "$line" || {
			echo "$line"
		}
	done
}

# The lists are read by who sources this file.
# shellcheck disable=SC2034
english=(
	"FY2017–2023 published 1,188 · itemised 4 · not itemised 1,184"
	"FY2023 published 73 · itemised 4 · not itemised 69"
	"cumulative since FY2017: 1,188"
	"events 4"
	"sessions not stated"
	"municipalities 7 (2 events not stated)"
	"bna Consulate-General of Japan in Nashville 1"
	"chi Consulate-General of Japan in Chicago 1"
	"lax Consulate-General of Japan in Los Angeles 1"
	"sea Consulate-General of Japan in Seattle 1"
	"sfo Consulate-General of Japan in San Francisco 1"
	"sum 5 · overlap 1 · nationally 4"
	"IL Illinois 1" "IN Indiana 1" "MN Minnesota 1" "TN Tennessee 1"
	"online 1" "not stated 1"
	"2023-09 1" "2023-10 2" "2024-02 2" "2024-03 1"
	"FY2023 Japan-California Hydrogen Webinar (sfo, lax)"
	"FY2023 Grassroots Economic Exchange in Jackson, Tennessee (bna)"
	"FY2023 AI Seminar (sea)"
	"FY2023 Grassroots Caravan (chi)"
)
# shellcheck disable=SC2034
japanese=(
	"2017～2023年度 公表 1,188 · 明細あり 4 · 明細なし 1,184"
	"2023年度 (令和5年度) 公表 73 · 明細あり 4 · 明細なし 69"
	"2017年度 (平成29年度)からの累計 1,188"
	"案件数 4" "開催回数 記載なし" "開催都市数 7（記載なし 2 件）"
	"bna 在ナッシュビル日本国総領事館 1" "chi 在シカゴ日本国総領事館 1"
	"lax 在ロサンゼルス日本国総領事館 1" "sea 在シアトル日本国総領事館 1"
	"sfo 在サンフランシスコ日本国総領事館 1"
	"合計 5 · 重複 1 · 全国 4" "合計 6 · 重複 2 · 全国 4"
	"IL イリノイ州 1" "IN インディアナ州 1" "MN ミネソタ州 1" "TN テネシー州 1"
	"オンライン 1" "記載なし 1"
	"2023年9月 1" "2023年10月 2" "2024年2月 2" "2024年3月 1"
	"2023年度 (令和5年度) 日・カリフォルニア州水素ウェビナー（sfo, lax）"
	"2023年度 (令和5年度) テネシー州ジャクソン市での経済草の根交流（bna）"
	"2023年度 (令和5年度) AIセミナー（sea）"
	"2023年度 (令和5年度) 草の根キャラバン（chi）"
)
