#include <config.h>

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "catalogue/notes.h"

#include "catbox.h"
#include "tap.h"

static void test_empty(void)
{
    struct catbox box;
    struct catalogue_info info;
    struct dataset set;
    struct model_row model;
    struct err err;

    catbox_new(&box);
    tap_int(catalogue_info(box.cat, &info, &err), OK, "info of an empty one");
    tap_int(info.images + info.classes + info.models, 0, "nothing inside");
    tap_int(info.schema, db_newest_version(), "but a schema");
    tap_ok(info.file_bytes > 0, "and bytes");
    tap_int(dataset_find(box.cat, NULL, &set, &err), ERR_NOT_FOUND,
            "no data set: %s", err.text);
    tap_int(model_find(box.cat, "", &model, &err), ERR_NOT_FOUND,
            "no model: %s", err.text);
    tap_ok(catalogue_path(box.cat)[0] == '/', "the path is absolute");
    catbox_free(&box);
}

static void test_datasets(struct catbox *box)
{
    char name[] = "toys", path[] = "/y", digest[] = "00ff";
    struct dataset set, twin = {0, name, DATASET_IMAGES, 1, 2, 3, 5, 0};
    struct source_row source = {
        .dataset_id = box->dataset, .path = path, .digest = digest};
    struct source_list sources;
    struct err err;
    int64_t id = 77;

    tap_int(dataset_find(box->cat, NULL, &set, &err), OK, "the only data set");
    tap_str(set.name, "toys", "its name");
    tap_int(set.channels * 100 + set.height * 10 + set.width, 123, "its shape");
    dataset_release(&set);
    tap_int(dataset_find(box->cat, "dolls", &set, &err), ERR_NOT_FOUND,
            "another");
    tap_ok(strstr(err.text, "toys") != NULL, "names what there is: %s",
           err.text);
    tap_int(dataset_insert(box->cat, &twin, &id, &err), ERR_BAD_INPUT,
            "a second of the name");
    tap_int(id, 77, "leaves the id alone");
    tap_int(source_insert(box->cat, &source, &id, &err), ERR_BAD_INPUT,
            "the same bytes twice");
    tap_ok(strstr(err.text, "/x/toys.gz") != NULL, "says from where: %s",
           err.text);
    source.split = SPLIT_OOD;
    tap_int(catalogue_begin(box->cat, &err), OK, "begin");
    tap_int(source_insert(box->cat, &source, &id, &err), OK,
            "but into another split");
    catalogue_rollback(box->cat);
    tap_int(source_all(box->cat, &sources, &err), OK, "sources");
    tap_int(sources.count, 2, "two were imported");
    tap_int(sources.items[1].split, SPLIT_TEST, "the second for tests");
    source_list_release(&sources);
}

static void test_classes(struct catbox *box)
{
    struct class_list list;
    struct err err;
    int index = -5;

    tap_int(class_all(box->cat, box->dataset, &list, &err), OK, "classes");
    tap_int(list.count, 4, "four");
    tap_int(list.items[0].number, 10, "in the order of number");
    tap_int(list.items[0].images[SPLIT_TRAIN], 20, "images to train on");
    tap_int(list.items[0].images[SPLIT_TEST], 10, "images to test on");
    tap_int(list.items[0].images[SPLIT_OOD], 0, "none from elsewhere");
    for (int i = 0; i < 4; i++)
        tap_int(class_index(&list, list.items[i].id), i, "index of class %d",
                i);
    tap_int(class_index(&list, 999), -1, "no such id");
    tap_int(class_find(&list, "ant", &index, &err), OK, "an exact name");
    tap_str(list.items[index].name, "ant", "wins over a start");
    tap_int(class_find(&list, "be", &index, &err), OK, "a start");
    tap_str(list.items[index].name, "bee", "is enough");
    tap_int(class_find(&list, "30", &index, &err), OK, "a number");
    tap_str(list.items[index].name, "antler", "is the label");
    tap_int(class_find(&list, "an", &index, &err), ERR_BAD_INPUT, "ambiguous");
    tap_ok(strstr(err.text, "ant (40)") != NULL, "%s", err.text);
    tap_int(class_find(&list, "tler", &index, &err), ERR_NOT_FOUND, "a part");
    tap_ok(strstr(err.text, "antler (30)") != NULL, "%s", err.text);
    tap_int(class_find(&list, "zebra", &index, &err), ERR_NOT_FOUND, "none");
    tap_ok(strstr(err.text, "names") == NULL, "%s", err.text);
    tap_int(class_find(&list, "", &index, &err), ERR_NOT_FOUND, "empty");
    class_list_release(&list);
}

