/* tests/sim/sim.h - a whole federation in one process, on a seeded clock.
 *
 * Real cores (services/intake, aggregation, notification, archiving) driven through
 * node_turn(), real stores on a memory disk, real signatures; the network, the clocks,
 * the disks' bad days and the people are drawn from a seed.  One seed is one struct
 * world.
 *
 *	world.c     a seed: chaos, then healing, then what must hold
 *	machine.c   one process on one disk: start, turn, crash, restore
 *	net.c       connections, delays, cuts, partitions, the door (ZAP)
 *	faults.c    what goes wrong and when
 *	calendar.c  days that pass, and what goes wrong with notification
 *	receivers*.c  who is sent to, and what they answer
 *	shelf.c     the archive's files, and how putting one fails
 *	keeper*.c   what goes wrong with the archive, and the operator who mends it
 *	work*.c     what officers and headquarters submit
 *	records.c   the records of a journal, one after the other
 *	check*.c    what must hold, looked at from outside of the cores
 *	naive*.c    the log read by the rules of the domain, in the simplest way
 *	compare.c   random questions put to both
 *
 * Everything that chance decides is decided by world.rng, in the order of events: the
 * same seed gives the same trace. */
#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include <inttypes.h>
#include <stdio.h>

#include "aggregation/aggregation.h"
#include "archiving/archiving.h"
#include "intake/intake.h"
#include "lib/node/node.h"
#include "notification/notification.h"
#include "tests/archive/memory.h"
#include "tests/sim/sometimes.h"

enum {
	SIM_POSTS_MIN = 5,
	SIM_POSTS_MAX = 7,
	SIM_MACHINES = 20,
	SIM_NODES = 12,
	SIM_KEYS = 6,      /* Of one node, over its life. */
	SIM_SNAPSHOTS = 3, /* Kept of one machine. */
	SIM_CONNS = 4096,
	SIM_MIN_TURNS = 200,
	SIM_MIN_RECORDS = 50,
	SIM_MIN_NODES = 7,

	/* Endpoint numbers, as a host would give them. */
	LOCAL_ENDPOINT = 1,
	DOOR_ENDPOINT = 2, /* Aggregation's for posts. */
	LOG_ENDPOINT = 3,  /* A follower's: dials aggregation's local one. */
	ALERT_GIVE_UP_MS = 4 * 24 * 3600 * 1000,
	DIAL_ENDPOINT = 10, /* Intake's: + 2 * generation of keys (+ 1: down). */
};

/* ---- Who there is -------------------------------------------------------------- */

struct key_pair {
	struct intake_key keys;
	bool enrolled, retired, stolen; /* As HQ was asked to record. */
};

/* A node: what speaks under one id, on whatever machines. */
struct sim_node {
	struct node_id id;
	enum node_role role;
	char name[16];
	const char *posts[2];
	size_t post_count;
	struct key_pair keys[SIM_KEYS];
	unsigned key_count;
};

/* A record that a client was told of, as far as it is known where it lies. */
struct acked {
	struct hash record;
	uint64_t seq;
};

struct acked_list {
	struct acked *at;
	size_t count, cap;
};

struct snapshot {
	char dir[160];
	struct memory *shelf;    /* Of the archive; else NULL. */
	struct acked_list acked; /* What was acknowledged when it was taken. */
	msec_t at;
};

enum machine_kind {
	MACHINE_AGGREGATION,
	MACHINE_INTAKE,
	MACHINE_NOTIFICATION,
	MACHINE_ARCHIVING
};

/* One computer: one service on one disk. */
struct machine {
	struct world *world;
	int number;
	char name[20];
	enum machine_kind kind;
	int node;
	unsigned first_key, key_count; /* Which keys of its node it has: a run. */
	char dir[160];
	bool living; /* Expected to come to rest with the others: not locked out or gone.
		      */
	bool up;
	uint32_t run; /* Counts starts. */
	uint32_t dir_number;

	struct store *log, *view, *copy;
	struct intake *intake;
	struct aggregation *aggregation;
	struct notification *notification;
	struct archiving *archiving;
	struct node core;
	bool core_ready;
	struct inbox inbox;
	struct log_sink sink;
	struct buf allow; /* Aggregation: who may connect, as it last said. */

	msec_t turn_at;         /* Of the next turn; NEVER. */
	msec_t restart_at;      /* While it is down; NEVER: by somebody's hand. */
	wall_ms_t wall_offset;  /* Its clock minus the world's. */
	msec_t disk_full_until; /* Commits fail for want of space. */
	bool view_lost;         /* The view goes before the next start; */
	bool copy_lost;         /* notification's copy of the log does. */
	bool was_full, had_backlog;
	bool is_thief;
	bool must_listen; /* It was told OUT_OF_ORDER: down first, then up. */

