#ifndef BITGROVE_CLI_TABULAR_H
#define BITGROVE_CLI_TABULAR_H

/*
 * Rows and columns, as a table for people or as CSV
 * (RFC 4180, a header line, LF): every cell is escaped on the way out, so
 * cells may hold names as they are. A table's columns are aligned by display
 * width; on a terminal, cells of wide columns are clipped to its width. Main
 * thread.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/str.h"
#include "cli/args.h"

enum column_kind {
    COLUMN_TEXT, /* left */
    COLUMN_NAME, /* left, clipped where the terminal is too narrow */
    COLUMN_NUMBER
};

struct column {
    const char *key; /* header of CSV, and of the table */
    enum column_kind kind;
};

struct tabular {
    const struct column *columns;
    int width; /* columns */
    enum format format;
    char **cells; /* row by row, owned */
    int count, room;
    bool begun; /* the header is out */
    FILE *out;  /* borrowed; standard output unless set */
};

/* format: FORMAT_TABLE or FORMAT_CSV. columns are borrowed. */
void tabular_init(struct tabular *t, const struct column *columns, int width,
                  enum format format);
void tabular_release(struct tabular *t);

/* The next cell, left to right, row after row. */
void tabular_text(struct tabular *t, const char *text);
void tabular_int(struct tabular *t, int64_t value);
void tabular_real(struct tabular *t, double value, int digits);
/* A fraction of 1: "87.6 %" in a table, 0.876 in CSV, NAN "-" and empty. */
void tabular_rate(struct tabular *t, double rate);
/* Grouped in a table, plain in CSV. */
void tabular_code(struct tabular *t, uint64_t code, int bits);

/* Prints what was gathered. A table without rows prints nothing. */
void tabular_print(const struct tabular *t);

/* Lets go of rows so that memory stays bounded: CSV prints them, and the header
 * once; a table needs them all to know its widths, and keeps them. */
void tabular_flush(struct tabular *t);

/* "87.6 %", or "-" for NAN. */
void tabular_percent(struct str *out, double rate);

/* One field of CSV, quoted where it must be. */
void tabular_csv(struct str *out, const char *text);

#endif
