#include <config.h>

#include "cli/neighbours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/console.h"
#include "cli/jsonout.h"

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
    bool table = n->t.format == FORMAT_TABLE;

    add_rows(n, asked, page);
    if (table)
        print_head(n->q);
    tabular_print(&n->t);
    if (table)
        print_foot(n->q, page);
}

/* ---- the whole ---- */

void neighbours_begin(struct neighbours *out, const struct question *q,
                      size_t matching)
{
    int first = q->several ? 0 : 1;

    *out = (struct neighbours){.q = q, .matching = matching};
    tabular_init(&out->t, columns + first, (int)ARRAY_SIZE(columns) - first,
                 q->args->format);
}

void neighbours_add(struct neighbours *n, size_t i,
                    const struct near_answer *answer)
{
    const struct asked *asked = &n->q->asked[i];
    struct page page = page_of(n, i, answer);

    if (n->t.format == FORMAT_JSON && !n->q->several) {
        jsonout_print(page_json(n->q, asked, &page));
    } else if (n->t.format == FORMAT_JSON) {
        jsonout_element(page_json(n->q, asked, &page), n->queries);
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

void neighbours_end(struct neighbours *n)
{
    if (n->q->several && n->t.format == FORMAT_JSON)
        jsonout_end(n->queries);
    else if (n->q->several && n->t.format == FORMAT_TABLE) {
        tabular_print(&n->t);
        printf("%zu queries, %zu neighbours\n", n->queries, n->given);
    }
    tabular_release(&n->t);
}
