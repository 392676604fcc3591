#include <config.h>

#include "ui/preference.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/app.h"
#include "ui/remark.h"
#include "ui/screen.h"

#define SWITCH "on|off"

static enum status read_switch(bool *out, const char *value, struct err *err)
{
    if (strcmp(value, "on") != 0 && strcmp(value, "off") != 0)
        return err_set(err, ERR_BAD_INPUT, "'%s' is neither on nor off", value);
    *out = strcmp(value, "on") == 0;
    return OK;
}

static enum status set_ascii(struct app *app, const char *value,
                             struct err *err)
{
    bool on = false;

    if (read_switch(&on, value, err) != OK)
        return err->status;
    app->look.glyphs = glyphs_for(on || glyphs_locale_is_ascii());
    return OK;
}

static void get_ascii(const struct app *app, struct str *out)
{
    str_add(out, app->look.glyphs->ascii ? "on" : "off");
}

static enum status set_author(struct app *app, const char *value,
                              struct err *err)
{
    (void)err;
    free(app->author);
    app->author = mem_strdup(value);
    return OK;
}

static void get_author(const struct app *app, struct str *out)
{
    str_add(out, remark_author(app));
}

static enum status set_mouse(struct app *app, const char *value,
                             struct err *err)
{
    if (read_switch(&app->mouse, value, err) != OK)
        return err->status;
    if (app->tty)
        tty_mouse(app->tty, app->mouse);
    return OK;
}

static void get_mouse(const struct app *app, struct str *out)
{
    str_add(out, app->mouse ? "on" : "off");
}

static enum status set_pictures(struct app *app, const char *value,
                                struct err *err)
{
    return screen_set_pictures(app, value, err);
}

static void get_pictures(const struct app *app, struct str *out)
{
    str_add(out, graphic_mode_name(app->pictures));
}

static void list_pictures(struct str *out)
{
    for (int i = 0; i < GRAPHIC_MODES; i++)
        str_addf(out, "%s\n", graphic_mode_name((enum graphic_mode)i));
}

static enum status set_theme(struct app *app, const char *value,
                             struct err *err)
{
    struct theme theme;

    if (theme_find(&theme, value, err) != OK)
        return err->status;
    app_set_theme(app, &theme);
    return OK;
}

static void get_theme(const struct app *app, struct str *out)
{
    str_add(out, app->theme.name);
}

static const struct preference table[] = {
    {"ascii", SWITCH, "the locale's", "Draw with plain ASCII", set_ascii,
     get_ascii, NULL},
    {"author", "NAME", "the user's name", "Who writes notes and captions",
     set_author, get_author, NULL},
    {"mouse", SWITCH, "off",
     "Wheel and click; the terminal selects text with Shift then", set_mouse,
     get_mouse, NULL},
    {"pictures", "HOW", "auto",
     "auto, kitty, iterm, sixel, half, ascii or none", set_pictures,
     get_pictures, list_pictures},
    {"theme", "NAME", "default", "Colours, see bitgrove-theme(5)", set_theme,
     get_theme, theme_list},
};

const struct preference *preference_table(int *count)
{
    *count = ARRAY_SIZE(table);
    return table;
}

static const struct preference *find(const char *name, size_t n)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (strlen(table[i].name) == n && strncmp(table[i].name, name, n) == 0)
            return &table[i];
    return NULL;
}

static enum status unknown(const char *text, size_t n, struct err *err)
{
    struct str all = STR_INIT;
    enum status status;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        str_addf(&all, " %s", table[i].name);
    status =
        err_set(err, ERR_BAD_INPUT, "there is no setting '%.*s'; there are:%s",
                (int)n, text, all.text);
    str_release(&all);
    return status;
}

enum status preference_apply(struct app *app, const char *text, struct err *err)
{
    size_t n = strcspn(text, " =");
    const struct preference *setting = find(text, n);
    const char *value = text + n + strspn(text + n, " =");

    if (!setting && n > 2 && str_starts(text, "no") && value[0] == '\0') {
        setting = find(text + 2, n - 2);
        value = "off";
        if (setting && strcmp(setting->values, SWITCH) != 0)
            setting = NULL;
    }
    if (!setting)
        return unknown(text, n, err);
    if (value[0] == '\0') {
        if (strcmp(setting->values, SWITCH) != 0)
            return err_set(err, ERR_BAD_INPUT, "%s takes a value: %s",
                           setting->name, setting->values);
        value = "on";
    }
    if (setting->set(app, value, err) != OK)
        return err_wrap(err, "%s", setting->name);
    return OK;
}

void preference_show(const struct app *app, const char *text, struct str *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (text[0] && strcmp(text, table[i].name) != 0)
            continue;
        str_addf(out, "%s%s ", out->length ? "\n" : "", table[i].name);
        table[i].get(app, out);
    }
}

void preference_complete(const char *text, struct str *out)
{
    size_t n = strcspn(text, " =");
    const struct preference *setting = find(text, n);
    struct str all = STR_INIT;
    char *save, *value;

    if (text[n] == '\0') {
        for (size_t i = 0; i < ARRAY_SIZE(table); i++)
            if (str_starts(table[i].name, text))
                str_addf(out, "%s \n", table[i].name);
        return;
    }
    if (!setting)
        return;
    if (setting->list)
        setting->list(&all);
    else if (strcmp(setting->values, SWITCH) == 0)
        str_add(&all, "on\noff");
    if (all.length == 0)
        return;
    for (value = strtok_r(all.text, "\n", &save); value;
         value = strtok_r(NULL, "\n", &save))
        if (str_starts(value, text + n + 1))
            str_addf(out, "%.*s %s\n", (int)n, text, value);
    str_release(&all);
}
