/* Filters of images as text, and what they pick, against a plain loop. */
#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "catalogue/dataset.h"
#include "codes/margin.h"
#include "ui/imagefilter.h"
#include "ui/imagepick.h"
#include "ui/marks.h"

#include "tap.h"

/* ---- text ---- */

static void test_round_trip(void)
{
    static const char *const same[] = {
        "",
        "test",
        "train ood",
        "class=ring",
        "class==ring",
        "class=\"two words\"",
        "class==\"a \\\" and a \\\\\"",
        "class=/^b.*[ou]$",
        "node=00ff",
        "tag=\"to do\"",
        "right",
        "wrong unknown code=01**1",
        "distance=2",
        "distance>1 label<=3",
        "margin>=0.25 margin<0.5",
        "confidence<-1.5",
        "id>1000",
        "from=class/ring",
        "from=class/ring away<=2",
        "from=code/01 sort=margin",
        "sort=-id",
        "test class=b tag=x wrong unknown code=1 from=image/3 id<9 distance>0 "
        "away<4 sort=-confidence",
    };

    for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
        struct imagefilter filter;
        struct str text = STR_INIT;
        struct err err;

        if (imagefilter_parse(&filter, same[i], &err) != OK) {
            tap_ok(false, "%s: %s", same[i], err.text);
            continue;
        }
        imagefilter_text(&filter, &text);
        tap_str(text.text, same[i], "as it was written");
        imagefilter_release(&filter);
        str_release(&text);
    }
}

static void test_words(void)
{
    struct imagefilter filter;
    struct err err;

    tap_ok(imagefilter_parse(&filter, "  two   words test ", &err) == OK,
           "words that are no term");
    tap_str(filter.classes, "two words", "are a class's");
    tap_int(filter.splits, 1 << SPLIT_TEST, "the others stay terms");
    imagefilter_release(&filter);
    tap_ok(imagefilter_parse(&filter, "/a=b|c>d", &err) == OK &&
               strcmp(filter.classes, "/a=b|c>d") == 0,
           "a regex is no term, whatever it holds");
    imagefilter_release(&filter);
    tap_ok(imagefilter_parse(&filter, "from=class/a", &err) == OK &&
               filter.order == MEASURE_AWAY,
           "from a place the order is by what is away from it");
    imagefilter_release(&filter);
}

static void test_refused(void)
{
    static const char *const bad[][2] = {
        {"colour=red", "no term 'colour'"},
        {"distance>", "no number"},
        {"distance>many", "no number"},
        {"margin=nan", "no number"},
        {"class=", "after class="},
        {"tag>x", "no order"},
        {"class=/(", "not a regular expression: ("},
        {"sort=size", "no order 'size'"},
        {"sort=away", "away from what"},
        {"away<2", "away from what"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        struct imagefilter filter;
        struct err err;

        tap_ok(imagefilter_parse(&filter, bad[i][0], &err) == ERR_BAD_INPUT &&
                   strstr(err.text, bad[i][1]),
               "%s is refused: %s", bad[i][0], err.text);
    }
}

static void test_of_codes(void)
{
    static const struct {
        const char *text;
        bool needs;
    } cases[] = {{"test class=a tag=b id>3 sort=-class", false},
                 {"wrong", true},
                 {"unknown", true},
                 {"code=1", true},
                 {"distance>1", true},
                 {"sort=margin", true},
                 {"from=class/a sort=id", true}};

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct imagefilter filter;
        struct err err;

        tap_ok(imagefilter_parse(&filter, cases[i].text, &err) == OK &&
                   imagefilter_of_codes(&filter) == cases[i].needs,
               "%s %s codes", cases[i].text,
               cases[i].needs ? "needs" : "needs no");
        imagefilter_release(&filter);
    }
}

/* ---- picking ---- */

enum { N = 5000, CLASSES = 9, BITS = 12 };

static struct image_codes images;
static struct imagepick pick;
static struct imagepick_class classes[CLASSES];

