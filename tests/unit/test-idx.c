#include <config.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "formats/idx.h"
#include "tap.h"

enum kind { ANY, IMAGES, LABELS };

struct bad {
    const char *name, *bytes;
    size_t n;
    enum kind kind;
    const char *text; /* must occur in the message */
};

#define B(s) s, sizeof(s) - 1

static const struct bad bads[] = {
    {"two bytes", B("\0\0"), ANY, "no IDX file"},
    {"text", B("<html>404</html>"), ANY, "no IDX file"},
    {"a type from nowhere", B("\0\0\x0a\x01\0\0\0\x01x"), ANY,
     "byte 2: unknown IDX type 0x0a"},
    {"floats", B("\0\0\x0d\x01\0\0\0\x01xxxx"), ANY, "floating point"},
    {"no dimension", B("\0\0\x08\0x"), ANY, "byte 3: 0 dimensions"},
    {"five dimensions", B("\0\0\x08\x05"), ANY, "byte 3: 5 dimensions"},
    {"a cut header", B("\0\0\x08\x02\0\0\0\x01\0"), ANY, "at byte 9"},
    {"an empty dimension", B("\0\0\x08\x02\0\0\0\x01\0\0\0\0"), ANY,
     "byte 8: dimension 1 is 0"},
    {"cut off data",
     B("\0\0\x08\x01\0\0\0\x05"
       "abc"),
     ANY, "11 of the 13 bytes"},
    {"trailing data",
     B("\0\0\x08\x01\0\0\0\x02"
       "abc"),
     ANY, "goes on after byte 10"},
    {"sizes that overflow",
     B("\0\0\x08\x04\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
       "\xff\xff\xff"),
     ANY, "byte 8: dimension 1"},
    {"a forged size",
     B("\0\0\x08\x02\0\xff\xff\xff\0\0\x0f\xff"
       "abc"),
     ANY, "is cut off: 15 of"},
    {"wider than the limit", B("\0\0\x0c\x02\xff\xff\xff\xff\0\0\0\x0f"), ANY,
     "64 GiB"},
    {"labels as images", B("\0\0\x08\x01\0\0\0\x01x"), IMAGES, "--labels"},
    {"a matrix as images", B("\0\0\x08\x02\0\0\0\x01\0\0\0\x01x"), IMAGES,
     "3 or 4"},
    {"wide images", B("\0\0\x0b\x03\0\0\0\x01\0\0\0\x01\0\0\0\x01xx"), IMAGES,
     "type 0x0b"},
    {"two channels",
     B("\0\0\x08\x04\0\0\0\x01\0\0\0\x01\0\0\0\x01\0\0\0\x02xx"), IMAGES,
     "byte 16: 2 channels"},
    {"images as labels", B("\0\0\x08\x03\0\0\0\x01\0\0\0\x01\0\0\0\x01x"),
     LABELS, "images?"},
    {"a negative label", B("\0\0\x09\x01\0\0\0\x03\x01\x02\xfe"), LABELS,
     "row 2: the label is -2"},
    {"a negative label of 16 bits", B("\0\0\x0b\x01\0\0\0\x02\0\x01\x80\0"),
     LABELS, "row 1: the label is -32768"},
    {"a negative label of 32 bits", B("\0\0\x0c\x01\0\0\0\x01\xff\xff\xff\xff"),
     LABELS, "row 0: the label is -1"},
    {"a label too high", B("\0\0\x0c\x01\0\0\0\x01\0\x0f\x42\x40"), LABELS,
     "row 0: the label is 1000000"},
};

static char dir[] = "/tmp/bitgrove-idx-XXXXXX";
static char path[128];

static const char *in_dir(const char *name)
{
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return path;
}

static const char *save(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(in_dir(name), "wb");

    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
    return path;
}

static const char *save_gz(const char *name, const void *bytes, size_t n)
{
    gzFile f = gzopen(in_dir(name), "wb");

    if (f == NULL || gzwrite(f, bytes, (unsigned)n) != (int)n ||
        gzclose(f) != Z_OK)
        abort();
    return path;
}

static enum status read_kind(struct idx *idx, const char *file, enum kind kind,
                             struct err *err)
{
    return kind == IMAGES   ? idx_read_images(idx, file, err)
           : kind == LABELS ? idx_read_labels(idx, file, err)
                            : idx_read(idx, file, err);
}

static void test_bad(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
        const struct bad *b = &bads[i];
        struct idx idx = {.count = 77};
        struct err err = {OK, ""};
        const char *file = save("bad", b->bytes, b->n);
        enum status status = read_kind(&idx, file, b->kind, &err);

        tap_int(status, ERR_BAD_INPUT, "%s is refused", b->name);
        if (!tap_ok(strstr(err.text, b->text) != NULL, "%s: says where",
                    b->name))
            tap_note("%s", err.text);
        tap_ok(strstr(err.text, file) != NULL, "%s: names the file", b->name);
        tap_int((long long)idx.count, 77, "%s: the result is left alone",
                b->name);
    }
}

