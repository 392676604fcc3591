#include <config.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "codes/code.h"
#include "taxonomy/cophenetic.h"
#include "taxonomy/dendro.h"
#include "taxonomy/dot.h"
#include "taxonomy/linkage.h"
#include "taxonomy/naming.h"
#include "taxonomy/newick.h"
#include "taxonomy/nodebits.h"
#include "taxonomy/purity.h"
#include "taxonomy/treetext.h"

#include "tap.h"

/* 0000, 1000, 1110, 1111: two close pairs. */
static const uint64_t four[4] = {0, 1, 7, 15};

static void build(struct dendro *d, const uint64_t *codes, uint32_t n,
                  enum linkage linkage)
{
    struct err err;

    if (dendro_build(d, codes, n, linkage, NULL, &err) != OK) {
        tap_note("%s", err.text);
        abort();
    }
}

/* Two clusters' height straight from the definitions of linkage.h. */
static double height_by_hand(const uint64_t *codes, const struct dendro *d,
                             uint32_t a, uint32_t b, enum linkage linkage)
{
    const uint32_t *as = dendro_leaves(d, a), *bs = dendro_leaves(d, b);
    uint32_t na = d->node[a].size, nb = d->node[b].size;
    double least = 65, most = -1, sum = 0, gap = 0;

    for (uint32_t i = 0; i < na; i++) {
        for (uint32_t j = 0; j < nb; j++) {
            double h = code_distance(codes[as[i]], codes[bs[j]]);

            least = fmin(least, h);
            most = fmax(most, h);
            sum += h;
        }
    }
    for (int bit = 0; bit < 64; bit++) {
        double ca = 0, cb = 0;

        for (uint32_t i = 0; i < na; i++)
            ca += code_bit(codes[as[i]], bit);
        for (uint32_t j = 0; j < nb; j++)
            cb += code_bit(codes[bs[j]], bit);
        gap += (ca / na - cb / nb) * (ca / na - cb / nb);
    }
    switch (linkage) {
    case LINKAGE_SINGLE:
        return least;
    case LINKAGE_COMPLETE:
        return most;
    case LINKAGE_WARD:
        return 2.0 * na * nb / (na + nb) * gap;
    default:
        return sum / na / nb;
    }
}

/*
 * Replays the merges: each must lie at the height of its definition, and no
 * two clusters alive at that moment may have been nearer. Returns the number
 * of faults; *ties counts the other pairs that were as near.
 */
static int replay(const struct dendro *d, const uint64_t *codes,
                  enum linkage linkage, int *ties)
{
    bool *alive = mem_zalloc(d->count, sizeof(*alive));
    int faults = 0;

    for (uint32_t i = 0; i < d->leaves; i++)
        alive[i] = true;
    for (uint32_t m = d->leaves; m < d->count; m++) {
        uint32_t left = d->node[m].left, right = d->node[m].right;
        double height = d->node[m].height;
        double want = height_by_hand(codes, d, left, right, linkage);

        faults += fabs(height - want) > 1e-9 || !alive[left] || !alive[right];
        for (uint32_t a = 0; a < m; a++) {
            for (uint32_t b = a + 1; b < m; b++) {
                double h;

                if (!alive[a] || !alive[b])
                    continue;
                h = height_by_hand(codes, d, a, b, linkage);
                faults += h < height - 1e-9;
                *ties += fabs(h - height) <= 1e-9 &&
                         !(a == left && b == right) &&
                         !(a == right && b == left);
            }
        }
        alive[left] = alive[right] = false;
        alive[m] = true;
    }
    free(alive);
    return faults;
}

static bool valid(const struct dendro *d)
{
    bool good = true;
    bool *met = mem_zalloc(d->leaves, sizeof(*met));

    for (uint32_t i = 0; i < d->leaves; i++) {
        good &= d->order[i] < d->leaves && !met[d->order[i]];
        met[d->order[i]] = true;
        good &= d->node[i].size == 1 && d->node[i].lowest == i &&
                d->order[d->node[i].first] == i;
    }
    for (uint32_t i = d->leaves; i < d->count; i++) {
        const struct dendro_node *n = &d->node[i];
        const struct dendro_node *l = &d->node[n->left];
        const struct dendro_node *r = &d->node[n->right];

        good &= n->left < i && n->right < i && l->parent == i &&
                r->parent == i && n->size == l->size + r->size;
        good &= n->height >= l->height && n->height >= r->height;
        good &= i == d->leaves || n->height >= d->node[i - 1].height;
        good &= l->lowest < r->lowest && n->lowest == l->lowest;
        good &= l->first == n->first && r->first == n->first + l->size;
        good &= l->depth == n->depth + 1 && r->depth == n->depth + 1;
        good &= n->key == l->key + r->key;
        good &= dendro_under(d, n->left, i) && dendro_under(d, i, i) &&
                !dendro_under(d, i, n->left) &&
                !dendro_under(d, n->left, n->right);
    }
    free(met);
    return good;
}

