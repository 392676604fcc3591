#include <config.h>

#include "taxonomy/wording.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/code.h"

struct mention {
    char *text; /* owned until the terms are made */
    bool path;
    uint32_t class;
};

struct term {
    char *text; /* owned */
    bool path;
    uint32_t first, count; /* its classes, in `classes` */
};

struct wording {
    uint32_t classes_count;
    uint32_t *classes; /* of all terms, ascending within a term */
    struct term *terms;
    uint32_t count;
};

struct mentions {
    struct mention *items;
    size_t count, room;
};

static void mention(struct mentions *all, const char *text, size_t n, bool path,
                    uint32_t class)
{
    struct mention *new;

    if (n < 2)
        return;
    ARRAY_GROW(all->items, all->count, all->room);
    new = &all->items[all->count++];
    *new = (struct mention){mem_strndup(text, n), path, class};
    for (size_t i = 0; !path && i < n; i++)
        new->text[i] = (char)tolower((unsigned char)new->text[i]);
}

static bool in_word(char c)
{
    return (unsigned char)c >= 0x80 || isalnum((unsigned char)c);
}

static void mention_words(struct mentions *all, const char *name,
                          uint32_t class)
{
    while (*name) {
        size_t n = 0;

        while (in_word(name[n]))
            n++;
        mention(all, name, n, false, class);
        name += n > 0 ? n : 1;
    }
}

static void mention_path(struct mentions *all, const char *path, uint32_t class)
{
    size_t from = 0;

    while (path[from]) {
        size_t n = strcspn(path + from, "/");

        mention(all, path + from, n, true, class);
        if (from > 0)
            mention(all, path, from + n, true, class);
        from += n;
        from += path[from] == '/';
    }
}

static int by_text(const void *a, const void *b)
{
    const struct mention *x = a, *y = b;
    int order = strcmp(x->text, y->text);

    if (order == 0)
        order = (int)x->path - (int)y->path;
    if (order == 0)
        order = (x->class > y->class) - (x->class < y->class);
    return order;
}

/* Mentions in order become terms; those of one class alone are dropped. */
static void make_terms(struct wording *wording, struct mentions *all)
{
    uint32_t used = 0;
    size_t end;

    wording->classes = mem_zalloc(all->count + 1, sizeof(*wording->classes));
    wording->terms = mem_zalloc(all->count + 1, sizeof(*wording->terms));
    for (size_t i = 0; i < all->count; i = end) {
        struct mention *m = &all->items[i];
        struct term term = {m->text, m->path, used, 0};

        for (end = i;
             end < all->count && strcmp(all->items[end].text, m->text) == 0 &&
             all->items[end].path == m->path;
             end++) {
            if (term.count == 0 ||
                wording->classes[used - 1] != all->items[end].class) {
                wording->classes[used++] = all->items[end].class;
                term.count++;
            }
            if (end > i)
                free(all->items[end].text);
        }
        if (term.count > 1) {
            wording->terms[wording->count++] = term;
        } else {
            free(m->text);
            used = term.first;
        }
    }
}

struct wording *wording_new(const char *const *names, const char *const *paths,
                            uint32_t classes)
{
    struct wording *wording = mem_zalloc(1, sizeof(*wording));
    struct mentions all = {NULL, 0, 0};

    wording->classes_count = classes;
    for (uint32_t c = 0; c < classes; c++) {
        if (names && names[c])
            mention_words(&all, names[c], c);
        if (paths && paths[c])
            mention_path(&all, paths[c], c);
    }
    if (all.count > 0)
        qsort(all.items, all.count, sizeof(*all.items), by_text);
    make_terms(wording, &all);
    free(all.items);
    return wording;
}

void wording_free(struct wording *wording)
{
    if (!wording)
        return;
    for (uint32_t i = 0; i < wording->count; i++)
        free(wording->terms[i].text);
    free(wording->terms);
    free(wording->classes);
    free(wording);
}

static double score_of(double a, double all_a, double b, double all_b)
{
    double with_a = a + 0.5, less_a = all_a - a + 0.5;
    double with_b = b + 0.5, less_b = all_b - b + 0.5;

    return (log(with_a / less_a) - log(with_b / less_b)) /
           sqrt(1 / with_a + 1 / less_a + 1 / with_b + 1 / less_b);
}

static bool better(const struct wording_term *a, const struct wording_term *b)
{
    size_t x, y;

    if (fabs(a->score) != fabs(b->score))
        return fabs(a->score) > fabs(b->score);
    x = strlen(a->text);
    y = strlen(b->text);
    return x != y ? x < y : strcmp(a->text, b->text) < 0;
}

/* True if most of the term's classes on that side are not yet spoken for. */
static bool is_news(const struct wording *wording, const struct term *term,
                    const uint64_t *codes, int bit, bool on, const bool *spoken)
{
    uint32_t side = 0, new = 0;

    for (uint32_t i = 0; i < term->count; i++) {
        uint32_t class = wording->classes[term->first + i];

        if (code_bit(codes[class], bit) != on)
            continue;
        side++;
        new += !spoken[class];
    }
    return 2 * new > side;
}

static int pick_side(struct wording_term *out, const struct wording *wording,
                     const uint64_t *codes, int bit, bool on, uint32_t ons)
{
    bool *spoken = mem_zalloc(wording->classes_count + 1, sizeof(*spoken));
    uint32_t offs = wording->classes_count - ons;
    int count = 0;

    for (; count < WORDING_SIDE; count++) {
        const struct term *best = NULL;

        for (uint32_t t = 0; t < wording->count; t++) {
            const struct term *term = &wording->terms[t];
            struct wording_term at = {term->text, term->path, 0,  0,
                                      ons,        offs,       0.0};

            for (uint32_t i = 0; i < term->count; i++)
                at.on +=
                    code_bit(codes[wording->classes[term->first + i]], bit);
            at.off = term->count - at.on;
            at.score = score_of(at.on, ons, at.off, offs);
            if ((on ? at.score : -at.score) < WORDING_SCORE ||
                (best && !better(&at, &out[count])) ||
                !is_news(wording, term, codes, bit, on, spoken))
                continue;
            best = term;
            out[count] = at;
        }
        if (!best)
            break;
        for (uint32_t i = 0; i < best->count; i++)
            spoken[wording->classes[best->first + i]] = true;
    }
    free(spoken);
    return count;
}

void wording_propose(struct wording_proposal *out,
                     const struct wording *wording, const uint64_t *codes,
                     int bit)
{
    uint32_t ons = 0;

    memset(out, 0, sizeof(*out));
    for (uint32_t c = 0; c < wording->classes_count; c++)
        ons += code_bit(codes[c], bit);
    out->on_count = pick_side(out->on, wording, codes, bit, true, ons);
    out->off_count = pick_side(out->off, wording, codes, bit, false, ons);
}

static void list(struct str *out, const struct wording_term *terms, int count)
{
    for (int i = 0; i < count; i++)
        str_addf(out, "%s%s", i ? ", " : "", terms[i].text);
}

void wording_text(struct str *out, const struct wording_proposal *proposal)
{
    list(out, proposal->on, proposal->on_count);
    if (proposal->off_count > 0)
        str_add(out, proposal->on_count > 0 ? " rather than " : "not ");
    list(out, proposal->off, proposal->off_count);
}
