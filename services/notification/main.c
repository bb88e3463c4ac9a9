/* kusanone-notification: alerts about what is coming.  README.md says what it takes,
 * keeps, promises and sends. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/crash.h"
#include "lib/host/program.h"
#include "lib/host/zone_file.h"
#include "notification/deliver.h"
#include "notification/notification.h"
#include "notification/settings.h"

enum { ENDPOINT_LOCAL, ENDPOINT_LOG, ENDPOINT_COUNT };
static const char software[] = "kusanone-notification 0.1.0";

struct main {
	struct program program;
	struct notification_settings settings;
	struct zones zones;
	struct store *store, *copy, *view;
	struct notification *core;
	struct deliver *deliver;
	struct host *host;
	bool finishing; /* A stop was asked for. */
	char feed_dir[4200];
};

static int
open_stores(struct main *m)
{
	const struct notification_settings *s = &m->settings;
	struct store_options options = { .kind = "notification-log",
					 .program = software,
					 .format = NOTIFICATION_FORMAT,
					 .dbs = notification_db_names,
					 .quota_bytes = s->common.quota,
					 .reserve = s->common.reserve };
	int rc = program_open_store(&m->program, "alerts", options, &m->store);

	options.kind = "notification-copy";
	options.dbs = log_db_names;
	options.quota_bytes = s->copy_quota;
	options.reserve = false;
	if (rc == 0) {
		rc = program_open_store(&m->program, "copy", options, &m->copy);
	}
	options.kind = "notification-view";
	options.dbs = view_db_names;
	options.quota_bytes = s->view_quota;
	return rc != 0 ? rc : program_open_store(&m->program, "view", options, &m->view);
}

static int
open_core(struct main *m)
{
	const struct notification_settings *s = &m->settings;
	const struct notification_config config = {
		.hq = settings_hq(&s->hq),
		.node = m->program.keys.node,
		.name = s->common.name,
		.software = software,
		.zones = zones_table(&m->zones),
		.local_endpoint = ENDPOINT_LOCAL,
		.dial_endpoint = ENDPOINT_LOG,
		.dials = true,
		.from = s->from,
		.host_name = s->host,
		.give_up = s->give_up,
		.retry = s->retry,
	};

	m->core = xmalloc(sizeof(*m->core));
	notification_init(m->core, &config, m->store, m->copy, m->view);
	enum err err = notification_open(m->core, clock_monotonic());
	return err == OK ? 0
			 : program_fail(&m->program, "the state cannot be read",
					err_name(err));
}

/* ---- The sender, on the host's loop ------------------------------------------------ */

static void
outcome(void *ctx, struct slice bytes)
{
	struct main *m = ctx;

	host_put_outcome(m->host, bytes);
}

static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static bool
worker_open(void *ctx, void *loop, struct host *host, char *why, size_t why_len)
{
	struct main *m = ctx;
	const struct notification_settings *s = &m->settings;
	const struct deliver_options options = {
		.smtp_url = or_null(s->smtp_url),
		.smtp_starttls = s->smtp_starttls,
		.smtp_user = or_null(s->smtp_user),
		.smtp_password_file = or_null(s->smtp_password_file),
		.smtp_ca_file = or_null(s->smtp_ca_file),
		.from = s->from,
		.host_name = s->host,
		.secrets_file = or_null(s->hook_secrets_file),
		.hook_allow = s->hook_allow.at,
		.hook_allow_count = s->hook_allow.count,
		.hook_ca_file = or_null(s->hook_ca_file),
		.feed_dir = m->feed_dir,
		.timeout_ms = (long)s->timeout,
		.log = &m->program.sink,
	};

	m->host = host;
	m->deliver = deliver_open(loop, &options, outcome, m, why, why_len);
	return m->deliver != NULL;
}

/* After a stop was asked for, nothing more begins: its attempt is on the disk, and is
 * made after the next start. */
