#ifndef BITGROVE_UI_MARKS_H
#define BITGROVE_UI_MARKS_H

/*
 * What is marked, in every view alike: images, classes, nodes, bits. Tags,
 * copies and whatever acts on a set take these, or what is under the cursor
 * when there are none. Invariant: in order of kind, id and key, each once.
 * The user interface's thread.
 */

#include <stdbool.h>

#include "ui/target.h"

#define MARK_GLYPH '*' /* stands beside what is marked */

struct marks {
    struct target *items;
    int count, room;
    struct target anchor; /* where a range began, or TARGET_NONE */
};

void marks_release(struct marks *marks);

bool marks_has(const struct marks *marks, const struct target *target);

/* The same for an image, a class, a bit. */
bool marks_has_id(const struct marks *marks, enum target_kind kind, int64_t id);

void marks_set(struct marks *marks, const struct target *target, bool on);

/* Marks images (n), in any order, at once. */
void marks_add_images(struct marks *marks, const int64_t *ids, size_t n);

void marks_clear(struct marks *marks); /* and forgets the anchor */

/* How many there are of a kind. */
int marks_of_kind(const struct marks *marks, enum target_kind kind);

#endif
