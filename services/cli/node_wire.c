/* kusanone node: keys of nodes.
 *
 * keygen and rotate work on this machine's key file and print what headquarters needs
 * to know, as one line of JSON; enrol and revoke are headquarters' records. */
#include <jansson.h>
#include <string.h>

#include "cli/ask_wire.h"
#include "cli/command.h"
#include "cli/fault_wire.h"
#include "cli/grid.h"
#include "cli/input.h"
#include "cli/labels_wire.h"
#include "cli/node_keys.h"
#include "cli/nodes_wire.h"
#include "cli/options.h"
#include "cli/text.h"
#include "lib/model/json_wire.h"

enum { KEY_LEN = 32, PUBLIC_MAX = 16 * 1024 };

/* ---- Key files ------------------------------------------------------------------- */

static void
put_public(struct cli *cli, const struct node_public *keys, const char *role,
	   const struct opt_list *posts)
{
	struct buf *out = &cli->out;
	const struct {
		const char *key;
		const char *value;
	} parts[] = {
		{ "node", keys->node }, { "name", keys->name }, { "curve", keys->curve },
		{ "sign", keys->sign }, { "role", role },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].value != NULL) {
			buf_printf(out, "%s\"%s\": ", i == 0 ? "{" : ", ", parts[i].key);
			json_put_string(out, slice_str(parts[i].value));
		}
	}
	if (posts->count != 0) {
		buf_put_str(out, ", \"posts\": [");
		for (size_t i = 0; i < posts->count; i++) {
			buf_put_str(out, i != 0 ? ", " : "");
			json_put_string(out, slice_str(posts->at[i]));
		}
		buf_put_u8(out, ']');
	}
	buf_put_str(out, "}\n");
}

static bool
read_hex(struct cli *cli, const char *name, const char *text, void *to, size_t len)
{
	if (text != NULL && hex_parse(slice_str(text), to, len)) {
		return true;
	}
	usage(cli, MSG_NODE_HEX, name, unsigned_text(&cli->arena, 2 * len));
	return false;
}

static bool
read_role(struct cli *cli, const char *word, Kusanone__V1__NodeRole *ret)
{
	static const struct {
		const char *word;
		Kusanone__V1__NodeRole role;
	} roles[] = {
		{ "post", KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST },
		{ "hq", KUSANONE__V1__NODE_ROLE__NODE_ROLE_HQ },
		{ "follower", KUSANONE__V1__NODE_ROLE__NODE_ROLE_FOLLOWER },
	};

	for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
		if (strcmp(roles[i].word, word) == 0) {
			*ret = roles[i].role;
			return true;
		}
	}
	usage(cli, MSG_NODE_ROLE, text_argument(cli, word));
	return false;
}

int
node_keygen_run(struct cli *cli, int argc, char **argv)
{
	const char *name = NULL, *node = NULL, *role = NULL, *posts = "";
	const struct opt opts[] = {
		OPT_TEXT("name", &name),
		OPT_TEXT("node", &node),
		OPT_TEXT("role", &role),
		OPT_TEXT("posts", &posts),
		OPT_END,
	};
	Kusanone__V1__NodeRole checked;
	struct node_public keys;
	struct operands file;
	struct node_id id;
	char why[512];

	if (!options_read(cli, argc, argv, opts, 1, 1, &file)) {
		return cli->code;
	}
	if (name == NULL) {
		return usage(cli, MSG_NODE_NAME_NEEDED);
	}
	if ((node != NULL && !read_hex(cli, "--node", node, id.b, sizeof(id.b))) ||
	    (role != NULL && !read_role(cli, role, &checked))) {
		return EXIT_BAD_USAGE;
	}
	enum err err = node_keys_new(file.at[0], name, node != NULL ? &id : NULL, &keys,
				     why, sizeof(why));
	if (err == ERR_INVALID && why[0] == '\0') {
		return usage(cli, MSG_NODE_NAME, text_argument(cli, name));
	}
	if (err == ERR_EXISTS) {
		return complain(cli, EXIT_REFUSED, MSG_FILE_EXISTS,
				text_argument(cli, file.at[0]));
	}
	if (err != OK) {
		return cli_complain(cli, EXIT_REFUSED, text_argument(cli, why));
	}
	struct opt_list list = option_split(cli, posts);
	put_public(cli, &keys, role, &list);
	return EXIT_DONE;
}

