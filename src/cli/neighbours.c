#include <config.h>

#include "cli/neighbours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/console.h"
#include "cli/follow.h"
#include "cli/jsonout.h"
#include "cli/tabular.h"
#include "index/nearindex.h"

#define AT_ONCE_LEAST 32 /* queries answered before any is printed */
#define AT_ONCE_MOST  1024
#define ITEMS_MOST    (1u << 21) /* in memory, about */

struct neighbours {
    const struct question *q;
    FILE *to;
    enum format format;
    size_t matching; /* rows that pass filters and pattern; counted without a
                        query, and so with the image that is itself the query;
                        read only where queries are brief */
    struct tabular t;
    struct near_answers answers; /* of those that are asked together */
    size_t queries, given;       /* so far */
    size_t passing; /* filters and pattern, as the last answer counted */
};

/* What is shown of an answer, and what there is beyond. */
struct page {
    const struct near_item *items;
    size_t count;
    int distance;   /* of the last, -1: there is none */
    size_t in_all;  /* at that distance or nearer */
    size_t matches; /* filters, pattern and radius */
    bool more;      /* behind the last */
};

static size_t within(const struct near_answer *a, int distance)
{
    size_t sum = 0;

    for (int d = 0; d <= distance && d <= CODE_BITS_MAX; d++)
        sum += a->histogram[d];
    return sum;
}

/* Does the query's own image pass all filters, so that it was counted? */
static bool counted_itself(const struct question *q, const struct asked *asked)
{
    const struct near_query *f = &q->filter;
    int64_t row =
        asked->image != 0 ? image_codes_find(&q->codes, asked->image) : -1;

    if (row < 0 ||
        (f->pattern != NULL &&
         ((q->codes.codes[row] ^ f->pattern->value) & f->pattern->fixed) != 0))
        return false;
    if ((f->splits != 0 && !(f->splits >> q->codes.split[row] & 1)) ||
        (f->in_class && q->labels[row] != f->class_id) ||
        (f->rows != NULL && !(f->rows[row / 64] >> row % 64 & 1)))
        return false;
    if (f->ids == NULL)
        return true;
    for (size_t i = 0; i < f->id_count; i++)
        if (f->ids[i] == asked->image)
            return true;
    return false;
}

static size_t matches_of(const struct neighbours *n, size_t i,
                         const struct near_answer *a)
{
    const struct near_query *f = &n->q->filter;

    if (!f->brief)
        return within(a, f->radius >= 0 ? f->radius : CODE_BITS_MAX);
    return n->matching - counted_itself(n->q, &n->q->asked[i]);
}

static struct page page_of(const struct neighbours *n, size_t i,
                           const struct near_answer *a)
{
    const struct near_query *f = &n->q->filter;
    struct page page = {.items = a->items, .count = a->count, .distance = -1};
    bool cut = f->k > 0 && !f->all_ties && a->count > f->k;

    if (cut)
        page.count = f->k;
    if (page.count > 0)
        page.distance = page.items[page.count - 1].distance;
    page.in_all = within(a, page.distance);
    page.matches = matches_of(n, i, a);
    page.more = cut || (f->k > 0 && f->all_ties && page.count > 0 &&
                        page.matches > page.in_all);
    return page;
}

static const char *class_name(const struct question *q,
                              const struct near_item *item)
{
    return item->class_id < 0 ? ""
                              : q->subject->classes.items[item->class_id].name;
}

static void place_text(struct str *out, const struct page *page)
{
    const struct near_item *last = &page->items[page->count - 1];

    str_addf(out, "%d,%d,%lld", last->distance, (int)last->margin,
             (long long)last->id);
}

/* ---- JSON ---- */

static json_t *word_json(const struct question *q, const struct asked *asked)
{
    struct str text = STR_INIT;
    json_t *word;

    if (!q->several)
        return jsonout_text(q->word);
    if (asked->image == 0)
        return jsonout_code(asked->code, q->codes.bits);
    str_addf(&text, "%lld", (long long)asked->image);
    word = json_string(text.text);
    str_release(&text);
    return word;
}

static const char *kind_name(const struct question *q)
{
    if (!q->several)
        return q->kind;
    return strcmp(q->kind, "images") == 0 ? "image" : "code";
}

