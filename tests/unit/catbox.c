#include <config.h>

#include "catbox.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/mem.h"

#include "tap.h"

void catbox_must(enum status status, const struct err *err)
{
    if (status == OK)
        return;
    printf("Bail out! %s: %s\n", err_name(status), err->text);
    exit(1);
}

void catbox_new(struct catbox *box)
{
    struct err err;

    memset(box, 0, sizeof(*box));
    snprintf(box->dir, sizeof(box->dir), "/tmp/bitgrove-test-XXXXXX");
    if (mkdtemp(box->dir) == NULL)
        tap_skip_all("no temporary directory");
    snprintf(box->path, sizeof(box->path), "%s/cat.bg", box->dir);
    catbox_must(catalogue_open(&box->cat, box->path, DB_CREATE, &err), &err);
}

static void classes(struct catbox *box)
{
    static const char *const names[] = {"ant", "antler", "bee", "\x1b[31mred"};
    struct err err;

    for (int i = 0; i < 4; i++) {
        struct class_row row = {.number = 40 - 10 * i,
                                .name = mem_strdup(names[i]),
                                .path = mem_strdup("")};

        catbox_must(
            class_insert(box->cat, box->dataset, &row, &box->classes[i], &err),
            &err);
        free(row.name);
        free(row.path);
    }
}

void catbox_fill(struct catbox *box, int images)
{
    char name[] = "toys", path[] = "/x/toys.gz", digest[] = "00ff";
    struct dataset set = {0, name, DATASET_IMAGES, 1, 2, 3, 5, 0};
    struct source_row source = {.path = path, .digest = digest};
    struct source_row tests = {.path = path, .digest = digest};
    struct err err;
    int64_t test_source, id;

    catbox_must(catalogue_begin(box->cat, &err), &err);
    catbox_must(dataset_insert(box->cat, &set, &box->dataset, &err), &err);
    classes(box);
    source.dataset_id = tests.dataset_id = box->dataset;
    tests.split = SPLIT_TEST;
    tests.images = 4 * (images / 3);
    source.images = 4 * images - tests.images;
    catbox_must(source_insert(box->cat, &source, &box->source, &err), &err);
    catbox_must(source_insert(box->cat, &tests, &test_source, &err), &err);
    for (int i = 0; i < 4 * images; i++) {
        bool test = i / 4 % 3 == 2;
        uint8_t pixels[6] = {(uint8_t)i, (uint8_t)(i >> 8), 2, 3, 4, 5};

        catbox_must(image_insert(
                        box->cat, box->dataset, test ? SPLIT_TEST : SPLIT_TRAIN,
                        box->classes[i % 4], test ? test_source : box->source,
                        i, pixels, sizeof(pixels), &id, &err),
                    &err);
    }
    catbox_must(catalogue_commit(box->cat, &err), &err);
}

static void save_step(struct catbox *box, int step)
{
    /* Classes are listed by number: the last inserted comes first. */
    int64_t ids[4] = {box->classes[3], box->classes[2], box->classes[1],
                      box->classes[0]};
    uint64_t codes[4] = {8, 4, 2, 1};
    float weights[20];
    struct class_codes rows = {4, 5, step, NULL, codes, weights};
    struct tree_row nodes[] = {{4, -1, -1, 1, 0}, {4, -1, -1, 1, 0},
                               {5, -1, -1, 1, 0}, {5, -1, -1, 1, 0},
                               {6, 0, 1, 2, 2},   {6, 2, 3, 2, 2},
                               {-1, 4, 5, 4, 2}};
    struct tree_rows tree = {nodes, 7, 7, step, NULL, 4};
    struct history_row history = {.step = step, .phase = 1, .epoch = step};
    struct err err;

    for (int i = 0; i < 20; i++)
        weights[i] = codes[i / 5] >> i % 5 & 1 ? 0.5F : -0.5F;
    history.loss = 1.5;
    history.top1 = 0.25;
    history.top5 = history.mhd = history.ed = history.ties = NAN;
    catbox_must(class_codes_save(box->cat, box->model, &rows, ids, &err), &err);
    catbox_must(
        tree_rows_save(box->cat, box->model, step, "average", &tree, ids, &err),
        &err);
    catbox_must(history_insert(box->cat, box->model, &history, &err), &err);
}

static void save_codes(struct catbox *box)
{
    struct images_query q;
    struct image_list page;
    struct err err;

    images_query_init(&q);
    q.limit = 100000;
    catbox_must(images_page(box->cat, &q, &page, &err), &err);
    for (int i = 0; i < page.count; i++) {
        struct image_code code = {page.items[i].id, 0, box->classes[0], 0};
        int8_t margins[5] = {-3, -3, -3, -3, -3};

        /* Every image of class 0 or 1 is decoded as class 0; each tenth has a
         * code at distance 1 from it. */
        code.code = i % 10 == 9 ? 17 : 1;
        code.distance = i % 10 == 9;
        margins[0] = 7;
        margins[4] = code.code == 17 ? 1 : -1;
        if (page.items[i].class_id <= box->classes[1])
            catbox_must(image_codes_save(box->cat, box->model, 5, &code,
                                         margins, 1, &err),
                        &err);
    }
    image_list_release(&page);
}

void catbox_learn(struct catbox *box)
{
    char name[] = "llc-5", encoder[] = "resnet8", recipe[] = "best",
         options[] = "{}";
    struct model_row model = {.dataset_id = box->dataset,
                              .name = name,
                              .encoder = encoder,
                              .recipe = recipe,
                              .options = options,
                              .bits = 5,
                              .seed = 3,
                              .steps = 4};
    struct err err;

    catbox_must(catalogue_begin(box->cat, &err), &err);
    catbox_must(model_insert(box->cat, &model, &box->model, &err), &err);
    save_step(box, 1);
    save_step(box, 2);
    save_codes(box);
    catbox_must(checkpoint_save(box->cat, box->model, 2, "state", 5, &err),
                &err);
    model.id = box->model;
    model.step = 2;
    model.phase = 1;
    model.margin_scale = 0.5;
    catbox_must(model_update(box->cat, &model, &err), &err);
    catbox_must(catalogue_commit(box->cat, &err), &err);
}

void catbox_sql(const struct catbox *box, const char *sql)
{
    sqlite3 *handle;

    if (sqlite3_open(box->path, &handle) != SQLITE_OK ||
        sqlite3_exec(handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
        printf("Bail out! %s: %s\n", sql, sqlite3_errmsg(handle));
        exit(1);
    }
    sqlite3_close(handle);
}

void catbox_free(struct catbox *box)
{
    DIR *dir = opendir(box->dir);
    struct dirent *entry;
    char name[400];

    catalogue_close(box->cat);
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        snprintf(name, sizeof(name), "%s/%s", box->dir, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(name);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(box->dir);
}
