#include <config.h>

#include "formats/mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct mapping {
    unsigned char *bytes;
    size_t size;
    int64_t mtime;
    int fd;
    atomic_bool cut; /* zeros stand where the file ended */
    _Atomic(struct mapping *) next;
};

/* All there are. The handler walks along while others open theirs. */
static _Atomic(struct mapping *) all;
static pthread_mutex_t changing = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t page;

static void enlist(struct mapping *m)
{
    pthread_mutex_lock(&changing);
    atomic_store(&m->next, atomic_load(&all));
    atomic_store(&all, m);
    pthread_mutex_unlock(&changing);
}

static void strike_off(struct mapping *m)
{
    _Atomic(struct mapping *) *link = &all;

    pthread_mutex_lock(&changing);
    while (atomic_load(link) != m)
        link = &atomic_load(link)->next;
    atomic_store(link, atomic_load(&m->next));
    pthread_mutex_unlock(&changing);
}

enum status mapping_open(struct mapping **out, const char *path,
                         struct err *err)
{
    struct mapping *m;
    struct stat st;
    void *bytes;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), number;

    if (fd < 0) {
        number = errno;
        err_sys(err, number, "cannot open %s", path);
        if (number == ENOENT || number == ENOTDIR)
            err->status = ERR_NOT_FOUND;
        return err->status;
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0) {
        close(fd);
        return err_set(err, ERR_BAD_INPUT,
                       "%s is no regular file that holds something", path);
    }
    bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) {
        number = errno;
        close(fd);
        return err_sys(err, number, "cannot map %s", path);
    }
    m = mem_zalloc(1, sizeof(*m));
    m->bytes = bytes;
    m->size = (size_t)st.st_size;
    m->mtime = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    m->fd = fd;
    enlist(m);
    *out = m;
    return OK;
}

void mapping_close(struct mapping *m)
{
    if (m == NULL)
        return;
    strike_off(m);
    munmap(m->bytes, m->size);
    close(m->fd);
    free(m);
}

const unsigned char *mapping_bytes(const struct mapping *m)
{
    return m->bytes;
}

size_t mapping_size(const struct mapping *m)
{
    return m->size;
}

int64_t mapping_mtime(const struct mapping *m)
{
    return m->mtime;
}

void mapping_forget(struct mapping *m)
{
    madvise(m->bytes, m->size, MADV_DONTNEED);
}

/* Within the last page what was cut off reads as zeros without a signal, so
 * the size is looked at as well; it may have grown again since a signal. */
bool mapping_whole(const struct mapping *m)
{
    struct stat st;

    return !atomic_load(&m->cut) && fstat(m->fd, &st) == 0 && st.st_size >= 0 &&
           (size_t)st.st_size >= m->size;
}

/* Zeros from the page of `at` to the end. */
static bool cover(struct mapping *m, uintptr_t at)
{
    uintptr_t from = at & ~(page - 1);
    size_t n = (uintptr_t)m->bytes + m->size - from;

    if (mmap((void *)from, n, PROT_READ,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        return false;
    atomic_store(&m->cut, true);
    return true;
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    uintptr_t at = (uintptr_t)info->si_addr;
    int kept = errno;

    (void)context;
    for (struct mapping *m = atomic_load(&all); m != NULL;
         m = atomic_load(&m->next))
        if (at >= (uintptr_t)m->bytes && at - (uintptr_t)m->bytes < m->size &&
            cover(m, at)) {
            errno = kept;
            return;
        }
    /* Not ours: the instruction is tried again, and ends the process. */
    signal(number, SIG_DFL);
}

void mapping_guard(void)
{
    struct sigaction action;

    page = (uintptr_t)sysconf(_SC_PAGESIZE);
    memset(&action, 0, sizeof(action));
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, NULL);
}
