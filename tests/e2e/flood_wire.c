/* e2e_flood: many events to an intake, many at once, until each one has its receipt.
 *
 *	e2e_flood SOCKET POST FIRST COUNT [--window N] [--seconds S] [--pad BYTES]
 *		[--one-try] [--until-refused] [--quiet]
 *
 * Event n is always the same: its source key is "flood-n", it was held by POST in month
 * n % 12 of FY2023 in a state that n chooses.  So whoever asks twice asks for the same
 * record, and what is asked for is asked for again whenever nobody answers: the service
 * may be killed in between.  A receipt that differs from an earlier one is a failure.
 *
 * SIGTERM ends it where it is.
 *
 * Prints "n event revision seq" for each receipt, "refused n code reason" for each
 * refusal.  Exit code: 0 all have a receipt, 1 one was refused or differs, 2 usage, 3 out
 * of time.  With --one-try it ends at the first silence, too.  With --until-refused
 * nothing new is asked for after a refusal. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kusanone/v1/control.pb-c.h"
#include "lib/base/unpack_wire.h"
#include "lib/host/client.h"
#include "lib/host/host.h"

enum {
	WINDOW_MAX = 64,
	SILENCE_MS = 300, /* Then everything that waits is asked for again. */
	BUSY_US = 20000,
	PAD_MAX = 32000,
	DONE = 0,
	REFUSED = 1,
	USAGE = 2,
	OUT_OF_TIME = 3,
};

struct flood {
	const char *address, *post;
	uint64_t first, count;
	unsigned window;
	msec_t until;
	char *pad;
	bool one_try, until_refused, quiet;

	struct client *client;
	uint64_t next;                /* Not yet asked for. */
	uint64_t waiting[WINDOW_MAX]; /* Asked for, no receipt. */
	unsigned waiting_count;
	struct hash *seen; /* Of each event: the revision of its first receipt. */
	uint64_t seen_count, refused, differ, asked_again;
};

static volatile sig_atomic_t told_to_end;

static void
on_term(int number)
{
	(void)number;
	told_to_end = 1;
}

static char *
str(const char *s)
{
	return (char *)(uintptr_t)s;
}

/* The packed submission of event n. */
static void
put_submission(const struct flood *f, uint64_t n, struct buf *b)
{
	static const char *const states[] = { "CA", "TN", "IL", "WA", "MN" };
	static const char *const towns[] = { "Town A", "Town B", "Town C" };
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__EventRevision revision = KUSANONE__V1__EVENT_REVISION__INIT;
	Kusanone__V1__Event event = KUSANONE__V1__EVENT__INIT;
	Kusanone__V1__Text title = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Text summary = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Text town = KUSANONE__V1__TEXT__INIT;
	Kusanone__V1__Date date = KUSANONE__V1__DATE__INIT;
	Kusanone__V1__Place place = KUSANONE__V1__PLACE__INIT;
	Kusanone__V1__Date *dates[] = { &date };
	Kusanone__V1__Place *places[] = { &place };
	char *holders[] = { str(f->post) };
	char key[48], name[48], month[16];
	unsigned m = 4 + (unsigned)(n % 12);

	snprintf(key, sizeof(key), "flood-%" PRIu64, n);
	snprintf(name, sizeof(name), "Flood %" PRIu64, n);
	snprintf(month, sizeof(month), "%u-%02u", m > 12 ? 2024u : 2023u,
		 m > 12 ? m - 12 : m);
	title.en = name;
	summary.en = f->pad;
	town.en = str(towns[n % ARRAY_LEN(towns)]);
	date.value = month;
	place.municipality = &town;
	place.state = str(states[n % ARRAY_LEN(states)]);
	event.source_key = key;
	event.recorder = str(f->post);
	event.n_holders = 1;
	event.holders = holders;
	event.title = &title;
	event.summary = f->pad[0] != '\0' ? &summary : NULL;
	event.status = KUSANONE__V1__STATUS__STATUS_HELD;
	event.n_stated_dates = 1;
	event.stated_dates = dates;
	event.n_stated_places = 1;
	event.stated_places = places;
	revision.event = &event;
	submission.request = n + 1;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_EVENT;
	submission.event = &revision;
	pack_message(&submission.base, b);
}

/* Ask for event n; silently does nothing where the service is away. */
static bool
ask(struct flood *f, uint64_t n)
{
	struct buf body = { 0 };

	if (f->client == NULL) {
		const struct client_options options = { .address = f->address };

		if (client_open(&options, &f->client) != OK) {
			f->client = NULL;
			return false;
		}
	}
	put_submission(f, n, &body);
	bool sent = client_send(f->client, FRAME_SUBMIT, buf_slice(&body)) == OK;
	buf_fini(&body);
	return sent;
}

/* Everything that waits once more, over a new connection: the old one may lead to a
 * process that is gone. */
static void
ask_again(struct flood *f)
{
	client_close(f->client);
	f->client = NULL;
	f->asked_again++;
	for (unsigned i = 0; i < f->waiting_count; i++) {
		if (!ask(f, f->waiting[i])) {
			return;
		}
	}
}

static void
no_longer_waiting(struct flood *f, uint64_t n)
{
	for (unsigned i = 0; i < f->waiting_count; i++) {
		if (f->waiting[i] == n) {
			f->waiting[i] = f->waiting[--f->waiting_count];
			return;
		}
	}
}

