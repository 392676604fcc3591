#include <config.h>

#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

unsigned long fuzz_taken;

int fuzz_file(const uint8_t *bytes, size_t n)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    FUZZ_PROMISE(fd >= 0);
    FUZZ_PROMISE(write(fd, bytes, n) == (ssize_t)n);
    FUZZ_PROMISE(lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

void fuzz_promise(int holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, what);
    abort();
}
