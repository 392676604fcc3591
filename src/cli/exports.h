#ifndef BITGROVE_CLI_EXPORTS_H
#define BITGROVE_CLI_EXPORTS_H

/*
 * What `bitgrove export` writes, one function for each. They write to a stream
 * that the command opens and closes, and on failure what was written is thrown
 * away. Ctrl-C, once follow_catch() was called, ends them with ERR_CANCELLED.
 * Main thread.
 */

#include <stdio.h>

#include "cli/subject.h"

struct export
{
    FILE *out;
    const char *name; /* of out, for messages */
    enum format format;
    const struct args *args;
    struct subject *s;
};

/*
 * Codes and margins of all coded images by id, the codebook by label. As NPY:
 * uint64 (n); bits: uint8 (n, k), 0 or 1; faiss: uint8 (n, ceil(k / 8)), bit i
 * of a code being bit i % 8 of byte i / 8 (the order of faiss's fvec2bitvec()
 * and of NumPy's packbits(bitorder="little")), bits beyond k zero; margins and
 * codebook: float32 (n, k).
 */
enum status export_codes(const struct export *to, struct err *err) MUST_USE;
enum status export_margins(const struct export *to, struct err *err) MUST_USE;
enum status export_codebook(const struct export *to, struct err *err) MUST_USE;

/* Bits or faiss of any codes, header and all. */
enum status export_packed(const struct export *to, const uint64_t *codes,
                          size_t n, int bits, struct err *err) MUST_USE;

/* The stored tree of average linkage. */
enum status export_tree(const struct export *to, struct err *err) MUST_USE;

/* The neighbours of every image, or of those asked: cli/neighbours.h. */
enum status export_neighbours(const struct export *to,
                              struct err *err) MUST_USE;

/*
 * All weights, as safetensors: a job of the worker, which alone knows what a
 * checkpoint holds, writes them into a temporary file, and that is passed on.
 */
enum status export_model(const struct export *to, struct err *err) MUST_USE;

#endif
