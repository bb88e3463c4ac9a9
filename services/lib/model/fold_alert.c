#include "lib/model/fold_parts.h"

/* Subscriptions, silences and acknowledgements: the newest word with an id holds.  Rows
 * carry the positions between which they held, as facts do. */

_Static_assert(sizeof(struct subscription_row) ==
		       offsetof(struct subscription_row, pad) +
			       sizeof(((struct subscription_row *)0)->pad),
	       "rows compare by their bytes");

static void
close_row(struct table *t, size_t to_pos_at, uint32_t row, uint64_t position)
{
	uint8_t *r = table_mut(t, row);

	memcpy(r + to_pos_at, &position, sizeof(position));
}

uint32_t
fold_find_subscription(const struct fold *f, const struct uuid *id)
{
	for (uint32_t i = f->subscriptions.count; i-- > 0;) {
		const struct subscription_row *s = table_at(&f->subscriptions, i);

		if (memcmp(s->id, id->b, UUID_LEN) == 0) {
			return i;
		}
	}
	return UINT32_MAX;
}

void
fold_subscription_row(struct fold *f, const struct subscription *s,
		      struct subscription_row *row)
{
	*row = (struct subscription_row){ .to_pos = FACT_OPEN };
	memcpy(row->id, s->id.b, UUID_LEN);
	memcpy(row->to, s->to.b, HASH_LEN);
	row->who = fold_word(f, s->who);
	row->text = fold_word(f, s->text);
	row->zone = fold_word(f, s->zone);
	row->secret = fold_word(f, s->secret);
	row->kinds = s->kinds;
	row->posts = fold_word_set(f, &s->posts);
	row->states = fold_word_set(f, &s->states);
	row->pillars = fold_word_set(f, &s->pillars);
	row->categories = fold_word_set(f, &s->categories);
	memcpy(row->leads, s->leads, sizeof(row->leads));
	row->lead_count = s->lead_count;
	row->channel = (uint8_t)s->channel;
	row->digest_weekdays = s->digest_weekdays;
	row->digest_minute = s->digest_minute;
	row->has_quiet = s->has_quiet;
	row->quiet_from = s->quiet_from;
	row->quiet_to = s->quiet_to;
	row->english = s->english;
}

enum fold_verdict
fold_subscribe(struct fold *f, uint32_t r, const struct subscription *s)
{
	uint32_t old = fold_find_subscription(f, &s->id);
	uint64_t position = (uint64_t)r + 1;
	uint32_t first_record = r;

	if (old != UINT32_MAX) {
		const struct subscription_row *row = table_at(&f->subscriptions, old);

		if (row->to_pos == FACT_OPEN) {
			first_record = row->first_record;
			close_row(&f->subscriptions,
				  offsetof(struct subscription_row, to_pos), old,
				  position);
		}
	}
	if (!s->removed) {
		struct subscription_row new;

		fold_subscription_row(f, s, &new);
		new.from_pos = position;
		new.record = r;
		new.first_record = first_record;
		*(struct subscription_row *)table_add(&f->subscriptions) = new;
	}
	return VERDICT_COUNTS;
}

enum fold_verdict
fold_silence(struct fold *f, uint32_t r, const struct silence *s)
{
	struct silence_row new = { .from_pos = (uint64_t)r + 1,
				   .to_pos = FACT_OPEN,
				   .record = r,
				   .from_ms = s->from,
				   .until_ms = s->until,
				   .posts = fold_word_set(f, &s->posts),
				   .kinds = s->kinds };

	memcpy(new.id, s->id.b, UUID_LEN);
	memcpy(new.subscription, s->subscription.b, UUID_LEN);
	memcpy(new.event, s->event.b, UUID_LEN);
	for (uint32_t i = 0; i < f->silences.count; i++) {
		const struct silence_row *old = table_at(&f->silences, i);

		if (old->to_pos == FACT_OPEN && memcmp(old->id, new.id, UUID_LEN) == 0) {
			close_row(&f->silences, offsetof(struct silence_row, to_pos), i,
				  new.from_pos);
		}
	}
	if (!s->ended) {
		*(struct silence_row *)table_add(&f->silences) = new;
	}
	return VERDICT_COUNTS;
}

enum fold_verdict
fold_acknowledge(struct fold *f, uint32_t r, const struct acknowledgement *a)
{
	struct acknowledgement_row new = { .from_pos = (uint64_t)r + 1,
					   .to_pos = FACT_OPEN,
					   .record = r,
					   .kind = (uint32_t)a->kind,
					   .subject = fold_word(f, a->subject),
					   .spell = fold_word(f, a->spell) };

	memcpy(new.subscription, a->subscription.b, UUID_LEN);
	for (uint32_t i = 0; i < f->acknowledgements.count; i++) {
		const struct acknowledgement_row *old = table_at(&f->acknowledgements, i);

		if (old->to_pos == FACT_OPEN && old->kind == new.kind &&
		    old->subject == new.subject &&
		    old->spell ==
			    new.spell &&memcmp(old->subscription, new.subscription,
					       UUID_LEN) == 0) {
			close_row(&f->acknowledgements,
				  offsetof(struct acknowledgement_row, to_pos), i,
				  new.from_pos);
		}
	}
	if (!a->undone) {
		*(struct acknowledgement_row *)table_add(&f->acknowledgements) = new;
	}
	return VERDICT_COUNTS;
}
