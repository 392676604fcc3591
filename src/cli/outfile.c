#include <config.h>

#include "cli/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"

enum status outfile_open(struct outfile *out, const char *path, bool binary,
                         struct err *err)
{
    struct str name = STR_INIT;
    mode_t mask;
    int fd;

    memset(out, 0, sizeof(*out));
    out->path = path;
    if (path == NULL) {
        if (binary && isatty(STDOUT_FILENO))
            return err_set(err, ERR_BAD_INPUT,
                           "a .npy file is not for a terminal: name one with "
                           "--output FILE");
        out->stream = stdout;
        return OK;
    }
    str_addf(&name, "%s.XXXXXX", path);
    out->temporary = str_take(&name);
    fd = mkstemp(out->temporary);
    if (fd < 0) {
        free(out->temporary);
        out->temporary = NULL;
        return err_sys(err, errno, "cannot write %s", path);
    }
    mask = umask(0);
    umask(mask);
    if (fchmod(fd, 0666 & ~mask) == 0)
        out->stream = fdopen(fd, "w");
    if (out->stream != NULL)
        return OK;
    err_sys(err, errno, "cannot write %s", path);
    close(fd);
    unlink(out->temporary);
    free(out->temporary);
    out->temporary = NULL;
    return err->status;
}

enum status outfile_close(struct outfile *out, bool keep, struct err *err)
{
    enum status status = OK;

    if (out->path == NULL)
        return OK;
    if (out->stream == NULL)
        return OK;
    if (keep && (fflush(out->stream) != 0 || ferror(out->stream) ||
                 fsync(fileno(out->stream)) != 0))
        status = err_sys(err, errno, "cannot write %s", out->path);
    if (fclose(out->stream) != 0 && keep && status == OK)
        status = err_sys(err, errno, "cannot write %s", out->path);
    if (keep && status == OK && rename(out->temporary, out->path) != 0)
        status = err_sys(err, errno, "cannot write %s", out->path);
    if (!keep || status != OK)
        unlink(out->temporary);
    free(out->temporary);
    memset(out, 0, sizeof(*out));
    return status;
}
