/* cli/archive.h - what the commands about an archive share.
 *
 * They work on a folder, mostly a copy of headquarters' archive, and ask no service.
 * What an archive says of itself is worth nothing without its public key, which comes
 * from elsewhere: a key that lies in the folder is not taken. */
#ifndef CLI_ARCHIVE_H
#define CLI_ARCHIVE_H

#include "cli/cli.h"
#include "cli/options.h"
#include "lib/archive/folder.h"
#include "lib/archive/tree_head.h"
#include "lib/archive/verify.h"
#include "lib/model/record.h"

/* Beside the other exit codes: it cannot be said whether it is good. */
enum { EXIT_UNREADABLE = 4 };

enum { ARCHIVE_MAX_KEYS = 16 };

struct archive_keys {
	struct note_key at[ARCHIVE_MAX_KEYS];
	size_t count;
};

/* The keys of --key: each a line NAME+ID+KEY, or a file of such lines.  False after a
 * complaint: none was given, or one is none. */
bool archive_keys_read(struct cli *, const struct opt_list *given,
		       struct archive_keys *ret_keys) WARN_UNUSED;

/* The folder, or a complaint and false. */
bool archive_open(struct cli *, const char *path, struct folder *) WARN_UNUSED;

/* A file that is not the archive's own; false after a complaint. */
bool archive_read_file(struct cli *, const char *path, size_t max,
		       struct slice *ret_bytes) WARN_UNUSED;

/* The archive's checkpoint and what it says, in the arena; whose it is, is not asked.
 * False after a complaint. */
bool archive_checkpoint(struct cli *, const struct archive_files *,
			struct slice *ret_note, struct tree_head *ret_head) WARN_UNUSED;

/* What a checkpoint says, whosever it is; 'name' is how it is called in complaints. */
bool archive_head(struct cli *, const char *name, struct slice note,
		  struct tree_head *ret_head) WARN_UNUSED;

/* ---- A verification, as it goes on and what came of it (archive_verify.c). */

/* The checkpoints of --checkpoint; false after a complaint. */
bool archive_known_read(struct cli *, const struct opt_list *files,
			struct verify_options *) WARN_UNUSED;

struct archive_progress {
	struct cli *cli;
	msec_t started;
	bool shown; /* A line of it stands on the screen. */
};
void archive_progress_begin(struct archive_progress *, struct cli *);

/* A line over the one before, if there is a screen; false once Ctrl-C was pressed.  For
 * verify_options. */
bool archive_progress(void *archive_progress, const struct verify_report *);
void archive_progress_end(struct archive_progress *);

/* The verdict in words, and what was looked at. */
void archive_put_report(struct cli *, const struct verify_options *,
			const struct verify_report *);
int archive_exit_code(enum verify_verdict);

/* ---- An event in an archive (archive_find.c). */

/* Where an event's revision lies. */
struct archive_found {
	uint64_t leaf;
	struct hash revision;
	char event[UUID_TEXT_LEN + 1];
	const char *title;
};

/* Look through the archive's first 'size' entries for the event that was meant (a whole
 * id, its last digits, its source key) and of it for the newest revision, or the one that
 * begins with the digits of 'revision' (NULL: the newest).  EXIT_DONE, or a code after a
 * complaint. */
int archive_find(struct cli *, const struct archive_files *, uint64_t size,
		 const char *event, const char *revision,
		 struct archive_found *ret_found) WARN_UNUSED;

/* A text of a record in the officer's language, fit for the screen. */
const char *archive_text(struct cli *, const struct text *);

/* What lib/archive says is wrong, in the officer's language.  Its words stand in English
 * where they arise; those of the other language are here.  What is not known is shown as
 * it came. */
const char *archive_reason(struct cli *, const char *why);

/* A hash as checkpoints have it. */
const char *archive_hash_text(struct cli *, const struct sha256 *);

#endif
