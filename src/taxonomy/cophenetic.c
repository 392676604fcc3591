#include <config.h>

#include "taxonomy/cophenetic.h"

#include <math.h>
#include <stdbool.h>

#include "codes/code.h"

/* What Pearson's correlation is made of, over pairs (x, y). */
struct sums {
    size_t n;
    long double x, y, xx, yy, xy;
    double x_min, x_max, y_min, y_max;
};

static void add(struct sums *s, double x, double y)
{
    s->x_min = s->n == 0 || x < s->x_min ? x : s->x_min;
    s->x_max = s->n == 0 || x > s->x_max ? x : s->x_max;
    s->y_min = s->n == 0 || y < s->y_min ? y : s->y_min;
    s->y_max = s->n == 0 || y > s->y_max ? y : s->y_max;
    s->n++;
    s->x += x;
    s->y += y;
    s->xx += (long double)x * x;
    s->yy += (long double)y * y;
    s->xy += (long double)x * y;
}

static struct cophenetic correlate(const struct sums *s)
{
    struct cophenetic c = {0, s->n};
    long double n = (long double)s->n;

    if (s->n > 1 && s->x_min < s->x_max && s->y_min < s->y_max)
        c.value = (double)((n * s->xy - s->x * s->y) /
                           sqrtl((n * s->xx - s->x * s->x) *
                                 (n * s->yy - s->y * s->y)));
    return c;
}

/* Of two paths, components counted; false when one is unknown. */
static bool path_distance(double *out, const char *a, const char *b)
{
    size_t same = 0, end = 0;
    int components = 0;

    if (a == NULL || b == NULL || *a == '\0' || *b == '\0')
        return false;
    /* same: where the last common component ends. */
    for (;; end++) {
        bool a_ends = a[end] == '/' || a[end] == '\0';
        bool b_ends = b[end] == '/' || b[end] == '\0';

        if (a_ends && b_ends)
            same = end;
        if (a[end] != b[end] || a[end] == '\0')
            break;
    }
    /* Beyond it, each separator, or the start if nothing is shared, opens
     * one component. */
    if (same == 0)
        components = 2;
    for (const char *s = a + same; *s; s++)
        components += *s == '/';
    for (const char *s = b + same; *s; s++)
        components += *s == '/';
    *out = components;
    return true;
}

struct cophenetic cophenetic_reference(const struct dendro *d,
                                       const char *const *paths)
{
    struct sums sums = {0};

    for (uint32_t i = d->leaves; i < d->count; i++) {
        const struct dendro_node *node = &d->node[i];
        const uint32_t *left = dendro_leaves(d, node->left);
        const uint32_t *right = dendro_leaves(d, node->right);

        for (uint32_t a = 0; a < d->node[node->left].size; a++) {
            for (uint32_t b = 0; b < d->node[node->right].size; b++) {
                double distance;

                if (path_distance(&distance, paths[left[a]], paths[right[b]]))
                    add(&sums, node->height, distance);
            }
        }
    }
    return correlate(&sums);
}

struct cophenetic cophenetic_codes(const struct dendro *d,
                                   const uint64_t *codes)
{
    struct sums sums = {0};

    for (uint32_t i = d->leaves; i < d->count; i++) {
        const struct dendro_node *node = &d->node[i];
        const uint32_t *left = dendro_leaves(d, node->left);
        const uint32_t *right = dendro_leaves(d, node->right);

        for (uint32_t a = 0; a < d->node[node->left].size; a++) {
            for (uint32_t b = 0; b < d->node[node->right].size; b++)
                add(&sums, node->height,
                    code_distance(codes[left[a]], codes[right[b]]));
        }
    }
    return correlate(&sums);
}
