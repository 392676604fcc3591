#ifndef BITGROVE_CLI_ARGS_H
#define BITGROVE_CLI_ARGS_H

/*
 * Commands, and what was said to one. A command is one entry of the table in
 * main.c: name, synopsis, help, options, function. Its options come from a
 * table of its own and from the table of the kind of job it queues
 * (queue/params.h); parser and help read the same tables. Main thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "queue/params.h"

enum format {
    FORMAT_TABLE,
    FORMAT_CSV,
    FORMAT_JSON,
    FORMAT_NPY,
    FORMAT_NEWICK,
    FORMAT_DOT,
    FORMAT_SVG,
    FORMAT_BITS,  /* .npy of a byte a bit, 0 or 1 */
    FORMAT_FAISS, /* .npy of packed bytes, as faiss's IndexBinary takes them */
    FORMAT_SAFETENSORS,
    FORMAT_COUNT
};
#define FORMAT_BIT(format) (1u << (format))
#define FORMATS_ROWS                                     \
    (FORMAT_BIT(FORMAT_TABLE) | FORMAT_BIT(FORMAT_CSV) | \
     FORMAT_BIT(FORMAT_JSON))

const char *format_name(enum format format);

struct option_row {
    const char *name;    /* as in --name; NULL ends the table */
    char letter;         /* as in -k, or '\0' */
    const char *metavar; /* NULL: takes no value */
    const char *help;
};

struct args;

struct command {
    const char *name;
    const char *synopsis; /* after "bitgrove NAME [OPTION]... " */
    const char *summary;  /* one line */
    const char *details;  /* paragraphs */
    const struct option_row *options;
    enum job_kind kind; /* whose options it takes; JOB_KIND_COUNT: none*/
    const char *const
        *passed;       /* only these of them, NULL at the end; or NULL */
    unsigned formats;  /* FORMAT_BITs it prints; 0: no --format */
    const char *usual; /* which of them is the default; NULL: the first */
    int least, most;   /* positional arguments; most -1: any */
    enum status (*run)(struct args *args, struct err *err);
};

struct args {
    const struct command *command;
    const char **names, **values; /* own options given; borrowed */
    int count, room;
    struct params params; /* options of the job */
    const char **words;   /* positional arguments; borrowed */
    int words_count, words_room;
    enum format format; /* --format, or the command's first */
    bool format_given;
    bool help;
};

/*
 * Reads the words after the command's name; options may stand anywhere until
 * "--". ERR_BAD_INPUT names the option and what it wants. argv must outlive
 * *out, which args_release() frees in any case.
 */
enum status args_parse(struct args *out, const struct command *command,
                       int argc, char **argv, struct err *err) MUST_USE;
void args_release(struct args *args);

bool args_has(const struct args *args, const char *name);
/* The value last given, or NULL. */
const char *args_get(const struct args *args, const char *name);
/* A whole number within low..high; *out is left alone when not given. */
enum status args_int(const struct args *args, const char *name, int64_t low,
                     int64_t high, int64_t *out, struct err *err) MUST_USE;

/* Appends path as one that starts with '/'. It need not exist. */
void args_absolute(struct str *out, const char *path);

/* Whether the command takes this option of its kind of job. */
bool args_passed(const struct command *command, const char *name);

/* The nearest of `count` names by edits, or NULL when none is near. */
const char *args_nearest(const char *word, const char *const *names, int count);

#endif
