#include <config.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/subject.h"

static enum status print_result(const struct args *args, struct catalogue *cat,
                                const struct job *job, struct err *err)
{
    struct model_row m;
    struct str name = STR_INIT, path = STR_INIT;
    enum status status = model_get(cat, job->model_id, &m, err);

    if (status != OK)
        return status;
    if (args->format != FORMAT_TABLE) {
        jsonout_print_as(json_pack("{s:o, s:s, s:i, s:s}", "model",
                                   jsonout_text(m.name), "encoder", m.encoder,
                                   "bits", m.bits, "baseline",
                                   m.baseline[0] ? m.baseline : "none"),
                         args->format);
    } else {
        console_name(&name, m.name);
        console_name(&path, args->words[0]);
        printf("model %s: %s, %d bits\n", name.text, m.encoder, m.bits);
        if (model_has_codes(&m))
            printf("code the images with it: bitgrove encode --model %s %s\n",
                   name.text, path.text);
    }
    str_release(&name);
    str_release(&path);
    model_release(&m);
    return OK;
}

static enum status import_model(struct args *args, struct subject *s,
                                struct err *err)
{
    const char *file = args->words[1];
    struct str path = STR_INIT;
    struct job job;
    enum status status = OK;

    if (access(file, R_OK) != 0)
        return err_set(err, ERR_BAD_INPUT, "%s can't be read: %s", file,
                       strerror(errno));
    args_absolute(&path, file);
    status =
        params_set(&args->params, JOB_IMPORT_MODEL, "file", path.text, err);
    str_release(&path);
    if (status == OK)
        status = follow_or_detach(s->cat, JOB_IMPORT_MODEL, args, 0, &job, err);
    if (status == OK && job.id) {
        status = print_result(args, s->cat, &job, err);
        job_release(&job);
    }
    return status;
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    enum status status = subject_open(&s, args, SUBJECT_CLASSES, err);

    if (status == OK)
        status = import_model(args, &s, err);
    subject_close(&s);
    return status;
}

static const char *const passed[] = {"name", "dataset",   "codebook", "arch",
                                     "mean", "deviation", NULL};
static const struct option_row options[] = {
    OPTION_DETACH,
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_import_model = {
    .name = "import-model",
    .synopsis = "CATALOGUE FILE",
    .summary = "bring a model in: one of bitgrove's, or a checkpoint",
    .details =
        "FILE is a model that 'bitgrove export CATALOGUE model' wrote, or a "
        "checkpoint of PyTorch (.pth) with the tensors of torchvision's "
        "ResNet 18, 34 or 50, alone or as the authors of LLC lay them out. "
        "Nothing in it is run. Its images must be of the size of the data "
        "set it is to be a model of, and its classes the same. It comes "
        "without history and without codes of images: 'bitgrove encode' "
        "makes those.",
    .options = options,
    .kind = JOB_IMPORT_MODEL,
    .passed = passed,
    .formats = FORMATS_ROWS,
    .least = 2,
    .most = 2,
    .run = run,
};
