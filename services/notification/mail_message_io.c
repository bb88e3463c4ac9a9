#include "notification/mail_message.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>

#include "lib/model/alert.h"
#include "notification/mail_head.h"

const char *
mail_fault(const struct delivery *d)
{
	if (!alert_address_valid(slice_str(d->mail.to))) {
		return "the address is none that mail can be sent to";
	}
	if (d->message[0] == '\0' ||
	    strspn(d->message, "0123456789abcdef") != strlen(d->message)) {
		return "a message's id is hex";
	}
	if (strcmp(d->mail.lang, "ja") != 0 && strcmp(d->mail.lang, "en") != 0) {
		return "a mail is in ja or en";
	}
	for (size_t i = 0; i < d->mail.calendar_count; i++) {
		const struct delivery_calendar *c = &d->mail.calendars[i];

		if (strcmp(c->method, "REQUEST") != 0 &&
		    strcmp(c->method, "CANCEL") != 0 &&
		    strcmp(c->method, "PUBLISH") != 0) {
			return "a calendar's method is REQUEST, CANCEL or PUBLISH";
		}
		if (c->file[0] == '\0' ||
		    strspn(c->file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-_.") != strlen(c->file)) {
			return "a calendar's file is named by letters, digits and -_.";
		}
	}
	return NULL;
}

static void
add_field(struct curl_slist **head, struct buf *field)
{
	buf_put_u8(field, '\0');
	*head = curl_slist_append(*head, (const char *)field->at);
	must(*head != NULL);
	buf_clear(field);
}

struct curl_slist *
mail_head(const struct delivery *d, const char *from, const char *host_name)
{
	struct curl_slist *head = NULL;
	struct buf field = { 0 };

	head_date(&field, d->made_ms);
	add_field(&head, &field);
	buf_printf(&field, "From: %s", from);
	add_field(&head, &field);
	buf_printf(&field, "To: %s", d->mail.to);
	add_field(&head, &field);
	head_subject(&field, d->mail.subject);
	add_field(&head, &field);
	buf_printf(&field, "Message-ID: <%s@%s>", d->message, host_name);
	add_field(&head, &field);
	/* No vacation notice is to answer (RFC 3834 5). */
	buf_put_str(&field, "Auto-Submitted: auto-generated");
	add_field(&head, &field);
	buf_printf(&field, "Content-Language: %s", d->mail.lang);
	add_field(&head, &field);
	buf_printf(&field, "X-Kusanone-Attempt: %" PRIu32, d->attempt);
	add_field(&head, &field);
	buf_printf(&field, "Content-Type: multipart/%s",
		   d->mail.calendar_count != 0 ? "mixed" : "alternative");
	add_field(&head, &field);
	buf_fini(&field);
	return head;
}

/* Lines of text end with CRLF before they are encoded (RFC 2045 6.8). */
static void
add_part(curl_mime *mime, const char *type, struct slice content, const char *file)
{
	curl_mimepart *part = curl_mime_addpart(mime);
	struct buf lines = { 0 };

	for (size_t i = 0; i < content.len; i++) {
		if (content.at[i] == '\n' && (i == 0 || content.at[i - 1] != '\r')) {
			buf_put_u8(&lines, '\r');
		}
		buf_put_u8(&lines, content.at[i]);
	}
	must(part != NULL);
	must(curl_mime_data(part, lines.len != 0 ? (const char *)lines.at : "",
			    lines.len) == CURLE_OK);
	must(curl_mime_type(part, type) == CURLE_OK);
	must(curl_mime_encoder(part, "base64") == CURLE_OK);
	must(curl_mime_filename(part, file) == CURLE_OK);
	buf_fini(&lines);
}

/* RFC 6047 2.4: text/calendar, its method and its charset. */
static void
add_calendar(curl_mime *mime, const struct delivery_calendar *c, const char *file)
{
	char type[64];

	snprintf(type, sizeof(type), "text/calendar; charset=utf-8; method=%s",
		 c->method);
	add_part(mime, type, c->content, file);
}

curl_mime *
mail_body(void *easy, const struct delivery *d)
{
	bool mixed = d->mail.calendar_count != 0;
	curl_mime *body = curl_mime_init(easy);
	curl_mime *texts = mixed ? curl_mime_init(easy) : body;

	must(body != NULL && texts != NULL);
	/* RFC 2046 5.1.4: the richest last. */
	add_part(texts, "text/plain; charset=utf-8", slice_str(d->mail.text), NULL);
	if (d->mail.html[0] != '\0') {
		add_part(texts, "text/html; charset=utf-8", slice_str(d->mail.html),
			 NULL);
	}
	if (!mixed) {
		return body;
	}
	add_calendar(texts, &d->mail.calendars[0], NULL);
	curl_mimepart *part = curl_mime_addpart(body);
	must(part != NULL && curl_mime_subparts(part, texts) == CURLE_OK &&
	     curl_mime_type(part, "multipart/alternative") == CURLE_OK);
	for (size_t i = 0; i < d->mail.calendar_count; i++) {
		add_calendar(body, &d->mail.calendars[i], d->mail.calendars[i].file);
	}
	return body;
}
