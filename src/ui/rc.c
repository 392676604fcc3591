#include <config.h>

#include "ui/rc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "base/xdg.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/preference.h"

void rc_report_init(struct rc_report *report)
{
    str_init(&report->files);
    str_init(&report->findings);
    report->count = 0;
}

void rc_report_release(struct rc_report *report)
{
    str_release(&report->files);
    str_release(&report->findings);
}

/* Copies the next word of *text, which goes on behind it. */
static void next_word(const char **text, struct str *out)
{
    size_t n;

    *text += strspn(*text, " \t");
    n = strcspn(*text, " \t");
    str_clear(out);
    str_add_bytes(out, *text, n);
    *text += n;
}

static enum status unknown_view(const char *name, struct err *err)
{
    struct str all = STR_INIT;
    enum status status;

    for (int i = 0; i < VIEW_KINDS; i++)
        str_addf(&all, " %s", action_view_name((enum view_kind)i));
    status = err_set(err, ERR_BAD_INPUT,
                     "there is no view '%s'; there are: all%s", name, all.text);
    str_release(&all);
    return status;
}

enum status rc_bind(struct app *app, const char *text, const char *origin,
                    struct str *clashes, struct err *err)
{
    struct str view = STR_INIT, keys = STR_INIT, command = STR_INIT;
    uint32_t views;
    enum status status;

    next_word(&text, &view);
    next_word(&text, &keys);
    str_add(&command, text + strspn(text, " \t:"));
    while (command.length > 0 &&
           strchr(" \t", command.text[command.length - 1]))
        command.text[--command.length] = '\0';
    views = action_views_named(view.text);
    if (command.length == 0)
        status = err_set(err, ERR_BAD_INPUT,
                         "bind takes a view, a key and a command, such as: "
                         "bind tree x unfold-all");
    else if (views == 0)
        status = unknown_view(view.text, err);
    else if (strcmp(command.text, "none") != 0 &&
             !command_known(command.text, err))
        status = err->status;
    else
        status = bindings_add(&app->bindings, views, keys.text, command.text,
                              origin, clashes, err);
    str_release(&view);
    str_release(&keys);
    str_release(&command);
    return status;
}

void rc_complete_bind(const char *text, struct str *out)
{
    const char *view = text, *key, *command;
    struct str commands = STR_INIT;
    char *save, *name;

    key = view + strcspn(view, " ");
    if (*key == '\0') {
        for (int i = 0; i < VIEW_KINDS; i++)
            if (str_starts(action_view_name((enum view_kind)i), view))
                str_addf(out, "%s \n", action_view_name((enum view_kind)i));
        if (str_starts("all", view))
            str_add(out, "all \n");
        return;
    }
    key++;
    command = key + strcspn(key, " ");
    if (*command == '\0')
        return;
    command++;
    command_names(command, &commands);
    if (commands.length == 0)
        return;
    for (name = strtok_r(commands.text, "\n", &save); name;
         name = strtok_r(NULL, "\n", &save))
        str_addf(out, "%.*s%s\n", (int)(command - text), text, name);
    str_release(&commands);
}

static enum status run_line(struct app *app, const char *line,
                            const char *origin, struct str *clashes,
                            struct err *err)
{
    struct str word = STR_INIT;
    enum status status;

    next_word(&line, &word);
    line += strspn(line, " \t");
    if (strcmp(word.text, "bind") == 0)
        status = rc_bind(app, line, origin, clashes, err);
    else if (strcmp(word.text, "set") == 0)
        status = preference_apply(app, line, err);
    else
        status = err_set(err, ERR_BAD_INPUT,
                         "'%s' is neither bind nor set; a line is `bind VIEW "
                         "KEY COMMAND` or `set NAME VALUE`",
                         word.text);
    str_release(&word);
    return status;
}

static void trim(char *line)
{
    size_t n = strlen(line);

    while (n > 0 && strchr(" \t\r\n", line[n - 1]))
        line[--n] = '\0';
}

static void read_lines(struct app *app, FILE *file, const char *path,
                       struct rc_report *report)
{
    char *line = NULL;
    size_t room = 0;
    struct err err;

    for (int number = 1; getline(&line, &room, file) >= 0; number++) {
        struct str origin = STR_INIT, clashes = STR_INIT;
        const char *text = line + strspn(line, " \t\r\n");

        trim(line);
        str_addf(&origin, "%s:%d", path, number);
        if (*text && *text != '#' &&
            run_line(app, text, origin.text, &clashes, &err) != OK)
            str_addf(&clashes, "%s: %s\n", origin.text, err.text);
        str_add(&report->findings, clashes.text);
        for (const char *p = clashes.text; *p; p++)
            report->count += *p == '\n';
        str_release(&origin);
        str_release(&clashes);
    }
    free(line);
}

void rc_load_file(struct app *app, const char *path, struct rc_report *report)
{
    FILE *file = fopen(path, "r");

    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR)
            return;
        str_addf(&report->findings, "%s: %s\n", path, strerror(errno));
        report->count++;
        return;
    }
    str_addf(&report->files, "%s\n", path);
    read_lines(app, file, path, report);
    if (ferror(file)) {
        str_addf(&report->findings, "%s: it can't be read\n", path);
        report->count++;
    }
    fclose(file);
}

void rc_load(struct app *app, struct rc_report *report)
{
    const char *given = getenv("BITGROVE_CONFIG");
    char *own;

    if (given && given[0]) {
        rc_load_file(app, given, report);
        return;
    }
    rc_load_file(app, SYSCONFDIR "/bitgroverc", report);
    own = xdg_path(XDG_CONFIG, "bitgroverc");
    if (own)
        rc_load_file(app, own, report);
    free(own);
}

void rc_check(struct rc_report *report)
{
    struct app app;

    memset(&app, 0, sizeof(app));
    app.look.glyphs = glyphs_for(glyphs_locale_is_ascii());
    theme_default(&app.theme);
    bindings_init(&app.bindings);
    rc_load(&app, report);
    bindings_release(&app.bindings);
    free(app.author);
}
