#include <config.h>

/* A row for each class, and lists of what the codes hardly tell apart. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/report.h"
#include "codes/decode.h"

/* ---- classes ---- */

static double accuracy_of(const struct report *p, uint32_t class)
{
    const struct report_class *c = p->coded ? &p->classes[class] : NULL;

    return c != NULL && c->tested > 0 ? (double)c->right / (double)c->tested
                                      : NAN;
}

struct place {
    double accuracy; /* 2 where it is not known: last */
    uint32_t class;
};

static int compare_places(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->accuracy != y->accuracy)
        return x->accuracy < y->accuracy ? -1 : 1;
    return x->class < y->class ? -1 : 1;
}

/* Those that are shown: all by label, or the worst first. Owned. */
static struct place *places_of(const struct report *p, uint32_t *count)
{
    uint32_t n = p->s->book.classes;
    struct place *list = mem_zalloc((size_t)n + 1, sizeof(*list));

    for (uint32_t c = 0; c < n; c++) {
        double accuracy = accuracy_of(p, c);

        list[c] = (struct place){isnan(accuracy) ? 2 : accuracy, c};
    }
    *count = n;
    if (n > (uint32_t)p->bounds.classes) {
        qsort(list, n, sizeof(*list), compare_places);
        *count = (uint32_t)p->bounds.classes;
    }
    return list;
}

/* Digits in fours; runs of ones stand out. */
static void write_code(struct html *h, uint64_t code, int bits)
{
    bool bold = false;

    html_open(h, "code", NULL);
    for (int bit = 0; bit < bits; bit++) {
        bool on = code_bit(code, bit);

        if (bold && (!on || bit % 4 == 0))
            html_say(h, "</b>");
        if (bit % 4 == 0) {
            html_say(h, bit ? " " : "");
            bold = false;
        }
        if (on && !bold)
            html_say(h, "<b>");
        bold = on;
        html_say(h, on ? "1" : "0");
    }
    html_say(h, bold ? "</b>" : "");
    html_close(h);
}

static void write_nearest(struct report *p, uint32_t class)
{
    const struct codebook *book = &p->s->book;
    struct decode_rank near[2];
    size_t n = decode_nearest(near, 2, book, book->codes[class], NULL);
    struct html *h = &p->html;
    const struct decode_rank *other = NULL;

    for (size_t i = 0; i < n && other == NULL; i++)
        if (near[i].row != class)
            other = &near[i];
    html_line(h, "td", NULL,
              other != NULL ? p->s->coded.items[other->row].name : "");
    html_open(h, "td", REPORT_NUMBER);
    if (other != NULL)
        report_whole(h, other->distance);
    else
        html_say(h, "–");
    html_close(h);
}

static enum status write_class(struct report *p, uint32_t class,
                               struct err *err)
{
    const struct class_row *row = &p->s->coded.items[class];
    struct html *h = &p->html;
    struct str alt = STR_INIT;
    enum status status = OK;

    html_open(h, "tr", NULL);
    html_words(h, "td", REPORT_NUMBER, "%lld", (long long)row->number);
    if (report_pictured(p)) {
        html_open(h, "td", "class=\"picture\"");
        if (p->coded && p->classes[class].typical != 0) {
            str_addf(&alt, "the most typical image of %s, %lld", row->name,
                     (long long)p->classes[class].typical);
            status =
                report_picture(p, p->classes[class].typical, alt.text, err);
        }
        html_close(h);
    }
    html_open(h, "th", "scope=\"row\"");
    html_text(h, row->name);
    if (row->path[0]) {
        html_say(h, " <small>");
        html_text(h, row->path);
        html_say(h, "</small>");
    }
    html_close(h);
    html_open(h, "td", NULL);
    write_code(h, p->s->book.codes[class], p->s->book.bits);
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_whole(h, row->images[SPLIT_TRAIN]);
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_whole(h, row->images[SPLIT_TEST]);
    html_close(h);
    html_open(h, "td", REPORT_NUMBER);
    report_rate(h, accuracy_of(p, class));
    html_close(h);
    write_nearest(p, class);
    html_close(h);
    str_add_char(h->out, '\n');
    str_release(&alt);
    return status;
}

enum status report_classes(struct report *p, struct err *err)
{
    static const char *const columns[] = {"#label",    "",        "class",
                                          "code",      "#train",  "#test",
                                          "#accuracy", "nearest", "#distance"};
    struct html *h = &p->html;
    uint32_t count, all = p->s->book.classes;
    struct place *list = places_of(p, &count);
    const char *shown[ARRAY_SIZE(columns)];
    int wide = 0;
    enum status status = OK;

    for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
        if (columns[i][0] != '\0')
            shown[wide++] = columns[i];
        else if (report_pictured(p))
            shown[wide++] = "typical";
    report_table(h, "Classes", "class=\"classes\"");
    html_open(h, "caption", NULL);
    if (count < all)
        html_say(
            h,
            "The %u of %u classes whose test images are least often decoded "
            "right",
            count, all);
    else
        html_say(h, "All %u classes in the order of their labels", all);
    html_say(h,
             ": code, images, how many of the test images are decoded right, "
             "and the class with the nearest code.");
    html_close(h);
    report_columns(h, shown, wide);
    html_open(h, "tbody", NULL);
    for (uint32_t i = 0; i < count && status == OK; i++)
        status = write_class(p, list[i].class, err);
    html_close(h);
    html_close(h);
    html_close(h);
    free(list);
    return status;
}

