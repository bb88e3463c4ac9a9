#include "lib/base/config.h"

#include <stdarg.h>
#include <stdio.h>

#include <yaml.h>

#include "lib/base/config_parts.h"
#include "lib/base/utf8.h"

enum { MAX_MISTAKES = 20 };

/* What is being read, and what was found so far. */
struct reader {
	const struct config_schema *schema;
	const char *file;
	struct arena *arena;
	void *values;
	struct buf *errors;
	int mistakes;

	yaml_parser_t parser;
	yaml_event_t event;
	size_t *lines; /* By key: the line where it stands, 0 while it does not. */
};

/* What the file holds may be anything; what is shown of it is text on one line. */
static void
make_showable(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && !utf8_valid(slice_of(text, len))) {
		len--;
	}
	text[len] = '\0';
	for (; *text != '\0'; text++) {
		*text = (unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text;
	}
}

static void mistake(struct reader *, const yaml_mark_t *, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

static void
mistake(struct reader *r, const yaml_mark_t *mark, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	r->mistakes++;
	if (r->mistakes > MAX_MISTAKES) {
		return;
	}
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	make_showable(text);
	buf_printf(r->errors, "%s:%zu:%zu: %s\n", r->file, mark->line + 1,
		   mark->column + 1, text);
}

/* Step to the next event.  False where the file is no YAML: the mistake is told. */
static bool
next(struct reader *r)
{
	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event)) {
		return true;
	}
	const char *context = r->parser.context;

	if (r->parser.error == YAML_READER_ERROR) {
		/* The problem's place is in bytes; the line is the last good event's. */
		mistake(r, &r->parser.mark, "not readable as UTF-8 text: %s at byte %zu",
			r->parser.problem, r->parser.problem_offset);
	} else {
		mistake(r, &r->parser.problem_mark, "not YAML: %s%s%s", r->parser.problem,
			context != NULL ? " " : "", context != NULL ? context : "");
	}
	r->event = (yaml_event_t){ 0 };
	return false;
}

/* From the first event of a value to its last one. */
static bool
skip_value(struct reader *r)
{
	size_t depth = 0;

	for (;;) {
		switch (r->event.type) {
		case YAML_MAPPING_START_EVENT:
		case YAML_SEQUENCE_START_EVENT:
			depth++;
			break;
		case YAML_MAPPING_END_EVENT:
		case YAML_SEQUENCE_END_EVENT:
			depth--;
			break;
		default:
			break;
		}
		if (depth == 0) {
			return true;
		}
		if (!next(r)) {
			return false;
		}
	}
}

static void
unknown_key(struct reader *r, const yaml_mark_t *mark, const char *section,
	    const char *name)
{
	const char *near = config_nearest(r->schema, name);
	struct buf known = { 0 };

	config_list_keys(r->schema, section, &known);
	if (config_find(r->schema, name) != NULL) {
		mistake(r, mark,
			"\"%s\" cannot be written in one line; right is \"%s:\" "
			"below \"%.*s:\"",
			name, config_last_part(name), (int)config_section_len(name),
			name);
	} else if (near != NULL) {
		mistake(r, mark, "unknown key \"%s\"; did you mean \"%s\"?", name, near);
	} else if (section != NULL) {
		mistake(r, mark, "unknown key \"%s\"; \"%s\" has: %s", name, section,
			(const char *)known.at);
	} else {
		mistake(r, mark, "unknown key \"%s\"; there are: %s", name,
			(const char *)known.at);
	}
	buf_fini(&known);
}

static void
wrong_value(struct reader *r, const yaml_mark_t *mark, const struct config_key *key,
	    const char *value, const char *wrong)
{
	struct buf right = { 0 };

	config_expected(key, &right);
	buf_put_u8(&right, '\0');
	mistake(r, mark, "%s: %s %s; right is %s", key->name, value, wrong,
		(const char *)right.at);
	buf_fini(&right);
}

/* A scalar that is plain text, with nothing of YAML's machinery about it. */
static bool
is_text(const yaml_event_t *e)
{
	return e->type == YAML_SCALAR_EVENT && e->data.scalar.anchor == NULL &&
	       e->data.scalar.tag == NULL &&
	       strlen((const char *)e->data.scalar.value) == e->data.scalar.length;
}

