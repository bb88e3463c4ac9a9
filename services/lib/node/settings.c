#include "lib/node/settings.h"

struct enrolment
settings_hq(const struct hq_settings *s)
{
	struct enrolment hq = { .name = slice_str(s->name), .role = NODE_HQ };

	must(hex_parse(slice_str(s->node), hq.node.b, NODE_ID_LEN));
	must(hex_parse(slice_str(s->curve_key), hq.curve_key, 32));
	must(hex_parse(slice_str(s->sign_key), hq.sign_key, SIGN_PUBLIC_LEN));
	return hq;
}
