#include <config.h>

#include "cli/question.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/notes.h"
#include "cli/codelist.h"
#include "cli/evaluate.h"
#include "cli/follow.h"
#include "cli/idlist.h"
#include "cli/jsonout.h"

#define K_DEFAULT 10

/* ---- what is near what ---- */

static struct asked *expect(struct question *q, size_t count)
{
    q->asked = mem_zalloc(count + 1, sizeof(*q->asked));
    q->count = count;
    return q->asked;
}

static struct asked of_row(const struct question *q, size_t row)
{
    return (struct asked){q->codes.codes[row],
                          q->codes.margins + row * (size_t)q->codes.bits,
                          q->codes.ids[row]};
}

static enum status ask_image(struct question *q, struct err *err)
{
    int64_t id = 0, row;
    enum status status = args_int(q->args, "image", 1, INT64_MAX, &id, err);

    if (status != OK)
        return status;
    row = image_codes_find(&q->codes, id);
    if (row < 0)
        return err_set(err, ERR_NOT_FOUND,
                       "image %lld has no code of model %s (is there such an "
                       "image? bitgrove image %s %lld)",
                       (long long)id, q->subject->model.name, q->args->words[0],
                       (long long)id);
    *expect(q, 1) = of_row(q, (size_t)row);
    return OK;
}

static enum status ask_images(struct question *q, struct err *err)
{
    uint64_t *rows;
    size_t count, next = 0;
    enum status status = idlist_read(&rows, &count, q->word, &q->codes, err);

    if (status != OK)
        return err_wrap(err, "--images");
    expect(q, count);
    for (size_t row = 0; row < q->set.count; row++)
        if (rows[row / 64] >> row % 64 & 1)
            q->asked[next++] = of_row(q, row);
    free(rows);
    if (count == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "--images %s: no such image is coded", q->word);
    return OK;
}

static enum status ask_class(struct question *q, struct err *err)
{
    int index;
    enum status status = class_find(&q->subject->coded, q->word, &index, err);

    if (status == OK)
        expect(q, 1)->code = q->subject->book.codes[index];
    return status;
}

static enum status ask_code(struct question *q, struct err *err)
{
    struct asked *asked = expect(q, 1);

    return code_parse(&asked->code, q->word, q->codes.bits, err) == OK
               ? OK
               : err_wrap(err, "--code");
}

static enum status ask_codes(struct question *q, struct err *err)
{
    uint64_t *codes;
    size_t count;
    enum status status =
        codelist_read(&codes, &count, q->word, q->codes.bits, err);

    if (status != OK)
        return status;
    expect(q, count);
    for (size_t i = 0; i < count; i++)
        q->asked[i].code = codes[i];
    free(codes);
    return OK;
}

/* The code and margins that an encode job found for a file. */
static enum status read_result(struct question *q, const char *result,
                               struct err *err)
{
    json_t *o = json_loads(result, 0, NULL);
    const char *code = json_string_value(json_object_get(o, "code"));
    const json_t *margins = json_object_get(o, "margins");
    struct asked *asked = expect(q, 1);
    int bits = q->codes.bits;
    enum status status;

    if (code == NULL || json_array_size(margins) != (size_t)bits)
        status =
            err_set(err, ERR_IO, "the worker's answer is no code: %s", result);
    else
        status = code_parse(&asked->code, code, bits, err);
    q->margins = mem_zalloc((size_t)bits, 1);
    for (int i = 0; status == OK && i < bits; i++)
        q->margins[i] =
            (int8_t)json_integer_value(json_array_get(margins, (size_t)i));
    asked->margins = q->margins;
    json_decref(o);
    return status;
}

static enum status ask_file(struct question *q, struct err *err)
{
    struct follow options = follow_options(q->args);
    struct params params;
    struct str path = STR_INIT;
    struct job job;
    enum status status;

    options.brief = true;
    memset(&params, 0, sizeof(params));
    args_absolute(&path, q->word);
    status = params_set(&params, JOB_ENCODE, "file", path.text, err);
    str_release(&path);
    if (status == OK)
        status = follow_new(q->subject->cat, JOB_ENCODE, &params,
                            q->subject->model.id, &options, &job, err);
    params_release(&params);
    if (status != OK)
        return status;
    status = read_result(q, job.result, err);
    job_release(&job);
    return status;
}

/* The pattern's own code, of which only the fixed bits count. */
static enum status ask_pattern(struct question *q, struct err *err)
{
    (void)err;
    expect(q, 1)->code = q->pattern.value;
    q->filter.ignore = code_mask(q->codes.bits) & ~q->pattern.fixed;
    return OK;
}

/* The kinds of queries; a pattern is one where there is no other. */
static const struct kind {
    const char *option;
    bool several;
    enum status (*ask)(struct question *q, struct err *err);
} kinds[] = {
    {"image", false, ask_image},     {"file", false, ask_file},
    {"class", false, ask_class},     {"code", false, ask_code},
    {"images", true, ask_images},    {"codes", true, ask_codes},
    {"pattern", false, ask_pattern},
};

