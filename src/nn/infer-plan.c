#include <config.h>

#include <assert.h>

#include "nn/gemm.h"
#include "nn/infer-parts.h"
#include "nn/winograd.h"

/*
 * Images of a group: so many that the weights of the last layers are worth
 * fetching. Floats of a map's images at once: a few times what the second
 * cache holds, for fewer fetch the weights too often.
 */
#define GROUP   16
#define AT_ONCE ((size_t)1 << 21)

/* What a transform of a tile and a channel costs, in multiplications that the
 * product would do meanwhile. */
#define WINOGRAD_TRANSFORM 180

struct planner {
    struct infer *infer;
    const struct encoder *encoder;
    int last[ENCODER_NODES_MAX];   /* the map that uses each map last */
    int images[ENCODER_NODES_MAX]; /* at once, of each map's steps */
    int slot[ENCODER_NODES_MAX];   /* of each map */
    bool busy[INFER_SLOTS_MAX];
};

bool infer_prefers_winograd(const struct conv *conv)
{
    double tiles = (double)((conv->h + 3) / 4) * ((conv->w + 3) / 4);
    double ci = conv->ci, co = conv->co;

    return conv->size == 3 && conv->stride == 1 &&
           conv->ci % KERNEL_LANES == 0 &&
           tiles * (36 * ci * co + WINOGRAD_TRANSFORM * (ci + co)) <
               (double)conv->h * conv->w * 9 * ci * co;
}

static size_t map_floats(const struct encoder_map *map)
{
    return (size_t)map->plane.height * (size_t)map->plane.width *
           (size_t)map->plane.channels;
}

static void use(struct planner *p, int map, int by)
{
    if (map >= 0 && by > p->last[map])
        p->last[map] = by;
}

static void find_uses(struct planner *p)
{
    const struct encoder *e = p->encoder;

    for (int m = 0; m < e->maps; m++) {
        const struct encoder_map *node = &e->map[m];

        p->last[m] = m;
        use(p, node->rest_map, m);
        use(p, node->pooled, m);
        if (node->conv >= 0)
            use(p, e->conv[node->conv].from, m);
        if (node->rest_conv >= 0)
            use(p, e->conv[node->rest_conv].from, m);
    }
    p->last[e->maps - 1] = e->maps;
}

/* The more the smaller the maps still to come, a power of two. */
static void find_images(struct planner *p)
{
    int at_once = p->infer->group;

    for (int m = p->encoder->maps - 1; m >= 0; m--) {
        while (at_once > 1 &&
               (size_t)at_once * map_floats(&p->encoder->map[m]) > AT_ONCE)
            at_once /= 2;
        p->images[m] = at_once;
    }
}

/* Images that a map's slot holds: those of the step that reads it last. */
static int images_kept(const struct planner *p, int m)
{
    return p->last[m] == p->encoder->maps ? p->infer->group
                                          : p->images[p->last[m]];
}

/* A slot for map m: one that holds as many images and is free, or new. */
static int take_slot(struct planner *p, int m)
{
    struct infer *infer = p->infer;
    int images = images_kept(p, m), s = 0;
    size_t floats = map_floats(&p->encoder->map[m]);

    while (s < infer->slots && (p->busy[s] || infer->slot[s].images != images))
        s++;
    assert(s < INFER_SLOTS_MAX);
    if (s == infer->slots)
        infer->slot[infer->slots++] = (struct infer_slot){.images = images};
    if (infer->slot[s].floats < floats)
        infer->slot[s].floats = floats;
    p->busy[s] = true;
    return s;
}

static void give_back(struct planner *p, int m)
{
    for (int i = 0; i < m; i++)
        if (p->last[i] == m && p->slot[i] != p->slot[m])
            p->busy[p->slot[i]] = false;
}

static size_t place(size_t *floats, size_t count)
{
    size_t at = *floats;

    *floats += (count + 15) / 16 * 16;
    return at;
}

static struct infer_step *add_step(struct planner *p, struct infer_step step)
{
    struct infer *infer = p->infer;

    assert(infer->steps < INFER_STEPS_MAX);
    infer->step[infer->steps] = step;
    return &infer->step[infer->steps++];
}