/* The lowest common ancestor. */
static uint32_t common(const struct dendro *d, uint32_t a, uint32_t b)
{
    while (a != b) {
        if (a < b)
            a = d->node[a].parent;
        else
            b = d->node[b].parent;
    }
    return a;
}

/* The height at which a and b meet obeys the ultrametric inequality. */
static bool ultrametric(const struct dendro *d, struct rng *rng)
{
    bool good = true;

    for (int t = 0; t < 300; t++) {
        uint32_t a = (uint32_t)rng_below(rng, d->leaves);
        uint32_t b = (uint32_t)rng_below(rng, d->leaves);
        uint32_t c = (uint32_t)rng_below(rng, d->leaves);
        double ab = d->node[common(d, a, b)].height;
        double bc = d->node[common(d, b, c)].height;
        double ac = d->node[common(d, a, c)].height;

        good &= ac <= fmax(ab, bc) && common(d, a, a) == a;
    }
    return good;
}

static void test_linkage(void)
{
    static const double want[LINKAGE_COUNT] = {
        [LINKAGE_AVERAGE] = 3,
        [LINKAGE_SINGLE] = 2,
        [LINKAGE_COMPLETE] = 4,
        [LINKAGE_WARD] = 5,
    };
    enum linkage linkage = LINKAGE_WARD;
    struct linkage_merge merge;
    struct err err;

    for (int i = 0; i < LINKAGE_COUNT; i++) {
        struct dendro d = DENDRO_INIT;

        build(&d, four, 4, (enum linkage)i);
        tap_ok(d.node[4].left == 0 && d.node[4].right == 1 &&
                   d.node[4].height == 1 && d.node[5].left == 2 &&
                   d.node[5].right == 3 && d.node[5].height == 1 &&
                   d.node[6].left == 4 && d.node[6].right == 5,
               "%s joins the close pairs first", linkage_name((enum linkage)i));
        tap_near(d.node[6].height, want[i], 0, "and then the two");
        dendro_release(&d);
        tap_int(linkage_parse(&linkage, linkage_name((enum linkage)i), &err),
                OK, "its name is read");
        tap_int((int)linkage, i, "as itself");
    }
    tap_int(linkage_parse(&linkage, "median", &err), ERR_BAD_INPUT,
            "there is no median linkage");
    tap_str(err.text,
            "unknown linkage 'median'; there are average, single, complete and "
            "ward",
            "and it says which there are");
    tap_int(linkage_run(&merge, four, LINKAGE_CLASSES_MAX + 1, LINKAGE_WARD,
                        NULL, &err),
            ERR_BAD_INPUT, "too many classes are refused");
}

static void test_random(void)
{
    static const struct {
        uint32_t n;
        int bits;
    } cases[] = {{2, 1},   {3, 1},  {5, 2},   {17, 3},
                 {30, 64}, {40, 8}, {41, 16}, {48, 20}};
    struct rng rng;

    rng_init(&rng, 11, 0);
    for (int l = 0; l < LINKAGE_COUNT; l++) {
        int faults = 0, ties = 0;
        bool good = true, ultra = true;

        for (size_t c = 0; c < ARRAY_SIZE(cases); c++) {
            struct dendro d = DENDRO_INIT;
            uint64_t codes[64];

            for (uint32_t i = 0; i < cases[c].n; i++)
                codes[i] = rng_next(&rng) & code_mask(cases[c].bits);
            build(&d, codes, cases[c].n, (enum linkage)l);
            faults += replay(&d, codes, (enum linkage)l, &ties);
            good &= valid(&d);
            ultra &= ultrametric(&d, &rng);
            dendro_release(&d);
        }
        tap_int(faults, 0, "%s: each merge is a nearest pair, by definition",
                linkage_name((enum linkage)l));
        tap_ok(ties > 0, "ties were met (%d)", ties);
        tap_ok(good, "the tree keeps its invariants");
        tap_ok(ultra, "its heights are ultrametric");
    }
}

