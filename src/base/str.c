#include <config.h>

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

char str_empty[1];

void str_init(struct str *s)
{
    s->text = str_empty;
    s->length = 0;
    s->room = 0;
}

void str_release(struct str *s)
{
    if (s->room)
        free(s->text);
    str_init(s);
}

char *str_take(struct str *s)
{
    char *text = s->room ? s->text : mem_strdup("");

    str_init(s);
    return text;
}

void str_clear(struct str *s)
{
    s->length = 0;
    if (s->room)
        s->text[0] = '\0';
}

static void grow(struct str *s, size_t extra)
{
    size_t need = s->length + extra + 1;
    size_t room = s->room ? s->room : 64;

    if (need <= s->room)
        return;
    while (room < need)
        room *= 2;
    s->text = mem_realloc(s->room ? s->text : NULL, room, 1);
    s->room = room;
    s->text[s->length] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_add_bytes(s, text, strlen(text));
}

void str_add_bytes(struct str *s, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    grow(s, n);
    memcpy(s->text + s->length, bytes, n);
    s->length += n;
    s->text[s->length] = '\0';
}

void str_add_char(struct str *s, char c)
{
    str_add_bytes(s, &c, 1);
}

void str_addf(struct str *s, const char *fmt, ...)
{
    va_list args, again;
    int n;

    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n > 0) {
        grow(s, (size_t)n);
        vsnprintf(s->text + s->length, (size_t)n + 1, fmt, again);
        s->length += (size_t)n;
    }
    va_end(again);
}

bool str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}
