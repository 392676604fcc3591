#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/subject.h"
#include "cli/tabular.h"
#include "queue/jobs.h"
#include "queue/spawn.h"

static enum status parse_id(int64_t *out, const char *text, struct err *err)
{
    char *end;
    long long id;

    errno = 0;
    id = strtoll(text, &end, 10);
    if (errno || end == text || *end || id < 1)
        return err_set(err, ERR_BAD_INPUT,
                       "'%s' is no job: the number of one is wanted", text);
    *out = id;
    return OK;
}

static void print_json(const struct job_list *list)
{
    json_t *rows = json_array();

    for (int i = 0; i < list->count; i++) {
        const struct job *j = &list->items[i];

        json_array_append_new(
            rows,
            json_pack("{s:I, s:s, s:s, s:I, s:I, s:o}", "id", (json_int_t)j->id,
                      "kind", job_kind_name(j->kind), "state",
                      job_state_name(j->state), "progress",
                      (json_int_t)j->progress, "total", (json_int_t)j->total,
                      "message", jsonout_text(j->message)));
    }
    jsonout_print(rows);
}

static void print_rows(const struct job_list *list, enum format format)
{
    static const struct column columns[] = {
        {"id", COLUMN_NUMBER},    {"kind", COLUMN_TEXT},
        {"state", COLUMN_TEXT},   {"progress", COLUMN_NUMBER},
        {"total", COLUMN_NUMBER}, {"message", COLUMN_NAME},
    };
    struct tabular t;

    tabular_init(&t, columns, 6, format);
    for (int i = 0; i < list->count; i++) {
        const struct job *j = &list->items[i];

        tabular_int(&t, j->id);
        tabular_text(&t, job_kind_name(j->kind));
        tabular_text(&t, job_state_name(j->state));
        tabular_int(&t, j->progress);
        tabular_int(&t, j->total);
        tabular_text(&t, j->message);
    }
    if (list->count == 0 && format == FORMAT_TABLE)
        puts("no jobs");
    tabular_print(&t);
    tabular_release(&t);
}

static void print_list(const struct args *args, const struct job_list *list)
{
    if (args->format == FORMAT_JSON)
        print_json(list);
    else
        print_rows(list, args->format);
}

static enum status list_all(const struct args *args, struct catalogue *cat,
                            struct err *err)
{
    struct job_list list = {NULL, 0, 0};
    enum status status = job_all(cat, 0, &list, err);

    if (status == OK)
        print_list(args, &list);
    job_list_release(&list);
    return status;
}

static enum status list_one(const struct args *args, struct catalogue *cat,
                            int64_t id, struct err *err)
{
    struct job job;
    struct job_list list = {&job, 1, 1};
    enum status status = job_get(cat, id, &job, err);

    if (status != OK)
        return status;
    print_list(args, &list);
    job_release(&job);
    return OK;
}

static void print_log_lines(const struct log_list *log)
{
    char when[32];

    for (int i = 0; i < log->count; i++) {
        struct str safe = STR_INIT;

        console_message(&safe, log->items[i].text);
        printf("%s  %s\n", clock_format(log->items[i].at, when, sizeof(when)),
               safe.text);
        str_release(&safe);
    }
}

static void print_log_json(const struct log_list *log)
{
    json_t *rows = json_array();
    char when[32];

    for (int i = 0; i < log->count; i++)
        json_array_append_new(
            rows, json_pack("{s:s, s:o}", "at",
                            clock_format(log->items[i].at, when, sizeof(when)),
                            "text", jsonout_text(log->items[i].text)));
    jsonout_print(rows);
}

static void print_log_csv(const struct log_list *log)
{
    static const struct column columns[] = {{"at", COLUMN_TEXT},
                                            {"text", COLUMN_NAME}};
    struct tabular t;
    char when[32];

    tabular_init(&t, columns, 2, FORMAT_CSV);
    for (int i = 0; i < log->count; i++) {
        tabular_text(&t, clock_format(log->items[i].at, when, sizeof(when)));
        tabular_text(&t, log->items[i].text);
    }
    tabular_print(&t);
    tabular_release(&t);
}

static enum status print_log(struct catalogue *cat, int64_t id,
                             enum format format, struct err *err)
{
    struct log_list log = {NULL, 0, 0};
    struct job job;
    enum status status = job_get(cat, id, &job, err);