/* The ids of a page as text, relative to the first image. */
static const char *page(struct catbox *box, const struct images_query *q)
{
    static char text[512];
    struct image_list list;
    struct err err;
    size_t used = 0;

    catbox_must(images_page(box->cat, q, &list, &err), &err);
    text[0] = '\0';
    for (int i = 0; i < list.count; i++)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%lld",
                                 i ? " " : "", (long long)list.items[i].id);
    image_list_release(&list);
    return text;
}

/* Images 1 to 120: class i-1 mod 4, every third row of four is for tests. */
static void test_pages(struct catbox *box)
{
    struct images_query q;

    images_query_init(&q);
    q.limit = 5;
    tap_str(page(box, &q), "1 2 3 4 5", "the first page of all splits");
    q.after = 5;
    tap_str(page(box, &q), "6 7 8 9 10", "the next");
    q.after = 118;
    tap_str(page(box, &q), "119 120", "the last");
    q.after = 120;
    tap_str(page(box, &q), "", "behind the last");
    q.after = 0;
    q.before = 12;
    tap_str(page(box, &q), "7 8 9 10 11", "the page before");
    q.before = 3;
    tap_str(page(box, &q), "1 2", "the first going back");
    q.before = 0;
    q.split = SPLIT_TEST;
    tap_str(page(box, &q), "9 10 11 12 21", "one split");
    q.class_id = box->classes[1];
    tap_str(page(box, &q), "10 22 34 46 58", "one split and class");
    q.split = -1;
    tap_str(page(box, &q), "2 6 10 14 18", "one class");
    q.before = 14;
    q.limit = 2;
    tap_str(page(box, &q), "6 10", "one class, back");
    q.before = 0;
    q.class_id = 0;
    tap_str(page(box, &q), "", "none without a class");
    q.class_id = -1;
    q.dataset = 99;
    tap_str(page(box, &q), "", "none of another data set");
}

static void test_verdicts(struct catbox *box)
{
    struct images_query q;
    struct image_row row;
    struct err err;
    int64_t count = -1;

    images_query_init(&q);
    q.model = box->model;
    q.limit = 4;
    q.verdict = 1;
    tap_str(page(box, &q), "1 5 9 13", "decoded right");
    q.verdict = 2;
    tap_str(page(box, &q), "2 6 10 14", "decoded wrong");
    tap_int(images_count(box->cat, &q, &count, &err), OK, "counted");
    tap_int(count, 30, "all of the second class");
    q.verdict = 0;
    q.distance = 1;
    tap_str(page(box, &q), "10 30 50 70", "at distance 1");
    q.after = 30;
    tap_str(page(box, &q), "50 70 90 110", "the next page");
    q.after = 0;
    q.before = 70;
    tap_str(page(box, &q), "10 30 50", "the page before");
    q.before = 0;
    tap_int(images_count(box->cat, &q, &count, &err), OK, "counted");
    tap_int(count, 6, "at distance 1");
    q.split = SPLIT_TEST;
    tap_str(page(box, &q), "10 70", "of them for tests");
    q.class_id = box->classes[0];
    q.distance = 0;
    tap_str(page(box, &q), "9 21 33 45", "a class at distance 0");
    tap_int(images_count(box->cat, &q, &count, &err), OK, "counted");
    tap_int(count, 10, "of them");
    images_query_init(&q);
    q.class_id = box->classes[2];
    tap_int(images_count(box->cat, &q, &count, &err), OK, "plain count");
    tap_int(count, 30, "of a class");

    tap_int(image_get(box->cat, 10, box->model, &row, &err), OK, "one image");
    tap_ok(row.has_code && row.code == 17 && row.distance == 1, "its code");
    tap_int(row.decoded, box->classes[0], "decoded as");
    tap_int(row.class_id, box->classes[1], "its class");
    tap_int(row.split, SPLIT_TEST, "its split");
    tap_int(image_get(box->cat, 10, 0, &row, &err), OK, "without a model");
    tap_ok(!row.has_code, "no code");
    tap_int(image_get(box->cat, 999, 0, &row, &err), ERR_NOT_FOUND, "%s",
            err.text);
}

