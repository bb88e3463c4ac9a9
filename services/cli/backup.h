/* cli/backup.h - inside: one backup that is being made. */
#ifndef CLI_BACKUP_H
#define CLI_BACKUP_H

#include "cli/aside_dir.h"
#include "cli/copy.h"
#include "cli/manifest.h"

struct backing {
	struct cli *cli;
	const char *from; /* The state folder, without a slash at its end. */
	const char *into; /* Where its files go. */
	struct manifest manifest;
	uint64_t bytes;
	unsigned passed_over; /* What is neither file nor folder. */
	bool shown;           /* A line of progress stands on the screen. */
};

/* A path below the state folder: in it, and in the backup. */
const char *backup_from(struct backing *, const char *path);
const char *backup_into(struct backing *, const char *path);

/* What was copied to 'path' is part of the backup. */
void backup_note(struct backing *, const char *path, const struct copied *);

/* One file as it is.  False after a complaint. */
bool backup_file(struct backing *, const char *path, bool may_be_gone) WARN_UNUSED;

/* A line about what is under way; false once Ctrl-C was pressed. */
bool backup_progress(struct backing *, const char *path) WARN_UNUSED;
bool backup_failed(struct backing *, const char *path, const char *why);

/* backup_archive.c: is there an archive in the folder?  Copy it so that the copy holds:
 * what its checkpoint covers, and no more.  "" is the state folder itself. */
bool backup_is_archive(struct backing *, const char *path) WARN_UNUSED;
bool backup_archive(struct backing *, const char *path) WARN_UNUSED;

#endif
