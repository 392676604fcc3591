#include <config.h>

#include "codes/code.h"

#include <string.h>

uint64_t code_from_margins(const float *margins, int bits)
{
    uint64_t code = 0;

    for (int i = 0; i < bits; i++)
        code |= (uint64_t)(margins[i] >= 0) << i;
    return code;
}

void code_text(struct str *out, uint64_t code, int bits, enum code_style style)
{
    for (int i = 0; i < bits; i++) {
        if (style == CODE_GROUPED && i > 0 && i % 4 == 0)
            str_add_char(out, ' ');
        str_add_char(out, code_bit(code, i) ? '1' : '0');
    }
}

static enum status wrong_character(const char *text, const char *at, bool stars,
                                   struct err *err)
{
    unsigned char c = (unsigned char)*at;
    size_t place = (size_t)(at - text) + 1;
    const char *digits = stars ? "0, 1 and * for a free bit" : "0 and 1";

    if (c > ' ' && c < 0x7f)
        return err_set(err, ERR_BAD_INPUT,
                       "'%c' at character %zu; digits are %s", c, place,
                       digits);
    return err_set(err, ERR_BAD_INPUT,
                   "byte 0x%02x at character %zu; digits are %s", c, place,
                   digits);
}

enum status code_read(uint64_t *value, uint64_t *free_bits, const char *text,
                      int bits, struct err *err)
{
    uint64_t ones = 0, stars = 0;
    int digits = 0;

    if (bits < 1 || bits > CODE_BITS_MAX)
        return err_set(err, ERR_BAD_INPUT, "%d bits; a code has 1 to %d", bits,
                       CODE_BITS_MAX);
    for (const char *s = text; *s; s++) {
        if (strchr(" \t_", *s) != NULL)
            continue;
        if (*s != '0' && *s != '1' && (*s != '*' || free_bits == NULL))
            return wrong_character(text, s, free_bits != NULL, err);
        if (digits < bits) {
            ones |= (uint64_t)(*s == '1') << digits;
            stars |= (uint64_t)(*s == '*') << digits;
        }
        digits++;
    }
    if (digits != bits)
        return err_set(err, ERR_BAD_INPUT,
                       "%d digit%s where %d are needed; give %d %s", digits,
                       digits == 1 ? "" : "s", bits,
                       digits < bits ? bits - digits : digits - bits,
                       digits < bits ? "more" : "fewer");
    *value = ones;
    if (free_bits != NULL)
        *free_bits = stars;
    return OK;
}

enum status code_parse(uint64_t *out, const char *text, int bits,
                       struct err *err)
{
    return code_read(out, NULL, text, bits, err);
}
