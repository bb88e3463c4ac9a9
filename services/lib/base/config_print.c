#include "lib/base/config.h"

#include <ctype.h>

#include "lib/base/config_parts.h"

enum { PRINT_COLUMNS = 90 };

/* 'text' as comment lines; a line feed in it begins a new one. */
static void
put_comment(struct buf *out, const char *indent, const char *text)
{
	while (*text != '\0') {
		size_t room = PRINT_COLUMNS - strlen(indent) - 2;
		size_t line = strcspn(text, "\n");

		if (line > room) {
			line = room;
			while (line > 0 && text[line] != ' ') {
				line--;
			}
			line = line != 0 ? line : strcspn(text, " \n");
		}
		buf_printf(out, "%s# %.*s\n", indent, (int)line, text);
		text += line;
		text += *text == ' ' || *text == '\n';
	}
}

/* Can stand without quotes, in a list too. */
static bool
is_plain(const char *s)
{
	size_t len = strlen(s);

	return len != 0 && (isalnum((unsigned char)s[0]) || s[0] == '/') &&
	       strcspn(s, " ,[]{}'\"\\#") == len && s[len - 1] != ':';
}

static void
put_text(struct buf *out, const char *s)
{
	if (is_plain(s)) {
		buf_put_str(out, s);
		return;
	}
	buf_put_u8(out, '\'');
	for (; *s != '\0'; s++) {
		buf_put_u8(out, (uint8_t)*s);
		if (*s == '\'') {
			buf_put_u8(out, '\'');
		}
	}
	buf_put_u8(out, '\'');
}

static void
put_value(struct buf *out, const struct config_key *key, const char *text)
{
	struct arena arena = { 0 };
	const char *const *at;
	size_t count;

	if (key->type != CONFIG_STRINGS) {
		put_text(out, text);
		return;
	}
	count = config_default_split(text, &arena, &at);
	buf_put_u8(out, '[');
	for (size_t i = 0; i < count; i++) {
		buf_put_str(out, i != 0 ? ", " : "");
		put_text(out, at[i]);
	}
	buf_put_u8(out, ']');
	arena_fini(&arena);
}

static void
print_key(const struct config_key *key, const char *indent, const char *name,
	  struct buf *out)
{
	struct buf about = { 0 };
	const char *text = key->example != NULL ? key->example : key->text;

	must(text != NULL);
	put_comment(out, indent, key->comment);
	config_expected(key, &about);
	if (key->text == NULL) {
		buf_put_str(&about, "; must be given");
	} else {
		buf_put_str(&about, "; default ");
		put_value(&about, key, key->text);
	}
	if (key->live) {
		buf_put_str(&about, "; a reload applies it");
	}
	buf_printf(&about, ".");
	buf_put_u8(&about, '\0');
	/* The sentence begins with a capital, except where it begins with a value. */
	if (strncmp((const char *)about.at, "tcp:", 4) != 0) {
		about.at[0] = (uint8_t)toupper(about.at[0]);
	}
	put_comment(out, indent, (const char *)about.at);
	buf_fini(&about);

	buf_printf(out, "%s%s: ", indent, name);
	put_value(out, key, text);
	buf_put_str(out, "\n");
}

void
config_print(const struct config_schema *schema, struct buf *out)
{
	const char *section = "";
	size_t section_len = 0;

	put_comment(out, "", schema->title);
	for (size_t i = 0; i < schema->key_count; i++) {
		const struct config_key *key = &schema->keys[i];
		const char *dot = strchr(key->name, '.');
		size_t len = dot != NULL ? (size_t)(dot - key->name) : 0;
		bool same = len == section_len && memcmp(section, key->name, len) == 0;

		buf_put_str(out, "\n");
		if (len != 0 && !same) {
			buf_printf(out, "%.*s:\n", (int)len, key->name);
		}
		section = key->name;
		section_len = len;
		print_key(key, len != 0 ? "  " : "", len != 0 ? dot + 1 : key->name, out);
	}
}
