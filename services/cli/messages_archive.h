/* cli/messages_archive.h - the sentences of "kusanone archive", for messages.h. */
#ifndef CLI_MESSAGES_ARCHIVE_H
#define CLI_MESSAGES_ARCHIVE_H

// clang-format off

/* X(name, English, Japanese), as in messages.h.  What is wrong with an archive stands in
 * archive_words.c. */
#define CLI_MESSAGES_ARCHIVE(X) \
X(MSG_ARCHIVE_KEY_NEEDED, \
  "--key is needed: the archive's public key, as \"kusanone archive key\" at headquarters prints it (NAME+ID+KEY), or a file with it; a key that lies beside the archive proves nothing", \
  "--key でアーカイブの公開鍵（NAME+ID+KEY）またはそのファイルを指定してください。本部の「kusanone archive key」が表示するものです。アーカイブと一緒に置かれた鍵では証明になりません") \
X(MSG_ARCHIVE_KEY_LINE, "--key {0}: a line of this file is no key: NAME+ID+KEY, as \"kusanone archive key\" prints it", \
  "--key {0}: 鍵ではない行があります。「kusanone archive key」の出力（NAME+ID+KEY）を指定してください") \
X(MSG_ARCHIVE_KEY, "--key {0}: is neither a key (NAME+ID+KEY, as \"kusanone archive key\" prints it) nor a file", \
  "--key {0}: 鍵（「kusanone archive key」の出力 NAME+ID+KEY）でもファイルでもありません") \
X(MSG_ARCHIVE_KEYS, "--key: at most {0} keys", "--key: {0} 個までです") \
X(MSG_ARCHIVE_SINCE, "--since is about a checkpoint: name it with --checkpoint", \
  "--since には、どこからかを示す --checkpoint が必要です") \
X(MSG_ARCHIVE_AT, "{0}: {1}", "{0}: {1}") \
X(MSG_ARCHIVE_NONE, "there is no checkpoint in it: is this an archive's folder?", \
  "checkpoint がありません。アーカイブのフォルダか確認してください") \
X(MSG_ARCHIVE_PROGRESS, "{0} of {1} entries · {2}", "{0} / {1} 件 · {2}") \
X(MSG_ARCHIVE_GOOD, "Good: this is what headquarters sealed, whole, and every block is its node's.", \
  "正常です。本部が封印したとおりで欠けたものはなく、全てのブロックがそのノードのものです。") \
X(MSG_ARCHIVE_GOOD_TREE, "Good as far as was looked: this is what headquarters sealed, whole. Signatures and histories of nodes were not checked (--tree-only).", \
  "確かめた範囲では正常です。本部が封印したとおりで欠けたものはありません。ノードの署名と履歴は確かめていません（--tree-only）。") \
X(MSG_ARCHIVE_BAD, "BAD: this is not what headquarters sealed.", "異常です。本部が封印したものと違います。") \
X(MSG_ARCHIVE_UNREADABLE, "Unreadable: it is not known whether the archive is good.", \
  "読めません。アーカイブが正常かどうかは分かりません。") \
X(MSG_ARCHIVE_STOPPED, "Stopped: it is not known whether the archive is good.", \
  "中断しました。アーカイブが正常かどうかは分かりません。") \
X(MSG_ARCHIVE_UP_TO_THERE, "Looked at up to there:\n", "そこまでに確かめたもの:\n") \
X(MSG_ARCHIVE_FILE, "file", "ファイル") \
X(MSG_ARCHIVE_ENTRY, "entry", "項目") \
X(MSG_ARCHIVE_FROM_0, "{0} (counted from 0)", "{0}（0 から数えて）") \
X(MSG_ARCHIVE_POSITION, "position", "位置") \
X(MSG_ARCHIVE_WRONG, "what is wrong", "異常の内容") \
X(MSG_ARCHIVE_NAME, "archive", "アーカイブ") \
X(MSG_ARCHIVE_CHECKPOINT, "checkpoint", "封印時点") \
X(MSG_ARCHIVE_SIZE_AT, "{0} entries, {1}", "{0} 件、{1}") \
X(MSG_ARCHIVE_ROOT, "root", "ルートハッシュ") \
X(MSG_ARCHIVE_KNOWN, "known before", "既知の時点") \
X(MSG_ARCHIVE_ENTRIES, "entries", "項目") \
X(MSG_ARCHIVE_RECORDS, "records", "記録") \
X(MSG_ARCHIVE_SEGMENTS, "segments", "セグメント") \
X(MSG_ARCHIVE_BYTES, "bytes", "バイト") \
X(MSG_ARCHIVE_SIGNATURES, "signatures", "署名") \
X(MSG_ARCHIVE_NODES, "nodes", "ノード") \
X(MSG_ARCHIVE_BRANCHES, "branches", "枝") \
X(MSG_ARCHIVE_PROVE_WHAT, "name an event (ID or ID@REVISION), or an older checkpoint with --growth FILE", \
  "案件（ID または ID@版）か、--growth で古いチェックポイントのファイルを指定してください") \
