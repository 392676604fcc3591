#include <config.h>

#include "cli/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

/* A file beside `target`, which takes its place when it is whole. */
static enum status open_beside(struct outfile *out, const char *target,
                               struct err *err)
{
    struct str name = STR_INIT;
    mode_t mask;
    int fd;

    str_addf(&name, "%s.XXXXXX", target);
    fd = mkstemp(name.text);
    if (fd < 0) {
        str_release(&name);
        return err_sys(err, errno, "cannot write %s", out->path);
    }
    mask = umask(0);
    umask(mask);
    if (fchmod(fd, 0666 & ~mask) == 0)
        out->stream = fdopen(fd, "w");
    if (out->stream == NULL) {
        err_sys(err, errno, "cannot write %s", out->path);
        close(fd);
        unlink(name.text);
        str_release(&name);
        return err->status;
    }
    out->target = mem_strdup(target);
    out->temporary = str_take(&name);
    return OK;
}

/* What is no plain file, a device or a pipe, is written to, not replaced; of
 * a symbolic link, what it leads to is replaced. */
static enum status open_path(struct outfile *out, struct err *err)
{
    struct stat info;
    char *real;
    enum status status;

    if (stat(out->path, &info) == 0 && !S_ISREG(info.st_mode)) {
        out->stream = fopen(out->path, "w");
        return out->stream != NULL
                   ? OK
                   : err_sys(err, errno, "cannot write %s", out->path);
    }
    real = realpath(out->path, NULL);
    status = open_beside(out, real != NULL ? real : out->path, err);
    free(real);
    return status;
}

enum status outfile_open(struct outfile *out, const char *path, bool binary,
                         struct err *err)
{
    memset(out, 0, sizeof(*out));
    if (path != NULL && strcmp(path, "-") == 0)
        path = NULL;
    out->path = path;
    if (path != NULL)
        return open_path(out, err);
    if (binary && isatty(STDOUT_FILENO))
        return err_set(err, ERR_BAD_INPUT,
                       "binary data is not for a terminal: name a file with "
                       "--output FILE");
    out->stream = stdout;
    return OK;
}

enum status outfile_close(struct outfile *out, bool keep, struct err *err)
{
    bool beside = out->temporary != NULL;
    enum status status = OK;

    if (out->path == NULL || out->stream == NULL)
        return OK;
    if (keep && (fflush(out->stream) != 0 || ferror(out->stream) ||
                 (beside && fsync(fileno(out->stream)) != 0)))
        status = err_sys(err, errno, "cannot write %s", out->path);
    if (fclose(out->stream) != 0 && keep && status == OK)
        status = err_sys(err, errno, "cannot write %s", out->path);
    if (beside && keep && status == OK &&
        rename(out->temporary, out->target) != 0)
        status = err_sys(err, errno, "cannot write %s", out->path);
    if (beside && (!keep || status != OK))
        unlink(out->temporary);
    free(out->temporary);
    free(out->target);
    memset(out, 0, sizeof(*out));
    return status;
}
