#include <config.h>

#include "cli/console.h"

#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"

static bool utf8;

void console_init(void)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C");
    utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

bool console_utf8(void)
{
    return utf8;
}

bool console_colour(void)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return isatty(STDOUT_FILENO) && (no_color == NULL || !no_color[0]) &&
           term != NULL && term[0] && strcmp(term, "dumb") != 0;
}

bool console_truecolour(void)
{
    const char *depth = getenv("COLORTERM");

    return console_colour() && depth != NULL &&
           (strcmp(depth, "truecolor") == 0 || strcmp(depth, "24bit") == 0);
}

int console_columns(FILE *stream)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size;

    if (columns != NULL && atoi(columns) > 0)
        return atoi(columns);
    if (!isatty(fileno(stream)))
        return 0;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

/* What our own texts hold beyond ASCII, for a locale without it. */
static const struct {
    uint32_t code;
    const char *ascii;
} plain[] = {
    {0xb7, "-"},    {0xb1, "+-"},    {0xd7, "x"},    {0x2013, "-"},
    {0x2014, "-"},  {0x2026, "..."}, {0x2192, "->"}, {0x2212, "-"},
    {0x2264, "<="}, {0x2265, ">="},
};

static void add_ascii(struct str *out, uint32_t code)
{
    for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
        if (plain[i].code == code) {
            str_add(out, plain[i].ascii);
            return;
        }
    str_addf(out, "\\u{%x}", (unsigned)code);
}

void console_label(struct str *out, const char *escaped)
{
    size_t length = strlen(escaped);

    if (utf8) {
        str_add(out, escaped);
        return;
    }
    for (size_t i = 0; i < length;) {
        uint32_t code;

        i += utf8_decode(escaped + i, length - i, &code);
        if (code < 0x80)
            str_add_char(out, (char)code);
        else
            add_ascii(out, code);
    }
}

void console_name(struct str *out, const char *text)
{
    struct str escaped = STR_INIT;

    utf8_escape(&escaped, text);
    console_label(out, escaped.text);
    str_release(&escaped);
}

void console_message(struct str *out, const char *text)
{
    for (;;) {
        size_t run = strcspn(text, "\\");
        char *part = mem_strndup(text, run);

        console_name(out, part);
        free(part);
        if (text[run] == '\0')
            return;
        str_add_char(out, '\\');
        text += run + 1;
    }
}

void console_entry(const char *head, int indent, const char *text)
{
    int columns = console_columns(stdout), at = indent;
    struct str safe = STR_INIT, word = STR_INIT;
    const char *next;

    console_label(&safe, text[0] ? text : "-");
    printf("%-*s", indent, head);
    for (next = safe.text; *next;) {
        size_t n = strcspn(next, " ");

        str_clear(&word);
        str_add_bytes(&word, next, n);
        if (at > indent && columns > indent + 10 &&
            at + 1 + utf8_width(word.text) > columns) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (next != safe.text) {
            putchar(' ');
            at++;
        }
        fputs(word.text, stdout);
        at += utf8_width(word.text);
        next += n + (next[n] == ' ');
    }
    putchar('\n');
    str_release(&safe);
    str_release(&word);
}

void console_say(const char *fmt, ...)
{
    char text[2048];
    struct str safe = STR_INIT;
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    console_message(&safe, text);
    fprintf(stderr, "bitgrove: %s\n", safe.text);
    str_release(&safe);
}
