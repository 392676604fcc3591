#include <config.h>

#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

unsigned long fuzz_taken;

const char *fuzz_file(const uint8_t *bytes, size_t n)
{
    static char path[64];
    static int fd = -1;

    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_PROMISE(fd >= 0 && ftruncate(fd, 0) == 0);
    FUZZ_PROMISE(pwrite(fd, bytes, n, 0) == (ssize_t)n);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return path;
}

void fuzz_promise(int holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, what);
    abort();
}
