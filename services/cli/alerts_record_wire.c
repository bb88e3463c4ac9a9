/* kusanone alerts subscribe, edit, remove: what headquarters records of a reader's wish.
 */
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/command.h"

static int
submit(struct cli *cli, Kusanone__V1__Subscription *s, bool dry_run)
{
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;

	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_SUBSCRIPTION;
	submission.subscription = s;
	submission.dry_run = dry_run;
	return ask_submit_and_print(cli, &submission);
}

int
alerts_subscribe_run(struct cli *cli, int argc, char **argv)
{
	struct alert_form form = { 0 };
	bool dry_run = false;
	const struct opt opts[] = {
		ALERT_FORM_OPTIONS(form),
		OPT_FLAG("dry-run", &dry_run),
		OPT_END,
	};
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	if (form.who == NULL || form.to == NULL) {
		return usage(cli, MSG_ALERT_NEEDS);
	}
	if (!alert_form_read(cli, &form, &s)) {
		return cli->code;
	}
	return submit(cli, &s, dry_run);
}

/* --digest and --no-digest: an empty value takes it away, as the flag does. */
static bool
take_away(struct cli *cli, const char *name, bool flag, const char **value)
{
	if (flag && *value != NULL) {
		usage(cli, MSG_ALERT_BOTH_WAYS, name);
		return false;
	}
	*value = flag ? "" : *value;
	return true;
}

int
alerts_edit_run(struct cli *cli, int argc, char **argv)
{
	struct alert_form form = { 0 };
	bool no_digest = false, no_quiet = false, dry_run = false;
	const struct opt opts[] = {
		ALERT_FORM_OPTIONS(form),
		OPT_FLAG("no-digest", &no_digest),
		OPT_FLAG("no-quiet", &no_quiet),
		OPT_FLAG("dry-run", &dry_run),
		OPT_END,
	};
	Kusanone__V1__Subscription draft = KUSANONE__V1__SUBSCRIPTION__INIT;
	const Kusanone__V1__SubscriptionRow *row;
	struct operands ids;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids) ||
	    !take_away(cli, "digest", no_digest, &form.digest) ||
	    !take_away(cli, "quiet", no_quiet, &form.quiet)) {
		return cli->code;
	}
	if (!alert_form_given(&form) && cli->lang_said == NULL) {
		return usage(cli, MSG_ALERT_NOTHING);
	}
	/* What is wrong by itself needs no service to say so. */
	if (!alert_form_read(cli, &form, &draft)) {
		return cli->code;
	}
	int code = alert_find_subscription(cli, ids.at[0], &row);
	if (code != EXIT_DONE) {
		return code;
	}
	draft = *row->subscription;
	/* Who edits need not know the address: an empty one stays as it was. */
	draft.to = (char *)(uintptr_t) "";
	draft.to_hash = (ProtobufCBinaryData){ 0 };
	if (!alert_form_read(cli, &form, &draft)) {
		return cli->code;
	}
	return submit(cli, &draft, dry_run);
}

/* Every address that the subscription ever had goes, everywhere. */
static int
erase_address(struct cli *cli, const Kusanone__V1__SubscriptionRow *row, const char *why)
{
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Erasure said = KUSANONE__V1__ERASURE__INIT;

	said.part_hashes = row->part_hashes;
	said.n_part_hashes = row->n_part_hashes;
	said.why = (char *)(uintptr_t)why;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_ERASURE;
	submission.erasure = &said;
	return ask_submit_and_print(cli, &submission);
}

int
alerts_remove_run(struct cli *cli, int argc, char **argv)
{
	const char *why = NULL;
	bool erase = false;
	const struct opt opts[] = {
		OPT_FLAG("erase-address", &erase),
		OPT_TEXT("why", &why),
		OPT_END,
	};
	Kusanone__V1__Subscription s = KUSANONE__V1__SUBSCRIPTION__INIT;
	const Kusanone__V1__SubscriptionRow *row;
	struct operands ids;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	if (erase && (why == NULL || *why == '\0')) {
		return usage(cli, MSG_WHY_NEEDED);
	}
	int code = alert_find_subscription(cli, ids.at[0], &row);
	if (code != EXIT_DONE) {
		return code;
	}
	s.id = row->subscription->id;
	s.removed = true;
	code = submit(cli, &s, false);
	return code == EXIT_DONE && erase && row->n_part_hashes != 0
		       ? erase_address(cli, row, why)
		       : code;
}
