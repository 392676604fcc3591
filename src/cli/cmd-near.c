#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "catalogue/notes.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/evaluate.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/subject.h"
#include "cli/tabular.h"
#include "index/near.h"

#define K_DEFAULT 10

/* What is asked, in the words of near_query, and what stands behind it. */
struct question {
    const struct args *args;
    struct subject *s;
    struct image_codes codes;
    struct near_query query;
    struct pattern pattern;
    int64_t *tagged; /* the images that --tag leaves, owned */
    int8_t margins[CODE_BITS_MAX];
    const char *kind; /* "image", "file", "class", "code", "pattern" */
    const char *word; /* as it was given */
};

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
                       (long long)id, q->s->model.name, q->args->words[0],
                       (long long)id);
    q->query.code = q->codes.codes[row];
    q->query.margins = q->codes.margins + row * q->codes.bits;
    q->query.skip = true;
    q->query.skip_id = id;
    return OK;
}

static enum status ask_class(struct question *q, struct err *err)
{
    int index;
    enum status status = class_find(&q->s->coded, q->word, &index, err);

    if (status == OK)
        q->query.code = q->s->book.codes[index];
    return status;
}

/* The code and margins that an encode job found for a file. */
static enum status read_result(struct question *q, const char *result,
                               struct err *err)
{
    json_t *o = json_loads(result, 0, NULL);
    const char *code = json_string_value(json_object_get(o, "code"));
    const json_t *margins = json_object_get(o, "margins");
    int bits = q->s->book.bits;
    enum status status;

    if (code == NULL || json_array_size(margins) != (size_t)bits)
        status =
            err_set(err, ERR_IO, "the worker's answer is no code: %s", result);
    else
        status = code_parse(&q->query.code, code, bits, err);
    for (int i = 0; status == OK && i < bits; i++)
        q->margins[i] =
            (int8_t)json_integer_value(json_array_get(margins, (size_t)i));
    if (status == OK)
        q->query.margins = q->margins;
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
        status = follow_new(q->s->cat, JOB_ENCODE, &params, q->s->model.id,
                            &options, &job, err);
    params_release(&params);
    if (status != OK)
        return status;
    status = read_result(q, job.result, err);
    job_release(&job);
    return status;
}

static enum status ask_pattern(struct question *q, bool alone, struct err *err)
{
    const char *text = args_get(q->args, "pattern");
    enum status status;

    if (text == NULL)
        return OK;
    status = pattern_parse(&q->pattern, text, q->s->book.bits, err);
    if (status != OK)
        return err_wrap(err, "--pattern");
    q->query.pattern = &q->pattern;
    if (alone) {
        q->query.code = q->pattern.value;
        q->query.ignore = code_mask(q->s->book.bits) & ~q->pattern.fixed;
    }
    return OK;
}

/* Which of the four kinds of query was given. */
static enum status choose(struct question *q, struct err *err)
{
    static const char *const kinds[] = {"image", "file", "class", "code"};

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        const char *word = args_get(q->args, kinds[i]);

        if (word != NULL && q->kind != NULL)
            return err_set(err, ERR_BAD_INPUT,
                           "--%s and --%s: one query at a time", q->kind,
                           kinds[i]);
        if (word != NULL) {
            q->kind = kinds[i];
            q->word = word;
        }
    }
    if (q->kind == NULL && args_has(q->args, "pattern")) {
        q->kind = "pattern";
        q->word = args_get(q->args, "pattern");
    }
    if (q->kind == NULL)
        return err_set(err, ERR_BAD_INPUT,
                       "near what? Give --image ID, --file PATH, --class NAME, "
                       "--code BITS or --pattern BITS");
    return OK;
}

static enum status parse_splits(struct question *q, struct err *err)
{
    const char *at = args_get(q->args, "split");

    while (at != NULL && *at) {
        size_t n = strcspn(at, ",");
        char *name = mem_strndup(at, n);
        enum split split;
        enum status status = split_parse(&split, name, err);

        free(name);
        if (status != OK)
            return status;
        q->query.splits |= 1u << split;
        at += n + (at[n] == ',');
    }
    return OK;
}

static enum status parse_tag(struct question *q, struct err *err)
{
    const char *tag = args_get(q->args, "tag");
    enum status status;

    if (tag == NULL)
        return OK;
    status = tag_images(q->s->cat, tag, &q->tagged, &q->query.id_count, err);
    q->query.ids = q->tagged;
    return status;
}

static enum status parse_filters(struct question *q, struct err *err)
{
    const char *in = args_get(q->args, "in");
    int64_t k = -1, radius = -1;
    int index;
    enum status status = args_int(q->args, "k", 1, INT32_MAX, &k, err);

    if (status == OK)
        status = args_int(q->args, "radius", 0, CODE_BITS_MAX, &radius, err);
    if (status == OK)
        status = parse_splits(q, err);
    if (status == OK)
        status = parse_tag(q, err);
    if (status == OK && in != NULL) {
        status = class_find(&q->s->classes, in, &index, err);
        q->query.in_class = true;
        q->query.class_id = status == OK ? index : 0;
    }
    if (status != OK)
        return status;
    if (k < 0)
        k = radius >= 0 || strcmp(q->kind, "pattern") == 0 ? 0 : K_DEFAULT;
    q->query.k = (size_t)k;
    q->query.radius = (int)radius;
    q->query.all_ties = args_has(q->args, "all-ties");
    return OK;
}

static enum status ask(struct question *q, struct err *err)
{
    enum status status = choose(q, err);

