#ifndef BITGROVE_BASE_CLOCK_H
#define BITGROVE_BASE_CLOCK_H

/*
 * Time. BITGROVE_CLOCK=MILLISECONDS in the environment freezes the wall clock
 * for tests; the monotonic clock always runs. Any thread.
 */

#include <stddef.h>
#include <stdint.h>

int64_t clock_wall(void);      /* milliseconds since 1970-01-01 UTC */
int64_t clock_monotonic(void); /* milliseconds since some fixed moment */
void clock_sleep(int64_t milliseconds);

/* "2026-11-23 14:44:29", local time, into out[size]; returns out. */
char *clock_format(int64_t wall, char *out, size_t size);

/* A duration for people: "0.4 s", "12 s", "3 min 05 s", "2 h 10 min". */
char *clock_duration(int64_t milliseconds, char *out, size_t size);

#endif
