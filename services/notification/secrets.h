/* notification/secrets.h - the file with the secrets of webhooks.
 *
 * One file, mode 0600, that only the service's user may read.  A line is a name, as
 * subscriptions have it, and a secret of Standard Webhooks:
 *
 *	press whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
 *
 * A name that stands there twice signs with both: a secret is exchanged by adding the new
 * one, and removing the old one when the receiver has changed.  Empty lines and lines
 * that begin with # are let be.
 *
 * The file is read for each attempt: what it says holds at once, and no secret stays in
 * memory.  No secret is ever in 'why'. */
#ifndef NOTIFICATION_SECRETS_H
#define NOTIFICATION_SECRETS_H

#include "lib/base/buf.h"

enum {
	SECRETS_FILE_MAX = 256 * 1024,
	/* Bytes of a secret: Standard Webhooks, "Signature scheme". */
	SECRET_MIN = 24,
	SECRET_MAX = 64,
};

/* Is the whole file good?  'why' says the line otherwise. */
bool secrets_check(const char *path, char *why, size_t why_len) WARN_UNUSED;

/* The value of webhook-signature at the end of 'out': "v1,BASE64" for each secret of the
 * name, parted by spaces, over id.timestamp.body.  A bad line of another name does no
 * harm. */
bool secrets_sign(const char *path, const char *name, const char *id, int64_t timestamp,
		  struct slice body, struct buf *out, char *why,
		  size_t why_len) WARN_UNUSED;

#endif
