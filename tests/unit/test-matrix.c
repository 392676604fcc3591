#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/half.h"
#include "base/mem.h"
#include "formats/mapping.h"
#include "formats/matrix.h"
#include "tap.h"

static const char *golden(const char *name)
{
    static char path[4096];
    const char *top = getenv("top_srcdir");

    snprintf(path, sizeof(path), "%s/tests/golden/npy/%s",
             top != NULL ? top : ".", name);
    return path;
}

/* tests/golden/features.py */
static double value(size_t row, size_t column)
{
    return ((double)row - 1) * 1.5 + (double)column / 4;
}

static double at(const struct matrix *m, size_t row, size_t column)
{
    const unsigned char *start = m->data + row * m->stride;
    uint16_t half;
    double d;
    float f;

    switch (m->type) {
    case MATRIX_F16:
        memcpy(&half, start + 2 * column, sizeof(half));
        return (double)half_float(half);
    case MATRIX_F32:
        memcpy(&f, start + 4 * column, sizeof(f));
        return (double)f;
    default:
        memcpy(&d, start + 8 * column, sizeof(d));
        return d;
    }
}

static void check_features(const char *name, const char *type)
{
    struct matrix m;
    struct err err = {OK, ""};
    bool all = true;

    if (!tap_int(matrix_features(&m, golden(name), &err), OK, "%s", name)) {
        tap_note("%s", err.text);
        return;
    }
    tap_str(matrix_type_name(m.type), type, "its type");
    tap_int((long long)m.rows, 3, "rows");
    tap_int((long long)m.columns, 5, "columns");
    for (size_t i = 0; i < m.rows && i < 3; i++)
        for (size_t j = 0; j < m.columns && j < 5; j++)
            all &= at(&m, i, j) == value(i, j);
    tap_ok(all, "every value");
    tap_ok(m.inflated == NULL && m.file != NULL, "in the file");
    matrix_release(&m);
}

static void test_features(void)
{
    check_features("f2.npy", "f2");
    check_features("f4.npy", "f4");
    check_features("f8.npy", "f8");
    check_features("stored.npz", "f2");
    check_features("other.npz", "f4");
    check_features("plain.npz", "f4");
    check_features("alone.npz", "f8");
}

static void test_labels(void)
{
    static const char *const names[] = {"i1.npy",    "i2.npy",    "i4.npy",
                                        "i8.npy",    "u1.npy",    "u2.npy",
                                        "u4.npy",    "u8.npy",    "stored.npz",
                                        "other.npz", "plain.npz", "packed.npz"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct matrix m;
        struct err err = {OK, ""};

        if (!tap_int(matrix_labels(&m, golden(names[i]), &err), OK, "%s",
                     names[i])) {
            tap_note("%s", err.text);
            continue;
        }
        tap_ok(m.rows == 3 && matrix_label(&m, 0) == 2 &&
                   matrix_label(&m, 1) == 0 && matrix_label(&m, 2) == 7,
               "2, 0, 7");
        matrix_release(&m);
    }
}

