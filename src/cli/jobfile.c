#include <config.h>

#include "cli/jobfile.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

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

enum status jobfile_write(FILE *out, const char *name, struct catalogue *cat,
                          enum job_kind kind, struct params *params,
                          int64_t model, const struct follow *options,
                          struct job *job, struct err *err)
{
    const char *place = getenv("TMPDIR");
    struct str path = STR_INIT;
    struct job done = {0};
    enum status status;
    int fd;

    args_absolute(&path, place != NULL && place[0] != '\0' ? place : "/tmp");
    str_addf(&path, "/bitgrove-%s-XXXXXX", job_kind_name(kind));
    fd = mkstemp(path.text);
    if (fd < 0) {
        err_sys(err, errno, "cannot write %s", path.text);
        str_release(&path);
        return err->status;
    }
    close(fd);
    status = params_set(params, kind, "output", path.text, err);
    if (status == OK)
        status = follow_new(cat, kind, params, model, options, &done, err);
    if (status == OK) {
        status = copy(out, name, path.text, err);
        if (status == OK && job != NULL)
            *job = done;
        else
            job_release(&done);
    }
    unlink(path.text);
    str_release(&path);
    return status;
}
