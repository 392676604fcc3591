#include <config.h>

#include "cli/exportmodel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/follow.h"

static enum status copy(FILE *out, const char *name, const char *from,
                        struct err *err)
{
    char lot[65536];
    FILE *in = fopen(from, "rb");
    size_t n;
    bool good = in != NULL;

    if (!good)
        return err_sys(err, errno, "cannot read %s", from);
    while (good && (n = fread(lot, 1, sizeof(lot), in)) > 0)
        good = fwrite(lot, 1, n, out) == n;
    if (!good)
        err_sys(err, errno, "cannot write %s", name);
    else if (ferror(in))
        err_sys(err, errno, "cannot read %s", from);
    good = good && !ferror(in);
    fclose(in);
    return good ? OK : err->status;
}

static enum status run_job(struct subject *s, const char *path, struct err *err)
{
    struct params params = {NULL, NULL, 0, 0};
    struct follow options = {.brief = true};
    struct job job;
    enum status status = params_set(&params, JOB_EXPORT, "output", path, err);

    if (status == OK)
        status = follow_new(s->cat, JOB_EXPORT, &params, s->model.id, &options,
                            &job, err);
    if (status == OK)
        job_release(&job);
    params_release(&params);
    return status;
}

enum status exportmodel(FILE *out, const char *name, struct subject *s,
                        enum format format, struct err *err)
{
    const char *place = getenv("TMPDIR");
    struct str path = STR_INIT;
    enum status status;
    int fd;

    (void)format;
    if (s->model.step == 0)
        return err_set(err, ERR_NOT_FOUND,
                       "model %s has finished no epoch yet. Follow it with: "
                       "bitgrove jobs %s --follow",
                       s->model.name, catalogue_path(s->cat));
    args_absolute(&path, place != NULL && place[0] != '\0' ? place : "/tmp");
    str_add(&path, "/bitgrove-model-XXXXXX");
    fd = mkstemp(path.text);
    if (fd < 0) {
        err_sys(err, errno, "cannot write %s", path.text);
        str_release(&path);
        return err->status;
    }
    close(fd);
    status = run_job(s, path.text, err);
    if (status == OK)
        status = copy(out, name, path.text, err);
    unlink(path.text);
    str_release(&path);
    return status;
}
