#include "lib/host/drain.h"

/* The node's service with drain() behind run(); everything else is passed on. */
struct drained {
	const struct service *service;
	void *self;
	void (*drain)(void *self, struct turn *);
};

static void
drained_handle(void *self, const struct message *msg, struct turn *turn)
{
	struct drained *d = self;

	d->service->handle(d->self, msg, turn);
}

static void
drained_run(void *self, struct turn *turn)
{
	struct drained *d = self;

	d->service->run(d->self, turn);
	d->drain(d->self, turn);
}

static void
drained_fold(void *self, struct turn *turn)
{
	struct drained *d = self;

	d->service->fold(d->self, turn);
}

static void
drained_dropped(void *self, enum err err, struct turn *turn)
{
	struct drained *d = self;

	d->service->dropped(d->self, err, turn);
}

static void
drained_refuse(void *self, const struct message *msg, enum err err, struct turn *turn)
{
	struct drained *d = self;

	d->service->refuse(d->self, msg, err, turn);
}

static enum err
drained_idle(void *self, struct turn *turn)
{
	struct drained *d = self;

	return d->service->idle(d->self, turn);
}

static msec_t
drained_deadline(const void *self)
{
	const struct drained *d = self;

	return d->service->deadline(d->self);
}

enum err
drain_turn(struct node *node, void (*drain)(void *self, struct turn *),
	   struct inbox *inbox, msec_t now, wall_ms_t wall)
{
	struct drained drained = {
		.service = node->service,
		.self = node->self,
		.drain = drain,
	};
	const struct service service = {
		.name = node->service->name,
		.prepare = node->service->prepare,
		.handle = drained_handle,
		.run = drained_run,
		.fold = drained_fold,
		.dropped = drained_dropped,
		.refuse = drained_refuse,
		.idle = node->service->idle != NULL ? drained_idle : NULL,
		.deadline = drained_deadline,
	};

	node->service = &service;
	node->self = &drained;
	enum err err = node_turn(node, inbox, now, wall);
	node->service = drained.service;
	node->self = drained.self;
	return err;
}
