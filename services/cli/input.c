#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "cli/text.h"

static bool
file_complaint(struct cli *cli, const char *name)
{
	enum message why = errno == ENOENT   ? MSG_FILE_MISSING
			   : errno == EACCES ? MSG_FILE_FORBIDDEN
			   : errno == EISDIR ? MSG_FILE_IS_FOLDER
					     : MSG_FILE_UNREADABLE;

	cli->code = complain(cli, EXIT_REFUSED, why, text_argument(cli, name));
	return false;
}

bool
input_open(struct cli *cli, const char *path, struct input *in)
{
	bool standard = strcmp(path, "-") == 0;

	*in = (struct input){ .name = standard ? "-" : text_argument(cli, path),
			      .fd = standard ? STDIN_FILENO
					     : open(path, O_RDONLY | O_CLOEXEC) };
	return in->fd >= 0 || file_complaint(cli, path);
}

void
input_close(struct input *in)
{
	if (in->fd > STDIN_FILENO) {
		close(in->fd);
	}
	in->fd = -1;
	json_split_fini(&in->split);
}

/* Feeds one piece, or the end. */
static bool
feed(struct cli *cli, struct input *in)
{
	uint8_t piece[16 * 1024];
	ssize_t n;

	do {
		n = read(in->fd, piece, sizeof(piece));
	} while (n < 0 && errno == EINTR && !cli->system->interrupted(cli->system->ctx));
	if (n < 0) {
		return file_complaint(cli, in->name);
	}
	if (n == 0) {
		json_split_end(&in->split);
	} else {
		json_split_feed(&in->split, slice_of(piece, (size_t)n));
	}
	return true;
}

enum input_result
input_next(struct cli *cli, struct input *in, struct slice *ret_value, unsigned *ret_line)
{
	enum json_split_result r = JSON_SPLIT_MORE;

	while ((r = json_split_next(&in->split, ret_value, ret_line)) ==
	       JSON_SPLIT_MORE) {
		if (!feed(cli, in)) {
			return INPUT_FAILED;
		}
	}
	if (r == JSON_SPLIT_VALUE) {
		return INPUT_VALUE;
	}
	if (r == JSON_SPLIT_END) {
		return INPUT_END;
	}
	enum message why = r == JSON_SPLIT_TOO_LARGE ? MSG_JSON_TOO_LARGE
			   : r == JSON_SPLIT_COMMA   ? MSG_JSON_COMMA
						     : MSG_JSON_BROKEN;
	complain(cli, 0, MSG_AT_LINE, in->name,
		 arena_printf(&cli->arena, "%u", *ret_line),
		 r == JSON_SPLIT_TOO_LARGE
			 ? phrase(cli, why, unsigned_text(&cli->arena, JSON_SPLIT_MAX))
			 : phrase(cli, why));
	return INPUT_FAILED;
}

bool
input_read_file(struct cli *cli, const char *path, size_t max, struct slice *ret_bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct buf b = { 0 };
	ssize_t n = 1;

	if (fd < 0) {
		return file_complaint(cli, path);
	}
	while (n > 0 && b.len <= max) {
		n = read(fd, buf_reserve(&b, 16 * 1024), 16 * 1024);
		b.len += n > 0 ? (size_t)n : 0;
	}
	int saved = errno;
	close(fd);
	errno = saved;
	if (n < 0) {
		(void)file_complaint(cli, path);
	} else if (b.len > max) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_FILE_TOO_LARGE,
				     text_argument(cli, path),
				     unsigned_text(&cli->arena, max));
		n = -1;
	} else {
		*ret_bytes = slice_of(arena_dup(&cli->arena, b.at, b.len), b.len);
	}
	buf_fini(&b);
	return n >= 0;
}
