/* lib/archive/pack.h - bytes made smaller, and read back within bounds (zstd, RFC 8878).
 *
 * Each call is one frame that says its content's length and has a checksum; none needs
 * another to be read.  pack.c is the only file that sees zstd. */
#ifndef LIB_ARCHIVE_PACK_H
#define LIB_ARCHIVE_PACK_H

#include "lib/base/buf.h"

struct packer;
struct unpacker;

/* On records of ours 3 makes frames 1 % smaller and sealing a quarter slower. */
enum { PACK_LEVEL = 1 };

struct packer *packer_new(int level);
void packer_free(struct packer *);

/* Append the frame; returns its length. */
size_t packer_put(struct packer *, struct slice content, struct buf *to);

struct unpacker *unpacker_new(void);
void unpacker_free(struct unpacker *);

/* 'frame' is exactly one frame of exactly 'len' bytes of content: put them at 'ret_at'.
 * Nothing is written beyond; what would grow is refused before anything is unpacked. */
bool unpacker_get(struct unpacker *, struct slice frame, void *ret_at,
		  size_t len) WARN_UNUSED;

#endif
