/* cli/messages_publish.h - the sentences about publications, for messages.h. */
#ifndef CLI_MESSAGES_PUBLISH_H
#define CLI_MESSAGES_PUBLISH_H

// clang-format off

/* X(name, English, Japanese), as in messages.h. */
#define CLI_MESSAGES_PUBLISH(X) \
X(MSG_PUBLISH_AT, "--at {0}: is no position of headquarters' log (a number from 1)", \
  "--at {0}: 本部の記録の位置（1 以上の数）ではありません") \
X(MSG_PUBLISH_CHECKED, "\nIt could be published as \"{0}\" at position {1}.\n", "\n位置 {1} で「{0}」として公表できます。\n") \
X(MSG_PUBLISH_DONE, "\nPublished as \"{0}\" at position {1}.\n", "\n位置 {1} で「{0}」として公表しました。\n") \
X(MSG_PUBLISH_REPEATED, "\nWas published as \"{0}\" at position {1} before.\n", "\n位置 {1} で「{0}」としてすでに公表されています。\n") \
X(MSG_PUBLICATION_NONE, "nothing was published yet\n", "公表したものはまだありません\n") \
X(MSG_PUBLICATION_SAID, "published {0} (record {1}, position {2})", "公表 {0}（記録 {1}、位置 {2}）") \
X(MSG_PUBLICATION_SAID_BY, "published {0} by {3} (record {1}, position {2})", "公表 {0} {3}（記録 {1}、位置 {2}）") \
X(MSG_PUBLICATION_FROZEN, "position {0} · {1}", "位置 {0} · {1}") \
X(MSG_PUBLICATION_REPORT, "report", "報告書") \
X(MSG_PUBLICATION_ALL_YEARS, "all years", "全年度") \
X(MSG_COLUMN_PUBLISHED, "published", "公表") \
X(MSG_COLUMN_ITEMISED, "itemised", "明細あり") \
X(MSG_COLUMN_NOT_ITEMISED, "not itemised", "明細なし") \
X(MSG_COLUMN_CUMULATIVE, "cumulative", "累計") \
X(MSG_RESTATED_NEW, "new", "新規") \
X(MSG_RESTATED_GONE, "does not count any more", "計上されなくなった") \
X(MSG_RESTATED_SPAN, "from position {0} to {1} · headquarters' time {2}", "位置 {0} から {1} まで · 本部時刻 {2}") \
X(MSG_RESTATED_NOTHING, "No record has changed these figures.", "この数値を変えた記録はありません。") \
X(MSG_RESTATED_RECORD, "position {0} · {1} · {2}", "位置 {0} · {1} · {2}") \
X(MSG_RESTATED_MORE, "and {0} more events", "ほか {0} 件") \
X(MSG_RESTATED_NATIONALLY, "nationally", "全国") \
X(MSG_RESTATED_DIFFERING, "What differs: published, and now", "異なる数値: 公表時と現在") \
X(MSG_RESTATED_CANCELLED_OUT, "The figures are what they were: these changes cancel out.", "数値は公表時と同じです（変更は互いに打ち消し合っています）。")

// clang-format on

#endif
