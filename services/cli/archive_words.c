#include "cli/archive.h"

#include <string.h>

#include "cli/text.h"

// clang-format off

/* As lib/archive and lib/store's blocks have them; {0} and {1} stand for what their
 * printf fills in, which may be a reason itself. */
static const struct {
	const char *en, *ja;
} reasons[] = {
	/* Files. */
	{ "it is missing", "ファイルがありません" },
	{ "it is longer than {0} bytes", "{0} バイトを超えています" },
	{ "it cannot be read", "読めません" },
	/* Signed texts. */
	{ "longer than 64 KiB", "64 KiB を超えています" },
	{ "not text in UTF-8", "UTF-8 の文字ではありません" },
	{ "a control character", "制御文字があります" },
	{ "the last line does not end", "最後の行が終わっていません" },
	{ "no signature under it", "署名がありません" },
	{ "a line under the text is no signature", "本文の下に署名ではない行があります" },
	{ "a signature is malformed", "署名の形が正しくありません" },
	{ "the signature is wrong", "署名が正しくありません" },
	{ "more than 64 signatures", "署名が 64 個を超えています" },
	{ "not signed with a known key", "指定された鍵による署名がありません" },
	{ "not signed with a key of its own origin", "そのアーカイブの名前の鍵による署名がありません" },
	/* Checkpoints. */
	{ "no origin", "アーカイブの名前がありません" },
	{ "the second line is no size", "二行目が件数ではありません" },
	{ "the third line is no root", "三行目がルートハッシュではありません" },
	{ "an empty line in the text", "本文に空行があります" },
	{ "position, hq_ms or hq is malformed, or there twice", "position、hq_ms、hq のいずれかの形が正しくないか、二度書かれています" },
	{ "position, hq_ms or hq is missing", "position、hq_ms、hq のいずれかがありません" },
	{ "size and position do not agree", "件数と位置が合いません" },
	{ "known checkpoint {0}: {1}", "{0} 番目の --checkpoint: {1}" },
	{ "known checkpoint {0} is of another archive", "{0} 番目の --checkpoint は別のアーカイブのものです" },
	{ "it names another headquarters than a known one", "既知のチェックポイントとは別の本部を示しています" },
	{ "it names another headquarters than the one given", "指定されたものとは別の本部を示しています" },
	{ "rolled back: it covers {0} entries, a known one {1}", "巻き戻されています: このアーカイブは {0} 件ですが、既知のチェックポイントは {1} 件です" },
	{ "fork: the known checkpoint of {0} entries has another {1} than the archive", "分岐しています: {0} 件の既知のチェックポイントとアーカイブの{1}が違います" },
	{ "its {0} is not the archive's", "{0}がアーカイブの中身と違います" },
	{ "root", "ルートハッシュ" },
	{ "position", "位置" },
	{ "time", "時刻" },
	{ "the checkpoint does not cover it", "チェックポイントの範囲外です" },
	/* Tiles. */
	{ "it has {0} bytes, not {1}", "{0} バイトあります（{1} バイトのはずです）" },
	{ "it has another hash of entry {0} than the segments have", "項目 {0} のハッシュがセグメントの中身と違います" },
	{ "hash {0} is not that of the tile below", "{0} 番目のハッシュが下の段のタイルと合いません" },
	/* Segments. */
	{ "shorter than a header", "見出しより短いファイルです" },
	{ "does not begin with KSA1", "KSA1 で始まっていません" },
	{ "format is not 1", "形式が 1 ではありません" },
	{ "count is not 1 to 65,536", "件数が 1 から 65,536 までではありません" },
	{ "frames are not 1 to the count", "フレームの数が 1 から件数までではありません" },
	{ "number or first leaf is out of range", "番号または最初の項目が範囲外です" },
	{ "positions are out of range", "位置が範囲外です" },
	{ "content is longer than 16 MiB", "中身が 16 MiB を超えています" },
	{ "the index lies out of range", "索引の場所が範囲外です" },
	{ "the index has not one row for each frame", "索引の行数がフレームの数と合いません" },
	{ "frames do not follow each other", "フレームが続いていません" },
	{ "a frame's content is longer than 256 KiB", "フレームの中身が 256 KiB を超えています" },
	{ "frames do not add up to the segment", "フレームの合計がセグメントと合いません" },
	{ "the file is longer or shorter than its header says", "ファイルの長さが見出しと合いません" },
	{ "a frame's lengths are out of range", "フレームの長さが範囲外です" },
	{ "a frame does not unpack to the length that the index says", "フレームを伸長した長さが索引と合いません" },
	{ "an entry reaches beyond its frame, or is of an unknown kind", "項目がフレームをはみ出しているか、未知の種類です" },
	{ "bytes after the last entry of a frame", "フレームの最後の項目の後に余分なバイトがあります" },
	{ "its number is another one than its name", "番号がファイル名と違います" },
	{ "it does not begin with the entry after the segment before", "前のセグメントの次の項目から始まっていません" },
	{ "it does not follow the segment before", "前のセグメントに続いていません" },
	{ "it does not begin with the record after the segment before", "前のセグメントの次の記録から始まっていません" },
	{ "it reaches beyond the checkpoint", "チェックポイントの範囲を超えています" },
	{ "its header's positions or times are not those of its entries", "見出しの位置または時刻が項目と合いません" },
	{ "its seal is not that of its entries", "封印が項目と合いません" },
	{ "its trailer is not the hash of the file", "末尾のハッシュがファイルと合いません" },
	/* Entries. */
	{ "a gap: records are missing before it", "欠落: この前の記録がありません" },
	{ "its position was there before", "同じ位置が前にもあります" },
	{ "its time lies before that of the entry before", "時刻が前の項目より前です" },
	{ "it holds no block", "ブロックがありません" },
	{ "its node is not enrolled", "ノードが登録されていません" },
	{ "its key is not enrolled for its node", "そのノードに登録された鍵ではありません" },
	{ "its signature is wrong", "署名が正しくありません" },
	/* Histories of nodes. */
	{ "a block without parent does not begin at 1, or one with a parent does", "親のないブロックが 1 から始まっていないか、親のあるブロックが 1 から始まっています" },
	{ "its parent is no earlier block of its node", "親が同じノードのより前のブロックではありません" },
	{ "there are more than 65,536 branches", "枝が 65,536 本を超えています" },
	{ "the same block is there twice", "同じブロックが二度あります" },
	/* Blocks. */
	{ "shorter than a block of one record", "一件の記録のブロックより短いです" },
	{ "does not begin with KSB1", "KSB1 で始まっていません" },
	{ "count is not 1 to 1024", "件数が 1 から 1024 までではありません" },
	{ "first_seq is 0 or above 2^63", "first_seq が 0 か 2^63 を超えています" },
	{ "bytes 84 to 87 are not zero", "84 から 87 バイト目が 0 ではありません" },
	{ "length of the records part is not that of the block", "記録部分の長さがブロックと合いません" },
	{ "a record reaches beyond the records part", "記録が記録部分をはみ出しています" },
	{ "a record is longer than 32 KiB", "記録が 32 KiB を超えています" },
	{ "bytes after the last record", "最後の記録の後に余分なバイトがあります" },
	/* Proofs. */
	{ "the entry is missing", "項目がありません" },
	{ "the entry is not base64, or too long", "項目が base64 ではないか、長すぎます" },
	{ "the index is missing, or no number", "番号がないか、数ではありません" },
	{ "more than 65 hashes", "ハッシュが 65 個を超えています" },
	{ "a line is no hash", "ハッシュではない行があります" },
	{ "no empty line after the hashes", "ハッシュの後に空行がありません" },
	{ "the older checkpoint does not end", "古い方のチェックポイントが終わっていません" },
	{ "longer than 256 KiB", "256 KiB を超えています" },
	{ "not a proof", "証明ではありません" },
	{ "not a proof that this program knows", "この版の知らない種類の証明です" },
	{ "the checkpoints are of two archives", "二つのチェックポイントが別のアーカイブのものです" },
	{ "the older checkpoint says a later position or time", "古い方のチェックポイントの位置または時刻が後です" },
	{ "the newer checkpoint is no continuation of the older one", "新しい方のチェックポイントは古い方の続きではありません" },
	{ "the entry is none", "項目の形が正しくありません" },
	{ "the entry is not in the checkpoint's archive", "この項目はチェックポイントのアーカイブにありません" },
};

