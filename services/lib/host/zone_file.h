/* lib/host/zone_file.h - the machine's time zone files, for lib/model's struct zones.
 *
 * The bytes only: lib/model reads TZif and keeps each zone once it was asked for, so a
 * file is read once in a process' life and an update of tzdata takes effect at the next
 * start. */
#ifndef LIB_HOST_ZONE_FILE_H
#define LIB_HOST_ZONE_FILE_H

#include "lib/base/buf.h"

enum { ZONE_NAME_MAX = 64, ZONE_FILE_MAX = 64 * 1024 };

/* Append the file of the zone, "Asia/Tokyo".  ERR_INVALID if the name is not one (a
 * path that leads elsewhere, say) or the file no TZif; ERR_NOT_FOUND if there is none. */
enum err zone_file_read(const char *name, struct buf *ret_file) WARN_UNUSED;

/* The same in the form that struct zones asks in; 'ctx' is not used. */
bool zone_file_find(void *ctx, struct slice name, struct buf *ret_file);

#endif
