#include <config.h>

#include "bed.h"

#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "catalogue/codestore.h"
#include "catalogue/models.h"
#include "tap.h"

enum { PATIENCE_MS = 120000 };

extern char **environ;

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "test bed: %s\n", what);
    abort();
}

static void need_ok(enum status status, const struct err *err)
{
    need(status == OK, err->text);
}

static const char *build_dir(void)
{
    const char *dir = getenv("top_builddir");

    return dir != NULL ? dir : ".";
}

static pid_t spawn(char *const *argv)
{
    pid_t pid;

    need(posix_spawn(&pid, argv[0], NULL, NULL, argv, environ) == 0, argv[0]);
    return pid;
}

void bed_init(struct bed *bed, int classes, int train, int test)
{
    char program[300], numbers[3][16];
    char *argv[] = {program,    bed->images, numbers[0],
                    numbers[1], numbers[2],  NULL};

    snprintf(bed->dir, sizeof(bed->dir), "/tmp/bitgrove-test-XXXXXX");
    need(mkdtemp(bed->dir) != NULL, "mkdtemp");
    snprintf(bed->images, sizeof(bed->images), "%s/shapes", bed->dir);
    snprintf(bed->path, sizeof(bed->path), "%s/c.bitgrove", bed->dir);
    need(mkdir(bed->images, 0700) == 0, "mkdir");
    snprintf(program, sizeof(program), "%s/tests/make-images", build_dir());
    snprintf(numbers[0], sizeof(numbers[0]), "%d", classes);
    snprintf(numbers[1], sizeof(numbers[1]), "%d", train);
    snprintf(numbers[2], sizeof(numbers[2]), "%d", test);
    need(bed_wait(spawn(argv)) == 0, "make-images");
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *ftw)
{
    (void)st;
    (void)kind;
    (void)ftw;
    return remove(path);
}

