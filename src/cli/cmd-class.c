#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/evaluate.h"
#include "cli/jsonout.h"
#include "cli/ranking.h"
#include "cli/subject.h"
#include "cli/tabular.h"
#include "codes/decode.h"

#define LISTED 8

struct page {
    struct subject *s;
    int index;
    const struct class_row *row;
    uint64_t code;
    bool coded;
    int64_t tested, right;           /* of its test images */
    struct decode_rank near[LISTED]; /* other classes, nearest first */
    int near_count;
    struct ranking confused;          /* class index, count */
    struct ranking typical, doubtful; /* image id, B[c].z */
};

static void find_near(struct page *p)
{
    struct decode_rank all[LISTED + 1];
    size_t n = decode_nearest(all, LISTED + 1, &p->s->book, p->code, NULL);

    for (size_t i = 0; i < n && p->near_count < LISTED; i++)
        if ((int)all[i].row != p->index)
            p->near[p->near_count++] = all[i];
}

static int score(const struct page *p, const int8_t *margins)
{
    int sum = 0;

    for (int bit = 0; bit < p->s->book.bits; bit++)
        sum += code_bit(p->code, bit) ? margins[bit] : -margins[bit];
    return sum;
}

static void find_images(struct page *p, const struct image_codes *codes)
{
    int64_t *decoded =
        mem_zalloc((size_t)p->s->coded.count + 1, sizeof(*decoded));

    ranking_init(&p->typical, LISTED);
    ranking_init(&p->doubtful, LISTED);
    ranking_init(&p->confused, LISTED);
    for (int64_t i = 0; i < codes->n; i++) {
        int z, to;

        if (codes->class_ids[i] != p->row->id)
            continue;
        z = score(p, codes->margins + i * codes->bits);
        ranking_offer(&p->typical, codes->ids[i], z);
        ranking_offer(&p->doubtful, codes->ids[i], -z);
        if (codes->split[i] != SPLIT_TEST)
            continue;
        p->tested++;
        p->right += codes->decoded[i] == p->row->id;
        to = class_index(&p->s->coded, codes->decoded[i]);
        if (to >= 0 && to != p->index)
            decoded[to]++;
    }
    for (int c = 0; c < p->s->coded.count; c++)
        if (decoded[c] > 0)
            ranking_offer(&p->confused, c, decoded[c]);
    free(decoded);
}

static double accuracy(const struct page *p)
{
    return p->tested ? (double)p->right / (double)p->tested : NAN;
}

static json_t *ids_json(const struct ranking *r)
{
    json_t *list = json_array();

    for (int i = 0; i < r->count; i++)
        json_array_append_new(list, json_integer((json_int_t)r->id[i]));
    return list;
}

static void print_json(const struct page *p, enum format format)
{
    const struct class_list *classes = &p->s->coded;
    json_t *near = json_array(), *confused = json_array();

    for (int i = 0; i < p->near_count; i++)
        json_array_append_new(
            near, json_pack("{s:o, s:i}", "class",
                            jsonout_text(classes->items[p->near[i].row].name),
                            "distance", p->near[i].distance));
    for (int i = 0; i < p->confused.count; i++)
        json_array_append_new(
            confused,
            json_pack("{s:o, s:I}", "class",
                      jsonout_text(classes->items[p->confused.id[i]].name),
                      "count", (json_int_t)p->confused.score[i]));
    jsonout_print_as(
        json_pack(
            "{s:o, s:I, s:o, s:o, s:{s:I, s:I, s:I}, s:o, s:o, s:o, s:o, s:o}",
            "class", jsonout_text(p->row->name), "number",
            (json_int_t)p->row->number, "path", jsonout_text(p->row->path),
            "code", jsonout_code(p->code, p->s->book.bits), "images", "train",
            (json_int_t)p->row->images[SPLIT_TRAIN], "test",
            (json_int_t)p->row->images[SPLIT_TEST], "ood",
            (json_int_t)p->row->images[SPLIT_OOD], "accuracy",
            jsonout_real(accuracy(p)), "nearest", near, "confused", confused,
            "typical", ids_json(&p->typical), "doubtful",
            ids_json(&p->doubtful)),
        format);
}

