#include <config.h>

#include "cli/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/console.h"

#define BAR       20    /* columns of the bar */
#define SILENT_MS 10000 /* without a terminal: at least a line so often */

void progress_init(struct progress *p, bool quiet, bool brief)
{
    const char *term = getenv("TERM");

    memset(p, 0, sizeof(*p));
    p->quiet = quiet;
    p->brief = brief;
    p->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    p->shown = clock_monotonic();
}

static void add_bar(struct str *out, double part, int columns)
{
    static const char *const eighths[] = {"·", "▏", "▎", "▍",
                                          "▌", "▋", "▊", "▉"};
    int filled = (int)(part * columns * 8);

    for (int i = 0; i < columns; i++, filled -= 8) {
        if (console_utf8())
            str_add(out, filled >= 8  ? "█"
                         : filled > 0 ? eighths[filled]
                                      : eighths[0]);
        else
            str_add_char(out, filled >= 4 ? '#' : '.');
    }
}

static void add_part(struct str *out, int columns, const char *part)
{
    const char *gap = out->length == 0 ? "" : console_utf8() ? " · " : " - ";
    int used = utf8_width(out->text);
    struct str both = STR_INIT;

    str_add(&both, gap);
    str_add(&both, part);
    if (used + utf8_width(both.text) <= columns)
        str_add(out, both.text);
    else if (columns - used > 12)
        utf8_clip(out, both.text, columns - used, !console_utf8());
    str_release(&both);
}

static void add_rate(struct str *out, int columns, const struct job *job)
{
    struct str part = STR_INIT;

    if (job->state != JOB_RUNNING || !(job->rate > 0))
        return;
    str_addf(&part, job->rate < 10 ? "%.1f/s" : "%.0f/s", job->rate);
    add_part(out, columns, part.text);
    str_release(&part);
}

void progress_line(struct str *out, const struct job *job, int columns)
{
    struct str part = STR_INIT;
    char left[40];

    str_add(&part, job_kind_name(job->kind));
    if (job->total > 0 && job->state == JOB_RUNNING) {
        double done = (double)job->progress / (double)job->total;

        done = fmin(fmax(done, 0), 1);
        str_add_char(&part, ' ');
        add_bar(&part, done, columns < 60 ? BAR / 2 : BAR);
        str_addf(&part, " %3d %%", (int)(done * 100));
    }
    add_part(out, columns, part.text);
    add_rate(out, columns, job);
    if (job->state == JOB_RUNNING && job_time_left(job) >= 0) {
        str_clear(&part);
        str_addf(&part, "%s left",
                 clock_duration(job_time_left(job), left, sizeof(left)));
        add_part(out, columns, part.text);
    }
    str_clear(&part);
    console_message(&part, job->state == JOB_QUEUED && !job->message[0]
                               ? "waiting for a worker"
                               : job->message);
    if (part.length)
        add_part(out, columns, part.text);
    str_release(&part);
}

static void wipe(struct progress *p)
{
    if (p->drawn)
        fputs("\r\033[K", stderr);
    p->drawn = false;
}

void progress_note(struct progress *p, const char *text)
{
    struct str safe = STR_INIT, line = STR_INIT;

    if (p->quiet)
        return;
    wipe(p);
    console_message(&safe, text);
    utf8_clip(&line, safe.text, p->terminal ? console_columns(stderr) : 100000,
              !console_utf8());
    fprintf(stderr, "%s\n", line.text);
    p->shown = clock_monotonic();
    str_release(&safe);
    str_release(&line);
}

static void show_log(struct progress *p, struct catalogue *cat,
                     const struct job *job)
{
    struct log_list log;
    struct err ignored;

    memset(&log, 0, sizeof(log));
    if (p->brief ||
        job_log_read(cat, job->id, p->log_seq, &log, &ignored) != OK)
        return;
    for (int i = 0; i < log.count; i++) {
        progress_note(p, log.items[i].text);
        p->log_seq = log.items[i].seq;
    }
    log_list_release(&log);
}

void progress_show(struct progress *p, struct catalogue *cat,
                   const struct job *job)
{
    struct str line = STR_INIT;
    int columns = console_columns(stderr);

    if (p->quiet)
        return;
    show_log(p, cat, job);
    if (p->terminal) {
        progress_line(&line, job, columns > 1 ? columns - 1 : 79);
        fprintf(stderr, "\r%s\033[K", line.text);
        p->drawn = true;
    } else if (clock_monotonic() - p->shown > SILENT_MS) {
        progress_line(&line, job, 1000);
        fprintf(stderr, "%s\n", line.text);
        p->shown = clock_monotonic();
    }
    fflush(stderr);
    str_release(&line);
}

void progress_end(struct progress *p)
{
    wipe(p);
    fflush(stderr);
}