void bed_release(struct bed *bed)
{
    need(nftw(bed->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0, bed->dir);
}

const char *bed_file(const struct bed *bed, const char *name)
{
    static char paths[64][512];
    static int turn;
    char *path = paths[turn++ % 64];

    snprintf(path, sizeof(paths[0]), "%s/%s", bed->dir, name);
    return path;
}

/* An .npy of version 1. */
static void save_array(const char *path, const char *type, const char *shape,
                       const void *body, size_t size)
{
    char head[128];
    FILE *f = fopen(path, "wb");

    memset(head, ' ', sizeof(head));
    memcpy(head, "\x93NUMPY\x01\0\x76\0", 10);
    head[10 + snprintf(head + 10, 117,
                       "{'descr': '%s', 'fortran_order': False, 'shape': %s}",
                       type, shape)] = ' ';
    head[127] = '\n';
    need(f != NULL && fwrite(head, sizeof(head), 1, f) == 1 &&
             fwrite(body, size, 1, f) == 1 && fclose(f) == 0,
         path);
}

const char *bed_features(const struct bed *bed, int rows, int columns,
                         int classes)
{
    const char *path = bed_file(bed, "train-features.npy");
    size_t n = (size_t)rows, d = (size_t)columns;
    float *x = mem_zalloc(n * d, sizeof(*x));
    unsigned char *y = mem_zalloc(n, 1);
    unsigned noise = 1;
    char shape[48];

    for (size_t i = 0; i < n; i++) {
        y[i] = (unsigned char)(i % (size_t)classes);
        for (size_t j = 0; j < d; j++) {
            noise = noise * 1664525u + 1013904223u;
            x[i * d + j] =
                (float)(noise >> 16) / 65536 + (j % (size_t)classes == y[i]);
        }
    }
    snprintf(shape, sizeof(shape), "(%d, %d)", rows, columns);
    save_array(path, "<f4", shape, x, n * d * sizeof(*x));
    snprintf(shape, sizeof(shape), "(%d,)", rows);
    save_array(bed_file(bed, "train-labels.npy"), "|u1", shape, y, n);
    free(x);
    free(y);
    return path;
}

struct catalogue *bed_open(const struct bed *bed)
{
    struct catalogue *cat = NULL;
    struct err err;

    need_ok(catalogue_open(&cat, bed->path, DB_CREATE, &err), &err);
    return cat;
}

int64_t bed_queue(const struct bed *bed, enum job_kind kind, ...)
{
    struct catalogue *cat = bed_open(bed);
    struct params params = {NULL, NULL, 0, 0};
    struct err err;
    const char *name;
    int64_t id;
    va_list args;

    va_start(args, kind);
    while ((name = va_arg(args, const char *)) != NULL)
        need_ok(
            params_set(&params, kind, name, va_arg(args, const char *), &err),
            &err);
    va_end(args);
    need_ok(job_add(cat, kind, &params, 0, &id, &err), &err);
    params_release(&params);
    catalogue_close(cat);
    return id;
}

struct job bed_job(const struct bed *bed, int64_t id)
{
    struct catalogue *cat = bed_open(bed);
    struct job job = {0};
    struct err err;

    need_ok(job_get(cat, id, &job, &err), &err);
    catalogue_close(cat);
    return job;
}

static char *text_of(const char *text)
{
    return strdup(text);
}

pid_t bed_spawn(const struct bed *bed, ...)
{
    char program[300];
    char *argv[12] = {program};
    const char *argument;
    int count = 1;
    pid_t pid;
    va_list args;

    snprintf(program, sizeof(program), "%s/bitgrove-worker", build_dir());
    va_start(args, bed);
    while ((argument = va_arg(args, const char *)) != NULL && count < 9)
        argv[count++] = text_of(argument);
    va_end(args);
    argv[count++] = text_of("--quiet");
    argv[count++] = text_of(bed->path);
    pid = spawn(argv);
    for (int i = 1; i < count; i++)
        free(argv[i]);
    return pid;
}

int bed_wait(pid_t worker)
{
    int64_t until = clock_monotonic() + PATIENCE_MS;
    int status;
    pid_t ended;

    while ((ended = waitpid(worker, &status, WNOHANG)) == 0) {
        if (clock_monotonic() >= until)
            kill(worker, SIGKILL);
        clock_sleep(2);
    }
    need(ended == worker, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int bed_work(const struct bed *bed)
{
    return bed_wait(bed_spawn(bed, "--idle", "0", NULL));
}

static bool find_model(struct catalogue *cat, const char *name,
                       struct model_row *out)
{
    struct err err;

    return model_find(cat, name, out, &err) == OK;
}

bool bed_await_step(const struct bed *bed, const char *model, int step)
{
    struct catalogue *cat = bed_open(bed);
    int64_t until = clock_monotonic() + PATIENCE_MS;
    bool reached = false;

    while (!reached && clock_monotonic() < until) {
        struct model_row row;

        if (find_model(cat, model, &row)) {
            reached = row.step >= step;
            model_release(&row);
        }
        if (!reached)
            clock_sleep(5);
    }
    catalogue_close(cat);
    return reached;
}

static void mix(uint64_t *digest, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;

    for (size_t i = 0; i < n; i++)
        *digest = (*digest ^ p[i]) * 0x100000001b3u;
}

static void mix_step(uint64_t *digest, struct catalogue *cat, int64_t model,
                     int step)
{
    struct class_codes codes;
    struct tree_rows tree;
    struct err err;

    need_ok(class_codes_load(cat, model, step, &codes, &err), &err);
    mix(digest, codes.codes, (size_t)codes.classes * sizeof(*codes.codes));
    mix(digest, codes.weights,
        (size_t)codes.classes * (size_t)codes.bits * sizeof(*codes.weights));
    class_codes_release(&codes);
    need_ok(tree_rows_load(cat, model, step, "average", &tree, &err), &err);
    for (int i = 0; i < tree.count; i++) {
        mix(digest, &tree.items[i].left, sizeof(tree.items[i].left));
        mix(digest, &tree.items[i].right, sizeof(tree.items[i].right));
        mix(digest, &tree.items[i].height, sizeof(tree.items[i].height));
    }
    tree_rows_release(&tree);
}

static void mix_history(uint64_t *digest, struct catalogue *cat, int64_t model)
{
    struct history_list list;
    struct err err;

    need_ok(history_all(cat, model, &list, &err), &err);
    for (int i = 0; i < list.count; i++) {
        mix(digest, &list.items[i].step, sizeof(list.items[i].step));
        mix(digest, &list.items[i].loss, sizeof(list.items[i].loss));
        mix(digest, &list.items[i].top1, sizeof(list.items[i].top1));
    }
    history_list_release(&list);
}

static void mix_images(uint64_t *digest, struct catalogue *cat, int64_t model)
{
    struct image_codes codes;
    struct err err;
    size_t n;

    need_ok(image_codes_load(cat, model, &codes, &err), &err);
    n = (size_t)codes.n;
    mix(digest, codes.ids, n * sizeof(*codes.ids));
    mix(digest, codes.codes, n * sizeof(*codes.codes));
    mix(digest, codes.decoded, n * sizeof(*codes.decoded));
    mix(digest, codes.distance, n * sizeof(*codes.distance));
    if (codes.margins != NULL)
        mix(digest, codes.margins, n * (size_t)codes.bits);
    image_codes_release(&codes);
}

uint64_t bed_codes(const struct bed *bed, const char *model)
{
    struct catalogue *cat = bed_open(bed);
    uint64_t digest = 0xcbf29ce484222325u;
    struct model_row row;

    if (!find_model(cat, model, &row)) {
        catalogue_close(cat);
        return 0;
    }
    for (int step = 1; step <= row.step; step++)
        mix_step(&digest, cat, row.id, step);
    mix_history(&digest, cat, row.id);
    mix_images(&digest, cat, row.id);
    mix(&digest, &row.state, sizeof(row.state));
    mix(&digest, &row.step, sizeof(row.step));
    mix(&digest, &row.margin_scale, sizeof(row.margin_scale));
    model_release(&row);
    catalogue_close(cat);
    return digest;
}

struct catalogue_info bed_info(const struct bed *bed)
{
    struct catalogue *cat = bed_open(bed);
    struct catalogue_info info;
    struct err err;

    need_ok(catalogue_info(cat, &info, &err), &err);
    catalogue_close(cat);
    info.jobs = info.file_bytes = 0;
    return info;
}

bool bed_same(const struct catalogue_info *a, const struct catalogue_info *b)
{
    return a->datasets == b->datasets && a->classes == b->classes &&
           a->images == b->images && a->train == b->train &&
           a->test == b->test && a->ood == b->ood &&
           a->unlabelled == b->unlabelled && a->models == b->models &&
           a->codes == b->codes;
}

bool bed_sound(const struct bed *bed)
{
    struct catalogue *cat = bed_open(bed);
    struct str report = STR_INIT;
    bool sound = false;
    struct err err;

    need_ok(catalogue_check(cat, &report, &sound, &err), &err);
    if (!sound)
        tap_note("%s", report.text);
    str_release(&report);
    catalogue_close(cat);
    return sound;
}
