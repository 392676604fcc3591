#include <config.h>

#include "cli/taxon.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "catalogue/notes.h"
#include "cli/jsonout.h"
#include "taxonomy/dendrosvg.h"
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

static enum status draw(struct str *out, const struct taxon *t,
                        const struct subject *s, enum linkage linkage,
                        const struct class_codes *codes,
                        const struct caption_list *captions,
                        const struct taxon_part *part, struct err *err)
{
    struct dendrosvg what = {.naming = {t->names, t->paths, false}};
    struct str title = STR_INIT, words = STR_INIT;
    enum status status;

    str_addf(&title, "The tree of %u classes that %s learnt", t->dendro.leaves,
             s->model.name);
    str_addf(&words,
             "%s linkage of %d-bit class codes after epoch %d of %d; the scale "
             "is Hamming distance. Nearest classes meet at the right.",
             linkage_name(linkage), codes->bits, t->step, s->model.steps);
    what.title = title.text;
    what.description = words.text;
    what.codes = codes->codes;
    what.bits = codes->bits;
    what.captions = (const char *const *)captions->text;
    if (part != NULL) {
        what.rows = part->rows;
        what.id = part->id;
        what.bare = true;
    }
    status = dendrosvg_write(out, &t->dendro, &what, err);
    str_release(&title);
    str_release(&words);
    return status;
}

enum status taxon_svg(struct str *out, const struct taxon *t,
                      const struct subject *s, enum linkage linkage,
                      const struct taxon_part *part, struct err *err)
{
    struct class_codes codes;
    struct caption_list captions;
    enum status status =
        class_codes_load(s->cat, s->model.id, t->step, &codes, err);

    if (status != OK)
        return status;
    for (uint32_t i = 0; status == OK && i < t->dendro.leaves; i++)
        if (i >= (uint32_t)codes.classes ||
            codes.class_ids[i] != t->rows[i]->id)
            status =
                err_set(err, ERR_CATALOGUE,
                        "the stored tree is not of the codes of its epoch. "
                        "Look closer with: bitgrove check %s",
                        catalogue_path(s->cat));
    if (status == OK)
        status = caption_all(s->cat, s->model.id, codes.bits, &captions, err);
    if (status == OK) {
        status = draw(out, t, s, linkage, &codes, &captions, part, err);
        caption_list_release(&captions);
    }
    class_codes_release(&codes);
    return status;
}
