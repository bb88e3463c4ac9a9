/* The pages of --help about publications in English. */
#include "cli/help_pages.h"

#include <stddef.h>

// clang-format off

const struct help_page help_publish_en[] = {
	{ "publish", "freeze a set of figures under a name",
	  "Usage: kusanone publish NAME [OPTION]...\n"
	  "\n"
	  "At headquarters. Shows the figures as of a position of headquarters' log and records\n"
	  "that they were published under NAME. Whatever is recorded later, kusanone publication\n"
	  "show NAME prints the same bytes, and kusanone restatement NAME lists what has changed\n"
	  "them since.\n"
	  "\n"
	  "The position must be covered by a checkpoint of the archive (kusanone archive seal),\n"
	  "which is recorded with the figures: whoever has it can have it checked that the\n"
	  "records behind them are still those. A name is given once; the same again is\n"
	  "answered with the first receipt.\n"
	  "\n"
	  "Options (those about figures are the ones of kusanone totals):\n"
	  "  --by A,B, --measure M,N, --fy A[-B], --rule RULE, --report\n"
	  "  --post, --state, --category, --pillar, --format, --topic, --frame, --status,\n"
	  "  --month, --filter DIMENSION=VALUES\n"
	  "                  which figures; without --by and --measure the report\n"
	  "  --at POSITION   as of this position (default: the newest that the archive's\n"
	  "                  checkpoint covers)\n"
	  "  --dry-run       show the figures, check everything and record nothing\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone archive seal\n"
	  "  $ kusanone publish \"FY2023 by post\" --fy 2023 --by post\n" },

	{ "publication list", "what was published",
	  "Usage: kusanone publication list\n"
	  "\n"
	  "Of each set of figures its name, the position and the question that it answers, and\n"
	  "who published it when.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone publication list\n" },

	{ "publication show", "published figures, as they were",
	  "Usage: kusanone publication show NAME [--checkpoint]\n"
	  "\n"
	  "Computes the figures again, as of their position: the same bytes for ever.\n"
	  "\n"
	  "Options:\n"
	  "  --checkpoint    print the archive's checkpoint that it carries instead, as it was\n"
	  "                  signed: for kusanone archive verify --checkpoint FILE\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone publication show \"FY2023 by post\"\n"
	  "  $ kusanone publication show \"FY2023 by post\" --checkpoint > fy2023.checkpoint\n" },

	{ "restatement", "what has changed published figures since",
	  "Usage: kusanone restatement NAME\n"
	  "\n"
	  "Lists every record since the publication that has changed one of its figures: its\n"
	  "position, when, what it is and who said it; the events whose part in the figures is\n"
	  "another one now, and what of them; and each figure, before and after. At the end the\n"
	  "figures that differ: published, and now. All changes of a figure in their order lead\n"
	  "from the one to the other.\n"
	  "\n"
	  "Example:\n"
	  "  $ kusanone restatement \"FY2023 by post\"\n" },

	{ NULL, NULL, NULL },
};
