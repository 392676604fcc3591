#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rng.h"
#include "formats/safetensors.h"
#include "learn/modelfile.h"
#include "nn/encoder-names.h"

#include "tap.h"

enum { IMAGES = 24, CLASSES = 4, BITS = 5 };

static const char *const names[CLASSES] = {"a", "b \"quoted\"", "\xd0\x96",
                                           "d,e"};
static char path[] = "modelfile-XXXXXX";

/* Noise that can be learnt: enough to have weights of its own. */
struct toy {
    struct learn_data data;
    uint8_t *pixels;
    uint32_t labels[IMAGES];
};

static struct toy toy_make(int channels, int height, int width)
{
    struct toy toy;
    size_t image = (size_t)channels * (size_t)height * (size_t)width;
    struct rng rng;

    rng_init(&rng, 5, 0);
    toy.pixels = mem_zalloc(IMAGES, image);
    for (size_t i = 0; i < IMAGES * image; i++)
        toy.pixels[i] = (uint8_t)rng_below(&rng, 256);
    for (uint32_t i = 0; i < IMAGES; i++)
        toy.labels[i] = i % CLASSES;
    toy.data = (struct learn_data){.n = IMAGES,
                                   .shape = {.channels = channels,
                                             .height = height,
                                             .width = width,
                                             .classes = CLASSES},
                                   .pixels = toy.pixels,
                                   .labels = NULL};
    return toy;
}

static struct learner *learn(struct toy *toy, const char *encoder,
                             enum learn_baseline baseline)
{
    struct learn_spec spec = learn_spec_default(RECIPE_BEST);
    struct learner *learner = NULL;
    struct learn_data none = toy->data;
    struct err err;

    toy->data.labels = toy->labels;
    none.n = 0;
    snprintf(spec.encoder, sizeof(spec.encoder), "%s", encoder);
    spec.bits = BITS;
    spec.batch = 12;
    spec.width = 0;
    spec.threads = 1;
    spec.epochs[0] = spec.epochs[1] = spec.epochs[2] = 1;
    learn_spec_baseline(&spec, baseline);
    if (!tap_ok(learner_new(&learner, &spec, &toy->data.shape, NULL, &err) ==
                        OK &&
                    learner_run(learner, &toy->data, &none, NULL, &err) == OK,
                "%s learns", encoder))
        tap_note("%s", err.text);
    return learner;
}

static enum status save(const struct learner *learner, struct err *err)
{
    FILE *f = fopen(path, "wb");
    enum status status = modelfile_write(f, path, learner, "toy", names, err);

    if (fclose(f) != 0)
        abort();
    return status;
}

static void round_trip(const char *encoder, int channels, int height, int width)
{
    struct toy toy = toy_make(channels, height, width);
    struct learner *learner = learn(&toy, encoder, BASELINE_NONE);
    struct modelfile back = {.classes = 0};
    float before[IMAGES * BITS], after[IMAGES * BITS];
    int done, left;
    struct err err;

    tap_int(save(learner, &err), OK, "%s: written", encoder);
    if (tap_int(modelfile_read(&back, path, NULL, &err), OK, "read")) {
        tap_str(back.model, "toy", "with its name");
        tap_ok(back.classes == CLASSES && strcmp(back.names[1], names[1]) == 0,
               "and its classes'");
        learner_epochs(back.learner, &done, &left);
        tap_ok(done == 3 && left == 0, "all epochs are done");
        tap_ok(learner_encode(learner, toy.pixels, IMAGES, before, NULL,
                              &err) == OK &&
                   learner_encode(back.learner, toy.pixels, IMAGES, after, NULL,
                                  &err) == OK &&
                   memcmp(before, after, sizeof(before)) == 0,
               "margins are the same to the bit");
        tap_ok(memcmp(learner_codebook(learner), learner_codebook(back.learner),
                      sizeof(float) * CLASSES * BITS) == 0 &&
                   learner_margin_scale(learner) ==
                       learner_margin_scale(back.learner),
               "and the codebook and the scale");
        tap_ok(
            learner_spec(back.learner)->lr[2] == learner_spec(learner)->lr[2] &&
                learner_spec(back.learner)->mix == learner_spec(learner)->mix,
            "and settings");
    } else {
        tap_note("%s", err.text);
    }
    modelfile_release(&back);
    learner_free(learner);
    free(toy.pixels);
}

