#include <config.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/subject.h"
#include "cli/tabular.h"
#include "metrics/duplicate.h"
#include "ui/survey.h"

#define LIMIT_DEFAULT 50

struct report {
    const struct args *args;
    struct subject s;
    enum survey_kind kind;
    struct survey_options options;
    struct survey_list list;
    int bits;
};

/* ---- what is asked ---- */

static enum status parse_pixels(struct report *r, struct err *err)
{
    const char *text = args_get(r->args, "pixels");
    char *end;

    if (text == NULL)
        return OK;
    errno = 0;
    r->options.tolerance = strtod(text, &end);
    if (errno || end == text || *end || !(r->options.tolerance >= 0) ||
        r->options.tolerance > 255)
        return err_set(err, ERR_BAD_INPUT,
                       "--pixels is a difference from 0 to 255, not '%s'",
                       text);
    return OK;
}

static enum status parse(struct report *r, struct err *err)
{
    const char *kind = args_get(r->args, "kind");
    int64_t limit = LIMIT_DEFAULT, radius = DUPLICATE_RADIUS;
    enum status status = OK;

    survey_options_init(&r->options);
    r->options.cancel = follow_interrupted;
    r->kind = SURVEY_UNKNOWN;
    if (kind != NULL)
        status = survey_parse(&r->kind, kind, err);
    if (status == OK)
        status = args_int(r->args, "limit", 0, INT32_MAX, &limit, err);
    if (status == OK)
        status = args_int(r->args, "radius", 0, CODE_BITS_MAX, &radius, err);
    if (status == OK)
        status = parse_pixels(r, err);
    if (status == OK)
        status = subject_splits(&r->options.splits, r->args, err);
    r->options.most = (size_t)limit;
    r->options.radius = (int)radius;
    return status;
}

static enum status parse_class(struct report *r, struct err *err)
{
    const char *name = args_get(r->args, "class");
    int index;
    enum status status;

    if (name == NULL)
        return OK;
    status = class_find(&r->s.classes, name, &index, err);
    if (status == OK)
        r->options.class_id = r->s.classes.items[index].id;
    return status;
}

/* ---- JSON ---- */

static json_t *class_json(const struct report *r, int64_t id)
{
    return id == 0 ? json_null() : jsonout_text(subject_class(&r->s, id));
}

static json_t *bits_json(uint64_t differ)
{
    json_t *list = json_array();

    for (int bit = 0; bit < CODE_BITS_MAX; bit++)
        if (code_bit(differ, bit))
            json_array_append_new(list, json_integer(bit));
    return list;
}

static double real(const struct report *r, int margin)
{
    return margin * r->s.model.margin_scale;
}

static json_t *twin_json(const struct report *r, const struct survey_image *x)
{
    return json_pack(
        "{s:I, s:o, s:s, s:I, s:o, s:s, s:b, s:o, s:o, s:o}", "id",
        (json_int_t)x->id, "class", class_json(r, x->class_id), "split",
        split_name(x->split), "of", (json_int_t)x->twin, "of_class",
        class_json(r, x->twin_class), "of_split", split_name(x->twin_split),
        "exact", x->exact, "pixels",
        r->s.dataset.kind == DATASET_VECTORS ? json_null()
                                             : jsonout_real(x->pixels),
        "distance", x->coded ? json_integer(x->distance) : json_null(), "code",
        x->coded ? jsonout_code(x->code, r->bits) : json_null());
}

static json_t *image_json(const struct report *r, const struct survey_image *x)
{
    json_t *row;

    if (r->kind == SURVEY_DUPLICATES)
        return twin_json(r, x);
    row = json_pack("{s:I, s:o, s:s, s:o, s:i}", "id", (json_int_t)x->id,
                    "class", class_json(r, x->class_id), "split",
                    split_name(x->split), "decoded", class_json(r, x->decoded),
                    "distance", x->distance);
    if (r->kind == SURVEY_UNKNOWN) {
        json_object_set_new(row, "margin", jsonout_real(real(r, x->margin)));
    } else {
        json_object_set_new(row, "lead", json_integer(x->lead));
        json_object_set_new(row, "margin_lead",
                            jsonout_real(real(r, x->margin_lead)));
    }
    json_object_set_new(row, "differs", bits_json(x->differ));
    json_object_set_new(row, "code", jsonout_code(x->code, r->bits));
    return row;
}