int
node_rotate_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	const struct opt_list none = { 0 };
	struct node_public keys;
	struct operands file;
	char why[512];

	if (!options_read(cli, argc, argv, opts, 1, 1, &file)) {
		return cli->code;
	}
	if (node_keys_rotate(file.at[0], &keys, why, sizeof(why)) != OK) {
		return cli_complain(cli, EXIT_REFUSED, text_argument(cli, why));
	}
	put_public(cli, &keys, NULL, &none);
	return EXIT_DONE;
}

/* ---- What headquarters says ------------------------------------------------------ */

/* A node's public side, from a file, options, or both; the option holds. */
struct described {
	const char *node, *name, *curve, *sign, *role;
	struct opt_list posts;
};

static bool
take_member(struct cli *cli, struct described *d, const char *key, const json_t *value)
{
	const struct {
		const char *key;
		const char **to;
	} members[] = {
		{ "node", &d->node }, { "name", &d->name }, { "curve", &d->curve },
		{ "sign", &d->sign }, { "role", &d->role },
	};
	const json_t *item;
	size_t i;

	for (i = 0; i < ARRAY_LEN(members); i++) {
		if (strcmp(members[i].key, key) == 0 && json_is_string(value)) {
			if (*members[i].to == NULL) {
				*members[i].to =
					arena_dup(&cli->arena, json_string_value(value),
						  json_string_length(value));
			}
			return true;
		}
	}
	if (strcmp(key, "posts") != 0 || !json_is_array(value)) {
		return false;
	}
	if (d->posts.count != 0) {
		return true;
	}
	d->posts.at = arena_alloc(&cli->arena,
				  (json_array_size(value) + 1) * sizeof(*d->posts.at));
	json_array_foreach(value, i, item)
	{
		if (!json_is_string(item)) {
			return false;
		}
		d->posts.at[d->posts.count++] = arena_dup(
			&cli->arena, json_string_value(item), json_string_length(item));
	}
	return true;
}

static bool
read_public_file(struct cli *cli, const char *path, struct described *d)
{
	struct json_fault fault;
	struct slice text;
	const char *key;
	json_t *value;
	bool good = true;

	if (!input_read_file(cli, path, PUBLIC_MAX, &text)) {
		return false;
	}
	if (memmem(text.at, text.len, "curve_secret=", 13) != NULL) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_NODE_SECRETS,
				     text_argument(cli, path));
		return false;
	}
	json_t *object = json_parse(text, &cli->arena, &fault);
	if (object == NULL) {
		cli->code = cli_complain(
			cli, EXIT_REFUSED,
			fault_text(cli, &fault, text_argument(cli, path), 0));
		return false;
	}
	json_object_foreach(object, key, value)
	{
		good = good && take_member(cli, d, key, value);
	}
	if (!good || !json_is_object(object)) {
		cli->code = complain(cli, EXIT_REFUSED, MSG_NODE_FILE,
				     text_argument(cli, path));
		good = false;
	}
	json_decref(object);
	return good;
}

int
node_enrol_run(struct cli *cli, int argc, char **argv)
{
	struct described d = { 0 };
	const char *file = NULL;
	const char *posts = "";
	const struct opt opts[] = {
		OPT_TEXT("file", &file),   OPT_TEXT("node", &d.node),
		OPT_TEXT("name", &d.name), OPT_TEXT("curve", &d.curve),
		OPT_TEXT("sign", &d.sign), OPT_TEXT("role", &d.role),
		OPT_TEXT("posts", &posts), OPT_END,
	};
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Enrolment said = KUSANONE__V1__ENROLMENT__INIT;
	uint8_t node[NODE_ID_LEN], curve[KEY_LEN], sign[KEY_LEN];
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	if (file == NULL && d.node == NULL) {
		return usage(cli, MSG_NODE_FILE_NEEDED);
	}
	d.posts = option_split(cli, posts);
	if (file != NULL && !read_public_file(cli, file, &d)) {
		return cli->code;
	}
	if (!read_hex(cli, "--node", d.node, node, sizeof(node)) ||
	    !read_hex(cli, "--curve", d.curve, curve, sizeof(curve)) ||
	    !read_hex(cli, "--sign", d.sign, sign, sizeof(sign)) ||
	    !read_role(cli, d.role != NULL ? d.role : "post", &said.role)) {
		return EXIT_BAD_USAGE;
	}
	if (d.name == NULL) {
		return usage(cli, MSG_NODE_NAME_NEEDED);
	}
	if (said.role == KUSANONE__V1__NODE_ROLE__NODE_ROLE_POST && d.posts.count == 0) {
		return usage(cli, MSG_NODE_POSTS_NEEDED);
	}
	said.node_id = (ProtobufCBinaryData){ .len = sizeof(node), .data = node };
	said.curve_key = (ProtobufCBinaryData){ .len = sizeof(curve), .data = curve };
	said.sign_key = (ProtobufCBinaryData){ .len = sizeof(sign), .data = sign };
	said.name = (char *)(uintptr_t)d.name;
	said.posts = (char **)(uintptr_t)d.posts.at;
	said.n_posts = d.posts.count;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_ENROLMENT;
	submission.enrolment = &said;
	return ask_submit_and_print(cli, &submission);
}

