#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/follow.h"
#include "cli/subject.h"
#include "cli/tabular.h"
#include "cli/taxon.h"
#include "taxonomy/cophenetic.h"
#include "taxonomy/dot.h"
#include "taxonomy/naming.h"
#include "taxonomy/newick.h"
#include "taxonomy/purity.h"
#include "taxonomy/treetext.h"

/* A tree that is not stored is a job for the worker. */
static enum status make_tree(const struct args *args, struct subject *s,
                             struct err *err)
{
    struct follow options = follow_options(args);
    struct job job;
    enum status status;

    options.brief = true;
    if (s->model.step == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "model %s has no codes yet. Follow it with: bitgrove "
                       "jobs %s --follow",
                       s->model.name, args->words[0]);
    status = follow_new(s->cat, JOB_TREE, &args->params, s->model.id, &options,
                        &job, err);
    if (status == OK)
        job_release(&job);
    return status;
}

static enum status load(struct taxon *out, const struct args *args,
                        struct subject *s, enum linkage linkage, int step,
                        struct err *err)
{
    enum status status = taxon_load(out, s, step, linkage, err);

    if (status != ERR_NOT_FOUND)
        return status;
    status = make_tree(args, s, err);
    return status == OK ? taxon_load(out, s, step, linkage, err) : status;
}

static void label(struct str *out, const struct dendro *d, uint32_t node,
                  void *context)
{
    const struct taxon *t = context;
    const struct naming naming = {t->names, t->paths, !console_utf8()};
    struct str text = STR_INIT, safe = STR_INIT;

    naming_label(&text, d, &naming, node, 0);
    utf8_escape(&safe, text.text);
    console_label(out, safe.text);
    if (!dendro_is_leaf(d, node))
        str_addf(out, "  (%u classes, height %.2f)", d->node[node].size,
                 d->node[node].height);
    str_release(&text);
    str_release(&safe);
}

static void print_clipped(const char *text)
{
    int columns = console_columns(stdout);

    while (*text) {
        size_t n = strcspn(text, "\n");
        char *line = strndup(text, n);
        struct str out = STR_INIT;

        if (line != NULL)
            utf8_clip(&out, line, columns ? columns : 100000, !console_utf8());
        puts(out.text);
        free(line);
        str_release(&out);
        text += n + (text[n] == '\n');
    }
}

static void print_text(struct taxon *t, const struct subject *s,
                       enum linkage linkage, int depth)
{
    struct str out = STR_INIT, name = STR_INIT;
    struct purity purity = purity_dendrogram(&t->dendro, t->paths);

    console_name(&name, s->model.name);
    str_addf(&out, "model %s, epoch %d of %d, %s linkage", name.text, t->step,
             s->model.steps, linkage_name(linkage));
    if (purity.pairs > 0)
        str_addf(&out, "; dendrogram purity %.3f, cophenetic correlation %.3f",
                 purity.value,
                 cophenetic_reference(&t->dendro, t->paths).value);
    str_add_char(&out, '\n');
    if (t->dendro.count > 0)
        treetext_write(&out, &t->dendro, dendro_root(&t->dendro), depth,
                       !console_utf8(), label, t);
    print_clipped(out.text);
    str_release(&out);
    str_release(&name);
}

/* A node a row, children before parents; class: the label of a leaf. */
static void print_csv(const struct taxon *t)
{
    static const struct column columns[] = {
        {"node", COLUMN_NUMBER},   {"parent", COLUMN_NUMBER},
        {"height", COLUMN_NUMBER}, {"size", COLUMN_NUMBER},
        {"class", COLUMN_NUMBER},  {"name", COLUMN_TEXT},
    };
    const struct dendro *d = &t->dendro;
    const struct naming naming = {t->names, t->paths, false};
    struct tabular rows;

    tabular_init(&rows, columns, 6, FORMAT_CSV);
    for (uint32_t n = 0; n < d->count; n++) {
        struct str name = STR_INIT;

        naming_label(&name, d, &naming, n, 0);
        tabular_int(&rows, n);
        if (d->node[n].parent == DENDRO_NONE)
            tabular_text(&rows, "");
        else
            tabular_int(&rows, d->node[n].parent);
        tabular_real(&rows, d->node[n].height, 6);
        tabular_int(&rows, d->node[n].size);
        if (dendro_is_leaf(d, n))
            tabular_int(&rows, t->rows[n]->number);
        else
            tabular_text(&rows, "");
        tabular_text(&rows, name.text);
        str_release(&name);
    }
    tabular_print(&rows);
    tabular_release(&rows);
}

static enum status print_tree(const struct args *args, struct subject *s,
                              struct err *err)
{
    const char *word = params_get(&args->params, JOB_TREE, "linkage");
    enum linkage linkage = LINKAGE_AVERAGE;
    int64_t step = 0, depth = -1;
    struct taxon t;
    struct str out = STR_INIT;
    enum status status = args_int(args, "depth", 0, 100000, &depth, err);

    if (status == OK)
        step = params_int(&args->params, JOB_TREE, "step");
    if (status == OK && word != NULL)
        status = linkage_parse(&linkage, word, err);
    if (status == OK && step > s->model.step)
        status = err_set(err, ERR_NOT_FOUND,
                         "model %s is at epoch %d: there is no epoch %lld yet",
                         s->model.name, s->model.step, (long long)step);
    if (status != OK)
        return status;
    memset(&t, 0, sizeof(t));
    status = load(&t, args, s, linkage, (int)step, err);
    if (status == OK) {
        if (args->format == FORMAT_NEWICK)
            newick_write(&out, &t.dendro, t.names);
        else if (args->format == FORMAT_DOT)
            dot_write(&out, &t.dendro, t.names);
        else if (args->format == FORMAT_SVG)
            status = taxon_svg(&out, &t, s, linkage, NULL, err);
        else if (args->format == FORMAT_JSON)
            taxon_json(&out, &t, s, linkage);
        else if (args->format == FORMAT_CSV)
            print_csv(&t);
        else
            print_text(&t, s, linkage, (int)depth);
        fputs(out.text, stdout);
    }
    str_release(&out);
    taxon_release(&t);
    return status;
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    enum status status = subject_open(&s, args, SUBJECT_MODEL, err);

    if (status == OK)
        status = model_need_codes(&s.model, err);
    if (status == OK)
        status = print_tree(args, &s, err);
    subject_close(&s);
    return status;
}

static const char *const passed[] = {"linkage", "step", NULL};
static const struct option_row options[] = {
    OPTION_MODEL,
    {"depth", '\0', "N", "open nodes less than N below the root (table only)"},
    OPTION_QUIET,
    OPTION_END,
};

const struct command cmd_tree = {
    .name = "tree",
    .synopsis = "CATALOGUE",
    .summary = "the taxonomy that the class codes form",
    .details =
        "Draws the tree of the classes by the Hamming distance of their codes, "
        "one node a line. An inner node is labelled with the reference path "
        "that most of its classes lie under. A tree that is not stored yet, "
        "such as one of another linkage, is made by a job first.",
    .options = options,
    .kind = JOB_TREE,
    .passed = passed,
    .formats = FORMATS_ROWS | FORMAT_BIT(FORMAT_NEWICK) |
               FORMAT_BIT(FORMAT_DOT) | FORMAT_BIT(FORMAT_SVG),
    .least = 1,
    .most = 1,
    .run = run,
};
