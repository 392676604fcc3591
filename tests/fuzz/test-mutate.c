#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "base/rng.h"
#include "fuzz/fuzz.h"
#include "tap.h"

/* Small valid files, damaged in thousands of ways, always the same ones. */

enum { ROUNDS = 4000, FEW = 400, ROOM = 4096 };

static const char idx_images[] = "\0\0\x08\x03\0\0\0\x02\0\0\0\x02\0\0\0\x03"
                                 "abcdefghijkl";
static const char idx_labels[] = "\0\0\x0b\x01\0\0\0\x03\0\x01\0\x02\x01\0";
static const char npy[] =
    "\x93NUMPY\x01\0\x76\0{'descr': '<f4', 'fortran_order': False, "
    "'shape': (2, 3), }                                                "
    "          \n\0\0\x80\x3f\0\0\x80\xbf\0\0\0\x3f\0\0\0\xbf\0\0\0\0\0\0\x40"
    "\x40";
static const char safetensors[] =
    "\x90\0\0\0\0\0\0\0{\"__metadata__\":{\"k\":\"v\"},"
    "\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
    "\"b\":{\"dtype\":\"BF16\",\"shape\":[3],\"data_offsets\":[8,14]}}        "
    "\0\0\x80\x3f\0\0\x80\xbf\x80\x3f\xc0\x3f\0\0";
static const char tsv[] = "id\tname\tgroup\n0\tdigit 0\tdigit\n"
                          "2\t\xc3\xa9t\xc3\xa9\tlatin/lower\n1\tone\n";
static const char list[] = "x/a.jpg,dog\n# no\nb.png,cat\r\n";
static const char pnm_raw[] = "P6 # x\n2 2\n255\nabcdefghijkl";
static const char pnm_wide[] = "P5 2 2 1000\n\1\2\1\3\2\2\3\1";
static const char pnm_bits[] = "P4 16 3\nabcdef";
static const char pnm_plain[] = "P2\n3 2\n15\n0 1 2\n15 4 5 ";

struct seed {
    const char *name;
    int (*run)(const uint8_t *bytes, size_t n);
    uint8_t bytes[ROOM];
    size_t n;
};

/* One of: flip a bit, set a byte, cut off, double a part, drop a part. */
static size_t mutate(struct rng *rng, uint8_t *b, size_t n)
{
    static const uint8_t edges[] = {0, 1, 0x7f, 0x80, 0xff, '\t', '\n', '9'};
    size_t at, length;

    if (n == 0)
        return 0;
    at = rng_below(rng, n);
    length = 1 + rng_below(rng, n - at < 8 ? n - at : 8);
    switch (rng_below(rng, 5)) {
    case 0:
        b[at] ^= (uint8_t)(1u << rng_below(rng, 8));
        return n;
    case 1:
        b[at] = edges[rng_below(rng, sizeof(edges))];
        return n;
    case 2:
        return at;
    case 3:
        if (n + length > ROOM)
            return n;
        memmove(b + at + length, b + at, n - at);
        return n + length;
    default:
        memmove(b + at, b + at + length, n - at - length);
        return n - length;
    }
}

static void run_seed(const struct seed *seed)
{
    /* A header that claims millions of pixels takes its time. */
    int rounds = seed->run == fuzz_picture ? FEW : ROUNDS;
    struct rng rng;
    unsigned long before = fuzz_taken, unhurt;

    seed->run(seed->bytes, seed->n);
    unhurt = fuzz_taken - before;
    tap_int((long long)unhurt, 1, "%s: the unhurt file is taken", seed->name);
    rng_init(&rng, 20211, 0);
    for (int i = 0; i < rounds; i++) {
        /* On the heap in its true size, so that ASan sees a byte too far. */
        uint8_t work[ROOM], *exact;
        size_t n = seed->n;
        uint64_t times = 1 + rng_below(&rng, 4);

        memcpy(work, seed->bytes, seed->n);
        while (times-- > 0)
            n = mutate(&rng, work, n);
        exact = mem_alloc(n);
        memcpy(exact, work, n);
        seed->run(exact, n);
        free(exact);
    }
    tap_ok(fuzz_taken - before < (unsigned long)rounds,
           "%s: %d damaged files, %lu taken", seed->name, rounds,
           fuzz_taken - before - unhurt);
}

