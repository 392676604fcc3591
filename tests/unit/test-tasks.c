#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/mem.h"
#include "bed.h"
#include "catalogue/codestore.h"
#include "catalogue/images.h"
#include "catalogue/models.h"
#include "codes/code.h"
#include "formats/npy.h"
#include "tap.h"
#include "taxonomy/linkage.h"

/* What learn, encode and tree write, with a worker running them. */

enum { BITS = 6, CLASSES = 5 };

static struct bed bed;

static struct job run(int64_t id)
{
    tap_int(bed_work(&bed), 0, "the worker leaves in order");
    return bed_job(&bed, id);
}

/* Runs job `id`, which must succeed. */
static void succeed(int64_t id, const char *what)
{
    struct job job = run(id);

    if (!tap_int(job.state, JOB_DONE, "%s", what))
        tap_note("%s", job.message);
    job_release(&job);
}

/* Runs job `id`, which must fail and leave the catalogue as it was. */
static void fail(int64_t id, const char *what, const char *text)
{
    struct catalogue_info before = bed_info(&bed), after;
    struct job job = run(id);

    tap_int(job.state, JOB_FAILED, "%s fails", what);
    if (!tap_ok(strstr(job.message, text) != NULL, "%s: \"%s\"", what, text))
        tap_note("%s", job.message);
    job_release(&job);
    after = bed_info(&bed);
    tap_ok(bed_same(&before, &after), "%s: the catalogue is as it was", what);
}

#define LEARN &bed, JOB_LEARN, "epochs", "1,2,2", "bits", "6", "batch", "16"

static void test_learn(void)
{
    struct catalogue *cat;
    struct model_row model;
    struct history_list history;
    struct job job;
    struct err err;

    fail(bed_queue(&bed, JOB_LEARN, NULL), "learning from nothing", "import");
    succeed(bed_queue(&bed, JOB_IMPORT, "source", bed.images, NULL), "import");
    job = run(bed_queue(LEARN, NULL));
    tap_int(job.state, JOB_DONE, "learning");
    cat = bed_open(&bed);
    if (tap_int(model_get(cat, job.model_id, &model, &err), OK, "its model")) {
        tap_str(model.name, "shapes-6", "named after data and bits");
        tap_int(model.state, MODEL_READY, "is ready");
        tap_int(model.step, 5, "after all epochs");
        tap_int(model.steps, 5, "of those it was to have");
        tap_int(model.coded, 100, "and every image has a code");
        tap_ok(model.margin_scale > 0, "margins have a scale");
        if (tap_int(history_all(cat, model.id, &history, &err), OK,
                    "history")) {
            tap_int(history.count, 5, "of every epoch");
            tap_int(history.items[0].phase, 0, "warm");
            tap_ok(history.items[0].mhd != history.items[0].mhd,
                   "without codes to decode");
            tap_int(history.items[4].epoch, 2, "instance, its second");
            tap_ok(history.items[4].mhd >= 0 && history.items[4].mhd <= 1,
                   "a rate");
            history_list_release(&history);
        }
        model_release(&model);
    }
    job_release(&job);
    catalogue_close(cat);
    succeed(bed_queue(LEARN, NULL), "learning again");
    tap_ok(bed_codes(&bed, "shapes-6-2") == bed_codes(&bed, "shapes-6"),
           "under a name of its own, to the same codes");
    fail(bed_queue(LEARN, "name", "shapes-6", NULL), "a name that is taken",
         "shapes-6");
    fail(bed_queue(LEARN, "dataset", "none", NULL), "an unknown data set",
         "none");
}

