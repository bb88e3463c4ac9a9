#include "notification/settings.h"

#include "unit/settings_test.h"

int
main(void)
{
	static const struct settings_case c = {
		.schema = &notification_schema,
		.example = SOURCE_DIR "/deploy/config/notification.yaml",
		.mistaken = "key_file: k\nsend:\n  from: \"a b@example.org\"\n",
		.place = "a.yaml:3:",
		.expected = "a mail address such as",
	};

	return settings_test(&c);
}