static void test_pixels(struct catbox *box)
{
    struct class_list classes;
    struct image_block block;
    struct images_query q;
    struct err err;
    uint8_t pixels[6];
    bool same = true;

    tap_int(image_pixels(box->cat, 3, pixels, 6, &err), OK, "pixels");
    tap_int(pixels[0], 2, "of the third image");
    tap_int(image_pixels(box->cat, 3, pixels, 5, &err), ERR_CATALOGUE, "%s",
            err.text);
    tap_int(image_pixels(box->cat, 999, pixels, 6, &err), ERR_NOT_FOUND, "%s",
            err.text);

    catbox_must(class_all(box->cat, box->dataset, &classes, &err), &err);
    images_query_init(&q);
    q.dataset = box->dataset;
    tap_int(image_block_load(box->cat, &q, &classes, &block, &err), OK, "all");
    tap_int(block.n, 120, "images");
    for (int64_t i = 0; i < block.n; i++)
        same = same && block.ids[i] == i + 1 && block.labels[i] == 3 - i % 4 &&
               block.pixels[6 * i] == i &&
               block.split[i] == (i / 4 % 3 == 2 ? SPLIT_TEST : SPLIT_TRAIN);
    tap_ok(same, "with ids, labels, splits and pixels");
    image_block_release(&block);
    q.split = SPLIT_OOD;
    tap_int(image_block_load(box->cat, &q, &classes, &block, &err), OK, "none");
    tap_int(block.n, 0, "is a block of none");
    image_block_release(&block);
    class_list_release(&classes);
}

static void test_models(struct catbox *box)
{
    char name[] = "llc-5", empty[] = "";
    struct model_row model, twin = {.dataset_id = box->dataset,
                                    .name = name,
                                    .encoder = empty,
                                    .recipe = empty,
                                    .options = empty,
                                    .bits = 5};
    struct model_list list;
    struct history_list history;
    struct err err;
    uint8_t *bytes;
    size_t size;
    int64_t id;
    int step;

    tap_int(model_find(box->cat, NULL, &model, &err), OK, "the newest");
    tap_str(model.name, "llc-5", "its name");
    tap_int(model.bits * 1000 + model.step * 100 + model.phase * 10 +
                (model.state == MODEL_LEARNING),
            5211, "what is known of it");
    tap_int(model.coded, 60, "images with a code");
    tap_near(model.margin_scale, 0.5, 0, "its scale");
    model_release(&model);
    tap_int(model_find(box->cat, "x", &model, &err), ERR_NOT_FOUND, "%s",
            err.text);
    tap_ok(strstr(err.text, "llc-5") != NULL, "names those there are");
    tap_int(model_insert(box->cat, &twin, &id, &err), ERR_BAD_INPUT, "%s",
            err.text);
    tap_ok(strstr(err.text, "another name") != NULL, "says what to do");
    twin.id = 99;
    tap_int(model_update(box->cat, &twin, &err), ERR_NOT_FOUND, "%s", err.text);
    tap_int(model_all(box->cat, &list, &err), OK, "all");
    tap_int(list.count, 1, "one");
    model_list_release(&list);

    tap_int(history_all(box->cat, box->model, &history, &err), OK, "history");
    tap_int(history.count, 2, "two epochs");
    tap_near(history.items[1].top1, 0.25, 0, "a rate");
    tap_ok(isnan(history.items[1].ed), "a rate there is not");
    history_list_release(&history);

    tap_int(checkpoint_load(box->cat, box->model, &step, &bytes, &size, &err),
            OK, "checkpoint");
    tap_ok(step == 2 && size == 5 && memcmp(bytes, "state", 5) == 0, "whole");
    free(bytes);
    tap_int(checkpoint_load(box->cat, 99, &step, &bytes, &size, &err),
            ERR_NOT_FOUND, "%s", err.text);
}