int
node_revoke_run(struct cli *cli, int argc, char **argv)
{
	struct described d = { 0 };
	const char *file = NULL, *from = NULL, *why = NULL;
	bool retired = false, stolen = false, genuine = false;
	const struct opt opts[] = {
		OPT_TEXT("file", &file),
		OPT_TEXT("node", &d.node),
		OPT_TEXT("sign", &d.sign),
		OPT_TEXT("from", &from),
		OPT_TEXT("why", &why),
		OPT_FLAG("retired", &retired),
		OPT_FLAG("stolen", &stolen),
		OPT_FLAG("genuine", &genuine),
		OPT_END,
	};
	Kusanone__V1__Submission submission = KUSANONE__V1__SUBMISSION__INIT;
	Kusanone__V1__Revocation said = KUSANONE__V1__REVOCATION__INIT;
	uint8_t node[NODE_ID_LEN], sign[KEY_LEN];
	int64_t position = 0;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none) ||
	    (file != NULL && !read_public_file(cli, file, &d)) ||
	    (from != NULL &&
	     !option_number(cli, "from", from, 1, INT64_MAX, &position))) {
		return cli->code;
	}
	if (retired + stolen + genuine != 1) {
		return usage(cli, MSG_REVOKE_KIND);
	}
	if (stolen && from == NULL) {
		return usage(cli, MSG_REVOKE_FROM);
	}
	if (why == NULL || *why == '\0') {
		return usage(cli, MSG_WHY_NEEDED);
	}
	if (!read_hex(cli, "--node", d.node, node, sizeof(node)) ||
	    !read_hex(cli, "--sign", d.sign, sign, sizeof(sign))) {
		return EXIT_BAD_USAGE;
	}
	said.node_id = (ProtobufCBinaryData){ .len = sizeof(node), .data = node };
	said.sign_key = (ProtobufCBinaryData){ .len = sizeof(sign), .data = sign };
	said.kind = retired  ? KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_RETIRED
		    : stolen ? KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_STOLEN
			     : KUSANONE__V1__REVOCATION_KIND__REVOCATION_KIND_GENUINE;
	said.from_position = (uint64_t)position;
	said.why = (char *)(uintptr_t)why;
	submission.body_case = KUSANONE__V1__SUBMISSION__BODY_REVOCATION;
	submission.revocation = &said;
	return ask_submit_and_print(cli, &submission);
}

int
node_list_run(struct cli *cli, int argc, char **argv)
{
	const struct opt opts[] = { OPT_END };
	Kusanone__V1__Query query = KUSANONE__V1__QUERY__INIT;
	Kusanone__V1__NodesQuery nodes = KUSANONE__V1__NODES_QUERY__INIT;
	const Kusanone__V1__Reply *reply;
	struct operands none;

	if (!options_read(cli, argc, argv, opts, 0, 0, &none)) {
		return cli->code;
	}
	query.query_case = KUSANONE__V1__QUERY__QUERY_NODES;
	query.nodes = &nodes;
	int code = ask_query(cli, ASK_HEADQUARTERS, &query, &reply);
	if (code != EXIT_DONE) {
		return code;
	}
	if (cli->json) {
		ask_put_json(cli, &reply->nodes->base, JSON_PRETTY | JSON_NUMBERS);
		return EXIT_DONE;
	}
	nodes_put(cli, reply->nodes->rows, reply->nodes->n_rows, 0, true);
	return EXIT_DONE;
}
