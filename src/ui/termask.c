#include <config.h>

#include "ui/termask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTHING, CONTROL, STRING, STRING_ESCAPE, SINGLE };

void termask_init(struct termask *ask)
{
    memset(ask, 0, sizeof(*ask));
}

/* True if the name begins with one of the words, up to a NULL. */
static bool is_one_of(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (str_starts(name, *words))
            return true;
    return false;
}

void termask_questions(struct str *out, const char *term, bool inside)
{
    /* The console and real terminals would print what they don't know. */
    static const char *const mute[] = {"linux", "vt",   "dumb", "ansi",
                                       "cons",  "wyse", "sun",  NULL};
    static const char *const without_strings[] = {"rxvt", "screen", "tmux",
                                                  "eterm", NULL};

    if (!term || term[0] == '\0' || is_one_of(term, mute))
        return;
    str_add(out, "\033[?2026$p"); /* synchronised output */
    if (!inside && !is_one_of(term, without_strings)) {
        str_add(out, "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\");
        str_add(out, "\033[>q\033[16t"); /* its name; size of a cell */
    }
    str_add(out, "\033[c"); /* all terminals answer that, so it comes last */
}

/* ---- answers ---- */

/* "?62;4;22c": 4 among the attributes is sixel. */
static void read_attributes(struct termask *ask, const char *text)
{
    const char *at = text + 1;

    ask->complete = true;
    while ((at = strchr(at, ';'))) {
        at++;
        if (strtol(at, NULL, 10) == 4)
            ask->sixel = true;
    }
}

static void read_control(struct termask *ask)
{
    int height, width, mode, state;
    const char *text = ask->text;
    char last = text[ask->length - 1];

    if (last == 'c' && text[0] == '?')
        read_attributes(ask, text);
    else if (sscanf(text, "6;%5d;%5dt", &height, &width) == 2 && height > 0 &&
             width > 0 && height <= 512 && width <= 512) {
        ask->cell_height = height;
        ask->cell_width = width;
    } else if (sscanf(text, "?%5d;%5d$y", &mode, &state) == 2 && mode == 2026)
        ask->sync = state == 1 || state == 2;
}

static void read_string(struct termask *ask)
{
    if (strstr(ask->text, "i=31") && strstr(ask->text, ";OK"))
        ask->kitty = true;
    if (str_starts(ask->text, ">|") &&
        (strstr(ask->text, "iTerm2") || strstr(ask->text, "WezTerm")))
        ask->iterm = true;
}

/* ---- sequences ---- */

bool termask_begin(struct termask *ask, int code, int64_t now)
{
    switch (code) {
    case '[':
        ask->state = CONTROL;
        break;
    case 'O':
        ask->state = SINGLE;
        break;
    case 'P':
    case ']':
    case '_':
    case '^':
    case 'X':
        ask->state = STRING;
        break;
    default:
        return false;
    }
    ask->length = ask->bytes = 0;
    ask->text[0] = '\0';
    ask->heard_at = now;
    return true;
}

static void keep(struct termask *ask, int code)
{
    if (ask->length + 1 < sizeof(ask->text) && code >= 0x20 && code < 0x7f) {
        ask->text[ask->length++] = (char)code;
        ask->text[ask->length] = '\0';
    } else {
        ask->text[0] = '\0'; /* nothing that we asked for */
        ask->length = sizeof(ask->text);
    }
}

static bool is_whole(const struct termask *ask)
{
    return ask->length > 0 && ask->length < sizeof(ask->text);
}

static void in_control(struct termask *ask, int code)
{
    if (code < 0x20 || code > 0x7e) {
        ask->state = NOTHING;
        return;
    }
    keep(ask, code);
    if (code < 0x40)
        return;
    ask->state = NOTHING;
    if (is_whole(ask))
        read_control(ask);
}

static void in_string(struct termask *ask, int code)
{
    bool ended = code == 7 || (ask->state == STRING_ESCAPE && code == '\\');

    if (ended && is_whole(ask))
        read_string(ask);
    if (ended || code == 0x18 || code == 0x1a)
        ask->state = NOTHING;
    else if (code == 0x1b)
        ask->state = STRING_ESCAPE;
    else {
        ask->state = STRING;
        keep(ask, code);
    }
}

bool termask_feed(struct termask *ask, int code, int64_t now)
{
    if (ask->state == NOTHING)
        return false;
    if (now - ask->heard_at > TERMASK_GAP_MS || ++ask->bytes > TERMASK_LONG) {
        ask->state = NOTHING;
        return false;
    }
    ask->heard_at = now;
    if (ask->state == SINGLE)
        ask->state = NOTHING;
    else if (ask->state == CONTROL)
        in_control(ask, code);
    else
        in_string(ask, code);
    return true;
}
