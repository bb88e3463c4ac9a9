#include "intake/check_wire.h"

#include "lib/model/record.h"

/* Fields that stand for themselves; dates are in check_date_wire.c, what the reference
 * data says in check_code_wire.c. */

enum {
	CODE_MAX = 64,
	SOURCE_KEY_MAX = 200,
	LIST_MAX = 200, /* Partners, components, people, sources. */
	MAX_COUNT_VALUE = INT32_MAX,
};

static const int64_t MAX_JPY = 1000000000000000; /* A thousand trillion. */

/* ---- Texts ------------------------------------------------------------------------- */

static bool
is_control(const char *s)
{
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
			return true;
		}
	}
	return false;
}

/* Where a text stands, made into words only if it is wrong. */
struct text_path {
	const struct text_path *up; /* NULL: the message itself. */
	const char *name;
	size_t index; /* SIZE_MAX: not of a list. */
};

static const char *
path_text(struct draft *d, const struct text_path *p)
{
	const char *up = p->up != NULL ? path_text(d, p->up) : "";
	const char *dot = up[0] != '\0' ? "." : "";

	if (p->index == SIZE_MAX) {
		return arena_printf(d->arena, "%s%s%s", up, dot, p->name);
	}
	return arena_printf(d->arena, "%s%s%s[%zu]", up, dot, p->name, p->index);
}

static bool check_texts(struct draft *d, const ProtobufCMessage *m,
			const struct text_path *up);

static bool
check_text_value(struct draft *d, const ProtobufCFieldDescriptor *field,
		 const void *value, const struct text_path *path)
{
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		return !is_control(*(char *const *)value) ||
		       draft_invalid(d, path_text(d, path), "制御文字が含まれています。",
				     "Holds a control character.", "文字と改行だけ",
				     "text and line ends only");
	}
	const ProtobufCMessage *inner = *(const ProtobufCMessage *const *)value;

	return inner == NULL || check_texts(d, inner, path);
}

/* Every text of the message; as deep as the schema, which does not reach itself. */
static bool
check_texts(struct draft *d, const ProtobufCMessage *m, const struct text_path *up)
{
	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &m->descriptor->fields[i];
		const void *at = (const char *)m + field->offset;
		struct text_path path = { up, field->name, SIZE_MAX };

		if (field->type != PROTOBUF_C_TYPE_STRING &&
		    field->type != PROTOBUF_C_TYPE_MESSAGE) {
			continue;
		}
		if (field->label != PROTOBUF_C_LABEL_REPEATED) {
			if (!check_text_value(d, field, at, &path)) {
				return false;
			}
			continue;
		}
		size_t count = *(const size_t *)(const void *)((const char *)m +
							       field->quantifier_offset);
		char *const *list = *(char *const *const *)at;
		for (path.index = 0; path.index < count; path.index++) {
			if (!check_text_value(d, field, &list[path.index], &path)) {
				return false;
			}
		}
	}
	return true;
}

bool
check_message_texts(struct draft *d, const ProtobufCMessage *m)
{
	return check_texts(d, m, NULL);
}

static bool
is_blank(const char *s)
{
	return s == NULL || s[strspn(s, " \t\n")] == '\0';
}

static bool
check_title(struct draft *d, const Kusanone__V1__Event *e)
{
	if (e->title != NULL && (!is_blank(e->title->ja) || !is_blank(e->title->en))) {
		return true;
	}
	return draft_invalid(
		d, "title", "件名がありません。", "The event has no title.",
		"title.ja か title.en の少なくとも一方",
		"a title in Japanese (title.ja), English (title.en), or both");
}

/* ---- Codes and sets ---------------------------------------------------------------- */

static bool
check_code(struct draft *d, const char *code, const char *field, size_t max)
{
	size_t len = strlen(code);

	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)code[i] <= 0x20) {
			return draft_invalid(
				d, field, "空白を含むコードはありません。",
				"A code holds no spaces.",
				"参照データのコード (reference show で一覧)",
				"a code of the reference data (reference show "
				"lists them)");
		}
	}
	if (len > max) {
		return draft_invalid(d, field, "長すぎます。", "Is too long.",
				     arena_printf(d->arena, "%zu バイト以内", max),
				     arena_printf(d->arena, "at most %zu bytes", max));
	}
	return true;
}

