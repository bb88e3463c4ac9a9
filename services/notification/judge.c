#include "notification/judge.h"

#include <strings.h>

enum smtp_stage
smtp_stage_after(enum smtp_stage stage, struct slice command)
{
	static const struct {
		const char *word;
		enum smtp_stage stage;
	} words[] = {
		{ "EHLO", SMTP_HELLO }, { "HELO", SMTP_HELLO }, { "MAIL", SMTP_MAIL },
		{ "RCPT", SMTP_RCPT },  { "DATA", SMTP_DATA },  { "QUIT", SMTP_QUIT },
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (command.len > 4 && command.at[4] <= ' ' &&
		    strncasecmp((const char *)command.at, words[i].word, 4) == 0) {
			return words[i].stage;
		}
	}
	return stage;
}

static bool
is_digit(uint8_t c, uint8_t from, uint8_t to)
{
	return c >= from && c <= to;
}

unsigned
smtp_reply_code(struct slice line)
{
	const uint8_t *c = line.at;

	if (line.len < 3 || !is_digit(c[0], '2', '5') || !is_digit(c[1], '0', '9') ||
	    !is_digit(c[2], '0', '9') ||
	    (line.len > 3 && c[3] != ' ' && c[3] != '-' && c[3] != '\r' &&
	     c[3] != '\n')) {
		return 0;
	}
	return (c[0] - '0') * 100U + (c[1] - '0') * 10U + (c[2] - '0');
}

/* RFC 4954 6: that we must authenticate, in other ways or with another password. */
static bool
is_about_authentication(unsigned code)
{
	return code == 530 || code == 534 || code == 535 || code == 538;
}

/* RFC 5321 4.2.1: the first digit says it.  A 5yz before MAIL is about the relay and us,
 * not about the message; 421 (4yz) closes the channel at any time. */
enum outcome_kind
smtp_judge(enum smtp_stage stage, unsigned code)
{
	if (stage == SMTP_BODY && code / 100 == 2) {
		return OUTCOME_ACCEPTED;
	}
	if (stage >= SMTP_MAIL && stage <= SMTP_BODY && code / 100 == 5 &&
	    !is_about_authentication(code)) {
		return OUTCOME_REFUSED;
	}
	return OUTCOME_LATER;
}

/* Standard Webhooks, "Deliverability": 2xx is success, everything else is tried again,
 * 3xx too, and 410 Gone alone ends it.  A 400, 404, 413 or 422 says that the receiver
 * would not take these bytes as it is now; a receiver is mended or deployed within the
 * days for which we try, and a message given up at once would be lost to it. */
enum outcome_kind
http_judge(unsigned status)
{
	if (status / 100 == 2) {
		return OUTCOME_ACCEPTED;
	}
	return status == 410 ? OUTCOME_REFUSED : OUTCOME_LATER;
}
