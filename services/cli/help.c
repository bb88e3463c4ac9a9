#include "cli/help.h"

#include <string.h>

#include "cli/help_pages.h"
#include "lib/base/utf8.h"

enum { PARTS = 5 };

static const struct help_page *const parts[LANG_COUNT][PARTS] = {
	[LANG_EN] = { help_en, help_publish_en, help_alerts_en, help_archive_en,
		      help_own_en },
	[LANG_JA] = { help_ja, help_publish_ja, help_alerts_ja, help_archive_ja,
		      help_own_ja },
};

const struct help_page *
help_page(enum lang lang, size_t n)
{
	for (size_t part = 0; part < PARTS; part++) {
		for (const struct help_page *page = parts[lang][part];
		     page->command != NULL; page++) {
			if (n-- == 0) {
				return page;
			}
		}
	}
	return NULL;
}

const struct help_page *
help_find(enum lang lang, const char *command)
{
	const struct help_page *page;

	for (size_t n = 0; (page = help_page(lang, n)) != NULL; n++) {
		if (strcmp(page->command, command) == 0) {
			break;
		}
	}
	return page;
}

/* Commands that begin with the group's word; all where it is empty. */
static void
list_put(enum lang lang, const char *group, struct buf *b)
{
	size_t len = strlen(group);

	const struct help_page *page;

	for (size_t n = 0; (page = help_page(lang, n)) != NULL; n++) {
		if (len == 0 || (strncmp(page->command, group, len) == 0 &&
				 page->command[len] == ' ')) {
			buf_printf(b, "  %-18s %s\n", page->command, page->summary);
		}
	}
}

void
help_put(enum lang lang, const char *command, struct buf *b)
{
	const struct help_page *page = NULL;

	if (command != NULL && *command != '\0') {
		page = help_find(lang, command);
	}
	if (page != NULL) {
		buf_printf(b, "kusanone %s - %s\n\n%s\n", page->command, page->summary,
			   page->text);
	} else {
		buf_put_str(b, lang == LANG_JA ? help_opening_ja : help_opening_en);
		list_put(lang, command != NULL ? command : "", b);
		buf_put_u8(b, '\n');
	}
	buf_put_str(b, lang == LANG_JA ? help_common_ja : help_common_en);
}