    if (status != OK)
        return status;
    near_query_init(&q->query, 0, K_DEFAULT);
    if (strcmp(q->kind, "image") == 0)
        status = ask_image(q, err);
    else if (strcmp(q->kind, "class") == 0)
        status = ask_class(q, err);
    else if (strcmp(q->kind, "code") == 0)
        status = code_parse(&q->query.code, q->word, q->s->book.bits, err) == OK
                     ? OK
                     : err_wrap(err, "--code");
    else if (strcmp(q->kind, "file") == 0)
        status = ask_file(q, err);
    if (status == OK)
        status = ask_pattern(q, strcmp(q->kind, "pattern") == 0, err);
    return status == OK ? parse_filters(q, err) : status;
}

static const char *class_name(const struct question *q,
                              const struct near_item *item)
{
    return item->class_id < 0 ? "" : q->s->classes.items[item->class_id].name;
}

static json_t *query_json(const struct question *q)
{
    json_t *query = json_pack("{s:s, s:o, s:o}", "kind", q->kind, "value",
                              jsonout_text(q->word), "code",
                              jsonout_code(q->query.code, q->s->book.bits));

    if (q->query.pattern != NULL) {
        struct str text = STR_INIT;

        pattern_text(&text, q->query.pattern, CODE_PLAIN);
        json_object_set_new(query, "pattern", json_string(text.text));
        str_release(&text);
    }
    return query;
}

static void print_json(const struct question *q, const struct near_answer *a)
{
    json_t *list = json_array();

    for (size_t i = 0; i < a->count; i++) {
        const struct near_item *item = &a->items[i];
        const char *name = class_name(q, item);

        json_array_append_new(
            list,
            json_pack("{s:I, s:o, s:s, s:i, s:o}", "id", (json_int_t)item->id,
                      "class", name[0] ? jsonout_text(name) : json_null(),
                      "split", split_name((enum split)item->split), "distance",
                      item->distance, "code",
                      jsonout_code(item->code, q->s->book.bits)));
    }
    jsonout_print(json_pack(
        "{s:o, s:o, s:{s:o, s:I, s:I}, s:o}", "query", query_json(q), "k",
        q->query.k ? json_integer((json_int_t)q->query.k) : json_null(), "ties",
        "distance", a->count ? json_integer(a->ties.distance) : json_null(),
        "given", (json_int_t)a->ties.given, "in_all",
        (json_int_t)a->ties.in_all, "neighbours", list));
}

static void print_head(const struct question *q)
{
    struct str line = STR_INIT, safe = STR_INIT;

    str_addf(&line, "%s ", q->kind);
    utf8_escape(&line, q->word);
    if (strcmp(q->kind, "image") == 0) {
        int64_t row = image_codes_find(&q->codes, q->query.skip_id);

        str_add(&line, " (");
        utf8_escape(&line, subject_class(q->s, q->codes.class_ids[row]));
        str_addf(&line, ", %s)", split_name((enum split)q->codes.split[row]));
    }
    if (strcmp(q->kind, "pattern") != 0) {
        str_add(&line, ": ");
        code_text(&line, q->query.code, q->s->book.bits, CODE_GROUPED);
    }
    console_label(&safe, line.text);
    puts(safe.text);
    str_release(&line);
    str_release(&safe);
}

static void print_rows(const struct question *q, const struct near_answer *a)
{
    static const struct column columns[] = {
        {"id", COLUMN_NUMBER},  {"class", COLUMN_NAME},
        {"split", COLUMN_TEXT}, {"distance", COLUMN_NUMBER},
        {"code", COLUMN_TEXT},
    };
    enum format format = q->args->format;
    const char *most = console_utf8() ? "≤" : "<=";
    struct tabular t;

    tabular_init(&t, columns, 5, format);
    for (size_t i = 0; i < a->count; i++) {
        const struct near_item *item = &a->items[i];

        tabular_int(&t, item->id);
        tabular_text(&t, class_name(q, item));
        tabular_text(&t, split_name((enum split)item->split));
        tabular_int(&t, item->distance);
        tabular_code(&t, item->code, q->s->book.bits);
    }
    if (format == FORMAT_TABLE)
        print_head(q);
    tabular_print(&t);
    if (format == FORMAT_TABLE && a->count > 0) {
        if (q->query.k)
            printf("k=%zu, ", q->query.k);
        printf("%zu at distance %s %d\n", a->ties.in_all, most,
               a->ties.distance);
    }
    tabular_release(&t);
}

static enum status answer(struct question *q, struct err *err)
{
    struct near_set set = NEAR_SET_INIT;
    struct near_answer a = NEAR_ANSWER_INIT;
    int32_t *classes = image_codes_labels(&q->codes, &q->s->classes);
    enum status status;

    set.count = (size_t)q->codes.n;
    set.bits = q->codes.bits;
    set.ids = q->codes.ids;
    set.codes = q->codes.codes;
    set.margins = q->codes.margins;
    set.classes = classes;
    set.splits = q->codes.split;
    status = near_search(&a, &set, &q->query, err);
    if (status == OK) {
        if (q->args->format == FORMAT_JSON)
            print_json(q, &a);
        else
            print_rows(q, &a);
        if (a.count == 0)
            status =
                err_set(err, ERR_NOT_FOUND,
                        "no image matches; %zu pass the filters", a.considered);
    }
    near_answer_release(&a);
    free(classes);
    return status;
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct question q;
    enum status status;

    memset(&q, 0, sizeof(q));
    q.args = args;
    q.s = &s;
    status = subject_open(&s, args, SUBJECT_CODEBOOK, err);
    if (status == OK)
        status = subject_codes(&s, &q.codes, err);
    if (status == OK) {
        status = ask(&q, err);
        if (status == OK)
            status = answer(&q, err);
        free(q.tagged);
        image_codes_release(&q.codes);
    }
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
        "last line says so: 'k=10, 14 at distance <= 3'. Exit status 1 when "
        "nothing matches.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 1,
    .run = run,
};
