#ifndef BITGROVE_CLI_COMMANDS_H
#define BITGROVE_CLI_COMMANDS_H

/* The table of commands, in the order that help lists them. */

#include "cli/args.h"

extern const struct command cmd_explore, cmd_demo, cmd_import, cmd_import_model,
    cmd_learn, cmd_encode, cmd_tree, cmd_bits, cmd_class, cmd_image, cmd_near,
    cmd_eval, cmd_outliers, cmd_report, cmd_export, cmd_features, cmd_jobs,
    cmd_info, cmd_move, cmd_check, cmd_sql;

extern const struct command *const commands[];
extern const int commands_count;

/* By name, or NULL. */
const struct command *commands_find(const char *name);

/* Rows that several commands share, for their tables. */
#define OPTION_MODEL                                               \
    {                                                              \
        "model", '\0', "NAME", "which model (default: the newest)" \
    }
#define OPTION_QUIET                      \
    {                                     \
        "quiet", 'q', NULL, "no progress" \
    }
#define OPTION_DETACH                                                        \
    {                                                                        \
        "detach", '\0', NULL, "queue the job and return; see: bitgrove jobs" \
    }
#define OPTION_END             \
    {                          \
        NULL, '\0', NULL, NULL \
    }

#endif