static bool
refuse_too_many(struct draft *d, const char *field, size_t have, size_t max)
{
	return draft_refuse(
		d, "too_large", field,
		arena_printf(d->arena, "%zu 件あり、上限の %zu 件を超えています。", have,
			     max),
		arena_printf(d->arena, "Has %zu entries, more than %zu.", have, max),
		arena_printf(d->arena, "%zu 件以内", max),
		arena_printf(d->arena, "at most %zu", max));
}

static bool
check_count_of(struct draft *d, const char *field, size_t have, size_t max)
{
	return have <= max || refuse_too_many(d, field, have, max);
}

/* A set: no member empty, none twice. */
static bool
check_set(struct draft *d, char **list, size_t *count, const char *field)
{
	size_t kept = 0;

	if (!check_count_of(d, field, *count, EVENT_MAX_CODES)) {
		return false;
	}
	for (size_t i = 0; i < *count; i++) {
		bool twice = false;

		if (list[i][0] == '\0') {
			return draft_invalid(d, field, "空のコードがあります。",
					     "Holds an empty code.", "コードだけ",
					     "codes only");
		}
		if (!check_code(d, list[i], field, CODE_MAX)) {
			return false;
		}
		for (size_t k = 0; k < kept; k++) {
			twice |= strcmp(list[k], list[i]) == 0;
		}
		if (twice) {
			draft_warn(d, "duplicate", field,
				   "同じものが二度あり、一度だけ記録しました。",
				   "One stands twice and was recorded once.");
		} else {
			list[kept++] = list[i];
		}
	}
	*count = kept;
	return true;
}

static bool
check_all_codes(struct draft *d, Kusanone__V1__Event *e)
{
	return check_code(d, e->format, "format", CODE_MAX) &&
	       check_code(d, e->category, "category", CODE_MAX) &&
	       check_code(d, e->frame, "frame", CODE_MAX) &&
	       check_code(d, e->lead, "lead", CODE_MAX) &&
	       check_set(d, e->holders, &e->n_holders, "holders") &&
	       check_set(d, e->pillars, &e->n_pillars, "pillars") &&
	       check_set(d, e->topics, &e->n_topics, "topics") &&
	       check_set(d, e->audience, &e->n_audience, "audience") &&
	       check_set(d, e->vip_kinds, &e->n_vip_kinds, "vip_kinds") &&
	       check_set(d, e->outcomes, &e->n_outcomes, "outcomes") &&
	       check_set(d, e->languages, &e->n_languages, "languages");
}

static bool
check_lists(struct draft *d, const Kusanone__V1__Event *e)
{
	for (size_t i = 0; i < e->n_partners; i++) {
		const char *field = arena_printf(d->arena, "partners[%zu].kind", i);

		if (!check_code(d, e->partners[i]->kind, field, CODE_MAX)) {
			return false;
		}
	}
	return check_count_of(d, "partners", e->n_partners, LIST_MAX) &&
	       check_count_of(d, "components", e->n_components, LIST_MAX) &&
	       check_count_of(d, "people", e->n_people, EVENT_MAX_CODES) &&
	       check_count_of(d, "sources", e->n_sources, LIST_MAX) &&
	       check_count_of(d, "stated_places", e->n_stated_places, EVENT_MAX_STATED);
}

/* ---- Numbers and words ----------------------------------------------------------- */

static bool
check_status(struct draft *d, int status, const char *field)
{
	return (status >= 0 && status <= (int)STATUS_HELD) ||
	       draft_invalid(
		       d, field, "状態の値ではありません。", "Is no status.",
		       "PLANNED (予定)、POSTPONED (延期)、CANCELLED (中止)、HELD (実施)",
		       "PLANNED, POSTPONED, CANCELLED or HELD");
}

static bool
check_bound(struct draft *d, Kusanone__V1__Bound *bound, const char *field)
{
	if (*bound == KUSANONE__V1__BOUND__BOUND_UNSPECIFIED) {
		*bound = KUSANONE__V1__BOUND__BOUND_EXACT;
	}
	return (*bound >= KUSANONE__V1__BOUND__BOUND_EXACT &&
		*bound <= KUSANONE__V1__BOUND__BOUND_AT_LEAST) ||
	       draft_invalid(d, field, "「ちょうど・約・以上」のどれでもありません。",
			     "Is no bound.", "EXACT、ABOUT (約)、AT_LEAST (以上)",
			     "EXACT, ABOUT or AT_LEAST");
}

static bool
check_count(struct draft *d, Kusanone__V1__Count *count, const char *field)
{
	if (count == NULL) {
		return true;
	}
	/* A negative number that a client put into an unsigned field arrives as this. */
	if (count->value > MAX_COUNT_VALUE) {
		return draft_invalid(d, field,
				     "人数や回数として大きすぎるか、負の数です。",
				     "Is negative, or too large for a count.",
				     "0 から 2147483647", "0 to 2147483647");
	}
	return check_bound(d, &count->bound, field);
}

