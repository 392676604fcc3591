#include <config.h>

#include "ui/command.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ui/app.h"
#include "ui/recompute.h"

static void run_quit(struct app *app, const char *argument)
{
    (void)argument;
    app->quit = true;
}

static void run_theme(struct app *app, const char *argument)
{
    struct theme theme;
    struct err err;

    if (argument[0] == '\0')
        app_message(app, "theme %s", app->theme.name);
    else if (theme_find(&theme, argument, &err) != OK)
        app_error(app, &err);
    else
        app_set_theme(app, &theme);
}

static void complete_theme(struct app *app, const char *text, struct str *out)
{
    struct str all = STR_INIT;
    char *save, *name;

    (void)app;
    theme_list(&all);
    for (name = strtok_r(all.text, "\n", &save); name;
         name = strtok_r(NULL, "\n", &save))
        if (str_starts(name, text))
            str_addf(out, "%s\n", name);
    str_release(&all);
}

static void run_save_display(struct app *app, const char *argument)
{
    struct err err;

    app_draw(app);
    if (argument[0] == '\0')
        app_message(app, "name the file: :save-display FILE");
    else if (canvas_save(&app->canvas, argument, &err) != OK)
        app_error(app, &err);
    else
        app_message(app, "display written to %s", argument);
}

static void run_help(struct app *app, const char *argument)
{
    struct target target = {.kind = TARGET_TOPIC, .topic = argument};

    app_open(app, VIEW_HELP, &target);
}

static void complete_help(struct app *app, const char *text, struct str *out)
{
    static const char *const topics[] = {"commands", "places", "theme",
                                         "search"};

    (void)app;
    for (int i = 0; i < VIEW_KINDS; i++)
        if (str_starts(view_ops_of((enum view_kind)i)->name, text))
            str_addf(out, "%s\n", view_ops_of((enum view_kind)i)->name);
    for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
        if (str_starts(topics[i], text))
            str_addf(out, "%s\n", topics[i]);
}

static void run_goto(struct app *app, const char *argument)
{
    struct target target;
    struct err err;

    if (target_parse(&target, argument, &app->world, &err) != OK)
        app_error(app, &err);
    else
        app_goto(app, &target);
}

static void complete_goto(struct app *app, const char *text, struct str *out)
{
    target_complete(text, &app->world, out);
}

static const char *author(void)
{
    const struct passwd *entry = getpwuid(getuid());
    const char *user = getenv("USER");

    return entry ? entry->pw_name : user ? user : "";
}

/* A note hangs on the row's id, so it stays when names change. */
static bool note_place(const struct app *app, struct note_row *row,
                       struct str *item)
{
    static const enum note_target kinds[] = {[TARGET_MODEL] = NOTE_MODEL,
                                             [TARGET_CLASS] = NOTE_CLASS,
                                             [TARGET_IMAGE] = NOTE_IMAGE,
                                             [TARGET_BIT] = NOTE_BIT,
                                             [TARGET_NODE] = NOTE_NODE};
    struct target target;

    app_subject(app, &target);
    if (target.kind == TARGET_NONE || target.kind > TARGET_NODE)
        return false;
    row->target = kinds[target.kind];
    if (target.kind != TARGET_CLASS && target.kind != TARGET_IMAGE)
        row->model_id = app->world.model ? app->world.model->id : 0;
    if (target.kind == TARGET_NODE)
        str_addf(item, "%llx", (unsigned long long)target.key);
    else
        str_addf(item, "%lld", (long long)target.id);
    return true;
}

static void run_note(struct app *app, const char *argument)
{
    struct note_row row = {0};
    struct str item = STR_INIT;
    char *text = mem_strdup(argument), *who = mem_strdup(author());
    struct err err;

    if (argument[0] == '\0') {
        app_message(app, "write the note after it: :note TEXT");
    } else if (!note_place(app, &row, &item)) {
        app_message(app, "there is nothing under the cursor to note");
    } else {
        row.item = item.text;
        row.text = text;
        row.author = who;
        if (note_add(app->world.cat, &row, &err) != OK) {
            app_error(app, &err);
        } else {
            app_reload(app);
            app_message(app, "noted");
        }
    }
    free(text);
    free(who);
    str_release(&item);
}

static void run_caption(struct app *app, const char *argument)
{
    struct target target;
    struct err err;

    app_subject(app, &target);
    if (target.kind != TARGET_BIT || !app->world.model) {
        app_message(app, "a caption is for a bit: open Bits with B");
        return;
    }
    if (caption_set(app->world.cat, app->world.model->id, (int)target.id,
                    argument, author(), &err) != OK) {
        app_error(app, &err);
        return;
    }
    app_reload(app);
    app_message(app,
                argument[0] ? "caption of bit %d set"
                            : "caption of bit %d removed",
                (int)target.id);
}

