#include <config.h>

#include "sql/nearfunc.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/notes.h"
#include "sql/snapshot.h"

enum { COL_ID, COL_CLASS, COL_SPLIT, COL_CODE, COL_DISTANCE, COL_MARGIN };
enum {
    ARG_MODEL,
    ARG_QUERY,
    ARG_K,
    ARG_RADIUS,
    ARG_PATTERN,
    ARG_SPLIT,
    ARG_CLASS,
    ARG_TAG,
    ARG_IMAGE,
    ARG_COUNT
};

#define K_DEFAULT 10
#define K_MOST    (INT64_C(1) << 40)

static const char *const arg_names[ARG_COUNT] = {
    "model",    "query",    "k",   "radius", "pattern",
    "in_split", "in_class", "tag", "image"};

struct rows {
    struct snapshot *snapshot;
    struct near_answer answer;
};

/* What is asked, and what that refers to. */
struct question {
    struct db_value **args;
    const struct snapshot *on;
    struct near_query query;
    struct pattern pattern;
    int64_t *tagged;
    bool nothing; /* a NULL where a value must be: no rows */
};

static bool given(const struct question *q, int arg)
{
    return q->args[arg] != NULL && db_value_type(q->args[arg]) != DB_NULL;
}

static enum status mistyped(const struct question *q, int arg,
                            const char *wanted, struct err *err)
{
    return err_set(err, ERR_BAD_INPUT, "%s is %s, and should be %s",
                   arg_names[arg], db_type_name(db_value_type(q->args[arg])),
                   wanted);
}

/* A whole number of low to high; *out is left alone when it is not given. */
static enum status number(const struct question *q, int arg, int64_t low,
                          int64_t high, int64_t *out, struct err *err)
{
    int64_t value;

    if (!given(q, arg))
        return OK;
    if (db_value_type(q->args[arg]) != DB_INT)
        return mistyped(q, arg, "an integer", err);
    value = db_value_int(q->args[arg]);
    if (value < low || value > high)
        return err_set(err, ERR_BAD_INPUT, "%s is %lld, and should be %lld %s",
                       arg_names[arg], (long long)value, (long long)low,
                       high == CODE_BITS_MAX ? "to 64" : "or more");
    *out = value;
    return OK;
}

static enum status text(const struct question *q, int arg, const char **out,
                        struct err *err)
{
    *out = NULL;
    if (!given(q, arg))
        return OK;
    if (db_value_type(q->args[arg]) != DB_TEXT)
        return mistyped(q, arg, "text", err);
    *out = db_value_text(q->args[arg]);
    return OK;
}

static enum status ask_code(struct question *q, struct err *err)
{
    struct db_value *value = q->args[ARG_QUERY];
    int bits = q->on->set.bits;

    switch (db_value_type(value)) {
    case DB_INT:
        q->query.code = (uint64_t)db_value_int(value);
        if (code_fits(q->query.code, bits))
            return OK;
        return err_set(err, ERR_BAD_INPUT,
                       "the code %lld has bits beyond the %d of the model",
                       (long long)db_value_int(value), bits);
    case DB_TEXT:
        return code_parse(&q->query.code, db_value_text(value), bits, err);
    default:
        return mistyped(q, ARG_QUERY, "a code: an integer, or text of 0 and 1",
                        err);
    }
}

static enum status ask_image(struct question *q, struct err *err)
{
    int64_t id = 0;
    size_t row;
    enum status status = number(q, ARG_IMAGE, INT64_MIN, INT64_MAX, &id, err);

    if (status != OK)
        return status;
    row = nearindex_find(q->on->index, id);
    q->nothing = row == SIZE_MAX;
    if (q->nothing)
        return OK;
    q->query.code = q->on->set.codes[row];
    q->query.margins = q->on->set.margins + row * (size_t)q->on->set.bits;
    q->query.skip = true;
    q->query.skip_id = id;
    return OK;
}

/* Which code: of an image, the one given, or the pattern's. */
static enum status ask(struct question *q, struct err *err)
{
    const char *pattern;
    enum status status = text(q, ARG_PATTERN, &pattern, err);

    if (status == OK && pattern != NULL) {
        status = pattern_parse(&q->pattern, pattern, q->on->set.bits, err);
        if (status != OK)
            return err_wrap(err, "pattern");
        q->query.pattern = &q->pattern;
    }
    if (status != OK)
        return status;
    if (given(q, ARG_IMAGE) && given(q, ARG_QUERY))
        return err_set(err, ERR_BAD_INPUT, "a query and an image: one of them");
    if (given(q, ARG_IMAGE))
        return ask_image(q, err);
    if (given(q, ARG_QUERY))
        return ask_code(q, err);
    if (q->args[ARG_IMAGE] != NULL || q->query.pattern == NULL) {
        q->nothing = true;
        return q->args[ARG_IMAGE] != NULL || q->args[ARG_QUERY] != NULL
                   ? OK
                   : err_set(err, ERR_BAD_INPUT,
                             "near what? near(model, code, k)");
    }
    q->query.code = q->pattern.value;
    q->query.ignore = code_mask(q->pattern.bits) & ~q->pattern.fixed;
    return OK;
}

static enum status count_wanted(struct question *q, struct err *err)
{
    int64_t k = -1, radius = -1;
    enum status status = number(q, ARG_K, 0, K_MOST, &k, err);

    if (status == OK)
        status = number(q, ARG_RADIUS, 0, CODE_BITS_MAX, &radius, err);
    if (status != OK)
        return status;
    q->nothing |= k == 0;
    if (k < 0)
        k = radius >= 0 || given(q, ARG_PATTERN) ? 0 : K_DEFAULT;
    q->query.k = (size_t)k;
    q->query.radius = (int)radius;
    return OK;
}

