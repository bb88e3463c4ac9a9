/* What headquarters says through its own intake: best-practice, review, merge, erase. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/event_wire.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/base/hash.h"

int
best_practice_run(struct cli *cli, int argc, char **argv)
{
	const char *fy = NULL;
	const char *ja = "";
	const char *en = "";
	bool remove = false;
	const struct opt opts[] = {
		OPT_TEXT("fy", &fy),
		OPT_TEXT("text-ja", &ja),
		OPT_TEXT("text-en", &en),
		OPT_FLAG("remove", &remove),
		OPT_END,
	};
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__BestPractice said = KUSANONE__V1__BEST_PRACTICE__INIT;
	Kusanone__V1__Text text = KUSANONE__V1__TEXT__INIT;
	struct operands ids;
	const char *id;
	int to;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	if (fy == NULL) {
		return usage(cli, MSG_FY_NEEDED);
	}
	if (!option_fiscal_years(cli, fy, &said.fiscal_year, &to)) {
		return EXIT_BAD_USAGE;
	}
	if (to != said.fiscal_year) {
		return usage(cli, MSG_FY_ONE);
	}
	int code = event_find(cli, ids.at[0], &id);
	if (code != EXIT_DONE) {
		return code;
	}
	text.ja = (char *)(uintptr_t)ja;
	text.en = (char *)(uintptr_t)en;
	said.event_id = (char *)(uintptr_t)id;
	said.text = *ja != '\0' || *en != '\0' ? &text : NULL;
	said.removed = remove;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_BEST_PRACTICE;
	submission.best_practice = &said;
	return ask_submit_and_print(cli, &submission);
}

static bool
review_state(const char *word, Kusanone__V1__ReviewState *ret)
{
	static const struct {
		const char *word;
		Kusanone__V1__ReviewState state;
	} words[] = {
		{ "accept", KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_ACCEPTED },
		{ "question", KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_QUESTIONED },
		{ "return", KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_RETURNED },
		{ "receive", KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_RECEIVED },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].word, word) == 0) {
			*ret = words[i].state;
			return true;
		}
	}
	return false;
}

int
review_run(struct cli *cli, int argc, char **argv)
{
	const char *comment = "";
	const char *revision = NULL;
	const struct opt opts[] = {
		OPT_TEXT("comment", &comment),
		OPT_TEXT("revision", &revision),
		OPT_END,
	};
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Review said = KUSANONE__V1__REVIEW__INIT;
	const Kusanone__V1__EventReply *event;
	uint8_t hash[HASH_LEN];
	struct operands words;
	const char *id;
	int code;

	if (!options_read(cli, argc, argv, opts, 2, 2, &words)) {
		return cli->code;
	}
	if (!review_state(words.at[1], &said.state)) {
		return usage(cli, MSG_REVIEW_WORD, text_argument(cli, words.at[1]));
	}
	if (said.state == KUSANONE__V1__REVIEW_STATE__REVIEW_STATE_QUESTIONED &&
	    *comment == '\0') {
		return usage(cli, MSG_REVIEW_COMMENT);
	}
	if (revision == NULL) {
		code = event_find_and_fetch(cli, words.at[0], false, &id, &event);
		revision = code == EXIT_DONE ? event->row->revision : NULL;
	} else {
		code = event_find(cli, words.at[0], &id);
		if (code == EXIT_DONE) {
			code = event_find_revision(cli, id, revision, &revision);
		}
	}
	if (code != EXIT_DONE) {
		return code;
	}
	if (!hex_parse(slice_str(revision), hash, sizeof(hash))) {
		return complain(cli, EXIT_REFUSED, MSG_STRANGE_ANSWER);
	}
	said.event_id = (char *)(uintptr_t)id;
	said.revision = (ProtobufCBinaryData){ .len = sizeof(hash), .data = hash };
	said.comment = (char *)(uintptr_t)comment;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_REVIEW;
	submission.review = &said;
	return ask_submit_and_print(cli, &submission);
}

int
merge_run(struct cli *cli, int argc, char **argv)
{
	const char *why = NULL;
	const struct opt opts[] = { OPT_TEXT("why", &why), OPT_END };
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Merge said = KUSANONE__V1__MERGE__INIT;
	const Kusanone__V1__EventReply *event;
	struct operands ids;
	const char *from;
	const char *into;

	if (!options_read(cli, argc, argv, opts, 2, 2, &ids)) {
		return cli->code;
	}
	if (why == NULL || *why == '\0') {
		return usage(cli, MSG_WHY_NEEDED);
	}
	/* An event that is merged into one that is not there would leave the totals. */
	int code = event_find_and_fetch(cli, ids.at[0], false, &from, &event);
	if (code == EXIT_DONE) {
		code = event_find_and_fetch(cli, ids.at[1], false, &into, &event);
	}
	if (code != EXIT_DONE) {
		return code;
	}
	if (event->n_heads == 0) {
		return complain(cli, EXIT_REFUSED, MSG_EVENT_UNKNOWN,
				text_argument(cli, ids.at[1]));
	}
	if (strcmp(from, into) == 0) {
		return complain(cli, EXIT_REFUSED, MSG_MERGE_SAME);
	}
	said.from_event_id = (char *)(uintptr_t)from;
	said.into_event_id = (char *)(uintptr_t)into;
	said.why = (char *)(uintptr_t)why;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_MERGE;
	submission.merge = &said;
	return ask_submit_and_print(cli, &submission);
}

int
erase_run(struct cli *cli, int argc, char **argv)
{
	const char *why = NULL;
	bool people = false;
	const struct opt opts[] = {
		OPT_TEXT("why", &why),
		OPT_FLAG("people", &people),
		OPT_END,
	};
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Erasure said = KUSANONE__V1__ERASURE__INIT;
	const Kusanone__V1__EventReply *event;
	struct operands ids;
	const char *id;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	if (!people) {
		return usage(cli, MSG_ERASE_PEOPLE);
	}
	if (why == NULL || *why == '\0') {
		return usage(cli, MSG_WHY_NEEDED);
	}
	/* Headquarters' intake holds no post's events: aggregation knows the parts. */
	int code = event_find_and_fetch(cli, ids.at[0], false, &id, &event);
	if (code != EXIT_DONE) {
		return code;
	}
	said.part_hashes = event->part_hashes;
	said.n_part_hashes = event->n_part_hashes;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_ERASURE;
	submission.erasure = &said;
	return ask_submit_and_print(cli, &submission);
}
