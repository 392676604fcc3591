#ifndef BITGROVE_UI_WORLD_H
#define BITGROVE_UI_WORLD_H

/*
 * What the views look at: one snapshot of the catalogue's small tables, held
 * for all of them and read anew when the catalogue changes. Codes and tree
 * belong to one step, chosen by number, so they never mix two epochs. The
 * codes of images are large, and come from a thread when they are there. Views
 * borrow everything until the next world_load(). The user interface's thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/catalogue.h"
#include "catalogue/codestore.h"
#include "catalogue/dataset.h"
#include "catalogue/images.h"
#include "catalogue/models.h"
#include "catalogue/notes.h"
#include "codes/codebook.h"
#include "index/nearindex.h"
#include "queue/jobs.h"
#include "taxonomy/dendro.h"
#include "taxonomy/naming.h"
#include "taxonomy/nodebits.h"
#include "ui/comparer.h"
#include "ui/gallery.h"
#include "ui/imageload.h"
#include "ui/surveyor.h"
#include "ui/treeload.h"

struct world_tally {
    int64_t right, total; /* MHD on the test split */
};

struct world {
    struct catalogue *cat; /* borrowed */

    bool has_dataset;
    struct dataset dataset;
    struct class_list classes;   /* those with a code first, in its order */
    const char **names, **paths; /* (classes), borrowed from the list */

    struct model_list models;
    const struct model_row *model; /* the one looked at, or NULL */
    int64_t wanted_model;          /* 0: the newest */
    int wanted_step;               /* 0: the newest */
    struct history_list history;
    struct caption_list captions;

    bool has_codes; /* codes, book, tree and nodebits of codes.step */
    struct class_codes codes;
    struct codebook book; /* borrows the arrays of codes */
    bool has_tree;
    struct dendro tree;
    enum linkage tree_linkage; /* of tree, when there is one */
    struct nodebits nodebits;
    char **node_labels;   /* (nodes), owned; NULL until world_label() asks */
    enum linkage linkage; /* wanted: the model's own until one is chosen */
    bool linkage_chosen;
    struct treeload *treeload; /* the tree of that linkage, or NULL */

    struct imageload *load; /* codes of images on their way, or NULL */
    bool images_stale;      /* there are newer ones than those below */
    bool has_images;
    struct image_codes images;
    int32_t *labels;             /* (images.n) class index or NEAR_NO_CLASS */
    struct near_set *near;       /* borrows the arrays of images and labels */
    struct nearindex *index;     /* of near */
    struct world_tally *tallies; /* (classes) */

    struct surveyor survey;  /* outliers, when a view wants them */
    struct comparer compare; /* two trees, when a view wants them */
    struct gallery gallery;  /* images that pass a filter, in order */

    struct job_list jobs; /* newest first, at most WORLD_JOBS */
    const struct job *running;
    int queued;

    uint64_t generation; /* grows with every load */
    uint64_t version;    /* grows when images, codes or tree are others */
    int64_t seen[6];     /* what was read, to read only what changed */
};

#define WORLD_JOBS 200

void world_init(struct world *world, struct catalogue *cat);
void world_release(struct world *world);

/* Reads what has changed. On failure the old snapshot stays as it was, as
 * far as it was not yet replaced. */
MUST_USE enum status world_load(struct world *world, struct err *err);

/*
 * Between frames: starts reading the codes of images in a thread when there
 * are newer ones, and takes them over when they have come; *changed then.
 * The same for outliers, for images that pass a filter, and for a tree that
 * was not stored.
 */
MUST_USE enum status world_poll(struct world *world, bool *changed,
                                struct err *err);

/* True while codes of images are known to be on their way. */
bool world_images_pending(const struct world *world);

/* True while a thread is at work, or is to be started, for the screen. */
bool world_busy(const struct world *world);

/* True while the tree that is wanted is being clustered; has_tree says whether
 * another linkage's of the same codes is there meanwhile. */
bool world_tree_pending(const struct world *world);

/* Chooses how groups are joined; the tree there is stays until the other has
 * come. */
MUST_USE enum status world_set_linkage(struct world *world,
                                       enum linkage linkage, struct err *err);

/* Chooses a step (0: follow the newest) or a model (0: the newest). */
MUST_USE enum status world_set_step(struct world *world, int step,
                                    struct err *err);
MUST_USE enum status world_set_model(struct world *world, int64_t model,
                                     struct err *err);

/* The newest accuracy of class codes and of MHD, NAN when there is none. */
double world_class_accuracy(const struct world *world);
double world_mhd(const struct world *world);

/*
 * The label of a node of the tree, with three examples; unescaped, valid as
 * long as the tree. Kept, because a node of thousands of classes takes
 * milliseconds and stands on every screen.
 */
const char *world_label(const struct world *world, uint32_t node, bool ascii);

/* True if a worker holds the job and is not known to be gone. */
bool world_job_alive(const struct job *job);

/* Name of a class by id, "none" when it has none; unescaped, borrowed. */
const char *world_class_name(const struct world *world, int64_t class_id);

/* The code of a class in the codebook at hand; false if it has none. */
bool world_class_code(const struct world *world, int64_t class_id,
                      uint64_t *out);

/* Accuracy of a class on the test split, NAN when not known. */
double world_accuracy(const struct world *world, int class_number);

#endif
