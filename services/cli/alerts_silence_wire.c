/* kusanone alerts silence, unsilence, ack: what holds alerts back. */
#include <string.h>

#include "cli/alerts_wire.h"
#include "cli/command.h"
#include "cli/text.h"
#include "cli/zone_text.h"
#include "lib/model/alert_words.h"

enum { MINUTE_MS = 60 * 1000 };

/* ---- silence ----------------------------------------------------------------------- */

/* "7d" from now; a day's end; a minute. */
static bool
read_until(struct cli *cli, const char *text, const struct tzif *zone, wall_ms_t now,
	   wall_ms_t *ret_ms)
{
	uint32_t minutes;
	struct date date;

	if (lead_parse(slice_str(text), &minutes)) {
		*ret_ms = now + (wall_ms_t)minutes * MINUTE_MS;
		return true;
	}
	if (!date_parse(slice_str(text), &date) || date.precision < PRECISION_DAY) {
		usage(cli, MSG_ALERT_UNTIL, text_argument(cli, text));
		return false;
	}
	if (date.precision == PRECISION_DAY) {
		/* The midnight after it, as a minute-precise date. */
		date = date_of_minutes(((int64_t)date_first_day(&date) + 1) *
				       ALERT_MINUTES_A_DAY);
	}
	*ret_ms = zone_instant(zone, &date);
	if (*ret_ms <= now) {
		usage(cli, MSG_ALERT_UNTIL_OVER, text_argument(cli, text));
		return false;
	}
	return true;
}

static int
submit_silence(struct cli *cli, Kusanone__V1__Silence *silence)
{
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;

	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_SILENCE;
	submission.silence = silence;
	return ask_submit_and_print(cli, &submission);
}

int
alerts_silence_run(struct cli *cli, int argc, char **argv)
{
	const char *subscription = NULL, *event = NULL, *until = NULL, *why = "",
		   *zone_name = "";
	struct opt_list posts = { 0 }, kinds = { 0 };
	const struct opt opts[] = {
		OPT_TEXT("subscription", &subscription),
		OPT_TEXT("event", &event),
		OPT_MANY("post", &posts),
		OPT_MANY("kind", &kinds),
		OPT_TEXT("until", &until),
		OPT_TEXT("why", &why),
		OPT_TEXT("zone", &zone_name),
		OPT_END,
	};
	Kusanone__V1__Silence silence = KUSANONE__V1__SILENCE__INIT;
	struct operands none;
	struct tzif zone;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none) ||
	    !alert_kinds_read(cli, &kinds, &silence.kinds, &silence.n_kinds)) {
		return cli->code;
	}
	if (until == NULL) {
		return usage(cli, MSG_ALERT_UNTIL_NEEDED);
	}
	if (*why == '\0') {
		return usage(cli, MSG_WHY_NEEDED);
	}
	if (!zone_open(cli, zone_name, &zone)) {
		return usage(cli, MSG_ALERT_ZONE,
			     text_argument(cli, *zone_name != '\0' ? zone_name
								   : ZONE_DEFAULT));
	}
	/* It begins when headquarters records it. */
	bool read = read_until(cli, until, &zone, cli->system->wall(cli->system->ctx),
			       &silence.until_ms);
	const char *end =
		read ? zone_time_text(cli, &zone, silence.until_ms, true) : NULL;
	zone_close(&zone);
	if (!read) {
		return cli->code;
	}
	option_split_all(cli, &posts, &silence.posts, &silence.n_posts);
	silence.why = (char *)(uintptr_t)why;
	int code = alert_find_named(cli, subscription, event, &silence.subscription,
				    &silence.event_id);
	if (code == EXIT_DONE) {
		code = submit_silence(cli, &silence);
	}
	if (code == EXIT_DONE && !cli->json) {
		say(cli, &cli->out, MSG_SILENCE_HELD_BACK, end);
	}
	return code;
}

int
alerts_unsilence_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__Silence silence = KUSANONE__V1__SILENCE__INIT;
	const Kusanone__V1__Silence *found;
	struct operands ids;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	int code = alert_find_silence(cli, ids.at[0], &found);
	if (code != EXIT_DONE) {
		return code;
	}
	silence.id = found->id;
	silence.ended = true;
	return submit_silence(cli, &silence);
}

/* ---- ack --------------------------------------------------------------------------- */

int
alerts_ack_run(struct cli *cli, int argc, char **argv)
{
	const char *note = "";
	bool undo = false;
	const struct opt opts[] = {
		OPT_TEXT("note", &note),
		OPT_FLAG("undo", &undo),
		OPT_END,
	};
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Acknowledgement said = KUSANONE__V1__ACKNOWLEDGEMENT__INIT;
	const Kusanone__V1__AlertRow *alert;
	struct operands ids;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	if (*note == '\0' && !undo) {
		return usage(cli, MSG_ALERT_NOTE_NEEDED);
	}
	int code = alert_find(cli, ids.at[0], &alert);
	if (code != EXIT_DONE) {
		return code;
	}
	said.kind = alert->kind;
	said.subject = alert->subject[0] != '\0' ? alert->subject : alert->event_id;
	said.spell = alert->spell;
	said.note = (char *)(uintptr_t)note;
	said.undone = undo;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_ACKNOWLEDGEMENT;
	submission.acknowledgement = &said;
	return ask_submit_and_print(cli, &submission);
}
