/* lib/archive/note.h - text with signatures under it (C2SP signed-note, Ed25519).
 *
 *	text, whose last line ends like every other
 *	                                            an empty line
 *	— NAME BASE64                               key id (4 bytes) and signature
 *	— …                                         more of them
 *
 * A key is known by its name and its id, the first four bytes of SHA-256(name | newline |
 * 0x01 | public key).  Signatures of unknown keys mean nothing; what a known key is said
 * to have signed must hold, or nothing of the note does. */
#ifndef LIB_ARCHIVE_NOTE_H
#define LIB_ARCHIVE_NOTE_H

#include "lib/base/buf.h"
#include "lib/base/hash.h"

enum {
	NOTE_MAX_LEN = 64 * 1024,
	NOTE_MAX_SIGNATURES = 64,
	NOTE_NAME_MAX = 127,
	NOTE_ID_LEN = 4,
};

/* A key that signs notes, or one whose signatures are trusted. */
struct note_key {
	char name[NOTE_NAME_MAX + 1]; /* Visible ASCII without "+". */
	uint8_t public_key[SIGN_PUBLIC_LEN];
	uint8_t id[NOTE_ID_LEN];
};

/* False if the name is not one. */
bool note_key_init(struct note_key *, struct slice name,
		   const uint8_t public_key[SIGN_PUBLIC_LEN]) WARN_UNUSED;

/* As a text of one line, "NAME+ID+KEY": what is printed and handed to whoever checks. */
void note_key_put(struct buf *, const struct note_key *);
bool note_key_read(struct slice text, struct note_key *ret_key) WARN_UNUSED;

/* Put a signature under the text, the first 'text_len' bytes of the note, and under the
 * signatures that are there. */
void note_sign(struct buf *note, size_t text_len, const struct note_key *,
	       const uint8_t secret[SIGN_SECRET_LEN]);

/* What the note says, whoever signed it, borrowed from 'note'. */
bool note_text(struct slice note, struct slice *ret_text,
	       const char **ret_why) WARN_UNUSED;

/* A text that at least one of the keys has signed, borrowed from 'note'.  False with
 * 'ret_why' (may be NULL): it is no note, no known key signed it, or a signature of a
 * known key is wrong. */
bool note_open(struct slice note, const struct note_key *keys, size_t key_count,
	       struct slice *ret_text, const char **ret_why) WARN_UNUSED;

#endif
