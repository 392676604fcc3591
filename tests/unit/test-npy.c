#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "formats/npy.h"
#include "tap.h"

static char path[] = "/tmp/bitgrove-npy-XXXXXX";

static void save(const void *bytes, size_t n)
{
    FILE *f = fopen(path, "wb");

    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0)
        abort();
}

static size_t load(unsigned char *out, size_t room)
{
    FILE *f = fopen(path, "rb");
    size_t n;

    if (f == NULL)
        abort();
    n = fread(out, 1, room, f);
    fclose(f);
    return n;
}

/* A file of version 1 with this dict and these elements. */
static void save_parts(const char *dict, const void *elements, size_t n)
{
    struct str s = STR_INIT;
    size_t length = strlen(dict) + 1;

    str_add_bytes(&s, "\x93NUMPY\x01\x00", 8);
    str_add_char(&s, (char)(length & 0xff));
    str_add_char(&s, (char)(length >> 8));
    str_add(&s, dict);
    str_add_char(&s, '\n');
    str_add_bytes(&s, elements, n);
    save(s.text, s.length);
    str_release(&s);
}

static void test_write(void)
{
    static const struct {
        enum npy_type type;
        unsigned dims;
        size_t shape[2];
        const char *dict;
        size_t bytes;
    } rows[] = {
        {NPY_F32,
         2,
         {2, 3},
         "'<f4', 'fortran_order': False, 'shape': (2, 3)",
         24},
        {NPY_U8, 1, {5}, "'|u1', 'fortran_order': False, 'shape': (5,)", 5},
        {NPY_U64, 1, {2}, "'<u8', 'fortran_order': False, 'shape': (2,)", 16},
        {NPY_I64, 1, {1}, "'<i8', 'fortran_order': False, 'shape': (1,)", 8},
        {NPY_I64, 1, {0}, "'<i8', 'fortran_order': False, 'shape': (0,)", 0},
    };
    static const unsigned char data[24] = {1, 2, 3, 4, 5, 6};

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct err err = {OK, ""};
        unsigned char got[512];
        FILE *f = fopen(path, "wb");
        size_t n, header;

        tap_int(npy_write(f, path, rows[i].type, rows[i].dims, rows[i].shape,
                          data, &err),
                OK, "write %zu", i);
        tap_int(fclose(f), 0, "close");
        n = load(got, sizeof(got) - 1);
        got[n] = '\0';
        header = 10 + (size_t)got[8] + ((size_t)got[9] << 8);
        tap_ok(memcmp(got, "\x93NUMPY\x01\x00", 8) == 0, "magic");
        tap_int((long long)(header % 64), 0, "elements begin at 64");
        tap_int((long long)(n - header), (long long)rows[i].bytes, "all there");
        tap_int(got[header - 1], '\n', "newline before them");
        tap_ok(memcmp(got + header, data, rows[i].bytes) == 0, "as given");
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        tap_ok(strstr((char *)got + 10, rows[i].dict) != NULL, "dict %zu", i);
#endif
    }
}

static void test_full(void)
{
    static const size_t shape[] = {100000};
    float *data = mem_zalloc(100000, sizeof(*data));
    FILE *f = fopen("/dev/full", "wb");
    struct err err = {OK, ""};

    if (f != NULL) {
        tap_int(npy_write(f, "/dev/full", NPY_F32, 1, shape, data, &err),
                ERR_IO, "a full disk is an error");
        tap_ok(strstr(err.text, "/dev/full") != NULL, "that names the file");
        fclose(f);
    }
    free(data);
}

static void test_round(void)
{
    static const float want[] = {1.5f, -2.25f, 0, 3e-20f, -7e20f, 1};
    static const size_t shape[] = {3, 2};
    struct npy npy;
    struct err err = {OK, ""};
    FILE *f = fopen(path, "wb");

    tap_int(npy_write(f, path, NPY_F32, 2, shape, want, &err), OK, "write");
    fclose(f);
    if (!tap_int(npy_read(&npy, path, &err), OK, "read again"))
        return;
    tap_int(npy.dims, 2, "dimensions");
    tap_int((long long)npy.shape[0], 3, "rows");
    tap_int((long long)npy.shape[1], 2, "columns");
    tap_int((long long)npy.shape[2], 1, "1 beyond");
    tap_ok(memcmp(npy.data, want, sizeof(want)) == 0, "numbers");
    npy_release(&npy);
}

#define F4(shape) "{'descr': '<f4', 'fortran_order': False, 'shape': " shape "}"

