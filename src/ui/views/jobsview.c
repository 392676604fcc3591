#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "queue/spawn.h"
#include "ui/app.h"
#include "ui/chart.h"
#include "ui/fact.h"
#include "ui/scene.h"
#include "ui/teach.h"
#include "ui/views/views.h"

struct jobs_view {
    struct view view;
    struct list list;
    int64_t job; /* under the cursor */
    int64_t log_of;
    struct log_list log;
    struct list lines; /* of the log; its cursor is the last one seen */
    bool on_log;       /* it has the focus */
    int origin;
};

static struct jobs_view *self(struct view *view)
{
    return (struct jobs_view *)view;
}

static const struct job *job_at(const struct jobs_view *jobs)
{
    const struct job_list *list = &jobs->view.app->world.jobs;

    return jobs->list.cursor < list->count ? &list->items[jobs->list.cursor]
                                           : NULL;
}

static enum status open_jobs(struct view *view, const struct target *target,
                             struct err *err)
{
    (void)err;
    if (target->kind == TARGET_JOB)
        self(view)->job = target->id;
    return OK;
}

static void close_jobs(struct view *view)
{
    log_list_release(&self(view)->log);
}

/* Reads the log of the job under the cursor, or what was added to it. At the
 * end of it the log follows what is added. */
static enum status load_log(struct jobs_view *jobs, struct err *err)
{
    const struct job *job = job_at(jobs);
    struct log_list more = {NULL, 0, 0};
    bool other = !job || job->id != jobs->log_of;
    bool following = other || jobs->lines.cursor + 1 >= jobs->log.count;
    int last = 0;

    if (other) {
        log_list_release(&jobs->log);
        memset(&jobs->log, 0, sizeof(jobs->log));
        jobs->log_of = job ? job->id : 0;
    }
    if (!job)
        return OK;
    if (jobs->log.count > 0)
        last = jobs->log.items[jobs->log.count - 1].seq;
    if (job_log_read(jobs->view.app->world.cat, job->id, last, &more, err) !=
        OK)
        return err->status;
    for (int i = 0; i < more.count; i++) {
        ARRAY_GROW(jobs->log.items, jobs->log.count, jobs->log.room);
        jobs->log.items[jobs->log.count++] = more.items[i];
    }
    free(more.items); /* its texts went over */
    if (following)
        jobs->lines.cursor = jobs->log.count - 1;
    list_fit(&jobs->lines, jobs->log.count, jobs->lines.rows);
    return OK;
}

static enum status load_jobs(struct view *view, struct err *err)
{
    struct jobs_view *jobs = self(view);
    const struct job_list *list = &view->app->world.jobs;

    for (int i = 0; i < list->count; i++)
        if (list->items[i].id == jobs->job)
            jobs->list.cursor = i;
    list_fit(&jobs->list, list->count, jobs->list.rows);
    if (job_at(jobs))
        jobs->job = job_at(jobs)->id;
    return load_log(jobs, err);
}

static enum role state_role(enum job_state state)
{
    switch (state) {
    case JOB_DONE:
        return ROLE_GOOD;
    case JOB_FAILED:
        return ROLE_BAD;
    case JOB_RUNNING:
        return ROLE_HEADING;
    default:
        return ROLE_DIM;
    }
}

static const char *state_word(const struct job *job)
{
    if (job->state == JOB_RUNNING && !world_job_alive(job))
        return "no worker";
    if (job->state == JOB_RUNNING && job->cancel)
        return "stopping";
    return job_state_name(job->state);
}

static double part_of(const struct job *job)
{
    if (job->state == JOB_DONE)
        return 1;
    return job->total > 0 ? (double)job->progress / (double)job->total : 0;
}

static void draw_row(struct pane pane, int row, const struct job *job)
{
    int bar = pane.cols >= 100 ? 20 : 10, col = 0;
    char text[48];

    snprintf(text, sizeof(text), "%" PRId64, job->id);
    col = pane_field(pane, row, col, 4, true, ROLE_NUMBER, text) + 2;
    col = pane_field(pane, row, col, 8, false, ROLE_TEXT,
                     job_kind_name(job->kind));
    col = pane_field(pane, row, col, 11, false, state_role(job->state),
                     state_word(job));
    chart_bar(pane, row, col, bar, part_of(job));
    snprintf(text, sizeof(text), "%3.0f %%", part_of(job) * 100);
    col = pane_field(pane, row, col + bar, 7, true, ROLE_NUMBER, text) + 2;
    if (world_job_alive(job) && job_time_left(job) >= 0) {
        clock_duration(job_time_left(job), text, sizeof(text));
        col = pane_field(pane, row, col, 13, false, ROLE_DIM, text);
        pane_text(pane, row, col - 13 + utf8_width(text), ROLE_DIM, " left");
        col += 5;
    } else if (job->ended_at > 0 && job->started_at > 0) {
        clock_duration(job->ended_at - job->started_at, text, sizeof(text));
        col = pane_field(pane, row, col, 13, false, ROLE_DIM, text) + 5;
    } else {
        col += 18;
    }
    pane_name(pane, row, col, -1,
              job->state == JOB_FAILED ? ROLE_BAD : ROLE_DIM, job->message);
}

