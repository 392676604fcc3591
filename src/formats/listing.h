#ifndef BITGROVE_FORMATS_LISTING_H
#define BITGROVE_FORMATS_LISTING_H

/*
 * Lines of two columns: lists of pictures with their classes, and words for
 * classes.
 *
 *     train/a.jpg<TAB>dog          n01440764<TAB>tench, Tinca tinca<TAB>fish
 *
 * A list's columns are divided by its last tab, else its last comma, else its
 * last space; words by tabs, or by the first space where a line has no tab.
 * Lines end in LF or CRLF; blank ones, and those that begin with #, are left
 * out. The bytes may be hostile: nothing is believed of them, and names go
 * through utf8_escape() before a terminal sees them. Any thread.
 */

#include <stddef.h>

#include "base/err.h"

#define LISTING_BYTES_MAX (512u << 20)

struct listing_line {
    char *key;   /* a path, or what a class is called in files; not empty */
    char *value; /* a class, or a name; not empty */
    char *group; /* of words: the third column, "" if there is none */
};

struct listing {
    struct listing_line *lines; /* owned */
    size_t count, room;
};

/* Pictures: in the order of the file. ERR_BAD_INPUT names the line. */
enum status MUST_USE listing_read(struct listing *out, const char *path,
                                  struct err *err);
enum status MUST_USE listing_parse(struct listing *out, const char *bytes,
                                   size_t n, const char *name, struct err *err);

/* Words: in the order of key, for listing_find(). A key twice is an error. A
 * header line "id<TAB>name" is left out. */
enum status MUST_USE listing_read_words(struct listing *out, const char *path,
                                        struct err *err);
enum status MUST_USE listing_parse_words(struct listing *out, const char *bytes,
                                         size_t n, const char *name,
                                         struct err *err);

/* The words of a key, or NULL. */
const struct listing_line *listing_find(const struct listing *words,
                                        const char *key);
void listing_release(struct listing *listing);

#endif
