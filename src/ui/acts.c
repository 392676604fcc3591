#include <config.h>

#include "ui/acts.h"

#include <stdio.h>

#include "ui/app.h"
#include "ui/command.h"
#include "ui/enqueue.h"
#include "ui/key.h"

/* ---- marks ---- */

static void say_marked(struct app *app)
{
    if (app->marks.count == 0)
        app_message(app, "nothing is marked");
    else
        app_message(app, "%d marked", app->marks.count);
}

bool acts_leave_range(struct app *app)
{
    bool begun = app->marks.anchor.kind != TARGET_NONE;

    app->marks.anchor.kind = TARGET_NONE;
    return begun;
}

static void end_range(struct app *app)
{
    struct view *view = app_view(app);
    struct target from = app->marks.anchor;

    app->marks.anchor.kind = TARGET_NONE;
    view->ops->range(view, &from, &app->marks);
    if (app->message[0] == '\0')
        say_marked(app);
}

void acts_end_range(struct app *app)
{
    if (app->marks.anchor.kind != TARGET_NONE && app_view(app)->ops->range)
        end_range(app);
}

/* The cursor goes on to the next, so that Space Space marks two. */
static void step_on(struct app *app)
{
    struct view *view = app_view(app);

    if (view->ops->act)
        view->ops->act(
            view, view->ops->kind == VIEW_IMAGES ? ACTION_RIGHT : ACTION_DOWN,
            KEY_CODE_NONE);
}

static void mark(struct app *app)
{
    struct target target;

    if (app->marks.anchor.kind != TARGET_NONE && app_view(app)->ops->range) {
        end_range(app);
        return;
    }
    app_subject(app, &target);
    if (target.kind == TARGET_NONE) {
        app_message(app, "there is nothing under the cursor to mark");
        return;
    }
    marks_set(&app->marks, &target, !marks_has(&app->marks, &target));
    say_marked(app);
    step_on(app);
}

static void range(struct app *app)
{
    if (!app_view(app)->ops->range) {
        app_message(app, "there are no ranges here; Space marks one");
    } else if (app->marks.anchor.kind != TARGET_NONE) {
        end_range(app);
    } else {
        app_subject(app, &app->marks.anchor);
        if (app->marks.anchor.kind == TARGET_NONE)
            app_message(app, "there is nothing under the cursor to mark");
        else
            app_message(app, "move, then v or Space marks all to there; Esc "
                             "leaves");
    }
}

/* ---- remarks ---- */

static void answer_tag(struct view *view, const char *text)
{
    if (text[0])
        remark_tag(view->app, text);
}

static void complete_tag(void *context, const char *text, struct str *out)
{
    command_complete_tag(context, text, out);
}

static void ask_tag(struct app *app)
{
    int marked;
    char label[32] = "tag: ";

    acts_end_range(app);
    marked = marks_of_kind(&app->marks, TARGET_IMAGE);
    if (marked > 0)
        snprintf(label, sizeof(label), "tag on %d images: ", marked);
    app_ask(app, label, "", answer_tag);
    app->prompt.complete = complete_tag;
}

static void answer_note(struct view *view, const char *text)
{
    if (text[0])
        remark_note(view->app, text);
}

static void answer_caption(struct view *view, const char *text)
{
    remark_caption(view->app, text);
}

void acts_ask_caption(struct app *app, const char *proposal)
{
    const struct caption_list *captions = &app->world.captions;
    const char *words = NULL;
    struct target target;
    char label[32];

    app_subject(app, &target);
    if (target.kind != TARGET_BIT) {
        app_message(app, "a caption is for a bit: open Bits with B");
        return;
    }
    if (captions->text && target.id < captions->bits)
        words = captions->text[target.id];
    snprintf(label, sizeof(label), "caption of bit %d: ", (int)target.id);
    app_ask(app, label, words ? words : proposal, answer_caption);
}

bool acts_run(struct app *app, enum action action)
{
    switch (action) {
    case ACTION_MARK:
        mark(app);
        return true;
    case ACTION_RANGE:
        range(app);
        return true;
    case ACTION_UNMARK:
        marks_clear(&app->marks);
        say_marked(app);
        return true;
    case ACTION_TAG:
        ask_tag(app);
        return true;
    case ACTION_NOTE:
        app_ask(app, "note: ", "", answer_note);
        return true;
    case ACTION_NOTE_DELETE:
        remark_delete_note(app);
        return true;
    case ACTION_CAPTION:
        acts_ask_caption(app, "");
        return true;
    case ACTION_LEARN:
        enqueue_ask_learn(app);
        return true;
    case ACTION_UNDO:
        remark_undo(app);
        return true;
    default:
        return false;
    }
}
