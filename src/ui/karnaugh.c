#include <config.h>

#include "ui/karnaugh.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void karnaugh_release(struct karnaugh *map)
{
    free(map->counts);
    map->counts = NULL;
}

static int log2_of(int n)
{
    int log = 0;

    while (log < KARNAUGH_AXIS && 2 << log <= n)
        log++;
    return log;
}

/* What setting a bit turns over in the position: its place and all below. */
static uint32_t turns(int count, int at)
{
    return (UINT32_C(1) << (count - at)) - 1;
}

static uint32_t weight_of(const struct karnaugh *map, int bit)
{
    for (int i = 0; i < map->across_count; i++)
        if (map->across[i] == bit)
            return turns(map->across_count, i);
    for (int i = 0; i < map->down_count; i++)
        if (map->down[i] == bit)
            return turns(map->down_count, i) << map->across_count;
    return 0;
}

void karnaugh_plan(struct karnaugh *map, const struct pattern *pattern,
                   int cols, int rows)
{
    int most_across = log2_of(cols), most_down = log2_of(rows);
    bool across = true;

    karnaugh_release(map);
    map->bits = pattern->bits;
    map->fixed = pattern->fixed;
    map->value = pattern->value;
    map->across_count = map->down_count = 0;
    map->summed = 0;
    for (int bit = 0; bit < map->bits; bit++) {
        if (code_bit(map->fixed, bit))
            continue;
        if (map->across_count == most_across)
            across = false;
        if (map->down_count == most_down)
            across = true;
        if (map->across_count == most_across && map->down_count == most_down)
            map->summed |= UINT64_C(1) << bit;
        else if (across)
            map->across[map->across_count++] = bit;
        else
            map->down[map->down_count++] = bit;
        across = !across;
    }
    map->cols = 1 << map->across_count;
    map->rows = 1 << map->down_count;
    memset(map->toward, 0, sizeof(map->toward));
    for (int bit = 0; bit < map->bits; bit++) {
        uint32_t weight = weight_of(map, bit);

        for (unsigned byte = 0; weight && byte < 256; byte++)
            if (byte >> bit % 8 & 1)
                map->toward[bit / 8][byte] ^= weight;
    }
}

static uint32_t place_of(const struct karnaugh *map, uint64_t code)
{
    uint32_t place = 0;

    for (int i = 0; i * 8 < map->bits; i++)
        place ^= map->toward[i][code >> 8 * i & 255];
    return place;
}

void karnaugh_count(struct karnaugh *map, const uint64_t *codes, size_t n)
{
    size_t cells = (size_t)map->rows * (size_t)map->cols;

    free(map->counts);
    map->counts = mem_zalloc(cells, sizeof(*map->counts));
    map->inside = map->taken = 0;
    map->most = 0;
    for (size_t i = 0; i < n; i++) {
        if ((codes[i] ^ map->value) & map->fixed)
            continue;
        map->inside++;
        map->counts[place_of(map, codes[i])]++;
    }
    for (size_t i = 0; i < cells; i++) {
        map->taken += map->counts[i] > 0;
        if (map->counts[i] > map->most)
            map->most = map->counts[i];
    }
}

void karnaugh_find(const struct karnaugh *map, uint64_t code, int *row,
                   int *col)
{
    uint32_t place = place_of(map, code);

    *row = (int)(place >> map->across_count);
    *col = (int)(place & ((UINT32_C(1) << map->across_count) - 1));
}

/* The bits of an axis that all positions from `at` to at + size - 1 share. */
static void fix_axis(struct pattern *out, const int *axis, int count, int at,
                     int size)
{
    unsigned gray = (unsigned)at ^ (unsigned)at >> 1;

    for (int i = 0; i < count && 1 << (count - 1 - i) >= size; i++) {
        uint64_t bit = UINT64_C(1) << axis[i];

        out->fixed |= bit;
        if (gray >> (count - 1 - i) & 1)
            out->value |= bit;
    }
}

void karnaugh_pattern(const struct karnaugh *map, int row, int col, int rows,
                      int cols, struct pattern *out)
{
    *out = (struct pattern){map->fixed, map->value, map->bits};
    fix_axis(out, map->across, map->across_count, col, cols);
    fix_axis(out, map->down, map->down_count, row, rows);
}

uint64_t karnaugh_sum(const struct karnaugh *map, int row, int col, int rows,
                      int cols)
{
    uint64_t sum = 0;

    for (int y = row; map->counts && y < row + rows && y < map->rows; y++)
        for (int x = col; x < col + cols && x < map->cols; x++)
            sum += map->counts[y * map->cols + x];
    return sum;
}
