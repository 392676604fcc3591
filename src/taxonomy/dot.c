#include <config.h>

#include "taxonomy/dot.h"

#include "base/utf8.h"

/* In DOT's quotes a backslash and a quote are escaped by a backslash. */
static void add_name(struct str *out, const char *name, uint32_t leaf)
{
    struct str label = STR_INIT;

    if (name == NULL)
        str_addf(&label, "%u", leaf);
    else
        utf8_escape(&label, name);
    for (const char *s = label.text; *s; s++) {
        if (*s == '\\' || *s == '"')
            str_add_char(out, '\\');
        str_add_char(out, *s);
    }
    str_release(&label);
}

void dot_write(struct str *out, const struct dendro *d,
               const char *const *names)
{
    str_add(out, "digraph taxonomy {\n"
                 "  rankdir=LR;\n"
                 "  node [shape=ellipse];\n");
    for (uint32_t i = dendro_root(d); i != DENDRO_NONE;
         i = dendro_next(d, dendro_root(d), i, true)) {
        const struct dendro_node *node = &d->node[i];

        str_addf(out, "  n%u [", i);
        if (dendro_is_leaf(d, i)) {
            str_add(out, "shape=box, label=\"");
            add_name(out, names ? names[i] : NULL, i);
        } else {
            str_addf(out, "label=\"%u classes\\nheight ", node->size);
            dendro_height_text(out, node->height, 2);
        }
        str_add(out, "\"];\n");
        if (!dendro_is_leaf(d, i))
            str_addf(out, "  n%u -> n%u;\n  n%u -> n%u;\n", i, node->left, i,
                     node->right);
    }
    str_add(out, "}\n");
}