/* On an image: there it is put, or taken off when it is there already. */
static void run_tag(struct app *app, const char *argument)
{
    struct target target;
    struct tag_list tags;
    struct err err;
    bool on = true;

    app_subject(app, &target);
    if (argument[0] == '\0') {
        app_message(app, "name the tag: :tag NAME");
        return;
    }
    if (target.kind != TARGET_IMAGE) {
        app_message(app, "a tag is for an image: i shows those of a class");
        return;
    }
    if (tag_all(app->world.cat, target.id, &tags, &err) != OK) {
        app_error(app, &err);
        return;
    }
    for (int i = 0; i < tags.count; i++)
        on = on && strcmp(tags.items[i], argument) != 0;
    tag_list_release(&tags);
    if (tag_set(app->world.cat, target.id, argument, on, &err) != OK) {
        app_error(app, &err);
        return;
    }
    app_reload(app);
    app_message(app, on ? "image %lld tagged %s" : "image %lld no longer %s",
                (long long)target.id, argument);
}

static void run_model(struct app *app, const char *argument)
{
    struct err err;

    for (int i = 0; i < app->world.models.count; i++) {
        const struct model_row *row = &app->world.models.items[i];

        if (strcmp(row->name, argument) != 0)
            continue;
        if (world_set_model(&app->world, row->id, &err) != OK)
            app_error(app, &err);
        else
            app_reload(app);
        return;
    }
    app_message(app, "there is no model '%s'; Tab completes", argument);
}

static void complete_model(struct app *app, const char *text, struct str *out)
{
    for (int i = 0; i < app->world.models.count; i++)
        if (str_starts(app->world.models.items[i].name, text))
            str_addf(out, "%s\n", app->world.models.items[i].name);
}

static void run_recompute(struct app *app, const char *argument)
{
    if (argument[0] == '\0' || strcmp(argument, "model") == 0)
        recompute_model(app);
    else
        app_message(app, "r acts on what is under the cursor; :recompute "
                         "model on all images");
}

#define OPENS(view)                                              \
    static void open_##view(struct app *app, const char *unused) \
    {                                                            \
        (void)unused;                                            \
        app_open(app, view, NULL);                               \
    }
OPENS(VIEW_TREE)
OPENS(VIEW_BITS)
OPENS(VIEW_IMAGES)
OPENS(VIEW_OUTLIERS)
OPENS(VIEW_MODELS)
OPENS(VIEW_JOBS)

static const struct command table[] = {
    {"bits", NULL, "Open the bits", open_VIEW_BITS, NULL},
    {"caption", "TEXT", "Caption of the bit under the cursor; none removes it",
     run_caption, NULL},
    {"goto", "PLACE",
     "Go to class/NAME, image/ID, bit/7, node/KEY, model/NAME, job/ID",
     run_goto, complete_goto},
    {"help", "[TOPIC]", "Keys, commands, places, theme", run_help,
     complete_help},
    {"images", NULL, "Open the images", open_VIEW_IMAGES, NULL},
    {"jobs", NULL, "Open the queue", open_VIEW_JOBS, NULL},
    {"model", "NAME", "Look at another model", run_model, complete_model},
    {"models", NULL, "Open models and learning curves", open_VIEW_MODELS, NULL},
    {"note", "TEXT", "Write a note on what is under the cursor", run_note,
     NULL},
    {"outliers", NULL, "Open the outliers", open_VIEW_OUTLIERS, NULL},
    {"q", NULL, "Quit", run_quit, NULL},
    {"quit", NULL, "Quit", run_quit, NULL},
    {"recompute", "model", "Compute the codes of all images anew",
     run_recompute, NULL},
    {"save-display", "FILE", "Write the screen to a file as text",
     run_save_display, NULL},
    {"tag", "NAME", "Tag the image under the cursor, or take the tag off",
     run_tag, NULL},
    {"theme", "[NAME]", "Change the theme", run_theme, complete_theme},
    {"tree", NULL, "Open the tree", open_VIEW_TREE, NULL},
};

const struct command *command_table(int *count)
{
    *count = ARRAY_SIZE(table);
    return table;
}

/* The command of that name, or the only one that starts with it. */
static const struct command *find(const char *name, size_t n)
{
    const struct command *found = NULL;
    int starts = 0;

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (strncmp(table[i].name, name, n) != 0)
            continue;
        if (table[i].name[n] == '\0')
            return &table[i];
        found = &table[i];
        starts++;
    }
    return starts == 1 ? found : NULL;
}

void command_run(struct app *app, const char *line)
{
    const struct command *command;
    size_t n;

    line += strspn(line, " :");
    n = strcspn(line, " ");
    if (n == 0)
        return;
    command = find(line, n);
    if (!command) {
        app_message(app,
                    "there is no command '%.*s'; Tab completes, :help "
                    "commands lists them",
                    (int)n, line);
        return;
    }
    line += n;
    command->run(app, line + strspn(line, " "));
}

void command_complete(struct app *app, const char *line, struct str *out)
{
    size_t n = strcspn(line, " ");
    const struct command *command;
    struct str arguments = STR_INIT;
    char *save, *argument;

    if (line[n] == '\0') {
        for (size_t i = 0; i < ARRAY_SIZE(table); i++)
            if (str_starts(table[i].name, line))
                str_addf(out, "%s%s\n", table[i].name,
                         table[i].argument ? " " : "");
        return;
    }
    command = find(line, n);
    if (!command || !command->complete)
        return;
    command->complete(app, line + n + 1, &arguments);
    for (argument = strtok_r(arguments.text, "\n", &save); argument;
         argument = strtok_r(NULL, "\n", &save))
        str_addf(out, "%.*s %s\n", (int)n, line, argument);
    str_release(&arguments);
}