	/* Archiving: its files, and which put of a file ends the process: 1 the next, 0
	 * none. */
	struct memory *shelf;
	unsigned put_crash;
	bool put_ended;
	/* Intake, as a witness: what its disk keeps, of world.keeping's; -1: nothing. */
	int kept;
	bool forked; /* It has seen two histories. */

	/* This turn. */
	bool crash_wanted;
	enum turn_point crash_point;
	uint64_t repeats_before;

	struct acked_list acked;
	struct snapshot snapshots[SIM_SNAPSHOTS];
	unsigned snapshot_count;
};

/* ---- Events -------------------------------------------------------------------- */

enum what {
	EV_TURN,    /* a: machine */
	EV_START,   /* a: machine; run: of the crash */
	EV_CONNECT, /* a: connection */
	EV_FRAME,   /* a: connection, b: direction */
	EV_ENDED,   /* a: connection, b: enum line_end: its dialler is told */
	EV_LOCAL,   /* a: machine: a client's frame arrives */
	EV_FAULT,   /* a: fault kind */
	EV_MEND,    /* a: link of a partition */
	EV_WORK,    /* a client thinks of something */
	EV_ASK,     /* a: ask: send it (again) */
	EV_LOOK,    /* random checks */
	EV_DAYS,    /* the calendar goes on */
	EV_ANSWER,  /* a: delivery: its receiver answers; run: of the sender */
	EV_ALERTS,  /* headquarters or a planner thinks of something about alerts */
	EV_CLOCK,   /* a: machine: its clock is put right */
	EV_KEEPER,  /* the archive's operator looks */
};

/* A frame on its way: its parts one after the other. */
struct parcel {
	unsigned parts;
	size_t len[FRAME_MAX_PARTS];
	uint32_t peer; /* EV_LOCAL: the client's number. */
	uint8_t bytes[];
};

struct sim_event {
	msec_t at;
	uint64_t ordinal;
	enum what what;
	int a, b;
	uint32_t run;
	struct parcel *parcel;
};

struct event_heap {
	struct sim_event *at;
	size_t count, cap;
};

/* ---- Network ------------------------------------------------------------------- */

enum direction { TO_LISTENER, TO_DIALER, DIRECTIONS };

/* What a batch on its way holds: to be acknowledged only when it is on the disk. */
struct batch_note {
	uint64_t batch_no;
	struct hash *blocks;
	uint64_t *last_seqs;
	size_t count;
};

struct conn {
	bool used;
	int dialer, listener; /* Machines. */
	uint32_t dialer_run, listener_run;
	uint32_t endpoint, generation; /* The dialer's. */
	uint8_t curve[32];
	bool open;            /* The listener let it in. */
	bool refused;         /* Or not. */
	bool cut[DIRECTIONS]; /* Nothing more goes in. */
	bool hung_up;
	bool end_drawn; /* Whether its end is told. */
	msec_t last_at[DIRECTIONS];
	struct parcel **held[DIRECTIONS]; /* While a partition lasts, in order. */
	size_t held_count[DIRECTIONS], held_cap[DIRECTIONS];
	struct batch_note *batches; /* Of a producer, not yet acknowledged. */
	size_t batch_count, batch_cap;
};

/* ---- Faults: drawn once a seed ------------------------------------------------- */

enum fault {
	FAULT_CRASH,
	FAULT_CRASH_AT_POINT,
	FAULT_COMMIT_IO,
	FAULT_DISK_FULL,
	FAULT_PARTITION,
	FAULT_BACKUP,
	FAULT_RESTORE,
	FAULT_SET_BACK,
	FAULT_LOST_DISK,
	FAULT_CLONE,
	FAULT_NEW_MACHINE,
	FAULT_CLOCK,
	FAULT_ROTATE,
	FAULT_RETIRE,
	FAULT_STOLEN,
	FAULT_GENUINE,
	FAULT_HQ_RESTART,
	FAULT_HQ_VIEW_LOST,
	FAULT_HQ_ROLLBACK,
	FAULT_ERASE,
	FAULT_FORGE,
	FAULT_COUNT,

	/* Of notification, where it takes part: calendar.c. */
	FAULT_ALERT_CRASH = FAULT_COUNT,
	FAULT_ALERT_CRASH_AT_POINT,
	FAULT_ALERT_AWAY,
	FAULT_ALERT_COMMIT,
	FAULT_ALERT_DISK_FULL,
	FAULT_ALERT_VIEW_LOST,
	FAULT_ALERT_BACKUP,
	FAULT_ALERT_COPY_LOST,
	FAULT_ALERT_COPY_BACK,
	FAULT_ALERT_CLOCK,
	FAULT_ALERT_END,

