#include <config.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "formats/input.h"
#include "formats/npy.h"
#include "formats/onnx.h"
#include "learn/network.h"
#include "nn/graph.h"

#include "tap.h"

/*
 * The models of one operator that ONNX tests itself with (Debian's
 * libonnx-testdata), inputs and outputs beside each. Those of operators that
 * are not known here, or of types that are not computed with, are listed. With
 * MODEL INPUT.npy OUTPUT.npy: that one.
 */

#define DATA "/usr/share/libonnx-testdata/data/node"

enum verdict { PASSED, REFUSED, WRONG };

/* A message TensorProto in a file. */
static bool read_tensor(const char *path, struct graph_value *out, bool *common)
{
    unsigned char *data;
    size_t n;
    struct onnx_tensor t;
    struct err err;
    bool good;

    *common = true;
    if (input_whole(path, 1 << 26, &data, &n, &err) != OK)
        return false;
    good = onnx_parse_tensor(&t, (struct proto){data, data + n});
    *common = good && (t.type == ONNX_FLOAT || t.type == ONNX_INT64 ||
                       t.type == ONNX_BOOL);
    good = good && network_value(out, &t);
    free(data);
    return good;
}

/* As ONNX's own tests compare: 1e-3 of it, and 1e-7. */
static bool equals(const struct graph_value *got,
                   const struct graph_value *want)
{
    if (got->whole != want->whole || got->dims != want->dims ||
        got->count != want->count ||
        memcmp(got->shape, want->shape,
               (size_t)got->dims * sizeof(*got->shape)) != 0)
        return false;
    for (size_t i = 0; i < got->count; i++) {
        double a = got->whole ? (double)got->wholes[i] : (double)got->reals[i];
        double b =
            want->whole ? (double)want->wholes[i] : (double)want->reals[i];

        if (!(fabs(a - b) <= 1e-7 + 1e-3 * fabs(b)) &&
            !(isnan(a) && isnan(b)) && a != b)
            return false;
    }
    return true;
}

/* Computes all outputs of a case. */
static enum verdict run_case(const char *folder, const struct network *net,
                             char *why, size_t room)
{
    struct graph_value in[8] = {{0}};
    int inputs = network_inputs(net), outputs = network_outputs(net);
    enum verdict verdict = PASSED;
    char path[1024];
    bool common;

    for (int i = 0; i < inputs && i < 8; i++) {
        snprintf(path, sizeof(path), "%s/test_data_set_0/input_%d.pb", folder,
                 i);
        if (!read_tensor(path, &in[i], &common) || !common)
            verdict = REFUSED;
    }
    snprintf(why, room, "types that are not computed with");
    for (int i = 0; i < outputs && verdict == PASSED; i++) {
        struct graph_value want = {0}, got = {0};
        struct err err;

        snprintf(path, sizeof(path), "%s/test_data_set_0/output_%d.pb", folder,
                 i);
        if (!read_tensor(path, &want, &common) || !common) {
            verdict = REFUSED;
        } else if (network_run(net, in, network_output(net, i), &got, &err) !=
                   OK) {
            const char *from = strstr(err.text, "operator");

            snprintf(why, room, "%.200s", from != NULL ? from : err.text);
            verdict = REFUSED;
        } else if (!equals(&got, &want)) {
            verdict = WRONG;
        }
        graph_value_release(&want);
        graph_value_release(&got);
    }
    for (int i = 0; i < 8; i++)
        graph_value_release(&in[i]);
    return verdict;
}