X(MSG_ARCHIVE_PROVE_BOTH, "an event or --growth: one of the two", "案件と --growth は同時に指定できません") \
X(MSG_ARCHIVE_EVENT_UNKNOWN, "{0}: there is no such event in this archive", "{0}: この案件はこのアーカイブにありません") \
X(MSG_ARCHIVE_DAMAGED, "{0}: is missing or damaged; kusanone archive verify says more", \
  "{0}: ファイルがないか壊れています（kusanone archive verify で確認してください）") \
X(MSG_ARCHIVE_TREE_WRONG, "the hashes of the tree do not fit the checkpoint; kusanone archive verify says more", \
  "ハッシュ木がチェックポイントと合いません（kusanone archive verify で確認してください）") \
X(MSG_ARCHIVE_OTHER, "{0}: is a checkpoint of another archive: {1}", "{0}: 別のアーカイブのチェックポイントです: {1}") \
X(MSG_ARCHIVE_NEWER, "{0}: covers {1} entries, this archive only {2}: it is newer, or history was rolled back", \
  "{0}: {1} 件のチェックポイントですが、このアーカイブは {2} 件です。より新しいものか、巻き戻されています") \
X(MSG_ARCHIVE_FORK, "{0}: FORK: of the first {1} entries it signs another root than this archive has ({2})", \
  "{0}: 分岐しています。始めの {1} 件について、このアーカイブ（{2}）とは別のルートハッシュに署名しています") \
X(MSG_ARCHIVE_PROVED, "{0}: proves that revision {1} of {2} is entry {3} of the archive, of {4}\n", \
  "{0}: {2} の版 {1} が、このアーカイブの {4} 件中の項目 {3} であることの証明です\n") \
X(MSG_ARCHIVE_PROVED_GROWTH, "{0}: proves that the archive of {2} entries begins with the one of {1}\n", \
  "{0}: {1} 件のアーカイブが {2} 件のアーカイブの始めの部分であることの証明です\n") \
X(MSG_ARCHIVE_PROOF_GOOD, "Good: this block lies in the archive that the checkpoint signs.", \
  "正しい証明です。このブロックは、チェックポイントが署名したアーカイブにあります。") \
X(MSG_ARCHIVE_GROWTH_GOOD, "Good: the newer archive begins with the older one. Nothing in it was changed or taken away.", \
  "正しい証明です。新しいアーカイブは古いアーカイブで始まっています。変更も削除もされていません。") \
X(MSG_ARCHIVE_PROOF_BAD, "BAD: this proves nothing.", "異常です。何の証明にもなりません。") \
X(MSG_ARCHIVE_PROOF_LIMIT, "Which keys were the node's is not part of such a proof: whether the block's signature is good, kusanone archive verify says.", \
  "どの鍵がノードのものだったかは、この証明では分かりません。ブロックの署名は kusanone archive verify で確かめられます。") \
X(MSG_ARCHIVE_TAKEN, "at headquarters", "本部の受付") \
X(MSG_ARCHIVE_COMMITTED, "at the node", "ノードでの記録") \
X(MSG_ARCHIVE_NODE, "node", "ノード") \
X(MSG_ARCHIVE_NODE_HQ, "{0} (headquarters)", "{0}（本部）") \
X(MSG_ARCHIVE_NODE_KEY, "its key", "ノードの鍵") \
X(MSG_ARCHIVE_SEQUENCES, "its sequence", "ノードの通番") \
X(MSG_ARCHIVE_RANGE, "{0} to {1}", "{0} から {1}") \
X(MSG_ARCHIVE_OLDER, "older", "古い方") \
X(MSG_ARCHIVE_NEWER_ONE, "newer", "新しい方") \
X(MSG_ARCHIVE_ITS_RECORDS, "Its records: position, identity, kind; event, author, when", "含まれる記録: 位置、識別子、種類、案件、記録者、日時") \
X(MSG_ARCHIVE_NO_RECORD, "(no record that this program can read)", "（この版では読めない記録）") \
X(MSG_ARCHIVE_ONLY_GROWTH, "{0}: a proof of an entry is checked alone; two checkpoints belong to one that --growth made", \
  "{0}: 項目の証明は単独で確かめます。二つのチェックポイントは --growth の証明とともに指定してください") \
