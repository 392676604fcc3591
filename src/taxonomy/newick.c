#include <config.h>

#include "taxonomy/newick.h"

#include <ctype.h>
#include <stdbool.h>

#include "base/utf8.h"

static bool is_plain(const char *label)
{
    for (const char *s = label; *s; s++) {
        unsigned char c = (unsigned char)*s;

        if (c < 128 && !isalnum(c) && c != '.' && c != '-')
            return false;
    }
    return *label != '\0';
}

static void add_label(struct str *out, const char *name, uint32_t leaf)
{
    struct str label = STR_INIT;

    if (name == NULL) {
        str_addf(out, "%u", leaf);
        return;
    }
    utf8_escape(&label, name);
    if (is_plain(label.text)) {
        str_add(out, label.text);
    } else {
        str_add_char(out, '\'');
        for (const char *s = label.text; *s; s++) {
            if (*s == '\'')
                str_add_char(out, '\'');
            str_add_char(out, *s);
        }
        str_add_char(out, '\'');
    }
    str_release(&label);
}

static void add_length(struct str *out, const struct dendro *d, uint32_t node)
{
    uint32_t parent = d->node[node].parent;

    if (parent == DENDRO_NONE)
        return;
    str_add_char(out, ':');
    dendro_height_text(out, (d->node[parent].height - d->node[node].height) / 2,
                       6);
}

/* Down to a leaf by left children, up over finished parents, and across. */
void newick_write(struct str *out, const struct dendro *d,
                  const char *const *names)
{
    uint32_t node = dendro_root(d);

    while (node != DENDRO_NONE) {
        while (!dendro_is_leaf(d, node)) {
            str_add_char(out, '(');
            node = d->node[node].left;
        }
        add_label(out, names ? names[node] : NULL, node);
        add_length(out, d, node);
        while (d->node[node].parent != DENDRO_NONE &&
               d->node[d->node[node].parent].right == node) {
            node = d->node[node].parent;
            str_add_char(out, ')');
            add_length(out, d, node);
        }
        if (d->node[node].parent == DENDRO_NONE)
            break;
        str_add_char(out, ',');
        node = d->node[d->node[node].parent].right;
    }
    str_add(out, ";\n");
}
