#include <config.h>

#include "cli/onebit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "catalogue/notes.h"
#include "cli/bitrows.h"
#include "cli/console.h"
#include "cli/jsonout.h"
#include "cli/ranking.h"
#include "cli/tabular.h"
#include "cli/taxon.h"
#include "taxonomy/naming.h"
#include "taxonomy/nodebits.h"

#define LISTED 8 /* images, and pairs, on a page */

struct page {
    struct subject *s;
    const struct bit_facts *facts;
    const struct image_codes *codes;
    int bit;
    char *caption;
    struct str turn; /* label of the node where the tree changes side */
    uint32_t turn_size;
    struct ranking on, off, boundary;
};

/* The class codes in the order of the tree's leaves. Owned. */
static uint64_t *leaf_codes(const struct subject *s, const struct taxon *t)
{
    uint64_t *codes = mem_zalloc((size_t)t->dendro.leaves + 1, sizeof(*codes));

    for (uint32_t i = 0; i < t->dendro.leaves; i++) {
        int row = class_index(&s->coded, t->rows[i]->id);

        if (row >= 0)
            codes[i] = s->book.codes[row];
    }
    return codes;
}

static enum status find_turn(struct page *p, struct err *err)
{
    struct taxon t;
    struct nodebits nb = NODEBITS_INIT;
    enum status status = taxon_load(&t, p->s, 0, LINKAGE_AVERAGE, err);
    uint64_t *codes = NULL;
    uint32_t node;

    if (status == OK) {
        codes = leaf_codes(p->s, &t);
        status = nodebits_build(&nb, &t.dendro, codes, p->s->book.bits, err);
    }
    if (status == OK) {
        const struct naming naming = {t.names, t.paths, !console_utf8()};

        node = nodebits_turn(&nb, &t.dendro, p->bit);
        if (node != DENDRO_NONE) {
            naming_label(&p->turn, &t.dendro, &naming, node, 3);
            p->turn_size = t.dendro.node[node].size;
        }
    }
    free(codes);
    nodebits_release(&nb);
    taxon_release(&t);
    return status == ERR_NOT_FOUND ? OK : status;
}

static void rank_images(struct page *p)
{
    ranking_init(&p->on, LISTED);
    ranking_init(&p->off, LISTED);
    ranking_init(&p->boundary, LISTED);
    for (int64_t i = 0; p->codes != NULL && i < p->codes->n; i++) {
        int margin = p->codes->margins[i * p->codes->bits + p->bit];

        if (p->codes->split[i] == SPLIT_OOD)
            continue;
        if (margin >= 0)
            ranking_offer(&p->on, p->codes->ids[i], margin);
        else
            ranking_offer(&p->off, p->codes->ids[i], -margin);
        ranking_offer(&p->boundary, p->codes->ids[i], -abs(margin));
    }
}

static double real_margin(const struct page *p, int64_t id)
{
    int64_t row = image_codes_find(p->codes, id);

    return p->codes->margins[row * p->codes->bits + p->bit] *
           p->s->model.margin_scale;
}

static const char *class_of(const struct page *p, int64_t id)
{
    int64_t row = image_codes_find(p->codes, id);

    return subject_class(p->s, p->codes->class_ids[row]);
}

static json_t *ranking_json(const struct page *p, const struct ranking *r)
{
    json_t *list = json_array();

    for (int i = 0; i < r->count; i++)
        json_array_append_new(
            list, json_pack("{s:I, s:o, s:o}", "id", (json_int_t)r->id[i],
                            "class", jsonout_text(class_of(p, r->id[i])),
                            "margin", jsonout_real(real_margin(p, r->id[i]))));
    return list;
}

static json_t *side_json(const struct page *p, bool on)
{
    json_t *list = json_array();

    for (uint32_t c = 0; c < p->s->book.classes; c++)
        if (code_bit(p->s->book.codes[c], p->bit) == on)
            json_array_append_new(list,
                                  jsonout_text(p->s->coded.items[c].name));
    return list;
}

static json_t *pairs_json(const struct page *p)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->facts->pairs_count; i++) {
        const struct bitreport_pair *pair = &p->facts->pairs[i];

        if (pair->bit == p->bit)
            json_array_append_new(
                list,
                json_pack("{s:o, s:o}", "off",
                          jsonout_text(p->s->coded.items[pair->off].name), "on",
                          jsonout_text(p->s->coded.items[pair->on].name)));
    }
    return list;
}

