#ifndef BITGROVE_CATALOGUE_DATASET_H
#define BITGROVE_CATALOGUE_DATASET_H

/* Data sets, their classes and the sources they were imported from. */

#include <stdint.h>

#include "catalogue/catalogue.h"

enum split { SPLIT_TRAIN, SPLIT_TEST, SPLIT_OOD, SPLIT_COUNT };

const char *split_name(enum split split); /* "train", "test", "ood" */
enum status split_parse(enum split *out, const char *text,
                        struct err *err) MUST_USE;

/* Vectors are features: rows of numbers that stay in the files they were
 * imported from, channels of them a row, with height and width 1. */
enum dataset_kind { DATASET_IMAGES, DATASET_VECTORS };
const char *dataset_kind_name(enum dataset_kind kind); /* as stored */

struct dataset {
    int64_t id;
    char *name;
    enum dataset_kind kind;
    int channels, height, width;
    int64_t created_at;
    int resize; /* the shorter side of a picture before its middle was cut out;
                   0: images came as they are */
};

void dataset_release(struct dataset *dataset);

/*
 * By name, or the only one when name is NULL or "". ERR_NOT_FOUND when there
 * is none; ERR_BAD_INPUT with the names when there are several.
 */
enum status dataset_find(struct catalogue *cat, const char *name,
                         struct dataset *out, struct err *err) MUST_USE;
enum status dataset_get(struct catalogue *cat, int64_t id, struct dataset *out,
                        struct err *err) MUST_USE;
enum status dataset_insert(struct catalogue *cat, const struct dataset *row,
                           int64_t *id, struct err *err) MUST_USE;

struct dataset_list {
    struct dataset *items;
    int count, room;
};
enum status dataset_all(struct catalogue *cat, struct dataset_list *out,
                        struct err *err) MUST_USE;
void dataset_list_release(struct dataset_list *list);

/* Classes, always in the order of class.number: the index in this list is the
 * class index that codes/, taxonomy/ and learn/ count by. */
struct class_row {
    int64_t id;
    int64_t number; /* the label in files */
    char *name;
    char *path; /* "" when no reference hierarchy is known */
    /* Where its pictures lie below the folder of a source, or what a list
     * calls it; "" where labels are numbers. NULL is as good for an insert. */
    char *folder;
    int64_t images[SPLIT_COUNT];
};
struct class_list {
    struct class_row *items;
    int count, room;
};
enum status class_all(struct catalogue *cat, int64_t dataset,
                      struct class_list *out, struct err *err) MUST_USE;
void class_list_release(struct class_list *list);
/* Whether they are the same classes in the same order under the same names. */
bool class_list_same(const struct class_list *a, const struct class_list *b);
/* Index of the class with this id in the list, or -1. */
int class_index(const struct class_list *list, int64_t id);
/* By exact name, else by number, else by a unique start of the name;
 * ERR_NOT_FOUND, or ERR_BAD_INPUT naming the candidates. Sets the index. */
enum status class_find(const struct class_list *list, const char *text,
                       int *index, struct err *err) MUST_USE;
enum status class_insert(struct catalogue *cat, int64_t dataset,
                         const struct class_row *row, int64_t *id,
                         struct err *err) MUST_USE;

/* The name and the path of row->id. */
enum status class_rename(struct catalogue *cat, const struct class_row *row,
                         struct err *err) MUST_USE;

/* Sources. digest: hexadecimal, of the content of the images. */
struct source_row {
    int64_t id, dataset_id;
    enum split split;
    char *path, *digest;
    int64_t images, imported_at;
    /* Of vectors, which stay in the file: their type as NumPy writes it ("f2",
     * "f4", "f8"; "" for images), where the first row begins and how far it is
     * to the next, the file's size and time (nanoseconds since 1970). */
    char element[4];
    int64_t start, stride, bytes, mtime;
};
struct source_list {
    struct source_row *items;
    int count, room;
};
enum status source_all(struct catalogue *cat, struct source_list *out,
                       struct err *err) MUST_USE;
void source_list_release(struct source_list *list);
/* Where the vectors of row->id are now: its path, start, stride, bytes and
 * mtime. */
enum status source_move(struct catalogue *cat, const struct source_row *row,
                        struct err *err) MUST_USE;

/* The source of this data set and split with this digest. ERR_NOT_FOUND. */
enum status source_find(struct catalogue *cat, int64_t dataset,
                        enum split split, const char *digest,
                        struct source_row *out, struct err *err) MUST_USE;
void source_row_release(struct source_row *row);
enum status source_insert(struct catalogue *cat, const struct source_row *row,
                          int64_t *id, struct err *err) MUST_USE;

#endif
