#include "intake/settings.h"

#include "unit/settings_test.h"

int
main(void)
{
	static const struct settings_case c = {
		.schema = &intake_schema,
		.example = SOURCE_DIR "/deploy/config/intake.yaml",
		.mistaken = "name: sfo\nkey_file: k\nhq:\n  address: tcp://h:1\n"
			    "  key: \"0011\"\n",
		.place = "a.yaml:5:",
		.expected = "64 hex digits",
	};

	return settings_test(&c);
}
