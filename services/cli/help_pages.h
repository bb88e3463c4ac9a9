/* cli/help_pages.h - the two languages' pages (help_en.c, help_ja.c; of publications,
 * alerts and archives help_publish_*.c, help_alerts_*.c, help_archive_*.c). */
#ifndef CLI_HELP_PAGES_H
#define CLI_HELP_PAGES_H

#include "cli/help.h"

extern const struct help_page help_en[], help_publish_en[], help_alerts_en[],
	help_archive_en[], help_own_en[];
extern const struct help_page help_ja[], help_publish_ja[], help_alerts_ja[],
	help_archive_ja[], help_own_ja[];

/* Before a list of commands; after each page. */
extern const char help_opening_en[], help_opening_ja[];
extern const char help_common_en[], help_common_ja[];

#endif
