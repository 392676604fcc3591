#include <config.h>

#include "cli/taxon.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/jsonout.h"
#include "taxonomy/naming.h"

static enum status build(struct taxon *out, const struct tree_rows *rows,
                         struct err *err)
{
    int leaves = rows->leaves;
    struct linkage_merge *merges =
        mem_zalloc((size_t)leaves + 1, sizeof(*merges));
    enum status status;

    for (int i = leaves; i < rows->count; i++) {
        merges[i - leaves].left = (uint32_t)rows->items[i].left;
        merges[i - leaves].right = (uint32_t)rows->items[i].right;
        merges[i - leaves].size = (uint32_t)rows->items[i].leaves;
        merges[i - leaves].height = rows->items[i].height;
    }
    status = dendro_from_merges(&out->dendro, merges, (uint32_t)leaves, err);
    free(merges);
    if (status == ERR_BAD_INPUT) {
        err->status = ERR_CATALOGUE;
        status = err_wrap(err, "the stored tree is damaged");
    }
    return status;
}

static enum status name_leaves(struct taxon *out, const struct tree_rows *rows,
                               const struct subject *s, struct err *err)
{
    size_t room = (size_t)rows->leaves + 1;

    out->rows = mem_zalloc(room, sizeof(*out->rows));
    out->names = mem_zalloc(room, sizeof(*out->names));
    out->paths = mem_zalloc(room, sizeof(*out->paths));
    for (int i = 0; i < rows->leaves; i++) {
        int index = class_index(&s->classes, rows->class_ids[i]);

        if (index < 0)
            return err_set(err, ERR_CATALOGUE,
                           "the stored tree has a class that is not in its "
                           "data set. Look closer with: bitgrove check %s",
                           catalogue_path(s->cat));
        out->rows[i] = &s->classes.items[index];
        out->names[i] = out->rows[i]->name;
        out->paths[i] = out->rows[i]->path;
    }
    return OK;
}

enum status taxon_load(struct taxon *out, struct subject *s, int step,
                       enum linkage linkage, struct err *err)
{
    struct tree_rows rows;
    enum status status;

    memset(out, 0, sizeof(*out));
    memset(&rows, 0, sizeof(rows));
    status = tree_rows_load(s->cat, s->model.id, step, linkage_name(linkage),
                            &rows, err);
    if (status != OK)
        return status;
    status = build(out, &rows, err);
    if (status == OK)
        status = name_leaves(out, &rows, s, err);
    out->step = rows.step;
    tree_rows_release(&rows);
    return status;
}

void taxon_release(struct taxon *t)
{
    dendro_release(&t->dendro);
    free(t->rows);
    free(t->names);
    free(t->paths);
    memset(t, 0, sizeof(*t));
}

static json_t *leaf_json(const struct class_row *c)
{

    return json_pack("{s:o, s:I, s:o}", "name", jsonout_text(c->name), "class",
                     (json_int_t)c->number, "path", jsonout_text(c->path));
}

/* Children come before parents, so one pass from the leaves up will do, and a
 * tree as deep as it is large needs no stack of ours. */
void taxon_json(struct str *out, const struct taxon *t, const struct subject *s,
                enum linkage linkage)
{
    const struct dendro *d = &t->dendro;
    const struct naming naming = {t->names, t->paths, false};
    json_t **nodes = mem_zalloc((size_t)d->count + 1, sizeof(*nodes));
    json_t *whole;

    for (uint32_t n = 0; n < d->count; n++) {
        struct str label = STR_INIT;

        if (dendro_is_leaf(d, n)) {
            nodes[n] = leaf_json(t->rows[n]);
            continue;
        }
        naming_label(&label, d, &naming, n, 0);
        nodes[n] = json_pack(
            "{s:o, s:f, s:I, s:[o, o]}", "name", jsonout_text(label.text),
            "height", d->node[n].height, "size", (json_int_t)d->node[n].size,
            "children", nodes[d->node[n].left], nodes[d->node[n].right]);
        str_release(&label);
    }
    whole =
        json_pack("{s:o, s:s, s:i, s:o}", "model", jsonout_text(s->model.name),
                  "linkage", linkage_name(linkage), "epoch", t->step, "root",
                  d->count ? nodes[d->count - 1] : json_null());
    jsonout_write(out, whole);
    json_decref(whole);
    free(nodes);
}
