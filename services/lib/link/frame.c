#include "lib/link/frame.h"

static const uint8_t magic[4] = { 'K', 'S', 'L', '1' };

void
frame_header_put(uint8_t at[FRAME_HEADER_LEN], const struct frame_header *header)
{
	memcpy(at, magic, sizeof(magic));
	at[4] = header->type;
	at[5] = 0;
	put_le16(at + 6, header->minor);
	put_le64(at + 8, header->session);
	put_le64(at + 16, header->frame_no);
}

struct frame_header
frame_header_get(const uint8_t at[FRAME_HEADER_LEN])
{
	return (struct frame_header){ .type = at[4],
				      .minor = get_le16(at + 6),
				      .session = get_le64(at + 8),
				      .frame_no = get_le64(at + 16) };
}

/* The part of another major version of this protocol, whatever follows its magic? */
static bool
is_other_major(struct slice first)
{
	return first.len >= sizeof(magic) && memcmp(first.at, magic, 3) == 0 &&
	       first.at[3] != magic[3] && first.at[3] >= '0' && first.at[3] <= '9';
}

static bool
is_type(uint8_t type)
{
	return (type >= FRAME_HELLO && type <= FRAME_GOODBYE) ||
	       type >= FRAME_REQUEST_FIRST;
}

enum frame_fault
frame_read(const struct slice *parts, unsigned count, struct frame *ret_frame)
{
	if (count == 0) {
		return FRAME_MALFORMED;
	}
	if (is_other_major(parts[0])) {
		return FRAME_WRONG_MAJOR;
	}
	if (count < 2 || count > FRAME_MAX_PARTS) {
		return FRAME_MALFORMED;
	}
	for (unsigned i = 0; i < count; i++) {
		if (parts[i].len > FRAME_MAX_LEN) {
			return FRAME_TOO_LARGE;
		}
	}
	if (parts[0].len != FRAME_HEADER_LEN ||
	    memcmp(parts[0].at, magic, sizeof(magic)) != 0 || parts[0].at[5] != 0) {
		return FRAME_MALFORMED;
	}

	struct frame_header header = frame_header_get(parts[0].at);
	if (!is_type(header.type) || (count == 3 && header.type != FRAME_BATCH)) {
		return FRAME_MALFORMED;
	}
	if (header.type < FRAME_REQUEST_FIRST && header.type != FRAME_BATCH &&
	    parts[1].len > FRAME_MAX_CONTROL) {
		return FRAME_TOO_LARGE;
	}
	*ret_frame = (struct frame){ .header = header, .body = parts[1] };
	if (count == 3) {
		ret_frame->payload = parts[2];
	}
	return FRAME_GOOD;
}

const char *
link_code_name(enum link_code code)
{
	switch (code) {
	case LINK_NO_SESSION:
		return "no_session";
	case LINK_SUPERSEDED:
		return "superseded";
	case LINK_UNAUTHENTICATED:
		return "unauthenticated";
	case LINK_FORBIDDEN:
		return "forbidden";
	case LINK_VERSION_UNSUPPORTED:
		return "version_unsupported";
	case LINK_OUT_OF_ORDER:
		return "out_of_order";
	case LINK_RESET:
		return "reset";
	case LINK_TOO_LARGE:
		return "too_large";
	case LINK_MALFORMED:
		return "malformed";
	case LINK_PROTOCOL:
		return "protocol";
	case LINK_BUSY:
		return "busy";
	case LINK_DISK_FULL:
		return "disk_full";
	case LINK_INTERNAL:
		return "internal";
	}
	return "unknown";
}

struct link_error
link_error_of(enum frame_fault fault)
{
	struct link_error error = { .minor_min = LINK_MINOR_MIN,
				    .minor_max = LINK_MINOR_MAX };

	must(fault != FRAME_GOOD);
	switch (fault) {
	case FRAME_TOO_LARGE:
		error.code = LINK_TOO_LARGE;
		error.error_class = LINK_RETRY_BACKOFF;
		error.text =
			"a part of a frame is at most 1 MiB + 64 KiB, a body that is "
			"no BATCH 64 KiB";
		break;
	case FRAME_WRONG_MAJOR:
		error.code = LINK_VERSION_UNSUPPORTED;
		error.error_class = LINK_OPERATOR;
		error.text = "this side speaks KSL1";
		break;
	default:
		error.code = LINK_MALFORMED;
		error.error_class = LINK_RETRY_BACKOFF;
		error.text =
			"a frame is a header of 24 bytes with magic KSL1 and a known "
			"type, a body, and in a BATCH a payload";
		break;
	}
	return error;
}

size_t
link_batch_cost(const struct link_batch *batch, struct slice payload)
{
	size_t cost = payload.len;

	for (size_t i = 0; i < batch->item_count; i++) {
		cost += batch->items[i].len;
	}
	return cost;
}
