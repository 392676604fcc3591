#ifndef BITGROVE_FORMATS_TSV_H
#define BITGROVE_FORMATS_TSV_H

/*
 * The classes file (`--classes FILE.tsv`): one class a line, columns divided
 * by tabs.
 *
 *     id    name          group
 *     0     digit 0       digit
 *     1     latin A       latin/upper
 *
 * The header line may be left out, the group too. Ids are the labels in the
 * files, in any order, gaps allowed. UTF-8, with or without a byte order
 * mark; lines end in LF or CRLF; blank lines are skipped. Names may repeat and
 * may hold control characters: show them through utf8_escape(). Any thread.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define TSV_ID_MAX    999999
#define TSV_BYTES_MAX (64u << 20)

struct tsv_class {
    uint32_t id; /* 0 to TSV_ID_MAX */
    char *name;  /* owned; never empty */
    char *group; /* owned; "" when the column is empty or left out */
};

struct tsv {
    struct tsv_class *classes; /* owned; in the order of id */
    uint32_t count;            /* > 0 */
};

enum status MUST_USE tsv_read(struct tsv *out, const char *path,
                              struct err *err);

/* The same from memory; name is for messages. */
enum status MUST_USE tsv_parse(struct tsv *out, const char *bytes, size_t n,
                               const char *name, struct err *err);
void tsv_release(struct tsv *tsv);

#endif
