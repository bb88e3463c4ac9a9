#include "cli/messages.h"

#include "lib/base/base.h"

#define CLI_MESSAGE_TEXTS(name, en, ja) [name] = { [LANG_EN] = (en), [LANG_JA] = (ja) },
static const char *const texts[MESSAGE_COUNT][LANG_COUNT] = { CLI_MESSAGES(
	CLI_MESSAGE_TEXTS) };
#undef CLI_MESSAGE_TEXTS

const char *
message_text(enum lang lang, enum message message)
{
	must(lang < LANG_COUNT && message < MESSAGE_COUNT);
	return texts[message][lang];
}