// clang-format on

enum { REASON_ARGUMENTS = 2 };

/* Does 'text' have the pattern's form?  Then 'ret_args' are what stands for {0} and {1},
 * each as short as the words after it let it be. */
static bool
matches(const char *pattern, const char *text, struct slice ret_args[REASON_ARGUMENTS])
{
	while (*pattern != '\0') {
		if (*pattern != '{') {
			if (*pattern++ != *text++) {
				return false;
			}
			continue;
		}
		size_t which = (size_t)(pattern[1] - '0');
		const char *next = pattern + 3;
		size_t literal = strcspn(next, "{");
		const char *end = text + strlen(text);

		must(which < REASON_ARGUMENTS);
		if (literal != 0) {
			end = memmem(text, strlen(text), next, literal);
		}
		if (end == NULL) {
			return false;
		}
		ret_args[which] = slice_of(text, (size_t)(end - text));
		text = end;
		pattern = next;
	}
	return *text == '\0';
}

/* A reason without anything filled in, e.g. one that was filled in. */
static const char *
plain_reason(struct cli *cli, const char *why)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (strcmp(reasons[i].en, why) == 0) {
			return reasons[i].ja;
		}
	}
	return text_clean(&cli->arena, why);
}

const char *
archive_reason(struct cli *cli, const char *why)
{
	const char *texts[REASON_ARGUMENTS + 1] = { NULL };

	if (cli->lang != LANG_JA) {
		return text_clean(&cli->arena, why);
	}
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		struct slice args[REASON_ARGUMENTS] = { 0 };
		struct buf b = { 0 };

		if (!matches(reasons[i].en, why, args)) {
			continue;
		}
		for (size_t k = 0; k < REASON_ARGUMENTS && args[k].at != NULL; k++) {
			texts[k] = plain_reason(
				cli, arena_dup(&cli->arena, args[k].at, args[k].len));
		}
		text_fill(&b, reasons[i].ja, texts);
		const char *text = arena_dup(&cli->arena, b.at, b.len);
		buf_fini(&b);
		return text;
	}
	return text_clean(&cli->arena, why);
}
