#include <config.h>

#include "ui/target.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
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
} table[] = {{"bit/", parse_bit},     {"class/", parse_class},
             {"image/", parse_image}, {"job/", parse_job},
             {"model/", parse_model}, {"node/", parse_node}};

enum status target_parse(struct target *out, const char *text,
                         const struct world *world, struct err *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        struct target target = {TARGET_NONE, 0, 0, 0, 0, NULL};

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
                   "node/KEY, model/NAME or job/ID",
                   text);
}

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