static void add_conv(struct planner *p, int q, int images, int to, int rest,
                     bool relu)
{
    struct infer *infer = p->infer;
    const struct encoder_conv *node = &p->encoder->conv[q];
    const struct conv *conv = &node->conv;
    bool winograd = node->from >= 0 && infer_prefers_winograd(conv);
    size_t packed = winograd ? winograd_packed(infer->micro, conv)
                             : infer_direct_packed(infer->micro, conv);

    add_step(p,
             (struct infer_step){
                 .kind = winograd ? STEP_WINOGRAD : STEP_DIRECT,
                 .conv = *conv,
                 .source = q,
                 .relu = relu,
                 .from = node->from < 0 ? INFER_PICTURE : p->slot[node->from],
                 .to = to,
                 .rest = rest,
                 .images = images,
                 .packed = place(&infer->floats, packed),
                 .bias = place(&infer->floats, (size_t)conv->co),
             });
}

/* The sum of an earlier map and this one's conv goes where the earlier one
 * is, unless that is still needed or holds fewer images. */
static int slot_of_sum(struct planner *p, int m)
{
    int rest = p->encoder->map[m].rest_map;

    if (rest >= 0 && p->last[rest] == m &&
        p->infer->slot[p->slot[rest]].images == images_kept(p, m))
        return p->slot[rest];
    return take_slot(p, m);
}

static void add_map(struct planner *p, int m)
{
    const struct encoder_map *node = &p->encoder->map[m];
    int images = p->images[m];

    p->slot[m] = slot_of_sum(p, m);
    if (node->pooled >= 0) {
        const struct kernel_plane *in = &p->encoder->map[node->pooled].plane;
        struct conv pool = {.ci = in->channels,
                            .co = in->channels,
                            .h = in->height,
                            .w = in->width,
                            .oh = node->plane.height,
                            .ow = node->plane.width};

        add_step(p, (struct infer_step){.kind = STEP_POOL,
                                        .conv = pool,
                                        .from = p->slot[node->pooled],
                                        .to = p->slot[m],
                                        .rest = INFER_NONE,
                                        .images = images});
    } else {
        int rest = node->rest_map < 0 ? INFER_NONE : p->slot[node->rest_map];

        if (node->rest_conv >= 0) {
            rest = p->slot[m];
            add_conv(p, node->rest_conv, images, rest, INFER_NONE, false);
        }
        add_conv(p, node->conv, images, p->slot[m], rest, true);
    }
    give_back(p, m);
}

static void add_average(struct planner *p)
{
    int m = p->encoder->maps - 1;
    const struct kernel_plane *plane = &p->encoder->map[m].plane;
    struct conv all = {.ci = plane->channels,
                       .co = plane->channels,
                       .h = plane->height,
                       .w = plane->width};

    add_step(p, (struct infer_step){.kind = STEP_AVERAGE,
                                    .conv = all,
                                    .from = p->slot[m],
                                    .to = INFER_NONE,
                                    .rest = INFER_NONE,
                                    .images = p->infer->group});
}

static void place_all(struct infer *infer)
{
    size_t scratch = 0, zeros = 0;

    for (int i = 0; i < infer->slots; i++)
        infer->slot[i].place =
            place(&infer->room,
                  infer->slot[i].floats * (size_t)infer->slot[i].images);
    for (int i = 0; i < infer->steps; i++) {
        const struct infer_step *step = &infer->step[i];
        size_t need = step->kind == STEP_WINOGRAD
                          ? winograd_room(&step->conv, step->images)
                          : 0;

        scratch = need > scratch ? need : scratch;
        if ((size_t)step->conv.ci > zeros)
            zeros = (size_t)step->conv.ci;
    }
    infer->scratch = place(&infer->room, scratch);
    infer->zeros = place(&infer->floats, zeros);
}

void infer_plan(struct infer *infer, const struct encoder *encoder)
{
    struct planner planner = {.infer = infer, .encoder = encoder};

    infer->group = GROUP;
    if (encoder->maps > 0) {
        find_uses(&planner);
        find_images(&planner);
        for (int m = 0; m < encoder->maps; m++)
            add_map(&planner, m);
        add_average(&planner);
    }
    place_all(infer);
}
