#include <config.h>

#include "ui/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const struct {
    const char *name;
    int key;
} names[] = {
    {"Tab", KEY_CODE_TAB},
    {"Enter", KEY_CODE_ENTER},
    {"Esc", KEY_CODE_ESC},
    {"Backspace", KEY_CODE_BACKSPACE},
    {"Space", ' '},
    {"Up", KEY_CODE_UP},
    {"Down", KEY_CODE_DOWN},
    {"Left", KEY_CODE_LEFT},
    {"Right", KEY_CODE_RIGHT},
    {"PgUp", KEY_CODE_PGUP},
    {"PgDn", KEY_CODE_PGDN},
    {"Home", KEY_CODE_HOME},
    {"End", KEY_CODE_END},
    {"Delete", KEY_CODE_DELETE},
    {"S-Tab", KEY_CODE_BACKTAB},
    {"Resize", KEY_CODE_RESIZE},
    {"WheelUp", KEY_CODE_WHEEL_UP},
    {"WheelDown", KEY_CODE_WHEEL_DOWN},
    {"Click", KEY_CODE_CLICK},
};

bool key_parse(const char *name, int *key)
{
    size_t n = strlen(name);
    uint32_t code;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *key = names[i].key;
            return true;
        }
    }
    if (name[0] == 'F' && n > 1 && n <= 3) {
        char *end;
        long number = strtol(name + 1, &end, 10);

        if (*end == '\0' && number >= 1 && number <= 12) {
            *key = KEY_CODE_F1 + (int)number - 1;
            return true;
        }
    }
    if (n == 3 && name[0] == 'C' && name[1] == '-' && name[2] >= 'a' &&
        name[2] <= 'z') {
        *key = name[2] - 'a' + 1;
        return true;
    }
    if (n == 0 || utf8_decode(name, n, &code) != n || code & UTF8_BAD ||
        code < ' ')
        return false;
    *key = (int)code;
    return true;
}

size_t key_first_length(const char *text)
{
    uint32_t code;

    return text[0] ? utf8_decode(text, strlen(text), &code) : 0;
}

char *key_label(int key, char *out, size_t size)
{
    struct str text = STR_INIT;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (names[i].key == key) {
            snprintf(out, size, "%s", names[i].name);
            return out;
        }
    }
    if (key >= KEY_CODE_F1 && key < KEY_CODE_F1 + 12) {
        snprintf(out, size, "F%d", key - KEY_CODE_F1 + 1);
    } else if (key > 0 && key < 27) {
        snprintf(out, size, "C-%c", 'a' + key - 1);
    } else if (key > ' ' && key <= 0x10ffff) {
        utf8_encode(&text, (uint32_t)key);
        snprintf(out, size, "%s", text.text);
        str_release(&text);
    } else {
        snprintf(out, size, "?");
    }
    return out;
}
