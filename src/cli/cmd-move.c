#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "catalogue/originals.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/jsonout.h"
#include "cli/subject.h"

struct move {
    struct catalogue *cat;
    char *from, *to; /* absolute, without a slash at their ends */
    int64_t sources, found, missing;
};

static char *plain_path(const char *path)
{
    struct str s = STR_INIT;

    args_absolute(&s, path);
    while (s.length > 1 && s.text[s.length - 1] == '/')
        s.text[--s.length] = '\0';
    return str_take(&s);
}

/* Where a source is now, owned by the caller; NULL when it did not move. */
static char *moved(const struct move *m, const char *path)
{
    size_t n = strlen(m->from);
    struct str s = STR_INIT;

    if (strncmp(path, m->from, n) != 0 || (path[n] != '\0' && path[n] != '/'))
        return NULL;
    str_addf(&s, "%s%s", m->to, path + n);
    return str_take(&s);
}

static void look(struct move *m, const struct original_list *list,
                 const char *folder)
{
    for (int64_t i = 0; i < list->count; i++) {
        struct str path = STR_INIT;
        struct stat st;

        if (list->items[i].path[0] != '/')
            str_addf(&path, "%s/", folder);
        str_add(&path, list->items[i].path);
        if (stat(path.text, &st) == 0 && S_ISREG(st.st_mode))
            m->found++;
        else
            m->missing++;
        str_release(&path);
    }
}

static enum status move_source(struct move *m, const struct source_row *row,
                               struct err *err)
{
    struct original_list list = {NULL, 0, 0};
    char *to = moved(m, row->path);
    enum status status = OK;

    if (to == NULL)
        return OK;
    status = original_all(m->cat, row->id, &list, err);
    if (status == OK && list.count > 0) {
        look(m, &list, to);
        m->sources++;
        status = source_reroot(m->cat, row->id, to, err);
    }
    original_list_release(&list);
    free(to);
    return status;
}

static enum status move_all(struct move *m, struct err *err)
{
    struct source_list sources = {NULL, 0, 0};
    enum status status = source_all(m->cat, &sources, err);

    for (int i = 0; i < sources.count && status == OK; i++)
        status = move_source(m, &sources.items[i], err);
    source_list_release(&sources);
    if (status == OK && m->sources == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "no pictures were imported from %s; see: bitgrove info "
                       "%s",
                       m->from, catalogue_path(m->cat));
    if (status == OK && m->found == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "none of the %lld pictures is below %s: nothing was "
                       "changed",
                       (long long)m->missing, m->to);
    return status;
}

static void print(const struct move *m, enum format format)
{
    if (format != FORMAT_TABLE)
        jsonout_print_as(json_pack("{s:I, s:I, s:I}", "sources",
                                   (json_int_t)m->sources, "found",
                                   (json_int_t)m->found, "missing",
                                   (json_int_t)m->missing),
                         format);
    else
        printf("%lld pictures found, %lld missing\n", (long long)m->found,
               (long long)m->missing);
}

static enum status run(struct args *args, struct err *err)
{
    struct subject s;
    struct move m = {.from = plain_path(args->words[1]),
                     .to = plain_path(args->words[2])};
    enum status status = subject_open(&s, args, SUBJECT_CATALOGUE, err);

    if (status == OK) {
        m.cat = s.cat;
        status = catalogue_begin(s.cat, err);
    }
    if (status == OK)
        status = catalogue_end(s.cat, move_all(&m, err), err);
    if (status == OK)
        print(&m, args->format);
    subject_close(&s);
    free(m.from);
    free(m.to);
    return status;
}

const struct command cmd_move = {
    .name = "move",
    .synopsis = "CATALOGUE OLD NEW",
    .summary = "pictures that were imported from one folder are in another",
    .details =
        "OLD is the folder that was imported, or one above it, and NEW is "
        "where it is now; the files themselves are left alone. Prints how many "
        "pictures are found there; when none is, nothing is changed.",
    .kind = JOB_KIND_COUNT,
    .formats = FORMATS_ROWS,
    .least = 3,
    .most = 3,
    .run = run,
};
