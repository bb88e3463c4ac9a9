/* notification/judge.h - what a receiver's answer means for the message.
 *
 * Three answers are possible: it was taken, it may be taken later, it never will be.  A
 * message is given up only on the receiver's word about the message itself: what may be
 * the relay's or our own fault is tried again. */
#ifndef NOTIFICATION_JUDGE_H
#define NOTIFICATION_JUDGE_H

#include "notification/delivery.h"

/* Where an SMTP conversation stands: the last command that was sent. */
enum smtp_stage {
	SMTP_HELLO, /* Nothing yet, EHLO, STARTTLS, AUTH. */
	SMTP_MAIL,
	SMTP_RCPT,
	SMTP_DATA,
	SMTP_BODY, /* 354 has come: the message is on its way. */
	SMTP_QUIT, /* All is said. */
};

/* The command's stage; 'stage' where it begins nothing (a line of AUTH). */
enum smtp_stage smtp_stage_after(enum smtp_stage, struct slice command);

/* The three digits of a reply's line (RFC 5321 4.2); 0 if it is none. */
unsigned smtp_reply_code(struct slice line);

/* 'code' is that of the last reply to this stage's command; 0: none came, or no SMTP. */
enum outcome_kind smtp_judge(enum smtp_stage, unsigned code);

/* The status of a response; 0: none came. */
enum outcome_kind http_judge(unsigned status);

#endif
