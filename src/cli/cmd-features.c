#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalogue/images.h"
#include "cli/commands.h"
#include "cli/jobfile.h"
#include "cli/outfile.h"
#include "cli/subject.h"
#include "formats/npy.h"

enum { PAGE = 4096 };

/* The images whose features are wanted. */
static enum status read_query(struct images_query *out, const struct subject *s,
                              const struct args *args, struct err *err)
{
    const char *name = params_get(&args->params, JOB_FEATURES, "split");
    enum split split;

    images_query_init(out);
    out->dataset = s->dataset.id;
    out->limit = PAGE;
    if (name == NULL)
        return OK;
    if (split_parse(&split, name, err) != OK)
        return err->status;
    out->split = (int)split;
    return OK;
}

/* The class of each image, as import takes them. */
static enum status write_labels(FILE *out, const char *name,
                                const struct subject *s, struct images_query q,
                                int64_t n, struct err *err)
{
    struct image_list page = {NULL, 0, 0};
    size_t shape[1] = {(size_t)n};
    enum status status = npy_write_header(out, name, NPY_I64, 1, shape, err);
    int64_t left = n;

    while (status == OK && left > 0) {
        q.limit = left < PAGE ? (int)left : PAGE;
        status = images_page(s->cat, &q, &page, err);
        for (int i = 0; status == OK && i < page.count; i++) {
            int c = class_index(&s->classes, page.items[i].class_id);

            if (c < 0)
                status = err_set(err, ERR_BAD_INPUT,
                                 "--labels: image %lld is of no class: choose "
                                 "others with --split",
                                 (long long)page.items[i].id);
            else
                fwrite(&s->classes.items[c].number, sizeof(int64_t), 1, out);
        }
        if (status == OK && page.count == 0)
            status = err_set(err, ERR_BUSY,
                             "images went while they were read: try again");
        if (status == OK) {
            left -= page.count;
            q.after = page.items[page.count - 1].id;
        }
        image_list_release(&page);
    }
    return status;
}

static enum status end_file(struct outfile *file, enum status status,
                            struct err *err)
{
    struct err ignored;

    if (status == OK)
        return outfile_close(file, true, err);
    if (outfile_close(file, false, &ignored) != OK)
        err_wrap(err, "%s", ignored.text);
    return status;
}

static enum status write_features(FILE *out, const char *name,
                                  struct args *args, const struct subject *s,
                                  int64_t n, struct err *err)
{
    const struct follow options = follow_options(args);
    struct job job;
    enum status status = jobfile_write(out, name, s->cat, JOB_FEATURES,
                                       &args->params, 0, &options, &job, err);

    if (status != OK)
        return status;
    if (job.total != n)
        status =
            err_set(err, ERR_BUSY, "images were imported meanwhile: try again");
    job_release(&job);
    return status;
}

static enum status features(struct args *args, const struct subject *s,
                            struct err *err)
{
    const char *path = args_get(args, "output");
    const char *labels = args_get(args, "labels");
    struct outfile out, classes;
    struct images_query q;
    int64_t n;
    enum status status = read_query(&q, s, args, err);

    if (status == OK)
        status = images_count(s->cat, &q, &n, err);
    if (status == OK)
        status = outfile_open(&out, path, true, err);
    if (status != OK)
        return status;
    if (labels != NULL) {
        status = outfile_open(&classes, labels, true, err);
        if (status != OK)
            return end_file(&out, status, err);
        status = write_labels(classes.stream, labels, s, q, n, err);
    }
    if (status == OK)
        status = write_features(out.stream, path ? path : "standard output",
                                args, s, n, err);
    status = end_file(&out, status, err);
    return labels != NULL ? end_file(&classes, status, err) : status;
}

static enum status run(struct args *args, struct err *err)
{
    const char *dataset, *file = args->words[1];
    struct str path = STR_INIT;
    struct subject s;
    enum status status = OK;

    if (access(file, R_OK) != 0)
        return err_set(err, ERR_BAD_INPUT, "%s can't be read: %s", file,
                       strerror(errno));
    args_absolute(&path, file);
    status = params_set(&args->params, JOB_FEATURES, "file", path.text, err);
    str_release(&path);
    if (status != OK)
        return status;
    dataset = params_get(&args->params, JOB_FEATURES, "dataset");
    status = subject_open_named(&s, args->words[0], NULL, dataset,
                                SUBJECT_CLASSES, err);
    if (status == OK)
        status = features(args, &s, err);
    subject_close(&s);
    return status;
}

static const char *const passed[] = {"layer",   "split",   "mean", "deviation",
                                     "dataset", "threads", NULL};
static const struct option_row options[] = {
    {"output", 'o', "FILE",
     "write FILE, whole or not at all (default: standard output)"},
    {"labels", '\0', "FILE", "write the labels of the images, too"},
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_features = {
    .name = "features",
    .synopsis = "CATALOGUE NETWORK",
    .summary = "what a network from elsewhere makes of images, as a file",
    .details =
        "NETWORK is an ONNX file that takes pictures of the size the data set "
        "has. Its output, or the layer that is named, is written as npy "
        "(float32, images x numbers), in the order of the images' ids. "
        "'bitgrove import' takes the file and its labels for features to be "
        "learnt from.",
    .options = options,
    .kind = JOB_FEATURES,
    .passed = passed,
    .least = 2,
    .most = 2,
    .run = run,
};
