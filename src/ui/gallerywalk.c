#include <config.h>

#include "ui/gallerywalk.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void gallerywalk_release(struct gallerywalk *walk)
{
    free(walk->shown);
    memset(walk, 0, sizeof(*walk));
}

int64_t gallerywalk_count(const struct gallerywalk *walk)
{
    return walk->list ? walk->list->found.n : 0;
}

/* Where an image stands, or would; n when it is behind all, or nowhere. */
static int64_t place_of(const struct gallerywalk *walk, int64_t id)
{
    const struct imagepick_list *found = &walk->list->found;
    int64_t low = 0, high = found->n;

    while (walk->by_number && low < high) {
        int64_t middle = low + (high - low) / 2;

        if (found->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    while (!walk->by_number && low < found->n && found->ids[low] != id)
        low++;
    return low;
}

void gallerywalk_go(struct gallerywalk *walk, int64_t at)
{
    int64_t n = gallerywalk_count(walk), room;

    if (at >= n)
        at = n - 1;
    walk->at = at > 0 ? at : 0;
    if (n > 0)
        walk->anchor = walk->list->found.ids[walk->at];
    room = (int64_t)walk->across * walk->down;
    if (walk->top > walk->at)
        walk->top = walk->at;
    if (walk->top + room <= walk->at)
        walk->top = walk->at - room + walk->across;
    if (walk->top > n - room + walk->across - 1)
        walk->top = n - room + walk->across - 1;
    if (walk->top < 0)
        walk->top = 0;
    walk->top -= walk->top % walk->across;
}

void gallerywalk_sync(struct gallerywalk *walk, struct world *world,
                      const struct imagefilter *filter)
{
    int64_t at;

    gallery_want(&world->gallery, world, filter);
    walk->list = gallery_ready(&world->gallery, filter);
    walk->by_number = filter->order == MEASURE_ID && !filter->falling;
    if (!walk->list || walk->list->serial == walk->serial)
        return;
    walk->serial = walk->list->serial;
    if (walk->restart)
        walk->at = walk->top = walk->anchor = 0;
    walk->restart = false;
    if (gallerywalk_count(walk) == 0)
        walk->shown_count = 0;
    at = walk->anchor ? place_of(walk, walk->anchor) : walk->at;
    if (at < gallerywalk_count(walk) || walk->by_number)
        walk->at = at;
    gallerywalk_go(walk, walk->at);
}

void gallerywalk_read(struct gallerywalk *walk, struct app *app)
{
    const struct world *world = &app->world;
    int64_t n = gallerywalk_count(walk) - walk->top;
    int room = walk->across * walk->down;
    struct tag_list tags;
    struct err err;

    if (walk->shown_serial == walk->serial &&
        walk->shown_generation == world->generation &&
        walk->shown_top == walk->top &&
        walk->shown_count == (n < room ? n : room))
        return;
    walk->shown_serial = walk->serial;
    walk->shown_generation = world->generation;
    walk->shown_top = walk->top;
    walk->shown_count = (int)(n < room ? n : room);
    walk->shown =
        mem_realloc(walk->shown, (size_t)room + 1, sizeof(*walk->shown));
    for (int i = 0; i < walk->shown_count; i++) {
        struct gallerywalk_image *shown = &walk->shown[i];

        memset(shown, 0, sizeof(*shown));
        shown->row.id = walk->list->found.ids[walk->top + i];
        if (image_get(world->cat, shown->row.id,
                      world->model ? world->model->id : 0, &shown->row,
                      &err) != OK)
            app_error(app, &err);
        if (tag_all(world->cat, shown->row.id, &tags, &err) != OK)
            continue;
        shown->tagged = tags.count > 0;
        tag_list_release(&tags);
    }
}

const struct image_row *gallerywalk_image(const struct gallerywalk *walk)
{
    int64_t i = walk->at - walk->shown_top;

    return i >= 0 && i < walk->shown_count ? &walk->shown[i].row : NULL;
}

bool gallerywalk_act(struct gallerywalk *walk, enum action action, bool single)
{
    int64_t page = (int64_t)walk->across * walk->down;
    int across = single ? 1 : walk->across;
    int64_t by, last = gallerywalk_count(walk) - 1;

    if (single)
        page = page > 10 ? page : 10;
    switch (action) {
    case ACTION_LEFT:
        by = -1;
        break;
    case ACTION_RIGHT:
        by = 1;
        break;
    case ACTION_UP:
        by = walk->at >= across ? -across : 0;
        break;
    case ACTION_DOWN:
        by = walk->at / across < last / across ? across : 0;
        break;
    case ACTION_PAGE_UP:
        by = -page;
        walk->top -= page;
        break;
    case ACTION_PAGE_DOWN:
        by = page;
        walk->top += page;
        break;
    case ACTION_FIRST:
        by = -walk->at;
        break;
    case ACTION_LAST:
        by = last;
        break;
    default:
        return false;
    }
    gallerywalk_go(walk, walk->at + by);
    return true;
}

/* ---- search and range ---- */

static bool *matching_classes(const struct app *app, bool *any)
{
    const struct world *world = &app->world;
    const struct finder *finder = &app->finder;
    int count = world->classes.count;
    bool *matches = mem_zalloc((size_t)count + 1, sizeof(*matches));

    matches[count] = finder_matches(finder, "none");
    *any = matches[count];
    for (int i = 0; i < count; i++) {
        matches[i] = finder_matches(finder, world->names[i]) ||
                     finder_matches(finder, world->paths[i]);
        *any = *any || matches[i];
    }
    return matches;
}

/* The number of an image that was typed, or 0. */
static int64_t typed_number(const struct finder *finder)
{
    const char *text = finder->pattern ? finder->pattern : "";

    return text[0] && text[strspn(text, "0123456789")] == '\0'
               ? strtoll(text, NULL, 10)
               : 0;
}

static bool find_from(struct gallerywalk *walk, const struct app *app,
                      int64_t from, int by)
{
    const struct imagepick_list *found = &walk->list->found;
    int classes = app->world.classes.count;
    int64_t number = typed_number(&app->finder), n = found->n;
    bool any, *matches = matching_classes(app, &any), hit = false;
    int64_t at = (from % n + n) % n;

    for (int64_t i = 0; (any || number) && i < n && !hit; i++) {
        int32_t label = found->labels[at];

        hit = found->ids[at] == number ||
              matches[label < 0 || label > classes ? classes : label];
        if (!hit)
            at = by > 0 ? (at + 1 < n ? at + 1 : 0) : at > 0 ? at - 1 : n - 1;
    }
    free(matches);
    if (hit)
        gallerywalk_go(walk, at);
    return hit;
}

bool gallerywalk_find(struct gallerywalk *walk, const struct app *app,
                      enum find_step step)
{
    int by = step == FIND_PREVIOUS ? -1 : 1;

    if (gallerywalk_count(walk) == 0)
        return false;
    if (step == FIND_START)
        walk->origin = walk->at;
    if (step == FIND_NEXT || step == FIND_PREVIOUS)
        return find_from(walk, app, walk->at + by, by);
    if (step == FIND_CHANGE && find_from(walk, app, walk->origin, by))
        return true;
    gallerywalk_go(walk, walk->origin);
    return step != FIND_CHANGE;
}

bool gallerywalk_range(const struct gallerywalk *walk, int64_t image,
                       int64_t *first, int64_t *last)
{
    int64_t n = gallerywalk_count(walk), at;

    if (n == 0)
        return false;
    at = place_of(walk, image);
    if (at >= n || walk->list->found.ids[at] != image)
        at = walk->at;
    *first = at < walk->at ? at : walk->at;
    *last = at < walk->at ? walk->at : at;
    return true;
}