static json_t *pair_json(const struct report *r, const struct survey_pair *x)
{
    return json_pack("{s:o, s:o, s:i, s:o, s:I, s:I, s:I, s:I}", "a",
                     class_json(r, x->a), "b", class_json(r, x->b), "distance",
                     x->distance, "differs", bits_json(x->differ), "a_as_b",
                     (json_int_t)x->a_as_b, "b_as_a", (json_int_t)x->b_as_a,
                     "a_images", (json_int_t)x->a_images, "b_images",
                     (json_int_t)x->b_images);
}

/* The splits that were looked at, by name. */
static json_t *splits_json(uint32_t splits)
{
    json_t *list = json_array();

    for (int s = 0; s < SPLIT_COUNT; s++)
        if (!splits || splits >> s & 1)
            json_array_append_new(list, json_string(split_name((enum split)s)));
    return list;
}

static void print_json(const struct report *r)
{
    const struct survey_list *list = &r->list;
    json_t *rows = json_array(), *all;

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(rows, list->pairs
                                        ? pair_json(r, &list->pair[i])
                                        : image_json(r, &list->image[i]));
    all = json_pack(
        "{s:s, s:o, s:I, s:o, s:I, s:I}", "kind", survey_name(r->kind), "model",
        r->s.model.id ? jsonout_text(r->s.model.name) : json_null(), "looked",
        (json_int_t)list->looked, "splits",
        splits_json(list->pairs ? list->splits : r->options.splits), "found",
        (json_int_t)list->total, "given", (json_int_t)list->count);
    if (r->kind == SURVEY_DUPLICATES) {
        json_object_set_new(all, "crowded",
                            json_integer((json_int_t)list->crowded));
        json_object_set_new(all, "radius", json_integer(r->options.radius));
        json_object_set_new(all, "tolerance",
                            jsonout_real(r->options.tolerance));
    }
    json_object_set_new(all, "rows", rows);
    jsonout_print(all);
}

/* ---- tables and CSV ---- */

static void bits_cell(struct tabular *t, uint64_t differ)
{
    struct str text = STR_INIT;

    for (int bit = 0; bit < CODE_BITS_MAX; bit++)
        if (code_bit(differ, bit))
            str_addf(&text, "%s%d", text.length ? " " : "", bit);
    tabular_text(t, text.text);
    str_release(&text);
}

static void class_cell(struct tabular *t, const struct report *r, int64_t id)
{
    tabular_text(t, subject_class(&r->s, id));
}

static void twin_row(struct tabular *t, const struct report *r,
                     const struct survey_image *x)
{
    tabular_int(t, x->id);
    class_cell(t, r, x->class_id);
    tabular_text(t, split_name(x->split));
    tabular_int(t, x->twin);
    class_cell(t, r, x->twin_class);
    tabular_text(t, split_name(x->twin_split));
    tabular_text(t, x->exact ? "exact" : "near");
    tabular_real(t, r->s.dataset.kind == DATASET_VECTORS ? NAN : x->pixels, 2);
    if (x->coded)
        tabular_int(t, x->distance);
    else
        tabular_text(t, r->args->format == FORMAT_TABLE ? "-" : "");
}

static void image_row(struct tabular *t, const struct report *r,
                      const struct survey_image *x)
{
    if (r->kind == SURVEY_DUPLICATES) {
        twin_row(t, r, x);
        return;
    }
    tabular_int(t, x->id);
    class_cell(t, r, x->class_id);
    tabular_text(t, split_name(x->split));
    class_cell(t, r, x->decoded);
    tabular_int(t, x->distance);
    if (r->kind == SURVEY_UNKNOWN) {
        tabular_real(t, real(r, x->margin), 2);
    } else {
        tabular_int(t, x->lead);
        tabular_real(t, real(r, x->margin_lead), 2);
    }
    bits_cell(t, x->differ);
    tabular_code(t, x->code, r->bits);
}

static void pair_row(struct tabular *t, const struct report *r,
                     const struct survey_pair *x)
{
    class_cell(t, r, x->a);
    class_cell(t, r, x->b);
    tabular_int(t, x->distance);
    bits_cell(t, x->differ);
    tabular_int(t, (int64_t)x->a_as_b);
    tabular_int(t, (int64_t)x->b_as_a);
    tabular_int(t, (int64_t)x->a_images);
    tabular_int(t, (int64_t)x->b_images);
}

