#ifndef BITGROVE_UI_TREEGROUP_H
#define BITGROVE_UI_TREEGROUP_H

/*
 * The reference hierarchy as something to colour a tree by: the classes fall
 * into groups by the first components of their paths, the largest first. Pure
 * logic.
 */

#include "taxonomy/dendro.h"

struct treegroup {
    int level;     /* components of a path that count; 0: no groups */
    int count;     /* groups */
    char **names;  /* (count) owned */
    int *of_class; /* (classes) its group, -1 without a path; owned */
    uint32_t classes;
};

/* Components of the longest path; 0 when no class has one. */
int treegroup_levels(const char *const *paths, uint32_t classes);

/* Replaces what was there. paths: (classes), entries NULL or "" if unknown. */
void treegroup_build(struct treegroup *groups, const char *const *paths,
                     uint32_t classes, int level);
void treegroup_release(struct treegroup *groups);

/*
 * The group most of a node's classes are of (of equals the larger group), and
 * which part of its classes; -1 when none of them has one.
 */
int treegroup_of(const struct treegroup *groups, const struct dendro *d,
                 uint32_t node, double *share);

#endif