static void refused(const char *name, const char *file, const char *text)
{
    struct idx idx;
    struct err err = {OK, ""};

    tap_ok(idx_read(&idx, file, &err) != OK, "%s is refused", name);
    if (!tap_ok(strstr(err.text, text) != NULL, "%s: says why", name))
        tap_note("%s", err.text);
}

static void test_files(void)
{
    static const char good[] = "\0\0\x08\x01\0\0\0\x20"
                               "abcdefghijklmnopqrstuvwxyz012345";
    struct stat st;
    const char *file;

    refused("a missing file", in_dir("nowhere"), "cannot open");
    refused("a directory", dir, "is a directory");
    refused("an empty file", save("empty", "", 0), "is empty");
    if (mkfifo(in_dir("fifo"), 0600) == 0)
        refused("a FIFO", path, "not a regular file");
    refused("a FIFO does not hang", in_dir("fifo"), "not a regular file");

    file = save_gz("cut.gz", good, sizeof(good) - 1);
    if (stat(file, &st) != 0 || truncate(file, st.st_size - 6) != 0)
        abort();
    refused("a cut gzip stream", file, "gzip stream is cut off");
    file = save_gz("hurt.gz", good, sizeof(good) - 1);
    {
        int fd = open(file, O_WRONLY);

        /* The checksum is in the last eight bytes. */
        if (pwrite(fd, "\xff\xff", 2, st.st_size - 8) != 2 || close(fd) != 0)
            abort();
    }
    refused("a damaged gzip stream", file, "gzip stream is damaged");
}

static void test_values(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        int32_t want[2];
    } rows[] = {
        {B("\0\0\x08\x01\0\0\0\x02\x07\xff"), {7, 255}},
        {B("\0\0\x09\x01\0\0\0\x02\x07\xff"), {7, -1}},
        {B("\0\0\x0b\x01\0\0\0\x02\x01\x02\xff\xfe"), {258, -2}},
        {B("\0\0\x0c\x01\0\0\0\x02\x01\x02\x03\x04\xff\xff\xff\xfd"),
         {0x01020304, -3}},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        for (int gz = 0; gz < 2; gz++) {
            struct idx idx;
            struct err err = {OK, ""};
            const char *file = gz ? save_gz("v.gz", rows[i].bytes, rows[i].n)
                                  : save("v", rows[i].bytes, rows[i].n);

            if (!tap_int(idx_read(&idx, file, &err), OK, "type %zu, gz %d", i,
                         gz))
                continue;
            tap_int(idx_at(&idx, 0), rows[i].want[0], "first of %zu", i);
            tap_int(idx_at(&idx, 1), rows[i].want[1], "second of %zu", i);
            idx_release(&idx);
        }
}

static void test_images(void)
{
    static const char colour[] = "\0\0\x08\x04\0\0\0\x02\0\0\0\x01\0\0\0\x02"
                                 "\0\0\0\x03"
                                 "rgbRGBxyzXYZ";
    static const char grey[] = "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03"
                               "abcdefghijkl";
    struct idx a, b, c;
    struct err err = {OK, ""};

    if (!tap_int(idx_read_images(&a, save("c", B(colour)), &err), OK,
                 "colour") ||
        !tap_int(idx_read_images(&b, save_gz("g.gz", B(grey)), &err), OK,
                 "grey, gzip") ||
        !tap_int(idx_read_images(&c, save("g", B(grey)), &err), OK, "grey"))
        return;
    tap_int(a.size[3], 3, "three channels");
    tap_int(b.size[3], 1, "one channel");
    tap_int(b.size[2], 3, "width");
    tap_ok(memcmp(b.data, "abcdefghijkl", 12) == 0, "the pixels");
    tap_ok(b.digest == c.digest, "the digest is of the content, not of gzip");
    tap_ok(a.digest != b.digest, "and differs between files");
    idx_release(&a);
    idx_release(&b);
    idx_release(&c);
}

/* Larger than every buffer on the way. */
static void test_large(void)
{
    enum { SIDE = 300, N = 40 };
    size_t n = 16 + (size_t)SIDE * SIDE * N;
    unsigned char *bytes = mem_zalloc(n, 1);
    struct idx idx;
    struct err err = {OK, ""};
    bool same = true;

    memcpy(bytes, "\0\0\x08\x03\0\0\0\x28\0\0\x01\x2c\0\0\x01\x2c", 16);
    for (size_t i = 16; i < n; i++)
        bytes[i] = (unsigned char)((i * 2654435761u) >> 13);
    if (tap_int(idx_read_images(&idx, save_gz("l.gz", bytes, n), &err), OK,
                "3.6 million bytes")) {
        same = memcmp(idx.data, bytes + 16, n - 16) == 0;
        idx_release(&idx);
    }
    tap_ok(same, "arrive whole");
    free(bytes);
}

int main(void)
{
    static const char *names[] = {"bad",     "empty", "fifo", "cut.gz",
                                  "hurt.gz", "v",     "v.gz", "c",
                                  "g",       "g.gz",  "l.gz"};

    if (mkdtemp(dir) == NULL)
        abort();
    test_bad();
    test_files();
    test_values();
    test_images();
    test_large();
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        unlink(in_dir(names[i]));
    tap_int(rmdir(dir), 0, "nothing is left behind");
    return tap_done();
}
