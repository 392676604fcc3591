#include <config.h>

#include "codes/pattern.h"

enum status pattern_parse(struct pattern *out, const char *text, int bits,
                          struct err *err)
{
    uint64_t value, free_bits;

    if (code_read(&value, &free_bits, text, bits, err) != OK)
        return err->status;
    out->value = value;
    out->fixed = code_mask(bits) & ~free_bits;
    out->bits = bits;
    return OK;
}

void pattern_text(struct str *out, const struct pattern *p,
                  enum code_style style)
{
    for (int i = 0; i < p->bits; i++) {
        if (style == CODE_GROUPED && i > 0 && i % 4 == 0)
            str_add_char(out, ' ');
        if (!code_bit(p->fixed, i))
            str_add_char(out, '*');
        else
            str_add_char(out, code_bit(p->value, i) ? '1' : '0');
    }
}
