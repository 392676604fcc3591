#ifndef BITGROVE_UI_SURVEY_H
#define BITGROVE_UI_SURVEY_H

/*
 * What the Outliers view shows and `bitgrove outliers` prints, from codes and
 * pixels to rows that name images and classes by id: metrics/verdict.h,
 * metrics/duplicate.h and metrics/alike.h applied to a catalogue. No
 * terminal, no state; any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "catalogue/codestore.h"
#include "catalogue/dataset.h"

enum survey_kind {
    SURVEY_UNKNOWN,    /* images whose code no class has */
    SURVEY_MISTAKES,   /* images decoded with confidence to another class */
    SURVEY_DUPLICATES, /* exact and near */
    SURVEY_CLASSES,    /* pairs that share a code or are one bit apart */
    SURVEY_CONFUSED,   /* pairs that are taken for each other */
    SURVEY_KINDS
};

const char *survey_name(enum survey_kind kind); /* "unknown", ... */
MUST_USE enum status survey_parse(enum survey_kind *out, const char *name,
                                  struct err *err);

/* An image of the first three kinds. */
struct survey_image {
    int64_t id, class_id; /* class 0: none */
    int64_t decoded;      /* class, 0: none; not of duplicates */
    int64_t twin, twin_class;
    uint64_t code;
    uint64_t differ; /* bits that differ from the nearest class's code, from
                        the label's, or from the twin's; 0 if not known */
    enum split split, twin_split;
    bool coded;   /* code, and of duplicates differ, are known */
    bool exact;   /* a duplicate with equal pixels, or of vectors with equal
                        code and margins */
    int distance; /* to the decoded class's code; of twins, -1: not known */
    int margin;   /* of unknown ones: the smallest |margin|, 0..127 */
    int lead;     /* of mistakes, in bits, and of margins, quantised */
    int margin_lead;
    double pixels; /* root mean square difference of twins, 0..255 */
};

/* A pair of classes of the last two. */
struct survey_pair {
    int64_t a, b;
    uint64_t differ; /* bits */
    int distance;
    size_t a_as_b, b_as_a;     /* images of the one decoded as the other */
    size_t a_images, b_images; /* that were looked at */
};

struct survey_list {
    bool pairs;                 /* which of the two it has */
    struct survey_image *image; /* (count) owned */
    struct survey_pair *pair;   /* (count) owned */
    size_t count, total;        /* rows, and how many there are in all */
    size_t looked;              /* images looked at */
    size_t crowded;             /* duplicates: images that met a bound */
    uint32_t splits;            /* confusions are counted over these */
};

void survey_list_release(struct survey_list *list);

/* What is asked. survey_options_init() sets what is usual. */
struct survey_options {
    size_t most;      /* rows a list; 0: all */
    uint32_t splits;  /* bit s: split s; 0: all, and of the last two kinds the
                         test images if there are any with a code */
    int64_t class_id; /* images and pairs of this class alone; 0: any */
    int radius;       /* of near duplicates, in bits */
    double tolerance; /* and of their pixels, 0..255 */
    bool (*cancel)(void *context); /* NULL or true ends it: ERR_CANCELLED */
    void *context;
};
void survey_options_init(struct survey_options *options);

/*
 * All kinds but duplicates, lists by kind; that of duplicates is left alone.
 * classes: the codebook that images are decoded with, in the order of which
 * its rows stand. ERR_NOMEM, ERR_CANCELLED.
 */
MUST_USE enum status survey_codes(struct survey_list *lists,
                                  const struct image_codes *images,
                                  const struct class_codes *classes,
                                  const struct survey_options *options,
                                  struct err *err);

/*
 * Duplicates among the images of a data set by pixels and, where images has
 * them (n may be 0), codes. Vectors have no pixels: of them, those with equal
 * codes and margins count as exact, and there are no near ones. Reads every
 * pixel once, within catalogue_snapshot(), which it starts and ends.
 */
MUST_USE enum status survey_duplicates(struct survey_list *out,
                                       struct catalogue *cat,
                                       const struct dataset *dataset,
                                       const struct image_codes *images,
                                       const struct survey_options *options,
                                       struct err *err);

#endif
