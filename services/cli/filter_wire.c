#include "cli/filter_wire.h"

#include <string.h>

const char *const filter_dimensions[FILTER_SHORT] = {
	"month",  "post",  "state", "category", "pillar",
	"format", "topic", "frame", "status",
};

static bool
add(struct cli *cli, const char *dimension, const char *values,
    Kusanone__V1__Filter **filters, size_t *count)
{
	struct opt_list list = option_split(cli, values);
	Kusanone__V1__Filter *filter = arena_alloc(&cli->arena, sizeof(*filter));

	if (list.count == 0) {
		usage(cli, MSG_FILTER_EMPTY, text_argument(cli, dimension));
		return false;
	}
	kusanone__v1__filter__init(filter);
	filter->dimension = (char *)(uintptr_t)dimension;
	filter->values = (char **)(uintptr_t)list.at;
	filter->n_values = list.count;
	filters[(*count)++] = filter;
	return true;
}

bool
filter_read(struct cli *cli, const struct filter_options *options,
	    Kusanone__V1__Filter ***ret_filters, size_t *ret_count)
{
	size_t max = options->any.count;

	for (size_t i = 0; i < FILTER_SHORT; i++) {
		max += options->by[i].count;
	}
	*ret_count = 0;
	*ret_filters = arena_alloc(&cli->arena, (max + 1) * sizeof(**ret_filters));
	for (size_t i = 0; i < options->any.count; i++) {
		const char *text = options->any.at[i];
		const char *equals = strchr(text, '=');

		if (equals == NULL || equals == text) {
			usage(cli, MSG_FILTER_FORM, text_argument(cli, text));
			return false;
		}
		if (!add(cli, arena_dup(&cli->arena, text, (size_t)(equals - text)),
			 equals + 1, *ret_filters, ret_count)) {
			return false;
		}
	}
	for (size_t i = 0; i < FILTER_SHORT; i++) {
		for (size_t k = 0; k < options->by[i].count; k++) {
			if (!add(cli, filter_dimensions[i], options->by[i].at[k],
				 *ret_filters, ret_count)) {
				return false;
			}
		}
	}
	return true;
}
