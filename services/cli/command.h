/* cli/command.h - the table of subcommands. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/cli.h"

/* argv[0] is the command's last word; returns an exit code. */
typedef int command_run(struct cli *, int argc, char **argv);

struct command {
	const char *name; /* One word, or a group and a word: "cohost confirm". */
	command_run *run;
};

/* Ends with a NULL name. */
extern const struct command commands[];

/* The command that the words begin with, the longer name first; NULL if there is none.
 * '*ret_words' is how many words its name takes. */
const struct command *command_find(int argc, char **argv, int *ret_words);

/* The command whose name is nearest to what was typed; NULL if none is near. */
const char *command_near(const char *typed);

/* Is there a group of this name? */
bool command_is_group(const char *word);

command_run submit_run, events_run, show_run, edit_run, cancel_run, postpone_run,
	withdraw_run, cohost_confirm_run, cohost_dispute_run, cohost_withdraw_run,
	cohost_list_run, cohost_source_run, figure_add_run, figure_list_run,
	best_practice_run, review_run, merge_run, erase_run, reference_import_run,
	reference_show_run, totals_run, watch_run, node_keygen_run, node_enrol_run,
	node_rotate_run, node_revoke_run, node_list_run, status_run, alerts_subscribe_run,
	alerts_list_run, alerts_show_run, alerts_edit_run, alerts_remove_run,
	alerts_test_run, alerts_preview_run, alerts_silence_run, alerts_unsilence_run,
	alerts_ack_run, alerts_log_run, alerts_resend_run, archive_status_run,
	archive_key_run, archive_checkpoint_run, archive_seal_run, archive_witness_run,
	accept_rollback_run, archive_verify_run, archive_prove_run, archive_check_run,
	export_run, archive_refill_run, backup_run, restore_run, publish_run,
	publication_list_run, publication_show_run, restatement_run;

#endif
