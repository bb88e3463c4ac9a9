#include "cli/fault_wire.h"

#include <inttypes.h>

#include "cli/text.h"

static enum message
type_message(enum json_type type)
{
	static const enum message messages[JSON_TYPES] = {
		[JSON_IS_NOTHING] = MSG_TYPE_NOTHING,
		[JSON_IS_OBJECT] = MSG_TYPE_OBJECT,
		[JSON_IS_LIST] = MSG_TYPE_LIST,
		[JSON_IS_STRING] = MSG_TYPE_STRING,
		[JSON_IS_INTEGER] = MSG_TYPE_INTEGER,
		[JSON_IS_NUMBER] = MSG_TYPE_NUMBER,
		[JSON_IS_BOOL] = MSG_TYPE_BOOL,
		[JSON_IS_NULL] = MSG_TYPE_NULL,
		[JSON_IS_TEXT_OBJECT] = MSG_TYPE_TEXT_OBJECT,
		[JSON_IS_DATE] = MSG_TYPE_DATE,
		[JSON_IS_COUNT] = MSG_TYPE_COUNT,
	};

	return messages[type];
}

static const char *
words(struct cli *cli, const struct json_fault *f)
{
	struct arena *arena = &cli->arena;
	const char *found = text_clean(arena, f->found);
	const char *expected = text_clean(arena, f->expected);

	switch (f->kind) {
	case JSON_FAULT_NOT_UTF8:
		return phrase(cli, MSG_FAULT_NOT_UTF8);
	case JSON_FAULT_TOO_DEEP:
		return phrase(cli, MSG_FAULT_TOO_DEEP,
			      arena_printf(arena, "%d", JSON_MAX_DEPTH));
	case JSON_FAULT_SYNTAX:
		return phrase(cli, MSG_FAULT_SYNTAX, found);
	case JSON_FAULT_UNKNOWN_FIELD:
		return f->expected != NULL
			       ? phrase(cli, MSG_FAULT_UNKNOWN_FIELD_NEAR, expected)
			       : phrase(cli, MSG_FAULT_UNKNOWN_FIELD);
	case JSON_FAULT_TWICE:
		return phrase(cli, MSG_FAULT_TWICE);
	case JSON_FAULT_ONE_OF:
		return phrase(cli, MSG_FAULT_ONE_OF, expected);
	case JSON_FAULT_WRONG_TYPE:
		return phrase(cli, MSG_FAULT_WRONG,
			      phrase(cli, type_message(f->found_type)),
			      phrase(cli, type_message(f->expected_type)));
	case JSON_FAULT_OUT_OF_RANGE:
		return phrase(cli, MSG_FAULT_WRONG, found, expected);
	case JSON_FAULT_UNKNOWN_VALUE:
		return phrase(cli, MSG_FAULT_UNKNOWN_VALUE, found, expected);
	case JSON_FAULT_NOT_BASE64:
		return phrase(cli, MSG_FAULT_NOT_BASE64);
	case JSON_FAULT_NONE:
	case JSON_FAULT_KINDS:
		break;
	}
	must(false);
	return "";
}

const char *
fault_text(struct cli *cli, const struct json_fault *f, const char *file, unsigned line)
{
	struct arena *arena = &cli->arena;
	const char *place = file;

	if (f->line != 0) {
		/* Of the value, which begins on 'line' of the file. */
		unsigned at = f->line + (line != 0 ? line - 1 : 0);

		place = f->column != 0
				? arena_printf(arena, "%s:%u:%u", file, at, f->column)
				: arena_printf(arena, "%s:%u", file, at);
	} else if (line != 0) {
		place = arena_printf(arena, "%s:%u", file, line);
	}
	if (f->path != NULL && f->path[0] != '\0') {
		return arena_printf(arena, "%s: %s: %s", place,
				    text_clean(arena, f->path), words(cli, f));
	}
	return arena_printf(arena, "%s: %s", place, words(cli, f));
}
