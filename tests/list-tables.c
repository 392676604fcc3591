/*
 * Prints what the explorer's tables hold, for the manual and its test:
 * list-tables keys|commands|filters|settings as mdoc, list-tables roles as lines of
 * key, default and help divided by tabs.
 */
#include <config.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ui/action.h"
#include "ui/command.h"
#include "ui/imagefilter.h"
#include "ui/preference.h"
#include "ui/theme.h"

enum { WIDTH = 76 };

/* Words in lines that mandoc takes without a remark. */
static void print_words(const char *text)
{
    int col = 0;

    while (*text) {
        int n = (int)strcspn(text, " ");

        if (col > 0 && col + 1 + n > WIDTH) {
            putchar('\n');
            col = 0;
        } else if (col > 0) {
            putchar(' ');
            col++;
        }
        printf("%.*s", n, text);
        col += n;
        text += n;
        text += strspn(text, " ");
    }
    putchar('\n');
}

/* mdoc reads a sign alone as punctuation. */
static void print_keys(const struct action_row *row)
{
    if (row->keys[0] == '\0') {
        printf(".It Ic \\&:%s\n", row->name);
        return;
    }
    printf(".It Ic ");
    for (const char *p = row->keys; *p; p++) {
        if (strchr(".,:;()[]?!|", *p))
            printf("\\&");
        putchar(*p);
    }
    putchar('\n');
}

static void print_views(uint32_t views)
{
    const char *between = "";
    uint32_t all = (1u << VIEW_KINDS) - 1;

    if ((views & all) == all) {
        puts("Every view:");
        return;
    }
    if (views & (1u << VIEW_HELP)) {
        printf("Every view but ");
        views = ~views;
    }
    for (int i = 0; i < VIEW_KINDS; i++) {
        const char *name = action_view_name((enum view_kind)i);

        if (!(views & (1u << i)))
            continue;
        printf("%s%c%s", between, toupper((unsigned char)name[0]), name + 1);
        between = ", ";
    }
    puts(":");
}

/* The rows of the same views as the i-th, if it is the first of these. */
static void print_group(const struct action_row *rows, int count, int i)
{
    for (int j = 0; j < i; j++)
        if (rows[j].views == rows[i].views)
            return;
    puts(".Pp");
    print_views(rows[i].views);
    puts(".Bl -tag -width \"PgDn C-d\" -compact");
    for (int j = i; j < count; j++) {
        if (rows[j].views != rows[i].views)
            continue;
        print_keys(&rows[j]);
        print_words(rows[j].help);
        printf(".Pq Cm %s\n", rows[j].name);
    }
    puts(".El");
}

static void print_actions(void)
{
    int count;
    const struct action_row *rows = action_rows(&count);

    for (int i = 0; i < count; i++)
        print_group(rows, count, i);
}

static void print_commands(void)
{
    int count;
    const struct command *rows = command_table(&count);

    puts(".Bl -tag -width Ds");
    for (int i = 0; i < count; i++) {
        printf(".It Ic \\&:%s", rows[i].name);
        if (rows[i].argument)
            printf(" Ar \"%s\"", rows[i].argument);
        putchar('\n');
        print_words(rows[i].help);
    }
    puts(".El");
}

static void print_filters(void)
{
    int count;
    const struct imagefilter_term *rows = imagefilter_table(&count);

    puts(".Bl -tag -width \"train test ood\"");
    for (int i = 0; i < count; i++) {
        printf(".It Cm %s\n", rows[i].term);
        print_words(rows[i].help);
    }
    puts(".El");
}

static void print_settings(void)
{
    int count;
    const struct preference *rows = preference_table(&count);

    puts(".Bl -tag -width Ds");
    for (int i = 0; i < count; i++) {
        struct str text = STR_INIT;

        printf(".It Cm %s Ar %s\n", rows[i].name, rows[i].values);
        str_addf(&text, "%s; without it: %s.", rows[i].help, rows[i].fallback);
        print_words(text.text);
        str_release(&text);
    }
    puts(".El");
}

static void print_roles(void)
{
    for (int i = 0; i < ROLES; i++)
        printf("role\t%s\t%s\t%s\n", theme_key((enum role)i),
               theme_value((enum role)i), theme_help((enum role)i));
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } tables[] = {{"keys", print_actions},
                  {"commands", print_commands},
                  {"filters", print_filters},
                  {"settings", print_settings},
                  {"roles", print_roles}};

    for (size_t i = 0; argc == 2 && i < sizeof(tables) / sizeof(tables[0]);
         i++) {
        if (strcmp(argv[1], tables[i].name) != 0)
            continue;
        tables[i].print();
        return 0;
    }
    fprintf(stderr,
            "usage: list-tables keys|commands|filters|settings|roles\n");
    return 2;
}
