#ifndef BITGROVE_UI_KEY_H
#define BITGROVE_UI_KEY_H

/*
 * Keys as numbers and as names. A key is a Unicode character, a control
 * character (Ctrl-D is 4) or one of enum key_code above all characters. Names
 * are what help, hints and scripts use: "a", "Up", "PgDn", "C-d", "F1",
 * "Enter", "Esc", "Space". Pure functions; any thread.
 */

#include <stdbool.h>
#include <stddef.h>

enum key_code {
    KEY_CODE_NONE = -1,
    KEY_CODE_TAB = 9,
    KEY_CODE_ENTER = 13,
    KEY_CODE_ESC = 27,
    KEY_CODE_BACKSPACE = 127,
    KEY_CODE_UP = 0x200000,
    KEY_CODE_DOWN,
    KEY_CODE_LEFT,
    KEY_CODE_RIGHT,
    KEY_CODE_PGUP,
    KEY_CODE_PGDN,
    KEY_CODE_HOME,
    KEY_CODE_END,
    KEY_CODE_DELETE,
    KEY_CODE_BACKTAB,
    KEY_CODE_RESIZE,
    KEY_CODE_WHEEL_UP,
    KEY_CODE_WHEEL_DOWN,
    KEY_CODE_CLICK, /* where: tty_click() */
    KEY_CODE_F1     /* F2 is KEY_CODE_F1 + 1, ... up to F12 */
};

#define KEY_NAME_MAX 16

/* False if there is no key of that name. */
bool key_parse(const char *name, int *key);

/* Bytes of the first character of a sequence such as "zo"; 0 for "". */
size_t key_first_length(const char *text);

/* The name, into out[size]; returns out. */
char *key_label(int key, char *out, size_t size);

#endif
