#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "formats/cifar.h"
#include "tap.h"

/* Files of CIFAR's two editions, whole and broken, with names and without. */

enum { TEN = 1 + CIFAR_BYTES, HUNDRED = 2 + CIFAR_BYTES };

static char folder[] = "/tmp/bitgrove-cifar-XXXXXX";

static const char *in_folder(const char *name)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void save(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(in_folder(name), "wb");

    if (f == NULL || (n > 0 && fwrite(bytes, 1, n, f) != n) || fclose(f) != 0)
        abort();
}

/* n images: of class i % classes and, in records of two labels, group class /
 * 5; pixels are of a generator that an image begins anew. */
static unsigned char *make(size_t n, unsigned labels, unsigned classes)
{
    size_t record = labels + (size_t)CIFAR_BYTES;
    unsigned char *bytes = mem_alloc(n * record);

    for (size_t i = 0; i < n; i++) {
        unsigned char *at = bytes + i * record;
        unsigned seed = (unsigned)i + 1;

        at[0] = (unsigned char)(i % classes / 5);
        at[labels - 1] = (unsigned char)(i % classes);
        for (size_t p = 0; p < CIFAR_BYTES; p++) {
            seed = seed * 1664525u + 1013904223u;
            at[labels + p] = (unsigned char)(seed >> 24);
        }
    }
    return bytes;
}

static void check_whole(const char *name, unsigned labels, size_t n,
                        unsigned classes)
{
    unsigned char *bytes = make(n, labels, classes);
    struct cifar c = {.records = NULL};
    struct err err = {OK, ""};
    bool same = true;

    save(name, bytes, n * (labels + (size_t)CIFAR_BYTES));
    tap_ok(cifar_look(in_folder(name)), "%s looks like it", name);
    if (tap_int(cifar_read(&c, in_folder(name), &err), OK, "%s %s", name,
                err.text)) {
        tap_int(c.labels, labels, "%s: the edition", name);
        tap_int(c.n, (long long)n, "%s: images", name);
        for (uint32_t i = 0; i < c.n; i++)
            same = same && cifar_class(&c, i) == i % classes &&
                   cifar_group(&c, i) == (labels == 2 ? i % classes / 5 : 0) &&
                   memcmp(cifar_pixels(&c, i),
                          bytes + i * (labels + (size_t)CIFAR_BYTES) + labels,
                          CIFAR_BYTES) == 0;
        tap_ok(same, "%s: labels and pixels", name);
    }
    cifar_release(&c);
    free(bytes);
}

static void refused(const char *what, const unsigned char *bytes, size_t n,
                    const char *text)
{
    struct cifar c = {.records = NULL};
    struct err err = {OK, ""};

    save("bad.bin", bytes, n);
    tap_int(cifar_read(&c, in_folder("bad.bin"), &err), ERR_BAD_INPUT, "%s",
            what);
    if (!tap_ok(strstr(err.text, text) != NULL &&
                    strstr(err.text, "bad.bin") != NULL,
                "says \"%s\"", text))
        tap_note("%s", err.text);
    tap_ok(c.records == NULL, "and makes nothing");
}

static void test_broken(void)
{
    unsigned char *ten = make(4, 1, 10), *hundred = make(4, 2, 100);

    refused("cut off", ten, 3 * TEN + 100,
            "ends at byte 9319, inside image 3, which begins at byte 9219");
    refused("a byte too many", ten, 2 * TEN + 1, "inside image 2");
    refused("CIFAR-100 cut off", hundred, 4 * HUNDRED - 1,
            "ends at byte 12295, inside image 3, which begins at byte 9222");
    ten[2 * TEN] = 10;
    refused("a class that is none", ten, 4 * TEN,
            "byte 6146: image 2 is of class 10: CIFAR-10 has classes 0 to 9");
    refused("neither", ten, 4 * TEN - 5, "no file of CIFAR");
    hundred[HUNDRED + 1] = 100;
    refused("a fine class that is none", hundred, 4 * HUNDRED,
            "byte 3075: image 1 is of class 100");
    hundred[HUNDRED + 1] = 1;
    hundred[3 * HUNDRED] = 20;
    refused("a group that is none", hundred, 4 * HUNDRED,
            "byte 9222: image 3 is of group 20: CIFAR-100 has groups 0 to 19");
    refused("too short", ten, 100, "no file of CIFAR");
    refused("empty", ten, 0, "bad.bin");
    free(ten);
    free(hundred);
}

/* 3074 records of one edition take as many bytes as 3073 of the other. */
static void test_both(void)
{
    check_whole("both-10.bin", 1, HUNDRED, 10);
    check_whole("both-100.bin", 2, TEN, 100);
}

/* ---- classes ---- */

