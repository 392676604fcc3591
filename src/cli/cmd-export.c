#include <config.h>

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/commands.h"
#include "cli/exports.h"
#include "cli/outfile.h"

/* What can be exported: the first format is the default. */
static const struct what {
    const char *name;
    enum format formats[5];
    int count;
    enum subject_depth depth;
    enum status (*write)(const struct export *to, struct err *err);
} whats[] = {
    {"codes",
     {FORMAT_CSV, FORMAT_JSON, FORMAT_NPY, FORMAT_BITS, FORMAT_FAISS},
     5,
     SUBJECT_CODEBOOK,
     export_codes},
    {"codebook",
     {FORMAT_NPY, FORMAT_CSV, FORMAT_JSON, FORMAT_BITS, FORMAT_FAISS},
     5,
     SUBJECT_CODEBOOK,
     export_codebook},
    {"margins", {FORMAT_NPY, FORMAT_CSV}, 2, SUBJECT_CODEBOOK, export_margins},
    {"model", {FORMAT_SAFETENSORS}, 1, SUBJECT_MODEL, export_model},
    {"tree",
     {FORMAT_NEWICK, FORMAT_DOT, FORMAT_JSON, FORMAT_SVG},
     4,
     SUBJECT_CODEBOOK,
     export_tree},
    {"neighbours",
     {FORMAT_CSV, FORMAT_JSON},
     2,
     SUBJECT_CODEBOOK,
     export_neighbours},
};

static enum status find(const struct what **what, const char *word,
                        struct err *err)
{
    const char *names[ARRAY_SIZE(whats)], *near;

    for (size_t i = 0; i < ARRAY_SIZE(whats); i++) {
        names[i] = whats[i].name;
        if (strcmp(word, whats[i].name) == 0) {
            *what = &whats[i];
            return OK;
        }
    }
    near = args_nearest(word, names, (int)ARRAY_SIZE(whats));
    return err_set(err, ERR_BAD_INPUT,
                   "'%s' can't be exported: codes, codebook, margins, model, "
                   "tree and neighbours can%s%s%s",
                   word, near ? ". Did you mean " : "", near ? near : "",
                   near ? "?" : "");
}

static enum status choose(const struct what **what, enum format *format,
                          const struct args *args, struct err *err)
{
    static const char *const asked[] = {"images", "k",     "radius",
                                        "split",  "among", "all-ties"};
    struct str list = STR_INIT;
    enum status status = find(what, args->words[1], err);

    if (status != OK)
        return status;
    for (size_t i = 0; i < ARRAY_SIZE(asked); i++)
        if (args_has(args, asked[i]) && (*what)->write != export_neighbours)
            return err_set(err, ERR_BAD_INPUT,
                           "--%s is for neighbours alone: export %s writes all "
                           "there is",
                           asked[i], (*what)->name);
    *format = args->format_given ? args->format : (*what)->formats[0];
    for (int i = 0; i < (*what)->count; i++) {
        if ((*what)->formats[i] == *format)
            return OK;
        str_addf(&list, "%s%s", i ? ", " : "",
                 format_name((*what)->formats[i]));
    }
    err_set(err, ERR_BAD_INPUT, "--format %s: export %s writes %s",
            format_name(*format), (*what)->name, list.text);
    str_release(&list);
    return err->status;
}

static bool is_binary(enum format format)
{
    return format == FORMAT_NPY || format == FORMAT_BITS ||
           format == FORMAT_FAISS || format == FORMAT_SAFETENSORS;
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct outfile out;
    const struct what *what = NULL;
    enum format format = FORMAT_CSV;
    struct err ignored;
    enum status status = choose(&what, &format, args, err);

    if (status != OK)
        return status;
    status = subject_open(&s, args, what->depth, err);
    if (status == OK)
        status = outfile_open(&out, args_get(args, "output"), is_binary(format),
                              err);
    if (status == OK) {
        const struct export to = {out.stream,
                                  out.path ? out.path : "standard output",
                                  format, args, &s};

        status = what->write(&to, err);
        if (status == OK)
            status = outfile_close(&out, true, err);
        else if (outfile_close(&out, false, &ignored) != OK)
            err_wrap(err, "%s", ignored.text);
    }
    subject_close(&s);
    return status;
}

static const struct option_row options[] = {
    {"output", 'o', "FILE",
     "write FILE, whole or not at all (default, and -: standard output)"},
    OPTION_MODEL,
    {"images", '\0', "IDS",
     "neighbours: of these images: ids, ranges A-B, splits, all, @FILE, with "
     "commas (default: all)"},
    {"k", 'k', "N",
     "neighbours: how many of each image (default: 10; with --radius, all)"},
    {"radius", '\0', "D", "neighbours: only at distance D or less"},
    {"split", '\0', "SPLIT",
     "neighbours: only of train, test or ood (or several: A,B)"},
    {"among", '\0', "IDS",
     "neighbours: only these images, written as for --images"},
    {"all-ties", '\0', NULL,
     "neighbours: beyond k, every image as near as the last"},
    OPTION_END,
};

const struct command cmd_export = {
    .name = "export",
    .synopsis = "CATALOGUE WHAT",
    .summary = "codes, codebook, margins, model, tree or neighbours as a file",
    .details =
        "WHAT is one of:\n"
        "codes: csv (columns id,split,class,code), json, npy (uint64, one for "
        "each image), bits (npy, uint8, images x bits) or faiss (npy, uint8, "
        "images x bytes);\n"
        "codebook: npy (float32, classes x bits, the real values; the sign is "
        "the code), csv, json, bits or faiss;\n"
        "margins: npy (float32, images x bits), or csv;\n"
        "model: safetensors (all weights, for PyTorch or import-model);\n"
        "tree: newick, dot (Graphviz), json, or svg (a picture);\n"
        "neighbours: csv or json, as near --images writes them.\n"
        "The first format named is the default. Images are in the order of "
        "their ids, classes in the order of their labels.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMAT_BIT(FORMAT_CSV) | FORMAT_BIT(FORMAT_JSON) |
               FORMAT_BIT(FORMAT_NPY) | FORMAT_BIT(FORMAT_NEWICK) |
               FORMAT_BIT(FORMAT_DOT) | FORMAT_BIT(FORMAT_SVG) |
               FORMAT_BIT(FORMAT_BITS) | FORMAT_BIT(FORMAT_FAISS) |
               FORMAT_BIT(FORMAT_SAFETENSORS),
    .usual = "the first of WHAT",
    .least = 2,
    .most = 2,
    .run = run,
};
