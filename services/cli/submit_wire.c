/* kusanone submit: events from files, one or very many.
 *
 * Up to SUBMIT_WINDOW submissions are under way at once, so that the intake can put many
 * into one commit; their answers are printed in the order of the files. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/fault_wire.h"
#include "cli/input.h"
#include "cli/options.h"
#include "cli/template_wire.h"
#include "cli/text.h"

enum { SUBMIT_WINDOW = 32, SUBMIT_BUSY_MS = 100, SUBMIT_WAIT_MAX = 600 };

/* One submission under way. */
struct pending {
	uint64_t request;
	const char *file; /* Where it stands. */
	unsigned line;
	Kusanone__V1__Submission submission;
	Kusanone__V1__EventRevision revision;
	struct arena arena; /* Of the submission. */
	struct answer answer;
	struct arena answer_arena;
};

struct submit {
	struct cli *cli;
	struct line *to;
	bool dry_run;
	uint32_t wait_ms;
	struct pending pending[SUBMIT_WINDOW]; /* A ring, in the order of the input. */
	unsigned first, count;
	uint64_t refused;
};

static struct pending *
pending_at(struct submit *s, unsigned i)
{
	return &s->pending[(s->first + i) % SUBMIT_WINDOW];
}

static bool
is_answered(const struct pending *p)
{
	return p->answer.receipt != NULL || p->answer.refused != NULL;
}

static void
pending_fini(struct pending *p)
{
	arena_fini(&p->arena);
	arena_fini(&p->answer_arena);
	*p = (struct pending){ 0 };
}

static void
print_one(struct submit *s, struct pending *p)
{
	struct cli *cli = s->cli;
	struct arena kept = cli->arena;

	/* What is formatted for it goes with it. */
	cli->arena = p->answer_arena;
	if (p->answer.refused != NULL) {
		ask_put_refused(cli,
				arena_printf(&cli->arena, "%s:%u: ", p->file, p->line),
				p->answer.refused);
		s->refused++;
	} else {
		ask_put_receipt(cli, p->answer.receipt);
	}
	p->answer_arena = cli->arena;
	cli->arena = kept;
}

/* Answers at the front go to the screen.  False: nobody reads any more. */
static bool
print_answered(struct submit *s)
{
	while (s->count > 0 && is_answered(pending_at(s, 0))) {
		print_one(s, pending_at(s, 0));
		pending_fini(pending_at(s, 0));
		s->first = (s->first + 1) % SUBMIT_WINDOW;
		s->count--;
	}
	if (cli_flush(s->cli)) {
		return true;
	}
	s->cli->code = EXIT_REFUSED;
	return false;
}

static bool
send_pending(struct submit *s, struct pending *p)
{
	p->request = ++s->cli->request;
	p->submission.request = p->request;
	return ask_send(s->cli, s->to, FRAME_SUBMIT, &p->submission.base);
}

/* One more answer finds its submission.  False after a complaint. */
static bool
take_answer(struct submit *s)
{
	struct cli *cli = s->cli;
	struct arena arena = { 0 };
	struct answer answer;

	if (ask_next(cli, s->to, cli->timeout_ms + (msec_t)s->wait_ms, &arena, &answer) !=
	    OK) {
		arena_fini(&arena);
		ask_silence(cli);
		return false;
	}
	for (unsigned i = 0; i < s->count; i++) {
		struct pending *p = pending_at(s, i);
		/* A refusal without an id is about the oldest one that waits. */
		bool its = p->request == answer.request ||
			   (answer.refused != NULL && answer.refused->request == 0);

		if (!its || is_answered(p)) {
			continue;
		}
		if (answer.refused != NULL && strcmp(answer.refused->code, "busy") == 0) {
			arena_fini(&arena);
			cli->system->pause(cli->system->ctx, SUBMIT_BUSY_MS);
			return send_pending(s, p);
		}
		p->answer = answer;
		p->answer_arena = arena;
		return true;
	}
	arena_fini(&arena); /* A late answer to something else. */
	return true;
}

