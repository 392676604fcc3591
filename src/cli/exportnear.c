#include <config.h>

#include "cli/exports.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/tabular.h"
#include "index/nearindex.h"

#define K_DEFAULT 10
#define BATCH     1024 /* queries that are answered at once */

struct lots {
    const struct export *to;
    struct image_codes codes;
    int32_t *classes;        /* (n) in subject.classes, or -1; owned */
    uint32_t asking;         /* splits whose images are queries; 0: all */
    struct near_query query; /* what all of them ask */
    char **names;            /* of classes, as a field of the format; owned */
    int64_t written;
};

static enum status parse_splits(uint32_t *out, const struct args *args,
                                const char *option, struct err *err)
{
    const char *at = args_get(args, option);

    while (at != NULL && *at) {
        size_t n = strcspn(at, ",");
        char *name = mem_strndup(at, n);
        enum split split;
        enum status status = split_parse(&split, name, err);

        free(name);
        if (status != OK)
            return err_wrap(err, "--%s", option);
        *out |= 1u << split;
        at += n + (at[n] == ',');
    }
    return OK;
}

static enum status parse(struct lots *l, const struct args *args,
                         struct err *err)
{
    int64_t k = -1, radius = -1;
    enum status status = args_int(args, "k", 1, INT32_MAX, &k, err);

    if (status == OK)
        status = args_int(args, "radius", 0, CODE_BITS_MAX, &radius, err);
    if (status == OK)
        status = parse_splits(&l->asking, args, "split", err);
    near_query_init(&l->query, 0, 0);
    if (status == OK)
        status = parse_splits(&l->query.splits, args, "among", err);
    if (k < 0)
        k = radius >= 0 ? 0 : K_DEFAULT;
    l->query.k = (size_t)k;
    l->query.radius = (int)radius;
    l->query.all_ties = args_has(args, "all-ties");
    l->query.brief = true;
    l->query.skip = true;
    return status;
}

/* Names are the same over and over: quoted once. The last is of no class. */
static void quote_names(struct lots *l)
{
    const struct class_list *classes = &l->to->s->classes;

    l->names = mem_zalloc((size_t)classes->count + 1, sizeof(*l->names));
    for (int i = 0; i <= classes->count; i++) {
        const char *name = i < classes->count ? classes->items[i].name : "";
        struct str text = STR_INIT, safe = STR_INIT;

        if (l->to->format == FORMAT_JSON) {
            json_t *value = name[0] ? jsonout_text(name) : json_null();

            jsonout_write(&text, value);
            text.text[--text.length] = '\0'; /* the newline */
            json_decref(value);
        } else {
            utf8_escape(&safe, name);
            tabular_csv(&text, safe.text);
        }
        l->names[i] = str_take(&text);
        str_release(&safe);
    }
}

static const char *name_of(const struct lots *l, int32_t class_id)
{
    return l->names[class_id < 0 ? l->to->s->classes.count : class_id];
}

static void write_csv(const struct lots *l, int64_t row,
                      const struct near_answer *a)
{
    for (size_t i = 0; i < a->count; i++) {
        const struct near_item *item = &a->items[i];

        fprintf(l->to->out, "%lld,%zu,%lld,%s,%s,%d\n",
                (long long)l->codes.ids[row], i + 1, (long long)item->id,
                name_of(l, item->class_id), split_name((enum split)item->split),
                item->distance);
    }
}

