/* cli/ask_wire.h - questions to services, and their answers.
 *
 * What records something goes to the intake; what reads figures goes to headquarters'
 * aggregation where its socket is in the folder, else to the intake; what asks for alerts
 * goes to the notification service, and what asks for the archive to the archiving one.
 * Whoever is not there, or does not answer in time, is named in a complaint and makes the
 * exit code EXIT_UNREACHABLE. */
#ifndef CLI_ASK_WIRE_H
#define CLI_ASK_WIRE_H

#include "cli/cli.h"
#include "kusanone/v1/control.pb-c.h"

enum ask_where { ASK_INTAKE, ASK_HEADQUARTERS, ASK_NOTIFICATION, ASK_ARCHIVING };

/* The path of a service's socket in the folder, in the arena. */
const char *ask_path(struct cli *, const char *service);

/* The connection, opened once a run.  NULL after a complaint, with cli->code set. */
struct line *ask_line(struct cli *, enum ask_where);

/* The same to a named socket, without any complaint. */
enum err ask_open_path(struct cli *, const char *path, struct line **ret_line);

/* Close it: the next ask_line() opens it anew. */
void ask_close(struct cli *, struct line *);

struct answer {
	uint64_t request;
	const Kusanone__V1__Receipt *receipt; /* One of the three. */
	const Kusanone__V1__Refused *refused;
	const Kusanone__V1__Reply *reply;
};

/* Send one request.  False after a complaint, with cli->code set. */
bool ask_send(struct cli *, struct line *, enum frame_type,
	      const ProtobufCMessage *) WARN_UNUSED;

/* The next answer within 'timeout'.  Messages live in 'arena'.  ERR_NOT_FOUND: none. */
enum err ask_next(struct cli *, struct line *, msec_t timeout, struct arena *,
		  struct answer *ret_answer) WARN_UNUSED;

/* Say that nobody answered; EXIT_UNREACHABLE. */
int ask_silence(struct cli *);

/* Send one submission and wait for its receipt.  Sets request and author.  EXIT_DONE
 * with the receipt, in the command's arena; else a code after a complaint. */
int ask_submit(struct cli *, Kusanone__V1__Submission *,
	       const Kusanone__V1__Receipt **ret_receipt);

/* The same to another service. */
int ask_submit_to(struct cli *, enum ask_where, Kusanone__V1__Submission *,
		  const Kusanone__V1__Receipt **ret_receipt);

/* To the intake, and print the receipt. */
int ask_submit_and_print(struct cli *, Kusanone__V1__Submission *);

/* Ask and wait; pages are joined.  The reply has the case that belongs to the query. */
int ask_query(struct cli *, enum ask_where, Kusanone__V1__Query *,
	      const Kusanone__V1__Reply **ret_reply);

/* The same on a connection that is open. */
int ask_query_on(struct cli *, struct line *, Kusanone__V1__Query *,
		 const Kusanone__V1__Reply **ret_reply);

/* Put the receipt's line(s) on out, its warnings on err; with --json the message. */
void ask_put_receipt(struct cli *, const Kusanone__V1__Receipt *);

/* Put a refusal on err, begun with 'where' ("a.json:3: ", or ""); with --json also the
 * message on out. */
void ask_put_refused(struct cli *, const char *where, const Kusanone__V1__Refused *);

/* A message as JSON over several lines, for --json. */
void ask_put_json(struct cli *, const ProtobufCMessage *, unsigned flags);

/* The text in the command's language, cleaned; "" if there is none. */
const char *ask_text(struct cli *, const Kusanone__V1__Text *);

#endif
