#include <config.h>

#include "ui/script.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "ui/app.h"
#include "ui/command.h"
#include "ui/key.h"

#define WAIT_MS 20000

struct script {
    char *path;
    FILE *file;
    char *line;
    size_t room;
    int number;
    bool again;       /* the line is a wait that goes on */
    int64_t deadline; /* of that wait, monotonic */
};

enum status script_open(struct script **out, const char *path, struct err *err)
{
    FILE *file = fopen(path, "r");
    struct script *script;

    if (!file)
        return err_sys(err, errno, "script %s", path);
    script = mem_zalloc(1, sizeof(*script));
    script->file = file;
    script->path = mem_strdup(path);
    *out = script;
    return OK;
}

void script_close(struct script *script)
{
    if (!script)
        return;
    fclose(script->file);
    free(script->line);
    free(script->path);
    free(script);
}

enum status script_size(int *cols, int *rows, const char *text, struct err *err)
{
    int c, r, end = 0;

    if (sscanf(text, "%5dx%5d%n", &c, &r, &end) != 2 || text[end] != '\0' ||
        c < 1 || r < 1 || c > 2000 || r > 2000)
        return err_set(err, ERR_BAD_INPUT,
                       "'%s' is not a size; write COLUMNSxROWS, e.g. 80x30",
                       text);
    *cols = c;
    *rows = r;
    return OK;
}

static enum status step_key(struct app *app, const char *text, struct err *err)
{
    char name[KEY_NAME_MAX];
    int key, times = 1;

    if (sscanf(text, "%15s %d", name, &times) < 1 || !key_parse(name, &key))
        return err_set(err, ERR_BAD_INPUT, "there is no key '%s'", text);
    for (int i = 0; i < times && !app->quit; i++) {
        app_key(app, key);
        app_draw(app);
    }
    return OK;
}

static void step_type(struct app *app, const char *text)
{
    size_t n = strlen(text);

    while (n > 0) {
        uint32_t code;
        size_t step = utf8_decode(text, n, &code);

        app_key(app, (int)(code & ~UTF8_BAD));
        app_draw(app);
        text += step;
        n -= step;
    }
}

static bool on_screen(const struct app *app, const char *text)
{
    struct str row = STR_INIT;
    bool found = false;

    for (int i = 0; i < app->canvas.rows && !found; i++) {
        str_clear(&row);
        canvas_row(&app->canvas, i, &row);
        found = strstr(row.text, text) != NULL;
    }
    str_release(&row);
    return found;
}

static enum status step_wait(struct script *script, const struct app *app,
                             const char *text, bool present, bool *waiting,
                             struct err *err)
{
    if (!script->again)
        script->deadline = clock_monotonic() + WAIT_MS;
    script->again = on_screen(app, text) != present;
    *waiting = script->again;
    if (script->again && clock_monotonic() > script->deadline)
        return err_set(err, ERR_NOT_FOUND, "'%s' did not %s", text,
                       present ? "come" : "go");
    return OK;
}

static enum status run_line(struct script *script, struct app *app,
                            bool *waiting, struct err *err)
{
    const char *line = script->line;
    int cols, rows;

    if (line[0] == '\0' || line[0] == '#')
        return OK;
    if (line[0] == ':') {
        app->message[0] = '\0';
        command_run(app, line + 1);
    } else if (str_starts(line, "key ")) {
        return step_key(app, line + 4, err);
    } else if (str_starts(line, "type ")) {
        step_type(app, line + 5);
    } else if (str_starts(line, "wait ")) {
        return step_wait(script, app, line + 5, true, waiting, err);
    } else if (str_starts(line, "gone ")) {
        return step_wait(script, app, line + 5, false, waiting, err);
    } else if (str_starts(line, "size ")) {
        if (script_size(&cols, &rows, line + 5, err) != OK)
            return err->status;
        canvas_resize(&app->canvas, rows, cols);
    } else {
        return err_set(err, ERR_BAD_INPUT, "'%s' is no step", line);
    }
    return OK;
}

enum status script_step(struct script *script, struct app *app, bool *waiting,
                        struct err *err)
{
    *waiting = false;
    if (!script->again) {
        ssize_t n = getline(&script->line, &script->room, script->file);

        if (n < 0) {
            app->quit = true;
            return OK;
        }
        while (n > 0 && (script->line[n - 1] == '\n'))
            script->line[--n] = '\0';
        script->number++;
    }
    if (run_line(script, app, waiting, err) != OK)
        return err_wrap(err, "%s:%d", script->path, script->number);
    return OK;
}
