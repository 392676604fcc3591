#include <config.h>

#include "cli/infile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define STEP 65536
#define MOST (1u << 30)

static enum status read_all(struct str *out, int fd, const char *name,
                            struct err *err)
{
    char bytes[STEP];
    ssize_t n;

    while ((n = read(fd, bytes, sizeof(bytes))) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_sys(err, errno, "%s", name);
        if (out->length + (size_t)n > MOST)
            return err_set(err, ERR_BAD_INPUT,
                           "%s is longer than the gigabyte that is read of a "
                           "file: split it",
                           name);
        str_add_bytes(out, bytes, (size_t)n);
    }
    return OK;
}

enum status infile_read(struct str *out, const char *path, struct err *err)
{
    enum status status;
    int fd;

    if (strcmp(path, "-") == 0)
        return read_all(out, STDIN_FILENO, "standard input", err);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        err_sys(err, errno, "%s", path);
        return err->status = ERR_BAD_INPUT;
    }
    status = read_all(out, fd, path, err);
    close(fd);
    return status;
}
