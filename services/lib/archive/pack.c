#include "lib/archive/pack.h"

#include <zstd.h>

/* Neither struct is ever seen whole: they are zstd's contexts under our names. */
static ZSTD_CCtx *
cctx(struct packer *p)
{
	return (ZSTD_CCtx *)(void *)p;
}

static ZSTD_DCtx *
dctx(struct unpacker *u)
{
	return (ZSTD_DCtx *)(void *)u;
}

struct packer *
packer_new(int level)
{
	ZSTD_CCtx *ctx = ZSTD_createCCtx();

	must(ctx != NULL);
	must(!ZSTD_isError(ZSTD_CCtx_setParameter(ctx, ZSTD_c_compressionLevel, level)));
	must(!ZSTD_isError(ZSTD_CCtx_setParameter(ctx, ZSTD_c_checksumFlag, 1)));
	return (struct packer *)(void *)ctx;
}

void
packer_free(struct packer *p)
{
	ZSTD_freeCCtx(cctx(p));
}

size_t
packer_put(struct packer *p, struct slice content, struct buf *to)
{
	size_t room = ZSTD_compressBound(content.len);
	size_t len = ZSTD_compress2(cctx(p), buf_reserve(to, room), room, content.at,
				    content.len);

	must(!ZSTD_isError(len));
	to->len += len;
	return len;
}

struct unpacker *
unpacker_new(void)
{
	ZSTD_DCtx *ctx = ZSTD_createDCtx();

	must(ctx != NULL);
	return (struct unpacker *)(void *)ctx;
}

void
unpacker_free(struct unpacker *u)
{
	ZSTD_freeDCtx(dctx(u));
}

bool
unpacker_get(struct unpacker *u, struct slice frame, void *ret_at, size_t len)
{
	/* Skippable frames say that they hold nothing; a length that is not said is an
	 * error's number, too. */
	return len != 0 && ZSTD_getFrameContentSize(frame.at, frame.len) == len &&
	       ZSTD_findFrameCompressedSize(frame.at, frame.len) == frame.len &&
	       ZSTD_decompressDCtx(dctx(u), ret_at, len, frame.at, frame.len) == len;
}
