#include <config.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "catalogue/images.h"
#include "catalogue/notes.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/halfblock.h"
#include "cli/jsonout.h"
#include "cli/subject.h"
#include "codes/decode.h"

#define LISTED 5

struct page {
    struct subject *s;
    struct image_row row;
    bool coded;
    int8_t margins[CODE_BITS_MAX];
    struct decode_rank near[LISTED];
    size_t near_count;
    struct tag_list tags;
    struct note_list notes;
    uint8_t *pixels; /* (C,H,W) */
};

static double margin(const struct page *p, int bit)
{
    return p->margins[bit] * p->s->model.margin_scale;
}

static json_t *near_json(const struct page *p)
{
    json_t *list = json_array();

    for (size_t i = 0; i < p->near_count; i++)
        json_array_append_new(
            list,
            json_pack("{s:o, s:i}", "class",
                      jsonout_text(p->s->coded.items[p->near[i].row].name),
                      "distance", p->near[i].distance));
    return list;
}

static void print_json(const struct page *p, enum format format)
{
    json_t *margins = json_array(), *tags = json_array(), *notes = json_array();
    const char *class_name = subject_class(p->s, p->row.class_id);
    const char *decoded = subject_class(p->s, p->row.decoded);

    for (int bit = 0; p->coded && bit < p->s->book.bits; bit++)
        json_array_append_new(margins, jsonout_real(margin(p, bit)));
    for (int i = 0; i < p->tags.count; i++)
        json_array_append_new(tags, jsonout_text(p->tags.items[i]));
    for (int i = 0; i < p->notes.count; i++)
        json_array_append_new(notes, jsonout_text(p->notes.items[i].text));
    jsonout_print_as(
        json_pack(
            "{s:I, s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:i, "
            "s:i}",
            "id", (json_int_t)p->row.id, "split", split_name(p->row.split),
            "class", class_name[0] ? jsonout_text(class_name) : json_null(),
            "position", (json_int_t)p->row.position, "code",
            p->coded ? jsonout_code(p->row.code, p->s->book.bits) : json_null(),
            "decoded", p->coded ? jsonout_text(decoded) : json_null(),
            "distance", p->coded ? json_integer(p->row.distance) : json_null(),
            "margins", margins, "nearest", near_json(p), "tags", tags, "notes",
            notes, "channels", p->s->dataset.channels, "height",
            p->s->dataset.height, "width", p->s->dataset.width),
        format);
}

static void print_line(const char *head, const char *text)
{
    console_entry(head, 11, text);
}

static void print_code(const struct page *p)
{
    struct str line = STR_INIT;

    code_text(&line, p->row.code, p->s->book.bits, CODE_GROUPED);
    print_line("code", line.text);
    str_clear(&line);
    utf8_escape(&line, subject_class(p->s, p->row.decoded));
    str_addf(&line, " at distance %d%s", p->row.distance,
             p->row.class_id == 0                ? ""
             : p->row.decoded == p->row.class_id ? ", right"
                                                 : ", wrong");
    print_line("decoded", line.text);
    str_clear(&line);
    for (size_t i = 0; i < p->near_count; i++) {
        str_add(&line, i ? ", " : "");
        utf8_escape(&line, p->s->coded.items[p->near[i].row].name);
        str_addf(&line, " (%d)", p->near[i].distance);
    }
    print_line("nearest", line.text);
    str_clear(&line);
    for (int bit = 0; bit < p->s->book.bits; bit++)
        str_addf(&line, "%s%+.2f", bit ? " " : "", margin(p, bit));
    print_line("margins", line.text);
    str_release(&line);
}