X(MSG_ARCHIVE_NOT_THAT, "the proof is about another checkpoint than {0}", "この証明は {0} とは別のチェックポイントについてのものです") \
X(MSG_ARCHIVE_COUNT, "entries", "項目") \
X(MSG_ARCHIVE_IN_SEGMENTS, "{0} in {1} segments, {2}", "{0} 件、{1} 区画、{2}") \
X(MSG_ARCHIVE_SEALED, "sealed up to", "封印した位置") \
X(MSG_ARCHIVE_WAITS, "not sealed yet", "未封印") \
X(MSG_ARCHIVE_LAST_SEAL, "last sealed", "最後の封印") \
X(MSG_ARCHIVE_NEVER, "never: nothing has come yet, or its time has not", "まだありません（届いた記録がないか、時間になっていません）") \
X(MSG_ARCHIVE_ITS_KEY, "its key", "公開鍵") \
X(MSG_ARCHIVE_SEAL_WAITS, "not sealed within {0} seconds: see \"kusanone archive status\"", \
  "{0} 秒以内に封印されませんでした。「kusanone archive status」で確認してください") \
X(MSG_ARCHIVE_NO_WITNESS, "no checkpoint has come to this node yet", \
  "この拠点にはまだチェックポイントが届いていません") \
X(MSG_ARCHIVE_NO_FORK, "nothing contradicts the checkpoint that is kept here", \
  "ここにあるチェックポイントと両立しないものはありません") \
X(MSG_ARCHIVE_FORKED, "a signed checkpoint contradicts this one (--fork prints it): the archive was rewritten. Keep both, and show them to whoever audits headquarters", \
  "これと両立しない、署名されたチェックポイントがあります（--fork で表示）。アーカイブが書き換えられています。両方を保存し、監査する人に見せてください") \
X(MSG_ROLLBACK_ACCEPTED, "headquarters goes on without its archive; nodes send what it lacks", \
  "本部はアーカイブなしで続けます。各拠点は本部にない記録を送り直します") \
X(MSG_STATUS_WITNESSED, "archive's checkpoint", "アーカイブのチェックポイント") \
X(MSG_STATUS_CHECKPOINT_OF, "{0} entries, position {1}, {2}", "{0} 件、位置 {1}、{2}") \
X(MSG_STATUS_CHECKPOINT_WAITS, "{0}; a newer one waits for its proof", "{0}（新しいものは証明待ち）") \
X(MSG_ARCHIVE_NO_CHECKPOINT, "nothing is sealed yet: there is no checkpoint", "まだ封印されたものがなく、チェックポイントがありません") \
X(MSG_REFILL_TO, "--to is needed: the state folder that is to be made", "--to で、作る状態フォルダを指定してください") \
X(MSG_REFILL_RUNS, "{0}: its service is running (process {1}): stop it first, so that nothing is added while it is read", \
  "{0}: サービスが動いています（プロセス {1}）。読む間に追加されないよう、先に停止してください") \
X(MSG_REFILL_NO_LOG, "{0}: there is no log of headquarters' in it: {1}", "{0}: 本部のログがありません: {1}") \
X(MSG_REFILL_NOTHING, "nothing was made", "何も作りませんでした") \
X(MSG_REFILL_DONE, "Refilled: {0} holds headquarters' log again, as the archive has it.", \
  "復元しました。{0} に本部のログがアーカイブのとおりに戻りました。") \
X(MSG_REFILL_LOG_HASH, "log hash", "ログのハッシュ") \
X(MSG_REFILL_NAMES, "names back", "戻した氏名等") \
X(MSG_REFILL_ADDED, "from --and", "--and から") \
X(MSG_REFILL_BLOCKS, "{0} blocks with {1} records", "{0} ブロック、記録 {1} 件") \
X(MSG_REFILL_LEFT, "left out: position {0} of the older log, node {1}, sequence {2} to {3}: {4}\n", \
  "除外: 古いログの位置 {0}、ノード {1}、通番 {2} から {3}: {4}\n") \
X(MSG_REFILL_NO_BLOCK, "its bytes are no block any more", "ブロックとして読めません") \
X(MSG_REFILL_UNKNOWN, "its node or its key is not enrolled", "ノードまたは鍵が登録されていません") \
X(MSG_REFILL_SIGNATURE, "its signature is wrong", "署名が正しくありません") \
X(MSG_REFILL_PARENT, "its parent is not held", "親のブロックがありません") \
X(MSG_REFILL_OLD_BROKEN, "{0}: is damaged and could not be read to its end: what lies behind is not taken\n", \
  "{0}: 壊れていて最後まで読めません。その後のものは入れていません\n") \
X(MSG_REFILL_BROKEN_NAMES, "{0} files of names (loose/) are damaged: names in them do not all come back\n", \
  "氏名等のファイル（loose/）が {0} 個壊れています。その中の氏名等は一部戻りません\n") \
