#ifndef BITGROVE_TESTS_TAP_H
#define BITGROVE_TESTS_TAP_H

/*
 * Test Anything Protocol for tests in C. Each check prints one line; the plan
 * is printed at the end, so a test that dies early is seen as a failure.
 *     int main(void) { tap_ok(1 + 1 == 2, "sum"); return tap_done(); }
 */

#include <stdbool.h>

/* Prints "ok" or "not ok" with the name; returns pass. */
bool tap_check(bool pass, const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
#define tap_ok(pass, ...) tap_check((pass), __FILE__, __LINE__, __VA_ARGS__)

/* Compare and print both sides when they differ. */
bool tap_int(long long got, long long want, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool tap_str(const char *got, const char *want, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool tap_near(double got, double want, double tolerance, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A line of diagnosis. */
void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The whole file does not apply here, and why; exits with 0. */
void tap_skip_all(const char *why) __attribute__((noreturn));

/* Prints the plan; returns the exit status for main(). */
int tap_done(void);

#endif
