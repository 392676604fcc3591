#include <config.h>

#include "ui/finder.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "base/mem.h"
#include "base/utf8.h"

void finder_init(struct finder *finder)
{
    memset(finder, 0, sizeof(*finder));
}

void finder_release(struct finder *finder)
{
    if (finder->regex && !finder->broken)
        regfree(&finder->compiled);
    free(finder->pattern);
    finder_init(finder);
}

/* The next character of *text, in lower case if asked; 0 at the end. */
static uint32_t next_char(const char **text, bool lower)
{
    uint32_t code;

    if (**text == '\0')
        return 0;
    *text += utf8_decode(*text, strlen(*text), &code);
    if (lower && !(code & UTF8_BAD))
        code = (uint32_t)towlower((wint_t)code);
    return code;
}

static bool has_capital(const char *text)
{
    while (*text) {
        uint32_t code;

        text += utf8_decode(text, strlen(text), &code);
        if (!(code & UTF8_BAD) && iswupper((wint_t)code))
            return true;
    }
    return false;
}

void finder_set(struct finder *finder, const char *pattern)
{
    finder_release(finder);
    if (pattern[0] == '\0')
        return;
    finder->pattern = mem_strdup(pattern);
    finder->ignore_case = !has_capital(pattern);
    finder->regex = pattern[0] == '/';
    if (finder->regex)
        finder->broken =
            regcomp(&finder->compiled, pattern + 1,
                    REG_EXTENDED | REG_NOSUB |
                        (finder->ignore_case ? REG_ICASE : 0)) != 0;
}

bool finder_active(const struct finder *finder)
{
    return finder->pattern != NULL;
}

static bool starts_with(const char *text, const char *words, bool lower)
{
    while (*words)
        if (next_char(&words, lower) != next_char(&text, lower))
            return false;
    return true;
}

bool finder_matches(const struct finder *finder, const char *text)
{
    if (!finder->pattern || finder->broken)
        return false;
    if (finder->regex)
        return finder->pattern[1] != '\0' &&
               regexec(&finder->compiled, text, 0, NULL, 0) == 0;
    for (;;) {
        if (starts_with(text, finder->pattern, finder->ignore_case))
            return true;
        if (next_char(&text, false) == 0)
            return false;
    }
}