/* Baselines are models apart: named so, never the newest. */
static void test_baselines(void)
{
    static const char *const kinds[] = {"real", "random", "singular",
                                        "ordinary"};
    struct catalogue *cat;
    struct model_row model;
    struct err err;
    char name[40];

    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
        succeed(bed_queue(LEARN, "baseline", kinds[i], NULL), kinds[i]);
    cat = bed_open(&bed);
    for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
        snprintf(name, sizeof(name), "shapes-6-%s", kinds[i]);
        if (!tap_int(model_find(cat, name, &model, &err), OK, "%s", name))
            continue;
        tap_str(model.baseline, kinds[i], "knows what it is");
        tap_int(model.step, 5, "has all epochs");
        tap_int(model.coded, i < 3 ? 100 : 0, "and codes, if it has any");
        tap_int(model_has_codes(&model), i < 3, "as it says");
        model_release(&model);
    }
    if (tap_int(model_find(cat, NULL, &model, &err), OK, "the newest")) {
        tap_str(model.name, "shapes-6-2", "is no baseline");
        model_release(&model);
    }
    catalogue_close(cat);
    fail(bed_queue(&bed, JOB_ENCODE, "model", "shapes-6-ordinary", NULL),
         "encoding without codes", "has no codes");
    fail(bed_queue(&bed, JOB_TREE, "model", "shapes-6-ordinary", NULL),
         "a tree without codes", "has no codes");
    fail(bed_queue(LEARN, "baseline", "real", "load-codebook", "/x.npy", NULL),
         "a baseline with a codebook", "--load-codebook");
}

static void write_codebook(const char *path, size_t rows, size_t columns)
{
    size_t shape[2] = {rows, columns};
    float *w = mem_zalloc(rows * columns, sizeof(*w));
    FILE *f = fopen(path, "wb");
    struct err err;

    for (size_t i = 0; i < rows * columns; i++)
        w[i] = (i * 7 % 5 < 2) ? 0.5f : -0.5f;
    if (f == NULL || npy_write(f, path, NPY_F32, 2, shape, w, &err) != OK ||
        fclose(f) != 0)
        abort();
    free(w);
}

static void test_codebook(void)
{
    const char *right = bed_file(&bed, "right.npy");
    const char *wrong = bed_file(&bed, "wrong.npy");
    struct catalogue *cat;
    struct model_row model;
    struct err err;

    write_codebook(right, CLASSES, BITS);
    write_codebook(wrong, CLASSES, BITS + 1);
    fail(bed_queue(LEARN, "load-codebook", wrong, NULL), "a codebook too wide",
         "5 x 7");
    fail(bed_queue(LEARN, "load-codebook", bed.path, NULL), "no codebook",
         "no .npy file");
    succeed(bed_queue(&bed, JOB_LEARN, "epochs", "2,1", "bits", "6", "batch",
                      "16", "name", "given", "load-codebook", right, NULL),
            "a codebook");
    cat = bed_open(&bed);
    if (tap_int(model_find(cat, "given", &model, &err), OK, "its model")) {
        tap_int(model.steps, 3, "needs no warm start");
        tap_ok(strstr(model.options, "right.npy") != NULL,
               "and remembers where it came from");
        model_release(&model);
    }
    catalogue_close(cat);
}

/* Overwrites the codes of all images with nonsense. */
static void spoil(const char *name)
{
    struct catalogue *cat = bed_open(&bed);
    struct image_code rows[100];
    static int8_t margins[100 * BITS];
    struct image_codes codes;
    struct model_row model;
    struct err err;

    if (model_find(cat, name, &model, &err) != OK ||
        image_codes_load(cat, model.id, &codes, &err) != OK || codes.n != 100)
        abort();
    for (int i = 0; i < 100; i++) {
        rows[i] = (struct image_code){codes.ids[i], 21, 1, 6};
        for (int b = 0; b < BITS; b++)
            margins[i * BITS + b] = (21 >> b & 1) ? 9 : -9;
    }
    image_codes_release(&codes);
    if (catalogue_begin(cat, &err) != OK ||
        image_codes_save(cat, model.id, BITS, rows, margins, 100, &err) != OK ||
        catalogue_commit(cat, &err) != OK)
        abort();
    model_release(&model);
    catalogue_close(cat);
}

