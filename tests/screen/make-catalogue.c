/*
 * Makes a synthetic catalogue for the screen tests, through the same functions
 * the program uses: the same bytes of content each time.
 *
 *     make-catalogue KIND FILE [COMMAND...]
 *
 * runs the command then, if there is one, and exits as it does; meanwhile this
 * process is the live worker of the job that KIND has running.
 *
 * KIND: empty, images (no model), learning (a model before its first epoch),
 * grown (everything), partly (the
 * same, and as many images without codes), two (models, the second of another seed), long (64 bits), odd (names that no terminal should see
 * raw, a class without images).
 */
#include <config.h>

#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "catalogue/catalogue.h"
#include "catalogue/codestore.h"
#include "catalogue/dataset.h"
#include "catalogue/images.h"
#include "catalogue/models.h"
#include "catalogue/notes.h"
#include "codes/decode.h"
#include "codes/margin.h"
#include "queue/jobs.h"
#include "taxonomy/dendro.h"

enum { SIDE = 16, MOST = 64, A_CLASS = 12 };

static const char *const plain_names[] = {
    "bar",  "post", "beam", "frame", "box",   "ring",  "cross", "plus",
    "star", "disc", "ball", "moon",  "wedge", "arrow", "arch",  "wave",
};
static const char *const plain_paths[] = {"line", "loop", "spoke", "solid"};

static const char *const odd_names[] = {
    "red \033[31malert\033[0m",
    "漢字 and かな",
    "e\u0301tude",
    "two\nlines",
    "tab\there",
    "right \u202eto left",
    "bad \xff byte",
    "a name that is a good deal longer than any column has "
    "room for, and then some",
};

static struct err err;
static struct catalogue *cat;
static int64_t class_ids[MOST];
static int classes, bits = 8, seed = 1, imports;

static void must(enum status status)
{
    if (status == OK)
        return;
    fprintf(stderr, "make-catalogue: %s\n", err.text);
    exit(1);
}

/* Shape c % 4 at size c / 4, moved about. */
static void paint(uint8_t *pixels, int c, int n)
{
    int shape = c % 4, r = 3 + c / 4 % 4, dx = n % 3 - 1, dy = n / 3 % 3 - 1;

    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            int ax = abs(x - SIDE / 2 - dx), ay = abs(y - SIDE / 2 - dy);
            int far = ax > ay ? ax : ay;
            bool ink = shape == 0   ? ax <= 1 && ay <= r
                       : shape == 1 ? far <= r && far >= r - 1
                       : shape == 2 ? (ax <= 1 || ay <= 1) && far <= r
                                    : ax * ax + ay * ay <= r * r;

            pixels[y * SIDE + x] = (uint8_t)(ink ? 235 - 9 * (n % 7) : 16);
        }
    }
}

static void make_classes(int count, bool odd)
{
    struct dataset dataset = {
        .name = mem_strdup("shapes"),
        .channels = 1,
        .height = SIDE,
        .width = SIDE,
    };
    int64_t id;

    dataset.created_at = clock_wall();
    must(dataset_insert(cat, &dataset, &id, &err));
    dataset_release(&dataset);
    for (classes = 0; classes < count; classes++) {
        char name[32];
        struct class_row row = {0};

        snprintf(name, sizeof(name), "%s %d", plain_names[classes % 16],
                 classes / 16 + 1);
        row.number = classes;
        row.name = mem_strdup(odd            ? odd_names[classes]
                              : classes < 16 ? plain_names[classes]
                                             : name);
        row.path = mem_strdup(odd ? "" : plain_paths[classes % 4]);
        must(class_insert(cat, id, &row, &class_ids[classes], &err));
        free(row.name);
        free(row.path);
    }
}

static void make_images(int without)
{
    struct source_row source = {0};
    int64_t source_id, id;
    uint8_t pixels[SIDE * SIDE];

    for (int split = SPLIT_TRAIN; split <= SPLIT_TEST; split++) {
        source.dataset_id = 1;
        source.split = split;
        source.path = mem_strdup(split ? "/data/test" : "/data/train");
        source.digest = mem_strdup(split ? "bb" : "aa");
        source.digest[0] = (char)(source.digest[0] + 2 * imports);
        source.imported_at = clock_wall();
        must(source_insert(cat, &source, &source_id, &err));
        for (int n = 0; n < A_CLASS / (split + 1); n++) {
            for (int c = 0; c < classes; c++) {
                if (c == without)
                    continue;
                paint(pixels, c, n + split);
                must(image_insert(cat, 1, split, class_ids[c], source_id,
                                  n * classes + c, pixels, sizeof(pixels), &id,
                                  &err));
            }
        }
        free(source.path);
        free(source.digest);
    }
    imports++;
}

