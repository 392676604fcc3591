#include <config.h>

#include "ui/command.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/app.h"
#include "ui/enqueue.h"
#include "ui/imagefilter.h"
#include "ui/key.h"
#include "ui/rc.h"
#include "ui/recompute.h"
#include "ui/preference.h"
#include "ui/scene.h"

static void run_quit(struct app *app, const char *argument)
{
    (void)argument;
    app->quit = true;
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
    static const char *const topics[] = {"commands", "filters",  "places",
                                         "search",   "settings", "theme"};

    (void)app;
    for (int i = 0; i < VIEW_KINDS; i++)
        if (str_starts(action_view_name((enum view_kind)i), text))
            str_addf(out, "%s\n", action_view_name((enum view_kind)i));
    for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
        if (str_starts(topics[i], text))
            str_addf(out, "%s\n", topics[i]);
}

static void run_goto(struct app *app, const char *argument)
{
    struct target target;
    struct err err;

    if (scene_is_link(argument)) {
        if (scene_open(app, argument, &err) != OK)
            app_error(app, &err);
    } else if (target_parse(&target, argument, &app->world, &err) != OK)
        app_error(app, &err);
    else
        app_goto(app, &target);
}

static void complete_goto(struct app *app, const char *text, struct str *out)
{
    target_complete(text, &app->world, out);
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
    if (argument[0] == '\0')
        recompute_subject(app);
    else if (strcmp(argument, "model") == 0)
        recompute_model(app);
    else
        app_message(app, "r acts on what is under the cursor; :recompute "
                         "model on all images");
}

static void complete_recompute(struct app *app, const char *text,
                               struct str *out)
{
    (void)app;
    if (str_starts("model", text))
        str_add(out, "model\n");
}

static void run_set(struct app *app, const char *argument)
{
    struct str text = STR_INIT;
    struct err err;
    size_t n = strlen(argument);
    char *name = mem_strdup(argument);

    if (n > 0 && name[n - 1] == '?')
        name[n - 1] = '\0';
    preference_show(app, name, &text);
    if (n == 0)
        run_help(app, "settings");
    else if (strcmp(name, argument) != 0 && text.length > 0)
        app_message(app, "%s", text.text);
    else if (preference_apply(app, argument, &err) != OK)
        app_error(app, &err);
    str_release(&text);
    free(name);
}

static void complete_set(struct app *app, const char *text, struct str *out)
{
    (void)app;
    preference_complete(text, out);
}

