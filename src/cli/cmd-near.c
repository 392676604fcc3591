#include <config.h>

#include <stdio.h>

#include "cli/commands.h"
#include "cli/neighbours.h"
#include "cli/question.h"
#include "cli/subject.h"

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct question q = {0};
    enum status status = subject_open(&s, args, SUBJECT_CODEBOOK, err);

    if (status == OK)
        status = question_read(&q, args, &s, NULL, err);
    if (status == OK)
        status = neighbours_write(&q, stdout, args->format, err);
    question_release(&q);
    subject_close(&s);
    return status;
}

static const struct option_row options[] = {
    {"image", '\0', "ID", "neighbours of this image, itself left out"},
    {"file", '\0', "PATH[:ROW]",
     "of a picture (PGM, PPM), or of a row of an IDX file, coded by the worker "
     "first"},
    {"class", '\0', "NAME", "of the code of this class"},
    {"code", '\0', "BITS", "of this code, bit 0 first"},
    {"images", '\0', "IDS",
     "of many images at once: ids, ranges A-B, splits, all, @FILE, with "
     "commas"},
    {"codes", '\0', "FILE",
     "of many codes at once: a line each, or .npy; - is standard input"},
    {"k", 'k', "N",
     "how many (default: 10; with --radius or --pattern alone, "
     "all)"},
    {"radius", '\0', "D", "only at distance D or less"},
    {"pattern", '\0', "BITS",
     "only codes that agree with 01**1..., * being "
     "free; alone, all of them"},
    {"split", '\0', "SPLIT", "only of train, test or ood (or several: A,B)"},
    {"in", '\0', "CLASS", "only images of this class"},
    {"tag", '\0', "TAG", "only images with this tag"},
    {"among", '\0', "IDS", "only these images, written as for --images"},
    {"after", '\0', "D,M,ID",
     "the next page: only what comes after this distance, margin and id"},
    {"all-ties", '\0', NULL, "beyond k, every image as near as the last"},
    OPTION_MODEL,
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_near = {
    .name = "near",
    .synopsis = "CATALOGUE",
    .summary = "the images nearest to an image, a file, a class or a code",
    .details =
        "Exact neighbours by Hamming distance, then by distance of margins, "
        "then by id. Where k cuts through images that are equally near, the "
        "last line says so: 'k=10, 14 at distance <= 3', and how to go on. "
        "With --radius or --pattern it says how many match in all. Many "
        "queries at once are answered over all cores. Exit status 1 when "
        "nothing matches.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 1,
    .run = run,
};