static void make_images(void)
{
    struct rng rng;

    rng_init(&rng, 3, 0);
    images = (struct image_codes){.n = N, .bits = BITS};
    images.ids = mem_zalloc(N, sizeof(*images.ids));
    images.class_ids = mem_zalloc(N, sizeof(*images.class_ids));
    images.split = mem_zalloc(N, 1);
    images.codes = mem_zalloc(N, sizeof(*images.codes));
    images.decoded = mem_zalloc(N, sizeof(*images.decoded));
    images.distance = mem_zalloc(N, 1);
    images.margins = mem_zalloc(N, BITS);
    for (int c = 0; c < CLASSES; c++)
        classes[c] = (struct imagepick_class){.id = 10 + 3 * c,
                                              .index = CLASSES - 1 - c,
                                              .order = (uint32_t)(c * 4 % 9),
                                              .wanted = true,
                                              .has_code = c > 0,
                                              .code = rng_below(&rng, 4096)};
    for (int i = 0; i < N; i++) {
        int8_t *margins = images.margins + i * BITS;
        int c = (int)rng_below(&rng, CLASSES + 1);
        int to = 1 + (int)rng_below(&rng, CLASSES - 1);

        for (int bit = 0; bit < BITS; bit++)
            margins[bit] = (int8_t)((int)rng_below(&rng, 255) - 127);
        images.ids[i] = 7 + 2 * i;
        images.class_ids[i] = c < CLASSES ? classes[c].id : 0;
        images.split[i] = (uint8_t)rng_below(&rng, SPLIT_COUNT);
        images.codes[i] = margin_code(margins, BITS);
        images.decoded[i] = classes[to].id;
        images.distance[i] =
            (uint8_t)code_distance(images.codes[i], classes[to].code);
    }
}

static void start(void)
{
    struct imagefilter all;

    memset(&pick, 0, sizeof(pick));
    imagefilter_init(&all);
    memcpy(pick.bounds, all.bounds, sizeof(pick.bounds));
    for (int c = 0; c < CLASSES; c++)
        classes[c].wanted = true;
    pick.classes = classes;
    pick.class_count = CLASSES;
    pick.classless = true;
    pick.scale = 0.5;
}

static const struct imagepick_class *class_of(int64_t id)
{
    for (int c = 0; c < CLASSES; c++)
        if (classes[c].id == id)
            return &classes[c];
    return NULL;
}

/* What an image is ordered by; INFINITY when it has none. */
static double value_of(int64_t i, enum image_measure measure)
{
    const struct imagepick_class *own = class_of(images.class_ids[i]);
    const struct imagepick_class *to = class_of(images.decoded[i]);
    const int8_t *m = images.margins + i * BITS;
    double least = 1000, sum = 0;

    for (int bit = 0; bit < BITS; bit++) {
        least = fmin(least, abs(m[bit]));
        sum += (to->code >> bit & 1 ? 1 : -1) * m[bit];
    }
    switch (measure) {
    case MEASURE_ID:
        return (double)images.ids[i];
    case MEASURE_CLASS:
        return own ? own->order : INFINITY;
    case MEASURE_DISTANCE:
        return images.distance[i];
    case MEASURE_LABEL:
        return own && own->has_code ? code_distance(images.codes[i], own->code)
                                    : INFINITY;
    case MEASURE_AWAY:
        return __builtin_popcountll((images.codes[i] ^ pick.from.value) &
                                    pick.from.fixed);
    case MEASURE_MARGIN:
        return least * pick.scale;
    default:
        return sum / BITS * pick.scale;
    }
}

/* The order of two picked images, as it should be. */
static bool in_order(int64_t a, int64_t b)
{
    double x = value_of(a, pick.order), y = value_of(b, pick.order);

    if (x == y)
        return pick.order == MEASURE_ID || a < b;
    if (isinf(x) || isinf(y))
        return isinf(y);
    return pick.falling ? x > y : x < y;
}

/* Picks, and compares with those of which wanted() is true. */
static void check(bool (*wanted)(int64_t i), const char *what)
{
    struct imagepick_list list;
    struct err err;
    int64_t count = 0, wrong = 0;

    if (imagepick_run(&list, &pick, &images, &err) != OK) {
        tap_ok(false, "%s: %s", what, err.text);
        return;
    }
    for (int64_t i = 0; i < N; i++)
        count += wanted(i);
    for (int64_t k = 0; k < list.n; k++) {
        int64_t i = (list.ids[k] - 7) / 2;
        const struct imagepick_class *own = class_of(images.class_ids[i]);

        wrong += !wanted(i) || list.labels[k] != (own ? own->index : -1);
        wrong += k > 0 && !in_order((list.ids[k - 1] - 7) / 2, i);
    }
    tap_ok(wrong == 0 && list.n == count && count > 0, "%s: %lld of %lld", what,
           (long long)list.n, (long long)count);
    imagepick_list_release(&list);
}

static bool any(int64_t i)
{
    (void)i;
    return true;
}

static void test_orders(void)
{
    for (int m = 0; m < MEASURES; m++)
        for (int falling = 0; falling < 2; falling++) {
            char what[64];

            start();
            pick.order = (enum image_measure)m;
            pick.falling = falling;
            pick.from = (struct pattern){0xfcf, 0x5a5 & 0xfcf, BITS};
            snprintf(what, sizeof(what), "all by %s%s",
                     image_measure_name((enum image_measure)m),
                     falling ? ", falling" : "");
            check(any, what);
        }
}