static void print_json(const struct page *p, enum format format)
{
    json_t *turn =
        p->turn.length
            ? json_pack("{s:o, s:I}", "path", jsonout_text(p->turn.text),
                        "classes", (json_int_t)p->turn_size)
            : json_null();
    json_t *caption = p->caption ? jsonout_text(p->caption) : json_null();

    jsonout_print_as(
        json_pack(
            "{s:i, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "bit", p->bit,
            "caption", caption, "report",
            bitrows_json(p->facts, p->codes != NULL, p->bit, p->s->book.bits),
            "on", side_json(p, true), "off", side_json(p, false), "turn", turn,
            "pairs", pairs_json(p), "most_on", ranking_json(p, &p->on),
            "most_off", ranking_json(p, &p->off), "boundary",
            ranking_json(p, &p->boundary)),
        format);
}

static void print_line(const char *head, const char *text)
{
    console_entry(head, 15, text);
}

static void add_name(struct str *line, const char *name)
{
    str_add(line, line->length ? ", " : "");
    utf8_escape(line, name);
}

static void print_side(const struct page *p, bool on)
{
    struct str line = STR_INIT, head = STR_INIT;
    int count = 0;

    for (uint32_t c = 0; c < p->s->book.classes; c++)
        if (code_bit(p->s->book.codes[c], p->bit) == on) {
            add_name(&line, p->s->coded.items[c].name);
            count++;
        }
    str_addf(&head, "%s (%d)", on ? "on" : "off", count);
    print_line(head.text, line.text);
    str_release(&line);
    str_release(&head);
}

static void print_ranking(const struct page *p, const char *head,
                          const struct ranking *r)
{
    struct str line = STR_INIT;

    for (int i = 0; i < r->count; i++) {
        const char *name = class_of(p, r->id[i]);

        str_addf(&line, "%s%lld ", i ? ", " : "", (long long)r->id[i]);
        utf8_escape(&line, name[0] ? name : "?");
        str_addf(&line, " (%+.2f)", real_margin(p, r->id[i]));
    }
    print_line(head, line.length ? line.text : "-");
    str_release(&line);
}

static void print_pairs(const struct page *p)
{
    struct str line = STR_INIT;
    size_t all = bit_facts_pairs(p->facts, p->bit), shown = 0;

    for (size_t i = 0; i < p->facts->pairs_count && shown < LISTED; i++) {
        const struct bitreport_pair *pair = &p->facts->pairs[i];

        if (pair->bit != p->bit)
            continue;
        shown++;
        add_name(&line, p->s->coded.items[pair->off].name);
        str_add(&line, " | ");
        utf8_escape(&line, p->s->coded.items[pair->on].name);
    }
    if (all > shown)
        str_addf(&line, " and %zu more", all - shown);
    print_line("differ in it", line.length ? line.text : "no two classes");
    str_release(&line);
}

static void print_text(const struct page *p)
{
    struct str line = STR_INIT;
    const struct bitreport_side *c = &p->facts->classes;

    str_addf(&line, "%d of %d", p->bit, p->s->book.bits);
    if (p->caption) {
        str_add(&line, ": ");
        utf8_escape(&line, p->caption);
    }
    print_line("bit", line.text);
    str_clear(&line);
    tabular_percent(&line, c->balance[p->bit]);
    str_addf(&line, " of the classes, entropy %.3f", c->entropy[p->bit]);
    if (p->codes) {
        str_add(&line, "; ");
        tabular_percent(&line, p->facts->images.balance[p->bit]);
        str_add(&line, " of the images");
    }
    print_line("set in", line.text);
    str_clear(&line);
    tabular_percent(&line, bit_facts_flipped(p->facts, p->bit));
    str_add(&line, " of the test images when flipped, ");
    tabular_percent(&line, bit_facts_masked(p->facts, p->bit));
    str_add(&line, " when left out");
    print_line("loses", line.text);
    str_clear(&line);
    utf8_escape(&line, p->turn.length ? p->turn.text : "-");
    print_line("turns at", line.text);
    print_side(p, true);
    print_side(p, false);
    print_pairs(p);
    print_ranking(p, "most on", &p->on);
    print_ranking(p, "most off", &p->off);
    print_ranking(p, "boundary", &p->boundary);
    str_release(&line);
}

enum status onebit_print(struct subject *s, const struct bit_facts *facts,
                         const struct image_codes *codes, int bit,
                         enum format format, struct err *err)
{
    struct page p = {.s = s, .facts = facts, .codes = codes, .bit = bit};
    struct caption_list captions;
    enum status status;

    str_init(&p.turn);
    status = caption_all(s->cat, s->model.id, s->book.bits, &captions, err);
    if (status != OK)
        return status;
    p.caption = captions.text[bit];
    status = find_turn(&p, err);
    rank_images(&p);
    if (status == OK) {
        if (format != FORMAT_TABLE)
            print_json(&p, format);
        else
            print_text(&p);
    }
    caption_list_release(&captions);
    str_release(&p.turn);
    return status;
}