static void compress_seed(struct seed *out, const struct seed *in)
{
    z_stream z = {.next_out = out->bytes, .avail_out = ROOM};
    uint8_t copy[ROOM];

    memcpy(copy, in->bytes, in->n);
    z.next_in = copy;
    z.avail_in = (uInt)in->n;
    tap_ok(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) ==
                   Z_OK &&
               deflate(&z, Z_FINISH) == Z_STREAM_END,
           "%s", out->name);
    out->n = z.total_out;
    deflateEnd(&z);
}

/* A file of tests/golden. */
static void read_seed(struct seed *out)
{
    const char *top = getenv("top_srcdir");
    char path[4096];
    FILE *f;

    snprintf(path, sizeof(path), "%s/tests/golden/%s", top != NULL ? top : ".",
             out->name);
    f = fopen(path, "rb");
    out->n = f != NULL ? fread(out->bytes, 1, ROOM, f) : 0;
    tap_ok(out->n > 0 && out->n < ROOM, "%s", path);
    if (f != NULL)
        fclose(f);
}

int main(void)
{
    static struct seed seeds[] = {
        {"idx images", fuzz_idx, {0}, 0},
        {"idx labels", fuzz_idx, {0}, 0},
        {"npy", fuzz_npy, {0}, 0},
        {"tsv", fuzz_tsv, {0}, 0},
        {"ppm", fuzz_pnm, {0}, 0},
        {"pgm 16", fuzz_pnm, {0}, 0},
        {"plain pgm", fuzz_pnm, {0}, 0},
        {"safetensors", fuzz_safetensors, {0}, 0},
        {"list", fuzz_listing, {0}, 0},
        {"pbm", fuzz_pnm, {0}, 0},
        {"cifar", fuzz_cifar, {0}, 0},
    };
    static struct seed files[] = {
        {"npy/f2.npy", fuzz_matrix, {0}, 0},
        {"npy/i4.npy", fuzz_matrix, {0}, 0},
        {"npy/stored.npz", fuzz_matrix, {0}, 0},
        {"npy/packed.npz", fuzz_matrix, {0}, 0},
        {"pth/tensors.pth", fuzz_pth, {0}, 0},
        {"pth/tensors-old.pth", fuzz_pth, {0}, 0},
        {"onnx/tiny.onnx", fuzz_onnx, {0}, 0},
        {"onnx/small.onnx", fuzz_onnx, {0}, 0},
        {"pictures/baseline.jpg", fuzz_picture, {0}, 0},
        {"pictures/cmyk.jpg", fuzz_picture, {0}, 0},
        {"pictures/turned6.jpg", fuzz_picture, {0}, 0},
        {"pictures/palettealpha.png", fuzz_picture, {0}, 0},
        {"pictures/grey2woven.png", fuzz_picture, {0}, 0},
        {"pictures/lossy.webp", fuzz_picture, {0}, 0},
        {"pictures/woven.gif", fuzz_picture, {0}, 0},
        {"pictures/rle4.bmp", fuzz_picture, {0}, 0},
        {"pictures/mono.bmp", fuzz_picture, {0}, 0},
    };
    static struct seed gz = {"idx images, gzip", fuzz_idx, {0}, 0};

#define FILL(i, data)                               \
    memcpy(seeds[i].bytes, data, sizeof(data) - 1); \
    seeds[i].n = sizeof(data) - 1
    FILL(0, idx_images);
    FILL(1, idx_labels);
    FILL(2, npy);
    FILL(3, tsv);
    FILL(4, pnm_raw);
    FILL(5, pnm_wide);
    FILL(6, pnm_plain);
    FILL(7, safetensors);
    FILL(8, list);
    FILL(9, pnm_bits);
    seeds[10].n = 3073; /* an image of class 0 */
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        read_seed(&files[i]);
        run_seed(&files[i]);
    }
    compress_seed(&gz, &seeds[0]);
    for (size_t i = 0; i < ARRAY_SIZE(seeds); i++)
        run_seed(&seeds[i]);
    run_seed(&gz);
    return tap_done();
}
