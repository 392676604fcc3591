#include <config.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/input.h"
#include "formats/npy.h"
#include "formats/pth.h"
#include "image/imagefile.h"
#include "image/prepare.h"
#include "learn/learner-parts.h"
#include "learn/modelfile.h"

#include "tap.h"

/*
 * Checkpoints against what PyTorch made of them, see
 * tests/golden/checkpoints.py. Without arguments: the small ones. With
 * DIR NAME SIDE CLASSES BITS FILE [CODEBOOK]: one of the large ones, and of
 * the JPEGs in DIR/pictures.
 */

static char folder[4096];

static const char *in_folder(const char *name)
{
    static char paths[4][8192];
    static int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

/* ---- tensors ---- */

static void check_floats(const struct safetensors *f, const char *name,
                         size_t count, const float *want)
{
    const struct safetensor *t = safetensors_find(f, name);
    float got[24];
    struct err err;

    if (!tap_ok(t != NULL && t->count == count, "%s is there", name))
        return;
    tap_int(safetensors_floats(f, t, got, &err), OK, "%s is read", name);
    for (size_t i = 0; i < count; i++)
        if (got[i] != want[i]) {
            tap_ok(false, "%s[%zu] is %g, not %g", name, i, got[i], want[i]);
            return;
        }
    tap_ok(true, "%s has its values", name);
}

static void check_tensors(const char *file)
{
    struct safetensors f;
    struct err err = {OK, ""};
    float plain[24], turned[24];
    const struct safetensor *t;
    int64_t longs[2];

    for (int i = 0; i < 24; i++) {
        plain[i] = (float)i;
        turned[i] = (float)(i % 6 * 4 + i / 6);
    }
    if (!tap_ok(pth_read(&f, in_folder(file), &err) == OK, "%s: %s", file,
                err.text))
        return;
    check_floats(&f, "plain", 24, plain);
    check_floats(&f, "turned", 24, turned);
    check_floats(&f, "part", 4, (const float[]){18, 19, 22, 23});
    check_floats(&f, "scalar", 1, (const float[]){2.5f});
    check_floats(&f, "none", 0, NULL);
    check_floats(&f, "half", 2, (const float[]){1, -0.5f});
    check_floats(&f, "brain", 2, (const float[]){1, -2});
    check_floats(&f, "double", 2, (const float[]){0.1f, 3});
    check_floats(&f, "parameter", 2, (const float[]){1, 1});
    t = safetensors_find(&f, "turned");
    tap_ok(t->dims == 3 && t->shape[0] == 4 && t->shape[1] == 2, "shape");
    t = safetensors_find(&f, "long");
    memcpy(longs, t->bytes, sizeof(longs));
    tap_ok(strcmp(t->type, "I64") == 0 && longs[0] == (int64_t)1 << 40 &&
               longs[1] == -1,
           "whole numbers");
    t = safetensors_find(&f, "bool");
    tap_ok(t->width == 1 && t->bytes[0] == 1 && t->bytes[1] == 0, "bools");
    tap_int(f.count, 11, "all of them");
    safetensors_release(&f);
}

static void check_refused(const char *file, const char *word)
{
    struct safetensors f = {.count = 0};
    struct err err = {OK, ""};

    tap_int(pth_read(&f, in_folder(file), &err), ERR_BAD_INPUT, "%s", file);
    if (!tap_ok(strstr(err.text, word) != NULL, "the message says %s", word))
        tap_note("%s", err.text);
    tap_ok(f.items == NULL && f.data == NULL, "nothing is left");
}

/* ---- models ---- */

struct model {
    const char *name; /* of the files with what PyTorch made */
    const char *file, *codebook;
    int side, classes, bits;
};

/* A picture of the folder as torchvision's Resize(256) and CenterCrop(side)
 * make it. */
static void see_picture(uint8_t *out, size_t i, size_t side)
{
    struct prepare how = {.resize = 256, .size = (uint32_t)side, .channels = 3};
    struct picture p = {.pixels = NULL};
    struct err err = {OK, ""};
    unsigned char *bytes;
    char name[64];
    size_t n;

    snprintf(name, sizeof(name), "pictures/%04zu.jpg", i);
    if (input_whole(in_folder(name), 1 << 26, &bytes, &n, &err) != OK ||
        imagefile_decode(&p, bytes, n, 0, name, &err) != OK ||
        prepare_picture(out, &p, &how, &err) != OK) {
        tap_ok(false, "%s", err.text);
        abort();
    }
    free(bytes);
    picture_release(&p);
}

/* As in the script: bytes (n, 3, side, side). */
static uint8_t *make_pictures(size_t n, size_t side)
{
    size_t count = n * 3 * side * side;
    uint8_t *pixels = mem_zalloc(count, 1);

    if (access(in_folder("pictures"), F_OK) == 0) {
        for (size_t i = 0; i < n; i++)
            see_picture(pixels + i * 3 * side * side, i, side);
        return pixels;
    }
    for (uint64_t i = 0; i < count; i++)
        pixels[i] = (uint8_t)(i * i / 7 + 31 * i);
    return pixels;
}

static struct npy expected(const char *name, const char *what)
{
    char file[64];
    struct npy npy = {.data = NULL};
    struct err err = {OK, ""};

    snprintf(file, sizeof(file), "%s-%s.npy", name, what);
    tap_ok(npy_read(&npy, in_folder(file), &err) == OK, "%s %s", file,
           err.text);
    return npy;
}

/* The largest difference, as a part of the largest value. */
static void check_near(const char *file, const char *what, const float *got,
                       const struct npy *want)
{
    double off = 0, largest = 0;

    for (size_t i = 0; i < want->count; i++) {
        off = fmax(off, fabs((double)got[i] - (double)want->data[i]));
        largest = fmax(largest, fabs((double)want->data[i]));
    }
    tap_ok(largest > 0 && off <= 1e-4 * largest,
           "%s: %s of %zu values: off by %.2g of the largest", file, what,
           want->count, off / largest);
}

static void check_outputs(const struct model *m, struct learner *l)
{
    struct npy features = expected(m->name, "features");
    size_t n = features.shape[0], d = features.shape[1];
    uint8_t *pixels = make_pictures(n, (size_t)m->side);
    float *logits = mem_zalloc(n, (size_t)m->classes * sizeof(float));
    size_t image = 3 * (size_t)m->side * (size_t)m->side;
    float *f = mem_zalloc(n, d * sizeof(float));
    struct learner_eye eye;
    struct err err;

    if (!tap_ok(learner_ready(l, &err) == OK &&
                    learner_eye_init(&eye, l, &err) == OK &&
                    (size_t)l->encoder.features == d,
                "%s is made ready", m->file))
        return;
    for (size_t i = 0; i < n; i += (size_t)eye.group) {
        size_t part = n - i < (size_t)eye.group ? n - i : (size_t)eye.group;

        memcpy(f + i * d,
               learner_eye_look(&eye, 0, pixels + i * image, (int)part),
               part * d * sizeof(float));
    }
    check_near(m->file, "features", f, &features);
    if (!learner_has_codes(l)) {
        struct npy want = expected(m->name, "logits");

        for (size_t i = 0; i < n * (size_t)m->classes; i++) {
            size_t c = i % (size_t)m->classes, at = i / (size_t)m->classes;
            double sum = l->params[l->bias + c];

            for (size_t j = 0; j < d; j++)
                sum += (double)l->params[l->classifier + c * d + j] *
                       f[at * d + j];
            logits[i] = (float)sum;
        }
        check_near(m->file, "logits", logits, &want);
        npy_release(&want);
    }
    learner_eye_release(&eye);
    free(f);
    free(logits);
    free(pixels);
    npy_release(&features);
}

static void check_codes(const struct model *m, struct learner *l)
{
    struct npy want = expected(m->name, "margins");
    struct npy book = expected("llc", "codebook");
    size_t n = want.shape[0];
    uint8_t *pixels = make_pictures(n, (size_t)m->side);
    float *margins = mem_zalloc(n, (size_t)m->bits * sizeof(float));
    struct err err;
    size_t other = 0;

    tap_int(learner_encode(l, pixels, (uint32_t)n, margins, NULL, &err), OK,
            "%s encodes", m->file);
    check_near(m->file, "margins", margins, &want);
    for (size_t i = 0; i < want.count; i++)
        other += (margins[i] >= 0) != (want.data[i] >= 0);
    tap_int((long long)other, 0, "%s: bits of codes that differ, of %zu",
            m->file, want.count);
    tap_ok(memcmp(learner_codebook(l), book.data, book.count * sizeof(float)) ==
               0,
           "%s: the codebook", m->file);
    npy_release(&want);
    npy_release(&book);
    free(margins);
    free(pixels);
}

static const char **make_names(int classes)
{
    const char **names = mem_zalloc((size_t)classes, sizeof(*names));

    for (int c = 0; c < classes; c++)
        names[c] = "class";
    return names;
}

static enum status read_model(struct modelfile *out, const struct model *m,
                              const char *arch, struct err *err)
{
    struct learn_shape shape = {3, m->side, m->side, (uint32_t)m->classes};
    const char **names = make_names(m->classes);
    char book[8192];
    struct modelfile_ask ask = {.arch = arch, .shape = &shape, .names = names};
    enum status status;

    if (m->codebook != NULL) {
        snprintf(book, sizeof(book), "%s", in_folder(m->codebook));
        ask.codebook = book;
    }
    status = modelfile_read(out, in_folder(m->file), &ask, err);
    free(names);
    return status;
}

static void check_model(const struct model *m)
{
    struct modelfile file = {.classes = 0};
    struct err err = {OK, ""};

    if (!tap_ok(read_model(&file, m, NULL, &err) == OK, "%s: %s", m->file,
                err.text))
        return;
    check_outputs(m, file.learner);
    if (learner_has_codes(file.learner))
        check_codes(m, file.learner);
    tap_ok(!file.headless && !file.scaled, "%s: heads taken", m->file);
    modelfile_release(&file);
}

static void check_misfit(struct model m, const char *arch, const char *word)
{
    struct modelfile file = {.classes = 0};
    struct err err = {OK, ""};

    tap_int(read_model(&file, &m, arch, &err), ERR_BAD_INPUT, "%s refused",
            m.file);
    if (!tap_ok(strstr(err.text, word) != NULL, "the message says %s", word))
        tap_note("%s", err.text);
}

/* A classifier of other classes is left behind. */
static void check_headless(void)
{
    struct model m = {"small", "small.pth.gz", NULL, 16, 9, 0};
    struct modelfile file = {.classes = 0};
    struct err err = {OK, ""};

    tap_int(read_model(&file, &m, "resnet8", &err), OK, "other classes");
    tap_ok(file.headless, "only the encoder is taken");
    modelfile_release(&file);
}

int main(int argc, char **argv)
{
    const char *top = getenv("top_srcdir");
    static const struct model small[] = {
        {"small", "small.pth.gz", NULL, 16, 5, 0},
        {"small", "small-old.pth.gz", NULL, 16, 5, 0},
        {"small", "llc.pth.gz", NULL, 16, 5, 7},
        {"small", "llc-two.pth.gz", "llc-codebook.npy", 16, 5, 7},
    };

    if (argc > 6) {
        struct model m = {argv[2],       argv[6],       argv[7],
                          atoi(argv[3]), atoi(argv[4]), atoi(argv[5])};

        snprintf(folder, sizeof(folder), "%s", argv[1]);
        check_model(&m);
        return tap_done();
    }
    snprintf(folder, sizeof(folder), "%s/tests/golden/pth",
             top != NULL ? top : ".");
    check_tensors("tensors.pth");
    check_tensors("tensors-old.pth");
    check_refused("system.pth", "posix.system");
    check_refused("system-old.pth", "posix.system");
    check_refused("whole.pth", "torch.nn.modules.linear.Linear");
    check_refused("bomb.pth", "compressed");
    check_refused("llc-codebook.npy", "no checkpoint");
    tap_ok(access("evil-was-here", F_OK) != 0, "nothing was run");
    for (size_t i = 0; i < ARRAY_SIZE(small); i++)
        check_model(&small[i]);
    check_headless();
    check_misfit(small[0], "resnet14", "leave --arch out");
    check_misfit((struct model){"small", "llc-two.pth.gz", NULL, 16, 5, 7},
                 NULL, "--codebook");
    check_misfit((struct model){"small", "llc.pth.gz", NULL, 16, 6, 7}, NULL,
                 "5 classes");
    check_misfit(
        (struct model){"small", "llc.pth.gz", "small-logits.npy", 16, 5, 7},
        NULL, "3 x 5");
    return tap_done();
}
