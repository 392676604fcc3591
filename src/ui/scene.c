#include <config.h>

#include "ui/scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/app.h"
#include "ui/link.h"

void scene_init(struct scene *scene)
{
    memset(scene, 0, sizeof(*scene));
    str_init(&scene->settings);
}

void scene_release(struct scene *scene)
{
    str_release(&scene->settings);
}

/* ---- settings ---- */

void scene_set(struct scene *scene, const char *name, const char *value)
{
    str_addf(&scene->settings, "%s%s=", scene->settings.length ? "&" : "",
             name);
    link_encode(&scene->settings, value);
}

void scene_set_number(struct scene *scene, const char *name, int64_t value)
{
    char text[32];

    snprintf(text, sizeof(text), "%" PRId64, value);
    scene_set(scene, name, text);
}

bool scene_get(const struct scene *scene, const char *name, struct str *out)
{
    const char *at = scene->settings.text;
    struct str value = STR_INIT;
    struct err ignored;
    size_t n = strlen(name);
    bool found = false;

    while (*at && !found) {
        size_t length = strcspn(at, "&");

        if (length > n && strncmp(at, name, n) == 0 && at[n] == '=') {
            str_add_bytes(&value, at + n + 1, length - n - 1);
            found = !out || link_decode(out, value.text, &ignored) == OK;
        }
        at += length + (at[length] == '&');
    }
    str_release(&value);
    return found;
}

int64_t scene_number(const struct scene *scene, const char *name,
                     int64_t fallback)
{
    struct str text = STR_INIT;
    int64_t out = fallback;
    char *end;

    if (scene_get(scene, name, &text)) {
        out = strtoll(text.text, &end, 10);
        if (end == text.text || *end)
            out = fallback;
    }
    str_release(&text);
    return out;
}

void scene_of(const struct view *view, struct scene *out)
{
    out->kind = view->ops->kind;
    if (view->ops->scene)
        view->ops->scene(view, out);
}

/* ---- the path ---- */

static void crumb_of_target(const struct app *app, const struct target *about,
                            struct str *out)
{
    struct str address = STR_INIT;
    const char *slash;

    target_address(about, &app->world, &address);
    slash = strchr(address.text, '/');
    if (about->kind == TARGET_CODE || about->kind == TARGET_CLASS ||
        about->kind == TARGET_MODEL)
        utf8_escape(out, slash ? slash + 1 : "");
    else
        str_addf(out, "%.*s %s", (int)strcspn(address.text, "/"), address.text,
                 slash ? slash + 1 : "");
    str_release(&address);
}

void scene_crumb(const struct app *app, const struct scene *scene,
                 struct str *out)
{
    const char *name = view_ops_of(scene->kind)->name;
    struct str section = STR_INIT;

    switch (scene->about.kind == TARGET_NONE ? VIEW_KINDS : scene->kind) {
    case VIEW_BITS:
        crumb_of_target(app, &scene->about, out);
        break;
    case VIEW_CLASS:
        str_addf(out, "%s ", name);
        crumb_of_target(app, &scene->about, out);
        break;
    case VIEW_NEAR:
        str_add(out, "near ");
        crumb_of_target(app, &scene->about, out);
        break;
    case VIEW_IMAGES:
        str_addf(out, "%s of ", name);
        crumb_of_target(app, &scene->about, out);
        break;
    default:
        str_add(out, name);
        if (scene->kind == VIEW_OUTLIERS && scene_get(scene, "kind", &section))
            str_addf(out, " %s", section.text);
        break;
    }
    str_release(&section);
}

/* ---- links ---- */

void scene_link(const struct app *app, const struct scene *scene,
                struct str *out)
{
    const struct world *world = &app->world;
    struct scene full;
    struct str address = STR_INIT;

