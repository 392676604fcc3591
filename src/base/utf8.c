#include <config.h>

#include "base/utf8.h"

#include <string.h>
#include <wchar.h>

size_t utf8_decode(const char *text, size_t n, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)text;
    size_t length = s[0] < 0x80             ? 1
                    : (s[0] & 0xe0) == 0xc0 ? 2
                    : (s[0] & 0xf0) == 0xe0 ? 3
                    : (s[0] & 0xf8) == 0xf0 ? 4
                                            : 0;
    uint32_t c;

    if (length == 1) {
        *code = s[0];
        return 1;
    }
    *code = UTF8_BAD | s[0];
    if (length == 0 || length > n)
        return 1;
    c = s[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 1;
        c = c << 6 | (s[i] & 0x3fu);
    }
    if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 1;
    *code = c;
    return length;
}

void utf8_encode(struct str *out, uint32_t code)
{
    char b[4];
    size_t n;

    if (code < 0x80) {
        b[0] = (char)code;
        n = 1;
    } else if (code < 0x800) {
        b[0] = (char)(0xc0 | code >> 6);
        b[1] = (char)(0x80 | (code & 0x3f));
        n = 2;
    } else if (code < 0x10000) {
        b[0] = (char)(0xe0 | code >> 12);
        b[1] = (char)(0x80 | (code >> 6 & 0x3f));
        b[2] = (char)(0x80 | (code & 0x3f));
        n = 3;
    } else {
        b[0] = (char)(0xf0 | code >> 18);
        b[1] = (char)(0x80 | (code >> 12 & 0x3f));
        b[2] = (char)(0x80 | (code >> 6 & 0x3f));
        b[3] = (char)(0x80 | (code & 0x3f));
        n = 4;
    }
    str_add_bytes(out, b, n);
}

static int unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200e || c == 0x200f || c == 0x61c || c == 0xfeff;
}

void utf8_escape(struct str *out, const char *text)
{
    size_t n = strlen(text);

    while (n > 0) {
        uint32_t c;
        size_t step = utf8_decode(text, n, &c);

        if (c & UTF8_BAD)
            str_addf(out, "\\x%02x", (unsigned)(c & 0xff));
        else if (c == '\\')
            str_add(out, "\\\\");
        else if (c == '\n')
            str_add(out, "\\n");
        else if (c == '\t')
            str_add(out, "\\t");
        else if (c == 0x1b)
            str_add(out, "\\e");
        else if (c < 0x80 && unsafe(c))
            str_addf(out, "\\x%02x", (unsigned)c);
        else if (unsafe(c))
            str_addf(out, "\\u{%x}", (unsigned)c);
        else
            str_add_bytes(out, text, step);
        text += step;
        n -= step;
    }
}

static int char_width(uint32_t c)
{
    int w = c < 0x7f ? 1 : wcwidth((wchar_t)c);

    return w < 0 ? 1 : w;
}

int utf8_width(const char *text)
{
    size_t n = strlen(text);
    int width = 0;

    while (n > 0) {
        uint32_t c;
        size_t step = utf8_decode(text, n, &c);

        width += char_width(c);
        text += step;
        n -= step;
    }
    return width;
}

int utf8_clip(struct str *out, const char *text, int columns, bool ascii)
{
    size_t n = strlen(text);
    int used = 0;

    if (columns <= 0)
        return 0;
    if (utf8_width(text) <= columns) {
        str_add(out, text);
        return utf8_width(text);
    }
    while (n > 0) {
        uint32_t c;
        size_t step = utf8_decode(text, n, &c);
        int w = char_width(c);

        if (used + w > columns - 1)
            break;
        str_add_bytes(out, text, step);
        used += w;
        text += step;
        n -= step;
    }
    str_add(out, ascii ? "~" : "…");
    return used + 1;
}