#define COLUMNS_MAX 9

static const struct column columns[SURVEY_KINDS][COLUMNS_MAX] = {
    [SURVEY_UNKNOWN] = {{"id", COLUMN_NUMBER},
                        {"class", COLUMN_NAME},
                        {"split", COLUMN_TEXT},
                        {"decoded", COLUMN_NAME},
                        {"distance", COLUMN_NUMBER},
                        {"margin", COLUMN_NUMBER},
                        {"differs", COLUMN_TEXT},
                        {"code", COLUMN_TEXT}},
    [SURVEY_MISTAKES] = {{"id", COLUMN_NUMBER},
                         {"class", COLUMN_NAME},
                         {"split", COLUMN_TEXT},
                         {"decoded", COLUMN_NAME},
                         {"distance", COLUMN_NUMBER},
                         {"lead", COLUMN_NUMBER},
                         {"margin_lead", COLUMN_NUMBER},
                         {"differs", COLUMN_TEXT},
                         {"code", COLUMN_TEXT}},
    [SURVEY_DUPLICATES] = {{"id", COLUMN_NUMBER},
                           {"class", COLUMN_NAME},
                           {"split", COLUMN_TEXT},
                           {"of", COLUMN_NUMBER},
                           {"of_class", COLUMN_NAME},
                           {"of_split", COLUMN_TEXT},
                           {"kind", COLUMN_TEXT},
                           {"pixels", COLUMN_NUMBER},
                           {"distance", COLUMN_NUMBER}},
    [SURVEY_CLASSES] = {{"a", COLUMN_NAME},
                        {"b", COLUMN_NAME},
                        {"distance", COLUMN_NUMBER},
                        {"differs", COLUMN_TEXT},
                        {"a_as_b", COLUMN_NUMBER},
                        {"b_as_a", COLUMN_NUMBER},
                        {"a_images", COLUMN_NUMBER},
                        {"b_images", COLUMN_NUMBER}},
    [SURVEY_CONFUSED] = {{"a", COLUMN_NAME},
                         {"b", COLUMN_NAME},
                         {"distance", COLUMN_NUMBER},
                         {"differs", COLUMN_TEXT},
                         {"a_as_b", COLUMN_NUMBER},
                         {"b_as_a", COLUMN_NUMBER},
                         {"a_images", COLUMN_NUMBER},
                         {"b_images", COLUMN_NUMBER}},
};

/* "12 of 431 images whose code no class has, among 7000 images" */
static void print_head(const struct report *r)
{
    static const char *const what[SURVEY_KINDS] = {
        "images whose code no class has",
        "likely label mistakes",
        "duplicates",
        "pairs of classes that share a code or are one bit apart",
        "pairs of classes taken for each other",
    };
    const struct survey_list *list = &r->list;

    if (list->count < list->total)
        printf("the first %zu of ", list->count);
    printf("%zu %s; looked at %zu images", list->total, what[r->kind],
           list->looked);
    if (list->pairs && list->splits) {
        printf(" of");
        for (int s = 0, n = 0; s < SPLIT_COUNT; s++)
            if (list->splits >> s & 1)
                printf("%s%s", n++ ? "," : " ", split_name((enum split)s));
    }
    if (r->kind == SURVEY_DUPLICATES && r->s.dataset.kind != DATASET_VECTORS)
        printf("; near: at most %d bits and %g of 255 apart", r->options.radius,
               r->options.tolerance);
    putchar('\n');
    if (list->crowded)
        printf("%zu images have so many like them that not all were compared\n",
               list->crowded);
}

static void print_rows(const struct report *r)
{
    const struct survey_list *list = &r->list;
    int width = COLUMNS_MAX;
    struct tabular t;

    while (!columns[r->kind][width - 1].key)
        width--;
    tabular_init(&t, columns[r->kind], width, r->args->format);
    for (size_t i = 0; i < list->count; i++) {
        if (list->pairs)
            pair_row(&t, r, &list->pair[i]);
        else
            image_row(&t, r, &list->image[i]);
    }
    if (r->args->format == FORMAT_TABLE)
        print_head(r);
    tabular_print(&t);
    tabular_release(&t);
}

/* ---- the command ---- */

