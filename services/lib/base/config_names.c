#include "lib/base/config_parts.h"

#include "lib/base/near.h"

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
	unsigned best_distance = 3;

	for (size_t i = 0; i < schema->key_count; i++) {
		const char *known = schema->keys[i].name;
		unsigned d = near_distance(slice_str(name), slice_str(known));
		unsigned part = near_distance(slice_str(config_last_part(name)),
					      slice_str(config_last_part(known))) +
				1;

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
