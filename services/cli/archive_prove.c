/* kusanone archive prove: a file that shows, without the archive, what is in it. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli/archive.h"
#include "cli/command.h"
#include "cli/short_id.h"
#include "cli/text.h"
#include "lib/archive/fetch.h"
#include "lib/archive/proof.h"

struct proving {
	struct cli *cli;
	struct archive_files files;
	const char *output; /* NULL: the standard output. */
	struct slice note;
	struct tree_head head;
};

/* A new file with these bytes. */
static int
write_file(struct cli *cli, const char *path, struct slice bytes)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	bool good = fd >= 0;

	while (good && bytes.len != 0) {
		ssize_t n = write(fd, bytes.at, bytes.len);

		good = n > 0 || (n < 0 && errno == EINTR);
		bytes = n > 0 ? slice_from(bytes, (size_t)n) : bytes;
	}
	if (fd < 0) {
		return complain(cli, EXIT_REFUSED,
				errno == EEXIST ? MSG_FILE_EXISTS : MSG_FILE_UNWRITABLE,
				text_argument(cli, path));
	}
	good = fsync(fd) == 0 && good;
	good = close(fd) == 0 && good;
	if (!good) {
		(void)unlink(path); /* Half a proof is none. */
		return complain(cli, EXIT_REFUSED, MSG_FILE_UNWRITABLE,
				text_argument(cli, path));
	}
	return EXIT_DONE;
}

/* To the file, or as the answer. */
static int
put_proof(const struct proving *p, const struct proof *proof)
{
	struct cli *cli = p->cli;
	struct buf text = { 0 };
	int code = EXIT_DONE;

	proof_put(&text, proof);
	if (p->output != NULL) {
		code = write_file(cli, p->output, buf_slice(&text));
	} else {
		buf_put_slice(&cli->out, buf_slice(&text));
	}
	buf_fini(&text);
	return code;
}

/* The tree could not be read, or is not the one that was signed. */
static int
tree_wrong(struct cli *cli, enum err err)
{
	return err == ERR_IO ? complain(cli, EXIT_UNREADABLE, MSG_FILE_UNREADABLE, "tile")
			     : complain(cli, EXIT_REFUSED, MSG_ARCHIVE_TREE_WRONG);
}

/* ---- An entry ---------------------------------------------------------------------- */

static int
prove_leaf(const struct proving *p, const struct archive_found *found)
{
	const struct tile_source tiles = tile_files(&p->files);
	struct cli *cli = p->cli;
	struct proof proof = { .kind = PROOF_ENTRY,
			       .leaf = found->leaf,
			       .note = p->note };
	struct archive_entry entry;
	struct segment_head segment;
	struct buf content = { 0 };
	int code;

	enum err err = fetch_find_leaf(&p->files, found->leaf, &segment);
	if (err == OK) {
		err = fetch_entry(&p->files, &segment,
				  (uint32_t)(found->leaf - segment.first_leaf), &content,
				  &entry);
	}
	if (err == OK) {
		err = tree_prove_leaf(&tiles, p->head.size, found->leaf, p->head.size,
				      &proof.hashes);
	}
	if (err == OK) {
		struct sha256 hash = sha256_leaf(entry.bytes);

		proof.entry = entry.bytes;
		/* What would not be believed is not handed out. */
		err = tree_check_leaf(&proof.hashes, &hash, found->leaf, p->head.size,
				      &p->head.root)
			      ? OK
			      : ERR_CORRUPT;
	}
	code = err == OK ? put_proof(p, &proof) : tree_wrong(cli, err);
	buf_fini(&content);
	return code;
}

/* "ID@REVISION" taken apart; what stands behind the last @ is none if it is no hex. */
static const char *
split_revision(struct cli *cli, const char *typed, const char **ret_event)
{
	const char *at = strrchr(typed, '@');
	const char *digits = at != NULL ? short_id_digits(&cli->arena, at + 1) : NULL;

	*ret_event = digits != NULL ? arena_dup(&cli->arena, typed, (size_t)(at - typed))
				    : typed;
	return digits;
}

