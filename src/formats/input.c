#include <config.h>

#include "formats/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { FIRST_ROOM = 64 * 1024, STEP = 1 << 20, GZ_BUFFER = 128 * 1024 };

static enum status check(const struct stat *st, const char *path,
                         struct err *err)
{
    if (S_ISDIR(st->st_mode))
        return err_set(err, ERR_BAD_INPUT,
                       "%s is a directory: name a file inside it", path);
    if (!S_ISREG(st->st_mode))
        return err_set(err, ERR_BAD_INPUT,
                       "%s is not a regular file: save its bytes to one", path);
    if (st->st_size == 0)
        return err_set(err, ERR_BAD_INPUT,
                       "%s is empty: fetch or make it again", path);
    return OK;
}

enum status input_open(struct input *out, const char *path, struct err *err)
{
    /* O_NONBLOCK: opening a FIFO must not wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    gzFile gz;
    enum status status;

    if (fd < 0)
        return err_sys(err, errno, "cannot open %s", path);
    if (fstat(fd, &st) != 0)
        status = err_sys(err, errno, "cannot look at %s", path);
    else
        status = check(&st, path, err);
    if (status != OK) {
        close(fd);
        return status;
    }
    gz = gzdopen(fd, "rb");
    if (gz == NULL) {
        close(fd);
        return err_set(err, ERR_NOMEM, "%s: no memory to read it", path);
    }
    gzbuffer(gz, GZ_BUFFER);
    *out = (struct input){gz, path, (uint64_t)st.st_size, 0};
    return OK;
}

void input_close(struct input *in)
{
    gzclose(in->gz);
    in->gz = NULL;
}

static enum status gzip_error(struct input *in, struct err *err)
{
    int number;
    const char *text = gzerror(in->gz, &number);
    const char *reason = strstr(text, ": "); /* behind zlib's own name for it */

    if (number == Z_ERRNO)
        return err_sys(err, errno, "cannot read %s at byte %llu", in->name,
                       (unsigned long long)in->offset);
    if (number == Z_BUF_ERROR)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: the gzip stream is cut off after byte %llu of "
                       "its content: fetch the file again",
                       in->name, (unsigned long long)in->offset);
    return err_set(err, ERR_BAD_INPUT,
                   "%s: the gzip stream is damaged near byte %lld of its "
                   "content (%s): fetch the file again",
                   in->name, (long long)gztell(in->gz),
                   reason != NULL ? reason + 2 : text);
}

enum status input_read(struct input *in, void *buffer, size_t want, size_t *got,
                       struct err *err)
{
    size_t done = 0;

    while (done < want) {
        size_t left = want - done;
        int n = gzread(in->gz, (char *)buffer + done,
                       left < STEP ? (unsigned)left : STEP);

        if (n > 0) {
            done += (size_t)n;
            in->offset += (uint64_t)n;
            continue;
        }
        if (n == 0) {
            int number;

            gzerror(in->gz, &number);
            if (number == Z_OK || number == Z_STREAM_END)
                break;
        }
        return gzip_error(in, err);
    }
    *got = done;
    return OK;
}

enum status input_take(struct input *in, uint64_t want, unsigned char **data,
                       size_t *got, struct err *err)
{
    unsigned char *bytes = NULL;
    size_t room = 0, used = 0;
    enum status status = OK;

    do {
        size_t part = 0;

        if (used == room) {
            size_t more = room ? room * 2 : FIRST_ROOM;
            unsigned char *grown;

            if (more > want)
                more = want ? (size_t)want : 1;
            grown = realloc(bytes, more);
            if (grown == NULL) {
                free(bytes);
                return err_set(err, ERR_NOMEM,
                               "%s: no memory for more than %zu bytes of it",
                               in->name, used);
            }
            bytes = grown;
            room = more;
        }
        if (used == want)
            break;
        status = input_read(in, bytes + used, room - used, &part, err);
        if (status != OK) {
            free(bytes);
            return status;
        }
        used += part;
    } while (used == room && used < want);
    *data = bytes;
    *got = used;
    return OK;
}

enum status input_whole(const char *path, size_t max, unsigned char **data,
                        size_t *got, struct err *err)
{
    struct input in;
    unsigned char *bytes;
    size_t n;
    enum status status = input_open(&in, path, err);

    if (status != OK)
        return status;
    status = input_take(&in, (uint64_t)max + 1, &bytes, &n, err);
    input_close(&in);
    if (status != OK)
        return status;
    if (n > max) {
        free(bytes);
        return err_set(err, ERR_BAD_INPUT,
                       "%s is larger than the %zu bytes allowed here", path,
                       max);
    }
    *data = bytes;
    *got = n;
    return OK;
}
