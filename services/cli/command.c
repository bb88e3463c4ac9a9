#include "cli/command.h"

#include <string.h>

#include "lib/base/near.h"

const struct command commands[] = {
	{ "submit", submit_run },
	{ "events", events_run },
	{ "show", show_run },
	{ "edit", edit_run },
	{ "cancel", cancel_run },
	{ "postpone", postpone_run },
	{ "withdraw", withdraw_run },
	{ "cohost confirm", cohost_confirm_run },
	{ "cohost dispute", cohost_dispute_run },
	{ "cohost withdraw", cohost_withdraw_run },
	{ "cohost list", cohost_list_run },
	{ "cohost source", cohost_source_run },
	{ "figure add", figure_add_run },
	{ "figure list", figure_list_run },
	{ "publish", publish_run },
	{ "publication list", publication_list_run },
	{ "publication show", publication_show_run },
	{ "restatement", restatement_run },
	{ "best-practice", best_practice_run },
	{ "review", review_run },
	{ "merge", merge_run },
	{ "erase", erase_run },
	{ "reference import", reference_import_run },
	{ "reference show", reference_show_run },
	{ "totals", totals_run },
	{ "watch", watch_run },
	{ "export", export_run },
	{ "node keygen", node_keygen_run },
	{ "node enrol", node_enrol_run },
	{ "node rotate", node_rotate_run },
	{ "node revoke", node_revoke_run },
	{ "node list", node_list_run },
	{ "alerts subscribe", alerts_subscribe_run },
	{ "alerts list", alerts_list_run },
	{ "alerts show", alerts_show_run },
	{ "alerts edit", alerts_edit_run },
	{ "alerts remove", alerts_remove_run },
	{ "alerts test", alerts_test_run },
	{ "alerts preview", alerts_preview_run },
	{ "alerts silence", alerts_silence_run },
	{ "alerts unsilence", alerts_unsilence_run },
	{ "alerts ack", alerts_ack_run },
	{ "alerts log", alerts_log_run },
	{ "alerts resend", alerts_resend_run },
	{ "archive status", archive_status_run },
	{ "archive key", archive_key_run },
	{ "archive checkpoint", archive_checkpoint_run },
	{ "archive seal", archive_seal_run },
	{ "archive witness", archive_witness_run },
	{ "archive verify", archive_verify_run },
	{ "archive prove", archive_prove_run },
	{ "archive check", archive_check_run },
	{ "archive refill", archive_refill_run },
	{ "backup", backup_run },
	{ "restore", restore_run },
	{ "accept-rollback", accept_rollback_run },
	{ "status", status_run },
	{ NULL, NULL },
};

bool
command_is_group(const char *word)
{
	size_t len = strlen(word);

	for (const struct command *c = commands; c->name != NULL; c++) {
		if (strncmp(c->name, word, len) == 0 && c->name[len] == ' ') {
			return true;
		}
	}
	return false;
}

const char *
command_near(const char *typed)
{
	struct near near;

	near_begin(&near, slice_str(typed));
	for (const struct command *c = commands; c->name != NULL; c++) {
		near_offer(&near, slice_str(c->name));
	}
	/* What is offered are whole names, so the best one ends where its name does. */
	return near_best(&near).len != 0 ? (const char *)near_best(&near).at : NULL;
}

const struct command *
command_find(int argc, char **argv, int *ret_words)
{
	for (const struct command *c = commands; c->name != NULL; c++) {
		const char *blank = strchr(c->name, ' ');
		size_t len = blank != NULL ? (size_t)(blank - c->name) : strlen(c->name);
		int words = blank != NULL ? 2 : 1;

		if (argc < words || strlen(argv[0]) != len ||
		    strncmp(c->name, argv[0], len) != 0 ||
		    (blank != NULL && strcmp(blank + 1, argv[1]) != 0)) {
			continue;
		}
		*ret_words = words;
		return c;
	}
	return NULL;
}