static int
prove_event(const struct proving *p, const char *typed)
{
	struct cli *cli = p->cli;
	struct archive_found found;
	const char *event;
	const char *revision = split_revision(cli, typed, &event);
	char hash[2 * HASH_LEN + 1];

	int code = archive_find(cli, &p->files, p->head.size, event, revision, &found);
	if (code == EXIT_DONE) {
		code = prove_leaf(p, &found);
	}
	if (code == EXIT_DONE && p->output != NULL) {
		hex_format(found.revision.b, HASH_LEN, hash);
		say(cli, &cli->out, MSG_ARCHIVE_PROVED, text_argument(cli, p->output),
		    short_hash(&cli->arena, hash),
		    found.title[0] != '\0' ? phrase(cli, MSG_TITLE_AND_POSTS, found.title,
						    short_id(&cli->arena, found.event))
					   : found.event,
		    unsigned_text(&cli->arena, found.leaf),
		    unsigned_text(&cli->arena, p->head.size));
	}
	return code;
}

/* ---- Growth ------------------------------------------------------------------------ */

static int
prove_growth(const struct proving *p, const char *path)
{
	const struct tile_source tiles = tile_files(&p->files);
	struct cli *cli = p->cli;
	struct arena *arena = &cli->arena;
	struct proof proof = { .kind = PROOF_GROWTH, .note = p->note };
	struct tree_head old;

	if (!archive_read_file(cli, path, NOTE_MAX_LEN, &proof.old_note) ||
	    !archive_head(cli, path, proof.old_note, &old)) {
		return cli->code;
	}
	if (!slice_eq(old.origin, p->head.origin)) {
		return complain(cli, EXIT_REFUSED, MSG_ARCHIVE_OTHER,
				text_argument(cli, path),
				text_clean(arena, arena_dup(arena, old.origin.at,
							    old.origin.len)));
	}
	if (old.size > p->head.size) {
		return complain(cli, EXIT_REFUSED, MSG_ARCHIVE_NEWER,
				text_argument(cli, path), unsigned_text(arena, old.size),
				unsigned_text(arena, p->head.size));
	}
	struct sha256 root;
	enum err err = tree_root_at(&tiles, p->head.size, old.size, &root);
	if (err == OK && !sha256_eq(&root, &old.root)) {
		return complain(cli, EXIT_REFUSED, MSG_ARCHIVE_FORK,
				text_argument(cli, path), unsigned_text(arena, old.size),
				archive_hash_text(cli, &root));
	}
	if (err == OK) {
		err = tree_prove_growth(&tiles, p->head.size, old.size, p->head.size,
					&proof.hashes);
	}
	if (err == OK && !tree_check_growth(&proof.hashes, old.size, &old.root,
					    p->head.size, &p->head.root)) {
		err = ERR_CORRUPT;
	}
	int code = err == OK ? put_proof(p, &proof) : tree_wrong(cli, err);
	if (code == EXIT_DONE && p->output != NULL) {
		say(cli, &cli->out, MSG_ARCHIVE_PROVED_GROWTH,
		    text_argument(cli, p->output), unsigned_text(arena, old.size),
		    unsigned_text(arena, p->head.size));
	}
	return code;
}

int
archive_prove_run(struct cli *cli, int argc, char **argv)
{
	struct proving p = { .cli = cli };
	const char *growth = NULL, *archive = ".";
	const struct opt opts[] = {
		OPT_TEXT("growth", &growth),
		OPT_TEXT("archive", &archive),
		OPT_OUTPUT(&p.output),
		OPT_END,
	};
	struct operands events;
	struct folder folder;
	int code;

	if (!options_read(cli, argc, argv, opts, 0, 1, &events)) {
		return cli->code;
	}
	if ((events.count == 0) == (growth == NULL)) {
		return usage(cli, growth == NULL ? MSG_ARCHIVE_PROVE_WHAT
						 : MSG_ARCHIVE_PROVE_BOTH);
	}
	if (!archive_open(cli, archive, &folder)) {
		return cli->code;
	}
	p.files = folder_files(&folder);
	if (!archive_checkpoint(cli, &p.files, &p.note, &p.head)) {
		code = cli->code;
	} else {
		code = growth != NULL ? prove_growth(&p, growth)
				      : prove_event(&p, events.at[0]);
	}
	folder_close(&folder);
	return code;
}