/* Older than :set, and shorter. */
static void run_theme(struct app *app, const char *argument)
{
    struct str line = STR_INIT;

    str_addf(&line, "theme%s%s", argument[0] ? " " : "?", argument);
    run_set(app, line.text);
    str_release(&line);
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

static void run_bind(struct app *app, const char *argument)
{
    struct str clashes = STR_INIT;
    struct err err;

    if (rc_bind(app, argument, ":bind", &clashes, &err) != OK)
        app_error(app, &err);
    else if (clashes.length > 0)
        app_message(app, "%.*s", (int)strcspn(clashes.text, "\n"),
                    clashes.text);
    else
        app_message(app, "bound until the end; bitgroverc keeps it");
    str_release(&clashes);
}

static void complete_bind(struct app *app, const char *text, struct str *out)
{
    (void)app;
    rc_complete_bind(text, out);
}

void command_complete_tag(struct app *app, const char *text, struct str *out)
{
    struct tag_list names;
    struct err err;

    if (tag_names(app->world.cat, &names, &err) != OK)
        return;
    for (int i = 0; i < names.count; i++)
        if (str_starts(names.items[i], text) && !strchr(names.items[i], '\n'))
            str_addf(out, "%s\n", names.items[i]);
    tag_list_release(&names);
}

/* The last word, as it could go on. */
void command_complete_filter(struct app *app, const char *text, struct str *out)
{
    static const char *const words[] = {
        "train",      "test",  "ood",       "right",    "wrong", "unknown",
        "class=",     "tag=",  "code=",     "distance", "label", "margin",
        "confidence", "from=", "from=this", "away",     "id",    "node=",
    };
    const char *last = strrchr(text, ' ');
    int head = last ? (int)(last + 1 - text) : 0;
    struct str tags = STR_INIT, word = STR_INIT;
    char *save, *tag;

    if (app_view(app)->ops->kind != VIEW_IMAGES)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (str_starts(words[i], text + head))
            str_addf(out, "%.*s%s\n", head, text, words[i]);
    for (int i = 0; i < MEASURES; i++) {
        str_clear(&word);
        str_addf(&word, "sort=%s", image_measure_name((enum image_measure)i));
        if (str_starts(word.text, text + head))
            str_addf(out, "%.*s%s\n", head, text, word.text);
    }
    if (str_starts(text + head, "tag="))
        command_complete_tag(app, text + head + 4, &tags);
    for (tag = tags.length ? strtok_r(tags.text, "\n", &save) : NULL; tag;
         tag = strtok_r(NULL, "\n", &save))
        str_addf(out, strchr(tag, ' ') ? "%.*stag=\"%s\"\n" : "%.*stag=%s\n",
                 head, text, tag);
    str_release(&tags);
    str_release(&word);
}

static void run_view(struct app *app, const char *argument)
{
    static const enum action opens[VIEW_KINDS] = {
        [VIEW_TREE] = ACTION_VIEW_TREE,
        [VIEW_CLASS] = ACTION_VIEW_CLASS,
        [VIEW_BITS] = ACTION_VIEW_BITS,
        [VIEW_NEAR] = ACTION_VIEW_NEAR,
        [VIEW_IMAGES] = ACTION_VIEW_IMAGES,
        [VIEW_OUTLIERS] = ACTION_VIEW_OUTLIERS,
        [VIEW_MODELS] = ACTION_VIEW_MODELS,
        [VIEW_COMPARE] = ACTION_VIEW_COMPARE,
        [VIEW_JOBS] = ACTION_VIEW_JOBS,
        [VIEW_HELP] = ACTION_HELP,
        [VIEW_MAP] = ACTION_VIEW_MAP,
    };

    for (int i = 0; i < VIEW_KINDS; i++) {
        if (strcmp(action_view_name((enum view_kind)i), argument) != 0)
            continue;
        app_act(app, opens[i], KEY_CODE_NONE);
        return;
    }
    app_message(app, "there is no view '%s'; Tab completes", argument);
}

static void complete_view(struct app *app, const char *text, struct str *out)
{
    (void)app;
    for (int i = 0; i < VIEW_KINDS; i++)
        if (str_starts(action_view_name((enum view_kind)i), text))
            str_addf(out, "%s\n", action_view_name((enum view_kind)i));
}

static void complete_learn(struct app *app, const char *text, struct str *out)
{
    (void)app;
    enqueue_complete(JOB_LEARN, text, out);
}

/* A model by name, or an epoch of the one at hand by number. */
static void run_compare(struct app *app, const char *argument)
{
    struct target target = {.kind = TARGET_NONE};
    char *end;
    long step = strtol(argument, &end, 10);

    for (int i = 0; i < app->world.models.count; i++)
        if (strcmp(app->world.models.items[i].name, argument) == 0)
            target = (struct target){.kind = TARGET_MODEL,
                                     .id = app->world.models.items[i].id};
    if (target.kind == TARGET_NONE && app->world.model && end != argument &&
        *end == '\0' && step > 0 && step <= app->world.model->step)
        target = (struct target){.kind = TARGET_MODEL,
                                 .id = app->world.model->id,
                                 .key = (uint64_t)step};
    if (target.kind == TARGET_NONE && argument[0])
        app_message(app, "'%s' is neither a model nor an epoch of this one",
                    argument);
    else
        app_open(app, VIEW_COMPARE, &target);
}

static void run_linkage(struct app *app, const char *argument)
{
    enum linkage linkage;
    struct err err;

    if (argument[0] == '\0')
        app_act(app, ACTION_LINKAGE, KEY_CODE_NONE);
    else if (linkage_parse(&linkage, argument, &err) != OK ||
             world_set_linkage(&app->world, linkage, &err) != OK)
        app_error(app, &err);
}

static void complete_linkage(struct app *app, const char *text, struct str *out)
{
    (void)app;
    for (int i = 0; i < LINKAGE_COUNT; i++)
        if (str_starts(linkage_name((enum linkage)i), text))
            str_addf(out, "%s\n", linkage_name((enum linkage)i));
}

static const struct command table[] = {
    {"bind", "VIEW KEY COMMAND", "Bind a key, until the end", false, run_bind,
     complete_bind},
    {"bit", "NUMBER", "Choose a bit", false, NULL, NULL},
    {"caption", "TEXT", "Caption of the bit under the cursor", true, NULL,
     NULL},
    {"compare", "[MODEL|EPOCH]",
     "The trees of two models, or of two epochs of one, side by side", false,
     run_compare, complete_model},
    {"filter", "[TERMS]",
     "Show only what matches: WORDS of a class; of images also test, tag=NAME, "
     "wrong, distance>1, sort=margin and others, see :help filters",
     false, NULL, command_complete_filter},
    {"find", "WORDS", "Search", false, NULL, NULL},
    {"goto", "PLACE",
     "Go to class/NAME, image/ID, bit/7, code/01**, node/KEY, model/NAME, "
     "job/ID",
     false, run_goto, complete_goto},
    {"help", "[TOPIC]", "Keys, commands, filters, settings, places, theme",
     false, run_help, complete_help},
    {"learn", "[NAME=VALUE...]", "Queue learning", true, NULL, complete_learn},
    {"linkage", "[NAME]", "How groups of the tree are joined", false,
     run_linkage, complete_linkage},
    {"model", "NAME", "Look at another model", false, run_model,
     complete_model},
    {"note", "TEXT", "Write a note on what is under the cursor", true, NULL,
     NULL},
    {"q", NULL, "Quit", false, run_quit, NULL},
    {"recompute", "[model]",
     "Compute the codes of what is under the cursor, or of all images, anew",
     true, run_recompute, complete_recompute},
    {"save-display", "FILE", "Write the screen to a file as text", false,
     run_save_display, NULL},
    {"set", "[NAME VALUE]", "Show the settings, or change one", false, run_set,
     complete_set},
    {"tag", "NAME",
     "Tag the marked images or the one under the cursor, or take the tag off",
     true, NULL, command_complete_tag},
    {"theme", "[NAME]", "Change the theme", false, run_theme, complete_theme},
    {"view", "NAME", "Open a view", false, run_view, complete_view},
};

const struct command *command_table(int *count)
{
    *count = ARRAY_SIZE(table);
    return table;
}

/* What a name stands for: a row of the table, an action, or both. */
struct meaning {
    const struct command *command;
    const struct action_row *action;
};

static struct meaning meaning_of(const char *name, size_t n)
{
    struct meaning out = {NULL, NULL};
    int count;
    const struct action_row *rows = action_rows(&count);

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (strlen(table[i].name) == n && strncmp(table[i].name, name, n) == 0)
            out.command = &table[i];
    for (int i = 0; i < count; i++)
        if (strlen(rows[i].name) == n && strncmp(rows[i].name, name, n) == 0)
            out.action = &rows[i];
    return out;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void command_names(const char *text, struct str *out)
{
    int count, n = 0;
    const struct action_row *rows = action_rows(&count);
    const char **names =
        mem_zalloc((size_t)count + ARRAY_SIZE(table), sizeof(*names));

    for (int i = 0; i < count; i++)
        if (str_starts(rows[i].name, text))
            names[n++] = rows[i].name;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (str_starts(table[i].name, text) &&
            action_named(table[i].name) == ACTION_NONE)
            names[n++] = table[i].name;
    qsort(names, (size_t)n, sizeof(*names), compare_names);
    for (int i = 0; i < n; i++) {
        struct meaning meaning = meaning_of(names[i], strlen(names[i]));

        str_addf(out, "%s%s\n", names[i],
                 meaning.command && meaning.command->argument ? " " : "");
    }
    free(names);
}

/* The meaning of that name, or of the only one that starts with it. */
static struct meaning find(const char *name, size_t n)
{
    struct meaning found = meaning_of(name, n);
    struct str names = STR_INIT, start = STR_INIT;
    const char *end;

    if (found.command || found.action)
        return found;
    str_add_bytes(&start, name, n);
    command_names(start.text, &names);
    end = strchr(names.text, '\n');
    if (end && end[1] == '\0')
        found = meaning_of(names.text, strcspn(names.text, " \n"));
    str_release(&names);
    str_release(&start);
    return found;
}

bool command_known(const char *line, struct err *err)
{
    size_t n = strcspn(line, " ");
    struct meaning found = find(line, n);

    if (found.command || found.action)
        return true;
    err_set(err, ERR_BAD_INPUT,
            "there is no command '%.*s'; Tab completes, :help commands lists "
            "them",
            (int)n, line);
    return false;
}

/* The action, and its argument as the answer to what it asks. */
static void run_action(struct app *app, const struct action_row *row,
                       const char *argument)
{
    bool digit = argument[0] >= '0' && argument[0] <= '9' && !argument[1];
    bool asks = app->prompt.open;

    app_act(app, row->action, digit ? argument[0] : KEY_CODE_NONE);
    if (argument[0] && app->prompt.open && !asks)
        prompt_answer(&app->prompt, argument);
    else if (argument[0] && !digit && app->message[0] == '\0')
        app_message(app, ":%s takes no argument", row->name);
}

void command_run(struct app *app, const char *line)
{
    struct meaning found;
    struct err err;
    size_t n;

    line += strspn(line, " :");
    n = strcspn(line, " ");
    if (n == 0)
        return;
    if (!command_known(line, &err)) {
        app_message(app, "%s", err.text);
        return;
    }
    found = find(line, n);
    line += n;
    line += strspn(line, " ");
    if (!found.command || !found.command->run)
        run_action(app, found.action, line);
    else if (!found.command->writes || app_may_write(app, found.command->name))
        found.command->run(app, line);
}

void command_complete(struct app *app, const char *line, struct str *out)
{
    size_t n = strcspn(line, " ");
    struct meaning found;
    struct str arguments = STR_INIT;
    char *save, *argument;

    if (line[n] == '\0') {
        command_names(line, out);
        return;
    }
    found = find(line, n);
    if (!found.command || !found.command->complete)
        return;
    found.command->complete(app, line + n + 1, &arguments);
    if (arguments.length > 0)
        for (argument = strtok_r(arguments.text, "\n", &save); argument;
             argument = strtok_r(NULL, "\n", &save))
            str_addf(out, "%.*s %s\n", (int)n, line, argument);
    str_release(&arguments);
}