static enum status choose(const struct kind **out, struct question *q,
                          const char *images, struct err *err)
{
    *out = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        const char *word = args_get(q->args, kinds[i].option);

        if (word == NULL && kinds[i].ask == ask_images && *out == NULL)
            word = images;
        if (word == NULL || (*out != NULL && kinds[i].ask == ask_pattern))
            continue;
        if (*out != NULL)
            return err_set(err, ERR_BAD_INPUT,
                           "--%s and --%s: one of them at a time", q->kind,
                           kinds[i].option);
        *out = &kinds[i];
        q->kind = kinds[i].option;
        q->word = word;
        q->several = kinds[i].several;
    }
    if (*out == NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "near what? Give --image ID, --file PATH, --class NAME, "
                       "--code BITS or --pattern BITS, or many at once: "
                       "--images IDS or --codes FILE");
    return OK;
}

/* ---- filters ---- */

static enum status parse_pattern(struct question *q, struct err *err)
{
    const char *text = args_get(q->args, "pattern");

    if (text == NULL)
        return OK;
    if (pattern_parse(&q->pattern, text, q->codes.bits, err) != OK)
        return err_wrap(err, "--pattern");
    q->filter.pattern = &q->pattern;
    return OK;
}

/* "D,M,ID": where a page before ended. */
static enum status parse_after(struct question *q, struct err *err)
{
    const char *text = args_get(q->args, "after"), *at = text;
    long long part[3];

    if (text == NULL)
        return OK;
    if (q->several)
        return err_set(err, ERR_BAD_INPUT,
                       "--after goes on with one query, --%s asks many",
                       q->kind);
    for (int i = 0; i < 3; i++) {
        char *end;

        errno = 0;
        part[i] = strtoll(at, &end, 10);
        if (errno != 0 || end == at || *end != (i < 2 ? ',' : '\0') ||
            part[i] < 0 || (i < 2 && part[i] > INT32_MAX))
            return err_set(err, ERR_BAD_INPUT,
                           "--after %s: give distance, margin and id of the "
                           "last image that is known, as in 3,812,55",
                           text);
        at = end + 1;
    }
    q->filter.resume = true;
    q->filter.after =
        (struct near_place){(int)part[0], (int32_t)part[1], part[2]};
    return OK;
}

static enum status parse_class(struct question *q, struct err *err)
{
    const char *in = args_get(q->args, "in");
    int index;
    enum status status;

    if (in == NULL)
        return OK;
    status = class_find(&q->subject->classes, in, &index, err);
    if (status != OK)
        return err_wrap(err, "--in");
    q->filter.in_class = true;
    q->filter.class_id = index;
    return OK;
}

static enum status parse_members(struct question *q, struct err *err)
{
    const char *tag = args_get(q->args, "tag");
    const char *among = args_get(q->args, "among");
    size_t count;

    if (tag != NULL && tag_images(q->subject->cat, tag, &q->tagged,
                                  &q->filter.id_count, err) != OK)
        return err->status;
    if (among != NULL &&
        idlist_read(&q->among, &count, among, &q->codes, err) != OK)
        return err_wrap(err, "--among");
    q->filter.ids = q->tagged;
    q->filter.rows = q->among;
    return OK;
}

static enum status parse_extent(struct question *q, struct err *err)
{
    int64_t k = -1, radius = -1;
    bool alone = strcmp(q->kind, "pattern") == 0;
    enum status status = args_int(q->args, "k", 1, INT32_MAX, &k, err);

    if (status == OK)
        status = args_int(q->args, "radius", 0, CODE_BITS_MAX, &radius, err);
    if (status != OK)
        return status;
    if (k < 0)
        k = radius >= 0 || alone ? 0 : K_DEFAULT;
    q->filter.k = (size_t)k;
    q->filter.radius = (int)radius;
    q->filter.all_ties = args_has(q->args, "all-ties");
    return OK;
}

static enum status parse_filters(struct question *q, struct err *err)
{
    enum status status = parse_extent(q, err);

    if (status == OK)
        status = parse_pattern(q, err);
    if (status == OK)
        status = parse_after(q, err);
    if (status == OK)
        status = subject_splits(&q->filter.splits, q->args, err);
    if (status == OK)
        status = parse_class(q, err);
    if (status == OK)
        status = parse_members(q, err);
    return status;
}

/* ---- the whole ---- */

static void fill_set(struct question *q)
{
    q->labels = image_codes_labels(&q->codes, &q->subject->classes);
    q->set = (struct near_set){.count = (size_t)q->codes.n,
                               .bits = q->codes.bits,
                               .ids = q->codes.ids,
                               .codes = q->codes.codes,
                               .margins = q->codes.margins,
                               .classes = q->labels,
                               .splits = q->codes.split};
}

enum status question_read(struct question *out, const struct args *args,
                          struct subject *subject, const char *images,
                          struct err *err)
{
    const struct kind *kind;
    enum status status;

    memset(out, 0, sizeof(*out));
    out->args = args;
    out->subject = subject;
    near_query_init(&out->filter, 0, K_DEFAULT);
    status = choose(&kind, out, images, err);
    if (status == OK)
        status = subject_codes(subject, &out->codes, err);
    if (status != OK)
        return status;
    fill_set(out);
    status = parse_filters(out, err);
    return status == OK ? kind->ask(out, err) : status;
}

void question_release(struct question *q)
{
    free(q->asked);
    free(q->labels);
    free(q->tagged);
    free(q->among);
    free(q->margins);
    image_codes_release(&q->codes);
}

void question_query(struct near_query *out, const struct question *q, size_t i)
{
    const struct asked *asked = &q->asked[i];

    *out = q->filter;
    out->code = asked->code;
    out->margins = asked->margins;
    out->skip = asked->image != 0;
    out->skip_id = asked->image;
    if (out->k > 0 && !out->all_ties)
        out->k++;
}
