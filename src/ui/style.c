#include <config.h>

#include "ui/style.h"

#include <string.h>

#include "base/mem.h"
#include "ui/colour.h"

static const struct {
    const char *name;
    uint8_t attr;
} attributes[] = {{"plain", 0},
                  {"bold", STYLE_BOLD},
                  {"dim", STYLE_DIM},
                  {"underline", STYLE_UNDERLINE},
                  {"reverse", STYLE_REVERSE},
                  {"italic", STYLE_ITALIC}};

static bool parse_attr(const char *word, uint8_t *attrs)
{
    for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
        if (strcmp(word, attributes[i].name) == 0) {
            *attrs |= attributes[i].attr;
            return true;
        }
    }
    return false;
}

/* The next word of *text, cut to fit; false at the end. */
static bool next_word(const char **text, char *word, size_t size)
{
    size_t skip = strspn(*text, " \t"), n;

    *text += skip;
    n = strcspn(*text, " \t");
    if (n == 0)
        return false;
    if (n < size) {
        memcpy(word, *text, n);
        word[n] = '\0';
    } else {
        memcpy(word, *text, size - 1);
        word[size - 1] = '\0';
    }
    *text += n;
    return true;
}

enum status style_parse(struct style *out, const char *text, struct err *err)
{
    struct style style = {COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
    bool has_fg = false, has_bg = false, any = false;
    char word[40];

    while (next_word(&text, word, sizeof(word))) {
        int colour;

        any = true;
        if (parse_attr(word, &style.attrs))
            continue;
        if (strcmp(word, "on") == 0) {
            if (has_bg || !next_word(&text, word, sizeof(word)) ||
                !colour_parse(word, &colour))
                return err_set(err, ERR_BAD_INPUT,
                               "'on' takes one colour, once");
            style.bg = colour;
            has_bg = true;
            continue;
        }
        if (!colour_parse(word, &colour))
            return err_set(err, ERR_BAD_INPUT,
                           "'%s' is neither a colour (red, bright-red, 0 to "
                           "255, #rrggbb, default) nor bold, dim, underline, "
                           "reverse, italic or plain",
                           word);
        if (has_fg)
            return err_set(err, ERR_BAD_INPUT,
                           "'%s' is a second foreground; write 'on %s' for "
                           "a background",
                           word, word);
        style.fg = colour;
        has_fg = true;
    }
    if (!any)
        return err_set(err, ERR_BAD_INPUT, "a style is missing after '='");
    *out = style;
    return OK;
}

/* A background that few colours have nothing for: dark, or nearly grey. */
static bool is_shade(int colour)
{
    int rgb[3], top = 0, low = 255;

    if (colour < 16 || !colour_parts(colour, rgb))
        return false;
    for (int i = 0; i < 3; i++) {
        top = rgb[i] > top ? rgb[i] : top;
        low = rgb[i] < low ? rgb[i] : low;
    }
    return top < 96 || top - low < 36;
}

struct style style_reduce(struct style style, int colours)
{
    int fg, bg;

    if ((colours < 256 && is_shade(style.bg)) ||
        (colours < 8 && style.bg != COLOUR_DEFAULT)) {
        style.attrs |= STYLE_REVERSE;
        style.fg = style.bg = COLOUR_DEFAULT;
    }
    fg = colour_reduce(style.fg, colours);
    bg = colour_reduce(style.bg, colours);

    /* Eight colours have no bright ones: bold stands in for them, and dim
     * for grey, which would be black on black. */
    if (colours >= 8 && colours < 16 && style.fg != COLOUR_DEFAULT &&
        colour_reduce(style.fg, 16) == 8) {
        style.attrs |= STYLE_DIM;
        fg = COLOUR_DEFAULT;
    } else if (colours >= 8 && colours < 16 && style.fg != COLOUR_DEFAULT &&
               colour_reduce(style.fg, 16) > 7) {
        style.attrs |= STYLE_BOLD;
    }
    /* Two colours that fell together would hide the text. */
    if (fg == bg && fg != COLOUR_DEFAULT && style.fg != style.bg)
        bg = COLOUR_DEFAULT;
    style.fg = fg;
    style.bg = bg;
    return style;
}

bool style_equal(struct style a, struct style b)
{
    return a.fg == b.fg && a.bg == b.bg && a.attrs == b.attrs;
}
