#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/neighbours.h"
#include "cli/question.h"
#include "cli/subject.h"
#include "index/nearindex.h"

#define AT_ONCE_LEAST 32 /* queries answered before any is printed */
#define AT_ONCE_MOST  1024
#define ITEMS_MOST    (1u << 21) /* in memory, about */

/*
 * One query is a pass over the codes, which costs less than tables would; the
 * pass counts everything there is on its way.
 */
static enum status answer_one(struct question *q, struct neighbours *out,
                              struct err *err)
{
    struct near_answer answer = NEAR_ANSWER_INIT;
    struct near_query query;
    enum status status;

    neighbours_begin(out, q, 0);
    question_query(&query, q, 0);
    status = near_search(&answer, &q->set, &query, err);
    if (status == OK) {
        neighbours_add(out, 0, &answer);
        neighbours_end(out);
    }
    near_answer_release(&answer);
    return status;
}

/* *at_once: how many to take the next time, by what these have brought. */
static enum status answer_some(struct neighbours *out,
                               const struct nearindex *index, size_t from,
                               size_t count, size_t *at_once, struct err *err)
{
    size_t items = 0;
    struct near_query *queries = mem_zalloc(count, sizeof(*queries));
    struct near_answer *answers = mem_zalloc(count, sizeof(*answers));
    enum status status;

    for (size_t i = 0; i < count; i++)
        question_query(&queries[i], out->q, from + i);
    status = nearindex_batch(answers, index, queries, count, 0, err);
    for (size_t i = 0; i < count && status == OK; i++) {
        items += answers[i].count;
        neighbours_add(out, from + i, &answers[i]);
        near_answer_release(&answers[i]);
    }
    if (items > ITEMS_MOST && *at_once > AT_ONCE_LEAST)
        *at_once /= 2;
    else if (items < ITEMS_MOST / 2 && *at_once < AT_ONCE_MOST)
        *at_once *= 2;
    free(queries);
    free(answers);
    return status;
}

/* How many pass the filters, for no query in particular. */
static enum status count_matching(size_t *out, const struct question *q,
                                  struct err *err)
{
    struct near_answer answer = NEAR_ANSWER_INIT;
    struct near_query query = q->filter;
    enum status status;

    query.brief = false;
    query.k = 1;
    status = near_search(&answer, &q->set, &query, err);
    *out = answer.considered;
    near_answer_release(&answer);
    return status;
}

/* Counts beyond the answers are taken once for all queries, unless a radius
 * makes them another number for each. */
static enum status answer_many(struct question *q, struct neighbours *out,
                               struct err *err)
{
    struct nearindex *index = NULL;
    size_t matching = 0, at_once = AT_ONCE_LEAST, count;
    enum status status = OK;

    q->filter.brief = q->filter.radius < 0;
    if (q->filter.brief)
        status = count_matching(&matching, q, err);
    if (status == OK)
        status = nearindex_build(&index, &q->set, err);
    if (status != OK)
        return status;
    neighbours_begin(out, q, matching);
    for (size_t from = 0; from < q->count && status == OK; from += count) {
        count = q->count - from < at_once ? q->count - from : at_once;
        status = answer_some(out, index, from, count, &at_once, err);
    }
    if (status == OK)
        neighbours_end(out);
    nearindex_free(index);
    return status;
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct question q = {0};
    struct neighbours out = {0};
    enum status status = subject_open(&s, args, SUBJECT_CODEBOOK, err);

    if (status == OK)
        status = question_read(&q, args, &s, err);
    if (status == OK)
        status =
            q.several ? answer_many(&q, &out, err) : answer_one(&q, &out, err);
    if (status == OK && out.given == 0)
        status = err_set(err, ERR_NOT_FOUND,
                         "no image matches; %zu pass the filters", out.passing);
    tabular_release(&out.t);
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
