#include <config.h>

#include "ui/glyph.h"

#include <langinfo.h>
#include <strings.h>

static const struct glyphs utf8 = {
    .ascii = false,
    .horizontal = 0x2500,
    .vertical = 0x2502,
    .open = 0x25be,
    .closed = 0x25b8,
    .leaf = 0x2500,
    .branch = 0x251c,
    .last = 0x2514,
    .stem = 0x2502,
    .dash = 0x2500,
    .on = 0x25a0,
    .off = 0xb7,
    .free = '*',
    .on_differs = 0x25c6,
    .off_differs = 0x25c7,
    .mixed = 0x25a8,
    .right = 0x2713,
    .wrong = 0x2717,
    .down = 0x2193,
    .dot = " · ",
    .dash_text = "–",
    .spark = {' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, 0x2587,
              0x2588},
    .bar = {' ', 0x258f, 0x258e, 0x258d, 0x258c, 0x258b, 0x258a, 0x2589,
            0x2588},
};

static const struct glyphs plain = {
    .ascii = true,
    .horizontal = '-',
    .vertical = '|',
    .open = '-',
    .closed = '+',
    .leaf = '-',
    .branch = '|',
    .last = '`',
    .stem = '|',
    .dash = '-',
    .on = '1',
    .off = '0',
    .free = '*',
    .on_differs = '+',
    .off_differs = '-',
    .mixed = '%',
    .right = 'v',
    .wrong = 'x',
    .down = 'v',
    .dot = "  ",
    .dash_text = "-",
    .spark = {' ', '_', '.', ',', ':', '-', '=', '+', '#'},
    .bar = {' ', ' ', ' ', ' ', '=', '=', '=', '=', '#'},
};

const struct glyphs *glyphs_for(bool ascii)
{
    return ascii ? &plain : &utf8;
}

bool glyphs_locale_is_ascii(void)
{
    return strcasecmp(nl_langinfo(CODESET), "UTF-8") != 0;
}