static void
worker_begin(void *ctx, struct slice job)
{
	struct main *m = ctx;

	if (!m->finishing) {
		crash_point("begun");
		deliver_begin(m->deliver, job);
	}
}

static void
worker_finish(void *ctx)
{
	struct main *m = ctx;

	m->finishing = true;
}

static bool
worker_is_idle(const void *ctx)
{
	const struct main *m = ctx;

	return deliver_is_idle(m->deliver);
}

static void
worker_close(void *ctx)
{
	struct main *m = ctx;

	deliver_close(m->deliver);
}

/* The named points of a message's life that only a turn knows; the others are where
 * they are passed (lib/base/crash.h):
 *
 *	handled  an attempt is to begin, and is not on the disk
 *	begun    it is on the disk, and not made
 *	connected, body_sent, reply_read
 *	heard    what came of it is in the turn, and not on the disk
 *	settled  it is on the disk */
static bool
crash_at(void *ctx, enum turn_point point)
{
	const struct notification *n = ctx;

	if (point == TURN_HANDLED && n->outcome_count != 0) {
		crash_point("heard");
	}
	if (point == TURN_HANDLED && send_begins(n)) {
		crash_point("handled");
	}
	if (point == TURN_COMMITTED && n->outcome_count != 0) {
		crash_point("settled");
	}
	return false;
}

static void
say_ready(void *ctx)
{
	struct main *m = ctx;

	log_event(&m->program.sink, LOG_INFO, "start",
		  "ready=%s position=%" PRIu64 " subscriptions=%u alerts=%u",
		  m->settings.common.name, m->core->follower.log.head.position,
		  m->core->open_count, m->core->alerts.live);
}

static int
serve(struct main *m)
{
	const struct host_worker worker = { .ctx = m,
					    .open = worker_open,
					    .begin = worker_begin,
					    .finish = worker_finish,
					    .is_idle = worker_is_idle,
					    .close = worker_close };
	struct host_options options = { .endpoint_count = ENDPOINT_COUNT,
					.drain = notification_drain,
					.ready = say_ready,
					.ready_ctx = m,
					.worker = &worker };

	program_dial_log(&options.endpoints[ENDPOINT_LOG], m->settings.log_address,
			 m->settings.log_key);
	int rc = program_serve(&m->program, &notification_service, m->core, m->store,
			       &options, ENDPOINT_LOCAL, "notification.sock");
	if (rc == 0) {
		log_event(&m->program.sink, LOG_INFO, "stop", "position=%" PRIu64,
			  m->core->follower.log.head.position);
	}
	return rc;
}

static int
start(struct main *m, const char *config_path)
{
	int rc = program_read_settings(&m->program, config_path, &notification_schema,
				       &m->settings.common);

	if (rc == 0) {
		rc = program_check_follow(&m->program, m->settings.log_address,
					  m->settings.log_key);
	}
	if (rc == 0) {
		rc = program_read_keys(&m->program);
	}
	if (rc == 0) {
		rc = open_stores(m);
	}
	if (rc == 0) {
		rc = open_core(m);
	}
	if (rc != 0) {
		return rc;
	}
	if (m->settings.feed_dir[0] != '\0') {
		snprintf(m->feed_dir, sizeof(m->feed_dir), "%s", m->settings.feed_dir);
	} else {
		snprintf(m->feed_dir, sizeof(m->feed_dir), "%s/feeds",
			 m->settings.common.state_dir);
	}
	return serve(m);
}

int
main(int argc, char **argv)
{
	struct main m = { 0 };
	int rc;

	if (!program_begin(&m.program, "kusanone-notification", argc, argv,
			   &notification_schema, &rc)) {
		return rc;
	}
	m.program.crash_at = crash_at;
	zones_init(&m.zones, zone_file_find, NULL);
	rc = start(&m, argv[1]);
	if (m.core != NULL) {
		notification_fini(m.core);
		free(m.core);
	}
	store_close(m.view);
	store_close(m.copy);
	store_close(m.store);
	zones_fini(&m.zones);
	program_end(&m.program);
	return rc;
}
