#include "cli/messages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/slice.h"
#include "lib/base/utf8.h"

static const char *const lang_names[LANG_COUNT] = { [LANG_EN] = "en", [LANG_JA] = "ja" };

#define NAME(name, en, ja) #name,
static const char *const names[] = { CLI_MESSAGES(NAME) };

/* Which of {0} … {9} stand in the text, a bit each. */
static unsigned
placeholders(const char *text)
{
	unsigned set = 0;

	for (; *text != '\0'; text++) {
		if (text[0] == '{' && text[1] >= '0' && text[1] <= '9' &&
		    text[2] == '}') {
			set |= 1u << (text[1] - '0');
		}
	}
	return set;
}

/* "{12}" or "{ 0}" would be shown as it is. */
static bool
has_strange_placeholder(const char *text)
{
	while ((text = strchr(text, '{')) != NULL) {
		size_t digits = strspn(text + 1, "0123456789 ");

		if (digits != 0 && text[1 + digits] == '}' && placeholders(text) == 0) {
			return true;
		}
		text++;
	}
	return false;
}

static bool
ends_a_line(const char *text)
{
	return text[0] != '\0' && text[strlen(text) - 1] == '\n';
}

/* A kana, a kanji or a full-width mark: three bytes that begin with e3 to e9, or ef. */
static bool
has_japanese(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= 0xe3 && c <= 0xe9) || c == 0xef) {
			return true;
		}
	}
	return false;
}

static void
broken(unsigned message, const char *what)
{
	fail_msg("%s: %s", names[message], what);
}

static void
test_messages__each_has_a_text_in_both_languages(void **state)
{
	(void)state;
	assert_int_equal(ARRAY_LEN(names), MESSAGE_COUNT);
	for (unsigned m = 0; m < MESSAGE_COUNT; m++) {
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			const char *text = message_text((enum lang)l, (enum message)m);

			if (text == NULL || text[0] == '\0') {
				broken(m, lang_names[l]);
			}
		}
	}
}

static void
test_messages__each_is_text(void **state)
{
	(void)state;
	for (unsigned m = 0; m < MESSAGE_COUNT; m++) {
		for (unsigned l = 0; l < LANG_COUNT; l++) {
			const char *text = message_text((enum lang)l, (enum message)m);

			if (!utf8_valid(slice_str(text))) {
				broken(m, "is not UTF-8");
			}
			if (strpbrk(text, "\t\r\033") != NULL) {
				broken(m, "would drive the terminal");
			}
		}
	}
}

static void
test_messages__both_languages_are_filled_in_with_the_same_things(void **state)
{
	(void)state;
	for (unsigned m = 0; m < MESSAGE_COUNT; m++) {
		const char *en = message_text(LANG_EN, (enum message)m);
		const char *ja = message_text(LANG_JA, (enum message)m);
		unsigned set = placeholders(en);

		if (set != placeholders(ja)) {
			broken(m, "other placeholders in the other language");
		}
		if ((set & (set + 1)) != 0) {
			broken(m, "a placeholder is left out: {0}, {1}, … without a gap");
		}
		if (has_strange_placeholder(en) || has_strange_placeholder(ja)) {
			broken(m, "a placeholder is one digit in braces");
		}
	}
}

static void
test_messages__a_line_is_a_line_in_both_languages(void **state)
{
	(void)state;
	for (unsigned m = 0; m < MESSAGE_COUNT; m++) {
		if (ends_a_line(message_text(LANG_EN, (enum message)m)) !=
		    ends_a_line(message_text(LANG_JA, (enum message)m))) {
			broken(m, "ends with a newline in one language only");
		}
	}
}

static void
test_messages__english_has_no_japanese_but_examples(void **state)
{
	(void)state;
	for (unsigned m = 0; m < MESSAGE_COUNT; m++) {
		/* It shows how a Japanese fiscal year is typed. */
		if (m != MSG_OPTION_FISCAL_YEARS &&
		    has_japanese(message_text(LANG_EN, (enum message)m))) {
			broken(m, "Japanese in the English text");
		}
	}
}

static void
test_messages__a_sentence_is_translated(void **state)
{
	(void)state;
	for (unsigned m = 0; m < MESSAGE_COUNT; m++) {
		const char *en = message_text(LANG_EN, (enum message)m);
		const char *ja = message_text(LANG_JA, (enum message)m);

		/* Words in a row make a sentence; "{0}: {1}" and "null" are the same in
		 * every language. */
		bool sentence = strchr(en, ' ') != NULL &&
				strpbrk(en, "abcdefghijklmnopqrstuvwxyz") != NULL;

		/* "3 of 4" is written 3 / 4. */
		if (sentence && m != MSG_STATUS_OF && strcmp(en, ja) != 0 &&
		    !has_japanese(ja)) {
			broken(m, "no Japanese in the Japanese text");
		}
		if (strcmp(en, ja) == 0 && m != MSG_TYPE_NULL &&
		    m != MSG_TYPE_TEXT_OBJECT && placeholders(en) == 0) {
			broken(m, "is not translated");
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages__each_has_a_text_in_both_languages),
		cmocka_unit_test(test_messages__each_is_text),
		cmocka_unit_test(
			test_messages__both_languages_are_filled_in_with_the_same_things),
		cmocka_unit_test(test_messages__a_line_is_a_line_in_both_languages),
		cmocka_unit_test(test_messages__english_has_no_japanese_but_examples),
		cmocka_unit_test(test_messages__a_sentence_is_translated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