/* ---- doubts ---- */

static void write_heading(struct html *h, const char *title,
                          const struct survey_list *list)
{
    html_open(h, "h3", NULL);
    html_say(h, "%s <small>", title);
    if (list->count < list->total)
        html_say(h, "the first %zu of ", list->count);
    html_say(h, "%zu</small>", list->total);
    html_close(h);
}

static enum status write_image(struct report *p, const struct survey_image *i,
                               enum survey_kind kind, struct err *err)
{
    const char *class = subject_class(p->s, i->class_id);
    const char *decoded = subject_class(p->s, i->decoded);
    struct html *h = &p->html;
    struct str alt = STR_INIT;
    enum status status = OK;

    html_open(h, "li", NULL);
    str_addf(&alt, "image %lld of %s, %s", (long long)i->id,
             class[0] ? class : "no class", split_name(i->split));
    if (report_pictured(p))
        status = report_picture(p, i->id, alt.text, err);
    html_open(h, "span", NULL);
    html_line(h, "b", NULL, class[0] ? class : "no class");
    html_say(h, kind == SURVEY_MISTAKES ? " or " : " near ");
    html_line(h, "b", NULL, decoded);
    if (kind == SURVEY_MISTAKES)
        html_say(h, "? <small>%s %lld, %d bit%s nearer</small>",
                 split_name(i->split), (long long)i->id, i->lead,
                 i->lead == 1 ? "" : "s");
    else
        html_say(h, " <small>%s %lld, %d bit%s away</small>",
                 split_name(i->split), (long long)i->id, i->distance,
                 i->distance == 1 ? "" : "s");
    html_close(h);
    html_close(h);
    str_release(&alt);
    return status;
}

static enum status write_images(struct report *p, enum survey_kind kind,
                                const char *title, const char *what,
                                struct err *err)
{
    const struct survey_list *list = &p->lists[kind];
    struct html *h = &p->html;
    enum status status = OK;

    write_heading(h, title, list);
    html_words(h, "p", NULL, "%s", what);
    if (list->count == 0)
        return OK;
    html_open(h, "ul", "class=\"cards\"");
    for (size_t i = 0; i < list->count && status == OK; i++)
        status = write_image(p, &list->image[i], kind, err);
    html_close(h);
    return status;
}

static void write_bits(struct html *h, uint64_t differ, int bits)
{
    html_open(h, "td", NULL);
    for (int bit = 0, any = 0; bit < bits; bit++)
        if (code_bit(differ, bit))
            html_say(h, "%s<a class=\"bit dg-%d\" href=\"#bit-%d\">%d</a>",
                     any++ ? " " : "", bit, bit, bit);
    html_close(h);
}

static void write_pairs(struct report *p, enum survey_kind kind,
                        const char *title, const char *what)
{
    static const char *const columns[] = {
        "class",     "and class",       "#first as second", "#second as first",
        "#distance", "bits that differ"};
    const struct survey_list *list = &p->lists[kind];
    struct html *h = &p->html;

    write_heading(h, title, list);
    html_words(h, "p", NULL, "%s", what);
    if (list->count == 0)
        return;
    report_table(h, title, NULL);
    report_columns(h, columns, ARRAY_SIZE(columns));
    html_open(h, "tbody", NULL);
    for (size_t i = 0; i < list->count; i++) {
        const struct survey_pair *pair = &list->pair[i];

        html_open(h, "tr", NULL);
        html_line(h, "th", "scope=\"row\"", subject_class(p->s, pair->a));
        html_line(h, "td", NULL, subject_class(p->s, pair->b));
        html_words(h, "td", REPORT_NUMBER, "%zu of %zu", pair->a_as_b,
                   pair->a_images);
        html_words(h, "td", REPORT_NUMBER, "%zu of %zu", pair->b_as_a,
                   pair->b_images);
        html_open(h, "td", REPORT_NUMBER);
        report_whole(h, pair->distance);
        html_close(h);
        write_bits(h, pair->differ, p->s->book.bits);
        html_close(h);
        str_add_char(h->out, '\n');
    }
    html_close(h);
    html_close(h);
    html_close(h);
}

enum status report_doubts(struct report *p, struct err *err)
{
    enum status status;

    if (!p->coded) {
        html_words(&p->html, "p", "class=\"none\"",
                   "Nothing to say without coded images.");
        return OK;
    }
    write_pairs(p, SURVEY_CONFUSED, "Classes taken for each other",
                "Test images of one that decode to the other, most first.");
    write_pairs(p, SURVEY_CLASSES, "Classes that codes hardly tell apart",
                "Pairs that share a code or are one bit apart.");
    status = write_images(p, SURVEY_MISTAKES, "Labels that may be mistakes",
                          "Images that lie, by their code, safely within "
                          "another class than their label's.",
                          err);
    if (status == OK)
        status = write_images(p, SURVEY_UNKNOWN, "Images of no class",
                              "Images whose code no class has, the farthest "
                              "from all first.",
                              err);
    return status;
}
