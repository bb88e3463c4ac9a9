/* kusanone cohost: who else held an event, from the co-host's own node; and what a
 * published source says of it, from headquarters. */
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/event_wire.h"
#include "cli/grid.h"
#include "cli/labels_wire.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

/* The event and the post meant, from the requests that this node has heard of. */
static int
find_request(struct cli *cli, const char *typed, const char **id, const char **post)
{
	const Kusanone__V1__CohostsReply *reply;
	const Kusanone__V1__CohostRow *found = NULL;
	size_t typed_len = strlen(typed);

	int code = event_ask_cohosts(cli, false, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	for (size_t i = 0; i < reply->n_rows; i++) {
		const Kusanone__V1__CohostRow *row = reply->rows[i];
		size_t len = strlen(row->event_id);

		if (len < typed_len || typed_len < 6 ||
		    strcasecmp(row->event_id + len - typed_len, typed) != 0 ||
		    (*post != NULL && strcmp(*post, row->post) != 0)) {
			continue;
		}
		if (found != NULL && (strcmp(found->event_id, row->event_id) != 0 ||
				      strcmp(found->post, row->post) != 0)) {
			return complain(cli, EXIT_REFUSED,
					strcmp(found->event_id, row->event_id) != 0
						? MSG_EVENT_AMBIGUOUS
						: MSG_COHOST_WHICH_POST,
					text_argument(cli, typed));
		}
		found = row;
	}
	if (found == NULL) {
		return complain(cli, EXIT_REFUSED, MSG_COHOST_NO_REQUEST,
				text_argument(cli, typed));
	}
	*id = found->event_id;
	*post = found->post;
	return EXIT_DONE;
}

static int
answer(struct cli *cli, int argc, char **argv, Kusanone__V1__Answer what)
{
	const char *post = NULL;
	const char *note = "";
	const struct opt opts[] = { OPT_TEXT("post", &post), OPT_TEXT("note", &note),
				    OPT_END };
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__CohostAnswer said = KUSANONE__V1__COHOST_ANSWER__INIT;
	struct operands ids;
	struct uuid uuid;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	/* With a whole id and the post an answer may come before the request. */
	const char *id = ids.at[0];
	if (post == NULL || !uuid_parse(slice_str(id), &uuid)) {
		int code = find_request(cli, ids.at[0], &id, &post);

		if (code != EXIT_DONE) {
			return code;
		}
	}
	said.event_id = (char *)(uintptr_t)id;
	said.post = (char *)(uintptr_t)post;
	said.answer = what;
	said.note = (char *)(uintptr_t)note;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_COHOST_ANSWER;
	submission.cohost_answer = &said;
	return ask_submit_and_print(cli, &submission);
}

int
cohost_confirm_run(struct cli *cli, int argc, char **argv)
{
	return answer(cli, argc, argv, KUSANONE__V1__ANSWER__ANSWER_CONFIRMED);
}

int
cohost_dispute_run(struct cli *cli, int argc, char **argv)
{
	return answer(cli, argc, argv, KUSANONE__V1__ANSWER__ANSWER_DISPUTED);
}

int
cohost_withdraw_run(struct cli *cli, int argc, char **argv)
{
	return answer(cli, argc, argv, KUSANONE__V1__ANSWER__ANSWER_WITHDRAWN);
}

int
cohost_list_run(struct cli *cli, int argc, char **argv)
{
	bool all = false;
	const struct opt opts[] = { OPT_FLAG("all", &all), OPT_END };
	const Kusanone__V1__CohostsReply *reply;
	struct arena *arena = &cli->arena;
	struct operands none;
	struct grid grid;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	int code = event_ask_cohosts(cli, !all, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->base, JSON_PRETTY);
		return EXIT_DONE;
	}
	if (reply->n_rows == 0) {
		say(cli, &cli->out, MSG_COHOST_NONE);
		return EXIT_DONE;
	}
	grid_init(&grid, arena, "flflfll");
	for (size_t i = 0; i < reply->n_rows; i++) {
		const Kusanone__V1__CohostRow *row = reply->rows[i];

		grid_row(&grid, short_id(arena, row->event_id),
			 join(arena, row->dates, row->n_dates, ","),
			 text_clean(arena, row->recorder),
			 phrase(cli, MSG_COHOST_NAMES, text_clean(arena, row->post)),
			 label_word(cli, row->state), ask_text(cli, row->title),
			 text_clean(arena, row->note));
	}
	grid_put(&grid, cli->width, &cli->out);
	return EXIT_DONE;
}

/* Holders that do not count yet, for a source that names none of its own. */
static int
unconfirmed_holders(struct cli *cli, const char *id, struct opt_list *posts)
{
	const Kusanone__V1__EventReply *event;
	int code = event_fetch(cli, id, false, &event);

	if (code != EXIT_DONE) {
		return code;
	}
	size_t count = event->row != NULL ? event->row->n_holders : 0;
	posts->at = arena_alloc(&cli->arena, (count + 1) * sizeof(*posts->at));
	for (size_t i = 0; i < count; i++) {
		const Kusanone__V1__HolderRow *holder = event->row->holders[i];

		if (strcmp(holder->state, "counts") != 0) {
			posts->at[posts->count++] = holder->post;
		}
	}
	if (posts->count == 0) {
		return complain(cli, EXIT_REFUSED, MSG_COHOST_ALL_COUNT);
	}
	return EXIT_DONE;
}

int
cohost_source_run(struct cli *cli, int argc, char **argv)
{
	const char *source = NULL;
	const char *quote = "";
	const char *named = NULL;
	const struct opt opts[] = {
		OPT_TEXT("source", &source),
		OPT_TEXT("quote", &quote),
		OPT_TEXT("posts", &named),
		OPT_END,
	};
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__SourceConfirmation said = KUSANONE__V1__SOURCE_CONFIRMATION__INIT;
	Kusanone__V1__Source from = KUSANONE__V1__SOURCE__INIT;
	struct opt_list posts = { 0 };
	struct operands ids;
	const char *id;

	if (!options_read(cli, argc, argv, opts, 1, 1, &ids)) {
		return cli->code;
	}
	if (source == NULL || *source == '\0') {
		return usage(cli, MSG_SOURCE_NEEDED);
	}
	int code = event_find(cli, ids.at[0], &id);
	if (code == EXIT_DONE && named != NULL) {
		posts = option_split(cli, named);
	} else if (code == EXIT_DONE) {
		code = unconfirmed_holders(cli, id, &posts);
	}
	if (code != EXIT_DONE) {
		return code;
	}
	from.name = (char *)(uintptr_t)source;
	from.quote = (char *)(uintptr_t)quote;
	said.event_id = (char *)(uintptr_t)id;
	said.posts = (char **)(uintptr_t)posts.at;
	said.n_posts = posts.count;
	said.source = &from;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_SOURCE_CONFIRMATION;
	submission.source_confirmation = &said;
	return ask_submit_and_print(cli, &submission);
}
