#include "feed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zmq.h>

#include "lib/host/host.h"
#include "lib/host/sockets.h"
#include "measure.h"

enum {
	AT_ONCE = 64,   /* Posts that connect at the same time. */
	CONNECT_S = 10, /* For one of them. */
	STATUS_EVERY_MS = 4000,
};

struct link {
	struct feed *feed;
	const struct post *post;
	const struct backlog *backlog;
	void *socket;
	int fd;
	bool welcome;
	uint64_t session, out_no;
	uint64_t credit, sent_bytes;
	size_t sent, acked; /* Batches. */
	msec_t last_out;
};

struct feed {
	struct feed_options options;
	void *zmq;
	int epoll;
	struct link *links;
	uint32_t count;
	uint32_t welcome, done;
	bool running; /* Nothing but greetings before: it would not be measured. */
	struct buf body;
	struct arena arena;
	msec_t status_at;
};

/* ---- Out. */

static void
send_frame(struct link *l, enum frame_type type, struct slice body, struct slice payload)
{
	struct frame_header header = { .type = (uint8_t)type,
				       .minor = LINK_MINOR_MAX,
				       .session = l->session,
				       .frame_no = ++l->out_no };
	uint8_t bytes[FRAME_HEADER_LEN];
	bool more = payload.len != 0;
	zmq_msg_t msg;

	frame_header_put(bytes, &header);
	if (zmq_send(l->socket, bytes, sizeof(bytes), ZMQ_SNDMORE) < 0 ||
	    zmq_send(l->socket, body.at, body.len, more ? ZMQ_SNDMORE : 0) < 0) {
		give_up("sending: %s", zmq_strerror(errno));
	}
	if (more) {
		/* The backlog stays where it is until the feed has been stopped. */
		must(zmq_msg_init_data(&msg, (void *)(uintptr_t)payload.at, payload.len,
				       NULL, NULL) == 0);
		if (zmq_msg_send(&msg, l->socket, 0) < 0) {
			give_up("sending: %s", zmq_strerror(errno));
		}
	}
	l->last_out = clock_monotonic();
}

static void
say_hello(struct link *l)
{
	struct link_hello hello = { .node = l->post->node,
				    .role = LINK_PRODUCER,
				    .minor_min = LINK_MINOR_MIN,
				    .minor_max = LINK_MINOR_MAX,
				    .software = slice_str("bench"),
				    .wall = clock_wall() };

	buf_clear(&l->feed->body);
	link_hello_put(&l->feed->body, &hello);
	send_frame(l, FRAME_HELLO, buf_slice(&l->feed->body), (struct slice){ 0 });
}

static void
say_status(struct link *l)
{
	struct link_status status = { .wall = clock_wall() };

	buf_clear(&l->feed->body);
	link_status_put(&l->feed->body, &status);
	send_frame(l, FRAME_STATUS, buf_slice(&l->feed->body), (struct slice){ 0 });
}

static bool
may_send(const struct link *l)
{
	return l->feed->running && l->welcome && l->sent < l->backlog->batch_count &&
	       l->sent_bytes < l->credit && l->sent - l->acked < LINK_BATCHES;
}

static void
send_batch(struct link *l)
{
	const struct backlog_batch *b = &l->backlog->batches[l->sent];
	struct link_batch batch = { .batch_no = ++l->sent };

	buf_clear(&l->feed->body);
	link_batch_put(&l->feed->body, &batch);
	send_frame(l, FRAME_BATCH, buf_slice(&l->feed->body),
		   slice_of(l->backlog->payloads.at + b->at, b->len));
	l->sent_bytes += b->len;
}

/* ---- In. */

static void
take_frame(struct link *l, const struct frame *frame)
{
	struct feed *feed = l->feed;
	struct link_welcome welcome;
	struct link_ack ack;
	struct link_error error;

	arena_reset(&feed->arena);
	switch (frame->header.type) {
	case FRAME_WELCOME:
		must(link_welcome_get(frame->body, &feed->arena, &welcome));
		l->session = frame->header.session;
		l->credit = welcome.credit;
		l->welcome = true;
		feed->welcome++;
		break;
	case FRAME_ACK:
		must(link_ack_get(frame->body, &feed->arena, &ack));
		must(ack.batch_no >= l->acked && ack.batch_no <= l->sent);
		feed->done += ack.batch_no != l->acked &&
			      ack.batch_no == l->backlog->batch_count;
		l->acked = ack.batch_no;
		l->credit = ack.credit;
		break;
	case FRAME_STATUS:
		break;
	case FRAME_ERROR:
		must(link_error_get(frame->body, &feed->arena, &error));
		give_up("post %u was refused: %s, %s", l->post->number,
			link_code_name(error.code), error.text);
	default:
		give_up("post %u got a frame of type %u", l->post->number,
			frame->header.type);
	}
}

static void
receive(struct link *l)
{
	zmq_msg_t parts[FRAME_MAX_PARTS];
	struct slice slices[FRAME_MAX_PARTS];
	struct frame frame;
	unsigned count = 0;
	bool more = true;

	while (more) {
		if (count == FRAME_MAX_PARTS) {
			give_up("a message of too many parts");
		}
		must(zmq_msg_init(&parts[count]) == 0);
		if (zmq_msg_recv(&parts[count], l->socket, 0) < 0) {
			give_up("receiving: %s", zmq_strerror(errno));
		}
		slices[count] = slice_of(zmq_msg_data(&parts[count]),
					 zmq_msg_size(&parts[count]));
		more = zmq_msg_more(&parts[count++]) != 0;
	}
	if (frame_read(slices, count, &frame) != FRAME_GOOD) {
		give_up("a message that is no frame");
	}
	take_frame(l, &frame);
	for (unsigned i = 0; i < count; i++) {
		zmq_msg_close(&parts[i]);
	}
}