static bool
wait_for_room(struct submit *s, unsigned room)
{
	while (s->count > SUBMIT_WINDOW - room) {
		if (!take_answer(s) || !print_answered(s)) {
			return false;
		}
	}
	return true;
}

/* One value of a file.  False: the command ends with cli->code. */
static bool
submit_value(struct submit *s, const char *file, unsigned line, struct slice value)
{
	struct cli *cli = s->cli;
	struct json_fault fault;

	if (!wait_for_room(s, 1)) {
		return false;
	}
	struct pending *p = pending_at(s, s->count);
	Kusanone__V1__Event *event = (Kusanone__V1__Event *)json_to_message(
		&kusanone__v1__event__descriptor, "event", value, &p->arena, &fault);
	if (event == NULL) {
		/* In its place among the answers. */
		if (!wait_for_room(s, SUBMIT_WINDOW)) {
			return false;
		}
		cli_complain(cli, EXIT_REFUSED, fault_text(cli, &fault, file, line));
		s->refused++;
		pending_fini(p);
		return cli_flush(cli);
	}
	p->file = file;
	p->line = line;
	kusanone__v1__submission__init(&p->submission);
	kusanone__v1__event_revision__init(&p->revision);
	p->revision.event = event;
	p->submission.author = (char *)(uintptr_t)cli->author;
	p->submission.wait_ms = s->wait_ms;
	p->submission.dry_run = s->dry_run;
	p->submission.body_case = KUSANONE__V1__SUBMISSION__BODY_EVENT;
	p->submission.event = &p->revision;
	s->count++;
	return send_pending(s, p);
}

/* False: the command ends with cli->code. */
static bool
submit_file(struct submit *s, const char *path)
{
	struct cli *cli = s->cli;
	struct input in;
	struct slice value;
	unsigned line;
	enum input_result r = INPUT_END;
	bool going = true;
	bool any = false;

	if (!input_open(cli, path, &in)) {
		s->refused++;
		return true; /* The other files all the same. */
	}
	while (going && (r = input_next(cli, &in, &value, &line)) != INPUT_END) {
		if (r == INPUT_FAILED) {
			s->refused++;
			break;
		}
		any = true;
		going = submit_value(s, in.name, line, value);
	}
	if (r == INPUT_END && !any) {
		complain(cli, EXIT_DONE, MSG_FILE_EMPTY, text_argument(cli, in.name));
	}
	input_close(&in);
	return going;
}

int
submit_run(struct cli *cli, int argc, char **argv)
{
	bool template = false;
	bool dry_run = false;
	const struct opt opts[] = {
		OPT_FLAG("template", &template),
		OPT_FLAG("dry-run", &dry_run),
		OPT_END,
	};
	struct operands files;

	if (!options_read(cli, argc, argv, opts, 0, -1, &files)) {
		return cli->code;
	}
	if (template) {
		template_put(cli, &cli->out);
		return EXIT_DONE;
	}
	if (files.count == 0) {
		return usage(cli, MSG_SUBMIT_NO_FILE);
	}

	struct submit *s = xcalloc(1, sizeof(*s));
	s->cli = cli;
	s->dry_run = dry_run;
	s->wait_ms = (uint32_t)cli->wait_ms;
	s->to = ask_line(cli, ASK_INTAKE);
	bool going = s->to != NULL;
	for (int i = 0; going && i < files.count; i++) {
		going = submit_file(s, files.at[i]);
	}
	going = going && wait_for_room(s, SUBMIT_WINDOW);
	int code = !going ? cli->code : s->refused != 0 ? EXIT_REFUSED : EXIT_DONE;
	for (unsigned i = 0; i < SUBMIT_WINDOW; i++) {
		pending_fini(&s->pending[i]);
	}
	free(s);
	return code;
}
