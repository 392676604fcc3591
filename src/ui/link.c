#include <config.h>

#include "ui/link.h"

#include <string.h>

void link_encode(struct str *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
                     (*p >= 'A' && *p <= 'Z') || strchr("-._~/*", *p) != NULL;

        if (plain)
            str_add_char(out, *p);
        else
            str_addf(out, "%%%02X", (unsigned)(unsigned char)*p);
    }
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

enum status link_decode(struct str *out, const char *text, struct err *err)
{
    for (; *text; text++) {
        int high, low;

        if (*text != '%') {
            str_add_char(out, *text);
            continue;
        }
        high = hex_digit(text[1]);
        low = high < 0 ? -1 : hex_digit(text[2]);
        if (low < 0 || high + low == 0)
            return err_set(err, ERR_BAD_INPUT,
                           "the link has a %% without two hexadecimal digits "
                           "of a character after it: %s",
                           text);
        str_add_char(out, (char)(high * 16 + low));
        text += 2;
    }
    return OK;
}
