#include <config.h>

#include "catalogue/catalogue.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "catalogue/codestore.h"
#include "catalogue/dataset.h"
#include "catalogue/models.h"
#include "store/stmt.h"

/* What each query finds; its first column says where. */
static const struct {
    enum query query;
    const char *finding; /* with the remedy */
} checks[] = {
    {Q_CHECK_PIXELS, "its pixels are missing or of the wrong size; import it "
                     "into a new catalogue"},
    {Q_CHECK_IMAGE, "its class or source is of another data set or split; "
                    "import it into a new catalogue"},
    {Q_CHECK_SOURCE, "images of it are missing; import it into a new "
                     "catalogue"},
    {Q_CHECK_TALLY, "the images are not as many as counted; import them into "
                    "a new catalogue"},
    {Q_CHECK_CLASS_CODE, "the class code does not fit the model; learn again"},
    {Q_CHECK_CODEBOOK, "class codes are missing; learn again"},
    {Q_CHECK_IMAGE_CODE, "the code does not fit the model; encode again"},
    {Q_CHECK_CODED, "the codes are not as many as counted; learn again"},
    {Q_CHECK_HISTORY, "epochs are missing in its history; learn again"},
    {Q_CHECK_CHECKPOINT, "its checkpoint is missing or of another epoch, it "
                         "can neither go on learning nor encode; learn "
                         "again"},
    {Q_CHECK_CAPTION, "the model has no such bit; remove the caption"},
    {Q_CHECK_JOB, "its parameters can't be read; cancel it and queue it "
                  "again"},
};

/* Of each kind so many are shown and the others counted. */
#define SHOWN 10

struct findings {
    struct str *report;
    const char *text;
    int count; /* of this kind */
    bool sound;
};

static void begin(struct findings *f, const char *text)
{
    f->text = text;
    f->count = 0;
}

/* Names may hold anything, line breaks included. */
static void add(struct findings *f, const char *where)
{
    f->sound = false;
    if (f->count++ >= SHOWN)
        return;
    utf8_escape(f->report, where);
    str_addf(f->report, ": %s\n", f->text);
}

static void end(struct findings *f)
{
    if (f->count > SHOWN)
        str_addf(f->report, "and %d more: %s\n", f->count - SHOWN, f->text);
}

/* Damage that stops a query is a finding, and the other queries go on. */
static enum status survive(struct findings *f, enum status status,
                           struct err *err)
{
    if (status != ERR_CATALOGUE)
        return status;
    f->sound = false;
    utf8_escape(f->report, err->text);
    str_add_char(f->report, '\n');
    return OK;
}

static enum status look(struct catalogue *cat, int i, struct findings *f,
                        struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), checks[i].query);

    begin(f, checks[i].finding);
    while (stmt_next(q))
        add(f, stmt_text(q, 0));
    end(f);
    return survive(f, stmt_end(q, err), err);
}

/* A code is the signs of its margins. */
static enum status signs(struct catalogue *cat, struct findings *f,
                         struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CHECK_SIGNS);
    struct str where = STR_INIT;

    begin(f, "the margins contradict the code; encode again");
    while (stmt_next(q)) {
        uint64_t code = (uint64_t)stmt_int(q, 2), seen = 0;
        size_t bits;
        const int8_t *margins = stmt_blob(q, 3, &bits);

        for (size_t i = 0; i < bits && i < 64; i++)
            seen |= (uint64_t)(margins[i] >= 0) << i;
        if (seen == code)
            continue;
        str_clear(&where);
        str_addf(&where, "model %s, image %lld", stmt_text(q, 0),
                 (long long)stmt_int(q, 1));
        add(f, where.text);
    }
    end(f);
    str_release(&where);
    return survive(f, stmt_end(q, err), err);
}

/* Blocks of codes repeat what the rows say. */
static enum status blocks(struct catalogue *cat, struct findings *f,
                          struct err *err)
{
    struct model_list models = {NULL, 0, 0};
    struct str where = STR_INIT;
    enum status status = model_all(cat, &models, err);

    begin(f, "blocks of codes are not what their rows say; encode again");
    for (int i = 0; status == OK && i < models.count; i++) {
        int64_t wrong = 0;

        status = image_codes_verify(cat, models.items[i].id, &wrong, err);
        str_clear(&where);
        str_addf(&where, "model %s", models.items[i].name);
        if (status == OK && wrong > 0)
            add(f, where.text);
    }
    end(f);
    str_release(&where);
    model_list_release(&models);
    return survive(f, status, err);
}

