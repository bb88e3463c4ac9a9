#include "lib/model/publication_wire.h"

#include "lib/base/unpack_wire.h"
#include "lib/model/totals_wire.h"

static bool
fault(struct show_fault *ret, const char *field, const char *ja, const char *en,
      const char *expected_ja, const char *expected_en)
{
	*ret = (struct show_fault){ .field = field,
				    .reason_ja = ja,
				    .reason_en = en,
				    .expected_ja = expected_ja,
				    .expected_en = expected_en };
	return false;
}

static Kusanone__V1__TotalsQuery *
unpack_query(struct slice query, struct arena *arena)
{
	return (Kusanone__V1__TotalsQuery *)unpack_message(
		&kusanone__v1__totals_query__descriptor, query, arena, NULL);
}

/* ---- What can be frozen ------------------------------------------------------------ */

/* A field that this program does not know would not be in what it computes. */
static bool
is_known(const Kusanone__V1__TotalsQuery *q)
{
	bool known = q->base.n_unknown_fields == 0;

	for (size_t i = 0; i < q->n_filters; i++) {
		known = known && q->filters[i]->base.n_unknown_fields == 0;
	}
	return known;
}

bool
publication_query_check(struct fold *f, struct slice query, enum date_rule rule,
			struct arena *arena, struct show_fault *ret_fault)
{
	Kusanone__V1__TotalsQuery *q = unpack_query(query, arena);

	if (q == NULL || !is_known(q)) {
		return fault(ret_fault, "query", "集計の問合せとして読めません。",
			     "Is no query for totals.", "kusanone.v1.TotalsQuery",
			     "a kusanone.v1.TotalsQuery");
	}
	if (q->as_of_position != 0 || q->as_of_ms != 0 || q->recount || q->open) {
		return fault(ret_fault, "query", "数値以外のことを求めています。",
			     "Asks for more than figures.",
			     "公表するのは数値だけです。内訳の記録は totals --as-of "
			     "--open で調べられます。",
			     "Figures are published. The records behind them are "
			     "listed by totals --as-of POSITION --open.");
	}
	if (q->rule[0] != '\0' && strcmp(q->rule, date_rule_name(rule)) != 0) {
		return fault(ret_fault, "rule", "問合せの日付規則と異なります。",
			     "Is another dating rule than the query's.", q->rule,
			     q->rule);
	}
	struct query selection; /* Are all its words known here? */
	return totals_selection(f, q, arena, &selection, ret_fault);
}

/* ---- Rows -------------------------------------------------------------------------- */

static char *
copy(struct arena *arena, struct slice s)
{
	return arena_dup(arena, s.at, s.len);
}

/* Everything in it was said in the record or follows from its place. */
static bool
fill_row(struct fold *f, const struct publication_row *p, struct arena *arena,
	 Kusanone__V1__PublicationRow *out)
{
	const struct record_row *said = table_at(&f->records, p->record);
	struct slice bytes;
	struct record record;

	kusanone__v1__publication_row__init(out);
	if (!f->source.read(f->source.ctx, (uint64_t)p->record + 1, arena, &bytes) ||
	    !record_decode(bytes, arena, &record, NULL) ||
	    record.body != BODY_PUBLICATION) {
		return false;
	}
	out->name = copy(arena, words_at(&f->words, p->name));
	out->position = p->position;
	if (p->position <= f->records.count) {
		const struct record_row *at =
			table_at(&f->records, (uint32_t)(p->position - 1));

		out->hq_ms = at->hq_ms;
	}
	out->rule = (char *)(uintptr_t)date_rule_name((enum date_rule)p->rule);
	out->query = unpack_query(record.publication.query, arena);
	out->checkpoint = copy(arena, record.publication.checkpoint);
	out->recorded_position = (uint64_t)p->record + 1;
	out->recorded_ms = said->hq_ms;
	out->record = show_record_hash(f, p->record, arena);
	out->author = copy(arena, record.author);
	return true;
}

void
publication_list(struct fold *f, struct arena *arena,
		 Kusanone__V1__PublicationsReply *ret_reply)
{
	uint32_t count = f->publications.count;

	kusanone__v1__publications_reply__init(ret_reply);
	ret_reply->position = fold_position(f);
	ret_reply->rows = arena_alloc(arena, count * sizeof(ret_reply->rows[0]));
	for (uint32_t i = 0; i < count; i++) {
		Kusanone__V1__PublicationRow *row = arena_alloc(arena, sizeof(*row));

		if (fill_row(f, table_at(&f->publications, i), arena, row)) {
			row->checkpoint = (char *)(uintptr_t) "";
			ret_reply->rows[ret_reply->n_rows++] = row;
		}
	}
}

bool
publication_find(struct fold *f, const char *name, struct arena *arena,
		 Kusanone__V1__PublicationRow *ret_row,
		 Kusanone__V1__TotalsQuery *ret_question, struct show_fault *ret_fault)
{
	uint32_t at = fold_find_publication(f, slice_str(name));

	if (at == UINT32_MAX) {
		(void)fault(ret_fault, "name", "その名前の公表はありません。",
			    "No publication has this name.", "kusanone publication list",
			    "kusanone publication list");
		ret_fault->code = "unknown";
		return false;
	}
	if (!fill_row(f, table_at(&f->publications, at), arena, ret_row) ||
	    ret_row->query == NULL) {
		return fault(ret_fault, "query", "この版では読めない問合せです。",
			     "Holds a query that this program cannot read.",
			     "新しい版のプログラム", "a newer program");
	}
	*ret_question = *ret_row->query;
	ret_question->as_of_position = ret_row->position;
	ret_question->as_of_ms = 0;
	ret_question->rule = ret_row->rule;
	ret_question->recount = false;
	ret_question->open = false;
	return true;
}

bool
publication_show(struct fold *f, const char *name, struct arena *arena,
		 Kusanone__V1__PublicationReply *ret_reply, struct show_fault *ret_fault)
{
	Kusanone__V1__TotalsQuery question;

	kusanone__v1__publication_reply__init(ret_reply);
	ret_reply->row = arena_alloc(arena, sizeof(*ret_reply->row));
	ret_reply->totals = arena_alloc(arena, sizeof(*ret_reply->totals));
	return publication_find(f, name, arena, ret_reply->row, &question, ret_fault) &&
	       totals_answer(f, &question, arena, ret_reply->totals, ret_fault);
}
