#ifndef BITGROVE_FORMATS_PICKLE_H
#define BITGROVE_FORMATS_PICKLE_H

/*
 * Python's pickle (protocols 2 to 5) read as data. A pickle is a program for
 * a stack machine that may import and call anything; this reader builds a
 * tree of what is there and calls nothing: what a pickle would call stays in
 * the tree as a call, with its arguments, for the caller to make sense of.
 * Even so only names are let in that the caller lists, and only the few
 * opcodes that PyTorch's checkpoints are made of; all else is refused by name.
 *
 * Any bytes may be given. The values of a pickle number at most
 * PICKLE_VALUES_MAX, and texts are borrowed from the bytes. The tree may hold
 * a value twice, and lists and dicts may even hold themselves: who walks it
 * bounds the depth. One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PICKLE_VALUES_MAX (1u << 20)

enum pickle_kind {
    PICKLE_NONE,
    PICKLE_BOOL,
    PICKLE_INT,
    PICKLE_LONG, /* of more than 64 bits: text and length are its bytes */
    PICKLE_REAL,
    PICKLE_TEXT, /* or bytes */
    PICKLE_TUPLE,
    PICKLE_LIST,
    PICKLE_DICT,       /* items: key, value, key, value ... */
    PICKLE_NAME,       /* number: its place among the caller's names */
    PICKLE_CALL,       /* items: what is called, the tuple of arguments */
    PICKLE_PERSISTENT, /* items: the id of what is kept elsewhere */
    PICKLE_MARK        /* inside the machine only */
};

struct pickle_value {
    enum pickle_kind kind;
    int64_t number;
    double real;
    const char *text; /* borrowed from the bytes, not ended */
    size_t length;
    struct pickle_value **items; /* owned by the pickle, as all values are */
    int count, room;
};

struct pickle_block;
struct pickle {
    struct pickle_value *root;
    size_t used;                /* bytes up to and with STOP */
    struct pickle_value **kept; /* every PICKLE_PERSISTENT there is; owned */
    int kept_count, kept_room;
    struct pickle_block *blocks;
    unsigned values;
};

/*
 * names: those that may stand in the pickle, "module name" each, NULL ends
 * the list. makes: as many; true for a name whose call makes a dict, that of
 * pairs in a list if one is the argument (collections.OrderedDict). name is
 * the file's, for messages; base is where the bytes begin there.
 */
enum status pickle_read(struct pickle *out, const unsigned char *bytes,
                        size_t n, size_t base, const char *const *names,
                        const bool *makes, const char *name,
                        struct err *err) MUST_USE;
void pickle_release(struct pickle *pickle); /* zeroed is fine */

bool pickle_is(const struct pickle_value *value, const char *text);

/* The value behind the first such key of a dict, or NULL. */
const struct pickle_value *pickle_find(const struct pickle_value *dict,
                                       const char *key);

#endif
