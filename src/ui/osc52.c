#include <config.h>

#include "ui/osc52.h"

#include <stdint.h>
#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"

#define REPLACEMENT 0xfffd

void osc52_harmless(struct str *out, const char *text)
{
    struct str one = STR_INIT, shown = STR_INIT;
    size_t n = strlen(text);

    while (n > 0) {
        uint32_t code;
        size_t step = utf8_decode(text, n, &code);
        bool plain;

        str_clear(&one);
        str_clear(&shown);
        str_add_bytes(&one, text, step);
        utf8_escape(&shown, one.text);
        plain = code == '\\' || strcmp(one.text, shown.text) == 0;
        if (plain)
            str_add(out, one.text);
        else
            utf8_encode(out, REPLACEMENT);
        text += step;
        n -= step;
    }
    str_release(&one);
    str_release(&shown);
}

enum status osc52_write(struct str *out, const char *text, bool tmux,
                        struct err *err)
{
    if (strlen(text) > OSC52_MOST)
        return err_set(err, ERR_BAD_INPUT,
                       "that is %zu bytes, and terminals take no more than %d "
                       "to the clipboard",
                       strlen(text), OSC52_MOST);
    str_add(out, "\033]52;c;");
    base64_add(out, text, strlen(text));
    str_add(out, "\a");
    if (tmux) {
        str_add(out, "\033Ptmux;\033\033]52;c;");
        base64_add(out, text, strlen(text));
        str_add(out, "\a\033\\");
    }
    return OK;
}
