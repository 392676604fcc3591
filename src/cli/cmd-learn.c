#include <config.h>

#include <math.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/subject.h"
#include "cli/tabular.h"

static void print_rate(const char *what, double rate)
{
    struct str s = STR_INIT;

    tabular_percent(&s, rate);
    printf(", %s %s", what, s.text);
    str_release(&s);
}

/* What came out: the model, and the rates of its last epochs. */
static enum status print_model(const struct args *args, struct catalogue *cat,
                               int64_t id, struct err *err)
{
    struct model_row m;
    struct history_list history = {NULL, 0, 0};
    double top1 = NAN, mhd = NAN, ed = NAN;
    struct str name = STR_INIT;
    enum status status = model_get(cat, id, &m, err);

    if (status != OK)
        return status;
    status = history_all(cat, id, &history, err);
    for (int i = 0; status == OK && i < history.count; i++) {
        const struct history_row *row = &history.items[i];

        mhd = row->phase == 2 ? row->mhd : mhd;
        ed = row->phase == 2 ? row->ed : ed;
    }
    if (status == OK) {
        const struct history_row *row = history_classes(&history, &m);

        top1 = row != NULL ? row->top1 : NAN;
    }
    if (status == OK && args->format != FORMAT_TABLE) {
        jsonout_print_as(
            json_pack("{s:o, s:i, s:i, s:I, s:o, s:o, s:o}", "model",
                      jsonout_text(m.name), "bits", m.bits, "epochs", m.step,
                      "seed", (json_int_t)m.seed, "top1", jsonout_real(top1),
                      "mhd", jsonout_real(mhd), "ed", jsonout_real(ed)),
            args->format);
    } else if (status == OK) {
        console_name(&name, m.name);
        printf("model %s: %d bits, %d epochs", name.text, m.bits, m.step);
        print_rate(m.baseline[0] ? "top-1" : "class codes", top1);
        print_rate("MHD", mhd);
        print_rate("ED", ed);
        str_clear(&name);
        console_name(&name, args->words[0]);
        printf("\nall figures: bitgrove eval %s%s\n", name.text,
               m.baseline[0] ? " --baselines" : "");
    }
    str_release(&name);
    history_list_release(&history);
    model_release(&m);
    return status;
}

/* What to learn from, or the model to go on with, is there: else that is said
 * before a job is queued. */
static enum status open_subject(struct subject *s, const struct args *args,
                                struct err *err)
{
    const char *resume = params_get(&args->params, JOB_LEARN, "resume");

    if (resume == NULL)
        return subject_open(s, args, SUBJECT_CLASSES, err);
    return subject_open_named(s, args->words[0], resume, NULL, SUBJECT_MODEL,
                              err);
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct job job;
    enum status status = open_subject(&s, args, err);

    if (status == OK)
        status = follow_or_detach(s.cat, JOB_LEARN, args, 0, &job, err);
    if (status == OK && job.id) {
        status = print_model(args, s.cat, job.model_id, err);
        job_release(&job);
    }
    subject_close(&s);
    return status;
}

static const struct option_row options[] = {
    OPTION_DETACH,
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_learn = {
    .name = "learn",
    .synopsis = "CATALOGUE",
    .summary = "learn codes: codebook, then instance codes",
    .details =
        "Queues a job that learns an encoder, a codebook and the codes of all "
        "images, starts a worker, and follows it. Every epoch is kept: after "
        "Ctrl-C, 'bitgrove jobs CATALOGUE retry ID' goes on from the last one, "
        "and a worker that dies is replaced at once. The same seed gives the "
        "same codes for any number of threads and interruptions.\n\n"
        "--epochs A,B and --lr A,B are for the codebook and the instance "
        "codes; A,B,C has the warm start before them.",
    .options = options,
    .kind = JOB_LEARN,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 1,
    .run = run,
};
