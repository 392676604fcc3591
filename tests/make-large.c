/*
 * Makes a catalogue of many classes, as learning would leave it: small
 * pictures, one model with two epochs, a tree, codes and margins of all
 * images. The same bytes of content each time.
 *
 *     make-large FILE CLASSES BITS TRAIN TEST
 *
 * TRAIN and TEST: images a class. Class codes lie in groups of about 16; the
 * images' codes are their class's with some bits turned.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "catalogue/catalogue.h"
#include "catalogue/codestore.h"
#include "catalogue/dataset.h"
#include "catalogue/images.h"
#include "catalogue/models.h"
#include "codes/decode.h"
#include "codes/margin.h"
#include "taxonomy/dendro.h"

enum { SIDE = 12, GROUP = 16 };

static struct err err;
static struct catalogue *cat;
static uint32_t classes;
static int bits;
static int64_t *class_ids;
static struct codebook book = CODEBOOK_INIT;

static void must(enum status status)
{
    if (status == OK)
        return;
    fprintf(stderr, "make-large: %s\n", err.text);
    exit(1);
}

static void make_classes(void)
{
    struct dataset dataset = {.channels = 1, .height = SIDE, .width = SIDE};
    int64_t id;

    dataset.name = mem_strdup("large");
    dataset.created_at = clock_wall();
    must(dataset_insert(cat, &dataset, &id, &err));
    dataset_release(&dataset);
    class_ids = mem_zalloc(classes, sizeof(*class_ids));
    for (uint32_t c = 0; c < classes; c++) {
        char name[40], path[40];
        struct class_row row = {.number = c};

        snprintf(name, sizeof(name), "kind %u of group %u", c % GROUP,
                 c / GROUP);
        snprintf(path, sizeof(path), "family %u/group %u", c / GROUP / GROUP,
                 c / GROUP);
        row.name = mem_strdup(name);
        row.path = mem_strdup(path);
        must(class_insert(cat, id, &row, &class_ids[c], &err));
        free(row.name);
        free(row.path);
    }
}

static void make_weights(float *weights, struct rng *rng)
{
    float centre[CODE_BITS_MAX];

    for (uint32_t c = 0; c < classes; c++) {
        for (int i = 0; i < bits; i++) {
            if (c % GROUP == 0)
                centre[i] = rng_below(rng, 2) ? 1.0f : -1.0f;
            weights[c * (size_t)bits + (size_t)i] =
                centre[i] + 0.8f * (float)rng_normal(rng);
        }
    }
}

static void make_tree(int64_t model, int step)
{
    struct class_codes codes = {.classes = (int)classes,
                                .bits = bits,
                                .step = step,
                                .codes = book.codes,
                                .weights = book.weights};
    struct tree_rows rows = {.step = step};
    struct dendro d = DENDRO_INIT;

    must(class_codes_save(cat, model, &codes, class_ids, &err));
    must(dendro_build(&d, book.codes, classes, LINKAGE_AVERAGE, NULL, &err));
    rows.items = mem_zalloc(d.count, sizeof(*rows.items));
    rows.count = rows.room = (int)d.count;
    for (uint32_t i = 0; i < d.count; i++)
        rows.items[i] =
            (struct tree_row){(int32_t)d.node[i].parent,
                              (int32_t)d.node[i].left, (int32_t)d.node[i].right,
                              (int32_t)d.node[i].size, d.node[i].height};
    must(tree_rows_save(cat, model, step, "average", &rows, class_ids, &err));
    free(rows.items);
    dendro_release(&d);
}

static int64_t make_model(struct rng *rng)
{
    struct model_row model = {.dataset_id = 1,
                              .bits = bits,
                              .seed = 1,
                              .state = MODEL_READY,
                              .steps = 2,
                              .created_at = clock_wall()};
    float *weights = mem_zalloc(classes * (size_t)bits, sizeof(*weights));
    int64_t id;

    model.name = mem_strdup("large");
    model.encoder = mem_strdup("resnet8");
    model.recipe = mem_strdup("warm");
    model.options = mem_strdup("{}");
    must(model_insert(cat, &model, &model.id, &err));
    model.phase = model.step = 2;
    model.margin_scale = 0.05;
    must(model_update(cat, &model, &err));
    id = model.id;
    model_release(&model);
    make_weights(weights, rng);
    must(codebook_from_weights(&book, weights, classes, bits, &err));
    for (int step = 1; step <= 2; step++) {
        struct history_row row = {step, step, step, 2.0 / step,
                                  0.1,  0.8,  0.9,  0.75,
                                  0.6,  0.02, 900,  clock_wall()};

        must(history_insert(cat, id, &row, &err));
        make_tree(id, step);
    }
    free(weights);
    return id;
}

static void make_image(int64_t model, int split, int64_t source, uint32_t c,
                       int64_t row, struct rng *rng)
{
    uint8_t pixels[SIDE * SIDE];
    int8_t margins[CODE_BITS_MAX];
    struct image_code code = {0};
    struct decode found;

    for (int i = 0; i < SIDE * SIDE; i++)
        pixels[i] = (uint8_t)((c * 2654435761u >> (i % 24)) & 0xf0u);
    must(image_insert(cat, 1, split, class_ids[c], source, row, pixels,
                      sizeof(pixels), &code.image_id, &err));
    for (int i = 0; i < bits; i++) {
        double m =
            (code_bit(book.codes[c], i) ? 70 : -70) + 40 * rng_normal(rng);

        margins[i] = (int8_t)(m > 127 ? 127 : m < -127 ? -127 : m);
    }
    found = decode_quantised(&book, margins);
    code.code = margin_code(margins, bits);
    code.decoded = class_ids[found.nearest];
    code.distance = found.distance;
    must(image_codes_save(cat, model, bits, &code, margins, 1, &err));
}

static void make_images(int64_t model, const uint32_t *a_class, struct rng *rng)
{
    for (int split = SPLIT_TRAIN; split <= SPLIT_TEST; split++) {
        struct source_row source = {.dataset_id = 1, .split = split};
        int64_t id;

        source.path = mem_strdup(split ? "/data/test" : "/data/train");
        source.digest = mem_strdup(split ? "bb" : "aa");
        source.imported_at = clock_wall();
        must(source_insert(cat, &source, &id, &err));
        for (uint32_t n = 0; n < a_class[split]; n++) {
            for (uint32_t c = 0; c < classes; c++)
                make_image(model, split, id, c, (int64_t)n * classes + c, rng);
        }
        free(source.path);
        free(source.digest);
    }
}

/* As the worker leaves them. */
static void pack(int64_t model)
{
    int64_t first = INT64_MIN;
    bool more = true;

    while (more)
        must(image_codes_pack(cat, model, 100, &first, &more, &err));
}

int main(int argc, char **argv)
{
    uint32_t a_class[2];
    struct rng rng;
    int64_t model;

    if (argc != 6)
        return 2;
    classes = (uint32_t)atoi(argv[2]);
    bits = atoi(argv[3]);
    a_class[SPLIT_TRAIN] = (uint32_t)atoi(argv[4]);
    a_class[SPLIT_TEST] = (uint32_t)atoi(argv[5]);
    rng_init(&rng, 1, 0);
    must(catalogue_open(&cat, argv[1], DB_CREATE, &err));
    must(catalogue_begin(cat, &err));
    make_classes();
    model = make_model(&rng);
    make_images(model, a_class, &rng);
    pack(model);
    must(catalogue_commit(cat, &err));
    catalogue_close(cat);
    codebook_release(&book);
    free(class_ids);
    return 0;
}