/* Images whose margins are not those of spoil(). */
static int mended(const char *name)
{
    struct catalogue *cat = bed_open(&bed);
    struct image_codes codes;
    struct model_row model;
    struct err err;
    int n = 0;

    if (model_find(cat, name, &model, &err) != OK ||
        image_codes_load(cat, model.id, &codes, &err) != OK)
        abort();
    for (int64_t i = 0; i < codes.n; i++) {
        bool other = false;

        for (int b = 0; b < BITS; b++)
            other |= codes.margins[i * BITS + b] != ((21 >> b & 1) ? 9 : -9);
        n += other;
    }
    image_codes_release(&codes);
    model_release(&model);
    catalogue_close(cat);
    return n;
}

static void test_encode(void)
{
    static const struct {
        const char *option, *value;
        int images;
    } scopes[] = {
        {"image", "17", 1},    {"class", "frame 1", 16}, {"class", "4", 16},
        {"split", "ood", 20},  {"split", "test", 20},    {"node", "0", 16},
        {"node", "8", 5 * 16},
    };
    uint64_t want = bed_codes(&bed, "shapes-6");

    for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
        spoil("shapes-6");
        succeed(bed_queue(&bed, JOB_ENCODE, "model", "shapes-6",
                          scopes[i].option, scopes[i].value, NULL),
                scopes[i].option);
        tap_int(mended("shapes-6"), scopes[i].images, "codes of %s %s",
                scopes[i].option, scopes[i].value);
    }
    tap_ok(bed_codes(&bed, "shapes-6") != want, "others were left alone");
    succeed(bed_queue(&bed, JOB_ENCODE, "model", "shapes-6", NULL), "all");
    tap_ok(bed_codes(&bed, "shapes-6") == want, "gives back every code");
    fail(bed_queue(&bed, JOB_ENCODE, "class", "nonsense", NULL),
         "an unknown class", "nonsense");
    fail(bed_queue(&bed, JOB_ENCODE, "image", "4711", NULL), "no image",
         "4711");
    fail(bed_queue(&bed, JOB_ENCODE, "node", "9", NULL), "no node", "0 to 8");
    fail(bed_queue(&bed, JOB_ENCODE, "model", "none", NULL), "no model",
         "none");
    tap_ok(bed_codes(&bed, "shapes-6") == want, "failures change nothing");
}

/* Image 17 as a picture in a file gets the code that it has. */
static void test_file(void)
{
    const char *path = bed_file(&bed, "seventeen.pgm");
    struct catalogue *cat = bed_open(&bed);
    struct str digits = STR_INIT;
    struct image_code code;
    struct model_row model;
    uint8_t pixels[256];
    int8_t margins[BITS];
    struct err err;
    struct job job;
    json_t *result;
    FILE *f = fopen(path, "wb");

    if (f == NULL || model_find(cat, "shapes-6", &model, &err) != OK ||
        image_pixels(cat, 17, pixels, sizeof(pixels), &err) != OK ||
        image_code_get(cat, model.id, 17, BITS, &code, margins, &err) != OK ||
        fputs("P5 16 16 255\n", f) < 0 ||
        fwrite(pixels, 1, sizeof(pixels), f) != sizeof(pixels) ||
        fclose(f) != 0)
        abort();
    model_release(&model);
    catalogue_close(cat);
    job = run(
        bed_queue(&bed, JOB_ENCODE, "model", "shapes-6", "file", path, NULL));
    result = json_loads(job.result, 0, NULL);
    code_text(&digits, code.code, BITS, CODE_PLAIN);
    tap_str(json_string_value(json_object_get(result, "code")), digits.text,
            "the code");
    tap_int(json_integer_value(json_object_get(result, "decoded")),
            code.decoded, "its class");
    tap_int(json_integer_value(json_object_get(result, "distance")),
            code.distance, "the distance");
    for (size_t i = 0; i < BITS; i++)
        tap_int(json_integer_value(
                    json_array_get(json_object_get(result, "margins"), i)),
                margins[i], "margin %zu", i);
    json_decref(result);
    job_release(&job);
    str_release(&digits);
    fail(bed_queue(&bed, JOB_ENCODE, "file", bed.path, NULL), "no picture",
         "is no picture that can be read");
    fail(bed_queue(&bed, JOB_ENCODE, "file", bed.dir, NULL), "a directory",
         "is a directory");
}

