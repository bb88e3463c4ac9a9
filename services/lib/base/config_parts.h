/* lib/base/config_parts.h - the values and the names of a configuration.
 *
 * For config_*.c only; services see config.h. */
#ifndef LIB_BASE_CONFIG_PARTS_H
#define LIB_BASE_CONFIG_PARTS_H

#include "lib/base/config.h"

/* The field of 'key' in 'values'. */
static inline void *
config_field(const struct config_key *key, void *values)
{
	return (uint8_t *)values + key->offset;
}

/* Put what 'text' says into the key's field (CONFIG_STRINGS: not here).  False: 'wrong'
 * is why, "is out of range". */
bool config_value_set(const struct config_key *, const char *text, struct arena *,
		      void *values, const char **wrong) WARN_UNUSED;

/* Put 'count' texts, which the arena holds, into a CONFIG_STRINGS field. */
bool config_strings_set(const struct config_key *, const char *const *texts, size_t count,
			void *values, const char **wrong) WARN_UNUSED;

/* The key's default into its field; must() hold, since it is ours. */
void config_default_set(const struct config_key *, struct arena *, void *values);

/* The texts of a list's default "[a, b]" or "". */
size_t config_default_split(const char *text, struct arena *, const char *const **ret_at);

/* What would be right: "a size such as 64K, 32M or 10G, from 64M to 1024G". */
void config_expected(const struct config_key *, struct buf *out);

/* Do the two fields hold the same? */
bool config_value_eq(const struct config_key *, const void *a, const void *b);

/* "tcp" is in section "listen": the length of what stands before the dot, or 0. */
size_t config_section_len(const char *name);
const char *config_last_part(const char *name);

const struct config_key *config_find(const struct config_schema *, const char *name);
bool config_is_section(const struct config_schema *, const char *name);

/* The key that was most likely meant, a few letters off or in another section; NULL if
 * none is near. */
const char *config_nearest(const struct config_schema *, const char *name);

/* The keys of a section (NULL: of the top) for who must choose one, with a NUL. */
void config_list_keys(const struct config_schema *, const char *section, struct buf *out);

#endif