static void print_text(const struct page *p)
{
    const struct dataset *d = &p->s->dataset;
    int columns = console_columns(stdout);
    struct str line = STR_INIT;

    str_addf(&line, "%lld (%s, row %lld of its source)", (long long)p->row.id,
             split_name(p->row.split), (long long)p->row.position);
    print_line("image", line.text);
    str_clear(&line);
    utf8_escape(&line, subject_class(p->s, p->row.class_id));
    print_line("class", line.text);
    if (p->coded)
        print_code(p);
    str_clear(&line);
    for (int i = 0; i < p->tags.count; i++) {
        str_add(&line, i ? ", " : "");
        utf8_escape(&line, p->tags.items[i]);
    }
    if (p->tags.count)
        print_line("tags", line.text);
    for (int i = 0; i < p->notes.count; i++) {
        str_clear(&line);
        utf8_escape(&line, p->notes.items[i].text);
        print_line("note", line.text);
    }
    str_clear(&line);
    if (p->pixels != NULL)
        halfblock_draw(&line, p->pixels, d->channels, d->height, d->width,
                       columns ? columns : 80);
    fputs(line.text, stdout);
    str_release(&line);
}

/* The code, when there is a model that gave it one. */
static enum status add_code(struct page *p, struct err *err)
{
    struct image_code code;
    enum status status;

    if (p->s->model.id == 0)
        return OK;
    status = image_code_get(p->s->cat, p->s->model.id, p->row.id,
                            p->s->book.bits, &code, p->margins, err);
    if (status == ERR_NOT_FOUND)
        return OK;
    if (status != OK)
        return status;
    p->coded = true;
    p->row.code = code.code;
    p->row.decoded = code.decoded;
    p->row.distance = code.distance;
    p->near_count =
        decode_nearest(p->near, LISTED, &p->s->book, code.code, p->margins);
    return OK;
}

static enum status gather(struct page *p, int64_t id, struct err *err)
{
    const struct dataset *d = &p->s->dataset;
    size_t size = (size_t)d->channels * (size_t)d->height * (size_t)d->width;
    char item[32];
    enum status status = image_get(p->s->cat, id, 0, &p->row, err);

    if (status == ERR_NOT_FOUND)
        return err_set(err, ERR_NOT_FOUND, "there is no image %lld",
                       (long long)id);
    if (status == OK)
        status = add_code(p, err);
    if (status == OK)
        status = tag_all(p->s->cat, id, &p->tags, err);
    snprintf(item, sizeof(item), "%lld", (long long)id);
    if (status == OK)
        status = note_all(p->s->cat, 0, NOTE_IMAGE, item, &p->notes, err);
    if (status != OK || d->kind == DATASET_VECTORS)
        return status;
    p->pixels = mem_alloc(size + 1);
    return image_pixels(p->s->cat, id, p->pixels, size, err);
}

static enum status parse_id(int64_t *out, const char *text, struct err *err)
{
    char *end;

    errno = 0;
    *out = strtoll(text, &end, 10);
    if (errno || end == text || *end || *out < 1)
        return err_set(err, ERR_BAD_INPUT,
                       "'%s' is no image: the number of one is wanted", text);
    return OK;
}

/* A catalogue without a model, or one that has no codes yet, still shows its
 * images. */
static enum status open_any(struct subject *s, const struct args *args,
                            struct err *err)
{
    enum status status = subject_open(s, args, SUBJECT_CODEBOOK, err);

    if (status != ERR_NOT_FOUND || args_has(args, "model"))
        return status;
    subject_close(s);
    return subject_open(s, args, SUBJECT_CLASSES, err);
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct page p;
    int64_t id = 0;
    enum status status = parse_id(&id, args->words[1], err);

    if (status != OK)
        return status;
    memset(&p, 0, sizeof(p));
    p.s = &s;
    status = open_any(&s, args, err);
    if (status == OK)
        status = gather(&p, id, err);
    if (status == OK) {
        if (args->format != FORMAT_TABLE)
            print_json(&p, args->format);
        else
            print_text(&p);
    }
    free(p.pixels);
    tag_list_release(&p.tags);
    note_list_release(&p.notes);
    subject_close(&s);
    return status;
}

static const struct option_row options[] = {
    OPTION_MODEL,
    OPTION_END,
};

const struct command cmd_image = {
    .name = "image",
    .synopsis = "CATALOGUE ID",
    .summary = "the page of an image",
    .details =
        "Prints split, class, code, the class it was decoded as, the nearest "
        "classes (distance), the margin of each bit, tags and notes, and the "
        "picture itself in characters, if it is one and no vector.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 2,
    .most = 2,
    .run = run,
};
