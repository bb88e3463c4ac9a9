#include "cli/zone_text.h"

#include <stdlib.h>

#include "cli/text.h"
#include "lib/model/zone.h"

enum { MINUTE_MS = 60 * 1000 };

bool
zone_open(struct cli *cli, const char *name, struct tzif *ret_zone)
{
	const struct cli_system *system = cli->system;
	struct slice zone = slice_str(*name != '\0' ? name : ZONE_DEFAULT);
	struct buf file = { 0 };
	bool found = zone_name_valid(zone) &&
		     system->zone_file(system->ctx, zone, &file) &&
		     tzif_parse(buf_slice(&file), ret_zone);

	buf_fini(&file);
	return found;
}

void
zone_close(struct tzif *zone)
{
	tzif_fini(zone);
}

wall_ms_t
zone_instant(const struct tzif *zone, const struct date *local)
{
	struct zone_answer answer = tzif_local(zone, local);

	return zone_to_utc(local, answer.offset) * MINUTE_MS;
}

const char *
zone_time_text(struct cli *cli, const struct tzif *zone, wall_ms_t ms, bool offset)
{
	char text[DATE_TEXT_SIZE];

	if (ms <= 0) {
		return "-";
	}
	int minutes = tzif_offset_at(zone, ms / 1000) / 60;
	struct date date = zone_to_local(ms / MINUTE_MS, (int16_t)minutes);
	date_format(&date, text);
	text[10] = ' '; /* For the T between day and time. */
	return offset ? arena_printf(&cli->arena, "%s %c%02d:%02d", text,
				     minutes < 0 ? '-' : '+', abs(minutes) / 60,
				     abs(minutes) % 60)
		      : arena_dup(&cli->arena, text, DATE_TEXT_SIZE - 1);
}

const char *
zone_time_named(struct cli *cli, const char *name, wall_ms_t ms, bool offset)
{
	struct tzif zone;

	if (!zone_open(cli, name, &zone)) {
		return offset ? time_text(&cli->arena, ms) : minute_text(&cli->arena, ms);
	}
	const char *text = zone_time_text(cli, &zone, ms, offset);
	zone_close(&zone);
	return text;
}
