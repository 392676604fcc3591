#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/exportmodel.h"
#include "cli/jsonout.h"
#include "cli/outfile.h"
#include "cli/subject.h"
#include "cli/tabular.h"
#include "cli/taxon.h"
#include "formats/npy.h"
#include "taxonomy/dot.h"
#include "taxonomy/newick.h"

/* ---- codes ---- */

static void codes_csv(FILE *out, const struct subject *s,
                      const struct image_codes *codes)
{
    struct str line = STR_INIT, name = STR_INIT;

    fputs("id,split,class,code\n", out);
    for (int64_t i = 0; i < codes->n; i++) {
        str_clear(&line);
        str_clear(&name);
        utf8_escape(&name, subject_class(s, codes->class_ids[i]));
        str_addf(&line, "%lld,%s,", (long long)codes->ids[i],
                 split_name((enum split)codes->split[i]));
        tabular_csv(&line, name.text);
        str_add_char(&line, ',');
        code_text(&line, codes->codes[i], codes->bits, CODE_PLAIN);
        str_add_char(&line, '\n');
        fputs(line.text, out);
    }
    str_release(&line);
    str_release(&name);
}

/* Row by row: the array may be larger than memory is. */
static void codes_json(FILE *out, const struct subject *s,
                       const struct image_codes *codes)
{
    struct str line = STR_INIT;

    fputc('[', out);
    for (int64_t i = 0; i < codes->n; i++) {
        const char *name = subject_class(s, codes->class_ids[i]);
        json_t *text = name[0] ? jsonout_text(name) : json_null();

        str_clear(&line);
        str_addf(&line, "%s\n  {\"id\": %lld, \"split\": \"%s\", \"class\": ",
                 i ? "," : "", (long long)codes->ids[i],
                 split_name((enum split)codes->split[i]));
        jsonout_write(&line, text);
        line.text[--line.length] = '\0'; /* the newline */
        str_add(&line, ", \"code\": \"");
        code_text(&line, codes->codes[i], codes->bits, CODE_PLAIN);
        str_add(&line, "\"}");
        fputs(line.text, out);
        json_decref(text);
    }
    fputs("\n]\n", out);
    str_release(&line);
}

static enum status export_codes(FILE *out, const char *name, struct subject *s,
                                enum format format, struct err *err)
{
    struct image_codes codes;
    size_t shape[1];
    enum status status = subject_codes(s, &codes, err);

    if (status != OK)
        return status;
    shape[0] = (size_t)codes.n;
    if (format == FORMAT_NPY)
        status = npy_write(out, name, NPY_U64, 1, shape, codes.codes, err);
    else if (format == FORMAT_JSON)
        codes_json(out, s, &codes);
    else
        codes_csv(out, s, &codes);
    image_codes_release(&codes);
    return status;
}

/* ---- codebook ---- */

static void codebook_csv(FILE *out, const struct subject *s)
{
    struct str line = STR_INIT, name = STR_INIT;

    str_add(&line, "number,class,code");
    for (int bit = 0; bit < s->book.bits; bit++)
        str_addf(&line, ",w%d", bit);
    fprintf(out, "%s\n", line.text);
    for (uint32_t c = 0; c < s->book.classes; c++) {
        str_clear(&line);
        str_clear(&name);
        utf8_escape(&name, s->coded.items[c].name);
        str_addf(&line, "%lld,", (long long)s->coded.items[c].number);
        tabular_csv(&line, name.text);
        str_add_char(&line, ',');
        code_text(&line, s->book.codes[c], s->book.bits, CODE_PLAIN);
        for (int bit = 0; bit < s->book.bits; bit++)
            str_addf(&line, ",%.9g",
                     (double)s->book
                         .weights[c * (uint32_t)s->book.bits + (uint32_t)bit]);
        fprintf(out, "%s\n", line.text);
    }
    str_release(&line);
    str_release(&name);
}

static enum status export_codebook(FILE *out, const char *name,
                                   struct subject *s, enum format format,
                                   struct err *err)
{
    size_t shape[2] = {s->book.classes, (size_t)s->book.bits};

    if (format == FORMAT_NPY)
        return npy_write(out, name, NPY_F32, 2, shape, s->book.weights, err);
    codebook_csv(out, s);
    return OK;
}

/* ---- margins ---- */

static enum status export_margins(FILE *out, const char *name,
                                  struct subject *s, enum format format,
                                  struct err *err)
{
    struct image_codes codes;
    float row[CODE_BITS_MAX];
    size_t shape[2];
    enum status status = subject_codes(s, &codes, err);

    (void)format;
    if (status != OK)
        return status;
    shape[0] = (size_t)codes.n;
    shape[1] = (size_t)codes.bits;
    status = npy_write_header(out, name, NPY_F32, 2, shape, err);
    for (int64_t i = 0; status == OK && i < codes.n; i++) {
        for (int bit = 0; bit < codes.bits; bit++)
            row[bit] = (float)(codes.margins[i * codes.bits + bit] *
                               s->model.margin_scale);
        fwrite(row, sizeof(*row), shape[1], out);
    }
    image_codes_release(&codes);
    return status;
}

