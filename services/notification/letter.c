#include "notification/letter.h"

/* Text of an element or of a quoted attribute. */
static void
put_escaped(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			buf_put_str(b, "&amp;");
			break;
		case '<':
			buf_put_str(b, "&lt;");
			break;
		case '>':
			buf_put_str(b, "&gt;");
			break;
		case '"':
			buf_put_str(b, "&quot;");
			break;
		case '\'':
			buf_put_str(b, "&#39;");
			break;
		case '\n':
			buf_put_str(b, "<br>");
			break;
		default:
			buf_put_u8(b, (uint8_t)*text);
		}
	}
}

static void
put_element(struct buf *b, const char *open, const char *text, const char *close)
{
	buf_put_str(b, open);
	put_escaped(b, text);
	buf_put_str(b, close);
}

void
letter_begin(struct letter *l, const struct voice *v, const char *subject)
{
	*l = (struct letter){ .voice = v };
	buf_printf(&l->html,
		   "<!DOCTYPE html>\n"
		   "<html lang=\"%s\" style=\"color-scheme: light dark\">\n"
		   "<head>\n"
		   "<meta charset=\"utf-8\">\n"
		   "<meta name=\"viewport\" content=\"width=device-width, "
		   "initial-scale=1\">\n"
		   "<meta name=\"color-scheme\" content=\"light dark\">\n",
		   v->lang == NOTE_JA ? "ja" : "en");
	put_element(&l->html, "<title>", subject, "</title>\n");
	buf_put_str(&l->html,
		    "</head>\n"
		    "<body style=\"margin: 0; padding: 1em; font-family: sans-serif; "
		    "line-height: 1.5\">\n"
		    "<main style=\"max-width: 40em; margin: 0 auto; "
		    "overflow-wrap: anywhere\">\n");
}

static void
close_list(struct letter *l)
{
	if (l->in_list) {
		buf_put_str(&l->html, "</dl>\n");
		l->in_list = false;
	}
}

void
letter_end(struct letter *l, const char **ret_text, const char **ret_html)
{
	close_list(l);
	buf_put_str(&l->html, "</main>\n</body>\n</html>\n");
	*ret_text = arena_dup(l->voice->arena, l->text.at, l->text.len);
	*ret_html = arena_dup(l->voice->arena, l->html.at, l->html.len);
	buf_fini(&l->text);
	buf_fini(&l->html);
}

/* An empty line before all but the first. */
static void
part(struct letter *l)
{
	close_list(l);
	if (l->begun) {
		buf_put_u8(&l->text, '\n');
	}
	l->begun = true;
}

void
letter_group(struct letter *l, const char *words)
{
	part(l);
	buf_printf(&l->text, "== %s ==\n", words);
	put_element(&l->html,
		    "<h1 style=\"font-size: 1.2em; margin: 1.5em 0 0; "
		    "border-bottom: 1px solid\">",
		    words, "</h1>\n");
}

void
letter_heading(struct letter *l, const char *words)
{
	part(l);
	buf_printf(&l->text, "%s\n", words);
	put_element(&l->html, "<h2 style=\"font-size: 1.1em; margin: 1em 0 0.3em\">",
		    words, "</h2>\n");
}

void
letter_say(struct letter *l, const char *words)
{
	close_list(l);
	buf_printf(&l->text, "%s\n", words);
	put_element(&l->html, "<p style=\"margin: 0.3em 0\">", words, "</p>\n");
}

/* Later lines of a value are set in. */
static void
put_lines(struct buf *b, const char *text)
{
	for (; *text != '\0'; text++) {
		buf_put_u8(b, (uint8_t)*text);
		if (*text == '\n') {
			buf_put_str(b, "  ");
		}
	}
}

static void
put_fact(struct letter *l, const char *label, const char *value, const char *open,
	 const char *close)
{
	if (value[0] == '\0') {
		return;
	}
	put_lines(&l->text, SAY(l->voice, W_LABEL, label, value));
	buf_put_u8(&l->text, '\n');
	if (!l->in_list) {
		buf_put_str(&l->html, "<dl style=\"margin: 0.3em 0\">\n");
		l->in_list = true;
	}
	put_element(&l->html, "<dt style=\"font-size: 0.85em; opacity: 0.75\">", label,
		    "</dt>");
	put_element(&l->html, open, value, close);
}

void
letter_fact(struct letter *l, const char *label, const char *value)
{
	put_fact(l, label, value, "<dd style=\"margin: 0 0 0.4em\">", "</dd>\n");
}

void
letter_command(struct letter *l, const char *label, const char *command)
{
	put_fact(l, label, command, "<dd style=\"margin: 0 0 0.4em\"><code>",
		 "</code></dd>\n");
}
