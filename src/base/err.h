#ifndef BITGROVE_BASE_ERR_H
#define BITGROVE_BASE_ERR_H

/*
 * Errors: a short status code, and a message for a person.
 *
 * A function that can fail returns `enum status` and takes `struct err *err`
 * as its last parameter. On failure it fills *err (err is never NULL) and
 * leaves its outputs as they were. A message names the object, the place
 * (byte, row, line) and the remedy, and ends without a full stop or newline.
 * The struct owns no memory: copy it freely, keep it on the stack. Any thread.
 */

enum status {
    OK = 0,
    ERR_NOT_FOUND, /* nothing matches: exit status 1 */
    ERR_BAD_INPUT, /* a file, an option or a value is wrong: exit status 2 */
    ERR_BUSY,      /* somebody else holds it: try again */
    ERR_IO,        /* the system refused: disk, permission, limit */
    ERR_CATALOGUE, /* catalogue unreadable or newer: exit status 3 */
    ERR_NOMEM,     /* a large allocation failed */
    ERR_CANCELLED  /* asked to stop: exit status 130 */
};

#define ERR_TEXT_MAX 1024

struct err {
    enum status status;
    char text[ERR_TEXT_MAX];
};

#define MUST_USE                __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

/* Fills *err and returns status, so that a failure is one statement. */
enum status err_set(struct err *err, enum status status, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* The same with ": " and the text of errno value `number` appended. */
enum status err_sys(struct err *err, int number, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Puts "CONTEXT: " before the message, keeping the status; returns it. */
enum status err_wrap(struct err *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The stable lower-case name of a status, e.g. "bad-input". Static. */
const char *err_name(enum status status);

/* The exit status a program ends with for this status. */
int err_exit(enum status status);

#endif
