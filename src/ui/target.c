#include <config.h>

#include "ui/target.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "codes/pattern.h"
#include "ui/link.h"
#include "ui/world.h"

static enum status need_model(const struct world *world, struct err *err)
{
    if (!world->model)
        return err_set(err, ERR_NOT_FOUND, "there is no model yet");
    return OK;
}

static enum status parse_number(int64_t *out, const char *text,
                                const char *what, struct err *err)
{
    char *end;
    long long number = strtoll(text, &end, 10);

    if (end == text || *end != '\0' || number < 0)
        return err_set(err, ERR_BAD_INPUT, "'%s' is not the number of %s", text,
                       what);
    *out = number;
    return OK;
}

static enum status parse_class(struct target *out, const char *text,
                               const struct world *world, struct err *err)
{
    int index;

    if (class_find(&world->classes, text, &index, err) != OK)
        return err->status;
    out->kind = TARGET_CLASS;
    out->id = world->classes.items[index].id;
    return OK;
}

static enum status parse_bit(struct target *out, const char *text,
                             const struct world *world, struct err *err)
{
    int64_t bit = 0;

    if (need_model(world, err) != OK ||
        parse_number(&bit, text, "a bit", err) != OK)
        return err->status;
    if (bit >= world->model->bits)
        return err_set(err, ERR_NOT_FOUND, "the model has bits 0 to %d",
                       world->model->bits - 1);
    out->kind = TARGET_BIT;
    out->id = bit;
    return OK;
}

static enum status parse_node(struct target *out, const char *text,
                              const struct world *world, struct err *err)
{
    char *end;
    uint32_t node;

    out->kind = TARGET_NODE;
    out->key = strtoull(text, &end, 16);
    if (end == text || *end != '\0')
        return err_set(err, ERR_BAD_INPUT, "'%s' is not a node's address",
                       text);
    node = world->has_tree ? dendro_find(&world->tree, out->key) : DENDRO_NONE;
    if (node == DENDRO_NONE)
        return err_set(err, ERR_NOT_FOUND, "this tree has no node %s", text);
    out->lowest = world->tree.node[node].lowest;
    out->size = world->tree.node[node].size;
    return OK;
}

/* What is left out at the end is free. */
static enum status parse_code(struct target *out, const char *text,
                              const struct world *world, struct err *err)
{
    struct pattern pattern;

    if (need_model(world, err) != OK ||
        target_pattern(&pattern, text, world->model->bits, err) != OK)
        return err->status;
    out->kind = TARGET_CODE;
    out->key = pattern.value;
    out->freed = code_mask(pattern.bits) & ~pattern.fixed;
    return OK;
}

static enum status parse_model(struct target *out, const char *text,
                               const struct world *world, struct err *err)
{
    for (int i = 0; i < world->models.count; i++) {
        if (strcmp(world->models.items[i].name, text) == 0) {
            out->kind = TARGET_MODEL;
            out->id = world->models.items[i].id;
            return OK;
        }
    }
    return err_set(err, ERR_NOT_FOUND, "there is no model '%s'", text);
}

static enum status parse_image(struct target *out, const char *text,
                               const struct world *world, struct err *err)
{
    (void)world;
    out->kind = TARGET_IMAGE;
    return parse_number(&out->id, text, "an image", err);
}

static enum status parse_job(struct target *out, const char *text,
                             const struct world *world, struct err *err)
{
    (void)world;
    out->kind = TARGET_JOB;
    return parse_number(&out->id, text, "a job", err);
}

static const struct {
    const char *prefix;
    enum status (*parse)(struct target *, const char *, const struct world *,
                         struct err *);
} table[] = {{"bit/", parse_bit},   {"class/", parse_class},
             {"code/", parse_code}, {"image/", parse_image},
             {"job/", parse_job},   {"model/", parse_model},
             {"node/", parse_node}};

enum status target_pattern(struct pattern *out, const char *text, int bits,
                           struct err *err)
{
    struct str full = STR_INIT;
    int given = 0;
    enum status status;

    str_add(&full, text);
    for (const char *at = text; *at; at++)
        given += *at == '0' || *at == '1' || *at == '*';
    for (; given > 0 && given < bits; given++)
        str_add_char(&full, '*');
    status = pattern_parse(out, full.text, bits, err);
    str_release(&full);
    return status;
}