/* Codes of six classes no two pairs of which are equally far. */
static void without_ties(uint64_t *codes, struct rng *rng)
{
    bool found = false;

    while (!found) {
        bool met[65] = {false};

        found = true;
        for (int i = 0; i < 6; i++) {
            codes[i] = rng_next(rng);
            for (uint64_t r = rng_below(rng, 4); r > 0; r--)
                codes[i] &= rng_next(rng);
        }
        for (int i = 0; i < 6; i++) {
            for (int j = i + 1; j < 6; j++) {
                int h = code_distance(codes[i], codes[j]);

                found &= !met[h];
                met[h] = true;
            }
        }
    }
}

static void test_permutation(void)
{
    int compared = 0, differ = 0;
    struct rng rng;

    rng_init(&rng, 12, 0);
    for (int t = 0; t < 40; t++) {
        uint64_t codes[6], shuffled[6];
        uint32_t order[6];

        without_ties(codes, &rng);
        rng_permute(&rng, order, 6);
        for (int i = 0; i < 6; i++)
            shuffled[i] = codes[order[i]];
        for (int l = 0; l < LINKAGE_COUNT; l++) {
            struct dendro a = DENDRO_INIT, b = DENDRO_INIT;
            int ties = 0;

            build(&a, codes, 6, (enum linkage)l);
            build(&b, shuffled, 6, (enum linkage)l);
            replay(&a, codes, (enum linkage)l, &ties);
            for (uint32_t i = 0; i < 6 && ties == 0; i++) {
                for (uint32_t j = 0; j < i; j++) {
                    uint32_t x = common(&a, order[i], order[j]);
                    uint32_t y = common(&b, i, j);

                    compared++;
                    differ += a.node[x].height != b.node[y].height ||
                              a.node[x].size != b.node[y].size;
                }
            }
            dendro_release(&a);
            dendro_release(&b);
        }
    }
    tap_ok(compared > 1000, "%d pairs in trees without ties", compared);
    tap_int(differ, 0, "meet alike in whatever order the classes come");
}

static void test_ties(void)
{
    static const uint64_t same[5] = {9, 9, 9, 9, 9};
    static const uint64_t corners[4] = {0, 1, 2, 3};
    struct dendro a = DENDRO_INIT, b = DENDRO_INIT;

    build(&a, same, 5, LINKAGE_AVERAGE);
    tap_ok(valid(&a) && a.node[8].height == 0, "one code five times: height 0");
    dendro_release(&a);
    build(&a, corners, 4, LINKAGE_SINGLE);
    build(&b, corners, 4, LINKAGE_SINGLE);
    tap_ok(memcmp(a.node, b.node, a.count * sizeof(*a.node)) == 0,
           "the same codes give the same tree, ties and all");
    tap_ok(a.node[4].left == 0 && a.node[4].right == 1,
           "the smallest classes first");
    dendro_release(&a);
    dendro_release(&b);
}

static void test_small(void)
{
    struct dendro d = DENDRO_INIT;
    struct str s = STR_INIT;
    struct nodebits nb = NODEBITS_INIT;
    struct err err;

    build(&d, NULL, 0, LINKAGE_AVERAGE);
    tap_int(d.count, 0, "no class, no node");
    tap_ok(dendro_root(&d) == DENDRO_NONE, "no root");
    tap_ok(dendro_place(&d, 1, 0, 1) == DENDRO_NONE, "no place");
    newick_write(&s, &d, NULL);
    tap_str(s.text, ";\n", "an empty tree in Newick");
    tap_int((long long)purity_dendrogram(&d, NULL).pairs, 0, "no pairs");
    tap_int((long long)cophenetic_codes(&d, NULL).pairs, 0, "none at all");
    tap_int(nodebits_build(&nb, &d, NULL, 4, &err), OK, "no bits");
    nodebits_release(&nb);
    dendro_release(&d);
    build(&d, four, 1, LINKAGE_WARD);
    tap_ok(d.count == 1 && dendro_root(&d) == 0 && dendro_is_leaf(&d, 0) &&
               d.order[0] == 0 && d.node[0].parent == DENDRO_NONE,
           "one class is a root and a leaf");
    str_clear(&s);
    newick_write(&s, &d, NULL);
    tap_str(s.text, "0;\n", "one class in Newick");
    dendro_release(&d);
    build(&d, four, 2, LINKAGE_WARD);
    tap_ok(d.count == 3 && d.node[2].height == 1, "two meet at their distance");
    dendro_release(&d);
    dendro_release(&d);
    str_release(&s);
}

