#include <config.h>

#include "ui/theme.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/colour.h"

static const struct {
    const char *key, *value, *help;
} table[ROLES] = {
    [ROLE_SCREEN] = {"screen", "default on default",
                     "the screen itself, under all that has no background"},
    [ROLE_TEXT] = {"text", "plain", "ordinary text"},
    [ROLE_DIM] = {"dim", "244", "labels and what matters less"},
    [ROLE_HEADING] = {"heading", "bold", "the heading of a pane"},
    [ROLE_RULE] = {"rule", "244", "lines between panes"},
    [ROLE_TITLE] = {"title", "plain", "the title line"},
    [ROLE_TITLE_NAME] = {"title.name", "bold 31",
                         "the catalogue's name in the title line"},
    [ROLE_TITLE_DIM] = {"title.dim", "244",
                        "what matters less in the title line"},
    [ROLE_HINT] = {"hint", "244", "the line of hints"},
    [ROLE_HINT_KEY] = {"hint.key", "bold", "a key in the line of hints"},
    [ROLE_SELECTED] = {"selected", "reverse", "the selected row"},
    [ROLE_SELECTED_IDLE] = {"selected.idle", "underline",
                            "the selected row of a pane without focus"},
    [ROLE_MATCH] = {"match", "bold 130 underline", "what a search found"},
    [ROLE_NUMBER] = {"number", "31", "counts and measures"},
    [ROLE_GOOD] = {"good", "28", "right, done, high"},
    [ROLE_BAD] = {"bad", "167", "wrong, failed, low"},
    [ROLE_WARN] = {"warn", "130", "in between, waiting, doubtful"},
    [ROLE_BIT_ON] = {"bit.on", "bold 31", "a bit that is 1"},
    [ROLE_BIT_OFF] = {"bit.off", "244", "a bit that is 0"},
    [ROLE_BIT_FREE] = {"bit.free", "bold 133", "a bit that may be either"},
    [ROLE_BIT_DIFFERS] = {"bit.differs", "bold 130",
                          "a bit that differs from the query's"},
    [ROLE_TREE] = {"tree", "244", "the lines of the tree"},
    [ROLE_SIDE_ON] = {"side.on", "31",
                      "a node most of whose classes have the bit"},
    [ROLE_SIDE_OFF] = {"side.off", "130",
                       "a node most of whose classes lack the bit"},
    [ROLE_SIDE_MIXED] = {"side.mixed", "133", "a node the bit divides"},
    [ROLE_BAR] = {"bar", "31", "the filled part of a bar"},
    [ROLE_BAR_REST] = {"bar.rest", "244", "the rest of a bar"},
    [ROLE_CURVE_1] = {"curve.1", "31", "first curve of a chart"},
    [ROLE_CURVE_2] = {"curve.2", "130", "second curve of a chart"},
    [ROLE_CURVE_3] = {"curve.3", "133", "third curve of a chart"},
    [ROLE_GROUP_1] = {"group.1", "31",
                      "the largest group of the reference hierarchy"},
    [ROLE_GROUP_2] = {"group.2", "130", "the second group"},
    [ROLE_GROUP_3] = {"group.3", "133", "the third group"},
    [ROLE_GROUP_4] = {"group.4", "28", "the fourth group"},
    [ROLE_GROUP_5] = {"group.5", "62", "the fifth group"},
    [ROLE_GROUP_6] = {"group.6", "167", "the sixth group"},
    [ROLE_PROMPT] = {"prompt", "bold", "the prompt"},
    [ROLE_MESSAGE] = {"message", "plain", "a message"},
    [ROLE_ERROR] = {"error", "bold 196", "an error message"},
};

const char *theme_key(enum role role)
{
    return table[role].key;
}

const char *theme_value(enum role role)
{
    return table[role].value;
}

const char *theme_help(enum role role)
{
    return table[role].help;
}

void theme_default(struct theme *out)
{
    memset(out, 0, sizeof(*out));
    snprintf(out->name, sizeof(out->name), "default");
    for (int i = 0; i < ROLES; i++) {
        struct err err;

        if (style_parse(&out->styles[i], table[i].value, &err) != OK)
            abort();
    }
}

/* Cuts blanks off both ends, in place. */
static char *trim(char *s)
{
    size_t n;

    s += strspn(s, " \t\r\n");
    n = strlen(s);
    while (n > 0 && strchr(" \t\r\n", s[n - 1]))
        s[--n] = '\0';
    return s;
}

static int find_key(const char *key)
{
    for (int i = 0; i < ROLES; i++)
        if (strcmp(table[i].key, key) == 0)
            return i;
    return -1;
}

static enum status parse_line(struct theme *theme, bool seen[ROLES], char *line,
                              struct err *err)
{
    char *text = trim(line), *equals;
    int role;

