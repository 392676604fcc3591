/* What can be taken along: clipboard sequences, links of views. */
#include <config.h>

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ui/link.h"
#include "ui/osc52.h"
#include "ui/scene.h"

#include "tap.h"

static void test_harmless(void)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"plain \xc3\xa9 \\ name", "plain \xc3\xa9 \\ name"},
        {"\033]52;c;ZXZpbA==\a", "\xef\xbf\xbd]52;c;ZXZpbA==\xef\xbf\xbd"},
        {"rm -rf ~\n", "rm -rf ~\xef\xbf\xbd"},
        {"a\rb\tc\177", "a\xef\xbf\xbd"
                        "b\xef\xbf\xbd"
                        "c\xef\xbf\xbd"},
        {"c1 \xc2\x9b", "c1 \xef\xbf\xbd"},
        {"turn \xe2\x80\xae", "turn \xef\xbf\xbd"},
        {"bad \xff", "bad \xef\xbf\xbd"},
    };
    struct str out = STR_INIT;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        str_clear(&out);
        osc52_harmless(&out, cases[i].text);
        tap_str(out.text, cases[i].want, "harmless text %zu", i);
    }
    str_release(&out);
}

static void test_sequence(void)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"", "\033]52;c;\a"},
        {"a", "\033]52;c;YQ==\a"},
        {"ab", "\033]52;c;YWI=\a"},
        {"abc", "\033]52;c;YWJj\a"},
        {"\xff\xfe\xfd~", "\033]52;c;//79fg==\a"},
    };
    struct str out = STR_INIT;
    char *large = mem_alloc(OSC52_MOST + 2);
    struct err err;

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        str_clear(&out);
        tap_ok(osc52_write(&out, cases[i].text, false, &err) == OK &&
                   strcmp(out.text, cases[i].want) == 0,
               "sequence %zu", i);
    }
    str_clear(&out);
    tap_ok(osc52_write(&out, "abc", true, &err) == OK, "within tmux");
    tap_str(out.text, "\033]52;c;YWJj\a\033Ptmux;\033\033]52;c;YWJj\a\033\\",
            "for tmux, and for the terminal around it");
    memset(large, 'x', OSC52_MOST + 1);
    large[OSC52_MOST + 1] = '\0';
    str_clear(&out);
    tap_ok(osc52_write(&out, large, false, &err) == ERR_BAD_INPUT,
           "too long a text: %s", err.text);
    tap_str(out.text, "", "and nothing is sent");
    large[OSC52_MOST] = '\0';
    tap_ok(osc52_write(&out, large, false, &err) == OK, "the longest");
    tap_int((long long)out.length, 7 + 99992 + 1, "bytes of it");
    free(large);
    str_release(&out);
}

static void test_settings(void)
{
    struct scene scene;
    struct str text = STR_INIT;

    scene_init(&scene);
    scene_set(&scene, "filter", "a&b=c \033%");
    scene_set_number(&scene, "bit", 7);
    tap_str(scene.settings.text, "filter=a%26b%3Dc%20%1B%25&bit=7",
            "settings are in the letters of links");
    tap_ok(scene_get(&scene, "filter", &text), "there is a filter");
    tap_str(text.text, "a&b=c \033%", "and back");
    tap_int(scene_number(&scene, "bit", -1), 7, "a number");
    tap_int(scene_number(&scene, "filter", -1), -1, "which this is not");
    tap_int(scene_number(&scene, "it", -1), -1, "a part of a name is none");
    tap_ok(scene_is_link("bitgrove:tree") &&
               scene_is_link("bitgrove:images/class/a?filter=test") &&
               scene_is_link("bitgrove:class/class/a"),
           "links of views");
    tap_ok(!scene_is_link("bitgrove:class/a") && !scene_is_link("tree") &&
               !scene_is_link("bitgrove:bit/7") && !scene_is_link("bitgrove:"),
           "and others");
    scene_release(&scene);
    str_release(&text);
}

int main(void)
{
    setlocale(LC_ALL, "");
    test_harmless();
    test_sequence();
    test_settings();
    return tap_done();
}