/* How a file is spoilt, by its tensors and metadata. */
struct damage {
    const char *tensor;   /* left out, or */
    const char *key;      /* whose value becomes */
    const char *value;    /* NULL: left out */
    float *number, other; /* the first number of tensor becomes */
    const char *word;     /* of the refusal */
};

/* Writes the file at path again, damaged. */
static void spoil(const struct safetensors *file, const struct damage *d)
{
    struct safetensors_out out[64];
    struct safetensors_pair about[128];
    FILE *f = fopen(path, "wb");
    int tensors = 0, pairs = 0;
    struct err err;

    for (int i = 0; i < file->count; i++) {
        const struct safetensor *t = &file->items[i];
        float *values = (float *)(void *)(file->data + t->begin);

        if (d->tensor != NULL && strcmp(t->name, d->tensor) == 0) {
            if (d->number == NULL)
                continue;
            values[0] = d->other;
        }
        out[tensors] = (struct safetensors_out){t->name, t->dims, {0}, values};
        memcpy(out[tensors++].shape, t->shape, sizeof(t->shape));
    }
    for (int i = 0; i < file->pairs; i++) {
        about[pairs] = file->metadata[i];
        if (d->key != NULL && strcmp(about[pairs].key, d->key) == 0) {
            if (d->value == NULL)
                continue;
            about[pairs].value = mem_strdup(d->value);
        }
        pairs++;
    }
    if (safetensors_write(f, path, out, tensors, about, pairs, &err) != OK ||
        fclose(f) != 0)
        abort();
    for (int i = 0, j = 0; j < pairs; i++)
        if (about[j].key == file->metadata[i].key) {
            if (about[j].value != file->metadata[i].value)
                free(about[j].value);
            j++;
        }
}

static void test_damage(void)
{
    float number;
    const struct damage damages[] = {
        {.tensor = "conv1.weight", .word = "conv1.weight of shape (16, 1, 3"},
        {.tensor = "fc.weight", .word = "fc.weight"},
        {.tensor = "fc_lr.weight", .word = "fc_lr.weight"},
        {.tensor = "bn1.weight",
         .number = &number,
         .other = NAN,
         .word = "not a finite number at element 0"},
        {.tensor = "layer3.0.downsample.1.running_var",
         .number = &number,
         .other = -1,
         .word = "negative variance"},
        {.key = "encoder", .word = "encoder"},
        {.key = "encoder", .value = "vgg", .word = "no encoder is called"},
        {.key = "encoder", .value = "resnet14", .word = "layer1.1.conv1"},
        {.key = "width", .value = "32", .word = "of shape (32, 1, 3, 3)"},
        {.key = "bits", .value = "6", .word = "fc.weight of shape (4, 6, 1"},
        {.key = "bits", .value = "65", .word = "settings"},
        {.key = "image", .value = "1x12", .word = "image"},
        {.key = "image", .value = "1x12x12x", .word = "image"},
        {.key = "image", .value = "3x12x12", .word = "of shape (16, 3, 3, 3)"},
        {.key = "classes", .value = "[\"a\"]", .word = "(1, 5, 1, 1)"},
        {.key = "classes", .value = "[1,2,3,4]", .word = "classes"},
        {.key = "classes", .value = "[]", .word = "classes"},
        {.key = "mean", .value = "nan", .word = "mean"},
        {.key = "mean", .value = "1,2", .word = "mean"},
        {.key = "deviation", .value = "0", .word = "deviation"},
        {.key = "margin_scale", .value = "-1", .word = "margin_scale"},
        {.key = "margin_scale", .word = "margin_scale"},
    };
    struct toy toy = toy_make(1, 12, 12);
    struct learner *learner = learn(&toy, "resnet8", BASELINE_NONE);
    const struct damage classifier = {.tensor = "classifier.weight"};
    struct modelfile back = {.classes = 0};
    struct safetensors file;
    struct err err;

    for (size_t i = 0; i < ARRAY_SIZE(damages); i++) {
        if (save(learner, &err) != OK ||
            safetensors_read(&file, path, &err) != OK)
            abort();
        spoil(&file, &damages[i]);
        safetensors_release(&file);
        tap_int(modelfile_read(&back, path, NULL, &err), ERR_BAD_INPUT,
                "refused");
        tap_ok(strstr(err.text, damages[i].word) != NULL &&
                   strstr(err.text, path) != NULL,
               "%s", err.text);
    }
    if (save(learner, &err) != OK || safetensors_read(&file, path, &err) != OK)
        abort();
    spoil(&file, &classifier);
    safetensors_release(&file);
    tap_int(modelfile_read(&back, path, NULL, &err), OK,
            "a file without the classifier will do");
    modelfile_release(&back);
    learner_free(learner);
    free(toy.pixels);
}

