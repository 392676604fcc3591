#include <config.h>

#include "taxonomy/naming.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A path, or the beginning of one, and how many of the classes lie under it. */
struct prefix {
    const char *text; /* borrowed, `length` bytes of a path */
    size_t length;
    uint64_t hash;
    int depth;      /* components */
    uint32_t under; /* classes whose path it is or begins */
    uint32_t whole; /* classes whose path it is */
};

/* In the order in which they are met; slots: open addressing, at most half
 * full, of places in the list counted from 1. */
struct prefixes {
    struct prefix *list;
    size_t count, room;
    uint32_t *slots;
    size_t slot_count; /* a power of two, or 0 */
};

static const char *entry(const char *const *array, uint32_t leaf)
{
    return array != NULL && array[leaf] != NULL ? array[leaf] : "";
}

/* FNV-1a, going on from `hash`. */
static uint64_t hash_byte(uint64_t hash, char byte)
{
    return (hash ^ (unsigned char)byte) * UINT64_C(0x100000001b3);
}

/* Where a prefix stands in the slots, or where it would. */
static size_t slot_of(const struct prefixes *all, const char *path,
                      size_t length, uint64_t hash)
{
    size_t at = (size_t)(hash ^ hash >> 32) & (all->slot_count - 1);

    for (; all->slots[at] != 0; at = (at + 1) & (all->slot_count - 1)) {
        const struct prefix *p = &all->list[all->slots[at] - 1];

        if (p->length == length && memcmp(p->text, path, length) == 0)
            break;
    }
    return at;
}

static void more_slots(struct prefixes *all)
{
    free(all->slots);
    all->slot_count = all->slot_count ? 2 * all->slot_count : 64;
    all->slots = mem_zalloc(all->slot_count, sizeof(*all->slots));
    for (size_t i = 0; i < all->count; i++) {
        const struct prefix *p = &all->list[i];

        all->slots[slot_of(all, p->text, p->length, p->hash)] =
            (uint32_t)(i + 1);
    }
}

static void count_prefix(struct prefixes *all, const char *path, size_t length,
                         int depth, uint64_t hash)
{
    struct prefix *p;
    size_t at;

    if (2 * (all->count + 1) > all->slot_count)
        more_slots(all);
    at = slot_of(all, path, length, hash);
    if (all->slots[at] == 0) {
        ARRAY_GROW(all->list, all->count, all->room);
        all->list[all->count++] =
            (struct prefix){path, length, hash, depth, 0, 0};
        all->slots[at] = (uint32_t)all->count;
    }
    p = &all->list[all->slots[at] - 1];
    p->under++;
    p->whole += path[length] == '\0';
}

static void count_path(struct prefixes *all, const char *path)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    int depth = 0;

    if (*path == '\0')
        return;
    for (size_t i = 0;; i++) {
        if (path[i] == '/' || path[i] == '\0')
            count_prefix(all, path, i, ++depth, hash);
        if (path[i] == '\0')
            return;
        hash = hash_byte(hash, path[i]);
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
    struct prefixes all = {NULL, 0, 0, NULL, 0};

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
    free(all.slots);
}
