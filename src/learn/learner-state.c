#include <config.h>

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "learn/learner-parts.h"
#include "learn/setting.h"

/*
 * A saved learner, little-endian, nothing aligned:
 *
 *     0   16  "bitgrove-learner"
 *     16   4  version
 *     20      the encoder's name, the settings (learn/setting.h), the shape,
 *             where the run stands: in the order of the functions below
 *             params (count f32), momentum (count f32), stats (f32), and of
 *             vectors centre (d f32) and inverse (d f32), then the shift
 *             (k f32) of a model that has one
 *     end-8   FNV-1a (64 bits) of all bytes before
 *
 * How many floats there are follows from the header, so a length that does
 * not fit is seen before anything is allocated for it.
 */
#define MAGIC  "bitgrove-learner"
#define FORMAT 2

/* One place that reads or writes, so that the two can't drift apart. */
struct state {
    struct str *out;   /* when saving, or NULL: bytes are counted alone */
    const uint8_t *in; /* when loading, else NULL */
    size_t length, at;
    bool cut; /* more was asked for than there is */
};

static void put(struct state *s, const void *bytes, size_t n)
{
    if (s->out != NULL)
        str_add_bytes(s->out, bytes, n);
    s->at += n;
}

static uint64_t fnv(const uint8_t *bytes, size_t n)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

static void pass_number(struct state *s, uint64_t *number, size_t bytes)
{
    char text[8];

    if (s->in == NULL) {
        for (size_t i = 0; i < bytes; i++)
            text[i] = (char)(*number >> (8 * i) & 0xff);
        put(s, text, bytes);
        return;
    }
    *number = 0;
    if (s->length - s->at < bytes) {
        s->cut = true;
        return;
    }
    for (size_t i = 0; i < bytes; i++)
        *number |= (uint64_t)s->in[s->at + i] << (8 * i);
    s->at += bytes;
}

static void pass_u64(struct state *s, uint64_t *value)
{
    pass_number(s, value, 8);
}

static void pass_u32(struct state *s, uint32_t *value)
{
    uint64_t number = *value;

    pass_number(s, &number, 4);
    *value = (uint32_t)number;
}

static void pass_int(struct state *s, int *value)
{
    uint32_t bits = (uint32_t)*value;

    pass_u32(s, &bits);
    *value = bits > INT32_MAX ? -1 : (int)bits; /* none may be negative */
}

static void pass_bool(struct state *s, bool *value)
{
    uint32_t bits = *value;

    pass_u32(s, &bits);
    *value = bits != 0;
}

/* Floats are little-endian here as everywhere this runs: copied whole. */
static void pass_floats(struct state *s, float *values, size_t n)
{
    size_t bytes = n * sizeof(*values);

    if (s->in == NULL) {
        put(s, values, bytes);
    } else if (s->length - s->at < bytes) {
        s->cut = true;
    } else {
        memcpy(values, s->in + s->at, bytes);
        s->at += bytes;
    }
}

static void pass_text(struct state *s, char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t c = (uint8_t)text[i];

        pass_number(s, &c, 1);
        text[i] = (char)c;
    }
}

/* The encoder's name, and the settings as text with its length before it. */
static void save_spec(struct state *s, struct learn_spec *spec)
{
    struct str text = STR_INIT;
    uint32_t n;

    settings_write(spec, &text);
    n = (uint32_t)text.length;
    pass_text(s, spec->encoder, sizeof(spec->encoder));
    pass_u32(s, &n);
    put(s, text.text, text.length);
    str_release(&text);
}

static enum status load_spec(struct state *s, struct learn_spec *spec,
                             struct err *err)
{
    uint32_t n = 0;

    *spec = learn_spec_default(RECIPE_PAPER);
    pass_text(s, spec->encoder, sizeof(spec->encoder));
    pass_u32(s, &n);
    if (s->length - s->at < n)
        s->cut = true;
    if (s->cut)
        return OK;
    s->at += n;
    return settings_read(spec, (const char *)s->in + s->at - n, n, err);
}

/* Where a run stands, and what it measured. */
static void pass_place(struct state *s, struct learner *learner)
{
    pass_int(s, &learner->phase);
    pass_int(s, &learner->epoch);
    pass_u64(s, &learner->step);
    pass_bool(s, &learner->given);
    pass_floats(s, &learner->scale, 1);
    pass_floats(s, learner->norm.mean, AUGMENT_CHANNELS_MAX);
    pass_floats(s, learner->norm.inverse, AUGMENT_CHANNELS_MAX);
}

static void pass_shape(struct state *s, struct learn_shape *shape)
{
    pass_int(s, &shape->channels);
    pass_int(s, &shape->height);
    pass_int(s, &shape->width);
    pass_u32(s, &shape->classes);
}

static void pass_arrays(struct state *s, struct learner *learner)
{
    pass_floats(s, learner->params, learner->count);
    pass_floats(s, learner->momentum, learner->count);
    pass_floats(s, learner->stats, learner->encoder.stats);
    if (learner->centre != NULL) {
        pass_floats(s, learner->centre, (size_t)learner->shape.channels);
        pass_floats(s, learner->inverse, (size_t)learner->shape.channels);
    }
    if (learner->shift != NULL)
        pass_floats(s, learner->shift, (size_t)learner->spec.bits);
}

