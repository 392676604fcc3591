#include <config.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "formats/safetensors.h"

#include "tap.h"

/* Reads these bytes as a file. */
static enum status take(struct safetensors *out, const void *bytes, size_t n,
                        struct err *err)
{
    int fd = memfd_create("model", MFD_CLOEXEC);
    enum status status;
    char path[64];

    if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
        abort();
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    status = safetensors_read(out, path, err);
    close(fd);
    return status;
}

/* A file of this header, its length before it, and n bytes of elements. */
static enum status take_parts(struct safetensors *out, const char *header,
                              const void *data, size_t n, struct err *err)
{
    struct str s = STR_INIT;
    size_t length = strlen(header);
    enum status status;

    for (int b = 0; b < 8; b++)
        str_add_char(&s, (char)(length >> (8 * b) & 0xff));
    str_add(&s, header);
    str_add_bytes(&s, data, n);
    status = take(out, s.text, s.length, err);
    str_release(&s);
    return status;
}

static void test_round(void)
{
    static const float a[6] = {1, -2, 0.1f, 1e-40f, -0.0f, 3e38f}, b = 7;
    const struct safetensors_out tensors[] = {
        {"layer1.0.conv1.weight", 4, {3, 2, 1, 1}, a},
        {"scale", 0, {0}, &b},
        {"none", 2, {0, 5}, a},
    };
    char title[] = "title", names[] = "names", odd[] = "\xd0\x96 \"\\\n",
         list[] = "[\"a\"]";
    const struct safetensors_pair about[] = {{title, odd}, {names, list}};
    char *bytes = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&bytes, &n);
    struct safetensors file = {0};
    const struct safetensor *t;
    struct err err;
    float back[6];

    tap_int(safetensors_write(f, "f", tensors, 3, about, 2, &err), OK,
            "writing");
    fclose(f);
    tap_int((long long)((unsigned char)bytes[0] % 8), 0,
            "elements begin at a multiple of eight");
    if (!tap_int(take(&file, bytes, n, &err), OK, "reading: %s", err.text))
        return;
    tap_int(file.count, 3, "all tensors");
    t = safetensors_find(&file, "layer1.0.conv1.weight");
    tap_ok(t != NULL && t->dims == 4 && t->shape[0] == 3 && t->shape[1] == 2 &&
               t->count == 6 && strcmp(t->type, "F32") == 0,
           "by name, with shape and type");
    tap_ok(safetensors_floats(&file, t, back, &err) == OK &&
               memcmp(back, a, sizeof(a)) == 0,
           "to the bit");
    t = safetensors_find(&file, "scale");
    tap_ok(t != NULL && t->dims == 0 && t->count == 1, "a number alone");
    t = safetensors_find(&file, "none");
    tap_ok(t != NULL && t->count == 0 && t->shape[1] == 5, "an empty one");
    tap_ok(safetensors_find(&file, "other") == NULL, "and no other");
    tap_str(safetensors_value(&file, "title"), odd, "text comes back");
    tap_ok(safetensors_value(&file, "x") == NULL, "what is not there is NULL");
    safetensors_release(&file);
    free(bytes);
}

static void test_types(void)
{
    static const unsigned char data[] = {
        0, 0,    0, 0,    0,    0,    0xf8, 0xbf, /* F64 -1.5 */
        0, 0,    0, 0x40, 0xc0, 0x3f,             /* F32 2, BF16 1.5 */
        0, 0x3e,                                  /* F16 1.5 */
        1, 0,    0, 0,    0,    0,    0,    0};   /* I64 1 */
    static const char *const header =
        "{\"d\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
        "\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
        "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[12,14]},"
        "\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[14,16]},"
        "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[16,24]}}   ";
    static const struct {
        const char *name;
        float value;
    } cases[] = {{"d", -1.5f}, {"f", 2}, {"b", 1.5f}, {"h", 1.5f}};
    struct safetensors file = {0};
    struct err err;
    float value = 0;

    if (!tap_int(take_parts(&file, header, data, sizeof(data), &err), OK,
                 "several types"))
        return;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        tap_ok(safetensors_floats(&file, safetensors_find(&file, cases[i].name),
                                  &value, &err) == OK &&
                   value == cases[i].value,
               "%s is %g", cases[i].name, (double)cases[i].value);
    tap_int(
        safetensors_floats(&file, safetensors_find(&file, "i"), &value, &err),
        ERR_BAD_INPUT, "whole numbers are not taken: %s", err.text);
    safetensors_release(&file);
}

#define ONE(text) "{\"w\":{\"dtype\":\"F32\"," text "}}"