/* Which epoch's logits are those of the class codes. */
static void test_class_epoch(void)
{
    char best[] = "best", paper[] = "paper", none[] = "", real[] = "real";
    struct history_row rows[] = {
        {.phase = MODEL_WARM, .top1 = 0.1},
        {.phase = MODEL_CODEBOOK, .top1 = 0.2},
        {.phase = MODEL_INSTANCE, .top1 = 0.3},
        {.phase = MODEL_INSTANCE, .top1 = (double)NAN},
    };
    static const struct {
        int epochs;
        bool paper, baseline;
        double top1; /* 0: there is none */
    } cases[] = {
        {4, false, false, 0.3}, {4, true, false, 0.2}, {4, true, true, 0.3},
        {2, false, false, 0.2}, {1, false, false, 0},  {1, false, true, 0.1},
        {0, false, true, 0},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct history_list list = {rows, cases[i].epochs, 4};
        struct model_row model = {.recipe = cases[i].paper ? paper : best,
                                  .baseline = cases[i].baseline ? real : none};
        const struct history_row *row = history_classes(&list, &model);

        tap_near(row != NULL ? row->top1 : 0, cases[i].top1, 0,
                 "%s%s: class codes after %d epochs", model.recipe,
                 cases[i].baseline ? ", a baseline" : "", cases[i].epochs);
    }
}

static void test_codes(struct catbox *box)
{
    struct class_codes codes;
    struct image_codes images;
    struct image_code one, again = {1, 3, 0, 2};
    struct err err;
    int8_t margins[5], other[5] = {1, 1, -1, -1, -1};

    tap_int(class_codes_load(box->cat, box->model, 0, &codes, &err), OK,
            "class codes");
    tap_int(codes.step * 100 + codes.classes * 10 + codes.bits, 245, "newest");
    tap_ok(codes.codes[0] == 8 && codes.class_ids[0] == box->classes[3],
           "in the order of numbers");
    tap_near(codes.weights[5 + 2], 0.5, 0, "with real values");
    class_codes_release(&codes);
    tap_int(class_codes_load(box->cat, box->model, 1, &codes, &err), OK,
            "of an earlier step");
    class_codes_release(&codes);
    tap_int(class_codes_load(box->cat, box->model, 9, &codes, &err),
            ERR_NOT_FOUND, "%s", err.text);

    tap_int(image_codes_load(box->cat, box->model, &images, &err), OK, "codes");
    tap_int(images.n, 60, "of sixty images");
    tap_int(image_codes_find(&images, 10), 5, "found by id");
    tap_int(image_codes_find(&images, 11), -1, "or not");
    tap_int(image_codes_find(&images, 1000), -1, "behind the last");
    tap_ok(images.codes[5] == 17 && images.distance[5] == 1 &&
               images.margins[5 * 5 + 4] == 1 &&
               images.class_ids[5] == box->classes[1] &&
               images.split[5] == SPLIT_TEST,
           "a whole row");
    image_codes_release(&images);

    again.decoded = box->classes[0];
    catbox_must(catalogue_begin(box->cat, &err), &err);
    tap_int(image_codes_save(box->cat, box->model, 5, &again, other, 1, &err),
            OK, "encoded again");
    tap_int(image_code_get(box->cat, box->model, 1, 5, &one, margins, &err), OK,
            "one code");
    tap_ok(one.code == 3 && one.distance == 2 && margins[1] == 1, "replaced");
    catalogue_rollback(box->cat);
    tap_int(image_code_get(box->cat, box->model, 3, 5, &one, margins, &err),
            ERR_NOT_FOUND, "%s", err.text);
}

static bool same_codes(const struct image_codes *a, const struct image_codes *b)
{
    size_t n = (size_t)a->n;

    return a->n == b->n && a->bits == b->bits &&
           memcmp(a->ids, b->ids, n * sizeof(*a->ids)) == 0 &&
           memcmp(a->class_ids, b->class_ids, n * sizeof(*a->ids)) == 0 &&
           memcmp(a->split, b->split, n) == 0 &&
           memcmp(a->codes, b->codes, n * sizeof(*a->codes)) == 0 &&
           memcmp(a->decoded, b->decoded, n * sizeof(*a->ids)) == 0 &&
           memcmp(a->distance, b->distance, n) == 0 &&
           memcmp(a->margins, b->margins, n * (size_t)a->bits) == 0;
}

static void pack(struct catbox *box, int most, int64_t *first, bool *more)
{
    struct err err;

    catbox_must(catalogue_begin(box->cat, &err), &err);
    catbox_must(image_codes_pack(box->cat, box->model, most, first, more, &err),
                &err);
    catbox_must(catalogue_commit(box->cat, &err), &err);
}