/* ---- tree ---- */

static enum status export_tree(FILE *out, const char *name, struct subject *s,
                               enum format format, struct err *err)
{
    struct taxon t;
    struct str text = STR_INIT;
    enum status status = taxon_load(&t, s, 0, LINKAGE_AVERAGE, err);

    (void)name;
    if (status == OK) {
        if (format == FORMAT_DOT)
            dot_write(&text, &t.dendro, t.names);
        else if (format == FORMAT_JSON)
            taxon_json(&text, &t, s, LINKAGE_AVERAGE);
        else
            newick_write(&text, &t.dendro, t.names);
        fputs(text.text, out);
    }
    str_release(&text);
    taxon_release(&t);
    return status;
}

/* What can be exported: the first format is the default. */
static const struct what {
    const char *name;
    enum format formats[3];
    int count;
    enum subject_depth depth;
    enum status (*write)(FILE *out, const char *name, struct subject *s,
                         enum format format, struct err *err);
} whats[] = {
    {"codes",
     {FORMAT_CSV, FORMAT_JSON, FORMAT_NPY},
     3,
     SUBJECT_CODEBOOK,
     export_codes},
    {"codebook",
     {FORMAT_NPY, FORMAT_CSV},
     2,
     SUBJECT_CODEBOOK,
     export_codebook},
    {"margins", {FORMAT_NPY}, 1, SUBJECT_CODEBOOK, export_margins},
    {"model", {FORMAT_SAFETENSORS}, 1, SUBJECT_MODEL, exportmodel},
    {"tree",
     {FORMAT_NEWICK, FORMAT_DOT, FORMAT_JSON},
     3,
     SUBJECT_CODEBOOK,
     export_tree},
};

static enum status choose(const struct what **what, enum format *format,
                          const struct args *args, struct err *err)
{
    const char *names[ARRAY_SIZE(whats)], *near;
    struct str list = STR_INIT;

    *what = NULL;
    for (size_t i = 0; i < ARRAY_SIZE(whats); i++) {
        names[i] = whats[i].name;
        if (strcmp(args->words[1], whats[i].name) == 0)
            *what = &whats[i];
    }
    if (*what == NULL) {
        near = args_nearest(args->words[1], names, (int)ARRAY_SIZE(whats));
        return err_set(err, ERR_BAD_INPUT,
                       "'%s' can't be exported: codes, codebook, margins, "
                       "model and tree can%s%s%s",
                       args->words[1], near ? ". Did you mean " : "",
                       near ? near : "", near ? "?" : "");
    }
    *format = args->format_given ? args->format : (*what)->formats[0];
    for (int i = 0; i < (*what)->count; i++)
        if ((*what)->formats[i] == *format)
            return OK;
    for (int i = 0; i < (*what)->count; i++)
        str_addf(&list, "%s%s", i ? ", " : "",
                 format_name((*what)->formats[i]));
    err_set(err, ERR_BAD_INPUT, "--format %s: export %s writes %s",
            format_name(*format), (*what)->name, list.text);
    str_release(&list);
    return err->status;
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct outfile out;
    const struct what *what;
    const char *path = args_get(args, "output");
    enum format format = FORMAT_CSV;
    struct err ignored;
    enum status status = choose(&what, &format, args, err);

    if (status != OK)
        return status;
    status = subject_open(&s, args, what->depth, err);
    if (status == OK)
        status = outfile_open(
            &out, path, format == FORMAT_NPY || format == FORMAT_SAFETENSORS,
            err);
    if (status == OK) {
        status = what->write(out.stream, path ? path : "standard output", &s,
                             format, err);
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
     "write FILE, whole or not at all (default: "
     "standard output)"},
    OPTION_MODEL,
    OPTION_END,
};

const struct command cmd_export = {
    .name = "export",
    .synopsis = "CATALOGUE WHAT",
    .summary = "codes, codebook, margins, model or tree as a file",
    .details =
        "WHAT is one of:\n"
        "codes: csv (columns id,split,class,code), json, or npy (uint64, one "
        "for each image);\n"
        "codebook: npy (float32, classes x bits, the real values; the sign is "
        "the code), or csv;\n"
        "margins: npy (float32, images x bits);\n"
        "model: safetensors (all weights, for PyTorch or import-model);\n"
        "tree: newick, dot (Graphviz), or json.\n"
        "The first format named is the default. Images are in the order of "
        "their ids, classes in the order of their labels.",
    .options = options,
    .kind = JOB_KIND_COUNT,
    .formats = FORMAT_BIT(FORMAT_CSV) | FORMAT_BIT(FORMAT_JSON) |
               FORMAT_BIT(FORMAT_NPY) | FORMAT_BIT(FORMAT_NEWICK) |
               FORMAT_BIT(FORMAT_DOT) | FORMAT_BIT(FORMAT_SAFETENSORS),
    .least = 2,
    .most = 2,
    .run = run,
};
