#include <config.h>

#include "tasks/harvest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "image/imagefile.h"

struct harvest {
    struct harvest_item *items;
    const struct prepare *how;
    uint32_t least;
};

static enum status read_all(int fd, uint8_t *bytes, size_t n, struct err *err)
{
    size_t done = 0;

    while (done < n) {
        ssize_t got = read(fd, bytes + done, n - done);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return err_sys(err, errno, "cannot be read");
        if (got == 0)
            return err_set(err, ERR_BAD_INPUT,
                           "became shorter while it was read");
        done += (size_t)got;
    }
    return OK;
}

/* Never waits: what is no ordinary file is not read. */
static enum status read_file(uint8_t **out, struct harvest_item *item,
                             struct err *err)
{
    int fd = open(item->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    uint8_t *bytes = NULL;
    struct stat st;
    enum status status;

    if (fd < 0)
        return err_sys(err, errno, "cannot be opened");
    if (fstat(fd, &st) != 0)
        status = err_sys(err, errno, "cannot be read");
    else if (!S_ISREG(st.st_mode))
        status = err_set(err, ERR_BAD_INPUT, "no ordinary file");
    else if (st.st_size > IMAGEFILE_BYTES_MAX)
        status = err_set(err, ERR_BAD_INPUT, "larger than %u MiB",
                         IMAGEFILE_BYTES_MAX >> 20);
    else if ((bytes = malloc((size_t)st.st_size + 1)) == NULL)
        status = err_set(err, ERR_NOMEM, "no memory for its %lld bytes",
                         (long long)st.st_size);
    else
        status = read_all(fd, bytes, (size_t)st.st_size, err);
    close(fd);
    if (status != OK) {
        free(bytes);
        return status;
    }
    item->bytes = (int64_t)st.st_size;
    item->mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    *out = bytes;
    return OK;
}

static enum status decode(const struct harvest *h, struct harvest_item *item,
                          const uint8_t *bytes, struct err *err)
{
    struct picture picture;
    enum status status = imagefile_decode(&picture, bytes, (size_t)item->bytes,
                                          h->least, "it", err);

    if (status != OK)
        return status;
    item->width = picture.width;
    item->height = picture.height;
    status = prepare_picture(item->pixels, &picture, h->how, err);
    picture_release(&picture);
    return status;
}

static void one(void *ctx, int task, int thread)
{
    struct harvest *h = ctx;
    struct harvest_item *item = &h->items[task];
    struct err err = {OK, ""};
    uint8_t *bytes = NULL;
    enum status status = read_file(&bytes, item, &err);

    (void)thread;
    if (status == OK) {
        snprintf(item->digest, sizeof(item->digest), "%016llx",
                 (unsigned long long)hash_bytes(bytes, (size_t)item->bytes, 0));
        item->same =
            item->known != NULL && strcmp(item->known, item->digest) == 0;
        if (!item->same)
            status = decode(h, item, bytes, &err);
        free(bytes);
    }
    if (status != OK)
        item->refused = mem_strdup(err.text);
}

void harvest_run(struct pool *pool, struct harvest_item *items, int n,
                 const struct prepare *how, bool exact)
{
    struct harvest h = {items, how, exact ? 0 : 2 * how->resize};

    pool_run(pool, n, one, &h);
}

void harvest_release(struct harvest_item *items, int n)
{
    for (int i = 0; i < n; i++) {
        free(items[i].refused);
        items[i].refused = NULL;
    }
}
