/* In an _io file for base64, which libsodium has: it asks nothing of the system. */
#include "notification/mail_head.h"

#include <sodium.h>

#include "lib/model/calendar.h"
#include "notification/one_line.h"

enum {
	LINE_MAX_LEN = 76, /* RFC 2047 2: of a line with an encoded-word. */
	WORD_MAX_LEN = 75, /* RFC 2047 2: of an encoded-word. */
};

static const char word_begin[] = "=?UTF-8?B?", word_end[] = "?=";

/* Can it stand as it is, in one line?  What looks like an encoded-word would be read as
 * one. */
static bool
is_plain(struct slice text, size_t room)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] >= 0x7f ||
		    (text.at[i] == '=' && i + 1 < text.len && text.at[i + 1] == '?')) {
			return false;
		}
	}
	return text.len <= room;
}

/* Whole characters of at most 'max' bytes. */
static struct slice
take_chars(struct slice *text, size_t max)
{
	size_t len = 0;

	while (len < text->len) {
		size_t n = char_len(slice_from(*text, len));

		if (len + n > max) {
			break;
		}
		len += n;
	}
	struct slice taken = slice_of(text->at, len);
	*text = slice_from(*text, len);
	return taken;
}

static void
put_word(struct buf *out, struct slice chars)
{
	char base64[WORD_MAX_LEN + 1];

	sodium_bin2base64(base64, sizeof(base64), chars.at, chars.len,
			  sodium_base64_VARIANT_ORIGINAL);
	buf_put_str(out, word_begin);
	buf_put_str(out, base64);
	buf_put_str(out, word_end);
}

void
head_subject(struct buf *out, const char *subject)
{
	const size_t frame = sizeof(word_begin) - 1 + sizeof(word_end) - 1;
	size_t room = LINE_MAX_LEN - strlen("Subject: ");
	struct buf line = { 0 };

	one_line(&line, slice_str(subject), SUBJECT_MAX);
	/* A field without a value is no field to the library. */
	struct slice rest = line.len != 0 ? buf_slice(&line) : slice_str("-");
	buf_put_str(out, "Subject: ");
	if (is_plain(rest, room)) {
		buf_put_slice(out, rest);
		rest.len = 0;
	}
	while (rest.len != 0) {
		put_word(out, take_chars(&rest, (room - frame) / 4 * 3));
		if (rest.len != 0) {
			buf_put_str(out, "\r\n ");
		}
		room = WORD_MAX_LEN;
	}
	buf_fini(&line);
}

void
head_date(struct buf *out, wall_ms_t wall)
{
	static const char weekdays[7][4] = { "Thu", "Fri", "Sat", "Sun",
					     "Mon", "Tue", "Wed" };
	static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const int64_t second = wall / 1000, in_day = second % 86400;
	int year;
	unsigned month, day;

	must(wall >= 0 && second / 86400 < INT32_MAX);
	day_to_ymd((int32_t)(second / 86400), &year, &month, &day);
	buf_printf(out, "Date: %s, %u %s %04d %02d:%02d:%02d +0000",
		   weekdays[second / 86400 % 7], day, months[month - 1], year,
		   (int)(in_day / 3600), (int)(in_day / 60 % 60), (int)(in_day % 60));
}
