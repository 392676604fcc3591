#include <config.h>

#include "taxonomy/treetext.h"

#include <stdlib.h>

#include "base/mem.h"

static const struct art {
    const char *pass, *blank; /* beside a branch that goes on, that ended */
    const char *fork, *last;  /* to a left, to a right child */
    const char *open, *shut;  /* at a node whose children follow, or not */
} arts[2] = {
    {"│ ", "  ", "├─", "└─", "┬ ", "─ "},
    {"| ", "  ", "|-", "`-", "+ ", "- "},
};

static bool is_last(const struct dendro *d, uint32_t node)
{
    return d->node[d->node[node].parent].right == node;
}

void treetext_branch(struct str *out, const struct dendro *d, uint32_t top,
                     uint32_t node, bool open, bool ascii)
{
    const struct art *art = &arts[ascii];
    uint32_t depth = d->node[node].depth - d->node[top].depth;
    uint32_t *way = mem_zalloc(depth, sizeof(*way));

    for (uint32_t i = depth, at = node; i-- > 0; at = d->node[at].parent)
        way[i] = at;
    for (uint32_t i = 0; i + 1 < depth; i++)
        str_add(out, is_last(d, way[i]) ? art->blank : art->pass);
    if (depth > 0)
        str_add(out, is_last(d, node) ? art->last : art->fork);
    str_add(out, open && !dendro_is_leaf(d, node) ? art->open : art->shut);
    free(way);
}

void treetext_write(struct str *out, const struct dendro *d, uint32_t top,
                    int depth, bool ascii,
                    void (*label)(struct str *out, const struct dendro *d,
                                  uint32_t node, void *context),
                    void *context)
{
    uint32_t node = top;

    while (node != DENDRO_NONE) {
        uint32_t below = d->node[node].depth - d->node[top].depth;
        bool open = depth < 0 || below < (uint32_t)depth;

        treetext_branch(out, d, top, node, open, ascii);
        label(out, d, node, context);
        str_add_char(out, '\n');
        node = dendro_next(d, top, node, open);
    }
}
