#include <config.h>

#include <stdio.h>

#include "cli/commands.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/subject.h"

static void print_result(const struct args *args, const struct job *job)
{
    json_t *result = json_loads(job->result, 0, NULL);

    if (args->format != FORMAT_TABLE) {
        jsonout_print_as(result ? result : json_object(), args->format);
        return;
    }
    printf("%lld images coded\n",
           (long long)json_integer_value(json_object_get(result, "images")));
    json_decref(result);
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct job job;
    enum status status = subject_open(&s, args, SUBJECT_CODEBOOK, err);

    if (status == OK)
        status =
            follow_or_detach(s.cat, JOB_ENCODE, args, s.model.id, &job, err);
    if (status == OK && job.id) {
        print_result(args, &job);
        job_release(&job);
    }
    subject_close(&s);
    return status;
}

static const char *const passed[] = {"split", "class",   "node",
                                     "image", "threads", NULL};
static const struct option_row options[] = {
    OPTION_MODEL,
    OPTION_DETACH,
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_encode = {
    .name = "encode",
    .synopsis = "CATALOGUE",
    .summary = "recompute codes: of all images, a split, a class, one image",
    .details =
        "Learning codes every image at its end; this does it again, or for "
        "images that were imported later. Without options it codes them all.",
    .options = options,
    .kind = JOB_ENCODE,
    .passed = passed,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 1,
    .run = run,
};
