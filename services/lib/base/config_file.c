#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/config.h"

/* No configuration is longer; what is, is the wrong file. */
enum { FILE_MAX_LEN = 1 << 20 };

enum err
config_read_file(const struct config_schema *schema, const char *path,
		 struct arena *arena, void *values, struct buf *errors)
{
	struct buf text = { 0 };
	enum err err = ERR_INVALID;
	FILE *file = fopen(path, "re");

	if (file == NULL) {
		buf_printf(errors, "%s: cannot be opened: %s\n", path, strerror(errno));
		return ERR_INVALID;
	}
	text.len = fread(buf_reserve(&text, FILE_MAX_LEN + 1), 1, FILE_MAX_LEN + 1, file);
	if (ferror(file)) {
		buf_printf(errors, "%s: cannot be read: %s\n", path, strerror(errno));
	} else if (text.len > FILE_MAX_LEN) {
		buf_printf(errors, "%s: is longer than 1 MiB: not a configuration\n",
			   path);
	} else {
		err = config_read_bytes(schema, path, buf_slice(&text), arena, values,
					errors);
	}
	fclose(file);
	buf_fini(&text);
	return err;
}
