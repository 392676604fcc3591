#include <config.h>

#include "tap.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int count, failed;

static bool report(bool pass, const char *fmt, va_list args)
{
    printf("%sok %d - ", pass ? "" : "not ", ++count);
    vprintf(fmt, args);
    putchar('\n');
    failed += !pass;
    return pass;
}

bool tap_check(bool pass, const char *file, int line, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    report(pass, fmt, args);
    va_end(args);
    if (!pass)
        printf("# failed at %s:%d\n", file, line);
    fflush(stdout);
    return pass;
}

bool tap_int(long long got, long long want, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    report(got == want, fmt, args);
    va_end(args);
    if (got != want)
        printf("# got %lld, want %lld\n", got, want);
    fflush(stdout);
    return got == want;
}

bool tap_str(const char *got, const char *want, const char *fmt, ...)
{
    bool same =
        got != NULL && want != NULL ? strcmp(got, want) == 0 : got == want;
    va_list args;

    va_start(args, fmt);
    report(same, fmt, args);
    va_end(args);
    if (!same)
        printf("# got \"%s\"\n# want \"%s\"\n", got ? got : "(null)",
               want ? want : "(null)");
    fflush(stdout);
    return same;
}

bool tap_near(double got, double want, double tolerance, const char *fmt, ...)
{
    bool same = fabs(got - want) <= tolerance;
    va_list args;

    va_start(args, fmt);
    report(same, fmt, args);
    va_end(args);
    if (!same)
        printf("# got %.9g, want %.9g within %g\n", got, want, tolerance);
    fflush(stdout);
    return same;
}

void tap_note(const char *fmt, ...)
{
    va_list args;

    printf("# ");
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}

void tap_skip_all(const char *why)
{
    printf("1..0 # SKIP %s\n", why);
    exit(0);
}

int tap_done(void)
{
    printf("1..%d\n", count);
    return failed > 0;
}
