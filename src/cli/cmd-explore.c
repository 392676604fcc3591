#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "cli/commands.h"
#include "cli/explore.h"
#include "cli/paths.h"
#include "cli/usage.h"

static enum status run(struct args *args, struct err *err)
{
    char *last;
    enum status status;

    if (args->words_count > 0)
        return explore(args->words[0], args, err);
    last = paths_last_get();
    if (last == NULL) {
        usage_overview();
        puts("\nNo catalogue was opened yet. To see what bitgrove does, try: "
             "bitgrove demo");
        return OK;
    }
    status = explore(last, args, err);
    free(last);
    return status;
}

static const struct option_row options[] = {
    {"theme", '\0', "NAME",
     "default, dark, light, mono, another installed, your own, or a path"},
    {"pictures", '\0', "HOW", "auto, kitty, iterm, sixel, half, ascii or none"},
    {"goto", '\0', "PLACE", "begin there, as the explorer's :goto has it"},
    {"ascii", '\0', NULL, "plain ASCII, whatever the locale"},
    {"readonly", '\0', NULL, "never write to the catalogue"},
    OPTION_END,
};

const struct command cmd_explore = {
    .name = "explore",
    .synopsis = "[CATALOGUE]",
    .summary = "open the explorer: the same as bitgrove CATALOGUE",
    .details =
        "Opens the catalogue, or the one last opened, in the explorer. The "
        "word 'explore' may be left out. Press ? there for the keys.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .least = 0,
    .most = 1,
    .run = run,
};