    if (status != OK)
        return status;
    job_release(&job);
    status = job_log_read(cat, id, 0, &log, err);
    if (status != OK)
        return status;
    if (format == FORMAT_JSON)
        print_log_json(&log);
    else if (format == FORMAT_CSV)
        print_log_csv(&log);
    else
        print_log_lines(&log);
    log_list_release(&log);
    return OK;
}

/* The job that runs, else the first that waits. */
static enum status find_live(struct catalogue *cat, int64_t *id,
                             struct err *err)
{
    struct job_list list = {NULL, 0, 0};
    enum status status = job_all(cat, 0, &list, err);
    bool running = false;

    *id = 0;
    for (int i = 0; status == OK && i < list.count; i++) {
        if (list.items[i].state == JOB_RUNNING ||
            (list.items[i].state == JOB_QUEUED && !running))
            *id = list.items[i].id;
        running = running || list.items[i].state == JOB_RUNNING;
    }
    job_list_release(&list);
    if (status == OK && *id == 0)
        status = err_set(err, ERR_NOT_FOUND,
                         "no job of %s runs or waits. One that failed or was "
                         "stopped goes on with: bitgrove jobs %s retry ID",
                         catalogue_path(cat), catalogue_path(cat));
    return status;
}

static enum status follow(const struct args *args, struct catalogue *cat,
                          int64_t id, struct err *err)
{
    struct follow options = {.quiet = args_has(args, "quiet"), .leave = true};
    struct job job;
    struct job_list list = {&job, 1, 1};
    enum status status = OK;

    if (id == 0)
        status = find_live(cat, &id, err);
    if (status == OK)
        status = follow_job(cat, id, &options, &job, err);
    if (status != OK)
        return status;
    print_list(args, &list);
    job_release(&job);
    return OK;
}

static enum status change(const struct args *args, struct catalogue *cat,
                          bool cancel, struct err *err)
{
    int64_t id;
    enum status status;

    if (args->words_count < 3)
        return err_set(err, ERR_BAD_INPUT,
                       "which job? usage: bitgrove jobs %s %s ID",
                       args->words[0], args->words[1]);
    status = parse_id(&id, args->words[2], err);
    if (status == OK)
        status = cancel ? job_cancel(cat, id, err) : job_retry(cat, id, err);
    if (status == OK && !cancel)
        status = spawn_worker(cat, 0, err);
    if (status == OK)
        status = args_has(args, "follow") ? follow(args, cat, id, err)
                                          : list_one(args, cat, id, err);
    return status;
}

static enum status act(const struct args *args, struct catalogue *cat,
                       struct err *err)
{
    const char *word = args->words_count > 1 ? args->words[1] : NULL;
    const char *log = args_get(args, "log");
    int64_t id = 0;
    enum status status = OK;

    if (word && (strcmp(word, "cancel") == 0 || strcmp(word, "retry") == 0))
        return change(args, cat, word[0] == 'c', err);
    if (args->words_count > 2)
        return err_set(err, ERR_BAD_INPUT,
                       "jobs: '%s' is unknown: cancel or retry is meant", word);
    if (log != NULL || word != NULL)
        status = parse_id(&id, log ? log : word, err);
    if (status != OK)
        return status;
    if (log != NULL)
        return print_log(cat, id, args->format, err);
    if (args_has(args, "follow"))
        return follow(args, cat, id, err);
    return id ? list_one(args, cat, id, err) : list_all(args, cat, err);
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    enum status status = subject_open(&s, args, SUBJECT_CATALOGUE, err);

    if (status == OK)
        status = act(args, s.cat, err);
    subject_close(&s);
    return status;
}

static const struct option_row options[] = {
    {"follow", 'f', NULL,
     "follow the job ID, or the one that runs, to its end; Ctrl-C leaves it "
     "running"},
    {"log", '\0', "ID", "the log of a job"},
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_jobs = {
    .name = "jobs",
    .synopsis = "CATALOGUE [ID | cancel ID | retry ID]",
    .summary = "the queue: list, follow, cancel, retry",
    .details =
        "Lists the jobs of a catalogue, newest first, or one of them. 'cancel' "
        "asks a job to stop; 'retry' queues a failed or cancelled one again "
        "and starts a worker; learning goes on from its last epoch.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 3,
    .run = run,
};
