#ifndef BITGROVE_QUEUE_PARAMS_H
#define BITGROVE_QUEUE_PARAMS_H

/*
 * What a job is asked to do: a flat map of names to strings, kept in the job's
 * row as a JSON object, and the one table of the options each kind of job
 * knows. The command line parser, the help texts, the man page check and the
 * worker all read that table, so they can't drift. Any thread.
 */

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

enum job_kind {
    JOB_IMPORT,
    JOB_LEARN,
    JOB_ENCODE,
    JOB_TREE,
    JOB_EXPORT, /* of a model: all else the front end exports by itself */
    JOB_IMPORT_MODEL,
    JOB_FEATURES, /* of images, by a network from elsewhere */
    JOB_KIND_COUNT
};

const char *job_kind_name(enum job_kind kind); /* "import", "learn", ... */

enum param_type {
    PARAM_TEXT,
    PARAM_INT,   /* low..high */
    PARAM_REAL,  /* low..high */
    PARAM_FLAG,  /* "1" or absent */
    PARAM_PAIR,  /* "A,B" or "A,B,C": numbers within low..high each */
    PARAM_PATH,  /* made absolute by whoever queues the job; several with a
                  * newline between them where the table says so */
    PARAM_CHOICE /* one of `choices`, separated by | */
};

struct param_spec {
    const char *name; /* as in --NAME and in the row */
    enum param_type type;
    const char *fallback; /* NULL: absent unless given */
    double low, high;
    const char *choices;
    const char *metavar; /* N, FILE, ...; NULL for flags */
    bool whole;          /* PARAM_PAIR: whole numbers only */
    const char *help;
};

/* The options of a kind; *count of them. Static. */
const struct param_spec *param_specs(enum job_kind kind, int *count);

struct params {
    char **names, **values;
    int count, room;
};
void params_release(struct params *params);
/* Checks the value against the kind's table (and that it is UTF-8); the
 * message names the option. Replaces what was set before. */
enum status params_set(struct params *params, enum job_kind kind,
                       const char *name, const char *value,
                       struct err *err) MUST_USE;
/* The value, or the table's fallback, or NULL. Borrowed. A value of a row that
 * the table refuses counts as absent, so numbers are always within range. */
const char *params_get(const struct params *params, enum job_kind kind,
                       const char *name);
int64_t params_int(const struct params *params, enum job_kind kind,
                   const char *name);
/* Reads up to `room` comma-separated numbers; returns how many. */
int params_numbers(const struct params *params, enum job_kind kind,
                   const char *name, double *out, int room);

void params_write(const struct params *params, struct str *json);
enum status params_read(struct params *out, const char *json,
                        struct err *err) MUST_USE;

#endif
