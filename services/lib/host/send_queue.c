#include "lib/host/send_queue.h"

#include <stdlib.h>

static void
free_queue(struct send_queue *queue)
{
	while (queue->first != NULL) {
		struct queued_frame *next = queue->first->next;

		free(queue->first);
		queue->first = next;
	}
	free(queue);
}

void
send_queues_fini(struct send_queues *queues)
{
	for (size_t i = 0; i < queues->count; i++) {
		free_queue(queues->list[i]);
	}
	free(queues->list);
	*queues = (struct send_queues){ 0 };
}

/* Few peers ever wait at a time: a list will do. */
struct send_queue *
send_queues_find(struct send_queues *queues, uint32_t peer)
{
	for (size_t i = 0; i < queues->count; i++) {
		if (queues->list[i]->peer == peer) {
			return queues->list[i];
		}
	}
	return NULL;
}

static struct send_queue *
add_queue(struct send_queues *queues, uint32_t peer)
{
	struct send_queue *queue = xcalloc(1, sizeof(*queue));

	queue->peer = peer;
	queue->end = &queue->first;
	if (queues->count == queues->cap) {
		queues->cap = queues->cap != 0 ? 2 * queues->cap : 8;
		queues->list =
			xrealloc(queues->list, queues->cap * sizeof(queues->list[0]));
	}
	queues->list[queues->count++] = queue;
	return queue;
}

static void
remove_queue(struct send_queues *queues, struct send_queue *queue)
{
	size_t i = 0;

	while (queues->list[i] != queue) {
		i++;
		must(i < queues->count);
	}
	queues->list[i] = queues->list[--queues->count];
	queues->bytes -= queue->bytes;
	free_queue(queue);
}

void
send_queues_drop(struct send_queues *queues, struct send_queue *queue)
{
	queues->dropped_frames += queue->frames;
	queues->dropped_queues++;
	remove_queue(queues, queue);
}

bool
send_queues_put(struct send_queues *queues, uint32_t peer, const struct slice *parts,
		unsigned count)
{
	struct send_queue *queue = send_queues_find(queues, peer);
	struct queued_frame *frame;
	size_t bytes = 0;

	must(count <= FRAME_MAX_PARTS);
	for (unsigned i = 0; i < count; i++) {
		bytes += parts[i].len;
	}
	if (queue == NULL) {
		queue = add_queue(queues, peer);
	}
	if (queue->frames + 1 > SEND_QUEUE_FRAMES ||
	    queue->bytes + bytes > SEND_QUEUE_BYTES ||
	    queues->bytes + bytes > SEND_QUEUES_BYTES) {
		queues->dropped_frames++;
		send_queues_drop(queues, queue);
		return false;
	}

	frame = xmalloc(sizeof(*frame) + bytes);
	frame->next = NULL;
	frame->count = count;
	bytes = 0;
	for (unsigned i = 0; i < count; i++) {
		frame->len[i] = parts[i].len;
		if (parts[i].len != 0) {
			memcpy(frame->bytes + bytes, parts[i].at, parts[i].len);
		}
		bytes += parts[i].len;
	}
	*queue->end = frame;
	queue->end = &frame->next;
	queue->frames++;
	queue->bytes += bytes;
	queues->bytes += bytes;
	return true;
}

unsigned
send_queue_parts(const struct send_queue *queue, struct slice parts[FRAME_MAX_PARTS])
{
	const struct queued_frame *frame = queue->first;
	size_t at = 0;

	for (unsigned i = 0; i < frame->count; i++) {
		parts[i] = slice_of(frame->bytes + at, frame->len[i]);
		at += frame->len[i];
	}
	return frame->count;
}

bool
send_queues_pop(struct send_queues *queues, struct send_queue *queue)
{
	struct queued_frame *frame = queue->first;
	size_t bytes = 0;

	for (unsigned i = 0; i < frame->count; i++) {
		bytes += frame->len[i];
	}
	queue->first = frame->next;
	queue->frames--;
	queue->bytes -= bytes;
	queues->bytes -= bytes;
	free(frame);
	if (queue->first == NULL) {
		remove_queue(queues, queue);
		return false;
	}
	return true;
}
