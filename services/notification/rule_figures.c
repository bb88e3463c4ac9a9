#include <inttypes.h>

#include "lib/model/query.h"
#include "notification/rules.h"

/* milestone, restatement: what became of figures. */

enum { MILESTONE_STEP = 100 };

/* What was published and what came since, or what is itemised. */
int64_t
rules_cumulative(struct rules *r, uint64_t position)
{
	struct query q = { .rule = RULE_LOCAL,
			   .position = position,
			   .from = FISCAL_YEAR_NONE,
			   .to = FISCAL_YEAR_NONE,
			   .measures = { MEASURE_EVENTS },
			   .measure_count = 1 };
	struct query_result result;
	int64_t value;
	int16_t from;

	if (query_cumulative(r->fold, &q, &value, &from)) {
		return value;
	}
	query_run(r->fold, &q, r->arena, &result);
	return result.total.figures[0].value;
}

/* Asked once a day and not at each record: it is a scan.  So it is of a day, and the
 * number is part of the id: passed twice, it is told once. */
static void
milestone(struct rules *r, int32_t day)
{
	int64_t step = (int64_t)rules_setting(r, "alerts_milestone_step", MILESTONE_STEP);
	int64_t now = rules_cumulative(r, fold_position(r->fold));

	(void)day;
	if (step == 0 || now < step) {
		return;
	}
	int64_t passed = now - now % step;
	rules_emit(r,
		   &(struct occasion){
			   .kind = ALERT_MILESTONE,
			   .due = r->now,
			   .subject = slice_str("cumulative"),
			   .mark = slice_str(arena_printf(r->arena, "%" PRId64, passed)),
			   .value = passed,
			   .value_before = now,
		   });
}

/* A figure with the same measure, scope and years took the place of another. */
static void
restatement(struct rules *r, uint64_t position, wall_ms_t hq_ms,
	    const struct record *record)
{
	const struct fold *f = r->fold;
	const struct figure_row *was = NULL, *is = NULL;

	if (record == NULL || record->body != BODY_PUBLISHED_FIGURE) {
		return;
	}
	for (uint32_t i = f->figures.count; i-- > 0;) {
		const struct figure_row *row = table_at(&f->figures, i);

		was = row->to_pos == position ? row : was;
		is = row->from_pos == position ? row : is;
	}
	if (was == NULL ||
	    (is != NULL && is->value == was->value && is->bound == was->bound)) {
		return;
	}
	struct slice measure = words_at(&f->words, was->measure);
	rules_emit(r, &(struct occasion){
			      .kind = ALERT_RESTATEMENT,
			      .position = position,
			      .due = hq_ms,
			      .subject = slice_str(arena_printf(
				      r->arena, "%.*s %d-%d", (int)measure.len,
				      (const char *)measure.at, was->from, was->to)),
			      .mark = slice_str(arena_printf(
				      r->arena, "%" PRId64 " %" PRId64,
				      is != NULL ? is->value : -1, record->recorded_ms)),
			      .value = is != NULL ? is->value : -1,
			      .value_before = was->value,
		      });
}

const struct rule rule_milestone = { .kind = ALERT_MILESTONE, .daily = milestone };
const struct rule rule_restatement = { .kind = ALERT_RESTATEMENT,
				       .recorded = restatement };