/* "key:" with nothing behind it, or null. */
static bool
is_nothing(const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;

	return e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (text[0] == '\0' || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static void
read_scalar(struct reader *r, const struct config_key *key)
{
	const char *text = (const char *)r->event.data.scalar.value;
	yaml_mark_t mark = r->event.start_mark;
	const char *wrong = NULL;
	char shown[80];

	snprintf(shown, 64, "\"%s", text);
	make_showable(shown);
	strcat(shown, "\"");
	if (is_nothing(&r->event)) {
		wrong_value(r, &mark, key, "there", "is no value");
	} else if (!config_value_set(key, text, r->arena, r->values, &wrong)) {
		wrong_value(r, &mark, key, shown, wrong);
	}
}

/* From the start of a list to its end.  False where the file is no YAML. */
static bool
read_list(struct reader *r, const struct config_key *key)
{
	yaml_mark_t mark = r->event.start_mark;
	const char **at = NULL;
	size_t count = 0;
	size_t cap = 0;
	bool good = true;
	const char *wrong = NULL;

	for (;;) {
		if (!next(r)) {
			return false;
		}
		if (r->event.type == YAML_SEQUENCE_END_EVENT) {
			break;
		}
		if (!is_text(&r->event) || is_nothing(&r->event)) {
			wrong_value(r, &r->event.start_mark, key, "an item",
				    "is not text");
			good = false;
			if (!skip_value(r)) {
				return false;
			}
			continue;
		}
		if (count == cap) {
			const char **old = at;

			cap = cap != 0 ? 2 * cap : 8;
			at = arena_alloc(r->arena, cap * sizeof(*at));
			if (count != 0) {
				memcpy(at, old, count * sizeof(*at));
			}
		}
		at[count++] = arena_dup(r->arena, r->event.data.scalar.value,
					r->event.data.scalar.length);
	}
	if (good && !config_strings_set(key, at, count, r->values, &wrong)) {
		wrong_value(r, &mark, key, "the list", wrong);
	}
	return true;
}

/* The value of 'key', from its first event to its last. */
static bool
read_value(struct reader *r, const struct config_key *key)
{
	const char *is = NULL;

	if (is_text(&r->event) && key->type != CONFIG_STRINGS) {
		read_scalar(r, key);
		return true;
	}
	if (r->event.type == YAML_SEQUENCE_START_EVENT && key->type == CONFIG_STRINGS) {
		return read_list(r, key);
	}
	switch (r->event.type) {
	case YAML_SEQUENCE_START_EVENT:
		is = "is a list";
		break;
	case YAML_MAPPING_START_EVENT:
		is = "is a mapping";
		break;
	case YAML_ALIAS_EVENT:
		is = "is an alias";
		break;
	default:
		is = is_text(&r->event) ? "is a single text" : "has an anchor or a tag";
		break;
	}
	wrong_value(r, &r->event.start_mark, key, "the value", is);
	return skip_value(r);
}

/* What stands behind the name of a section, from its first event. */
static bool
open_section(struct reader *r, const yaml_mark_t *mark, const char *name,
	     const char **section)
{
	struct buf known = { 0 };

	for (size_t i = 0; i < r->schema->key_count; i++) {
		const char *key = r->schema->keys[i].name;

		if (r->lines[i] != 0 && config_section_len(key) == strlen(name) &&
		    memcmp(key, name, strlen(name)) == 0) {
			mistake(r, mark,
				"\"%s:\" is given twice; right is once, with all "
				"its keys",
				name);
			return skip_value(r);
		}
	}
	if (r->event.type == YAML_MAPPING_START_EVENT) {
		*section = name;
		return true;
	}
	if (!is_text(&r->event) || !is_nothing(&r->event)) {
		config_list_keys(r->schema, name, &known);
		mistake(r, &r->event.start_mark,
			"\"%s:\" takes no value; right is, below it and indented: %s",
			name, (const char *)known.at);
		buf_fini(&known);
	}
	return skip_value(r);
}

/* One key and its value, the event being the key's.  What opens a section is left in
 * 'section'.  False where the file is no YAML. */
static bool
read_pair(struct reader *r, const char **section)
{
	yaml_mark_t mark = r->event.start_mark;
	const char *name;

	if (!is_text(&r->event)) {
		mistake(r, &mark, "a key must be a plain word");
		return skip_value(r) && next(r) && skip_value(r);
	}
	name = (const char *)r->event.data.scalar.value;
	name = *section != NULL ? arena_printf(r->arena, "%s.%s", *section, name)
				: arena_dup(r->arena, name, strlen(name));
	if (!next(r)) {
		return false;
	}

	const struct config_key *key = config_find(r->schema, name);
	bool in_place = *section != NULL || strchr(name, '.') == NULL;

	if (key != NULL && in_place) {
		size_t i = (size_t)(key - r->schema->keys);

		if (r->lines[i] != 0) {
			mistake(r, &mark, "%s is given twice; the first is in line %zu",
				name, r->lines[i]);
			return skip_value(r);
		}
		r->lines[i] = mark.line + 1;
		return read_value(r, key);
	}
	if (*section == NULL && config_is_section(r->schema, name)) {
		return open_section(r, &mark, name, section);
	}
	unknown_key(r, &mark, *section, name);
	return skip_value(r);
}

/* The mapping that is the document, from its start to its end. */
static bool
read_mapping(struct reader *r)
{
	const char *section = NULL;

	for (;;) {
		if (!next(r)) {
			return false;
		}
		if (r->event.type != YAML_MAPPING_END_EVENT) {
			if (!read_pair(r, &section)) {
				return false;
			}
		} else if (section != NULL) {
			section = NULL;
		} else {
			return true;
		}
	}
}

static bool
next_of_type(struct reader *r, yaml_event_type_t type)
{
	return next(r) && r->event.type == type;
}

static void
read_stream(struct reader *r)
{
	if (!next_of_type(r, YAML_STREAM_START_EVENT) ||
	    !next_of_type(r, YAML_DOCUMENT_START_EVENT) || !next(r)) {
		return; /* An empty file, or no YAML. */
	}
	if (r->event.type == YAML_MAPPING_START_EVENT) {
		if (!read_mapping(r)) {
			return;
		}
	} else if (!is_text(&r->event) || !is_nothing(&r->event)) {
		mistake(r, &r->event.start_mark,
			"the file is no list of keys; right is \"key: value\", one a "
			"line");
		return;
	}
	if (next_of_type(r, YAML_DOCUMENT_END_EVENT) && next(r) &&
	    r->event.type != YAML_STREAM_END_EVENT) {
		mistake(r, &r->event.start_mark,
			"a second document begins here; right is one");
	}
}

static void
take_defaults(struct reader *r)
{
	for (size_t i = 0; i < r->schema->key_count; i++) {
		const struct config_key *key = &r->schema->keys[i];

		if (r->lines[i] != 0) {
			continue;
		}
		if (key->text != NULL) {
			config_default_set(key, r->arena, r->values);
		} else if (r->parser.error == YAML_NO_ERROR) {
			wrong_value(r, &r->parser.mark, key, "it", "is missing");
		}
	}
}

enum err
config_read_bytes(const struct config_schema *schema, const char *file, struct slice yaml,
		  struct arena *arena, void *values, struct buf *errors)
{
	struct reader r = { .schema = schema,
			    .file = file,
			    .arena = arena,
			    .values = values,
			    .errors = errors,
			    .event = { 0 } };
	static const uint8_t nothing;

	memset(values, 0, schema->size);
	r.lines = arena_zalloc(arena, schema->key_count * sizeof(r.lines[0]));
	must(yaml_parser_initialize(&r.parser));
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, yaml.len != 0 ? yaml.at : &nothing,
				     yaml.len);
	read_stream(&r);
	take_defaults(&r);
	if (r.mistakes > MAX_MISTAKES) {
		buf_printf(errors, "%s: %d more mistakes\n", file,
			   r.mistakes - MAX_MISTAKES);
	}
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	return r.mistakes == 0 ? OK : ERR_INVALID;
}
