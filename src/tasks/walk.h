#ifndef BITGROVE_TASKS_WALK_H
#define BITGROVE_TASKS_WALK_H

/*
 * Which picture files are below a folder. Links are followed, but no folder is
 * entered twice, so a loop ends where it began; what can't be looked into is
 * told, not skipped in silence. Names that begin with a dot are left out, and
 * files whose names don't end as those of pictures do are only counted. One
 * thread.
 */

#include <stdint.h>

#include "base/err.h"

struct walk_file {
    char *path;           /* below the folder, or absolute; owned */
    char *folder;         /* its class: the path of its folder, or what a list
                             says; "" in the folder itself; owned */
    int64_t bytes, mtime; /* nanoseconds since 1970 */
};

struct walk_refusal {
    char *path, *reason; /* owned */
    int64_t bytes, mtime;
};

struct walk {
    struct walk_file *files;
    int64_t count, room;
    struct walk_refusal *refusals;
    int64_t refused, refused_room;
    int64_t links;  /* that were followed */
    int64_t others; /* files that are named as no picture is */
};

/* Adds what is below `folder` to *out, in the order of paths, byte by byte.
 * ERR_IO when the folder itself can't be read. */
enum status walk_folder(struct walk *out, const char *folder,
                        struct err *err) MUST_USE;

/* Adds the file (as in a list), or a refusal when it isn't there; path is
 * taken below folder unless it is absolute. */
void walk_add(struct walk *out, const char *folder, const char *path,
              const char *class_name);

/* Sorts by path and drops what is there twice. */
void walk_sort(struct walk *walk);
void walk_refuse(struct walk *out, const char *path, const char *reason,
                 int64_t bytes, int64_t mtime);
void walk_release(struct walk *walk); /* zeroed is fine */

#endif
