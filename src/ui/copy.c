#include <config.h>

#include "ui/copy.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "catalogue/images.h"
#include "ui/app.h"
#include "ui/osc52.h"
#include "ui/scene.h"

/* `what` is for the message, unescaped. */
static void copy_text(struct app *app, const char *what, const char *text)
{
    struct str safe = STR_INIT;
    struct err err;

    osc52_harmless(&safe, text);
    if (!app->tty)
        app_message(app, "no terminal to send to, the %s: %s", what, safe.text);
    else if (tty_copy(app->tty, safe.text, &err) != OK)
        app_error(app, &err);
    else
        app_message(app, "sent to the terminal, the %s: %s", what, safe.text);
    str_release(&safe);
}

static const struct class_row *class_of(const struct app *app, int64_t id)
{
    int index = id ? class_index(&app->world.classes, id) : -1;

    return index >= 0 ? &app->world.classes.items[index] : NULL;
}

static bool image_of(const struct app *app, int64_t id, struct image_row *out)
{
    const struct world *world = &app->world;
    struct err err;

    return image_get(world->cat, id, world->model ? world->model->id : 0, out,
                     &err) == OK;
}

/* The number that files and commands know it by. */
static void add_id(const struct app *app, const struct target *target,
                   struct str *out)
{
    const struct class_row *row;

    switch (target->kind) {
    case TARGET_CLASS:
        row = class_of(app, target->id);
        if (row)
            str_addf(out, "%" PRId64, row->number);
        break;
    case TARGET_NODE:
        str_addf(out, "%016" PRIx64, target->key);
        break;
    case TARGET_IMAGE:
    case TARGET_BIT:
    case TARGET_JOB:
    case TARGET_MODEL:
        str_addf(out, "%" PRId64, target->id);
        break;
    default:
        break;
    }
}

static void add_name(const struct app *app, const struct target *target,
                     struct str *out)
{
    const struct world *world = &app->world;
    const struct class_row *row = NULL;
    struct image_row image;
    uint32_t node;

    if (target->kind == TARGET_CLASS)
        row = class_of(app, target->id);
    if (target->kind == TARGET_IMAGE && image_of(app, target->id, &image))
        row = class_of(app, image.class_id);
    if (row)
        str_add(out, row->name);
    if (target->kind == TARGET_MODEL)
        for (int i = 0; i < world->models.count; i++)
            if (world->models.items[i].id == target->id)
                str_add(out, world->models.items[i].name);
    if (target->kind == TARGET_BIT && world->captions.text &&
        target->id < world->captions.bits && world->captions.text[target->id])
        str_add(out, world->captions.text[target->id]);
    if (target->kind == TARGET_NODE && world->has_tree) {
        node = dendro_find(&world->tree, target->key);
        if (node != DENDRO_NONE)
            str_add(out, world_label(world, node, app->look.glyphs->ascii));
    }
}

static void add_code(const struct app *app, const struct target *target,
                     struct str *out)
{
    struct pattern pattern;

    if (target_code(target, &app->world, &pattern))
        pattern_text(out, &pattern, CODE_PLAIN);
}

static void copy_view(struct app *app)
{
    struct str link = STR_INIT;
    struct scene scene;

    scene_init(&scene);
    scene_of(app_view(app), &scene);
    scene_link(app, &scene, &link);
    copy_text(app, "view's link", link.text);
    scene_release(&scene);
    str_release(&link);
}

bool copy_run(struct app *app, enum action action)
{
    struct target target;
    struct str text = STR_INIT;
    const char *what;

    app_subject(app, &target);
    switch (action) {
    case ACTION_COPY_ID:
        what = "id";
        add_id(app, &target, &text);
        break;
    case ACTION_COPY_NAME:
        what = "name";
        add_name(app, &target, &text);
        break;
    case ACTION_COPY_CODE:
        what = "code";
        add_code(app, &target, &text);
        break;
    case ACTION_COPY_LINK:
        what = "link";
        target_link(&target, &app->world, &text);
        break;
    case ACTION_COPY_VIEW:
        copy_view(app);
        return true;
    default:
        return false;
    }
    if (text.length == 0)
        app_message(app, "what is under the cursor has no %s", what);
    else
        copy_text(app, what, text.text);
    str_release(&text);
    return true;
}
