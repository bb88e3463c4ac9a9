#include "lib/archive/sha256.h"

#include <openssl/evp.h>
#include <pthread.h>

/* Fetching it takes longer than hashing a node: once in the life of the process. */
static EVP_MD *algorithm;

static void
fetch(void)
{
	algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(algorithm != NULL);
}

static EVP_MD_CTX *
begin(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	must(pthread_once(&once, fetch) == 0);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	must(ctx != NULL);
	must(EVP_DigestInit_ex2(ctx, algorithm, NULL) == 1);
	return ctx;
}

/* Of one byte, if there is one, and what follows. */
static struct sha256
digest(const uint8_t *prefix, struct slice first, struct slice second)
{
	EVP_MD_CTX *ctx = begin();
	struct sha256 hash;

	must(prefix == NULL || EVP_DigestUpdate(ctx, prefix, 1) == 1);
	must(first.len == 0 || EVP_DigestUpdate(ctx, first.at, first.len) == 1);
	must(second.len == 0 || EVP_DigestUpdate(ctx, second.at, second.len) == 1);
	must(EVP_DigestFinal_ex(ctx, hash.b, NULL) == 1);
	EVP_MD_CTX_free(ctx);
	return hash;
}

struct sha256
sha256_of(struct slice s)
{
	return digest(NULL, s, (struct slice){ 0 });
}

struct sha256
sha256_empty(void)
{
	return sha256_of((struct slice){ 0 });
}

struct sha256
sha256_leaf(struct slice entry)
{
	return digest(&(const uint8_t){ 0 }, entry, (struct slice){ 0 });
}

struct sha256
sha256_node(const struct sha256 *left, const struct sha256 *right)
{
	return digest(&(const uint8_t){ 1 }, slice_of(left->b, SHA256_LEN),
		      slice_of(right->b, SHA256_LEN));
}

/* OpenSSL's own, under a name of ours. */
struct sha256_sum *
sha256_begin(void)
{
	return (struct sha256_sum *)begin();
}

void
sha256_add(struct sha256_sum *sum, struct slice s)
{
	must(s.len == 0 || EVP_DigestUpdate((EVP_MD_CTX *)sum, s.at, s.len) == 1);
}

struct sha256
sha256_end(struct sha256_sum *sum)
{
	struct sha256 hash;

	must(EVP_DigestFinal_ex((EVP_MD_CTX *)sum, hash.b, NULL) == 1);
	EVP_MD_CTX_free((EVP_MD_CTX *)sum);
	return hash;
}
