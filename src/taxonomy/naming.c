#include <config.h>

#include "taxonomy/naming.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A path, or the beginning of one, and how many of the classes lie under it. */
struct prefix {
    const char *text; /* borrowed, `length` bytes of a path */
    size_t length;
    int depth;      /* components */
    uint32_t under; /* classes whose path it is or begins */
    uint32_t whole; /* classes whose path it is */
};

struct prefixes {
    struct prefix *list;
    size_t count, room;
};

static const char *entry(const char *const *array, uint32_t leaf)
{
    return array != NULL && array[leaf] != NULL ? array[leaf] : "";
}

static void count_prefix(struct prefixes *all, const char *path, size_t length,
                         int depth)
{
    struct prefix *p = NULL;

    for (size_t i = 0; i < all->count && p == NULL; i++) {
        if (all->list[i].length == length &&
            memcmp(all->list[i].text, path, length) == 0)
            p = &all->list[i];
    }
    if (p == NULL) {
        ARRAY_GROW(all->list, all->count, all->room);
        p = &all->list[all->count++];
        *p = (struct prefix){path, length, depth, 0, 0};
    }
    p->under++;
    p->whole += path[length] == '\0';
}

/* In the order in which they are met. */
static void count_path(struct prefixes *all, const char *path)
{
    int depth = 0;

    if (*path == '\0')
        return;
    for (size_t i = 0;; i++) {
        if (path[i] == '/' || path[i] == '\0')
            count_prefix(all, path, i, ++depth);
        if (path[i] == '\0')
            return;
    }
}

static bool lies_under(const char *path, const struct prefix *p)
{
    return *path != '\0' && strncmp(path, p->text, p->length) == 0 &&
           (path[p->length] == '/' || path[p->length] == '\0');
}

static const struct prefix *majority(const struct prefixes *all, uint32_t size)
{
    const struct prefix *best = NULL;

    for (size_t i = 0; i < all->count; i++) {
        const struct prefix *p = &all->list[i];

        if (2 * (size_t)p->under > size &&
            (best == NULL || p->depth > best->depth))
            best = p;
    }
    return best;
}

/* The full path that most classes have, `but` left aside. */
static const struct prefix *commonest(const struct prefixes *all,
                                      const struct prefix *but)
{
    const struct prefix *best = NULL;

    for (size_t i = 0; i < all->count; i++) {
        const struct prefix *p = &all->list[i];

        if (p != but && p->whole > (best ? best->whole : 0))
            best = p;
    }
    return best;
}

static void add_path(struct str *out, const struct prefix *p)
{
    str_add_bytes(out, p->text, p->length);
}

/* Names of the classes under `within`, or of all of them if it is NULL. */
static void add_examples(struct str *out, const struct naming *naming,
                         const uint32_t *leaves, uint32_t size,
                         const struct prefix *within, int examples)
{
    uint32_t members = 0, seen = 0, given = 0, most = (uint32_t)examples;

    for (uint32_t i = 0; i < size; i++)
        members +=
            *entry(naming->names, leaves[i]) &&
            (!within || lies_under(entry(naming->paths, leaves[i]), within));
    most = members < most ? members : most;
    for (uint32_t i = 0; i < size && given < most; i++) {
        const char *name = entry(naming->names, leaves[i]);

        if (*name == '\0' ||
            (within && !lies_under(entry(naming->paths, leaves[i]), within)))
            continue;
        if (seen++ < (uint64_t)given * members / most)
            continue;
        if (given++ > 0)
            str_add(out, ", ");
        str_add(out, name);
    }
    if (given < members)
        str_add(out, naming->ascii ? ", ..." : ", …");
}

static bool has_names(const struct naming *naming, const uint32_t *leaves,
                      uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        if (*entry(naming->names, leaves[i]))
            return true;
    }
    return false;
}

static void label_leaf(struct str *out, const struct naming *naming,
                       uint32_t leaf)
{
    if (*entry(naming->names, leaf))
        str_add(out, entry(naming->names, leaf));
    else
        str_addf(out, "class %u", leaf);
}

void naming_label(struct str *out, const struct dendro *d,
                  const struct naming *naming, uint32_t node, int examples)
{
    const uint32_t *leaves = dendro_leaves(d, node);
    uint32_t size = d->node[node].size;
    const struct prefix *most, *second;
    struct prefixes all = {NULL, 0, 0};

    if (dendro_is_leaf(d, node)) {
        label_leaf(out, naming, node);
        return;
    }
    for (uint32_t i = 0; i < size; i++)
        count_path(&all, entry(naming->paths, leaves[i]));
    most = majority(&all, size);
    if (most != NULL) {
        add_path(out, most);
        if (most->under < size)
            str_addf(out, " %u of %u", most->under, size);
    } else if ((second = commonest(&all, NULL)) != NULL) {
        add_path(out, second);
        str_addf(out, " %u", second->whole);
        if ((second = commonest(&all, second)) != NULL) {
            str_add(out, ", ");
            add_path(out, second);
            str_addf(out, " %u", second->whole);
        }
        str_addf(out, " of %u", size);
    }
    if (examples > 0 && has_names(naming, leaves, size)) {
        if (all.count > 0)
            str_add(out, ": ");
        add_examples(out, naming, leaves, size, most, examples);
    } else if (all.count == 0) {
        str_addf(out, "%u classes", size);
    }
    free(all.list);
}
