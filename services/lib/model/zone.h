/* lib/model/zone.h - UTC offsets of local times, and the date of an instant in Tokyo.
 *
 * Only intake asks for offsets, once, when it records a session: what it stores (local
 * time, zone, offset, both dates) is all that anybody needs later, so an update of
 * tzdata changes no figure.  A core is handed a zone_table by its shell; struct zones
 * is the table over TZif files (RFC 8536) whose bytes the shell reads. */
#ifndef LIB_MODEL_ZONE_H
#define LIB_MODEL_ZONE_H

#include "lib/base/buf.h"
#include "lib/model/tzif.h"

struct zone_table {
	/* False if there is no such zone.  'local' is minute-precise. */
	bool (*find)(void *ctx, struct slice zone, const struct date *local,
		     struct zone_answer *ret_answer);
	void *ctx;
};

/* The offset in force at a minute-precise local time.  False if there is no such zone. */
bool zone_offset(const struct zone_table *, struct slice zone, const struct date *local,
		 int16_t *ret_offset_minutes, enum zone_fit *ret_fit) WARN_UNUSED;

/* Does the zone use this offset at that local time?  Both hold in an overlap. */
bool zone_has_offset(const struct zone_table *, struct slice zone,
		     const struct date *local, int16_t offset_minutes) WARN_UNUSED;

/* The offset in force at an instant, in minutes since 1970-01-01T00:00 UTC.  False if
 * there is no such zone. */
bool zone_offset_at(const struct zone_table *, struct slice zone, int64_t utc_minutes,
		    int16_t *ret_offset_minutes) WARN_UNUSED;

enum { TOKYO_OFFSET_MINUTES = 9 * 60 }; /* Asia/Tokyo has no summer time. */

/* Local to UTC and back, in minutes since 1970-01-01T00:00. */
int64_t zone_to_utc(const struct date *local, int16_t offset_minutes);
struct date zone_to_local(int64_t utc_minutes, int16_t offset_minutes);

/* The date by which it counts under 'rule': a minute-precise one becomes the day in
 * its own zone or in Tokyo, a coarser one has no instant and stays as it is. */
struct date zone_dated_by(const struct date *local, int16_t offset_minutes,
			  enum date_rule rule);

/* ---- A table of zones, each read when it is first asked for. */

/* Put the bytes of the zone's TZif file into 'ret_file'; false if there is none.  The
 * shell's; 'name' has passed zone_name_valid(). */
typedef bool (*zone_read_fn)(void *ctx, struct slice name, struct buf *ret_file);

struct zones {
	struct zone_entry *entries;
	size_t count;
	zone_read_fn read;
	void *ctx;
};

void zones_init(struct zones *, zone_read_fn read, void *ctx);
void zones_fini(struct zones *);

/* The table over it; borrows 'zones'. */
struct zone_table zones_table(struct zones *);

/* Is this the form of an IANA name (letters, digits, "_+-", parts apart by "/", none
 * empty, none beginning with a dot)?  Such a name is safe to look up as a path. */
bool zone_name_valid(struct slice name) WARN_UNUSED;

#endif