	/* Of the archive, where there is one: keeper.c. */
	FAULT_ARCHIVE_CRASH = FAULT_ALERT_END,
	FAULT_ARCHIVE_CRASH_AT_POINT,
	FAULT_ARCHIVE_CRASH_IN_PUT,
	FAULT_ARCHIVE_AWAY,
	FAULT_ARCHIVE_COMMIT,
	FAULT_ARCHIVE_DISK_FULL,
	FAULT_ARCHIVE_BACKUP,
	FAULT_ARCHIVE_STORE_LOST,
	FAULT_ARCHIVE_STORE_BACK,
	FAULT_ARCHIVE_SHELF_BACK,
	FAULT_ARCHIVE_LOOSE_BACK,
	FAULT_ARCHIVE_BACK,
	FAULT_ARCHIVE_BOTH_BACK,
	FAULT_ARCHIVE_LOST,
	FAULT_ALL
};

struct swarm {
	unsigned loss_permille; /* A connection is cut at a frame. */
	unsigned dup_permille;
	unsigned told_percent; /* Of ended connections: the dialler hears of it. */
	msec_t delay, jitter, slow_turn;
	bool on[FAULT_ALL];
	unsigned take_percent, lose_percent, slow_percent, refuse_percent; /* Receivers.
									    */
	msec_t chaos_ms;
	unsigned submissions;
};

/* ---- Clients ------------------------------------------------------------------- */

enum ask_state { ASK_WAITING, ASK_RECEIPT, ASK_REFUSED, ASK_GIVEN_UP };

struct ask {
	int machine;
	uint32_t machine_dir; /* Which disk of the machine was asked. */
	uint64_t request;     /* Of the last attempt. */
	struct slice packed;  /* Submission without request; in world.arena. */
	uint32_t body;        /* Field number of Submission.body. */
	enum ask_state state;
	unsigned attempts;
	bool with_bases; /* It says what it was made from: sent again, it is the same. */
	bool many_disks; /* The machine had another disk when it was asked before. */
	bool has_first;  /* A receipt came for it, on that disk: */
	uint32_t first_dir;
	struct hash first_revision;
	uint64_t first_seq;
	int about;            /* Event of the workload; -1. */
	struct slice unknown; /* A field that no program knows, as it was sent. */
};

/* An event as the officers know it. */
struct work_event {
	char id[UUID_TEXT_LEN + 1];
	int node;      /* Whose it is. */
	int machine;   /* Where it was submitted first. */
	bool recorded; /* A receipt came. */
	char bases[4]
		  [2 * HASH_LEN + 1]; /* Revisions that somebody has seen, newest last. */
	unsigned base_count;
	char sessions[4][16];
	unsigned session_count;
	const char *holders[3];
	unsigned holder_count;
	bool has_people;
};

/* Every name of a person begins so: no such bytes may stand where names must not. */
#define PERSON_MARK "PERSON"

struct naive;
struct alert_check;
struct receivers;
struct alert_work;
struct keeping;

/* A person's name that headquarters wants gone.  The same name may stand in other parts,
 * with other salts. */
struct erased_part {
	struct hash part;
	char name[32];
	uint8_t salted[64]; /* Salt and name, as they lie in a store. */
	size_t salted_len;
};

struct world {
	uint64_t seed;
	struct rng rng;
	msec_t now;
	uint64_t ordinal;
	struct event_heap heap;
	struct swarm swarm;
	bool healing;
	struct arena arena; /* For the seed's life. */
	struct zone_table zones;

	struct sim_node nodes[SIM_NODES];
	int node_count;
	struct machine machines[SIM_MACHINES];
	int machine_count;
	int hq, hq_intake; /* Machines. */

	/* Alerts: in some seeds. */
	bool alerts;
	wall_ms_t begin, calendar; /* The wall clock when 'now' was 0; days since then. */
	int notification;          /* Machine. */
	struct alert_check *alert_check;
	struct receivers *receivers;
	struct alert_work *alert_work;
	bool keeps;              /* There is an archive: in most seeds, */
	struct keeping *keeping; /* and this is it; NULL. */
	struct conn *conns;
	int conn_count;
	bool blocked[SIM_MACHINES][SIM_MACHINES]; /* [from][to] */

