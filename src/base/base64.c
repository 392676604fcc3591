#include <config.h>

#include "base/base64.h"

#include <stdint.h>

void base64_add(struct str *out, const void *bytes, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
                                 "stuvwxyz0123456789+/";
    const uint8_t *in = bytes;

    for (size_t i = 0; i < n; i += 3) {
        size_t left = n - i;
        uint32_t three = (uint32_t)in[i] << 16 |
                         (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                         (left > 2 ? in[i + 2] : 0);

        str_add_char(out, digits[three >> 18]);
        str_add_char(out, digits[three >> 12 & 63]);
        str_add_char(out, left > 1 ? digits[three >> 6 & 63] : '=');
        str_add_char(out, left > 2 ? digits[three & 63] : '=');
    }
}