static enum status filter_split(struct question *q, struct err *err)
{
    const char *at;
    enum status status = text(q, ARG_SPLIT, &at, err);

    while (status == OK && at != NULL && *at) {
        size_t n = strcspn(at, ",");
        char *name = mem_strndup(at, n);
        enum split split = SPLIT_TRAIN;

        status = split_parse(&split, name, err);
        free(name);
        q->query.splits |= 1u << split;
        at += n + (at[n] == ',');
    }
    return status;
}

static enum status filter_class(struct question *q, struct err *err)
{
    int index = -1;
    enum status status = OK;

    if (!given(q, ARG_CLASS))
        return OK;
    if (db_value_type(q->args[ARG_CLASS]) == DB_INT)
        index = class_index(&q->on->classes, db_value_int(q->args[ARG_CLASS]));
    else if (db_value_type(q->args[ARG_CLASS]) == DB_TEXT)
        status = class_find(&q->on->classes, db_value_text(q->args[ARG_CLASS]),
                            &index, err);
    else
        return mistyped(q, ARG_CLASS, "a class's name or id", err);
    if (status == OK && index < 0)
        status = err_set(err, ERR_NOT_FOUND, "there is no class with id %lld",
                         (long long)db_value_int(q->args[ARG_CLASS]));
    q->query.in_class = true;
    q->query.class_id = index;
    return status;
}

static enum status filter_tag(struct question *q, struct snapshots *all,
                              struct err *err)
{
    const char *name;
    enum status status = text(q, ARG_TAG, &name, err);

    if (status != OK || name == NULL)
        return status;
    status = tag_images(snapshots_catalogue(all), name, &q->tagged,
                        &q->query.id_count, err);
    snapshots_rest(all);
    q->query.ids = q->tagged;
    return status;
}

static enum status prepare(struct question *q, struct snapshots *all,
                           struct err *err)
{
    enum status status;

    near_query_init(&q->query, 0, K_DEFAULT);
    q->query.brief = true;
    status = ask(q, err);
    if (status == OK)
        status = count_wanted(q, err);
    if (status == OK)
        status = filter_split(q, err);
    if (status == OK)
        status = filter_class(q, err);
    if (status == OK)
        status = filter_tag(q, all, err);
    return status;
}

/* The model by name or id; NULL is the newest. */
static enum status open_model(struct snapshots *all, struct db_value *value,
                              struct snapshot **out, struct err *err)
{
    enum db_type type = value != NULL ? db_value_type(value) : DB_NULL;

    if (type == DB_TEXT)
        return snapshots_get(all, db_value_text(value), 0, out, err);
    if (type == DB_INT && db_value_int(value) == 0)
        return err_set(err, ERR_NOT_FOUND, "there is no model 0");
    if (type == DB_INT || type == DB_NULL)
        return snapshots_get(
            all, NULL, type == DB_INT ? db_value_int(value) : 0, out, err);
    return err_set(err, ERR_BAD_INPUT,
                   "model is %s, and should be a model's name or id, or NULL "
                   "for the newest",
                   db_type_name(type));
}

static enum status answer(void *context, struct db_value **args, void **out,
                          size_t *count, struct err *err)
{
    struct snapshots *all = context;
    struct question q = {.args = args};
    struct rows *rows = mem_zalloc(1, sizeof(*rows));
    enum status status = open_model(all, args[ARG_MODEL], &rows->snapshot, err);

    q.on = rows->snapshot;
    if (status == OK)
        status = prepare(&q, all, err);
    if (status == OK && !q.nothing)
        status = nearindex_search(&rows->answer, q.on->index, &q.query, err);
    free(q.tagged);
    if (status != OK) {
        snapshot_drop(rows->snapshot);
        free(rows);
        return status;
    }
    *count = rows->answer.count;
    *out = rows;
    return OK;
}

static void column(const void *data, size_t row, int column_index,
                   struct db_result *out)
{
    const struct rows *rows = data;
    const struct near_item *item = &rows->answer.items[row];

    switch (column_index) {
    case COL_ID:
        db_result_int(out, item->id);
        break;
    case COL_CLASS:
        if (item->class_id < 0)
            db_result_null(out);
        else
            db_result_text(out,
                           rows->snapshot->classes.items[item->class_id].name);
        break;
    case COL_SPLIT:
        db_result_text(out, split_name((enum split)item->split));
        break;
    case COL_CODE:
        db_result_int(out, (int64_t)item->code);
        break;
    case COL_DISTANCE:
        db_result_int(out, item->distance);
        break;
    default:
        db_result_int(out, item->margin);
    }
}

static void done(void *data)
{
    struct rows *rows = data;

    near_answer_release(&rows->answer);
    snapshot_drop(rows->snapshot);
    free(rows);
}

static void release(void *context)
{
    snapshots_free(context);
}

enum status nearfunc_install(struct db *db, struct err *err)
{
    static const struct db_table_function near = {
        .name = "near",
        .columns = "id INTEGER, class TEXT, split TEXT, code INTEGER, "
                   "distance INTEGER, margin INTEGER, model HIDDEN, query "
                   "HIDDEN, k HIDDEN, radius HIDDEN, pattern HIDDEN, in_split "
                   "HIDDEN, in_class HIDDEN, tag HIDDEN, image HIDDEN",
        .visible = COL_MARGIN + 1,
        .arguments = ARG_COUNT,
        .order = {COL_DISTANCE, COL_MARGIN, COL_ID, -1},
        .answer = answer,
        .column = column,
        .done = done,
        .release = release,
    };

    return db_add_table_function(db, &near, snapshots_new(db), err);
}
