/*
 * Makes a small data set for tests: 16x16 grey shapes with noise and shift.
 *
 *     make-images DIR [CLASSES [TRAIN [TEST]]]
 *
 * writes train-*, t10k-* and ood-* IDX files (not compressed) and classes.tsv
 * into DIR, which must exist. Class c is shape c % 4 (bar, frame, cross, disc)
 * at size c / 4; its reference path is the shape's name. TRAIN and TEST count
 * images a class. The same arguments give the same bytes.
 */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"

enum { SIDE = 16 };

static const char *const shapes[] = {"bar", "frame", "cross", "disc"};

static int inside(int shape, int size, int x, int y)
{
    int ax = abs(x), ay = abs(y), r = 2 + size;

    switch (shape) {
    case 0:
        return ax <= 1 && ay <= r;
    case 1:
        return (ax == r && ay <= r) || (ay == r && ax <= r);
    case 2:
        return (ax == 0 && ay <= r) || (ay == 0 && ax <= r);
    default:
        return ax * ax + ay * ay <= r * r;
    }
}

static void draw(FILE *file, struct rng *rng, int class)
{
    int dx = (int)rng_below(rng, 5) - 2, dy = (int)rng_below(rng, 5) - 2;

    for (int y = 0; y < SIDE; y++)
        for (int x = 0; x < SIDE; x++) {
            int noise = (int)rng_below(rng, 60);
            int on = class >= 0 ? inside(class % 4, class / 4,
                                         x - SIDE / 2 - dx, y - SIDE / 2 - dy)
                                : ((x + dx) ^ (y + dy)) % 5 == 0;

            fputc(on ? 255 - noise : noise, file);
        }
}

static void word(FILE *file, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        fputc((int)(value >> shift & 255), file);
}

static FILE *create(const char *dir, const char *name)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        exit(1);
    }
    return file;
}

static void split(const char *dir, const char *prefix, int classes, int each,
                  int labelled)
{
    char name[64];
    struct rng rng;
    FILE *images, *labels = NULL;

    rng_init(&rng, 7, (uint64_t)(unsigned char)prefix[0]);
    snprintf(name, sizeof(name), "%s-images-idx3-ubyte", prefix);
    images = create(dir, name);
    word(images, 0x803);
    word(images, (uint32_t)(classes * each));
    word(images, SIDE);
    word(images, SIDE);
    if (labelled) {
        snprintf(name, sizeof(name), "%s-labels-idx1-ubyte", prefix);
        labels = create(dir, name);
        word(labels, 0x801);
        word(labels, (uint32_t)(classes * each));
    }
    for (int i = 0; i < classes * each; i++) {
        draw(images, &rng, labelled ? i % classes : -1);
        if (labelled)
            fputc(i % classes, labels);
    }
    if (fclose(images) != 0 || (labels != NULL && fclose(labels) != 0)) {
        perror(dir);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    int classes = argc > 2 ? atoi(argv[2]) : 8;
    int train = argc > 3 ? atoi(argv[3]) : 40;
    int test = argc > 4 ? atoi(argv[4]) : 10;
    FILE *tsv;

    if (argc < 2 || classes < 1 || classes > 24 || train < 1 || test < 1) {
        fprintf(stderr, "usage: make-images DIR [CLASSES [TRAIN [TEST]]]\n");
        return 2;
    }
    split(argv[1], "train", classes, train, 1);
    split(argv[1], "t10k", classes, test, 1);
    split(argv[1], "ood", 1, 20, 0);
    tsv = create(argv[1], "classes.tsv");
    fprintf(tsv, "id\tname\tgroup\n");
    for (int c = 0; c < classes; c++)
        fprintf(tsv, "%d\t%s %d\tshape/%s\n", c, shapes[c % 4], c / 4 + 1,
                shapes[c % 4]);
    return fclose(tsv) == 0 ? 0 : 1;
}