static bool
check_money(struct draft *d, Kusanone__V1__Money *money, const char *field)
{
	if (money == NULL) {
		return true;
	}
	if (money->jpy < 0 || money->jpy > MAX_JPY) {
		return draft_invalid(d, field, "金額が負か、大きすぎます。",
				     "Is negative, or too large.", "0 以上の円 (整数)",
				     "yen, 0 or more, a whole number");
	}
	return check_bound(d, &money->bound, field);
}

static bool
check_numbers(struct draft *d, Kusanone__V1__Event *e)
{
	if (!check_status(d, (int)e->status, "status")) {
		return false;
	}
	for (size_t i = 0; i < e->n_sessions; i++) {
		const char *field = arena_printf(d->arena, "sessions[%zu].status", i);

		if (!check_status(d, (int)e->sessions[i]->status, field)) {
			return false;
		}
	}
	return check_count(d, e->session_count, "session_count") &&
	       check_count(d, e->participants, "participants") &&
	       check_count(d, e->participants_japan, "participants_japan") &&
	       check_count(d, e->participants_other, "participants_other") &&
	       check_money(d, e->budget_planned, "budget_planned") &&
	       check_money(d, e->budget_spent, "budget_spent");
}

static bool
check_report(struct draft *d, const Kusanone__V1__Event *e)
{
	struct date date;

	if (e->report == NULL || !pb_is_set(e->report->filed_on)) {
		return true;
	}
	return (date_parse(slice_str(e->report->filed_on), &date) &&
		date.precision == PRECISION_DAY) ||
	       draft_invalid(d, "report.filed_on", "日付ではありません。", "Is no day.",
			     "2024-02-15 の形", "a day such as 2024-02-15");
}

/* ---- Who records it -------------------------------------------------------------- */

static const char *
list_posts(struct draft *d)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < d->in->config.post_count; i++) {
		buf_printf(&b, "%s%s", i != 0 ? ", " : "", d->in->config.posts[i]);
	}
	const char *text = arena_dup(d->arena, b.at, b.len);
	buf_fini(&b);
	return text;
}

/* The post for which this node records: of several, one must be named.  An event that
 * headquarters moved here keeps the one it had. */
static bool
check_recorder(struct draft *d, Kusanone__V1__Event *e)
{
	const struct intake_config *c = &d->in->config;
	struct uuid id;

	if (c->role == NODE_HQ) {
		return draft_refuse(d, "forbidden", "recorder",
				    "本部のノードは案件を記録しません。",
				    "Headquarters' node records no events.",
				    "公館の受付から送ってください。",
				    "Submit it to the intake of the post.");
	}
	if (!pb_is_set(e->recorder) && c->post_count == 1) {
		e->recorder = (char *)(uintptr_t)c->posts[0];
	}
	for (size_t i = 0; i < c->post_count; i++) {
		if (strcmp(c->posts[i], e->recorder) == 0) {
			return true;
		}
	}
	if (uuid_parse(slice_str(e->id), &id)) {
		uint32_t row = fold_find_event(&d->in->fold, &id);

		if (row != UINT32_MAX) {
			const struct event_row *known =
				table_at(&d->in->fold.events, row);

			if (known->moved_post != 0 && known->owner1 == d->in->self + 1) {
				return true;
			}
		}
	}
	return draft_invalid(
		d, "recorder",
		pb_is_set(e->recorder) ? "このノードが代表する公館ではありません。"
				       : "どの公館の記録かが書かれていません。",
		pb_is_set(e->recorder) ? "This node does not speak for that post."
				       : "This node speaks for several posts and none is "
					 "named.",
		list_posts(d), list_posts(d));
}

/* ---- All of it ------------------------------------------------------------------- */

bool
check_event(struct draft *d, Kusanone__V1__Event *e)
{
	if (!check_texts(d, &e->base, NULL) || !check_recorder(d, e) ||
	    !check_code(d, e->source_key, "source_key", SOURCE_KEY_MAX) ||
	    !check_title(d, e) || !check_all_codes(d, e) || !check_lists(d, e) ||
	    !check_numbers(d, e) || !check_sessions(d, e) || !check_stated_dates(d, e) ||
	    !check_report(d, e)) {
		return false;
	}
	check_codes(d, e);
	return true;
}