static void test_refused(void)
{
    static const struct {
        const char *name;
        bool labels;
        const char *text;
    } rows[] = {
        {"big.npy", false, "newbyteorder"},
        {"fortran.npy", false, "ascontiguousarray"},
        {"object.npy", false, "Python objects"},
        {"complex.npy", false, "float32"},
        {"i4.npy", false, "whole numbers"},
        {"packed.npz", false, "numpy.savez or numpy.save"},
        {"f4.npy", true, "labels are whole numbers"},
        {"alone.npz", true, "it holds: whatever.npy"},
        {"halves.txt", false, "numpy.save"},
        {"nothing.npy", false, "cannot open"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct matrix m = {.rows = 9};
        struct err err = {OK, ""};
        enum status status =
            rows[i].labels ? matrix_labels(&m, golden(rows[i].name), &err)
                           : matrix_features(&m, golden(rows[i].name), &err);

        tap_int(status, ERR_BAD_INPUT, "%s is refused", rows[i].name);
        if (!tap_ok(strstr(err.text, rows[i].text) != NULL, "%s", rows[i].text))
            tap_note("%s", err.text);
        tap_int((long long)m.rows, 9, "the result is left alone");
    }
}

static void test_label_range(void)
{
    struct matrix m;
    struct err err = {OK, ""};

    if (!tap_int(matrix_labels(&m, golden("negative.npy"), &err), OK,
                 "a negative label"))
        return;
    tap_int(matrix_label(&m, 0), 1, "the first is one");
    tap_int(matrix_label(&m, 1), -1, "the second is none");
    matrix_release(&m);
}

static void copy(const char *from, const char *to)
{
    char bytes[4096];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    size_t n = in != NULL ? fread(bytes, 1, sizeof(bytes), in) : 0;

    if (out == NULL || fwrite(bytes, 1, n, out) != n || fclose(out) != 0 ||
        fclose(in) != 0)
        abort();
}

static void test_again(void)
{
    char path[] = "/tmp/bitgrove-matrix-XXXXXX";
    struct matrix m, again;
    struct err err = {OK, ""};
    uint64_t digest;
    FILE *f;
    int fd = mkstemp(path);

    if (fd < 0 || close(fd) != 0)
        abort();
    copy(golden("f4.npy"), path);
    if (!tap_int(matrix_features(&m, path, &err), OK, "features"))
        return;
    digest = matrix_digest(&m);
    tap_int(matrix_again(&again, path, &m, digest, &err), OK, "again");
    tap_ok(at(&again, 2, 4) == 2.5, "the same value");
    matrix_release(&again);

    utimensat(-1, path, (struct timespec[]){{1, 0}, {1, 0}}, 0);
    tap_int(matrix_again(&again, path, &m, digest, &err), OK,
            "touched, with the same content");
    matrix_release(&again);

    f = fopen(path, "r+b");
    if (f == NULL || fseek(f, -1, SEEK_END) != 0 || putc(0x41, f) == EOF ||
        fclose(f) != 0)
        abort();
    tap_int(matrix_again(&again, path, &m, digest, &err), ERR_BAD_INPUT,
            "another content");
    tap_ok(strstr(err.text, "content") != NULL, "is said");
    matrix_release(&m);

    copy(golden("f4.npy"), path);
    if (matrix_features(&m, path, &err) != OK || truncate(path, 150) != 0)
        abort();
    tap_int(matrix_again(&again, path, &m, digest, &err), ERR_BAD_INPUT,
            "cut off");
    tap_ok(strstr(err.text, "3 rows of 5 f4 numbers in 188 bytes") != NULL,
           "what is expected");
    unlink(path);
    tap_int(matrix_again(&again, path, &m, digest, &err), ERR_NOT_FOUND,
            "gone");
    tap_ok(strstr(err.text, path) != NULL, "names the file");
    matrix_release(&m);
}

/* Three pages of bytes that are not zero, cut where rows are read. */
static void test_cut(void)
{
    char path[] = "/tmp/bitgrove-mapping-XXXXXX";
    size_t page = (size_t)sysconf(_SC_PAGESIZE), size = 3 * page;
    struct mapping *mapping, *other;
    const unsigned char *bytes;
    struct err err;
    char *body = mem_alloc(size);
    int fd = mkstemp(path);

    memset(body, 7, size);
    if (fd < 0 || write(fd, body, size) != (ssize_t)size ||
        mapping_open(&mapping, path, &err) != OK ||
        mapping_open(&other, golden("f4.npy"), &err) != OK)
        abort();
    mapping_guard();
    bytes = mapping_bytes(mapping);
    tap_ok(bytes[size - 1] == 7 && mapping_whole(mapping), "a file is whole");
    if (ftruncate(fd, (off_t)(size - 1)) != 0)
        abort();
    tap_ok(!mapping_whole(mapping), "not without its last byte");
    if (ftruncate(fd, 0) != 0)
        abort();
    tap_int(bytes[page + 5], 0, "behind its end there are zeros");
    if (pwrite(fd, body, size, 0) != (ssize_t)size)
        abort();
    tap_ok(!mapping_whole(mapping), "though it is as long again");
    tap_int(bytes[2], 7, "what was not read since is as it is");
    tap_ok(mapping_whole(other), "another file is whole");
    mapping_forget(mapping);
    mapping_close(mapping);
    mapping_close(other);
    close(fd);
    unlink(path);
    free(body);
}

int main(void)
{
    test_cut();
    test_features();
    test_labels();
    test_refused();
    test_label_range();
    test_again();
    return tap_done();
}
