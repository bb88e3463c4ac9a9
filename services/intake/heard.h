/* intake/heard.h - what headquarters said of events, kept by key: the newest replaces.
 *
 *	"n" event id (16)      -> packed kusanone.v1.EventNotice
 *	"v" record's hash (32) -> packed kusanone.v1.VerdictNotice
 *	"compact"              -> a compaction is owed
 *
 * In the journal's db 'heard'; a RESET forgets all of it. */
#ifndef INTAKE_HEARD_H
#define INTAKE_HEARD_H

#include "lib/base/id.h"
#include "lib/store/journal.h"

#define HEARD_COMPACT "compact"
enum { HEARD_NOTICE = 'n', HEARD_VERDICT = 'v', HEARD_KEY_MAX = 1 + HASH_LEN };

struct heard_key {
	uint8_t b[HEARD_KEY_MAX];
	size_t len;
};

static inline struct slice
heard_slice(const struct heard_key *key)
{
	return slice_of(key->b, key->len);
}

static inline struct heard_key
heard_notice_key(const struct uuid *event)
{
	struct heard_key key = { .b = { HEARD_NOTICE }, .len = 1 + UUID_LEN };

	memcpy(key.b + 1, event->b, UUID_LEN);
	return key;
}

static inline struct heard_key
heard_verdict_key(const struct hash *record)
{
	struct heard_key key = { .b = { HEARD_VERDICT }, .len = 1 + HASH_LEN };

	memcpy(key.b + 1, record->b, HASH_LEN);
	return key;
}

#endif