static void pack_all(struct catbox *box)
{
    int64_t first = INT64_MIN;
    bool more = true;

    pack(box, 100, &first, &more);
    tap_ok(!more, "packed to the end");
}

static struct image_codes_stamp stamp_of(struct catbox *box)
{
    struct image_codes_stamp stamp;
    struct err err;

    catbox_must(image_codes_stamp(box->cat, box->model, &stamp, &err), &err);
    return stamp;
}

static struct image_codes codes_of(struct catbox *box)
{
    struct image_codes codes;
    struct err err;

    catbox_must(image_codes_load(box->cat, box->model, &codes, &err), &err);
    return codes;
}

/* A change by another program: what is read from blocks and rows is what rows
 * alone say, and the stamp tells. Then all is packed again. */
static void changed_by(struct catbox *box, const char *sql, const char *what)
{
    struct image_codes_stamp before = stamp_of(box), after;
    struct image_codes mixed, rows;

    tap_ok(before.whole && before.blocks > 0, "packed before: %s", what);
    catbox_sql(box, sql);
    after = stamp_of(box);
    tap_ok(!image_codes_unchanged(&before, &after), "the stamp tells: %s",
           what);
    mixed = codes_of(box);
    catbox_sql(box, "DELETE FROM code_block");
    rows = codes_of(box);
    tap_ok(same_codes(&mixed, &rows), "and what is read: %s", what);
    image_codes_release(&mixed);
    pack_all(box);
    mixed = codes_of(box);
    tap_ok(same_codes(&mixed, &rows), "packed again: %s", what);
    image_codes_release(&mixed);
    image_codes_release(&rows);
}

/* Sixty images with ids from 1 are moved apart, into several blocks. */
static void test_blocks(void)
{
    struct catbox box;
    struct image_codes rows, packed;
    struct image_codes_stamp first, second;
    struct err err;
    int64_t from = INT64_MIN, wrong = -1;
    bool more = true;

    catbox_new(&box);
    catbox_fill(&box, 30);
    catbox_learn(&box);
    catbox_sql(&box, "UPDATE image_code SET image_id = image_id * 300 - 4950;"
                     "UPDATE image SET id = id * 300 - 4950");
    rows = codes_of(&box);
    tap_ok(rows.n == 60 && rows.ids[0] < -4096, "sixty rows");
    first = stamp_of(&box);
    tap_ok(!first.whole && first.blocks == 0, "nothing is packed");
    tap_ok(!image_codes_unchanged(&first, &first), "one can't be sure");
    pack(&box, 2, &from, &more);
    tap_ok(more && stamp_of(&box).blocks == 2, "two blocks, and more to do");
    packed = codes_of(&box);
    tap_ok(same_codes(&packed, &rows), "blocks first, then rows");
    image_codes_release(&packed);
    pack(&box, 100, &from, &more);
    first = stamp_of(&box);
    tap_ok(!more && first.whole && first.blocks > 3, "all packed");
    tap_ok(image_codes_unchanged(&first, &first), "and sure");
    packed = codes_of(&box);
    tap_ok(same_codes(&packed, &rows), "blocks alone");
    image_codes_release(&packed);
    image_codes_release(&rows);
    pack_all(&box);
    second = stamp_of(&box);
    tap_ok(image_codes_unchanged(&first, &second), "nothing to pack again");

    changed_by(&box,
               "UPDATE image_code SET code = code + 1 WHERE image_id = 450",
               "a code");
    changed_by(&box,
               "UPDATE image_code SET margins = x'8001020304' "
               "WHERE image_id = -4350",
               "margins");
    changed_by(&box, "UPDATE image SET class_id = NULL WHERE id = 450",
               "a class");
    changed_by(&box, "UPDATE image SET split = 'ood' WHERE id = 7050",
               "a split");
    changed_by(&box,
               "DELETE FROM image_code WHERE image_id > 8000; UPDATE "
               "model SET coded = (SELECT count(*) FROM image_code)",
               "codes are gone");
    changed_by(&box,
               "UPDATE image_code SET image_id = 13100 WHERE image_id = 450;"
               "UPDATE image SET id = 13100 WHERE id = 450",
               "another id");
    changed_by(&box,
               "REPLACE INTO image_code SELECT model_id, image_id, 7, "
               "decoded, distance, margins FROM image_code "
               "WHERE image_id = (SELECT max(image_id) FROM image_code WHERE "
               "image_id < 2000)",
               "a row replaced");

    tap_int(image_codes_verify(box.cat, box.model, &wrong, &err), OK, "seen");
    tap_int(wrong, 0, "blocks are right");
    catbox_sql(&box, "UPDATE code_block SET data = zeroblob(length(data)) "
                     "WHERE stamp = (SELECT max(stamp) FROM code_block)");
    tap_int(image_codes_verify(box.cat, box.model, &wrong, &err), OK, "seen");
    tap_int(wrong, 1, "one is not");
    catbox_sql(&box, "UPDATE code_block SET data = x'00'");
    tap_int(image_codes_load(box.cat, box.model, &packed, &err), ERR_CATALOGUE,
            "%s", err.text);
    catbox_sql(&box, "UPDATE code_block SET block = block + (1 << 61)");
    tap_int(image_codes_load(box.cat, box.model, &packed, &err), ERR_CATALOGUE,
            "%s", err.text);
    catbox_free(&box);
}