static void test_taken(void)
{
    static const unsigned char big4[] = {0x3f, 0xc0, 0, 0};
    static const unsigned char little4[] = {0, 0, 0xc0, 0x3f};
    static const unsigned char little2[] = {0, 0x3e}, big2[] = {0x3e, 0};
    static const unsigned char big8[] = {0x3f, 0xf8, 0, 0, 0, 0, 0, 0};
    static const struct {
        const char *dict;
        const void *bytes;
        size_t n;
    } rows[] = {
        {F4("(1,)"), little4, 4},
        {"{\"descr\": \"<f4\", \"fortran_order\": False, \"shape\": (1, 1), }",
         little4, 4},
        {"{'shape': (1,), 'fortran_order': False, 'descr': '>f4'}", big4, 4},
        {"{'descr': '>f8', 'fortran_order': False, 'shape': (1,)}", big8, 8},
        {"{'descr':'<f4','fortran_order':True,'shape':(1,)}", little4, 4},
        {"{'descr':'<f2','fortran_order':False,'shape':(1,)}", little2, 2},
        {"{'descr':'>f2','fortran_order':False,'shape':(1,)}", big2, 2},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct npy npy;
        struct err err = {OK, ""};

        save_parts(rows[i].dict, rows[i].bytes, rows[i].n);
        if (!tap_int(npy_read(&npy, path, &err), OK, "taken %zu", i)) {
            tap_note("%s", err.text);
            continue;
        }
        tap_near(npy.data[0], 1.5, 0, "value %zu", i);
        npy_release(&npy);
    }
}

static void test_refused(void)
{
    static const unsigned char one[] = {0, 0, 0x80, 0x3f};
    static const unsigned char nan[] = {0, 0, 0x80, 0x3f, 0, 0, 0xc0, 0x7f};
    static const struct {
        const char *dict, *text;
        const void *bytes;
        size_t n;
    } rows[] = {
        {"{'fortran_order': False, 'shape': (1,)}", "no 'descr'", one, 4},
        {"{'descr': '<f4', 'shape': (1,)}", "no 'fortran_order'", one, 4},
        {"{'descr': '<f4', 'fortran_order': False}", "no 'shape'", one, 4},
        {"{'descr': '<i4', 'fortran_order': False, 'shape': (1,)}", "float32",
         one, 4},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
         "Python objects", one, 4},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (1, 1)}",
         "ascontiguousarray", one, 4},
        {"{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (1,)}",
         "structures", one, 4},
        {"{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", "float32",
         one, 4},
        {"{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}", "float32",
         one, 4},
        {F4("()"), "1 to 4 dimensions", one, 4},
        {F4("(0,)"), "shape (0,): 1 to 4 dimensions, none of them 0", one, 4},
        {F4("(-1,)"), "1 to 4", one, 4},
        {F4("(1,1,1,1,1)"), "1 to 4", one, 4},
        {F4("(1"), "1 to 4", one, 4},
        {F4("(99999999999999999999,)"), "GiB", one, 4},
        {F4("(4294967296, 4294967296, 4294967296)"), "GiB", one, 4},
        {F4("(1073741824,)"), "4 of the 4294967296 bytes", one, 4},
        {F4("(2,)"), "4 of the 8 bytes", one, 4},
        {F4("(1,)"), "goes on after its 1", nan, 8},
        {F4("(2, 1)"), "row 1, element 0: not a finite", nan, 8},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct npy npy = {.dims = 9};
        struct err err = {OK, ""};

        save_parts(rows[i].dict, rows[i].bytes, rows[i].n);
        tap_int(npy_read(&npy, path, &err), ERR_BAD_INPUT, "refused %zu", i);
        if (!tap_ok(strstr(err.text, rows[i].text) != NULL, "%s", rows[i].text))
            tap_note("%s", err.text);
        tap_int(npy.dims, 9, "the result is left alone");
    }
}

static void test_damaged(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *text;
    } rows[] = {
        {"hello", 5, "no .npy file"},
        {"\x93NUMPY\x04\0\1\0\n", 11, "version 4"},
        {"\x93NUMPY\x01\0\0\0\n", 11, "header of 0 bytes"},
        {"\x93NUMPY\x02\0\xff\xff\xff\xff\n", 13, "header of 4294967295"},
        {"\x93NUMPY\x01\0\x20\0{}", 12, "cut off or damaged"},
        {"\x93NUMPY\x01\0\3\0{\0}", 13, "cut off or damaged"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        struct npy npy;
        struct err err = {OK, ""};

        save(rows[i].bytes, rows[i].n);
        tap_int(npy_read(&npy, path, &err), ERR_BAD_INPUT, "damaged %zu", i);
        if (!tap_ok(strstr(err.text, rows[i].text) != NULL, "%s", rows[i].text))
            tap_note("%s", err.text);
    }
}

int main(void)
{
    int fd = mkstemp(path);

    if (fd < 0)
        abort();
    close(fd);
    test_write();
    test_full();
    test_round();
    test_taken();
    test_refused();
    test_damaged();
    unlink(path);
    return tap_done();
}