    scene_init(&full);
    str_add(&full.settings, scene->settings.text);
    if (world->model)
        scene_set(&full, "model", world->model->name);
    if (world->wanted_step > 0)
        scene_set_number(&full, "step", world->wanted_step);
    if (world->linkage_chosen)
        scene_set(&full, "linkage", linkage_name(world->linkage));
    target_link(&scene->about, world, &address);
    str_addf(out, "%s%s", LINK_SCHEME, view_ops_of(scene->kind)->name);
    if (address.length > 0)
        str_addf(out, "/%s", address.text + strlen(LINK_SCHEME));
    if (full.settings.length > 0)
        str_addf(out, "?%s", full.settings.text);
    str_release(&address);
    scene_release(&full);
}

/* The view whose name the text begins with, before '/', '?' or the end. */
static bool find_view(const char *text, enum view_kind *out, size_t *length)
{
    *length = strcspn(text, "/?");
    for (int i = 0; i < VIEW_KINDS; i++) {
        const char *name = view_ops_of((enum view_kind)i)->name;

        if (strlen(name) == *length && strncmp(text, name, *length) == 0) {
            *out = (enum view_kind)i;
            return true;
        }
    }
    return false;
}

/* "class/ring" is a place, and "class/class/ring" the view of one. */
bool scene_is_link(const char *text)
{
    enum view_kind kind;
    size_t n;

    if (!str_starts(text, LINK_SCHEME))
        return false;
    text += strlen(LINK_SCHEME);
    if (!find_view(text, &kind, &n))
        return false;
    return kind != VIEW_CLASS || strncmp(text + n, "/class/", 7) == 0;
}

static enum status choose_model(struct app *app, const struct scene *scene,
                                struct err *err)
{
    struct world *world = &app->world;
    struct str name = STR_INIT;
    struct target target;
    enum status status = OK;

    if (scene_get(scene, "model", &name)) {
        struct str place = STR_INIT;

        str_addf(&place, "model/%s", name.text);
        status = target_parse(&target, place.text, world, err);
        if (status == OK && (!world->model || world->model->id != target.id))
            status = world_set_model(world, target.id, err);
        str_release(&place);
    }
    str_release(&name);
    return status;
}

static enum status choose_world(struct app *app, const struct scene *scene,
                                struct err *err)
{
    struct world *world = &app->world;
    int step = (int)scene_number(scene, "step", 0);
    struct str name = STR_INIT;
    enum linkage linkage;
    enum status status = choose_model(app, scene, err);

    if (status == OK && step != world->wanted_step)
        status = world_set_step(world, step, err);
    if (status == OK && scene_get(scene, "linkage", &name)) {
        status = linkage_parse(&linkage, name.text, err);
        if (status == OK && linkage != world->linkage)
            status = world_set_linkage(world, linkage, err);
    }
    str_release(&name);
    return status;
}

/* Splits the link and reads what it is about, once the model is chosen. */
static enum status read_link(struct app *app, const char *link,
                             struct scene *scene, struct err *err)
{
    const char *text = link + strlen(LINK_SCHEME), *question;
    struct str place = STR_INIT;
    size_t n;
    enum status status;

    if (!scene_is_link(link) || !find_view(text, &scene->kind, &n))
        return err_set(err, ERR_BAD_INPUT, "%s is not the link of a view",
                       link);
    question = strchr(text, '?');
    if (question)
        str_add(&scene->settings, question + 1);
    status = choose_world(app, scene, err);
    if (status == OK && text[n] == '/') {
        str_add(&place, LINK_SCHEME);
        str_add_bytes(&place, text + n + 1, strcspn(text + n + 1, "?"));
        status = target_parse(&scene->about, place.text, &app->world, err);
    }
    str_release(&place);
    return status;
}

enum status scene_open(struct app *app, const char *link, struct err *err)
{
    struct scene scene;
    struct view *view;
    enum status status;

    scene_init(&scene);
    status = read_link(app, link, &scene, err);
    if (status == OK) {
        app->message[0] = '\0';
        app_reload(app);
        app_open(app, scene.kind, &scene.about);
        view = app_view(app);
        if (view->ops->kind == scene.kind && view->ops->recall)
            status = view->ops->recall(view, &scene, err);
    }
    scene_release(&scene);
    return status;
}
