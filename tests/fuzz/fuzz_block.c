/* A block from a peer or from the disk: what parses is whole, and its records lie in it.
 */
#include "lib/store/block.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct block block;
	struct slice record;
	const char *why = NULL;
	size_t at = 0;
	uint32_t count = 0;

	if (!block_parse(slice_of(data, size), &block, &why)) {
		must(why != NULL);
		return 0;
	}
	must(block.count >= 1 && block.last_seq - block.first_seq + 1 == block.count);
	while (block_next(&block, &at, &record)) {
		must(record.at >= data && record.at + record.len <= data + size);
		must(record.len <= BLOCK_MAX_RECORD);
		must(slice_eq(record, block_record(&block, count)));
		count++;
	}
	must(count == block.count);
	return 0;
}