    if (text[0] == '\0' || text[0] == '#')
        return OK;
    equals = strchr(text, '=');
    if (!equals)
        return err_set(err, ERR_BAD_INPUT,
                       "'%s' is not of the form key = "
                       "style",
                       text);
    *equals = '\0';
    text = trim(text);
    role = find_key(text);
    if (role < 0)
        return err_set(err, ERR_BAD_INPUT,
                       "there is no key '%s'; bitgrove-theme(5) lists them",
                       text);
    if (seen[role])
        return err_set(err, ERR_BAD_INPUT, "'%s' is set twice", text);
    seen[role] = true;
    return style_parse(&theme->styles[role], trim(equals + 1), err);
}

/* A blank and a '#' begin it, unless they begin a colour. */
static void cut_comment(char *line)
{
    static const char digits[] = "0123456789abcdefABCDEF";

    for (char *hash = strstr(line, " #"); hash; hash = strstr(hash + 1, " #")) {
        if (strspn(hash + 2, digits) != 6) {
            *hash = '\0';
            return;
        }
    }
}

enum status theme_load(struct theme *out, const char *path, struct err *err)
{
    FILE *file = fopen(path, "r");
    struct theme theme;
    bool seen[ROLES] = {false};
    char *line = NULL;
    size_t room = 0;
    enum status status = OK;
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;

    if (!file)
        return err_sys(err, errno, "theme %s", path);
    theme_default(&theme);
    for (int n = 1; status == OK && getline(&line, &room, file) >= 0; n++) {
        cut_comment(line);
        status = parse_line(&theme, seen, line, err);
        if (status != OK)
            err_wrap(err, "%s:%d", path, n);
    }
    if (status == OK && ferror(file))
        status = err_sys(err, errno, "theme %s", path);
    free(line);
    fclose(file);
    if (status != OK)
        return status;
    snprintf(theme.name, sizeof(theme.name), "%.*s", (int)strcspn(base, "."),
             base);
    *out = theme;
    return OK;
}

static const char *installed_dir(void)
{
    const char *dir = getenv("BITGROVE_THEMES");

    return dir && dir[0] ? dir : PKGDATADIR "/themes";
}

static void user_dir(struct str *out)
{
    const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (xdg && xdg[0] == '/')
        str_addf(out, "%s/bitgrove/themes", xdg);
    else if (home && home[0])
        str_addf(out, "%s/.config/bitgrove/themes", home);
}

static bool readable(const char *path)
{
    FILE *file = fopen(path, "r");

    if (file)
        fclose(file);
    return file != NULL;
}

enum status theme_find(struct theme *out, const char *name, struct err *err)
{
    struct str path = STR_INIT;
    enum status status;

    if (strcmp(name, "default") == 0) {
        theme_default(out);
        return OK;
    }
    if (strchr(name, '/'))
        return theme_load(out, name, err);
    user_dir(&path);
    str_addf(&path, "/%s.theme", name);
    if (!readable(path.text)) {
        str_clear(&path);
        str_addf(&path, "%s/%s.theme", installed_dir(), name);
    }
    if (readable(path.text)) {
        status = theme_load(out, path.text, err);
    } else {
        struct str all = STR_INIT;

        theme_list(&all);
        for (size_t i = 0; i < all.length; i++)
            if (all.text[i] == '\n')
                all.text[i] = ' ';
        status =
            err_set(err, ERR_NOT_FOUND, "there is no theme '%s'; there are: %s",
                    name, all.text);
        str_release(&all);
    }
    str_release(&path);
    return status;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_dir(const char *path, char ***names, int *count, int *room)
{
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir && (entry = readdir(dir))) {
        size_t n = strlen(entry->d_name);

        if (n <= 6 || strcmp(entry->d_name + n - 6, ".theme") != 0)
            continue;
        ARRAY_GROW(*names, *count, *room);
        (*names)[(*count)++] = mem_strndup(entry->d_name, n - 6);
    }
    if (dir)
        closedir(dir);
}

void theme_list(struct str *out)
{
    struct str user = STR_INIT;
    char **names = NULL;
    int count = 0, room = 0;

    user_dir(&user);
    ARRAY_GROW(names, count, room);
    names[count++] = mem_strdup("default");
    add_dir(user.text, &names, &count, &room);
    add_dir(installed_dir(), &names, &count, &room);
    qsort(names, (size_t)count, sizeof(*names), compare_names);
    for (int i = 0; i < count; i++)
        if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
            str_addf(out, "%s%s", out->length ? "\n" : "", names[i]);
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    str_release(&user);
}

void theme_reduce(struct theme *theme, int colours)
{
    struct style screen = theme->styles[ROLE_SCREEN];

    for (int i = 0; i < ROLES; i++)
        theme->styles[i] = style_reduce(theme->styles[i], colours);
    /* Text of a theme for light screens needs a light one, and so on. */
    screen.fg = colour_reduce(screen.fg, colours);
    screen.bg = colour_reduce(screen.bg, colours);
    theme->styles[ROLE_SCREEN] = screen;
    if (style_equal(theme->styles[ROLE_SELECTED],
                    theme->styles[ROLE_SELECTED_IDLE]))
        theme->styles[ROLE_SELECTED_IDLE] =
            (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, STYLE_UNDERLINE};
}