static void test_from_merges(void)
{
    static const struct linkage_merge swapped[] = {
        {3, 2, 0, 1.0}, {1, 0, 0, 1.0}, {4, 5, 0, 3.0}};
    static const struct {
        struct linkage_merge merges[2];
        const char *message;
    } bad[] = {
        {{{0, 0, 2, 1}, {2, 3, 3, 2}},
         "tree: merge 0 (from 0) joins 0 and 0, which are not two clusters "
         "free to be joined"},
        {{{0, 1, 2, 1}, {1, 3, 3, 2}},
         "tree: merge 1 (from 0) joins 1 and 3, which are not two clusters "
         "free to be joined"},
        {{{0, 4, 2, 1}, {2, 3, 3, 2}},
         "tree: merge 0 (from 0) joins 0 and 4, which are not two clusters "
         "free to be joined"},
        {{{0, 1, 2, 2}, {2, 3, 3, 1}},
         "tree: merge 1 (from 0) lies at height 1, below its parts at 2 and 0"},
        {{{0, 1, 2, NAN}, {2, 3, 3, 1}},
         "tree: merge 0 (from 0) lies at height nan, below its parts at 0 and "
         "0"},
    };
    struct dendro d = DENDRO_INIT;
    struct err err;

    tap_int(dendro_from_merges(&d, swapped, 4, &err), OK, "read back");
    tap_ok(valid(&d), "children are put in order");
    tap_ok(d.order[0] == 0 && d.order[1] == 1 && d.order[2] == 2 &&
               d.order[3] == 3 && d.node[6].left == 5,
           "smaller class first");
    dendro_release(&d);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        tap_int(dendro_from_merges(&d, bad[i].merges, 3, &err), ERR_BAD_INPUT,
                "no tree %zu is refused", i);
        tap_str(err.text, bad[i].message, "no tree %zu says why", i);
        tap_ok(d.node == NULL, "and leaves nothing");
    }
}

static void test_address(void)
{
    static const uint64_t moved[4] = {0, 15, 7, 1};
    struct dendro a = DENDRO_INIT, b = DENDRO_INIT;

    build(&a, four, 4, LINKAGE_AVERAGE);
    build(&b, moved, 4, LINKAGE_AVERAGE);
    tap_int(dendro_find(&b, a.node[0].key), 0, "a leaf keeps its address");
    tap_int(dendro_find(&b, a.node[6].key), 6, "and so does the root");
    tap_ok(dendro_find(&b, a.node[4].key) == DENDRO_NONE,
           "{0, 1} is no node of the other tree");
    tap_int(dendro_place(&b, a.node[4].key, 0, 2), 4,
            "but {0, 3} stands for it");
    tap_int(dendro_place(&b, 1, 0, 3), 4, "the smaller of two as near");
    tap_int(dendro_place(&b, 1, 2, 100), 6, "up to the root");
    tap_ok(dendro_place(&b, 1, 4, 1) == DENDRO_NONE, "no such class");
    dendro_release(&a);
    dendro_release(&b);
}

