#include <config.h>

/* Each kind of damage that catalogue_check() knows is made and found. */

#include <stdio.h>
#include <string.h>

#include "catalogue/notes.h"
#include "queue/jobs.h"

#include "catbox.h"
#include "tap.h"

static const struct {
    const char *name;
    const char *damage;
    const char *finding;
} cases[] = {
    {"pixels of another size",
     "UPDATE pixels SET bytes = x'0102' WHERE image_id = 4",
     "image 4: its pixels"},
    {"missing pixels", "DELETE FROM pixels WHERE image_id = 5",
     "image 5: its pixels"},
    {"an image in another split than its source",
     "UPDATE image SET split = 'ood' WHERE id = 6", "image 6: its class"},
    {"an image less",
     "DELETE FROM tag; DELETE FROM pixels WHERE image_id = 7;"
     "DELETE FROM image WHERE id = 7",
     "images of it are missing"},
    {"a count that is off",
     "UPDATE tally SET images = images + 1 WHERE class_id = 2",
     "class 2: the images"},
    {"a count too many", "INSERT INTO tally VALUES (1, 'ood', 3, 4)",
     "split ood, class 3"},
    {"a class code of too many bits",
     "UPDATE class_code SET code = 32 WHERE class_id = 1 AND step = 2",
     "step 2, class 1: the class code"},
    {"a negative class code",
     "UPDATE class_code SET code = -1 WHERE class_id = 1 AND step = 1",
     "step 1, class 1: the class code"},
    {"real values too few",
     "UPDATE class_code SET weights = x'00' WHERE class_id = 2 AND step = 2",
     "step 2, class 2: the class code"},
    {"a codebook with a gap",
     "DELETE FROM class_code WHERE class_id = 3 AND step = 1",
     "step 1: class codes are missing"},
    {"a code of too many bits",
     "UPDATE image_code SET code = 1 << 5 WHERE image_id = 1",
     "image 1: the code"},
    {"margins too few",
     "UPDATE image_code SET margins = x'0102' WHERE image_id = 2",
     "image 2: the code"},
    {"a distance that can't be",
     "UPDATE image_code SET distance = 6 WHERE image_id = 1",
     "image 1: the code"},
    {"a code that its margins contradict",
     "UPDATE image_code SET code = 3 WHERE image_id = 1",
     "image 1: the margins"},
    {"a code less", "DELETE FROM image_code WHERE image_id = 1",
     "model llc-5: the codes are not as many"},
    {"an epoch less", "DELETE FROM history WHERE step = 1",
     "epochs are missing"},
    {"no checkpoint", "DELETE FROM checkpoint", "its checkpoint"},
    {"an old checkpoint", "UPDATE checkpoint SET step = 1", "its checkpoint"},
    {"a caption of no bit", "INSERT INTO caption VALUES (1, 5, 'x', 'y', 0)",
     "bit 5: the model has no such bit"},
    {"parameters that are none", "UPDATE job SET params = '{'",
     "its parameters can't be read"},
    {"a tree with a node less",
     "DELETE FROM tree_node WHERE node = 3 AND step = 2",
     "step 2, average linkage: the tree"},
    {"a tree that can't be asked for",
     "UPDATE tree_node SET linkage = 'x' || char(0) || 'y' WHERE step = 2",
     "step 2, x linkage: the tree"},
    {"a tree that is a circle",
     "UPDATE tree_node SET left_node = 6 WHERE node = 4 AND step = 1",
     "step 1, average linkage: the tree"},
    {"a tree with a child of two parents",
     "UPDATE tree_node SET left_node = 0 WHERE node = 5 AND step = 1",
     "step 1, average linkage: the tree"},
    {"a tree whose counts are off",
     "UPDATE tree_node SET leaves = 3 WHERE node = 6 AND step = 1",
     "step 1, average linkage: the tree"},
    {"a node far outside",
     "UPDATE tree_node SET parent = 99999999999 WHERE node = 2 AND step = 1",
     "step 1, average linkage: the tree"},
    {"a class that is gone",
     "PRAGMA foreign_keys = OFF; DELETE FROM class WHERE id = 4",
     "refers to a row of class"},
    {"a file of features that is gone",
     "UPDATE source SET element = 'f4', path = '/nowhere/x.npy'",
     "/nowhere/x.npy (train) is gone"},
    {"a file of features of another size",
     "UPDATE source SET element = 'f4', path = '/dev/null', bytes = 7",
     "/dev/null (train) is of another size"},
    {"a table that is gone", "DROP TABLE caption", "no such table"},
};

static void make(struct catbox *box)
{
    struct params none = {NULL, NULL, 0, 0};
    struct err err;
    int64_t id;

    catbox_new(box);
    catbox_fill(box, 6);
    catbox_learn(box);
    catbox_must(job_add(box->cat, JOB_TREE, &none, box->model, &id, &err),
                &err);
    catbox_must(caption_set(box->cat, box->model, 4, "x", "y", &err), &err);
}

static void test_case(int i)
{
    struct catbox box;
    struct str report = STR_INIT;
    struct err err = {OK, ""};
    bool sound = true;

    make(&box);
    catbox_sql(&box, cases[i].damage);
    tap_int(catalogue_check(box.cat, &report, &sound, &err), OK, "%s",
            cases[i].name);
    tap_ok(!sound, "is noticed");
    if (!tap_ok(strstr(report.text, cases[i].finding) != NULL, "and named"))
        tap_note("%s%s", report.text, err.text);
    str_release(&report);
    catbox_free(&box);
}

/* Of many findings of a kind ten are shown; names are escaped. */
static void test_many(void)
{
    struct catbox box;
    struct str report = STR_INIT;
    struct err err;
    bool sound = true;
    int lines = 0;

    make(&box);
    catbox_sql(&box, "UPDATE model SET name = 'a' || char(10) || char(27);"
                     "UPDATE image_code SET distance = 9");
    tap_int(catalogue_check(box.cat, &report, &sound, &err), OK, "many");
    for (const char *p = report.text; *p != '\0'; p++)
        lines += *p == '\n';
    tap_int(lines, 11, "ten lines and a sum");
    tap_ok(strstr(report.text, "and 2 more") != NULL, "that says how many");
    tap_ok(strchr(report.text, 27) == NULL, "nothing raw");
    if (lines != 11)
        tap_note("%s", report.text);
    str_release(&report);
    catbox_free(&box);
}

int main(void)
{
    struct catbox box;
    struct str report = STR_INIT;
    struct err err;
    bool sound = false;

    make(&box);
    tap_int(catalogue_check(box.cat, &report, &sound, &err), OK, "looked");
    tap_ok(sound, "a good one is sound");
    tap_str(report.text, "", "and nothing is said");
    str_release(&report);
    catbox_free(&box);
    for (int i = 0; i < (int)(sizeof(cases) / sizeof(cases[0])); i++)
        test_case(i);
    test_many();
    return tap_done();
}