static void write_json(struct lots *l, int64_t row, const struct near_answer *a)
{
    struct str line = STR_INIT;

    str_addf(&line, "%s\n  {\"id\": %lld, \"class\": %s, \"split\": \"%s\", ",
             l->written ? "," : "", (long long)l->codes.ids[row],
             name_of(l, l->classes[row]),
             split_name((enum split)l->codes.split[row]));
    if (a->count)
        str_addf(&line, "\"ties\": {\"distance\": %d, ", a->ties.distance);
    else
        str_add(&line, "\"ties\": {\"distance\": null, ");
    str_addf(&line, "\"given\": %zu, \"in_all\": %zu},\n   \"neighbours\": [",
             a->ties.given, a->ties.in_all);
    for (size_t i = 0; i < a->count; i++) {
        const struct near_item *item = &a->items[i];

        str_addf(&line,
                 "%s{\"id\": %lld, \"class\": %s, \"split\": \"%s\", "
                 "\"distance\": %d}",
                 i ? ", " : "", (long long)item->id, name_of(l, item->class_id),
                 split_name((enum split)item->split), item->distance);
    }
    str_add(&line, "]}");
    fputs(line.text, l->to->out);
    str_release(&line);
}

/* The next queries from *row on; returns how many. */
static size_t fill(const struct lots *l, struct near_query *queries,
                   int64_t *rows, int64_t *row)
{
    size_t count = 0;

    for (; *row < l->codes.n && count < BATCH; (*row)++) {
        if (l->asking && !(l->asking >> l->codes.split[*row] & 1))
            continue;
        queries[count] = l->query;
        queries[count].code = l->codes.codes[*row];
        queries[count].margins = l->codes.margins + *row * l->codes.bits;
        queries[count].skip_id = l->codes.ids[*row];
        rows[count++] = *row;
    }
    return count;
}

static enum status answer(struct lots *l, const struct nearindex *index,
                          struct err *err)
{
    struct near_query *queries = mem_zalloc(BATCH, sizeof(*queries));
    struct near_answer *answers = mem_zalloc(BATCH, sizeof(*answers));
    int64_t rows[BATCH], row = 0;
    enum status status = OK;
    size_t count;

    while (status == OK && (count = fill(l, queries, rows, &row)) > 0) {
        status = follow_interrupted(NULL)
                     ? err_set(err, ERR_CANCELLED, "interrupted")
                     : nearindex_batch(answers, index, queries, count, 0, err);
        for (size_t i = 0; status == OK && i < count; i++) {
            if (l->to->format == FORMAT_JSON)
                write_json(l, rows[i], &answers[i]);
            else
                write_csv(l, rows[i], &answers[i]);
            near_answer_release(&answers[i]);
            l->written++;
        }
        if (status == OK && ferror(l->to->out))
            status = err_set(err, ERR_IO, "cannot write %s", l->to->name);
    }
    free(queries);
    free(answers);
    return status;
}

static enum status write_all(struct lots *l, struct err *err)
{
    struct near_set set = NEAR_SET_INIT;
    struct nearindex *index = NULL;
    enum status status;

    set.count = (size_t)l->codes.n;
    set.bits = l->codes.bits;
    set.ids = l->codes.ids;
    set.codes = l->codes.codes;
    set.margins = l->codes.margins;
    set.classes = l->classes;
    set.splits = l->codes.split;
    status = nearindex_build(&index, &set, err);
    if (status != OK)
        return status;
    follow_catch();
    fputs(l->to->format == FORMAT_JSON ? "["
                                       : "query,rank,id,class,split,distance\n",
          l->to->out);
    status = answer(l, index, err);
    fputs(l->to->format == FORMAT_JSON ? "\n]\n" : "", l->to->out);
    nearindex_free(index);
    if (status == OK && l->written == 0)
        status = err_set(err, ERR_NOT_FOUND,
                         "no coded image is in that split: see bitgrove info "
                         "%s",
                         catalogue_path(l->to->s->cat));
    return status;
}

enum status export_neighbours(const struct export *to, struct err *err)
{
    struct lots l = {.to = to};
    enum status status = parse(&l, to->args, err);

    if (status == OK)
        status = subject_codes(to->s, &l.codes, err);
    if (status != OK)
        return status;
    l.classes = image_codes_labels(&l.codes, &to->s->classes);
    quote_names(&l);
    status = write_all(&l, err);
    for (int i = 0; i <= to->s->classes.count; i++)
        free(l.names[i]);
    free(l.names);
    free(l.classes);
    image_codes_release(&l.codes);
    return status;
}