static void check_classes(const char *what, unsigned labels, size_t n,
                          unsigned classes, const char *want)
{
    unsigned char *bytes = make(n, labels, classes);
    struct cifar c = {.records = NULL};
    const struct cifar *files[] = {&c};
    const char *paths[1];
    struct str got = STR_INIT;
    struct err err = {OK, ""};
    struct tsv tsv = {NULL, 0};

    save("some.bin", bytes, n * (labels + (size_t)CIFAR_BYTES));
    paths[0] = in_folder("some.bin");
    if (cifar_read(&c, paths[0], &err) != OK ||
        cifar_classes(&tsv, files, paths, 1, folder, &err) != OK)
        str_add(&got, err.text);
    for (uint32_t i = 0; i < tsv.count && i < 3; i++)
        str_addf(&got, "%u %s (%s) ", tsv.classes[i].id, tsv.classes[i].name,
                 tsv.classes[i].group);
    if (tsv.count > 3)
        str_addf(&got, "of %u", tsv.count);
    if (!tap_ok(strstr(got.text, want) != NULL && (want[0] || !got.length),
                "%s: %s", what, want))
        tap_note("%s", got.text);
    str_release(&got);
    tsv_release(&tsv);
    cifar_release(&c);
    free(bytes);
}

static void names(const char *name, const char *stem, int n, const char *end)
{
    struct str s = STR_INIT;

    for (int i = 0; i < n; i++)
        str_addf(&s, "%s %d%s", stem, i, end);
    save(name, s.text, s.length);
    str_release(&s);
}

static void test_names(void)
{
    unsigned char *bytes = make(200, 2, 100);
    struct cifar c = {.records = NULL};
    const struct cifar *files[] = {&c};
    const char *paths[] = {"some.bin"};
    struct err err = {OK, ""};
    struct tsv tsv;

    check_classes("ten without names", 1, 20, 10, "");
    check_classes("hundred without names", 2, 7, 100,
                  "0 0 (0) 1 1 (0) 2 2 (0) of 7");
    names("batches.meta.txt", "thing", 10, "\n");
    check_classes("ten", 1, 20, 10, "0 thing 0 () 1 thing 1 () 2 thing 2 ()");
    names("batches.meta.txt", "thing", 10, "\r\n\r\n");
    check_classes("an empty line", 1, 20, 10,
                  "has 19 lines: a name each of 10");
    names("batches.meta.txt", "thi\tng", 10, "\n");
    check_classes("a tab", 1, 20, 10, "batches.meta.txt, line 1: more than");
    save("batches.meta.txt", "a\0b", 3);
    check_classes("a zero byte", 1, 20, 10, "zero byte");
    names("fine_label_names.txt", "fine", 100, "\r\n");
    check_classes("hundred, fine names", 2, 100, 100,
                  "0 fine 0 (0) 1 fine 1 (0) 2 fine 2 (0) of 100");
    names("coarse_label_names.txt", "coarse", 20, "\n");
    check_classes("hundred", 2, 7, 100,
                  "0 fine 0 (coarse 0) 1 fine 1 (coarse 0) 2 fine 2 (coarse 0) "
                  "of 100");
    bytes[150 * HUNDRED] = 3;
    save("some.bin", bytes, 200 * HUNDRED);
    tap_int(cifar_read(&c, in_folder("some.bin"), &err), OK, "of two groups");
    tap_int(cifar_classes(&tsv, files, paths, 1, folder, &err), ERR_BAD_INPUT,
            "a class of two groups is refused");
    tap_ok(strstr(err.text,
                  "some.bin, byte 461100: image 150 of class 50 is "
                  "of group 3, images before it are of group 10") != NULL,
           "%s", err.text);
    cifar_release(&c);
    free(bytes);
}

static void test_look(void)
{
    save("images", "\0\0\x08\x01\0\0\x0b\xf9", 8);
    if (truncate(in_folder("images"), TEN) != 0)
        abort();
    tap_ok(!cifar_look(in_folder("images")), "an IDX file is none");
    save("images", "\6", 1);
    if (truncate(in_folder("images"), 2 * TEN) != 0)
        abort();
    tap_ok(cifar_look(in_folder("images")), "by its size alone");
    tap_ok(cifar_look(in_folder("none.bin")), "by its name alone");
    tap_ok(!cifar_fits(in_folder("none.bin")), "which tells little");
    tap_ok(!cifar_look(folder), "a folder is none");
}

int main(void)
{
    static const char *const files[] = {"ten.bin",
                                        "hundred.bin",
                                        "both-10.bin",
                                        "both-100.bin",
                                        "bad.bin",
                                        "some.bin",
                                        "batches.meta.txt",
                                        "fine_label_names.txt",
                                        "coarse_label_names.txt",
                                        "images"};

    if (mkdtemp(folder) == NULL)
        abort();
    check_whole("ten.bin", 1, 23, 10);
    check_whole("hundred.bin", 2, 205, 100);
    test_broken();
    test_both();
    test_names();
    test_look();
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        unlink(in_folder(files[i]));
    tap_int(rmdir(folder), 0, "nothing else was written");
    return tap_done();
}