X(MSG_REFILL_NEXT, "Start kusanone-aggregation with it as state_dir. It counts everything anew; posts then send what it does not hold.", \
  "これを state_dir として kusanone-aggregation を起動してください。集計は全てやり直され、各館は足りない記録を送ります。") \
X(MSG_BACKUP_TO, "--to is needed: the folder that backups are put into", "--to で、バックアップを置くフォルダを指定してください") \
X(MSG_BACKUP_INSIDE, "{0}: lies in {1}, of which a backup is to be made: name a folder elsewhere, best on another disk", \
  "{0}: バックアップする {1} の中にあります。別の場所（できれば別のディスク）を指定してください") \
X(MSG_BACKUP_EMPTY, "there is nothing in it to be backed up", "バックアップするものがありません") \
X(MSG_BACKUP_NAME, "a name with control characters cannot be backed up", "制御文字を含む名前はバックアップできません") \
X(MSG_BACKUP_SEGMENT, "is missing or damaged; kusanone archive verify says more", \
  "ファイルがないか壊れています（kusanone archive verify で確認してください）") \
X(MSG_BACKUP_STOPPED, "stopped; nothing was made", "中断しました。何も作っていません") \
X(MSG_BACKUP_PROGRESS, "{0} · {1}", "{0} · {1}") \
X(MSG_BACKUP_DONE, "{0}: {1} files, {2}\n", "{0}: {1} ファイル、{2}\n") \
X(MSG_BACKUP_PASSED_OVER, "{0}: {1} links, sockets or the like were passed over\n", \
  "{0}: リンクやソケット等 {1} 個は含めていません\n") \
X(MSG_RESTORE_TO, "--to is needed: the state folder that is to be made", "--to で、作る状態フォルダを指定してください") \
X(MSG_RESTORE_NONE, "{0}: is no backup: there is no manifest in it", "{0}: バックアップではありません（manifest がありません）") \
X(MSG_RESTORE_MANIFEST, "{0}: is damaged, or of a newer version: what the backup should hold is not known", \
  "{0}: 壊れているか新しい版のものです。バックアップの中身を確かめられません") \
X(MSG_RESTORE_RUNS, "{0}: its service is running (process {1}): stop it and move the folder away first", \
  "{0}: サービスが動いています（プロセス {1}）。停止し、フォルダを移動してから実行してください") \
X(MSG_RESTORE_MISSING, "is missing", "ファイルがありません") \
X(MSG_RESTORE_CHANGED, "is not what was backed up: it was changed or is damaged", "バックアップしたものと違います（変更されたか壊れています）") \
X(MSG_RESTORE_BAD, "{0} of {1} files are not what was backed up; nothing was restored", \
  "{1} ファイル中 {0} 個がバックアップしたものと違います。何も復元していません") \
X(MSG_RESTORE_DONE, "{0}: the state of {1} at {2} again, {3} files, {4}\n", "{0}: {1} の {2} の状態に戻しました。{3} ファイル、{4}\n") \
X(MSG_RESTORE_AGGREGATION, "Start kusanone-aggregation. The posts send what it does not hold. If its archive is newer than this copy, do not start it: move this folder away and make the state with kusanone archive refill, with --and and the folder.", \
  "kusanone-aggregation を起動してください。足りない記録は各館が送ります。アーカイブの方が新しい場合は起動せず、このフォルダを別の場所に移して --and に指定し、kusanone archive refill で作り直してください。") \
X(MSG_RESTORE_INTAKE, "Start kusanone-intake. It asks headquarters for what this node had said after the copy was made; what nobody else had received yet is lost.", \
  "kusanone-intake を起動してください。バックアップ後に記録したものは本部から受け取ります。まだ本部に届いていなかったものは失われます。") \
X(MSG_RESTORE_ARCHIVING, "Start kusanone-archiving. It takes what came after the copy from headquarters and seals it. If checkpoints were printed or sent after the copy, headquarters must still hold what they cover.", \
  "kusanone-archiving を起動してください。バックアップ後のものを本部から受け取って封印します。その後に印刷または送付したチェックポイントがあれば、その範囲を本部がまだ持っている必要があります。") \
X(MSG_RESTORE_NOTIFICATION, "Start kusanone-notification. It follows headquarters from where the copy was made. What it sent after that it does not know: alerts that are still due are sent again, with the ids they had.", \
  "kusanone-notification を起動してください。バックアップの時点から本部の記録を読み進めます。その後に送った通知は分からないため、まだ期限内のものは同じ識別子で再送します。") \
X(MSG_RESTORE_OTHER, "Everything is in its place.", "全て元の場所に置きました。")

// clang-format on

#endif
