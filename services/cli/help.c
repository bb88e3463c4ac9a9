#include "cli/help.h"

#include <string.h>

#include "cli/help_pages.h"
#include "lib/base/utf8.h"

const struct help_page *
help_pages(enum lang lang)
{
	return lang == LANG_JA ? help_ja : help_en;
}

const struct help_page *
help_find(enum lang lang, const char *command)
{
	for (const struct help_page *page = help_pages(lang); page->command != NULL;
	     page++) {
		if (strcmp(page->command, command) == 0) {
			return page;
		}
	}
	return NULL;
}

/* Commands that begin with the group's word; all where it is empty. */
static void
list_put(enum lang lang, const char *group, struct buf *b)
{
	size_t len = strlen(group);

	for (const struct help_page *page = help_pages(lang); page->command != NULL;
	     page++) {
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