static json_t *query_json(const struct question *q, const struct asked *asked)
{
    json_t *query = json_pack("{s:s, s:o, s:o}", "kind", kind_name(q), "value",
                              word_json(q, asked), "code",
                              jsonout_code(asked->code, q->codes.bits));

    if (q->filter.pattern != NULL) {
        struct str text = STR_INIT;

        pattern_text(&text, q->filter.pattern, CODE_PLAIN);
        json_object_set_new(query, "pattern", json_string(text.text));
        str_release(&text);
    }
    return query;
}

static json_t *item_json(const struct question *q, const struct near_item *item)
{
    const char *name = class_name(q, item);

    return json_pack(
        "{s:I, s:o, s:s, s:i, s:o, s:i}", "id", (json_int_t)item->id, "class",
        name[0] ? jsonout_text(name) : json_null(), "split",
        split_name((enum split)item->split), "distance", item->distance, "code",
        jsonout_code(item->code, q->codes.bits), "margin", (int)item->margin);
}

static json_t *page_json(const struct question *q, const struct asked *asked,
                         const struct page *page)
{
    struct str next = STR_INIT;
    json_t *list = json_array(), *value;

    for (size_t i = 0; i < page->count; i++)
        json_array_append_new(list, item_json(q, &page->items[i]));
    if (page->more)
        place_text(&next, page);
    value = json_pack(
        "{s:o, s:o, s:{s:o, s:I, s:I}, s:I, s:o, s:o}", "query",
        query_json(q, asked), "k",
        q->filter.k ? json_integer((json_int_t)q->filter.k) : json_null(),
        "ties", "distance",
        page->count ? json_integer(page->distance) : json_null(), "given",
        (json_int_t)page->count, "in_all", (json_int_t)page->in_all, "matches",
        (json_int_t)page->matches, "next",
        page->more ? json_string(next.text) : json_null(), "neighbours", list);
    str_release(&next);
    return value;
}

/* ---- tables and CSV ---- */

static const struct column columns[] = {
    {"query", COLUMN_TEXT},      {"id", COLUMN_NUMBER},
    {"class", COLUMN_NAME},      {"split", COLUMN_TEXT},
    {"distance", COLUMN_NUMBER}, {"code", COLUMN_TEXT},
    {"margin", COLUMN_NUMBER},
};

static void add_rows(struct neighbours *n, const struct asked *asked,
                     const struct page *page)
{
    const struct question *q = n->q;

    for (size_t i = 0; i < page->count; i++) {
        const struct near_item *item = &page->items[i];

        if (q->several && asked->image != 0)
            tabular_int(&n->t, asked->image);
        else if (q->several)
            tabular_code(&n->t, asked->code, q->codes.bits);
        tabular_int(&n->t, item->id);
        tabular_text(&n->t, class_name(q, item));
        tabular_text(&n->t, split_name((enum split)item->split));
        tabular_int(&n->t, item->distance);
        tabular_code(&n->t, item->code, q->codes.bits);
        tabular_int(&n->t, item->margin);
    }
}

/* "image 7 (cross 1, train): 0110 1100" */
static void print_head(const struct question *q)
{
    const struct asked *asked = &q->asked[0];
    struct str line = STR_INIT, safe = STR_INIT;

    str_addf(&line, "%s ", q->kind);
    utf8_escape(&line, q->word);
    if (asked->image != 0) {
        int64_t row = image_codes_find(&q->codes, asked->image);

        str_add(&line, " (");
        utf8_escape(&line, subject_class(q->subject, q->codes.class_ids[row]));
        str_addf(&line, ", %s)", split_name((enum split)q->codes.split[row]));
    }
    if (strcmp(q->kind, "pattern") != 0) {
        str_add(&line, ": ");
        code_text(&line, asked->code, q->codes.bits, CODE_GROUPED);
    }
    console_label(&safe, line.text);
    puts(safe.text);
    str_release(&line);
    str_release(&safe);
}