static void test_bits(void)
{
    static const uint64_t twice[4] = {0, 1, 14, 15};
    struct dendro d = DENDRO_INIT;
    struct nodebits nb = NODEBITS_INIT;
    struct err err;

    build(&d, four, 4, LINKAGE_AVERAGE);
    if (nodebits_build(&nb, &d, four, 5, &err) != OK)
        abort();
    tap_int(nodebits_set(&nb, 6, 0), 3, "bit 0 is set in three of four");
    tap_near(nodebits_share(&nb, &d, 6, 0), 0.75, 0, "a share of 3/4");
    tap_int(nodebits_splitter(&nb, &d, 6), 1, "bit 1, as good as 2, splits");
    tap_int(nodebits_splitter(&nb, &d, 4), 0, "bit 0 splits {0, 1}");
    tap_int(nodebits_splitter(&nb, &d, 5), 3, "bit 3 splits {2, 3}");
    tap_int(nodebits_splitter(&nb, &d, 2), -1, "nothing splits a leaf");
    tap_int(nodebits_turn(&nb, &d, 1), 6, "bit 1 turns at the root");
    tap_int(nodebits_turn(&nb, &d, 3), 5, "bit 3 at {2, 3}");
    tap_int(nodebits_turn(&nb, &d, 0), 4, "bit 0 at {0, 1}");
    tap_ok(nodebits_turn(&nb, &d, 4) == DENDRO_NONE, "bit 4 nowhere");
    nodebits_release(&nb);
    dendro_release(&d);
    build(&d, twice, 4, LINKAGE_AVERAGE);
    if (nodebits_build(&nb, &d, twice, 4, &err) != OK)
        abort();
    tap_int(nodebits_turn(&nb, &d, 0), 5, "of two places the higher");
    nodebits_release(&nb);
    dendro_release(&d);
}

static void label(struct str *out, const struct dendro *d, uint32_t node,
                  void *context)
{
    naming_label(out, d, context, node, 2);
}

static void test_naming(void)
{
    static const char *const names[] = {"A", "B", "a", NULL};
    static const char *const paths[] = {"latin/upper", "latin/upper",
                                        "latin/lower", "digit"};
    static const char *const some[] = {NULL, "x", "y", ""};
    static const struct {
        const char *const *names, *const *paths;
        uint32_t node;
        int examples;
        const char *want;
    } cases[] = {
        {names, paths, 0, 3, "A"},
        {names, paths, 3, 3, "class 3"},
        {names, paths, 4, 3, "latin/upper: A, B"},
        {names, paths, 4, 1, "latin/upper: A, …"},
        {names, paths, 5, 3, "latin/lower 1, digit 1 of 2: a"},
        {names, paths, 6, 2, "latin 3 of 4: A, B, …"},
        {names, paths, 6, 9, "latin 3 of 4: A, B, a"},
        {NULL, paths, 6, 9, "latin 3 of 4"},
        {names, paths, 6, 0, "latin 3 of 4"},
        {names, NULL, 6, 2, "A, B, …"},
        {NULL, NULL, 6, 2, "4 classes"},
        {NULL, some, 6, 2, "x 1, y 1 of 4"},
        {names, some, 4, 2, "x 1 of 2: A, B"},
    };
    struct naming naming = {names, paths, true};
    struct dendro d = DENDRO_INIT;
    struct str s = STR_INIT;

    build(&d, four, 4, LINKAGE_AVERAGE);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct naming of = {cases[i].names, cases[i].paths, false};

        str_clear(&s);
        naming_label(&s, &d, &of, cases[i].node, cases[i].examples);
        tap_str(s.text, cases[i].want, "label %zu", i);
    }
    str_clear(&s);
    treetext_write(&s, &d, 6, -1, false, label, &naming);
    tap_str(s.text,
            "┬ latin 3 of 4: A, B, ...\n"
            "├─┬ latin/upper: A, B\n"
            "│ ├── A\n"
            "│ └── B\n"
            "└─┬ latin/lower 1, digit 1 of 2: a\n"
            "  ├── a\n"
            "  └── class 3\n",
            "the tree in text");
    str_clear(&s);
    treetext_write(&s, &d, 6, 1, true, label, &naming);
    tap_str(s.text,
            "+ latin 3 of 4: A, B, ...\n"
            "|-- latin/upper: A, B\n"
            "`-- latin/lower 1, digit 1 of 2: a\n",
            "one level in ASCII");
    str_clear(&s);
    treetext_write(&s, &d, 4, -1, true, label, &naming);
    tap_str(s.text, "+ latin/upper: A, B\n|-- A\n`-- B\n", "a subtree");
    str_release(&s);
    dendro_release(&d);
}

