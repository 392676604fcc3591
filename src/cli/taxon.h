#ifndef BITGROVE_CLI_TAXON_H
#define BITGROVE_CLI_TAXON_H

/* The stored tree of a model as a dendrogram, with the names and reference
 * paths of its leaves. Main thread. */

#include "cli/subject.h"
#include "taxonomy/dendro.h"

struct taxon {
    struct dendro dendro;
    const struct class_row **rows; /* (L) borrowed from the subject's classes */
    const char **names;            /* (L) the same */
    const char **paths;            /* (L) the same; "" where unknown */
    int step;                      /* the epoch it is of */
};

/* step 0: the newest. ERR_NOT_FOUND when that tree is not stored. */
enum status taxon_load(struct taxon *out, struct subject *s, int step,
                       enum linkage linkage, struct err *err) MUST_USE;
void taxon_release(struct taxon *t);

/* Newick's or Graphviz' text is in taxonomy/; this is the JSON of it:
 * {model, linkage, epoch, root}, a node being {name, class, height, size,
 * children}. */
void taxon_json(struct str *out, const struct taxon *t, const struct subject *s,
                enum linkage linkage);

/* For a picture that is a part of a page: dendrosvg.rows and dendrosvg.id. */
struct taxon_part {
    uint32_t rows;
    const char *id;
};

/* The picture of taxonomy/dendrosvg.h with the codes of that epoch, and the
 * captions there are. part: NULL for a picture of its own. */
enum status taxon_svg(struct str *out, const struct taxon *t,
                      const struct subject *s, enum linkage linkage,
                      const struct taxon_part *part, struct err *err) MUST_USE;

#endif
