#include <config.h>

#include "base/clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wall(void)
{
    const char *frozen = getenv("BITGROVE_CLOCK");

    if (frozen != NULL && frozen[0] != '\0')
        return strtoll(frozen, NULL, 10);
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

void clock_sleep(int64_t milliseconds)
{
    struct timespec t;

    if (milliseconds <= 0)
        return;
    t.tv_sec = (time_t)(milliseconds / 1000);
    t.tv_nsec = (long)(milliseconds % 1000) * 1000000;
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

char *clock_format(int64_t wall, char *out, size_t size)
{
    time_t seconds = (time_t)(wall / 1000);
    struct tm tm;

    if (size > 0)
        out[0] = '\0';
    if (localtime_r(&seconds, &tm) != NULL)
        strftime(out, size, "%Y-%m-%d %H:%M:%S", &tm);
    return out;
}

char *clock_duration(int64_t milliseconds, char *out, size_t size)
{
    int64_t s = (milliseconds + 500) / 1000;

    if (milliseconds < 9950)
        snprintf(out, size, "%.1f s", (double)milliseconds / 1000.0);
    else if (s < 60)
        snprintf(out, size, "%d s", (int)s);
    else if (s < 3600)
        snprintf(out, size, "%d min %02d s", (int)(s / 60), (int)(s % 60));
    else
        snprintf(out, size, "%lld h %02d min", (long long)(s / 3600),
                 (int)(s % 3600 / 60));
    return out;
}