static void print_line(const char *head, const char *text)
{
    console_entry(head, 11, text);
}

static void print_ids(const char *head, const struct ranking *r)
{
    struct str line = STR_INIT;

    for (int i = 0; i < r->count; i++)
        str_addf(&line, "%s%lld", i ? ", " : "", (long long)r->id[i]);
    print_line(head, line.text);
    str_release(&line);
}

static void print_others(const struct page *p)
{
    const struct class_list *classes = &p->s->coded;
    struct str line = STR_INIT;

    for (int i = 0; i < p->near_count; i++) {
        str_add(&line, i ? ", " : "");
        utf8_escape(&line, classes->items[p->near[i].row].name);
        str_addf(&line, " (%d)", p->near[i].distance);
    }
    print_line("nearest", line.text);
    if (!p->coded) {
        str_release(&line);
        return;
    }
    str_clear(&line);
    for (int i = 0; i < p->confused.count; i++) {
        str_add(&line, i ? ", " : "");
        utf8_escape(&line, classes->items[p->confused.id[i]].name);
        str_addf(&line, " (%lld)", (long long)p->confused.score[i]);
    }
    print_line("taken for", line.text);
    print_ids("typical", &p->typical);
    print_ids("doubtful", &p->doubtful);
    str_release(&line);
}

static void print_text(const struct page *p)
{
    struct str line = STR_INIT;

    utf8_escape(&line, p->row->name);
    str_addf(&line, " (label %lld)", (long long)p->row->number);
    print_line("class", line.text);
    str_clear(&line);
    utf8_escape(&line, p->row->path);
    print_line("path", line.text);
    str_clear(&line);
    code_text(&line, p->code, p->s->book.bits, CODE_GROUPED);
    print_line("code", line.text);
    str_clear(&line);
    str_addf(&line, "%lld train, %lld test, %lld ood",
             (long long)p->row->images[SPLIT_TRAIN],
             (long long)p->row->images[SPLIT_TEST],
             (long long)p->row->images[SPLIT_OOD]);
    print_line("images", line.text);
    str_clear(&line);
    if (p->tested > 0) {
        tabular_percent(&line, accuracy(p));
        str_addf(&line, " of %lld test images decoded right",
                 (long long)p->tested);
    }
    print_line("accuracy", line.text);
    print_others(p);
    str_release(&line);
}

static enum status print(const struct args *args, struct subject *s,
                         struct err *err)
{
    struct page p = {.s = s};
    struct image_codes codes;
    enum status status = class_find(&s->coded, args->words[1], &p.index, err);

    if (status != OK)
        return status;
    p.row = &s->coded.items[p.index];
    p.code = s->book.codes[p.index];
    find_near(&p);
    status = subject_codes(s, &codes, err);
    if (status == OK) {
        p.coded = true;
        find_images(&p, &codes);
        image_codes_release(&codes);
    } else if (status != ERR_NOT_FOUND) {
        return status;
    }
    if (args->format != FORMAT_TABLE)
        print_json(&p, args->format);
    else
        print_text(&p);
    return OK;
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    enum status status = subject_open(&s, args, SUBJECT_CODEBOOK, err);

    if (status == OK)
        status = print(args, &s, err);
    subject_close(&s);
    return status;
}

static const struct option_row options[] = {
    OPTION_MODEL,
    OPTION_END,
};

const struct command cmd_class = {
    .name = "class",
    .synopsis = "CATALOGUE CLASS",
    .summary = "the page of a class",
    .details =
        "CLASS is a name, a label, or the start of a name that no other class "
        "shares. Prints its code, its images by split, how many test images "
        "were decoded right, the classes with the nearest codes (distance), "
        "those its test images were taken for (how many), and its most typical "
        "and most doubtful images (ids).",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 2,
    .most = 2,
    .run = run,
};
