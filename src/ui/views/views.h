#ifndef BITGROVE_UI_VIEWS_VIEWS_H
#define BITGROVE_UI_VIEWS_VIEWS_H

/* The tables that the files of this folder export. */

#include "ui/view.h"

extern const struct view_ops view_compare;
extern const struct view_ops view_tree;
extern const struct view_ops view_class;
extern const struct view_ops view_bits;
extern const struct view_ops view_near;
extern const struct view_ops view_images;
extern const struct view_ops view_outliers;
extern const struct view_ops view_models;
extern const struct view_ops view_jobs;
extern const struct view_ops view_help;
extern const struct view_ops view_map;

#endif
