#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "queue/spawn.h"
#include "ui/app.h"
#include "ui/chart.h"
#include "ui/fact.h"
#include "ui/views/views.h"

struct jobs_view {
    struct view view;
    struct list list;
    int64_t job; /* under the cursor */
    int64_t log_of;
    struct log_list log;
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

/* Reads the log of the job under the cursor, or what was added to it. */
static enum status load_log(struct jobs_view *jobs, struct err *err)
{
    const struct job *job = job_at(jobs);
    struct log_list log = {NULL, 0, 0};

    if (!job)
        return OK;
    if (job_log_read(jobs->view.app->world.cat, job->id, 0, &log, err) != OK)
        return err->status;
    log_list_release(&jobs->log);
    jobs->log = log;
    jobs->log_of = job->id;
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
static int draw_failure(const struct job *job, struct pane pane)
{
    struct str safe = STR_INIT;
    int row;

    utf8_escape(&safe, job->message);
    row = pane_wrap(pane, 1, ROLE_BAD, safe.text);
    str_release(&safe);
    return row;
}

static void draw_detail(const struct jobs_view *jobs, struct pane pane)
{
    const struct job *job = job_at(jobs);
    char text[64], when[32];
    int first, row = 2;

    if (!job)
        return;
    clock_format(job->created_at, when, sizeof(when));
    snprintf(text, sizeof(text), "Log of job %" PRId64, job->id);
    pane_heading(pane, 0, text, when);
    if (world_job_alive(job))
        pane_textf(pane, 1, 0, ROLE_DIM, "%.1f a second%sattempt %d", job->rate,
                   pane.look->glyphs->dot, job->attempts);
    else if (job->state == JOB_FAILED)
        row = draw_failure(job, pane);
    else if (job->state == JOB_QUEUED || job->state == JOB_RUNNING)
        pane_text(pane, 1, 0, ROLE_DIM,
                  "It waits for a worker; Enter starts one.");
    pane = pane_sub(pane, row, 0, pane.rows - row, pane.cols);
    if (jobs->log.count == 0)
        pane_text(pane, 0, 0, ROLE_DIM, "Nothing was logged.");
    first = jobs->log.count > pane.rows ? jobs->log.count - pane.rows : 0;
    for (int i = first; i < jobs->log.count; i++) {
        const struct log_line *line = &jobs->log.items[i];

        clock_format(line->at, when, sizeof(when));
        pane_text(pane, i - first, 0, ROLE_DIM,
                  strlen(when) > 11 ? when + 11 : when);
        pane_name(pane, i - first, 10, -1, ROLE_TEXT, line->text);
    }
}

static void draw_jobs(struct view *view, struct pane pane)
{
    struct jobs_view *jobs = self(view);
    const struct job_list *list = &view->app->world.jobs;
    struct pane top, rest,
        inner = pane_sub(pane, 0, 1, pane.rows, pane.cols - 2);
    int rows = list->count < pane.rows / 2 ? list->count : pane.rows / 2;
    char note[48];

    snprintf(note, sizeof(note), "%d waiting", view->app->world.queued);
    pane_heading(inner, 0, "Jobs", note);
    if (list->count == 0) {
        pane_text(inner, 2, 0, ROLE_TEXT,
                  "The queue is empty. r on a class or an image computes its "
                  "codes anew;");
        pane_text(inner, 3, 0, ROLE_TEXT,
                  "bitgrove learn CATALOGUE, in a shell, queues learning.");
        return;
    }
    top = pane_sub(inner, 1, 0, rows, inner.cols);
    rest = pane_sub(inner, rows + 2, 0, inner.rows - rows - 2, inner.cols);
    list_fit(&jobs->list, list->count, rows);
    for (int i = 0; i < rows && jobs->list.top + i < list->count; i++)
        draw_row(top, i, &list->items[jobs->list.top + i]);
    pane_over(top, jobs->list.cursor - jobs->list.top, 0, top.cols,
              ROLE_SELECTED);
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
        (job->state == JOB_QUEUED || job->state == JOB_RUNNING)) {
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
                                   .find = find_jobs};