static void test_tree(void)
{
    struct linkage_merge merges[CLASSES - 1];
    struct class_codes codes;
    struct tree_rows rows;
    struct model_row model;
    struct catalogue *cat;
    struct err err;

    succeed(bed_queue(&bed, JOB_TREE, "model", "shapes-6", "linkage", "ward",
                      "step", "3", NULL),
            "a tree");
    cat = bed_open(&bed);
    if (model_find(cat, "shapes-6", &model, &err) != OK ||
        class_codes_load(cat, model.id, 3, &codes, &err) != OK)
        abort();
    if (tap_int(tree_rows_load(cat, model.id, 3, "ward", &rows, &err), OK,
                "is there")) {
        tap_int(
            linkage_run(merges, codes.codes, CLASSES, LINKAGE_WARD, NULL, &err),
            OK, "clustering");
        for (int i = 0; i < CLASSES - 1; i++) {
            tap_int(rows.items[CLASSES + i].left, merges[i].left, "left %d", i);
            tap_near(rows.items[CLASSES + i].height, merges[i].height, 0,
                     "height %d", i);
        }
        tree_rows_release(&rows);
    }
    tap_int(tree_rows_load(cat, model.id, 2, "ward", &rows, &err),
            ERR_NOT_FOUND, "of that epoch alone");
    class_codes_release(&codes);
    model_release(&model);
    catalogue_close(cat);
    fail(bed_queue(&bed, JOB_TREE, "model", "shapes-6", "step", "6", NULL),
         "an epoch that was not", "has no epoch 6");
}

/* Cancelled before and after the first epoch, then taken up by name. */
static void test_resume(void)
{
    int64_t id = bed_queue(LEARN, "name", "broken", NULL);
    pid_t worker = bed_spawn(&bed, "--once", NULL);
    struct catalogue *cat = bed_open(&bed);
    struct model_row model;
    struct err err;

    tap_ok(bed_await_step(&bed, "broken", 1), "one epoch");
    tap_int(job_cancel(cat, id, &err), OK, "cancelled");
    tap_int(bed_wait(worker), 0, "the worker leaves");
    fail(bed_queue(LEARN, "resume", "broken", NULL),
         "options that would change", "leave --");
    succeed(bed_queue(&bed, JOB_LEARN, "resume", "broken", NULL), "resuming");
    tap_ok(bed_codes(&bed, "broken") == bed_codes(&bed, "shapes-6"),
           "ends with the codes of an undisturbed run");
    succeed(bed_queue(&bed, JOB_LEARN, "resume", "broken", NULL),
            "resuming what is complete");
    tap_ok(bed_codes(&bed, "broken") == bed_codes(&bed, "shapes-6"),
           "changes nothing");

    id = bed_queue(LEARN, "name", "stillborn", "width", "256", NULL);
    worker = bed_spawn(&bed, "--once", NULL);
    while (model_find(cat, "stillborn", &model, &err) != OK)
        continue;
    tap_int(model.step, 0, "a model before its first epoch");
    model_release(&model);
    tap_int(job_cancel(cat, id, &err), OK, "cancelled");
    tap_int(bed_wait(worker), 0, "the worker leaves");
    tap_int(model_find(cat, "stillborn", &model, &err), ERR_NOT_FOUND,
            "leaves none");
    catalogue_close(cat);
}

int main(void)
{
    bed_init(&bed, CLASSES, 12, 4);
    test_learn();
    test_baselines();
    test_codebook();
    test_encode();
    test_file();
    test_tree();
    test_resume();
    tap_ok(bed_sound(&bed), "the check finds nothing");
    bed_release(&bed);
    return tap_done();
}