static void test_writers(void)
{
    static const char *const names[] = {"it's", "caf\xc3\xa9-1.5", "a\\\"\n",
                                        ""};
    struct dendro d = DENDRO_INIT;
    struct str s = STR_INIT;

    build(&d, four, 4, LINKAGE_AVERAGE);
    newick_write(&s, &d, NULL);
    tap_str(s.text, "((0:0.5,1:0.5):1,(2:0.5,3:0.5):1);\n", "Newick");
    str_clear(&s);
    newick_write(&s, &d, names);
    tap_str(s.text,
            "(('it''s':0.5,caf\xc3\xa9-1.5:0.5):1,"
            "('a\\\\\"\\n':0.5,'':0.5):1);\n",
            "Newick quotes what it must");
    str_clear(&s);
    dot_write(&s, &d, names);
    tap_str(s.text,
            "digraph taxonomy {\n"
            "  rankdir=LR;\n"
            "  node [shape=ellipse];\n"
            "  n6 [label=\"4 classes\\nheight 3\"];\n"
            "  n6 -> n4;\n"
            "  n6 -> n5;\n"
            "  n4 [label=\"2 classes\\nheight 1\"];\n"
            "  n4 -> n0;\n"
            "  n4 -> n1;\n"
            "  n0 [shape=box, label=\"it's\"];\n"
            "  n1 [shape=box, label=\"caf\xc3\xa9-1.5\"];\n"
            "  n5 [label=\"2 classes\\nheight 1\"];\n"
            "  n5 -> n2;\n"
            "  n5 -> n3;\n"
            "  n2 [shape=box, label=\"a\\\\\\\\\\\"\\\\n\"];\n"
            "  n3 [shape=box, label=\"\"];\n"
            "}\n",
            "DOT escapes what it must");
    str_clear(&s);
    dendro_height_text(&s, 2.5, 2);
    str_add_char(&s, ' ');
    dendro_height_text(&s, 1.0 / 3, 6);
    str_add_char(&s, ' ');
    dendro_height_text(&s, 0.05, 2);
    str_add_char(&s, ' ');
    dendro_height_text(&s, 2.999, 2);
    str_add_char(&s, ' ');
    dendro_height_text(&s, 7.5, 0);
    tap_str(s.text, "2.5 0.333333 0.05 3 8", "heights in text");
    str_release(&s);
    dendro_release(&d);
}

/* Both measures pair by pair, as they are defined. */
static void by_hand(const struct dendro *d, const char *const *paths,
                    double *purity, double *cophenetic)
{
    double sum = 0, n = 0, mx = 0, my = 0, sxx = 0, syy = 0, sxy = 0;
    int pairs = 0;

    for (int round = 0; round < 2; round++) {
        for (uint32_t a = 0; a < d->leaves; a++) {
            for (uint32_t b = 0; b < a; b++) {
                uint32_t at = common(d, a, b), up;
                double x = d->node[at].height, y = 0, same = 0;
                size_t slash = strcspn(paths[a], "/");

                if (strncmp(paths[a], paths[b], slash + 1) != 0)
                    y = 4;
                else if (strcmp(paths[a], paths[b]) != 0)
                    y = 2;
                if (round == 0) {
                    n++;
                    mx += x;
                    my += y;
                    if (y > 0)
                        continue;
                    while ((up = d->node[at].parent) != DENDRO_NONE &&
                           d->node[up].height == x)
                        at = up;
                    for (uint32_t i = 0; i < d->node[at].size; i++)
                        same += strcmp(paths[dendro_leaves(d, at)[i]],
                                       paths[a]) == 0;
                    sum += same / d->node[at].size;
                    pairs++;
                    continue;
                }
                sxx += (x - mx / n) * (x - mx / n);
                syy += (y - my / n) * (y - my / n);
                sxy += (x - mx / n) * (y - my / n);
            }
        }
    }
    *purity = sum / pairs;
    *cophenetic = sxy / sqrt(sxx * syy);
}

