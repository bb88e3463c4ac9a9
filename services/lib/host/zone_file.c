#include "lib/host/zone_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const char zone_folder[] = "/usr/share/zoneinfo/";

/* Letters, digits, "_+-." in parts that are not empty and begin with no dot: nothing
 * that leads out of the folder. */
static bool
name_valid(struct slice name)
{
	bool begins = true;

	for (size_t i = 0; i < name.len; i++) {
		uint8_t c = name.at[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			     (c >= '0' && c <= '9') || c == '_' || c == '+' || c == '-';

		if (!plain && (begins || (c != '/' && c != '.'))) {
			return false;
		}
		begins = c == '/';
	}
	return !begins && name.len <= ZONE_NAME_MAX;
}

static enum err
read_file(int fd, struct buf *file)
{
	struct stat st;
	size_t begin = file->len;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > ZONE_FILE_MAX) {
		return ERR_INVALID;
	}
	uint8_t *at = buf_reserve(file, (size_t)st.st_size);
	size_t len = 0;
	while (len < (size_t)st.st_size) {
		ssize_t n = read(fd, at + len, (size_t)st.st_size - len);

		if (n < 0 && errno == EINTR) {
			continue;
		}
		if (n <= 0) {
			return ERR_IO;
		}
		len += (size_t)n;
	}
	if (len < 4 || memcmp(at, "TZif", 4) != 0) {
		return ERR_INVALID;
	}
	file->len = begin + len;
	return OK;
}

enum err
zone_file_read(const char *name, struct buf *ret_file)
{
	char path[sizeof(zone_folder) + ZONE_NAME_MAX];
	struct slice part = slice_str(name);

	if (!name_valid(part)) {
		return ERR_INVALID;
	}
	memcpy(path, zone_folder, sizeof(zone_folder) - 1);
	memcpy(path + sizeof(zone_folder) - 1, name, part.len + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
	}
	enum err err = read_file(fd, ret_file);
	close(fd);
	return err;
}

bool
zone_file_find(void *ctx, struct slice name, struct buf *ret_file)
{
	char text[ZONE_NAME_MAX + 1];

	(void)ctx;
	if (name.len > ZONE_NAME_MAX ||
	    (name.len != 0 && memchr(name.at, '\0', name.len))) {
		return false;
	}
	if (name.len != 0) {
		memcpy(text, name.at, name.len);
	}
	text[name.len] = '\0';
	return zone_file_read(text, ret_file) == OK;
}