static enum status parse_place(struct target *out, const char *text,
                               const struct world *world, struct err *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct target target = {.kind = TARGET_NONE};

        if (!str_starts(text, table[i].prefix))
            continue;
        if (table[i].parse(&target, text + strlen(table[i].prefix), world,
                           err) != OK)
            return err->status;
        *out = target;
        return OK;
    }
    return err_set(err, ERR_BAD_INPUT,
                   "'%s' is no place; write class/NAME, image/ID, bit/7, "
                   "code/01**, node/KEY, model/NAME or job/ID",
                   text);
}

/* ---- links ---- */

enum status target_parse(struct target *out, const char *text,
                         const struct world *world, struct err *err)
{
    struct str place = STR_INIT;
    enum status status = OK;

    if (str_starts(text, LINK_SCHEME))
        status = link_decode(&place, text + strlen(LINK_SCHEME), err);
    else
        str_add(&place, text);
    if (status == OK)
        status = parse_place(out, place.text, world, err);
    str_release(&place);
    return status;
}

bool target_same(const struct target *a, const struct target *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == TARGET_NODE)
        return a->key == b->key;
    if (a->kind == TARGET_CODE)
        return a->key == b->key && a->freed == b->freed;
    return a->id == b->id;
}

static void add_code(const struct target *target, const struct world *world,
                     struct str *out)
{
    int bits = world->model ? world->model->bits : 0;

    str_add(out, "code/");
    for (int bit = 0; bit < bits; bit++)
        str_add_char(out, code_bit(target->freed, bit) ? '*'
                          : code_bit(target->key, bit) ? '1'
                                                       : '0');
}

void target_address(const struct target *target, const struct world *world,
                    struct str *out)
{
    switch (target->kind) {
    case TARGET_CLASS:
        str_addf(out, "class/%s", world_class_name(world, target->id));
        break;
    case TARGET_IMAGE:
        str_addf(out, "image/%" PRId64, target->id);
        break;
    case TARGET_BIT:
        str_addf(out, "bit/%" PRId64, target->id);
        break;
    case TARGET_JOB:
        str_addf(out, "job/%" PRId64, target->id);
        break;
    case TARGET_NODE:
        str_addf(out, "node/%016" PRIx64, target->key);
        break;
    case TARGET_MODEL:
        for (int i = 0; i < world->models.count; i++)
            if (world->models.items[i].id == target->id)
                str_addf(out, "model/%s", world->models.items[i].name);
        break;
    case TARGET_CODE:
        add_code(target, world, out);
        break;
    default:
        break;
    }
}

void target_link(const struct target *target, const struct world *world,
                 struct str *out)
{
    struct str address = STR_INIT;

    target_address(target, world, &address);
    if (address.length > 0)
        str_add(out, LINK_SCHEME);
    link_encode(out, address.text);
    str_release(&address);
}

/* ---- completion ---- */

static void add_if(const char *text, struct str *line, struct str *out)
{
    if (str_starts(line->text, text))
        str_addf(out, "%s\n", line->text);
    str_clear(line);
}

void target_complete(const char *text, const struct world *world,
                     struct str *out)
{
    struct str line = STR_INIT;
    bool past_slash = strchr(text, '/') != NULL;

    for (size_t i = 0; !past_slash && i < ARRAY_SIZE(table); i++) {
        str_add(&line, table[i].prefix);
        add_if(text, &line, out);
    }
    for (int i = 0; past_slash && i < world->classes.count; i++) {
        str_addf(&line, "class/%s", world->classes.items[i].name);
        add_if(text, &line, out);
    }
    for (int i = 0; past_slash && i < world->models.count; i++) {
        str_addf(&line, "model/%s", world->models.items[i].name);
        add_if(text, &line, out);
    }
    for (int i = 0; past_slash && world->model && i < world->model->bits; i++) {
        str_addf(&line, "bit/%d", i);
        add_if(text, &line, out);
    }
    str_release(&line);
}

bool target_code(const struct target *target, const struct world *world,
                 struct pattern *out)
{
    int bits =
        world->model && model_has_codes(world->model) ? world->model->bits : 0;
    int64_t row;

    *out = (struct pattern){code_mask(bits), 0, bits};
    if (bits == 0)
        return false;
    switch (target->kind) {
    case TARGET_CODE:
        out->fixed &= ~target->freed;
        out->value = target->key;
        return code_fits(target->key | target->freed, bits);
    case TARGET_CLASS:
        return world_class_code(world, target->id, &out->value);
    case TARGET_IMAGE:
        row = world->has_images ? image_codes_find(&world->images, target->id)
                                : -1;
        if (row >= 0)
            out->value = world->images.codes[row];
        return row >= 0;
    default:
        return false;
    }
}