static void test_measures(void)
{
    static const char *const good[] = {"a", "a", "b", "b"};
    static const char *const cross[] = {"a", "b", "a", "b"};
    static const char *const holes[] = {"a", NULL, "a", ""};
    static const char *const alone[] = {"a", "b", "c", "d"};
    static const char *const all[] = {"a/x", "a/x", "a/y", "b/x", "b/y"};
    static const uint64_t same[4] = {5, 5, 5, 5};
    struct dendro d = DENDRO_INIT;
    struct purity p;
    struct rng rng;

    build(&d, four, 4, LINKAGE_AVERAGE);
    p = purity_dendrogram(&d, good);
    tap_ok(p.value == 1 && p.pairs == 2 && p.leaves == 4 && p.groups == 2,
           "groups that are subtrees have purity 1");
    tap_near(cophenetic_reference(&d, good).value, 1, 1e-15,
             "and correlate by 1");
    tap_near(purity_dendrogram(&d, cross).value, 0.5, 0, "crossed: half");
    tap_near(cophenetic_reference(&d, cross).value, -0.5, 1e-15,
             "crossed: -1/2");
    p = purity_dendrogram(&d, holes);
    tap_ok(p.value == 1 && p.pairs == 1 && p.leaves == 2,
           "leaves without a path are passed over");
    tap_int((long long)cophenetic_reference(&d, holes).pairs, 1, "here too");
    p = purity_dendrogram(&d, alone);
    tap_ok(p.value == 0 && p.pairs == 0 && p.groups == 4, "nothing to pair");
    tap_near(cophenetic_reference(&d, alone).value, 0, 0, "nothing varies");
    /* heights 1 3 3 3 3 1 over distances 1 3 4 2 3 1 */
    tap_near(cophenetic_codes(&d, four).value, sqrt(32.0 / 44), 1e-12,
             "against the Hamming distances");
    dendro_release(&d);
    build(&d, same, 4, LINKAGE_AVERAGE);
    tap_near(purity_dendrogram(&d, good).value, 0.5, 0,
             "no order among equals earns purity");
    dendro_release(&d);

    rng_init(&rng, 21, 0);
    for (int t = 0; t < 12; t++) {
        const char *paths[40];
        uint64_t codes[40];
        double purity, cophenetic;

        for (int i = 0; i < 40; i++) {
            uint64_t g = rng_below(&rng, 5);

            paths[i] = all[g];
            codes[i] = (g * 37 ^ (rng_next(&rng) & rng_next(&rng))) & 1023;
        }
        build(&d, codes, 40, (enum linkage)(t % LINKAGE_COUNT));
        by_hand(&d, paths, &purity, &cophenetic);
        tap_near(purity_dendrogram(&d, paths).value, purity, 1e-12,
                 "purity of a random tree, pair by pair");
        tap_near(cophenetic_reference(&d, paths).value, cophenetic, 1e-12,
                 "cophenetic correlation, pair by pair");
        dendro_release(&d);
    }
}

/* tests/golden/linkage.txt, made by scipy; its script tells the format. */
static void test_golden(void)
{
    const char *top = getenv("top_srcdir");
    struct str path = STR_INIT;
    uint64_t codes[64];
    uint32_t n = 0;
    FILE *f;

    str_addf(&path, "%s/tests/golden/linkage.txt", top ? top : ".");
    f = fopen(path.text, "r");
    if (!tap_ok(f != NULL && fscanf(f, "%" SCNu32, &n) == 1 && n > 2 && n <= 64,
                "%s is there", path.text))
        exit(tap_done());
    for (uint32_t i = 0; i < n; i++)
        n = fscanf(f, "%" SCNx64, &codes[i]) == 1 ? n : 0;
    for (int l = 0; l < LINKAGE_COUNT; l++) {
        struct dendro d = DENDRO_INIT;
        enum linkage linkage;
        double want, worst = 0;
        char name[16];
        struct err err;
        int read = fscanf(f, "%15s %lf", name, &want);

        if (!tap_ok(read == 2 && linkage_parse(&linkage, name, &err) == OK,
                    "line %d is read", l + 2))
            break;
        build(&d, codes, n, linkage);
        tap_near(cophenetic_codes(&d, codes).value, want, 1e-12,
                 "%s correlates as scipy says", name);
        for (uint32_t i = 0; i < n; i++) {
            for (uint32_t j = i + 1; j < n; j++) {
                double height = d.node[common(&d, i, j)].height;

                if (fscanf(f, "%lf", &want) != 1)
                    want = NAN;
                worst = fmax(worst, isnan(want) ? 1 : fabs(height - want));
            }
        }
        tap_ok(n > 0 && worst < 1e-9, "%s meets at scipy's heights (%g)", name,
               worst);
        dendro_release(&d);
    }
    fclose(f);
    str_release(&path);
}

int main(void)
{
    test_linkage();
    test_random();
    test_permutation();
    test_golden();
    test_ties();
    test_small();
    test_from_merges();
    test_address();
    test_bits();
    test_naming();
    test_writers();
    test_measures();
    return tap_done();
}
