#include <config.h>

#include "base/markup.h"

#include <string.h>

#include "base/utf8.h"

static const char *entity(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void markup_escaped(struct str *out, const char *escaped)
{
    for (const char *s = escaped; *s; s++) {
        const char *instead = entity(*s);

        if (instead != NULL) {
            str_add(out, instead);
        } else if (strncmp(s, "\xef\xbf\xbe", 3) == 0 ||
                   strncmp(s, "\xef\xbf\xbf", 3) == 0) {
            str_add(out, "\xef\xbf\xbd");
            s += 2;
        } else {
            str_add_char(out, *s);
        }
    }
}

void markup_text(struct str *out, const char *text)
{
    struct str safe = STR_INIT;

    utf8_escape(&safe, text);
    markup_escaped(out, safe.text);
    str_release(&safe);
}