static int
events_of(struct link *l)
{
	int events = 0;
	size_t len = sizeof(events);

	must(zmq_getsockopt(l->socket, ZMQ_EVENTS, &events, &len) == 0);
	return events;
}

/* Everything that can be done now.  ZeroMQ's descriptor tells of a change once, and our
 * own calls may swallow it: so until nothing is left. */
static void
serve(struct link *l)
{
	for (;;) {
		int events = events_of(l);

		if ((events & ZMQ_POLLIN) != 0) {
			receive(l);
		} else if ((events & ZMQ_POLLOUT) != 0 && may_send(l)) {
			send_batch(l);
		} else {
			return;
		}
	}
}

static void
say_statuses(struct feed *feed)
{
	msec_t now = clock_monotonic();

	if (now < feed->status_at) {
		return;
	}
	feed->status_at = now + 1000;
	for (uint32_t i = 0; i < feed->count; i++) {
		struct link *l = &feed->links[i];

		if (l->welcome && now - l->last_out >= STATUS_EVERY_MS) {
			say_status(l);
			serve(l);
		}
	}
}

static void
wait_and_serve(struct feed *feed)
{
	struct epoll_event events[64];
	int n = epoll_wait(feed->epoll, events, ARRAY_LEN(events), 100);

	for (int i = 0; i < n; i++) {
		serve(&feed->links[events[i].data.u32]);
	}
	say_statuses(feed);
}

/* ---- Life. */

static void
connect_link(struct link *l)
{
	const struct feed_options *o = &l->feed->options;
	struct socket_keys keys = { .server_key = o->server_key,
				    .public_key = l->post->curve_public,
				    .secret_key = l->post->curve_secret };
	struct epoll_event event = { .events = EPOLLIN };
	size_t len = sizeof(l->fd);
	char why[256];

	l->socket = socket_dealer(l->feed->zmq, &keys);
	if (l->socket == NULL) {
		give_up("a socket: %s", zmq_strerror(errno));
	}
	if (socket_connect(l->socket, o->address, why, sizeof(why)) != OK) {
		give_up("%s", why);
	}
	must(zmq_getsockopt(l->socket, ZMQ_FD, &l->fd, &len) == 0);
	event.data.u32 = (uint32_t)(l - l->feed->links);
	must(epoll_ctl(l->feed->epoll, EPOLL_CTL_ADD, l->fd, &event) == 0);
}

/* The greeting waits until the connection is there. */
static void
greet(struct feed *feed, uint32_t from, uint32_t to)
{
	double deadline = now_s() + CONNECT_S;

	for (uint32_t i = from; i < to; i++) {
		while ((events_of(&feed->links[i]) & ZMQ_POLLOUT) == 0) {
			if (now_s() > deadline) {
				give_up("nobody listens on %s, or post %u's key is not "
					"known",
					feed->options.address,
					feed->links[i].post->number);
			}
			/* Those who are welcome already must not fall silent. */
			wait_and_serve(feed);
		}
		say_hello(&feed->links[i]);
		serve(&feed->links[i]);
	}
	while (feed->welcome < to) {
		if (now_s() > deadline) {
			give_up("%u of %u posts are not welcome", to - feed->welcome,
				to - from);
		}
		wait_and_serve(feed);
	}
}

/* Two descriptors a connection. */
static void
allow_files(uint32_t count)
{
	struct rlimit limit;

	must(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	rlim_t want = (rlim_t)count * 3 + 256;
	if (limit.rlim_cur < want) {
		limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
		must(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	}
}

struct feed *
feed_start(const struct feed_options *options)
{
	struct feed *feed = xcalloc(1, sizeof(*feed));

	feed->options = *options;
	allow_files(options->count);
	feed->zmq = zmq_ctx_new();
	feed->epoll = epoll_create1(EPOLL_CLOEXEC);
	must(feed->zmq != NULL && feed->epoll >= 0);
	must(zmq_ctx_set(feed->zmq, ZMQ_MAX_SOCKETS, (int)options->count + 16) == 0);
	feed->links = xcalloc(options->count, sizeof(feed->links[0]));
	for (uint32_t i = 0; i < options->count; i++) {
		if (options->backlogs[i].batch_count != 0) {
			feed->links[feed->count++] =
				(struct link){ .feed = feed,
					       .post = &options->posts[i],
					       .backlog = &options->backlogs[i] };
		}
	}
	for (uint32_t from = 0; from < feed->count; from += AT_ONCE) {
		uint32_t to = from + AT_ONCE < feed->count ? from + AT_ONCE : feed->count;

		for (uint32_t i = from; i < to; i++) {
			connect_link(&feed->links[i]);
		}
		greet(feed, from, to);
	}
	return feed;
}

void
feed_run(struct feed *feed)
{
	for (uint32_t i = 0; i < feed->count; i++) {
		must(feed->links[i].sent == 0);
	}
	feed->running = true;
	for (uint32_t i = 0; i < feed->count; i++) {
		serve(&feed->links[i]);
	}
	while (feed->done < feed->count) {
		wait_and_serve(feed);
	}
}

void
feed_stop(struct feed *feed)
{
	for (uint32_t i = 0; i < feed->count; i++) {
		zmq_close(feed->links[i].socket);
	}
	close(feed->epoll);
	zmq_ctx_term(feed->zmq);
	buf_fini(&feed->body);
	arena_fini(&feed->arena);
	free(feed->links);
	free(feed);
}
