/*
 * What --readonly refuses: every action of the table in every view where it
 * holds, and every command, on a catalogue that could be written to.
 */
#include <config.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "queue/jobs.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/key.h"

#include "catbox.h"
#include "tap.h"

struct bench {
    struct catbox box;
    struct catalogue *watch; /* sees what others commit */
    char worker[128];        /* is not there: starting it is an error */
    struct app app;
};

static void begin(struct bench *bench, bool read_only)
{
    struct params params = {NULL, NULL, 0, 0};
    int64_t id;
    struct err err;

    memset(bench, 0, sizeof(*bench));
    catbox_new(&bench->box);
    catbox_fill(&bench->box, 6);
    catbox_learn(&bench->box);
    snprintf(bench->worker, sizeof(bench->worker), "%s/worker", bench->box.dir);
    setenv("BITGROVE_WORKER", bench->worker, 1);
    catbox_must(job_add(bench->box.cat, JOB_LEARN, &params, bench->box.model,
                        &id, &err),
                &err);
    catbox_must(catalogue_open(&bench->watch, bench->box.path, DB_READ, &err),
                &err);
    app_init(&bench->app, bench->box.cat);
    bench->app.read_only = read_only;
    catbox_must(app_load(&bench->app, &err), &err);
}

static void settle(struct bench *bench)
{
    for (int i = 0; i < 2000 && world_busy(&bench->app.world); i++) {
        app_idle(&bench->app);
        clock_sleep(1);
    }
    app_draw(&bench->app);
}

static void end(struct bench *bench)
{
    settle(bench);
    app_release(&bench->app);
    catalogue_close(bench->watch);
    catbox_free(&bench->box);
}

/* True if the catalogue was written to, or somebody was to be started who
 * would. */
static bool wrote(struct bench *bench)
{
    bool started =
        bench->app.is_error && strstr(bench->app.message, bench->worker);

    return catalogue_changed(bench->watch) || started;
}

static void open_view(struct bench *bench, enum view_kind kind)
{
    struct target target = {.kind = TARGET_NONE};

    if (kind == VIEW_CLASS)
        target =
            (struct target){.kind = TARGET_CLASS, .id = bench->box.classes[1]};
    if (kind == VIEW_NEAR)
        target = (struct target){.kind = TARGET_IMAGE, .id = 1};
    app_reload(&bench->app);
    app_open(&bench->app, kind, &target);
    settle(bench);
}

/* The action, and an answer where it asks. */
static void act(struct bench *bench, enum action action, const char *answer)
{
    bench->app.message[0] = '\0';
    bench->app.is_error = false;
    app_act(&bench->app, action, '1');
    if (bench->app.prompt.open)
        prompt_answer(&bench->app.prompt, answer);
}

static const char *answer_to(enum action action)
{
    return action == ACTION_LEARN ? "bits=8" : action == ACTION_BIT ? "1" : "a";
}

/* Which actions write, by trying all; a bit each. */
static void try_actions(struct bench *bench, bool *writes)
{
    int count;
    const struct action_row *rows = action_rows(&count);

    for (int kind = 0; kind < VIEW_KINDS; kind++) {
        for (int i = 0; i < count; i++) {
            if (!(rows[i].views & (1u << kind)) ||
                rows[i].action == ACTION_COMMAND)
                continue;
            open_view(bench, (enum view_kind)kind);
            wrote(bench);
            act(bench, rows[i].action, answer_to(rows[i].action));
            if (bench->app.read_only && rows[i].writes &&
                !str_starts(bench->app.message, "read-only: "))
                tap_ok(false, "%s in %s says why not: %s", rows[i].name,
                       action_view_name((enum view_kind)kind),
                       bench->app.message);
            if (!wrote(bench))
                continue;
            writes[rows[i].action] = true;
            if (bench->app.read_only)
                tap_ok(false, "%s in %s wrote", rows[i].name,
                       action_view_name((enum view_kind)kind));
        }
    }
}

static void test_actions(void)
{
    struct bench bench;
    bool writes[ACTIONS] = {false};
    int count, found = 0;
    const struct action_row *rows = action_rows(&count);

    begin(&bench, false);
    try_actions(&bench, writes);
    end(&bench);
    for (int i = 0; i < count; i++) {
        found += writes[rows[i].action];
        if (writes[rows[i].action] && rows[i].action != ACTION_OPEN)
            tap_ok(rows[i].writes, "%s writes, and the table says so",
                   rows[i].name);
    }
    tap_ok(writes[ACTION_OPEN], "Enter starts a worker in the jobs view");
    tap_ok(found >= 8, "%d actions were seen to write", found);

    memset(writes, 0, sizeof(writes));
    begin(&bench, true);
    try_actions(&bench, writes);
    end(&bench);
    found = 0;
    for (int i = 0; i < count; i++)
        found += writes[rows[i].action];
    tap_int(found, 0, "actions that wrote where they may not");
}

static void test_commands(void)
{
    struct bench bench;
    struct str line = STR_INIT;
    int count, refused = 0;
    const struct command *rows = command_table(&count);

    begin(&bench, true);
    open_view(&bench, VIEW_BITS);
    wrote(&bench);
    for (int i = 0; i < count; i++) {
        str_clear(&line);
        str_addf(&line, "%s a", rows[i].name);
        bench.app.message[0] = '\0';
        command_run(&bench.app, line.text);
        refused += str_starts(bench.app.message, "read-only: ");
        if (rows[i].writes && !str_starts(bench.app.message, "read-only: "))
            tap_ok(false, ":%s says why not: %s", line.text, bench.app.message);
        if (wrote(&bench))
            tap_ok(false, ":%s wrote", line.text);
    }
    tap_ok(refused >= 5, "%d commands were refused", refused);
    str_release(&line);
    end(&bench);
}

int main(void)
{
    char here[] = "/tmp/bitgrove-readonly-XXXXXX";

    setlocale(LC_ALL, "");
    if (!mkdtemp(here) || chdir(here) != 0)
        return 1;
    test_actions();
    test_commands();
    unlink("a");
    return chdir("/") == 0 && rmdir(here) == 0 ? tap_done() : 1;
}