/* A weight that tells groups apart by low bits and sizes by high ones. */
static float weight(int c, int bit, int step)
{
    int hash = (c % 4) * 37 + (c / 4) * 11 + (seed > 1 ? c * c % 7 : 0);
    bool on = bit < 4 ? (c % 4) >> (bit % 2) & 1 : hash >> (bit % 6) & 1;

    if (step < 3 && (c + bit) % (step + 2) == 0)
        on = !on;
    return (on ? 1.0f : -1.0f) * (0.2f + 0.1f * (float)((c + bit) % 5));
}

static void make_codes(int64_t model, int step, struct codebook *book)
{
    float *weights = mem_zalloc((size_t)(classes * bits), sizeof(*weights));
    struct class_codes codes = {classes, bits, step, NULL, NULL, NULL};
    struct tree_rows rows;
    struct dendro d = DENDRO_INIT;

    for (int c = 0; c < classes; c++)
        for (int bit = 0; bit < bits; bit++)
            weights[c * bits + bit] = weight(c, bit, step);
    codebook_release(book);
    must(codebook_from_weights(book, weights, (uint32_t)classes, bits, &err));
    codes.codes = book->codes;
    codes.weights = book->weights;
    must(class_codes_save(cat, model, &codes, class_ids, &err));
    must(dendro_build(&d, book->codes, (uint32_t)classes, LINKAGE_AVERAGE, NULL,
                      &err));
    memset(&rows, 0, sizeof(rows));
    rows.step = step;
    for (uint32_t i = 0; i < d.count; i++) {
        const struct dendro_node *node = &d.node[i];

        ARRAY_GROW(rows.items, rows.count, rows.room);
        rows.items[rows.count++] = (struct tree_row){
            (int32_t)node->parent, (int32_t)node->left, (int32_t)node->right,
            (int32_t)node->size, node->height};
    }
    must(tree_rows_save(cat, model, step, "average", &rows, class_ids, &err));
    free(rows.items);
    dendro_release(&d);
    free(weights);
}

static void make_history(int64_t model, int step)
{
    struct history_row row = {
        step, step <= 4 ? 1 : 2, step, 0, 0, 0, 0, 0, 0, 0, 900, clock_wall()};

    row.loss = 3.0 / step;
    row.rate = 0.1 * cos(step * 0.2);
    row.top1 = step <= 4 ? 0.5 + 0.1 * step : (double)NAN;
    row.top5 = step <= 4 ? 0.7 + 0.05 * step : (double)NAN;
    row.mhd = step > 4 ? 0.7 + 0.03 * step : (double)NAN;
    row.ed = step > 4 ? 0.4 + 0.05 * step : (double)NAN;
    row.ties = step > 4 ? 0.02 : (double)NAN;
    must(history_insert(cat, model, &row, &err));
}

/* Margins of the class's code, some of them turned. */
static void make_image_codes(int64_t model, const struct codebook *book)
{
    struct images_query query;
    struct image_list page;
    struct rng rng;

    memset(&page, 0, sizeof(page));
    images_query_init(&query);
    query.dataset = 1;
    query.split = -1;
    query.class_id = -1;
    query.distance = -1;
    query.limit = 100000;
    must(images_page(cat, &query, &page, &err));
    rng_init(&rng, 7, 0);
    for (int i = 0; i < page.count; i++) {
        int8_t margins[CODE_BITS_MAX];
        struct image_code row = {page.items[i].id, 0, 0, 0};
        struct decode found;
        int c = 0;

        while (class_ids[c] != page.items[i].class_id)
            c++;
        for (int bit = 0; bit < bits; bit++) {
            double m = (code_bit(book->codes[c], bit) ? 70 : -70) +
                       45 * rng_normal(&rng);

            margins[bit] = (int8_t)(m > 127 ? 127 : m < -127 ? -127 : m);
        }
        found = decode_quantised(book, margins);
        row.code = margin_code(margins, bits);
        row.decoded = class_ids[found.nearest];
        row.distance = found.distance;
        must(image_codes_save(cat, model, bits, &row, margins, 1, &err));
    }
    image_list_release(&page);
}