/* All but the checksum. */
static void save_body(struct state *s, const struct learner *learner)
{
    struct learner copy = *learner; /* passing writes nothing when saving */
    uint32_t version = FORMAT;

    put(s, MAGIC, strlen(MAGIC));
    pass_u32(s, &version);
    save_spec(s, &copy.spec);
    pass_shape(s, &copy.shape);
    pass_place(s, &copy);
    pass_arrays(s, &copy);
}

void learner_save(const struct learner *learner, struct str *out)
{
    size_t start = out->length;
    struct state s = {.out = out};
    uint64_t check;

    save_body(&s, learner);
    check = fnv((const uint8_t *)out->text + start, out->length - start);
    pass_u64(&s, &check);
}

size_t learner_size(const struct learner *learner)
{
    struct state s = {.out = NULL};

    save_body(&s, learner);
    return s.at + sizeof(uint64_t);
}

static enum status damaged(struct err *err, const char *what)
{
    return err_set(err, ERR_BAD_INPUT,
                   "the saved model is damaged (%s): learn it again or take "
                   "it from a backup",
                   what);
}

/* Magic, version and checksum; leaves the reader after the version. */
static enum status open_state(struct state *s, const void *bytes, size_t n,
                              struct err *err)
{
    uint32_t version = 0;
    uint64_t check = 0;

    *s = (struct state){.in = bytes, .length = n};
    if (n < strlen(MAGIC) + 12)
        return damaged(err, "too short");
    if (memcmp(bytes, MAGIC, strlen(MAGIC)) != 0)
        return err_set(err, ERR_BAD_INPUT,
                       "this is no model that bitgrove saved: it does not "
                       "begin with \"" MAGIC "\"");
    s->at = n - 8;
    pass_u64(s, &check);
    s->at = strlen(MAGIC);
    s->length = n - 8;
    pass_u32(s, &version);
    if (version != FORMAT)
        return err_set(err, ERR_BAD_INPUT,
                       "it was saved as version %lu by another edition, this "
                       "one reads %d: learn the model again; what is in the "
                       "catalogue of it can still be looked at",
                       (unsigned long)version, FORMAT);
    if (fnv(bytes, n - 8) != check)
        return damaged(err, "its checksum does not fit");
    return OK;
}

static bool all_finite(const float *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

static enum status check_values(const struct learner *l, struct err *err)
{
    size_t channels = l->encoder.channels;
    bool place =
        l->phase >= 0 && l->phase <= PHASE_COUNT && l->epoch >= 0 &&
        (l->phase == PHASE_COUNT ? l->epoch == 0
                                 : l->epoch < l->spec.epochs[l->phase]);

    if (!place)
        return damaged(err, "no such epoch");
    if (!(l->scale > 0) || !isfinite(l->scale) ||
        !all_finite(l->norm.mean, AUGMENT_CHANNELS_MAX) ||
        !all_finite(l->norm.inverse, AUGMENT_CHANNELS_MAX) ||
        !all_finite(l->params, l->count) ||
        !all_finite(l->momentum, l->count) ||
        !all_finite(l->stats, l->encoder.stats) ||
        (l->centre != NULL &&
         (!all_finite(l->centre, (size_t)l->shape.channels) ||
          !all_finite(l->inverse, (size_t)l->shape.channels))) ||
        (l->shift != NULL && !all_finite(l->shift, (size_t)l->spec.bits)))
        return damaged(err, "a number is not finite");
    for (size_t c = channels; c < 2 * channels; c++)
        if (l->stats[c] < 0)
            return damaged(err, "a variance is negative");
    return OK;
}

/* Bytes the arrays of this model take. */
static enum status arrays_size(const struct learn_spec *spec,
                               const struct learn_shape *shape, size_t *bytes,
                               struct err *err)
{
    struct encoder encoder;
    size_t d, k = (size_t)spec->bits, classes = shape->classes;

    if (encoder_init(&encoder, spec->encoder, spec->width, shape->channels,
                     shape->height, shape->width, err) != OK)
        return err->status;
    d = (size_t)encoder.features;
    *bytes = 4 * (encoder.stats +
                  2 * (encoder.params + k * d + classes * (k + d + 1)));
    if (learner_takes_vectors(shape))
        *bytes += 2 * sizeof(float) * (size_t)shape->channels;
    if (learner_is_shifted(spec))
        *bytes += sizeof(float) * k;
    return OK;
}

enum status learner_load(struct learner **out, const void *bytes, size_t n,
                         struct err *err)
{
    struct state s;
    struct learner head = {.phase = 0}, *learner;
    size_t size = 0;

    if (open_state(&s, bytes, n, err) != OK)
        return err->status;
    if (load_spec(&s, &head.spec, err) != OK)
        return err_wrap(err, "the saved model");
    pass_shape(&s, &head.shape);
    pass_place(&s, &head);
    if (s.cut)
        return damaged(err, "too short");
    if (learn_spec_check(&head.spec, err) != OK ||
        learner_check_shape(&head.shape, err) != OK ||
        arrays_size(&head.spec, &head.shape, &size, err) != OK)
        return err_wrap(err, "the saved model is damaged");
    if (s.length - s.at != size)
        return damaged(err, "its length does not fit its shape");
    if (learner_alloc(&learner, &head.spec, &head.shape, err) != OK)
        return err->status;
    learner->phase = head.phase;
    learner->epoch = head.epoch;
    learner->step = head.step;
    learner->given = head.given;
    learner->scale = head.scale;
    learner->norm = head.norm;
    pass_arrays(&s, learner);
    if (check_values(learner, err) != OK) {
        learner_free(learner);
        return err->status;
    }
    *out = learner;
    return OK;
}