static void test_ordinary(void)
{
    struct toy toy = toy_make(1, 12, 12);
    struct learner *learner = learn(&toy, "resnet8", BASELINE_ORDINARY);
    struct modelfile back = {.classes = 0};
    struct safetensors file;
    struct err err;

    if (save(learner, &err) != OK || safetensors_read(&file, path, &err) != OK)
        abort();
    tap_ok(safetensors_find(&file, "fc.weight") == NULL &&
               safetensors_find(&file, "classifier.bias") != NULL,
           "an ordinary classifier has no codebook");
    safetensors_release(&file);
    if (tap_int(modelfile_read(&back, path, NULL, &err), OK, "and can be read"))
        tap_ok(!learner_has_codes(back.learner), "as what it is");
    modelfile_release(&back);
    learner_free(learner);
    free(toy.pixels);
}

/* Names and shapes that torchvision's networks have, number by number. */
static void test_names(void)
{
    static const struct {
        const char *encoder;
        int tensors;
        const char *name;
        size_t shape[4];
    } cases[] = {
        {"resnet8", 45, "layer3.0.conv2.weight", {64, 64, 3, 3}},
        {"resnet8", 45, "layer2.0.downsample.0.weight", {32, 16, 1, 1}},
        {"resnet20x2", 105, "layer3.2.bn2.running_var", {128}},
        {"resnet18", 100, "conv1.weight", {64, 3, 7, 7}},
        {"resnet18", 100, "layer4.1.conv2.weight", {512, 512, 3, 3}},
        {"resnet18", 100, "layer2.0.downsample.1.running_mean", {128}},
        {"resnet34", 180, "layer3.5.bn2.bias", {256}},
        {"resnet50", 265, "layer1.0.downsample.0.weight", {256, 64, 1, 1}},
        {"resnet50", 265, "layer3.0.conv2.weight", {256, 256, 3, 3}},
        {"resnet50", 265, "layer4.2.conv3.weight", {2048, 512, 1, 1}},
        {"mlp", 10, "fc2.weight", {256, 256, 1, 1}},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct encoder e;
        struct err err;
        int found = 0, doubles = 0;

        if (encoder_init(&e, cases[i].encoder, 0, 3, 64, 64, &err) != OK)
            abort();
        for (int t = 0; t < encoder_tensors(&e); t++) {
            struct encoder_tensor it = encoder_tensor(&e, t);

            for (int u = 0; u < t; u++)
                doubles += strcmp(it.name, encoder_tensor(&e, u).name) == 0;
            if (strcmp(it.name, cases[i].name) != 0)
                continue;
            found++;
            for (int d = 0; d < it.dims; d++)
                found += it.shape[d] != cases[i].shape[d] ? 100 : 0;
        }
        tap_int(encoder_tensors(&e), cases[i].tensors, "%s: so many arrays",
                cases[i].encoder);
        tap_ok(found == 1 && doubles == 0, "one is %s, no name is there twice",
               cases[i].name);
    }
}

int main(void)
{
    int fd = mkstemp(path);

    if (fd < 0 || close(fd) != 0)
        return 99;
    round_trip("resnet8", 1, 12, 12);
    round_trip("resnet14x2", 3, 16, 12);
    round_trip("mlp", 3, 8, 9);
    round_trip("linear", 3, 8, 9);
    test_ordinary();
    test_damage();
    test_names();
    unlink(path);
    return tap_done();
}
