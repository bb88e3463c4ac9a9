/* kusanone totals: the question. */
#include "cli/totals_wire.h"

#include <string.h>
#include <time.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/text.h"
#include "lib/model/calendar.h"
#include "lib/model/json_wire.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

/* The instant of a wall-clock minute in the zone of this machine. */
static bool
local_instant(const struct date *date, int seconds, int64_t *ret_ms)
{
	struct tm tm = { .tm_year = date->year - 1900,
			 .tm_mon = date->month - 1,
			 .tm_mday = date->day,
			 .tm_hour = date->hour,
			 .tm_min = date->minute,
			 .tm_sec = seconds,
			 .tm_isdst = -1 };
	time_t t = mktime(&tm);

	*ret_ms = (int64_t)t * 1000;
	return t != (time_t)-1;
}

/* Two digits; -1 if they are none. */
static int
two_digits(const char *at)
{
	return at[0] >= '0' && at[0] <= '9' && at[1] >= '0' && at[1] <= '9'
		       ? (at[0] - '0') * 10 + at[1] - '0'
		       : -1;
}

/* "Z", "+09:00" or nothing; minutes east. */
static bool
parse_zone(const char *at, bool *ret_stated, int *ret_minutes)
{
	*ret_stated = *at != '\0';
	*ret_minutes = 0;
	if (*at == '\0' || strcmp(at, "Z") == 0) {
		return true;
	}
	if ((*at != '+' && *at != '-') || strlen(at) != 6 || at[3] != ':') {
		return false;
	}
	int hours = two_digits(at + 1);
	int minutes = two_digits(at + 4);
	*ret_minutes = (*at == '-' ? -1 : 1) * (hours * 60 + minutes);
	return hours >= 0 && hours <= 14 && minutes >= 0 && minutes < 60;
}

bool
totals_as_of(const char *text, uint64_t *ret_position, int64_t *ret_ms)
{
	enum { MINUTE_LEN = 16, DAY_LEN = 10, POSITION_MAX = 18 };
	size_t len = strlen(text);
	struct date date;
	int seconds = 0;
	int zone;
	bool stated;

	*ret_position = 0;
	*ret_ms = 0;
	if (len > 0 && len <= POSITION_MAX && strspn(text, "0123456789") == len) {
		for (; *text != '\0'; text++) {
			*ret_position = *ret_position * 10 + (uint64_t)(*text - '0');
		}
		return *ret_position != 0;
	}
	if (len == DAY_LEN && date_parse(slice_str(text), &date) &&
	    date.precision == PRECISION_DAY) {
		/* Its end: the last millisecond before the next day. */
		date = date_of_day(date_first_day(&date) + 1);
		bool good = local_instant(&date, 0, ret_ms);
		*ret_ms -= 1;
		return good;
	}
	if (len < MINUTE_LEN || !date_parse(slice_of(text, MINUTE_LEN), &date) ||
	    date.precision != PRECISION_MINUTE) {
		return false;
	}
	text += MINUTE_LEN;
	if (*text == ':') {
		seconds = two_digits(text + 1);
		if (seconds < 0 || seconds > 59) {
			return false;
		}
		text += 3;
	}
	if (!parse_zone(text, &stated, &zone)) {
		return false;
	}
	if (!stated) {
		return local_instant(&date, seconds, ret_ms);
	}
	*ret_ms = (date_minutes(&date) - zone) * 60000 + (int64_t)seconds * 1000;
	return true;
}

bool
totals_query(struct cli *cli, const struct totals_options *o,
	     Kusanone__V1__TotalsQuery *q)
{
	int from = 0;
	int to = 0;

	kusanone__v1__totals_query__init(q);
	option_split_all(cli, &o->by, &q->by, &q->n_by);
	option_split_all(cli, &o->measures, &q->measures, &q->n_measures);
	if (o->fy != NULL && !option_fiscal_years(cli, o->fy, &from, &to)) {
		return false;
	}
	if (o->as_of != NULL &&
	    !totals_as_of(o->as_of, &q->as_of_position, &q->as_of_ms)) {
		usage(cli, MSG_AS_OF_FORM, text_argument(cli, o->as_of));
		return false;
	}
	if (o->rule != NULL && strcmp(o->rule, "local") != 0 &&
	    strcmp(o->rule, "tokyo") != 0) {
		usage(cli, MSG_RULE_FORM, text_argument(cli, o->rule));
		return false;
	}
	q->fiscal_year_from = from;
	q->fiscal_year_to = to;
	q->rule = (char *)(uintptr_t)(o->rule != NULL ? o->rule : "local");
	q->recount = o->recount;
	q->open = o->open;
	q->report = o->report || (q->n_by == 0 && q->n_measures == 0);
	return filter_read(cli, &o->filters, &q->filters, &q->n_filters);
}

int
totals_run(struct cli *cli, int argc, char **argv)
{
	struct totals_options options = { 0 };
	bool csv = false;
	bool compact = false;
	const struct opt opts[] = {
		TOTALS_OPTIONS(options),
		OPT_FLAG("csv", &csv),
		OPT_FLAG("compact", &compact),
		OPT_END,
	};
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__TotalsQuery totals;
	const Kusanone__V1__Reply *reply;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none) ||
	    !totals_query(cli, &options, &totals)) {
		return cli->code;
	}
	if (csv && cli->json) {
		return usage(cli, MSG_JSON_OR_CSV);
	}
	query.query_case = KUSANONE__V1__QUERY__QUERY_TOTALS;
	query.totals = &totals;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->totals->base, JSON_PRETTY | JSON_NUMBERS);
	} else if (csv) {
		totals_put_csv(cli, reply->totals, &cli->out);
	} else {
		totals_put(cli, reply->totals, compact ? TOTALS_COMPACT : TOTALS_TABLES,
			   &cli->out);
	}
	/* A recount that differs is no answer to be relied on. */
	return reply->totals->recount[0] != '\0' &&
			       strcmp(reply->totals->recount, "equal") != 0
		       ? EXIT_REFUSED
		       : EXIT_DONE;
}
