#include <setjmp.h>
#include <stdarg.h>

#include "notification/judge.h"

#include <cmocka.h>

static void
test_judge__a_reply_is_three_digits_and_an_end(void **state)
{
	static const struct {
		const char *line;
		unsigned code;
	} cases[] = {
		{ "250 OK\r\n", 250 },
		{ "250-SIZE\r\n", 250 },
		{ "250\r\n", 250 },
		{ "250", 250 },
		{ "599 x", 599 },
		{ "2500 x", 0 },
		{ "25 x", 0 },
		{ "650 x", 0 },
		{ "150 x", 0 },
		{ "25x OK", 0 },
		{ "", 0 },
		{ " 250 OK", 0 },
		{ "\xff\x00", 0 },
		{ "250OK", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(smtp_reply_code(slice_str(cases[i].line)),
				 cases[i].code);
	}
}

static void
test_judge__a_command_moves_the_conversation(void **state)
{
	static const struct {
		const char *command;
		enum smtp_stage from, to;
	} cases[] = {
		{ "EHLO hq.example.jp\r\n", SMTP_HELLO, SMTP_HELLO },
		{ "STARTTLS\r\n", SMTP_HELLO, SMTP_HELLO },
		{ "AUTH PLAIN\r\n", SMTP_HELLO, SMTP_HELLO },
		{ "TUFJTCBtYWls\r\n", SMTP_HELLO, SMTP_HELLO },
		{ "MAIL FROM:<a@example.jp>\r\n", SMTP_HELLO, SMTP_MAIL },
		{ "RCPT TO:<a@example.jp>\r\n", SMTP_MAIL, SMTP_RCPT },
		{ "DATA\r\n", SMTP_RCPT, SMTP_DATA },
		{ "QUIT\r\n", SMTP_DATA, SMTP_QUIT },
		{ "DATABASE\r\n", SMTP_RCPT, SMTP_RCPT },
		{ "DATA", SMTP_RCPT, SMTP_RCPT },
		{ "", SMTP_RCPT, SMTP_RCPT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(
			smtp_stage_after(cases[i].from, slice_str(cases[i].command)),
			cases[i].to);
	}
}

static void
test_judge__a_mail_is_given_up_on_a_word_about_itself_only(void **state)
{
	static const struct {
		enum smtp_stage stage;
		unsigned code;
		enum outcome_kind kind;
	} cases[] = {
		{ SMTP_BODY, 250, OUTCOME_ACCEPTED },
		{ SMTP_BODY, 251, OUTCOME_ACCEPTED },
		{ SMTP_RCPT, 250, OUTCOME_LATER },
		{ SMTP_HELLO, 220, OUTCOME_LATER },
		{ SMTP_BODY, 0, OUTCOME_LATER },
		{ SMTP_BODY, 354, OUTCOME_LATER },
		{ SMTP_MAIL, 550, OUTCOME_REFUSED },
		{ SMTP_RCPT, 550, OUTCOME_REFUSED },
		{ SMTP_RCPT, 556, OUTCOME_REFUSED },
		{ SMTP_DATA, 554, OUTCOME_REFUSED },
		{ SMTP_BODY, 552, OUTCOME_REFUSED },
		{ SMTP_RCPT, 450, OUTCOME_LATER },
		{ SMTP_BODY, 451, OUTCOME_LATER },
		{ SMTP_RCPT, 421, OUTCOME_LATER },
		{ SMTP_HELLO, 554, OUTCOME_LATER },
		{ SMTP_HELLO, 535, OUTCOME_LATER },
		{ SMTP_MAIL, 530, OUTCOME_LATER },
		{ SMTP_MAIL, 538, OUTCOME_LATER },
		{ SMTP_QUIT, 550, OUTCOME_LATER },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(smtp_judge(cases[i].stage, cases[i].code),
				 cases[i].kind);
	}
}

static void
test_judge__a_webhook_ends_with_2xx_or_410(void **state)
{
	(void)state;
	for (unsigned status = 0; status < 700; status++) {
		enum outcome_kind kind = status >= 200 && status <= 299 ? OUTCOME_ACCEPTED
					 : status == 410                ? OUTCOME_REFUSED
									: OUTCOME_LATER;

		assert_int_equal(http_judge(status), kind);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge__a_reply_is_three_digits_and_an_end),
		cmocka_unit_test(test_judge__a_command_moves_the_conversation),
		cmocka_unit_test(
			test_judge__a_mail_is_given_up_on_a_word_about_itself_only),
		cmocka_unit_test(test_judge__a_webhook_ends_with_2xx_or_410),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