	struct ask *asks;
	size_t ask_count, ask_cap;
	struct work_event *events;
	size_t event_count, event_cap;
	unsigned names; /* People named so far. */
	unsigned submitted, refusals;
	struct erased_part *erased;
	size_t erased_count, erased_cap;

	/* What was ever at headquarters: (record, position), for receipts that say so. */
	struct {
		struct hash record;
		uint64_t position;
	} * ever;
	size_t ever_count, ever_cap;

	struct naive *naive;
	uint64_t naive_position;

	/* Records on living disks when healing began. */
	struct hash *owed;
	size_t owed_count, owed_cap;
	int restless; /* The machine that has not come to rest. */

	uint64_t turns, sessions_begun;
	unsigned rollbacks, rollbacks_read;

	/* The trace, and what went wrong first. */
	uint64_t trace_hash;
	FILE *print; /* NULL: only hashed. */
	bool failed;
	char checker[40];
	char why[400];
	uint64_t sometimes[SOMETIMES_COUNT];
	char base_dir[120];
};

/* trace.c */
void trace(struct world *, const char *fmt, ...) PRINTF_LIKE(2, 3);
void sim_fail(struct world *, const char *checker, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
static inline void
sometimes(struct world *w, enum sometimes what)
{
	w->sometimes[what]++;
}
const char *short_hash(const struct hash *); /* One of a few buffers. */

/* heap.c */
void heap_push(struct world *, msec_t at, struct sim_event);
bool heap_pop(struct world *, struct sim_event *);
void heap_fini(struct world *);

/* disk.c: folders of machines. */
bool disk_copy(const char *from, const char *to);
bool disk_copy_store(const char *from, const char *to);
void disk_remove(const char *dir);
void disk_remove_store(const char *dir); /* The folder of one store. */
/* All bytes of the folder's files, at the end of 'to'. */
void disk_read(const char *dir, struct buf *to);

/* machine.c */
struct machine *machine_add(struct world *, enum machine_kind, int node,
			    unsigned first_key, unsigned key_count);
void machine_free(struct machine *);
void machine_start(struct machine *);
void machine_crash(struct machine *,
		   msec_t down_for); /* NEVER: until somebody starts it. */
void machine_turn(struct machine *);
void machine_wake(struct machine *, msec_t at);
/* What was put into the inbox wants a turn soon. */
void machine_heard(struct machine *);
void machine_snapshot(struct machine *);
/* The machine is down: its disk becomes that of the snapshot; empty for none. */
void machine_put_back(struct machine *, const struct snapshot *);
void machine_put_back_log(struct machine *, const struct snapshot *);
void machine_put_back_copy(struct machine *, const struct snapshot *);
/* Its store of another day beside its files of today. */
void machine_put_back_store(struct machine *, const struct snapshot *);
/* A store of the machine's disk, opened as its service does. */
struct store *machine_open_store(struct machine *, const char *sub, const char *kind,
				 const char *const *dbs);
/* An empty disk, for a store that is made by hand. */
void machine_new_disk(struct machine *);
void machine_forget(struct machine *); /* Its snapshots. */
wall_ms_t machine_wall(const struct machine *);
struct sim_node *machine_node(const struct machine *);
bool machine_crash_point(void *machine, enum turn_point);
void intake_config_of(struct machine *, struct intake_config *);
struct enrolment hq_trust(const struct world *);
void acked_add(struct acked_list *, const struct acked *);
void acked_copy(struct acked_list *to, const struct acked_list *from);

/* identity.c */
int node_add(struct world *, enum node_role, const char *name, const char *post);
unsigned node_new_key(struct world *, int node);

/* net.c */
void net_dial(struct machine *, struct peer);
void net_hang_up(struct machine *, uint32_t endpoint);
void net_send(struct machine *, struct peer to, const struct slice *parts,
	      unsigned count);
void net_connected(struct world *, int conn);
void net_arrived(struct world *, struct sim_event *);
void net_ended(struct world *, int conn, enum line_end);
void net_machine_down(struct machine *);
void net_block(struct world *, int from, int to, bool blocked);
void net_mend(struct world *, int from, int to);
struct conn *net_conn(struct machine *, struct peer); /* NULL: it is gone. */
struct parcel *parcel_new(const struct slice *parts, unsigned count);

/* calendar.c */
void calendar_draw(struct world *);
void calendar_plan(struct world *);
void calendar_goes_on(struct world *, wall_ms_t by);
wall_ms_t calendar_step(struct world *);
void calendar_days(struct world *); /* Of chaos: some time passes, and will again. */
void alert_fault_happens(struct world *, enum fault);
void alert_clock_right(struct machine *);
wall_ms_t world_wall(const struct world *);

/* receivers_wire.c */
void receivers_take(struct machine *, struct slice job);
void receivers_answer(struct world *, int delivery, uint32_t run);
bool receivers_have_feed(struct world *, const char *subscription);
void receivers_free(struct world *);

/* check_alerts_wire.c */
void alerts_started(struct machine *);
void alerts_committed(struct machine *); /* A turn, whose outbox is still full. */
void alerts_turned(struct machine *);
void alerts_uncommitted(struct machine *);
void alerts_crashed(struct machine *);
bool alerts_rest(struct world *, const char **ret_why);
void check_alerts(struct world *);
void alerts_free(struct world *);

/* shelf.c */
struct shelf shelf_of_machine(struct machine *);
struct memory *shelf_copy(const struct memory *);
void shelf_free(struct memory *);

/* keeper.c */
void keeper_begin(struct world *);
struct machine *archive_machine(struct world *);
void keeper_free(struct world *);
void keeper_draw(struct world *);
void keeper_plan(struct world *);
void keeper_looks(struct world *);
void keeper_config(const struct world *, struct archiving_config *);
void keeper_names(const struct world *, struct aggregation_config *);
/* The archive's service does not start: is it right? */
void keeper_refused(struct machine *, enum err, const char *why);
void archive_fault_happens(struct world *, enum fault);

/* keeper_wire.c: kusanone accept-rollback, at headquarters. */
enum { OPERATOR_PEER = INT32_MAX };
void keeper_gives_up(struct world *);

/* check_archive.c, check_witness.c */
void archive_put(struct machine *, const char *path, struct slice bytes);
void archive_heard(struct machine *hq, const struct link_cursor *);
void archive_turned(struct machine *hq, bool grew);
void archive_sealed(struct machine *);
void archive_started(struct machine *hq);
bool archive_rests(struct world *, const char **ret_why);
void check_archive(struct world *);
void witness_started(struct machine *);
void witness_turned(struct machine *);
void check_witnesses(struct world *);
void check_restless(struct world *, const char *why); /* Is it a witness's fault? */

/* faults.c */
void faults_draw(struct world *);
void faults_plan(struct world *);
void fault_happens(struct world *, enum fault);
void faults_before_turn(struct machine *);
void faults_heal(struct world *);
const char *fault_name(enum fault);

/* work_wire.c, work_event_wire.c, work_hq_wire.c */
void work_begin(struct world *);
void work_happens(struct world *);
void work_send(struct world *, int ask);
void work_local(struct machine *, struct parcel *);
void work_answer(struct machine *, uint32_t client, const struct frame *);
int work_ask(struct world *, struct machine *, const void *submission, int about);
void work_enrol(struct world *, int node, unsigned key, bool again);
void work_revoke(struct world *, int node, unsigned key, int kind,
		 uint64_t from_position);
void work_erase(struct world *);
bool work_idle(const struct world *);
struct machine *work_machine(struct world *, int node);

/* work_alert_wire.c */
void work_alerts_begin(struct world *);
void work_alerts(struct world *);

/* forge_wire.c: blocks that another program could have written. */
void forge(struct world *, struct machine *);

/* records.c: the records of a node's own blocks, in its journal's order. */
struct own_records {
	struct txn *txn; /* All else begins as zeros. */
	uint64_t local;
	uint64_t seq; /* Of the record that was returned last. */
	struct block block;
	size_t pos;
};
bool own_records_next(struct own_records *, struct slice *ret_record) WARN_UNUSED;

/* check*.c: look from outside; they call sim_fail(). */
void check_outbox(struct machine *, const struct outbox *);
void check_heard(struct machine *, const struct conn *, const struct slice *parts,
		 unsigned count);
void check_recorded(struct machine *, const struct hash *record, struct slice unknown);
void check_started(struct machine *);
void check_turned(struct machine *);
void check_random(struct world *);
void check_posts(struct world *);
void check_end(struct world *);
bool check_converged(struct world *, const char **ret_why);
void check_hq_log(struct world *);
void check_hq_fold(struct world *);
void check_post_fold(struct machine *);
void check_receipt(struct machine *, const struct hash *record, uint64_t seq, int reach,
		   uint64_t position);
void check_loose(struct world *, bool all); /* 'all': machines that are down, too. */

/* compare.c: the naive model beside the fold. */
void compare_totals(struct world *, unsigned questions);
void compare_events(struct world *);

/* world.c: one seed.  'bare': with no archive, as it would be without.  True if
 * everything held. */
bool world_run(struct world *, uint64_t seed, bool bare, const char *dir, FILE *print);
void world_fini(struct world *);

#endif
