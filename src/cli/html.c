#include <config.h>

#include "cli/html.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/markup.h"
#include "base/mem.h"

static void begin(struct html *h, const char *tag, const char *attributes)
{
    str_add_char(h->out, '<');
    str_add(h->out, tag);
    if (attributes != NULL) {
        str_add_char(h->out, ' ');
        str_add(h->out, attributes);
    }
}

void html_open(struct html *h, const char *tag, const char *attributes)
{
    assert(h->depth < HTML_DEPTH);
    h->open[h->depth++] = tag;
    begin(h, tag, attributes);
    str_add_char(h->out, '>');
}

/* What ends a line, so that the page can be read and compared as text. */
static bool is_block(const char *tag)
{
    static const char *const inlines[] = {
        "a",     "b",      "bdi",  "code", "data", "em",  "span",
        "small", "strong", "time", "td",   "th",   "text"};

    for (size_t i = 0; i < ARRAY_SIZE(inlines); i++)
        if (strcmp(tag, inlines[i]) == 0)
            return false;
    return true;
}

void html_close(struct html *h)
{
    const char *tag;

    assert(h->depth > 0);
    tag = h->open[--h->depth];
    str_addf(h->out, "</%s>%s", tag, is_block(tag) ? "\n" : "");
}

void html_void(struct html *h, const char *tag, const char *attributes)
{
    begin(h, tag, attributes);
    str_add(h->out, "/>");
}

void html_text(struct html *h, const char *text)
{
    markup_text(h->out, text);
}

static void say(struct html *h, const char *fmt, va_list args)
{
    char room[512];
    va_list again;
    int n;

    va_copy(again, args);
    n = vsnprintf(room, sizeof(room), fmt, args);
    if (n >= (int)sizeof(room)) {
        char *text = mem_alloc((size_t)n + 1);

        vsnprintf(text, (size_t)n + 1, fmt, again);
        str_add(h->out, text);
        free(text);
    } else {
        str_add(h->out, room);
    }
    va_end(again);
}

void html_say(struct html *h, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    say(h, fmt, args);
    va_end(args);
}

void html_line(struct html *h, const char *tag, const char *attributes,
               const char *text)
{
    html_open(h, tag, attributes);
    html_text(h, text);
    html_close(h);
}

void html_words(struct html *h, const char *tag, const char *attributes,
                const char *fmt, ...)
{
    va_list args;

    html_open(h, tag, attributes);
    va_start(args, fmt);
    say(h, fmt, args);
    va_end(args);
    html_close(h);
}

void html_attribute(struct str *out, const char *name, const char *value)
{
    str_addf(out, " %s=\"", name);
    markup_text(out, value);
    str_add_char(out, '"');
}
