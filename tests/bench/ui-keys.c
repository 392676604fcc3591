/*
 * Drives the explorer in a pseudo-terminal of 120x36 and measures, for each
 * key, the time from its write to the last byte of the screen that answers.
 *
 *     ui-keys COUNT SETUP KEYS PROGRAM [ARG]...
 *
 * Types SETUP, one key a second at most so that what it asks for comes, then
 * the KEYS over and over, COUNT in all, then ends it, and prints
 *     paint=MS first=MS p50=MS p99=MS max=MS keys=N bytes=B memory=MB
 * where paint is the time from start to the first line on the screen, first
 * that to the end of the first whole screen, bytes what an answer takes on
 * average, and memory the most that was resident. A
 * screen ends when nothing came for QUIET ms, which are not counted; keys
 * that change nothing are not counted either.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { QUIET = 25, PATIENCE = 2000, FIRST = 10000, SCREEN = 1000 };
enum { LINE = 60, SETTLE = 1000 };

static double painted; /* when the first line had come; 0: not yet */
static size_t bytes_read;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/*
 * Reads until QUIET ms after the last byte once `least` bytes came, or until
 * `wait` ms passed. When the last byte came, or 0 when none did.
 */
static double last_byte(int terminal, size_t least, int wait)
{
    struct pollfd poller = {terminal, POLLIN, 0};
    double start = now(), last = 0;
    size_t got = 0;
    char bytes[65536];

    while (now() - start < wait) {
        ssize_t n;

        if (poll(&poller, 1, QUIET) == 0) {
            if (got >= least)
                return last;
            continue;
        }
        n = read(terminal, bytes, sizeof(bytes));
        if (n <= 0)
            break;
        got += (size_t)n;
        bytes_read += (size_t)n;
        last = now();
        if (painted == 0 && bytes_read >= LINE)
            painted = last;
    }
    return last;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The most that was resident, in MB; NAN when not known. */
static double peak_memory(pid_t child)
{
    char path[64], line[256];
    double kilobytes = NAN;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
    file = fopen(path, "r");
    while (file && fgets(line, sizeof(line), file))
        if (strncmp(line, "VmHWM:", 6) == 0)
            kilobytes = atof(line + 6);
    if (file)
        fclose(file);
    return kilobytes / 1024;
}

int main(int argc, char **argv)
{
    struct winsize size = {.ws_row = 36, .ws_col = 120};
    int count, used = 0, terminal;
    double *took, start, first, memory;
    size_t before, answers = 0;
    pid_t child;

    if (argc < 5)
        return 2;
    count = atoi(argv[1]);
    took = calloc((size_t)count + 1, sizeof(*took));
    start = now();
    child = forkpty(&terminal, NULL, NULL, &size);
    if (child < 0 || took == NULL) {
        perror("ui-keys");
        return 1;
    }
    if (child == 0) {
        execvp(argv[4], argv + 4);
        _exit(127);
    }
    first = last_byte(terminal, SCREEN, FIRST) - start;
    for (const char *key = argv[2]; *key; key++) {
        last_byte(terminal, 0, SETTLE);
        if (write(terminal, key, 1) != 1)
            return 1;
    }
    last_byte(terminal, (size_t)-1, SETTLE);
    for (int i = 0; i < count; i++) {
        double at, last;

        /* what comes by itself, like progress, is over before the key */
        last_byte(terminal, 0, PATIENCE);
        before = bytes_read;
        at = now();
        if (write(terminal, &argv[3][(size_t)i % strlen(argv[3])], 1) != 1)
            break;
        last = last_byte(terminal, 1, 200);
        if (last > at) {
            took[used++] = last - at;
            answers += bytes_read - before;
        }
    }
    memory = peak_memory(child);
    kill(child, SIGTERM);
    last_byte(terminal, 1, 500);
    waitpid(child, NULL, 0);
    if (used == 0) {
        fprintf(stderr, "ui-keys: no key changed the screen\n");
        return 1;
    }
    qsort(took, (size_t)used, sizeof(*took), compare);
    printf("paint=%.1f first=%.1f p50=%.2f p99=%.2f max=%.2f keys=%d "
           "bytes=%zu memory=%.0f\n",
           painted - start, first, took[used / 2], took[(used * 99 - 1) / 100],
           took[used - 1], used, answers / (size_t)used, memory);
    free(took);
    return 0;
}
