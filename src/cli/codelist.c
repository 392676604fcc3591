#include <config.h>

#include "cli/codelist.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/infile.h"
#include "codes/code.h"
#include "formats/npyhead.h"

struct list {
    uint64_t *codes;
    size_t count, room;
    int bits;
    const char *name; /* of the file */
};

/* ---- text ---- */

static enum status read_text(struct list *list, const char *text, size_t length,
                             struct err *err)
{
    size_t line = 1;

    for (size_t at = 0; at < length; line++) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t n = end != NULL ? (size_t)(end - text) - at : length - at;
        char *word;
        uint64_t code = 0;
        enum status status = OK;

        while (n > 0 && text[at + n - 1] != '\0' &&
               strchr("\r \t", text[at + n - 1]) != NULL)
            n--;
        word = mem_strndup(text + at, n);
        at = end != NULL ? (size_t)(end - text) + 1 : length;
        if (word[0] != '\0' && word[0] != '#') {
            status = code_parse(&code, word, list->bits, err);
            ARRAY_GROW(list->codes, list->count, list->room);
            list->codes[list->count++] = code;
        }
        if (status == OK && strlen(word) != n)
            status = err_set(err, ERR_BAD_INPUT, "there is a NUL");
        free(word);
        if (status != OK)
            return err_wrap(err, "%s: line %zu", list->name, line);
    }
    return OK;
}

/* ---- .npy ---- */

static uint64_t element(const unsigned char *at, const struct npyhead *head)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < head->width; i++) {
        unsigned byte = head->swap ? i : head->width - 1 - i;

        value = value << 8 | at[byte];
    }
    if (head->kind == 'i' && head->width < 8 &&
        value >> (8 * head->width - 1) != 0)
        value |= ~UINT64_C(0) << 8 * head->width;
    return value;
}

/* Bytes of whole numbers lie as this machine has them, unless head->swap. */
static bool big_endian(void)
{
    static const uint16_t one = 1;

    return *(const unsigned char *)&one == 0;
}

static enum status one_number(struct list *list, size_t row,
                              const unsigned char *at,
                              const struct npyhead *head, struct err *err)
{
    list->codes[row] = element(at, head);
    if (code_fits(list->codes[row], list->bits))
        return OK;
    return err_set(err, ERR_BAD_INPUT,
                   "%s: row %zu has bits above the %d that codes here have",
                   list->name, row, list->bits);
}

static enum status one_row(struct list *list, size_t row,
                           const unsigned char *at, struct err *err)
{
    for (int bit = 0; bit < list->bits; bit++) {
        if (at[bit] > 1)
            return err_set(err, ERR_BAD_INPUT,
                           "%s: row %zu, column %d is %d, and should be 0 or 1",
                           list->name, row, bit, at[bit]);
        list->codes[row] |= (uint64_t)at[bit] << bit;
    }
    return OK;
}

static enum status check_shape(const struct list *list,
                               const struct npyhead *head, struct err *err)
{
    if (head->kind == 'f')
        return err_set(err, ERR_BAD_INPUT,
                       "%s holds real numbers: codes are whole numbers (n), or "
                       "zeros and ones in bytes (n, %d)",
                       list->name, list->bits);
    if (head->dims == 1)
        return OK;
    if (head->dims > 2 || head->shape[1] != (size_t)list->bits ||
        head->width != 1 || head->fortran)
        return err_set(err, ERR_BAD_INPUT,
                       "%s: codes are whole numbers (n), or zeros and ones in "
                       "bytes (n, %d) in C order",
                       list->name, list->bits);
    return OK;
}

static enum status read_npy(struct list *list, const struct str *bytes,
                            struct err *err)
{
    const unsigned char *all = (const unsigned char *)bytes->text;
    struct npyhead head;
    enum status status =
        npyhead_parse(&head, all, bytes->length, list->name, err);

    if (status == OK)
        status = check_shape(list, &head, err);
    if (status != OK)
        return status;
    head.swap ^= big_endian();
    list->count = head.shape[0];
    list->codes = mem_large(list->count, sizeof(*list->codes));
    if (list->codes == NULL)
        return err_set(err, ERR_NOMEM, "no memory for %zu codes", list->count);
    all += head.offset;
    for (size_t row = 0; row < list->count && status == OK; row++)
        status = head.dims == 1
                     ? one_number(list, row, all + row * head.width, &head, err)
                     : one_row(list, row, all + row * (size_t)list->bits, err);
    return status;
}

enum status codelist_read(uint64_t **codes, size_t *count, const char *path,
                          int bits, struct err *err)
{
    static const char magic[] = "\x93NUMPY";
    struct list list = {.bits = bits, .name = path};
    struct str bytes = STR_INIT;
    enum status status = infile_read(&bytes, path, err);

    if (strcmp(path, "-") == 0)
        list.name = "standard input";
    if (status == OK && bytes.length >= strlen(magic) &&
        memcmp(bytes.text, magic, strlen(magic)) == 0)
        status = read_npy(&list, &bytes, err);
    else if (status == OK)
        status = read_text(&list, bytes.text, bytes.length, err);
    str_release(&bytes);
    if (status == OK && list.count == 0)
        status = err_set(err, ERR_BAD_INPUT, "%s holds no code", list.name);
    if (status != OK) {
        free(list.codes);
        return status;
    }
    *codes = list.codes;
    *count = list.count;
    return OK;
}