/* What went wrong, whole; returns the row after it. */
static int draw_failure(const struct job *job, struct pane pane, int row)
{
    struct str safe = STR_INIT;

    utf8_escape(&safe, job->message);
    row = pane_wrap(pane, row, ROLE_BAD, safe.text);
    str_release(&safe);
    return row;
}

/* "bits 16, name=first": the options it was queued with. */
static void describe(const struct job *job, const char *dot, struct str *out)
{
    struct params params = {NULL, NULL, 0, 0};
    struct err err;

    if (params_read(&params, job->params, &err) != OK)
        return;
    for (int i = 0; i < params.count; i++) {
        str_add(out, dot);
        utf8_escape(out, params.names[i]);
        str_add(out, "=");
        utf8_escape(out, params.values[i]);
    }
    params_release(&params);
}

/* What it does, or did, in a line or more; returns the row after it. */
static int draw_state(const struct job *job, struct pane pane)
{
    const char *dot = pane.look->glyphs->dot;
    struct str text = STR_INIT;
    char left[32] = "";
    int row = 1;

    if (world_job_alive(job)) {
        if (job_time_left(job) >= 0)
            clock_duration(job_time_left(job), left, sizeof(left));
        str_addf(&text, "%" PRId64 " of %" PRId64 "%s%.1f a second",
                 job->progress, job->total, dot, job->rate);
        if (left[0])
            str_addf(&text, "%s%s left", dot, left);
    } else if (job->state == JOB_QUEUED || job->state == JOB_RUNNING) {
        str_add(&text, "waits for a worker; Enter starts one");
    } else {
        str_add(&text, job_state_name(job->state));
    }
    if (job->attempts > 1)
        str_addf(&text, "%sattempt %d", dot, job->attempts);
    describe(job, dot, &text);
    pane_text(pane, row++, 0, ROLE_DIM, text.text);
    if (job->state == JOB_FAILED)
        row = draw_failure(job, pane, row);
    str_release(&text);
    return row;
}

static void draw_detail(struct jobs_view *jobs, struct pane pane)
{
    const struct job *job = job_at(jobs);
    char text[64], when[32];
    int row;

    if (!job)
        return;
    clock_format(job->created_at, when, sizeof(when));
    snprintf(text, sizeof(text), "Log of job %" PRId64, job->id);
    pane_heading(pane, 0, text, when);
    row = draw_state(job, pane);
    pane = pane_sub(pane, row, 0, pane.rows - row, pane.cols);
    if (jobs->log.count == 0)
        pane_text(pane, 0, 0, ROLE_DIM, "Nothing was logged.");
    list_fit(&jobs->lines, jobs->log.count, pane.rows);
    for (int i = 0; i < pane.rows && jobs->lines.top + i < jobs->log.count;
         i++) {
        const struct log_line *line = &jobs->log.items[jobs->lines.top + i];

        clock_format(line->at, when, sizeof(when));
        pane_text(pane, i, 0, ROLE_DIM, strlen(when) > 11 ? when + 11 : when);
        pane_name(pane, i, 10, -1, ROLE_TEXT, line->text);
    }
    if (jobs->on_log && jobs->log.count > 0) {
        row = jobs->lines.cursor - jobs->lines.top;
        pane_over(pane, row, 0, pane.cols, ROLE_SELECTED);
        pane_cursor(pane, row, 0);
    }
}

static void draw_empty(struct app *app, struct pane pane)
{
    if (!app->world.has_dataset) {
        teach_draw(app, pane,
                   "Here is what the worker does: progress, rate and time "
                   "left of each job, and its log.");
        return;
    }
    pane = pane_sub(pane, 2, 1, pane.rows - 2, pane.cols - 2);
    pane_wrap(pane, 0, ROLE_TEXT,
              "The queue is empty. Here will be what the worker does: "
              "progress, rate and time left of each job, and its log.\n"
              "\n"
              "L queues learning (or :learn bits=16); r on a class or an "
              "image computes its codes anew.");
}

