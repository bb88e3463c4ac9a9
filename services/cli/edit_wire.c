/* kusanone edit, cancel, postpone, withdraw: an event changes. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/event_wire.h"
#include "cli/options.h"
#include "cli/patch_wire.h"
#include "cli/text.h"

enum { EDIT_WAIT_MAX = 600 };

static int
submit_patch(struct cli *cli, Kusanone__V1__Patch *patch, const char *why)
{
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;

	patch->why = (char *)(uintptr_t)(why != NULL ? why : "");
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_PATCH;
	submission.patch = patch;
	return ask_submit_and_print(cli, &submission);
}

static bool
any_needs_current(const struct opt_list *sets)
{
	for (size_t i = 0; i < sets->count; i++) {
		if (patch_needs_current(sets->at[i])) {
			return true;
		}
	}
	return false;
}

int
edit_run(struct cli *cli, int argc, char **argv)
{
	struct opt_list sets = { 0 };
	struct opt_list clears = { 0 };
	struct opt_list bases = { 0 };
	const char *file = NULL;
	const char *why = NULL;
	const struct opt opts[] = {
		OPT_MANY("set", &sets),  OPT_MANY("clear", &clears),
		OPT_TEXT("file", &file), OPT_MANY("base", &bases),
		OPT_TEXT("why", &why),   OPT_END,
	};
	const Kusanone__V1__EventReply *current = NULL;
	struct operands ids;
	const char *id;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	int code = any_needs_current(&sets)
			   ? event_find_and_fetch(cli, ids.at[0], false, &id, &current)
			   : event_find(cli, ids.at[0], &id);
	if (code != EXIT_DONE) {
		return code;
	}

	struct patch patch;
	Kusanone__V1__Patch *message = NULL;
	patch_init(&patch, cli);
	bool good = file == NULL || patch_file(&patch, file, id);
	for (size_t i = 0; good && i < sets.count; i++) {
		good = patch_set(&patch, sets.at[i],
				 current != NULL ? current->event : NULL);
	}
	for (size_t i = 0; good && i < clears.count; i++) {
		good = patch_clear(&patch, clears.at[i]);
	}
	if (good) {
		message = patch_finish(&patch, id);
	}
	patch_fini(&patch);
	if (message == NULL) {
		return cli->code;
	}

	/* What the officer saw: named, or what was read just now. */
	message->bases = arena_alloc(&cli->arena, (bases.count + 1) * sizeof(char *));
	for (size_t i = 0; i < bases.count; i++) {
		const char *hash;

		code = event_find_revision(cli, id, bases.at[i], &hash);
		if (code != EXIT_DONE) {
			return code;
		}
		message->bases[message->n_bases++] = (char *)(uintptr_t)hash;
	}
	if (bases.count == 0 && current != NULL) {
		message->bases = current->heads;
		message->n_bases = current->n_heads;
	}
	return submit_patch(cli, message, why);
}

/* Sessions that are still to come, and the event itself, take the status. */
static int
change_status(struct cli *cli, int argc, char **argv, Kusanone__V1__Status status,
	      bool needs_why)
{
	const char *why = NULL;
	const struct opt opts[] = { OPT_TEXT("why", &why), OPT_END };
	const Kusanone__V1__EventReply *reply;
	struct operands ids;
	const char *id;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	if (needs_why && (why == NULL || *why == '\0')) {
		return usage(cli, MSG_WHY_NEEDED);
	}
	int code = event_find_and_fetch(cli, ids.at[0], false, &id, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	const char *word = status == KUSANONE__V1__STATUS__STATUS_CANCELLED ? "CANCELLED"
									    : "POSTPONED";
	const Kusanone__V1__Event *event = reply->event;
	struct patch patch;
	bool good = event != NULL;
	bool held = event != NULL && event->status == KUSANONE__V1__STATUS__STATUS_HELD;
	size_t changed = 0;

	patch_init(&patch, cli);
	for (size_t i = 0; good && i < event->n_sessions; i++) {
		const Kusanone__V1__Session *session = event->sessions[i];

		if (session->status == KUSANONE__V1__STATUS__STATUS_HELD) {
			held = true;
		} else if (session->status != KUSANONE__V1__STATUS__STATUS_CANCELLED &&
			   session->status != status) {
			good = patch_set(&patch,
					 arena_printf(&cli->arena,
						      "sessions.%s.status=%s",
						      session->id, word),
					 NULL);
			changed++;
		}
	}
	if (good && !held && event->status != status) {
		good = patch_set(&patch, arena_printf(&cli->arena, "status=%s", word),
				 NULL);
		changed++;
	}
	Kusanone__V1__Patch *message = NULL;
	if (good && changed == 0) {
		code = complain(cli, EXIT_REFUSED,
				held ? MSG_ALREADY_HELD : MSG_ALREADY_SO,
				text_argument(cli, ids.at[0]));
	} else if (good) {
		message = patch_finish(&patch, id);
		code = cli->code;
	} else {
		code = event == NULL ? complain(cli, EXIT_REFUSED, MSG_EVENT_UNKNOWN,
						text_argument(cli, ids.at[0]))
				     : cli->code;
	}
	patch_fini(&patch);
	if (message == NULL) {
		return code;
	}
	message->bases = reply->heads;
	message->n_bases = reply->n_heads;
	return submit_patch(cli, message, why);
}

int
cancel_run(struct cli *cli, int argc, char **argv)
{
	return change_status(cli, argc, argv, KUSANONE__V1__STATUS__STATUS_CANCELLED,
			     true);
}

int
postpone_run(struct cli *cli, int argc, char **argv)
{
	return change_status(cli, argc, argv, KUSANONE__V1__STATUS__STATUS_POSTPONED,
			     false);
}

int
withdraw_run(struct cli *cli, int argc, char **argv)
{
	const char *why = NULL;
	bool undo = false;
	const struct opt opts[] = { OPT_TEXT("why", &why), OPT_FLAG("undo", &undo),
				    OPT_END };
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Withdrawal withdrawal = KUSANONE__V1__WITHDRAWAL__INIT;
	struct operands ids;
	const char *id;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	if (why == NULL || *why == '\0') {
		return usage(cli, MSG_WHY_NEEDED);
	}
	int code = event_find(cli, ids.at[0], &id);
	if (code != EXIT_DONE) {
		return code;
	}
	withdrawal.event_id = (char *)(uintptr_t)id;
	withdrawal.why = (char *)(uintptr_t)why;
	withdrawal.undone = undo;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_WITHDRAWAL;
	submission.withdrawal = &withdrawal;
	return ask_submit_and_print(cli, &submission);
}
