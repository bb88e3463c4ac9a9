#include "notification/words.h"

#include "lib/base/text.h"

#define ALERT_WORD_TEXTS(name, en, ja) [name] = { [NOTE_EN] = (en), [NOTE_JA] = (ja) },
static const char *const texts[WORD_COUNT][NOTE_LANGS] = { ALERT_WORDS(
	ALERT_WORD_TEXTS) };
#undef ALERT_WORD_TEXTS

const char *
word_text(enum note_lang lang, enum word word)
{
	must(lang < NOTE_LANGS && word < WORD_COUNT);
	return texts[word][lang];
}

const char *
voice_say(const struct voice *v, enum word word, const char *const *args)
{
	struct buf b = { 0 };

	text_fill(&b, word_text(v->lang, word), args);
	const char *text = arena_dup(v->arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

const char *
voice_quote_lines(const struct voice *v, struct slice s)
{
	return text_clean_lines(v->arena, arena_dup(v->arena, s.at, s.len));
}

const char *
voice_quote(const struct voice *v, struct slice s)
{
	return text_clean(v->arena, arena_dup(v->arena, s.at, s.len));
}

const char *
voice_pick(const struct voice *v, const struct text *text)
{
	struct slice first = v->lang == NOTE_JA ? text->ja : text->en;
	struct slice second = v->lang == NOTE_JA ? text->en : text->ja;

	return voice_quote(v, first.len != 0 ? first : second);
}

const char *
voice_join(const struct voice *v, const char *between, const char *const *items,
	   size_t count)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < count; i++) {
		if (items[i][0] != '\0') {
			buf_put_str(&b, b.len != 0 ? between : "");
			buf_put_str(&b, items[i]);
		}
	}
	const char *text = arena_dup(v->arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

const char *
voice_nth(const struct voice *v, enum word word, unsigned n)
{
	const char *at = word_text(v->lang, word);

	for (; n != 0; n--) {
		at = strchr(at, ' ');
		must(at != NULL);
		at++;
	}
	return arena_dup(v->arena, at, strcspn(at, " "));
}