static int64_t make_model(int steps_done, int steps, const char *baseline)
{
    struct model_row model = {0};
    int64_t id;

    model.dataset_id = 1;
    model.name = mem_strdup(baseline    ? baseline
                            : bits > 16 ? "long"
                            : seed > 1  ? "second"
                                        : "first");
    model.encoder = mem_strdup("resnet8");
    model.recipe = mem_strdup("best");
    model.options = mem_strdup(baseline   ? "{\"baseline\":\"ordinary\"}"
                               : seed > 1 ? "{\"seed\":\"2\"}"
                                          : "{}");
    model.bits = bits;
    model.seed = seed;
    model.state = steps_done < steps ? MODEL_LEARNING : MODEL_READY;
    model.steps = steps;
    model.created_at = clock_wall();
    must(model_insert(cat, &model, &id, &err));
    model.id = id;
    model.phase = baseline ? 0 : steps_done > 4 ? 2 : 1;
    model.step = steps_done;
    model.margin_scale = 0.05;
    must(model_update(cat, &model, &err));
    model_release(&model);
    return id;
}

static void make_job(int64_t model, enum job_kind kind, int64_t done,
                     int64_t total, bool finish)
{
    struct params params = {NULL, NULL, 0, 0};
    struct job job;
    int64_t id;

    must(job_add(cat, kind, &params, model, &id, &err));
    if (total == 0)
        return;
    must(job_lease(cat, "worker-1", 600000, &job, &err));
    must(job_log_add(cat, id, "epoch 1 of 6: loss 3.00", &err));
    must(job_log_add(cat, id, "epoch 2 of 6: loss 1.50", &err));
    must(job_progress(cat, id, "worker-1", done, total, 250,
                      "phase 1, epoch 3 of 4", &err));
    if (finish)
        must(job_finish(cat, id, "worker-1", JOB_DONE, NULL, "{}", &err));
    job_release(&job);
}

static void make_grown(void)
{
    struct codebook book = CODEBOOK_INIT;
    int64_t model = make_model(6, 6, NULL);

    for (int step = 1; step <= 6; step++) {
        make_codes(model, step, &book);
        make_history(model, step);
    }
    make_image_codes(model, &book);
    codebook_release(&book);
}

/* An ordinary classifier, made after the model, which stays the newest. */
static void make_baseline(void)
{
    int64_t model = make_model(6, 6, "first-ordinary");

    for (int step = 1; step <= 6; step++) {
        struct history_row row = {step,        0,           step,
                                  2.5 / step,  0.1,         0.6 + 0.05 * step,
                                  (double)NAN, (double)NAN, (double)NAN,
                                  (double)NAN, 900,         clock_wall()};

        must(history_insert(cat, model, &row, &err));
    }
}

static void make(const char *kind)
{
    if (strcmp(kind, "empty") == 0)
        return;
    if (strcmp(kind, "odd") == 0)
        make_classes(ARRAY_SIZE(odd_names), true);
    else
        make_classes(strcmp(kind, "long") == 0 ? MOST : 16, false);
    make_images(strcmp(kind, "odd") == 0 ? 2 : -1);
    if (strcmp(kind, "images") == 0)
        return;
    if (strcmp(kind, "learning") == 0) {
        make_model(0, 6, NULL);
        return;
    }
    if (strcmp(kind, "long") == 0)
        bits = 64;
    make_grown();
    if (strcmp(kind, "two") == 0) {
        seed = 2;
        make_grown();
    }
    if (strcmp(kind, "baseline") == 0)
        make_baseline();
    if (strcmp(kind, "partly") == 0)
        make_images(-1);
}

/* Jobs are transactions of their own. */
static void make_jobs(const char *kind)
{
    if (strcmp(kind, "learning") == 0)
        make_job(1, JOB_LEARN, 1000, 8000, false);
    if (strcmp(kind, "grown") == 0) {
        make_job(1, JOB_LEARN, 6, 6, true);
        make_job(1, JOB_ENCODE, 0, 0, false);
        must(caption_set(cat, 1, 0, "loops and solids", "ann", &err));
    }
}

static int run_command(char **command)
{
    pid_t child;
    int how;

    if (posix_spawnp(&child, command[0], NULL, NULL, command, environ) != 0 ||
        waitpid(child, &how, 0) != child)
        return 127;
    return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    must(catalogue_open(&cat, argv[2], DB_CREATE, &err));
    must(catalogue_begin(cat, &err));
    make(argv[1]);
    must(catalogue_commit(cat, &err));
    make_jobs(argv[1]);
    catalogue_close(cat);
    return argc > 3 ? run_command(argv + 3) : 0;
}
