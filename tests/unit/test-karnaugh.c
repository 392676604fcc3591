/* The code map: every code lies in the cell whose pattern it matches, cells
 * side by side differ in one bit, and counts are those of a plain loop. */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "ui/karnaugh.h"

#include "tap.h"

enum { CODES = 400, MAPS = 300 };

static struct rng rng;

/* A pattern that the code matches, with about half of its bits fixed. */
static struct pattern around(uint64_t code, int bits)
{
    struct pattern p = {.bits = bits};

    if (rng_below(&rng, 3) > 0)
        p.fixed = rng_next(&rng) & code_mask(bits);
    p.value = code & p.fixed;
    return p;
}

static struct pattern cell_at(const struct karnaugh *map, int row, int col)
{
    struct pattern p;

    karnaugh_pattern(map, row, col, 1, 1, &p);
    return p;
}

/* Of the cells right of and below each, round the edges. */
static int steps_of_many_bits(const struct karnaugh *map)
{
    int wrong = 0;

    for (int row = 0; row < map->rows; row++) {
        for (int col = 0; col < map->cols; col++) {
            struct pattern here = cell_at(map, row, col);
            struct pattern right = cell_at(map, row, (col + 1) % map->cols);
            struct pattern below = cell_at(map, (row + 1) % map->rows, col);

            wrong += here.fixed != right.fixed || here.fixed != below.fixed;
            wrong += __builtin_popcountll(here.value ^ right.value) !=
                     (map->cols > 1);
            wrong += __builtin_popcountll(here.value ^ below.value) !=
                     (map->rows > 1);
        }
    }
    return wrong;
}

static int codes_out_of_place(const struct karnaugh *map,
                              const struct pattern *shown,
                              const uint64_t *codes)
{
    int wrong = 0;

    for (int i = 0; i < CODES; i++) {
        int row, col;
        struct pattern cell;

        if (!pattern_match(shown, codes[i]))
            continue;
        karnaugh_find(map, codes[i], &row, &col);
        cell = cell_at(map, row, col);
        wrong += row < 0 || row >= map->rows || col < 0 || col >= map->cols ||
                 !pattern_match(&cell, codes[i]);
    }
    return wrong;
}

/* Blocks of all sizes, each where one of its size may begin. */
static int wrong_sums(const struct karnaugh *map, const uint64_t *codes)
{
    int wrong = 0;

    for (int i = 0; i < 12; i++) {
        int high = 1 << rng_below(&rng, (size_t)map->down_count + 1);
        int wide = 1 << rng_below(&rng, (size_t)map->across_count + 1);
        int row = (int)rng_below(&rng, (size_t)(map->rows / high)) * high;
        int col = (int)rng_below(&rng, (size_t)(map->cols / wide)) * wide;
        struct pattern block;
        uint64_t count = 0;

        karnaugh_pattern(map, row, col, high, wide, &block);
        for (int c = 0; c < CODES; c++)
            count += pattern_match(&block, codes[c]);
        wrong += count != karnaugh_sum(map, row, col, high, wide);
    }
    return wrong;
}

int main(void)
{
    uint64_t codes[CODES];
    int steps = 0, places = 0, sums = 0, sizes = 0;

    rng_init(&rng, 21, 0);
    for (int i = 0; i < MAPS; i++) {
        int bits = 1 + i % CODE_BITS_MAX;
        int cols = 1 + (int)rng_below(&rng, 70);
        int rows = 1 + (int)rng_below(&rng, 40);
        struct karnaugh map = {0};
        struct pattern shown;

        for (int c = 0; c < CODES; c++)
            codes[c] = rng_next(&rng) & code_mask(bits);
        shown = around(codes[0], bits);
        karnaugh_plan(&map, &shown, cols, rows);
        karnaugh_count(&map, codes, CODES);
        sizes += map.cols > cols || map.rows > rows;
        steps += steps_of_many_bits(&map);
        places += codes_out_of_place(&map, &shown, codes);
        sums += wrong_sums(&map, codes);
        karnaugh_release(&map);
    }
    tap_int(sizes, 0, "maps fit their room");
    tap_int(steps, 0, "cells side by side differ in one bit, at the edges too");
    tap_int(places, 0, "every code lies in the cell that it matches");
    tap_int(sums, 0, "blocks count the codes that match them");
    return tap_done();
}
