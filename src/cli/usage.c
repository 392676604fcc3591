#include <config.h>

#include "cli/usage.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "base/xdg.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/paths.h"
#include "codes/hamming.h"
#include "store/db.h"

/* Text in lines of `width` columns, each begun with `indent` blanks but the
 * first, which stands at column `at` already. */
static void wrap(const char *text, int at, int indent, int width)
{
    while (*text) {
        size_t word = strcspn(text, " \n");

        if (at > indent && at + 1 + (int)word > width) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            putchar(' ');
            at++;
        }
        printf("%.*s", (int)word, text);
        at += (int)word;
        text += word;
        if (*text == '\n') {
            printf("\n%s%*s", text[1] == '\n' ? "\n" : "", indent, "");
            at = indent;
            text += strspn(text, "\n");
        }
        text += strspn(text, " ");
    }
    putchar('\n');
}

static int text_width(void)
{
    int columns = console_columns(stdout);

    return columns == 0 || columns > 80 ? 80 : columns < 30 ? 30 : columns;
}

static void print_entry(const char *head, const char *text)
{
    int indent = text_width() < 60 ? 6 : 24;

    printf("  %s", head);
    if ((int)strlen(head) + 2 >= indent - 1)
        printf("\n%*s", indent, "");
    else
        printf("%*s", indent - 2 - (int)strlen(head), "");
    wrap(text, indent, indent, text_width());
}

void usage_overview(void)
{
    puts("usage: bitgrove                       open the catalogue last "
         "opened\n"
         "       bitgrove [OPTION]... CATALOGUE open it in the explorer\n"
         "       bitgrove COMMAND [OPTION]... CATALOGUE [ARG]...\n"
         "\n"
         "Learns short binary codes for images and their classes, and lets you "
         "walk\nthrough what was learnt.\n\nCommands:");
    for (int i = 0; i < commands_count; i++)
        print_entry(commands[i]->name, commands[i]->summary);
    puts("\nOther:");
    print_entry("help COMMAND", "what a command does, and its options");
    print_entry("--version [-v]",
                "version, and with -v what it was built with");
    print_entry("--info", "paths, terminal, colours, versions");
    print_entry("--check-keys", "what is wrong in bitgroverc");
    puts("\nExit status: 0 done, 1 nothing found, 2 usage or bad input, 3 "
         "catalogue\nunreadable, damaged or newer than the program, 130 "
         "interrupted.\nFull manual: man bitgrove");
}

static void print_own(const struct option_row *row)
{
    struct str head = STR_INIT;

    if (row->letter)
        str_addf(&head, "-%c, ", row->letter);
    str_addf(&head, "--%s", row->name);
    if (row->metavar)
        str_addf(&head, " %s", row->metavar);
    print_entry(head.text, row->help);
    str_release(&head);
}

static void print_spec(const struct param_spec *spec)
{
    struct str head = STR_INIT, text = STR_INIT;

    str_addf(&head, "--%s", spec->name);
    if (spec->type != PARAM_FLAG)
        str_addf(&head, " %s", spec->metavar ? spec->metavar : "VALUE");
    str_add(&text, spec->help);
    if (spec->type == PARAM_CHOICE)
        str_addf(&text, ": %s", spec->choices);
    if (spec->fallback != NULL && spec->fallback[0])
        str_addf(&text, " (default: %s)", spec->fallback);
    print_entry(head.text, text.text);
    str_release(&head);
    str_release(&text);
}

static void print_formats(const struct command *command)
{
    struct str text = STR_INIT;
    int count = 0;

    for (int f = 0; f < FORMAT_COUNT; f++)
        if (command->formats & FORMAT_BIT(f))
            str_addf(&text, "%s%s", count++ ? ", " : "how to print: ",
                     format_name((enum format)f));
    str_addf(&text, " (default: %s)",
             command->usual ? command->usual : "the first");
    if (count > 1)
        print_entry("--format FORMAT", text.text);
    str_release(&text);
}

void usage_command(const struct command *command)
{
    const struct param_spec *specs = NULL;
    int count = 0;

    printf("usage: bitgrove %s [OPTION]... %s\n\n", command->name,
           command->synopsis);
    wrap(command->details, 0, 0, text_width());
    puts("\nOptions:");
    for (const struct option_row *row = command->options;
         row != NULL && row->name != NULL; row++)
        print_own(row);
    if (command->kind != JOB_KIND_COUNT)
        specs = param_specs(command->kind, &count);
    for (int i = 0; i < count; i++)
        if (args_passed(command, specs[i].name))
            print_spec(&specs[i]);
    if (command->formats)
        print_formats(command);
    print_entry("-h, --help", "this text");
}

void usage_version(bool verbose)
{
    puts("bitgrove " PACKAGE_VERSION);
    if (!verbose)
        return;
    puts("libraries   " BG_LIBRARIES);
    puts("compiler    " __VERSION__ ", " BG_CFLAGS);
    puts("sanitizer   " BG_SANITIZER);
    printf("schema      %d\n", db_newest_version());
    printf("kernel      %s\n", hamming_at(0)->name);
}

static void print_path(const char *what, char *path)
{
    struct str safe = STR_INIT;

    console_name(&safe, path ? path : "(not found)");
    printf("%-12s%s\n", what, safe.text);
    str_release(&safe);
    free(path);
}

static void print_environment(const char *what, const char *name)
{
    const char *value = getenv(name);
    struct str safe = STR_INIT;

    console_name(&safe, value ? value : "(unset)");
    printf("%-12s%s\n", what, safe.text);
    str_release(&safe);
}

void usage_info(void)
{
    usage_version(true);
    print_path("program", paths_self());
    print_path("state", xdg_path(XDG_STATE, ""));
    print_path("last", paths_last_get());
    print_path("data", paths_data("demo"));
    print_path("demo", paths_demo_default());
    print_environment("TERM", "TERM");
    print_environment("COLORTERM", "COLORTERM");
    print_environment("NO_COLOR", "NO_COLOR");
    print_environment("LANG", "LANG");
    printf("%-12s%s\n", "characters", console_utf8() ? "UTF-8" : "ASCII");
    printf("%-12s%s\n", "colours",
           console_truecolour() ? "24 bits"
           : console_colour()   ? "16"
                                : "none");
    printf("%-12s%d\n", "columns", console_columns(stdout));
}
