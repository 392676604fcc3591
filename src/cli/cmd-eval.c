#include <config.h>

#include "cli/commands.h"
#include "cli/evaluate.h"
#include "cli/subject.h"

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    int64_t r = 1000;
    enum status status = args_int(args, "r", 1, 1000000000, &r, err);

    if (status != OK)
        return status;
    if (args->words_count > 1) {
        if (args_has(args, "model") || args_has(args, "baselines"))
            return err_set(err, ERR_BAD_INPUT,
                           "models that are named one after the other are "
                           "compared as they are: leave --model and "
                           "--baselines out");
        return evaluate_several(args->words[0], args->words + 1,
                                args->words_count - 1, (size_t)r, args->format,
                                err);
    }
    status = subject_open(&s, args, SUBJECT_CODEBOOK, err);
    if (status == OK)
        status = evaluate(&s, (size_t)r, args_has(args, "baselines"),
                          args->format, err);
    subject_close(&s);
    return status;
}

static const struct option_row options[] = {
    OPTION_MODEL,
    {"r", '\0', "R", "the cut of MAP@R (default: 1000)"},
    {"baselines", '\0', NULL,
     "beside them, the baselines there are, and how to learn the others"},
    OPTION_END,
};

const struct command cmd_eval = {
    .name = "eval",
    .synopsis = "CATALOGUE [MODEL]...",
    .summary = "how good the codes are, with the protocol of every figure",
    .details =
        "Class-code accuracy (top-1, top-5), decoding of image codes to the "
        "nearest class (MHD) and to the class with the "
        "very same code (ED), retrieval (tie-aware MAP@R, precision within "
        "radius 2), outlier detection without a threshold, agreement of the "
        "tree with the reference paths, and a row for each bit.\n\n"
        "With models after the catalogue, baselines among them, a column for "
        "each and a row for every figure, with its protocol.\n\n"
        "Accuracy is measured on the test split; retrieval queries it against "
        "the train split; outliers are the ood split. Rates in JSON and CSV "
        "are fractions of 1, and null or empty when they can't be had yet.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = -1,
    .run = run,
};
