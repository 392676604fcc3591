/*
 * Prints what the explorer's tables hold, for the test of the manual: lines of
 * columns divided by tabs.
 *
 *     key      KEYS      HELP
 *     command  NAME      ARGUMENT  HELP
 *     role     KEY       DEFAULT   HELP
 */
#include <config.h>

#include <stdio.h>

#include "ui/action.h"
#include "ui/command.h"
#include "ui/theme.h"

int main(void)
{
    int count;
    const struct binding *bindings = action_bindings(&count);
    const struct command *commands;

    for (int i = 0; i < count; i++)
        printf("key\t%s\t%s\n", bindings[i].keys, bindings[i].help);
    commands = command_table(&count);
    for (int i = 0; i < count; i++)
        printf("command\t%s\t%s\t%s\n", commands[i].name,
               commands[i].argument ? commands[i].argument : "",
               commands[i].help);
    for (int i = 0; i < ROLES; i++)
        printf("role\t%s\t%s\t%s\n", theme_key((enum role)i),
               theme_value((enum role)i), theme_help((enum role)i));
    return 0;
}
