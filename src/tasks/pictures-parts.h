#ifndef BITGROVE_TASKS_PICTURES_PARTS_H
#define BITGROVE_TASKS_PICTURES_PARTS_H

/* What the two files of the import of pictures share: pictures.c finds out
 * what is to be done, picturelots.c does it, lot by lot. */

#include <jansson.h>

#include "formats/listing.h"
#include "tasks/harvest.h"
#include "tasks/kindplan.h"
#include "tasks/shelfdiff.h"
#include "tasks/task.h"

enum {
    PICTURES_LOT = 128,   /* files a transaction */
    PICTURES_SHOWN = 20,  /* refusals in the job's result */
    PICTURES_LOGGED = 200 /* and behind them in its log */
};

struct pictures {
    struct task *task; /* borrowed */
    struct shelves shelves;
    struct shelfdiff *diffs; /* one a shelf */
    struct listing words;
    struct dataset dataset; /* id 0: to be made */
    struct kindplan plan;
    struct prepare how;
    bool exact;
    bool strict; /* refusals go to the log, for nothing will be written */
    struct pool *pool;
    struct harvest_item items[PICTURES_LOT];
    char *paths[PICTURES_LOT]; /* absolute */
    uint8_t *pixels;           /* (PICTURES_LOT, image_bytes) */
    size_t image_bytes;
    json_t *shown;
    int64_t total, done; /* files to be read */
    int64_t images[SPLIT_COUNT], changed, moved, refused;
};

/* Counts a refusal, and tells of the first ones. */
enum status pictures_refused(struct pictures *p, const char *path,
                             const char *reason, struct err *err) MUST_USE;

/* ERR_BAD_INPUT, with nothing written, unless all files can be read. */
enum status picturelots_try(struct pictures *p, struct err *err) MUST_USE;

/* Reads and writes what a shelf has anew; its source must be there. */
enum status picturelots_write(struct pictures *p, int shelf,
                              struct err *err) MUST_USE;

#endif