static void test_trees(struct catbox *box)
{
    struct tree_rows tree;
    struct err err;

    tap_int(tree_rows_load(box->cat, box->model, 0, "average", &tree, &err), OK,
            "the newest tree");
    tap_int(tree.step * 100 + tree.count * 10 + tree.leaves, 274, "its size");
    tap_int(tree.items[6].left, 4, "its root");
    tap_int(tree.class_ids[0], box->classes[3], "its leaves");
    tree_rows_release(&tree);
    tap_int(tree_rows_load(box->cat, box->model, 0, "ward", &tree, &err),
            ERR_NOT_FOUND, "%s", err.text);
}

static void test_notes(struct catbox *box)
{
    char item[] = "3", text[] = "'; DROP TABLE note; --", author[] = "me";
    struct note_row note = {0, 0, NOTE_BIT, item, text, author, 12};
    struct note_list list;
    struct caption_list captions;
    struct tag_list tags;
    struct err err;

    note.model_id = box->model;
    tap_int(note_add(box->cat, &note, &err), OK, "a note");
    note.model_id = 0;
    note.target = NOTE_CLASS;
    tap_int(note_add(box->cat, &note, &err), OK, "one of no model");
    tap_int(note_all(box->cat, box->model, NOTE_BIT, "3", &list, &err), OK,
            "notes of a bit");
    tap_int(list.count, 1, "one");
    tap_str(list.items[0].text, text, "as written");
    tap_int(note_delete(box->cat, list.items[0].id, &err), OK, "removed");
    tap_int(note_delete(box->cat, list.items[0].id, &err), ERR_NOT_FOUND, "%s",
            err.text);
    note_list_release(&list);
    tap_int(note_all(box->cat, box->model, NOTE_CLASS, NULL, &list, &err), OK,
            "of any class");
    tap_int(list.count, 1, "the other is there");
    note_list_release(&list);
    tap_int(note_all(box->cat, box->model, NOTE_CLASS, "4", &list, &err), OK,
            "of another class");
    tap_int(list.count, 0, "none");
    note_list_release(&list);

    tap_int(caption_set(box->cat, box->model, 3, "round", "me", &err), OK,
            "a caption");
    tap_int(caption_set(box->cat, box->model, 3, "rounder", "me", &err), OK,
            "another");
    tap_int(caption_all(box->cat, box->model, 5, &captions, &err), OK, "all");
    tap_str(captions.text[3], "rounder", "the last counts");
    tap_ok(captions.text[0] == NULL, "no other");
    caption_list_release(&captions);
    tap_int(caption_set(box->cat, box->model, 3, "", "me", &err), OK,
            "removed");
    tap_int(caption_all(box->cat, box->model, 5, &captions, &err), OK, "all");
    tap_ok(captions.text[3] == NULL, "none left");
    caption_list_release(&captions);

    tap_int(tag_set(box->cat, 7, "odd", true, &err), OK, "a tag");
    tap_int(tag_set(box->cat, 7, "odd", true, &err), OK, "twice");
    tap_int(tag_set(box->cat, 7, "blurred", true, &err), OK, "another");
    tap_int(tag_all(box->cat, 7, &tags, &err), OK, "tags");
    tap_int(tags.count, 2, "two");
    tap_str(tags.items[0], "blurred", "in order");
    tag_list_release(&tags);
    tap_int(tag_set(box->cat, 7, "odd", false, &err), OK, "off");
    tap_int(tag_all(box->cat, 7, &tags, &err), OK, "tags");
    tap_int(tags.count, 1, "one left");
    tag_list_release(&tags);
}

