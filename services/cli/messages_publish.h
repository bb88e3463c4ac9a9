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
X(MSG_PUBLICATION_ALL_YEARS, "all years", "全年度")

// clang-format on

#endif