static bool of_test(int64_t i)
{
    return images.split[i] == SPLIT_TEST;
}

static bool of_some(int64_t i)
{
    const struct imagepick_class *own = class_of(images.class_ids[i]);

    return own && own->wanted;
}

static bool right(int64_t i)
{
    return images.class_ids[i] && images.decoded[i] == images.class_ids[i];
}

static bool wrong(int64_t i)
{
    return images.class_ids[i] && images.decoded[i] != images.class_ids[i];
}

static bool unknown(int64_t i)
{
    return images.distance[i] > 0;
}

static bool coded(int64_t i)
{
    return (images.codes[i] & 5) == 4;
}

static bool tagged(int64_t i)
{
    return images.ids[i] % 5 == 0;
}

static bool between(int64_t i)
{
    double value = value_of(i, MEASURE_CONFIDENCE);

    return value > -2 && value <= 3 && value_of(i, MEASURE_LABEL) >= 4 &&
           !isinf(value_of(i, MEASURE_LABEL));
}

static bool both(int64_t i)
{
    return of_test(i) && wrong(i) && tagged(i);
}

static void tag_some(void)
{
    pick.by_tag = true;
    pick.tagged = mem_zalloc(N + 1, sizeof(*pick.tagged));
    pick.tagged[pick.tagged_count++] = 1; /* not among the images */
    for (int64_t i = 0; i < N; i++)
        if (tagged(i))
            pick.tagged[pick.tagged_count++] = images.ids[i];
}

static void test_filters(void)
{
    start();
    pick.splits = 1u << SPLIT_TEST;
    check(of_test, "of a split");
    start();
    pick.classless = false;
    for (int c = 0; c < CLASSES; c += 2)
        classes[c].wanted = false;
    check(of_some, "of some classes");
    start();
    pick.verdict = 1;
    check(right, "decoded right");
    pick.verdict = 2;
    check(wrong, "decoded wrong");
    start();
    pick.unknown = true;
    check(unknown, "whose code no class has");
    start();
    pick.by_code = true;
    pick.code = (struct pattern){5, 4, BITS};
    check(coded, "whose code has these bits");
    start();
    pick.bounds[MEASURE_CONFIDENCE] = (struct image_bounds){-2, 3, true, false};
    pick.bounds[MEASURE_LABEL] =
        (struct image_bounds){4, INFINITY, false, false};
    check(between, "within bounds");
    start();
    tag_some();
    check(tagged, "with a tag");
    pick.splits = 1u << SPLIT_TEST;
    pick.verdict = 2;
    pick.order = MEASURE_MARGIN;
    check(both, "and of a split, decoded wrong, by margin");
    free(pick.tagged);
}

static bool stop_now(void *context)
{
    return ++*(int *)context > 0;
}

static void test_edges(void)
{
    struct image_codes bare = images, none = {.n = 0};
    struct imagepick_list list;
    struct err err;
    int asked = 0;

    start();
    bare.codes = NULL;
    bare.decoded = NULL;
    bare.margins = NULL;
    tap_ok(imagepick_run(&list, &pick, &bare, &err) == OK && list.n == N,
           "images without codes");
    imagepick_list_release(&list);
    tap_ok(imagepick_run(&list, &pick, &none, &err) == OK && list.n == 0,
           "no images");
    imagepick_list_release(&list);
    pick.stop = stop_now;
    pick.context = &asked;
    tap_ok(imagepick_run(&list, &pick, &images, &err) == ERR_CANCELLED &&
               asked == 1,
           "stopped");
}

/* ---- marks of many ---- */

static void test_marks(void)
{
    static const int64_t ids[] = {9, 4, 9, 1, 7};
    struct target class = {.kind = TARGET_CLASS, .id = 7};
    struct target image = {.kind = TARGET_IMAGE, .id = 4};
    struct marks marks = {0};
    bool all = true;

    marks_set(&marks, &class, true);
    marks_set(&marks, &image, true);
    marks_add_images(&marks, ids, ARRAY_SIZE(ids));
    tap_int(marks.count, 5, "each once, beside what was marked");
    for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
        all = all && marks_has_id(&marks, TARGET_IMAGE, ids[i]);
    tap_ok(all && marks_has(&marks, &class), "all are found");
    marks_set(&marks, &image, false);
    tap_ok(!marks_has(&marks, &image) && marks.count == 4, "and taken off");
    marks_release(&marks);
}

int main(void)
{
    test_round_trip();
    test_words();
    test_refused();
    test_of_codes();
    make_images();
    test_orders();
    test_filters();
    test_edges();
    test_marks();
    image_codes_release(&images);
    return tap_done();
}
