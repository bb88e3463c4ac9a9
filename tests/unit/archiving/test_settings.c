#include "archiving/settings.h"

#include "unit/settings_test.h"

int
main(void)
{
	static const struct settings_case c = {
		.schema = &archiving_schema,
		.example = SOURCE_DIR "/deploy/config/archiving.yaml",
		.mistaken = "key_file: k\nhq:\n  node: \"0011\"\n"
			    "  curve_key: x\n  sign_key: y\n",
		.place = "a.yaml:3:",
		.expected = "32 hex digits",
	};

	return settings_test(&c);
}
