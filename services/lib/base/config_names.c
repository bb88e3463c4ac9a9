#include "lib/base/config_parts.h"

enum { NAME_MAX_LEN = 100 };

size_t
config_section_len(const char *name)
{
	const char *dot = strchr(name, '.');

	return dot != NULL ? (size_t)(dot - name) : 0;
}

bool
config_is_section(const struct config_schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->key_count; i++) {
		size_t len = config_section_len(schema->keys[i].name);

		if (len != 0 && len == strlen(name) &&
		    memcmp(schema->keys[i].name, name, len) == 0) {
			return true;
		}
	}
	return false;
}

const struct config_key *
config_find(const struct config_schema *schema, const char *name)
{
	for (size_t i = 0; i < schema->key_count; i++) {
		if (strcmp(schema->keys[i].name, name) == 0) {
			return &schema->keys[i];
		}
	}
	return NULL;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters must be added, taken away, changed or swapped with the next one
 * (Damerau and Levenshtein's distance, no letter touched twice). */
static size_t
distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_LEN + 1]; /* Of letters i - 2, i - 1 and i of 'a'. */
	size_t *before2 = rows[0], *before = rows[1], *row = rows[2];
	size_t len = strlen(b);

	if (len > NAME_MAX_LEN || strlen(a) > NAME_MAX_LEN) {
		return SIZE_MAX;
	}
	for (size_t k = 0; k <= len; k++) {
		row[k] = k;
	}
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t *oldest = before2;

		before2 = before;
		before = row;
		row = oldest;
		row[0] = i;
		for (size_t k = 1; k <= len; k++) {
			row[k] = least(least(before[k], row[k - 1]) + 1,
				       before[k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1]) {
				row[k] = least(row[k], before2[k - 2] + 1);
			}
		}
	}
	return row[len];
}

const char *
config_last_part(const char *name)
{
	size_t len = config_section_len(name);

	return len != 0 ? name + len + 1 : name;
}

const char *
config_nearest(const struct config_schema *schema, const char *name)
{
	const char *best = NULL;
	size_t best_distance = 3;

	for (size_t i = 0; i < schema->key_count; i++) {
		const char *known = schema->keys[i].name;
		size_t d = distance(name, known);
		size_t part =
			distance(config_last_part(name), config_last_part(known)) + 1;

		d = d < part ? d : part;
		if (d < best_distance && d < strlen(config_last_part(name))) {
			best = known;
			best_distance = d;
		}
	}
	return best;
}

void
config_list_keys(const struct config_schema *schema, const char *section, struct buf *out)
{
	const char *last = "";
	size_t last_len = 0;

	for (size_t i = 0; i < schema->key_count; i++) {
		const char *name = schema->keys[i].name;
		size_t len = config_section_len(name);

		if (section != NULL) {
			if (len != strlen(section) || memcmp(name, section, len) != 0) {
				continue;
			}
			name += len + 1;
			len = strlen(name);
		} else if (len == 0) {
			len = strlen(name);
		} else if (len == last_len && memcmp(name, last, len) == 0) {
			continue;
		}
		buf_printf(out, "%s%.*s", out->len != 0 ? ", " : "", (int)len, name);
		last = name;
		last_len = len;
	}
	buf_put_u8(out, '\0');
}
