#include <config.h>

#include <errno.h>
#include <stdio.h>

#include "cli/commands.h"
#include "cli/outfile.h"
#include "cli/report.h"

static enum status read_bounds(struct report_bounds *bounds,
                               const struct args *args, struct err *err)
{
    int64_t r = 1000, images = 8, pixels = 48, classes = 1000, rows = 64;
    enum status status = args_int(args, "r", 1, 1000000000, &r, err);

    if (status == OK)
        status = args_int(args, "images", 0, RANKING_MOST, &images, err);
    if (status == OK)
        status = args_int(args, "pixels", 8, 512, &pixels, err);
    if (status == OK)
        status = args_int(args, "classes", 0, 1000000, &classes, err);
    if (status == OK)
        status = args_int(args, "rows", 2, 1000000, &rows, err);
    *bounds = (struct report_bounds){(size_t)r, (int)images, (int)pixels,
                                     (int)classes, (int)rows};
    return status;
}

/* The models named, or the newest. */
static enum status write(const struct args *args, struct str *page,
                         struct err *err)
{
    struct report_bounds bounds;
    const char *only = args_get(args, "model");
    const char *const *names = args->words + 1;
    int count = args->words_count - 1;
    enum status status = read_bounds(&bounds, args, err);

    if (status == OK && only != NULL && count > 0)
        status = err_set(err, ERR_BAD_INPUT,
                         "models are named after the catalogue or with "
                         "--model, not both");
    if (status != OK)
        return status;
    if (count == 0) {
        names = &only;
        count = 1;
    }
    return report_write(page, args->words[0], names, count, &bounds, err);
}

static enum status run(struct args *args, struct err *err)
{
    struct outfile out;
    struct str page = STR_INIT;
    struct err ignored;
    enum status status = write(args, &page, err);

    if (status == OK)
        status = outfile_open(&out, args_get(args, "output"), false, err);
    if (status == OK) {
        bool written =
            fwrite(page.text, 1, page.length, out.stream) == page.length;

        if (written)
            status = outfile_close(&out, true, err);
        else
            status = err_sys(err, errno, "cannot write %s",
                             out.path ? out.path : "standard output");
        if (!written && outfile_close(&out, false, &ignored) != OK)
            err_wrap(err, "%s", ignored.text);
    }
    str_release(&page);
    return status;
}

static const struct option_row options[] = {
    {"output", 'o', "FILE",
     "write FILE, whole or not at all (default, and -: standard output)"},
    OPTION_MODEL,
    {"r", '\0', "R", "the cut of MAP@R (default: 1000)"},
    {"images", '\0', "N",
     "pictures on either side of a bit, up to 32 (default: 8; 0: no pictures "
     "at "
     "all)"},
    {"pixels", '\0', "N", "longer side of a picture (default: 48)"},
    {"classes", '\0', "N",
     "rows of the table of classes, the worst of more (default: 1000)"},
    {"rows", '\0', "N", "rows that a larger tree is folded into (default: 64)"},
    OPTION_END,
};

const struct command cmd_report = {
    .name = "report",
    .synopsis = "CATALOGUE [MODEL]...",
    .summary = "a model on one page of HTML, for a browser",
    .details =
        "The page needs nothing else: no network, no scripts, no fonts, its "
        "pictures are within. It shows what the model is, its figures with "
        "their protocol, how it was learnt, the tree, each bit with the images "
        "that are surest of it, the classes, and what the codes hardly tell "
        "apart. With further models, their figures stand beside.\n\n"
        "The same catalogue and options give the same bytes.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = 0,
    .least = 1,
    .most = -1,
    .run = run,
};