struct tree_name {
    int64_t model;
    int step, codes;
    char *linkage, *model_name;
};

struct tree_names {
    struct tree_name *items;
    int count, room;
};

static enum status list_trees(struct catalogue *cat, struct tree_names *trees,
                              struct err *err)
{
    struct stmt *q = stmt_use(catalogue_db(cat), Q_CHECK_TREES);

    while (stmt_next(q)) {
        struct tree_name *t;

        ARRAY_GROW(trees->items, trees->count, trees->room);
        t = &trees->items[trees->count++];
        t->model = stmt_int(q, 0);
        t->step = (int)stmt_int(q, 1);
        t->linkage = mem_strdup(stmt_text(q, 2));
        t->model_name = mem_strdup(stmt_text(q, 3));
        t->codes = (int)stmt_int(q, 4);
    }
    return stmt_end(q, err);
}

static enum status tree(struct catalogue *cat, const struct tree_name *t,
                        struct findings *f, struct err *err)
{
    struct tree_rows rows = {0};
    struct str where = STR_INIT;
    enum status status =
        tree_rows_load(cat, t->model, t->step, t->linkage, &rows, err);
    bool whole = status == OK && rows.leaves == t->codes;

    /* Not found: a damaged name, which nobody can ask for. */
    if (!whole &&
        (status == OK || status == ERR_CATALOGUE || status == ERR_NOT_FOUND)) {
        status = OK;
        str_addf(&where, "model %s, step %d, %s linkage", t->model_name,
                 t->step, t->linkage);
        add(f, where.text);
    }
    str_release(&where);
    tree_rows_release(&rows);
    return status;
}

static enum status every_tree(struct catalogue *cat, struct findings *f,
                              struct err *err)
{
    struct tree_names trees = {NULL, 0, 0};
    enum status status = list_trees(cat, &trees, err);

    begin(f, "the tree is damaged or of other classes; make it again with "
             "`bitgrove tree'");
    for (int i = 0; i < trees.count; i++) {
        if (status == OK)
            status = tree(cat, &trees.items[i], f, err);
        free(trees.items[i].linkage);
        free(trees.items[i].model_name);
    }
    free(trees.items);
    end(f);
    return survive(f, status, err);
}

/* Why a file of features is not the one that was imported, by its looks;
 * NULL if it is. What is in it is read by jobs alone. */
static const char *stranger(const struct source_row *row)
{
    struct stat st;

    if (stat(row->path, &st) != 0)
        return "is gone or can't be reached";
    if (!S_ISREG(st.st_mode) || (int64_t)st.st_size != row->bytes)
        return "is of another size than what was imported";
    if ((int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec !=
        row->mtime)
        return "was changed since it was imported";
    return NULL;
}

static enum status every_file(struct catalogue *cat, struct findings *f,
                              struct err *err)
{
    struct source_list list;
    struct str where = STR_INIT;
    enum status status = source_all(cat, &list, err);

    if (status != OK)
        return survive(f, status, err);
    begin(f, "put back the file of features, or import it once more from where "
             "it is (--split, --dataset): nothing is added if it is the same");
    for (int i = 0; i < list.count; i++) {
        const struct source_row *row = &list.items[i];
        const char *why = row->element[0] != '\0' ? stranger(row) : NULL;

        if (why == NULL)
            continue;
        str_clear(&where);
        str_addf(&where, "%s (%s) %s", row->path, split_name(row->split), why);
        add(f, where.text);
    }
    end(f);
    str_release(&where);
    source_list_release(&list);
    return OK;
}

enum status catalogue_check(struct catalogue *cat, struct str *report,
                            bool *sound, struct err *err)
{
    struct findings f = {report, "", 0, true};
    bool database = true;
    enum status status =
        db_integrity(catalogue_db(cat), report, &database, err);

    for (int i = 0; status == OK && i < (int)ARRAY_SIZE(checks); i++)
        status = look(cat, i, &f, err);
    if (status == OK)
        status = signs(cat, &f, err);
    if (status == OK)
        status = blocks(cat, &f, err);
    if (status == OK)
        status = every_tree(cat, &f, err);
    if (status == OK)
        status = every_file(cat, &f, err);
    if (status == OK)
        *sound = database && f.sound;
    return status;
}