static void test_changes(struct catbox *box)
{
    struct catalogue *reader;
    struct catalogue_info info;
    struct err err;
    int64_t id;
    uint8_t pixels[6] = {0};

    tap_int(catalogue_open(&reader, box->path, DB_READ, &err), OK, "a reader");
    tap_ok(!catalogue_changed(reader), "nothing has changed");
    catbox_must(catalogue_begin(box->cat, &err), &err);
    catbox_must(image_insert(box->cat, box->dataset, SPLIT_OOD, 0, box->source,
                             0, pixels, 6, &id, &err),
                &err);
    tap_ok(!catalogue_changed(reader), "nor has it before the commit");
    catalogue_rollback(box->cat);
    tap_ok(!catalogue_changed(reader), "nor when it is rolled back");
    catbox_must(catalogue_begin(box->cat, &err), &err);
    catbox_must(catalogue_commit(box->cat, &err), &err);
    tap_int(tag_set(box->cat, 8, "new", true, &err), OK, "a write");
    tap_ok(catalogue_changed(reader), "is seen");
    tap_ok(!catalogue_changed(reader), "once");
    tap_int(tag_set(reader, 8, "new", false, &err), ERR_IO, "reads only: %s",
            err.text);
    tap_int(catalogue_info(reader, &info, &err), OK, "info");
    tap_int(info.images, 120, "images that were rolled back don't count");
    tap_int(info.train, 80, "to train on");
    tap_int(info.test, 40, "to test on");
    tap_int(info.codes, 60, "codes");
    tap_int(info.models * 100 + info.datasets * 10 + info.classes, 114,
            "models, data sets, classes");
    tap_ok(info.file_bytes > 16384, "the write-ahead log counts as well: %lld",
           (long long)info.file_bytes);
    catalogue_close(reader);
}

/* A disk that is full in the middle of an import, by a limit on file size. */
static int import_until_full(struct catbox *box)
{
    struct rlimit limit = {200000, 200000};
    static uint8_t pixels[6];
    struct catalogue *cat;
    struct err err;
    enum status status;
    int64_t id;

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
        catalogue_open(&cat, box->path, DB_WRITE, &err) != OK ||
        catalogue_begin(cat, &err) != OK)
        return 1;
    for (int i = 0; i < 100000; i++) {
        status = image_insert(cat, box->dataset, SPLIT_OOD, 0, box->source, i,
                              pixels, sizeof(pixels), &id, &err);
        if (status != OK)
            break;
    }
    if (status == OK)
        status = catalogue_commit(cat, &err);
    catalogue_rollback(cat);
    catalogue_close(cat);
    return status == ERR_IO && strstr(err.text, box->path) != NULL ? 0 : 2;
}

static void test_full_disk(void)
{
    struct catbox box;
    struct catalogue_info info;
    struct str report = STR_INIT;
    struct err err;
    bool sound = false;
    int status = -1;
    pid_t pid;

    catbox_new(&box);
    catbox_fill(&box, 30);
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        _exit(import_until_full(&box));
    tap_ok(pid > 0 && waitpid(pid, &status, 0) == pid, "a child imports");
    tap_int(status, 0, "and is told that there is no room");
    tap_int(catalogue_info(box.cat, &info, &err), OK, "info");
    tap_int(info.images, 120, "the catalogue is as it was");
    tap_int(catalogue_check(box.cat, &report, &sound, &err), OK, "looked");
    tap_ok(sound, "and sound");
    str_release(&report);
    catbox_free(&box);
}

int main(void)
{
    struct catbox box;

    test_empty();
    catbox_new(&box);
    catbox_fill(&box, 30);
    catbox_learn(&box);
    test_datasets(&box);
    test_classes(&box);
    test_pages(&box);
    test_verdicts(&box);
    test_pixels(&box);
    test_models(&box);
    test_class_epoch();
    test_codes(&box);
    test_trees(&box);
    test_notes(&box);
    test_changes(&box);
    catbox_free(&box);
    test_blocks();
    test_full_disk();
    return tap_done();
}