/* Duplicates are found by pixels alone where there are no codes. */
static enum status look_for_twins(struct report *r, struct err *err)
{
    struct image_codes codes = {0};
    enum status status = OK;

    if (r->s.model.id)
        status = subject_codes(&r->s, &codes, err);
    if (status == ERR_NOT_FOUND && r->s.dataset.kind != DATASET_VECTORS)
        status = OK;
    if (status != OK)
        return status;
    if (!r->s.model.id && r->s.dataset.kind == DATASET_VECTORS)
        return err_set(err, ERR_NOT_FOUND,
                       "duplicates among vectors are told by their codes, and "
                       "there is no model yet: bitgrove learn %s",
                       r->args->words[0]);
    r->bits = codes.bits;
    status = survey_duplicates(&r->list, r->s.cat, &r->s.dataset, &codes,
                               &r->options, err);
    image_codes_release(&codes);
    return status;
}

static enum status look_at_codes(struct report *r, struct err *err)
{
    struct survey_list lists[SURVEY_KINDS];
    struct image_codes codes;
    enum status status = subject_codes(&r->s, &codes, err);

    if (status != OK)
        return status;
    memset(lists, 0, sizeof(lists));
    r->bits = codes.bits;
    status = survey_codes(lists, &codes, &r->s.class_codes, &r->options, err);
    image_codes_release(&codes);
    r->list = lists[r->kind];
    memset(&lists[r->kind], 0, sizeof(lists[0]));
    for (int i = 0; i < SURVEY_KINDS; i++)
        survey_list_release(&lists[i]);
    return status;
}

static enum status open_subject(struct report *r, struct err *err)
{
    enum status status = subject_open(&r->s, r->args, SUBJECT_CODEBOOK, err);

    if (status != ERR_NOT_FOUND || r->kind != SURVEY_DUPLICATES ||
        args_has(r->args, "model"))
        return status;
    subject_close(&r->s);
    return subject_open(&r->s, r->args, SUBJECT_CLASSES, err);
}

static enum status run(struct args *args, struct err *err)
{
    struct report r = {.args = args};
    enum status status = parse(&r, err);

    if (status != OK)
        return status;
    follow_catch();
    status = open_subject(&r, err);
    if (status == OK)
        status = parse_class(&r, err);
    if (status == OK)
        status = r.kind == SURVEY_DUPLICATES ? look_for_twins(&r, err)
                                             : look_at_codes(&r, err);
    if (status == OK && args->format == FORMAT_JSON)
        print_json(&r);
    else if (status == OK)
        print_rows(&r);
    if (status == OK && r.list.count == 0) {
        err->text[0] = '\0';
        status = err->status = ERR_NOT_FOUND;
    }
    survey_list_release(&r.list);
    subject_close(&r.s);
    return status;
}

static const struct option_row options[] = {
    {"kind", 'k', "KIND",
     "which: unknown|mistakes|duplicates|classes|confused (default: unknown)"},
    {"split", '\0', "SPLIT,...", "only images of these splits"},
    {"class", '\0', "NAME",
     "only images labelled so, or pairs with that class"},
    {"limit", 'n', "N", "at most N rows, 0 for all (default: 50)"},
    {"radius", '\0', "N",
     "near duplicates: codes at most N bits apart (default: 2)"},
    {"pixels", '\0', "X",
     "near duplicates: pixels differ by at most X of 255, 0 for exact ones "
     "alone (default: 12)"},
    OPTION_MODEL,
    OPTION_END,
};

const struct command cmd_outliers = {
    .name = "outliers",
    .synopsis = "CATALOGUE",
    .summary = "unknown codes, label mistakes, duplicates, classes alike",
    .details =
        "unknown: images whose code no class has, those farthest from every "
        "class first, then the least sure: out of distribution, with no "
        "threshold.\n\n"
        "mistakes: images decoded with confidence to another class than their "
        "label says: nearer to its code than half the way to the next one. "
        "Those that lead by most bits come first, then by margins.\n\n"
        "duplicates: images that repeat an earlier one: equal pixels, or "
        "nearly equal pixels and code. Vectors: equal code and margins.\n\n"
        "classes: pairs of classes that share a code or are one bit apart; "
        "confused: pairs that are taken for each other, most often first. "
        "Both count test images unless --split says otherwise.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 1,
    .most = 1,
    .run = run,
};
