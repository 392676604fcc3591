#ifndef BITGROVE_UI_KARNAUGH_H
#define BITGROVE_UI_KARNAUGH_H

/*
 * A picture of codes: a grid whose columns and rows are bits in the order of a
 * Gray code, so that neighbours differ in one bit, at the edges as well
 * (Karnaugh, "The Map Method for Synthesis of Combinational Logic Circuits",
 * 1953). Bits take turns: the first that is not fixed halves the picture from
 * left to right, the next from top to bottom, and so on as long as there is
 * room; those left over are summed. With two bits a side:
 *
 *     across 0 2, down 1 3      00    01    11    10   (bits 0 2)
 *                           00   .     .     .     .
 *                           01   .     .     .     .
 *                           11   .     .     .     .
 *                           10   .     .     .     .   (bits 1 3)
 *
 * Invariants: cols = 2^across_count, rows = 2^down_count. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "codes/code.h"
#include "codes/pattern.h"

#define KARNAUGH_AXIS 9 /* bits an axis has at most */

struct karnaugh {
    int bits;              /* k */
    uint64_t fixed, value; /* the part of all codes that is shown */
    int across[KARNAUGH_AXIS], down[KARNAUGH_AXIS]; /* bits, coarsest first */
    int across_count, down_count, cols, rows;
    uint64_t summed;         /* bits neither fixed nor on an axis */
    uint32_t toward[8][256]; /* where a code's bytes lead; XOR them */
    uint32_t *counts;        /* (rows, cols) owned, NULL until counted */
    uint32_t most;           /* the largest of them */
    size_t inside, taken;    /* codes counted, cells that are not 0 */
};

void karnaugh_release(struct karnaugh *map);

/* Lays the picture out for a pattern, in at most so many columns and rows.
 * Drops the counts. */
void karnaugh_plan(struct karnaugh *map, const struct pattern *pattern,
                   int cols, int rows);

/* Counts the codes (n) that match the pattern. O(n k / 8). */
void karnaugh_count(struct karnaugh *map, const uint64_t *codes, size_t n);

/* The cell that a code lies in, whatever its fixed bits are. */
void karnaugh_find(const struct karnaugh *map, uint64_t code, int *row,
                   int *col);

/*
 * The codes of a block of cells, rows x cols of them, both powers of two, that
 * begins at a multiple of its size: what all its codes share.
 */
void karnaugh_pattern(const struct karnaugh *map, int row, int col, int rows,
                      int cols, struct pattern *out);

/* Codes counted in such a block. */
uint64_t karnaugh_sum(const struct karnaugh *map, int row, int col, int rows,
                      int cols);

#endif