/* "k=10, 14 at distance <= 3; 523 match in all; go on with --after 3,812,55" */
static void print_foot(const struct question *q, const struct page *page)
{
    struct str place = STR_INIT;

    if (page->count == 0)
        return;
    if (q->filter.k)
        printf("k=%zu, ", q->filter.k);
    printf("%zu at distance %s %d", page->in_all,
           console_utf8() ? "≤" : "<=", page->distance);
    if (q->filter.radius >= 0 || q->filter.pattern != NULL)
        printf("; %zu match in all", page->matches);
    if (page->more) {
        place_text(&place, page);
        printf("; go on with --after %s", place.text);
    }
    putchar('\n');
    str_release(&place);
}

static void print_page(struct neighbours *n, const struct asked *asked,
                       const struct page *page)
{
    bool table = n->format == FORMAT_TABLE;

    add_rows(n, asked, page);
    if (table)
        print_head(n->q);
    tabular_print(&n->t);
    if (table)
        print_foot(n->q, page);
}

/* ---- the whole ---- */

static void begin(struct neighbours *out, const struct question *q,
                  size_t matching)
{
    int first = q->several ? 0 : 1;

    out->q = q;
    out->matching = matching;
    tabular_init(&out->t, columns + first, (int)ARRAY_SIZE(columns) - first,
                 out->format);
    out->t.out = out->to;
}

/* The answer to query number i. */
static void add(struct neighbours *n, size_t i,
                const struct near_answer *answer)
{
    const struct asked *asked = &n->q->asked[i];
    struct page page = page_of(n, i, answer);

    if (n->format == FORMAT_JSON && !n->q->several) {
        jsonout_print(page_json(n->q, asked, &page));
    } else if (n->format == FORMAT_JSON) {
        jsonout_element(n->to, page_json(n->q, asked, &page), n->queries);
    } else if (n->q->several) {
        add_rows(n, asked, &page);
        tabular_flush(&n->t);
    } else {
        print_page(n, asked, &page);
    }
    n->queries++;
    n->given += page.count;
    n->passing = n->q->filter.brief ? n->matching : answer->considered;
}

static void end(struct neighbours *n)
{
    if (n->q->several && n->format == FORMAT_JSON)
        jsonout_end(n->to, n->queries);
    else if (n->q->several && n->format == FORMAT_TABLE) {
        tabular_print(&n->t);
        fprintf(n->to, "%zu queries, %zu neighbours\n", n->queries, n->given);
    }
    tabular_release(&n->t);
}

/* ---- asking ---- */

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

    begin(out, q, 0);
    question_query(&query, q, 0);
    status = near_search(&answer, &q->set, &query, err);
    if (status == OK) {
        add(out, 0, &answer);
        end(out);
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
    const struct near_answers *answers = &out->answers;
    enum status status;

    for (size_t i = 0; i < count; i++)
        question_query(&queries[i], out->q, from + i);
    status =
        follow_interrupted(NULL)
            ? err_set(err, ERR_CANCELLED, "interrupted")
            : nearindex_batch(&out->answers, index, queries, count, 0, err);
    for (size_t i = 0; i < answers->count && status == OK; i++) {
        items += answers->each[i].count;
        add(out, from + i, &answers->each[i]);
    }
    if (items > ITEMS_MOST && *at_once > AT_ONCE_LEAST)
        *at_once /= 2;
    else if (items < ITEMS_MOST / 2 && *at_once < AT_ONCE_MOST)
        *at_once *= 2;
    free(queries);
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
    begin(out, q, matching);
    for (size_t from = 0; from < q->count && status == OK; from += count) {
        count = q->count - from < at_once ? q->count - from : at_once;
        status = answer_some(out, index, from, count, &at_once, err);
    }
    if (status == OK)
        end(out);
    nearindex_free(index);
    return status;
}

enum status neighbours_write(struct question *q, FILE *to, enum format format,
                             struct err *err)
{
    struct neighbours n = {.to = to, .format = format};
    enum status status =
        q->several ? answer_many(q, &n, err) : answer_one(q, &n, err);

    if (status == OK && n.given == 0)
        status = err_set(err, ERR_NOT_FOUND,
                         "no image matches; %zu pass the filters", n.passing);
    near_answers_release(&n.answers);
    tabular_release(&n.t);
    return status;
}