static void
take_receipt(struct flood *f, const Kusanone__V1__Receipt *receipt)
{
	uint64_t n = receipt->request - 1;
	struct hash revision;

	if (n < f->first || n >= f->first + f->count ||
	    !hex_parse(slice_str(receipt->revision), revision.b, HASH_LEN)) {
		printf("strange receipt %" PRIu64 " %s\n", receipt->request,
		       receipt->revision);
		f->differ++;
		return;
	}
	struct hash *seen = &f->seen[n - f->first];
	no_longer_waiting(f, n);
	if (!hash_is_zero(seen)) {
		if (!hash_eq(seen, &revision)) {
			printf("differs %" PRIu64 " %s\n", n, receipt->revision);
			f->differ++;
		}
		return;
	}
	*seen = revision;
	f->seen_count++;
	if (!f->quiet) {
		printf("%" PRIu64 " %s %s %" PRIu64 "\n", n, receipt->event_id,
		       receipt->revision, receipt->seq);
	}
}

static void
take_refusal(struct flood *f, const Kusanone__V1__Refused *refused)
{
	uint64_t n = refused->request - 1;

	if (strcmp(refused->code, "busy") == 0) {
		usleep(BUSY_US);
		if (!ask(f, n)) {
			usleep(BUSY_US);
		}
		return;
	}
	no_longer_waiting(f, n);
	f->refused++;
	if (f->until_refused) {
		f->count = f->next - f->first;
	}
	printf("refused %" PRIu64 " %s %s\n", n, refused->code,
	       refused->reason != NULL ? refused->reason->en : "");
}

static void
take(struct flood *f, const struct frame *frame)
{
	struct arena arena = { 0 };

	if (frame->header.type == FRAME_RECEIPT) {
		const Kusanone__V1__Receipt *receipt =
			(const Kusanone__V1__Receipt *)unpack_reply(
				&kusanone__v1__receipt__descriptor, frame->body, &arena,
				NULL);

		must(receipt != NULL);
		take_receipt(f, receipt);
	} else if (frame->header.type == FRAME_REFUSED) {
		const Kusanone__V1__Refused *refused =
			(const Kusanone__V1__Refused *)unpack_reply(
				&kusanone__v1__refused__descriptor, frame->body, &arena,
				NULL);

		must(refused != NULL);
		take_refusal(f, refused);
	}
	arena_fini(&arena);
}

static int
run(struct flood *f)
{
	struct frame frame;

	while (!told_to_end && (f->next < f->first + f->count || f->waiting_count > 0)) {
		while (f->waiting_count < f->window && f->next < f->first + f->count &&
		       ask(f, f->next)) {
			f->waiting[f->waiting_count++] = f->next++;
		}
		if (clock_monotonic() >= f->until) {
			return OUT_OF_TIME;
		}
		if (f->client == NULL && !f->one_try) {
			usleep(BUSY_US);
			ask_again(f);
		} else if (f->client == NULL) {
			return OUT_OF_TIME;
		} else if (client_receive(f->client, f->one_try ? 5000 : SILENCE_MS,
					  &frame) == OK) {
			take(f, &frame);
		} else if (f->one_try) {
			return OUT_OF_TIME;
		} else {
			ask_again(f);
		}
	}
	return f->refused != 0 || f->differ != 0 ? REFUSED : DONE;
}

static int
usage(void)
{
	fprintf(stderr, "usage: e2e_flood SOCKET POST FIRST COUNT [--window N] "
			"[--seconds S] [--pad BYTES] [--one-try] "
			"[--until-refused] [--quiet]\n");
	return USAGE;
}

int
main(int argc, char **argv)
{
	struct flood f = { .window = WINDOW_MAX };
	unsigned long seconds = 60;
	unsigned long pad = 0;
	char address[256];

	if (argc < 5) {
		return usage();
	}
	snprintf(address, sizeof(address), "ipc://%s", argv[1]);
	f.address = address;
	f.post = argv[2];
	f.first = strtoull(argv[3], NULL, 10);
	f.count = strtoull(argv[4], NULL, 10);
	for (int i = 5; i < argc; i++) {
		bool more = i + 1 < argc;

		if (strcmp(argv[i], "--window") == 0 && more) {
			f.window = (unsigned)strtoul(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--seconds") == 0 && more) {
			seconds = strtoul(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--pad") == 0 && more) {
			pad = strtoul(argv[++i], NULL, 10);
		} else if (strcmp(argv[i], "--one-try") == 0) {
			f.one_try = true;
		} else if (strcmp(argv[i], "--until-refused") == 0) {
			f.until_refused = true;
		} else if (strcmp(argv[i], "--quiet") == 0) {
			f.quiet = true;
		} else {
			return usage();
		}
	}
	if (f.window == 0 || f.window > WINDOW_MAX || pad > PAD_MAX || f.count == 0) {
		return usage();
	}
	hash_init();
	signal(SIGTERM, on_term);
	f.pad = xcalloc(pad + 1, 1);
	memset(f.pad, 'x', pad);
	f.seen = xcalloc(f.count, sizeof(*f.seen));
	f.next = f.first;
	msec_t begin = clock_monotonic();
	f.until = begin + (msec_t)seconds * 1000;
	int code = run(&f);
	printf("receipts %" PRIu64 " of %" PRIu64 ", refused %" PRIu64
	       ", different %" PRIu64 ", asked again %" PRIu64 ", ms %" PRIu64 "\n",
	       f.seen_count, f.count, f.refused, f.differ, f.asked_again,
	       (uint64_t)(clock_monotonic() - begin));
	client_close(f.client);
	free(f.seen);
	free(f.pad);
	return code;
}