/* What the header claims, and a word of the refusal. 8 bytes of elements. */
static const struct {
    const char *header, *word;
} claims[] = {
    {"[]", "no object"},
    {"{\"w\":1}", "tensor w is not described"},
    {"{\"w\"", "no JSON"},
    {"{\"w\":{},\"w\":{}}", "twice"},
    {ONE("\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]"), "twice"},
    {"{\"w\":{\"dtype\":\"C64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
     "dtype"},
    {"{\"w\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,8]}}", "dtype"},
    {ONE("\"data_offsets\":[0,8]"), "no shape"},
    {ONE("\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]"), "no shape"},
    {ONE("\"shape\":[-2],\"data_offsets\":[0,8]"), "size"},
    {ONE("\"shape\":[2.0],\"data_offsets\":[0,8]"), "size"},
    {ONE("\"shape\":[9223372036854775808],\"data_offsets\":[0,8]"), "no JSON"},
    {ONE("\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]"),
     "more elements"},
    {ONE("\"shape\":[65536,65536,65536,65537],\"data_offsets\":[0,8]"),
     "more elements"},
    {ONE("\"shape\":[2]"), "data_offsets"},
    {ONE("\"shape\":[2],\"data_offsets\":[8,0]"), "data_offsets"},
    {ONE("\"shape\":[2],\"data_offsets\":[-8,0]"), "data_offsets"},
    {ONE("\"shape\":[2],\"data_offsets\":[0,8,8]"), "data_offsets"},
    {ONE("\"shape\":[3],\"data_offsets\":[0,8]"), "fit its shape"},
    {ONE("\"shape\":[1],\"data_offsets\":[4,8]"), "gap"},
    {ONE("\"shape\":[1],\"data_offsets\":[0,4]"), "goes on behind"},
    {ONE("\"shape\":[3],\"data_offsets\":[0,12]"), "after 8 of 12"},
    {"{\"v\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
     "\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
     "w overlaps"},
    {"{\"__metadata__\":[]}", "no object of strings"},
    {"{\"__metadata__\":{\"a\":1}}", "else than strings"},
    {"{\"\\u001b[31m\":{}}", "\\e[31m"},
};

static void test_claims(void)
{
    struct safetensors file = {0};
    struct err err;

    for (size_t i = 0; i < ARRAY_SIZE(claims); i++) {
        tap_int(take_parts(&file, claims[i].header, "abcdefgh", 8, &err),
                ERR_BAD_INPUT, "refused: %.60s", claims[i].header);
        tap_ok(strstr(err.text, claims[i].word) != NULL &&
                   strstr(err.text, "/proc/self/fd") != NULL &&
                   file.items == NULL,
               "%s", err.text);
    }
}

static void test_lengths(void)
{
    static const unsigned char forged[][8] = {
        {0, 0, 0, 0, 0, 0, 0, 0x80}, /* 2^63 */
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
        {0, 0, 0, 0, 1}, /* 4 GB */
        {0},
        {1},
    };
    static const unsigned char short_header[] = {0xff, 0xff, 0x7f, 0,  0,
                                                 0,    0,    0,    '{'};
    struct safetensors file = {0};
    struct rusage before, after;
    struct err err;

    getrusage(RUSAGE_SELF, &before);
    for (size_t i = 0; i < ARRAY_SIZE(forged); i++)
        tap_ok(take(&file, forged[i], 8, &err) == ERR_BAD_INPUT &&
                   strstr(err.text, "length of a header") != NULL,
               "%s", err.text);
    tap_int(take(&file, short_header, sizeof(short_header), &err),
            ERR_BAD_INPUT, "%s", err.text);
    tap_int(take(&file, "abc", 3, &err), ERR_BAD_INPUT, "%s", err.text);
    tap_int(take_parts(&file,
                       ONE("\"shape\":[1073741824],\"data_offsets\":[0,"
                           "4294967296]"),
                       "abc", 3, &err),
            ERR_BAD_INPUT, "%s", err.text);
    getrusage(RUSAGE_SELF, &after);
    tap_ok(after.ru_maxrss - before.ru_maxrss < 64 * 1024,
           "claims take no memory: %ld kB", after.ru_maxrss - before.ru_maxrss);
    tap_int(safetensors_read(&file, "/nothing/here", &err), ERR_IO,
            "no such file: %s", err.text);
}

static void test_numbers(void)
{
    const float good[2] = {1, 2}, bad[2] = {1, NAN}, vast[2] = {1, INFINITY};
    const double huge = 1e300;
    struct safetensors file = {0};
    float back[2];
    struct err err;
    const struct {
        const char *type;
        const void *data;
        const char *shape;
        enum status status;
    } cases[] = {{"F32", good, "2", OK},
                 {"F32", bad, "2", ERR_BAD_INPUT},
                 {"F32", vast, "2", ERR_BAD_INPUT},
                 {"F64", &huge, "1", ERR_BAD_INPUT}};

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char header[120];

        snprintf(header, sizeof(header),
                 "{\"w\":{\"dtype\":\"%s\",\"shape\":[%s],\"data_offsets\":"
                 "[0,8]}}",
                 cases[i].type, cases[i].shape);
        err.text[0] = '\0';
        if (take_parts(&file, header, cases[i].data, 8, &err) != OK)
            abort();
        tap_int(safetensors_floats(&file, &file.items[0], back, &err),
                cases[i].status, "numbers: %s", err.text);
        safetensors_release(&file);
    }
    tap_ok(strstr(err.text, "tensor w") != NULL &&
               strstr(err.text, "element 0") != NULL,
           "says which");
}

int main(void)
{
    test_round();
    test_types();
    test_claims();
    test_lengths();
    test_numbers();
    return tap_done();
}