static void draw_jobs(struct view *view, struct pane pane)
{
    struct jobs_view *jobs = self(view);
    const struct job_list *list = &view->app->world.jobs;
    struct pane top, rest,
        inner = pane_sub(pane, 0, 1, pane.rows, pane.cols - 2);
    int rows = list->count < pane.rows / 2 ? list->count : pane.rows / 2;
    char note[48];

    if (list->count == 0) {
        if (view->app->world.has_dataset)
            pane_heading(inner, 0, "Jobs", NULL);
        draw_empty(view->app, pane);
        return;
    }
    snprintf(note, sizeof(note), "%d waiting", view->app->world.queued);
    pane_heading(inner, 0, "Jobs", note);
    top = pane_sub(inner, 1, 0, rows, inner.cols);
    rest = pane_sub(inner, rows + 2, 0, inner.rows - rows - 2, inner.cols);
    list_fit(&jobs->list, list->count, rows);
    for (int i = 0; i < rows && jobs->list.top + i < list->count; i++)
        draw_row(top, i, &list->items[jobs->list.top + i]);
    pane_over(top, jobs->list.cursor - jobs->list.top, 0, top.cols,
              jobs->on_log ? ROLE_SELECTED_IDLE : ROLE_SELECTED);
    if (!jobs->on_log)
        pane_cursor(top, jobs->list.cursor - jobs->list.top, 0);
    draw_detail(jobs, rest);
}

static void after(struct app *app, enum status status, const struct err *err,
                  const char *done)
{
    if (status != OK) {
        app_error(app, err);
        return;
    }
    app_reload(app);
    app_message(app, "%s", done);
}

static bool act_jobs(struct view *view, enum action action, int key)
{
    struct jobs_view *jobs = self(view);
    const struct job *job = job_at(jobs);
    struct err err;
    enum status status;

    (void)key;
    if (action == ACTION_NEXT_PANE || action == ACTION_PREVIOUS_PANE) {
        jobs->on_log = !jobs->on_log && jobs->log.count > 0;
        return true;
    }
    if (jobs->on_log && list_act(&jobs->lines, action))
        return true;
    if (list_act(&jobs->list, action)) {
        jobs->job = job_at(jobs) ? job_at(jobs)->id : 0;
        if (load_log(jobs, &err) != OK)
            app_error(view->app, &err);
        return true;
    }
    if (!job)
        return false;
    if (action == ACTION_CANCEL) {
        bool running = job->state == JOB_RUNNING;

        status = job_cancel(view->app->world.cat, job->id, &err);
        after(view->app, status, &err,
              running ? "asked to stop; it ends after this step" : "cancelled");
        return true;
    }
    if (action == ACTION_RETRY) {
        status = job_retry(view->app->world.cat, job->id, &err);
        if (status == OK)
            status = spawn_worker(view->app->world.cat, 0, &err);
        after(view->app, status, &err, "queued again");
        return true;
    }
    if (action == ACTION_OPEN &&
        (job->state == JOB_QUEUED || job->state == JOB_RUNNING) &&
        app_may_write(view->app, "starting a worker")) {
        status = spawn_worker(view->app->world.cat, 0, &err);
        after(view->app, status, &err, "a worker is at it");
    }
    return action == ACTION_OPEN;
}

static void subject_jobs(const struct view *view, struct target *out)
{
    const struct job *job = job_at((const struct jobs_view *)view);

    if (job)
        *out = (struct target){.kind = TARGET_JOB, .id = job->id};
}

static bool matches(void *context, int row)
{
    const struct jobs_view *jobs = context;
    const struct job *job = &jobs->view.app->world.jobs.items[row];
    const struct finder *finder = &jobs->view.app->finder;

    return finder_matches(finder, job_kind_name(job->kind)) ||
           finder_matches(finder, job_state_name(job->state)) ||
           finder_matches(finder, job->message);
}

static bool find_jobs(struct view *view, enum find_step step)
{
    struct jobs_view *jobs = self(view);
    struct err err;
    bool found =
        view_find_in_list(&jobs->list, &jobs->origin, step, matches, jobs);

    jobs->job = job_at(jobs) ? job_at(jobs)->id : 0;
    if (load_log(jobs, &err) != OK)
        app_error(view->app, &err);
    return found;
}

static void scene_jobs(const struct view *view, struct scene *out)
{
    subject_jobs(view, &out->about);
}

const struct view_ops view_jobs = {.kind = VIEW_JOBS,
                                   .name = "jobs",
                                   .size = sizeof(struct jobs_view),
                                   .single = true,
                                   .open = open_jobs,
                                   .close = close_jobs,
                                   .load = load_jobs,
                                   .draw = draw_jobs,
                                   .act = act_jobs,
                                   .subject = subject_jobs,
                                   .scene = scene_jobs,
                                   .find = find_jobs};
