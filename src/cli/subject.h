#ifndef BITGROVE_CLI_SUBJECT_H
#define BITGROVE_CLI_SUBJECT_H

/*
 * What a command is about: a catalogue, and as much of its data set, classes,
 * model and codes as the command needs. What is missing is an error that says
 * which command comes first. Main thread.
 */

#include <stdint.h>

#include "catalogue/catalogue.h"
#include "catalogue/codestore.h"
#include "catalogue/dataset.h"
#include "catalogue/models.h"
#include "cli/args.h"
#include "codes/codebook.h"

/* How far to go; each includes those before it. */
enum subject_depth {
    SUBJECT_CATALOGUE,
    SUBJECT_CLASSES, /* data set and classes */
    SUBJECT_MODEL,   /* and the model (--model NAME, or the newest) */
    SUBJECT_CODEBOOK /* and its newest class codes */
};

struct subject {
    struct catalogue *cat;
    struct dataset dataset;
    struct class_list classes;
    struct model_row model;
    struct class_codes class_codes;
    struct codebook book;
    /* The classes that the model knows, in the order of the codebook's rows;
     * later ones have no code. Strings borrowed from classes. */
    struct class_list coded;
};

/*
 * Opens words[0] of the command. Fills *out as far as it got, so that
 * subject_close() is due in any case. ERR_BAD_INPUT: no such file.
 * ERR_NOT_FOUND: nothing in it yet, and what to do. ERR_CATALOGUE.
 */
enum status subject_open(struct subject *out, const struct args *args,
                         enum subject_depth depth, struct err *err) MUST_USE;
void subject_close(struct subject *s);

/* The same by path and names, which may be NULL. */
enum status subject_open_named(struct subject *out, const char *path,
                               const char *model, const char *dataset,
                               enum subject_depth depth,
                               struct err *err) MUST_USE;

/*
 * The instance codes of the model, ERR_NOT_FOUND with the remedy when there
 * are none yet. *out is due image_codes_release() on OK.
 */
enum status subject_codes(struct subject *s, struct image_codes *out,
                          struct err *err) MUST_USE;

/* The name of a class by its row id, "" for none. Borrowed. */
const char *subject_class(const struct subject *s, int64_t class_id);

/* The splits that --split names, "A,B", as bits; 0 when it is not given. */
enum status subject_splits(uint32_t *out, const struct args *args,
                           struct err *err) MUST_USE;

/* Opens a catalogue for reading and small writes, read-only if it must. The
 * same errors as subject_open(). */
enum status subject_catalogue(struct catalogue **out, const char *path,
                              struct err *err) MUST_USE;

#endif
