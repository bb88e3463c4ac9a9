/* JSON as an officer may write it: an event, and what it says survives the way back. */
#include "kusanone/v1/control.pb-c.h"
#include "lib/model/json_wire.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const ProtobufCMessageDescriptor *type = &kusanone__v1__event__descriptor;
	struct arena arena = { 0 };
	struct buf first = { 0 }, second = { 0 };
	struct json_fault fault = { 0 };
	ProtobufCMessage *message;

	message = json_to_message(type, "event", slice_of(data, size), &arena, &fault);
	if (message == NULL) {
		must(fault.kind != JSON_FAULT_NONE);
	} else {
		message_to_json(message, 0, &first);
		message =
			json_to_message(type, "event", buf_slice(&first), &arena, &fault);
		must(message != NULL);
		message_to_json(message, 0, &second);
		must(slice_eq(buf_slice(&first), buf_slice(&second)));
	}
	buf_fini(&first);
	buf_fini(&second);
	arena_fini(&arena);
	return 0;
}