static int no_dots(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

enum { LEAST_PASSED = 309 };

static void run_all(void)
{
    struct dirent **list;
    int n = scandir(DATA, &list, no_dots, alphasort), passed = 0, unknown = 0;
    int refused = 0;

    if (n <= 0) {
        tap_note("there is no libonnx-testdata: its models are left out");
        return;
    }
    for (int i = 0; i < n; i++) {
        struct network *net = NULL;
        char folder[512], path[600], why[512];
        struct err err;
        enum verdict verdict;

        snprintf(folder, sizeof(folder), DATA "/%s", list[i]->d_name);
        snprintf(path, sizeof(path), "%s/model.onnx", folder);
        if (network_open(&net, path, &err) != OK) {
            const char *from = strrchr(err.text, ':');

            tap_note("out of scope: %s:%.80s", list[i]->d_name,
                     from != NULL ? from + 1 : err.text);
            unknown++;
            free(list[i]);
            continue;
        }
        verdict = run_case(folder, net, why, sizeof(why));
        if (verdict == REFUSED) {
            tap_note("refused: %s: %s", list[i]->d_name, why);
            refused++;
        } else if (tap_ok(verdict == PASSED, "%s", list[i]->d_name)) {
            passed++;
        }
        network_close(net);
        free(list[i]);
    }
    free(list);
    tap_ok(passed >= LEAST_PASSED,
           "%d of %d models pass; %d are of operators that are not known, %d "
           "of types or options that are not",
           passed, n, unknown, refused);
}

static void run_one(char **argv)
{
    struct network *net = NULL;
    struct npy in, want;
    struct graph_value x = {0}, y = {0};
    struct err err = {OK, ""};
    double off = 0, largest = 0;

    if (!tap_ok(network_open(&net, argv[1], &err) == OK &&
                    npy_read(&in, argv[2], &err) == OK &&
                    npy_read(&want, argv[3], &err) == OK,
                "read %s", err.text))
        return;
    x = (struct graph_value){
        .dims = (int)in.dims, .count = in.count, .reals = in.data};
    memcpy(x.shape, in.shape, sizeof(in.shape));
    tap_ok(network_run(net, &x, network_output(net, 0), &y, &err) == OK,
           "computed %s", err.text);
    tap_ok(y.count == want.count, "of its size");
    for (size_t i = 0; i < want.count && i < y.count; i++) {
        off = fmax(off, fabs((double)y.reals[i] - (double)want.data[i]));
        largest = fmax(largest, fabs((double)want.data[i]));
    }
    tap_ok(off <= 1e-3 * largest, "off by %.2g of the largest", off / largest);
    graph_value_release(&y);
    npy_release(&in);
    npy_release(&want);
    network_close(net);
}

/* The small one, and those that must be refused. */
static void run_golden(void)
{
    static const struct {
        const char *file, *word;
    } bad[] = {
        {"cycle.onnx", "cycle"},
        {"unknown.onnx", "GridSample, LSTM"},
        {"twice.onnx", "twice"},
        {"claim.onnx", "tensor of w"},
    };
    const char *top = getenv("top_srcdir");
    char paths[3][1024], *argv[] = {NULL, paths[0], paths[1], paths[2]};
    static const char *const names[] = {"small.onnx", "small-input.npy",
                                        "small-output.npy"};
    struct network *net = NULL;
    struct graph_value x = {0}, y = {0};
    struct err err = {OK, ""};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        snprintf(paths[i], sizeof(paths[i]), "%s/tests/golden/onnx/%s",
                 top != NULL ? top : ".", names[i]);
    run_one(argv);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        snprintf(paths[0], sizeof(paths[0]), "%s/tests/golden/onnx/%s",
                 top != NULL ? top : ".", bad[i].file);
        tap_int(network_open(&net, paths[0], &err), ERR_BAD_INPUT, "%s",
                bad[i].file);
        tap_ok(strstr(err.text, bad[i].word) != NULL, "says %s: %s",
               bad[i].word, err.text);
    }
    snprintf(paths[0], sizeof(paths[0]), "%s/tests/golden/onnx/vast.onnx",
             top != NULL ? top : ".");
    if (tap_int(network_open(&net, paths[0], &err), OK, "vast.onnx")) {
        tap_int(network_run(net, &x, network_output(net, 0), &y, &err),
                ERR_BAD_INPUT, "makes nothing vast");
        tap_ok(strstr(err.text, "too large") != NULL, "says %s", err.text);
    }
    network_close(net);
}

int main(int argc, char **argv)
{
    if (argc > 3) {
        run_one(argv);
        return tap_done();
    }
    run_golden();
    run_all();
    return tap_done();
}
