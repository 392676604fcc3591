/* Keys, the table of actions, searches, the prompt, lists and themes. */
#include <config.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ui/bindings.h"
#include "ui/finder.h"
#include "ui/key.h"
#include "ui/list.h"
#include "ui/marks.h"
#include "ui/prompt.h"
#include "ui/theme.h"

#include "tap.h"

static void test_keys(void)
{
    static const char *const names[] = {"a",   "Up",  "C-d",   "F1",
                                        "F12", "Esc", "Space", "é"};
    char text[KEY_NAME_MAX];
    int key = 0;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        tap_ok(key_parse(names[i], &key), "there is a key %s", names[i]);
        tap_str(key_label(key, text, sizeof(text)), names[i], "and back");
    }
    tap_ok(!key_parse("F13", &key), "there is no F13");
    tap_ok(!key_parse("zo", &key), "two keys are not one");
    tap_ok(!key_parse("", &key), "nothing is no key");
}

#define ROW(action, name, view, keys)             \
    {                                             \
        action, name, view, false, keys, NULL, "" \
    }

static void test_table(void)
{
    static const struct action_row bad[] = {
        ROW(ACTION_UP, "up", ALL_VIEWS, "k"),
        ROW(ACTION_DOWN, "down", 1u << VIEW_TREE, "j k"),
        ROW(ACTION_FOLD, "fold", 1u << VIEW_JOBS, "zc"),
        ROW(ACTION_CURVE, "mode", 1u << VIEW_JOBS, "z"),
        ROW(ACTION_BIT, "bit", 1u << VIEW_BITS, "Hyper"),
        ROW(ACTION_BIT, "tree-bit", 1u << VIEW_TREE, "b"),
        ROW(ACTION_BIT, "bits-bit", 1u << VIEW_BITS, "b"),
    };
    struct str report = STR_INIT;
    int count;
    const struct action_row *rows = action_rows(&count);

    tap_int(bindings_clashes(rows, count, &report), 0,
            "no two actions share a key");
    tap_str(report.text, "", "nothing to report");
    tap_int(bindings_clashes(bad, ARRAY_SIZE(bad), &report), 3,
            "a table with three clashes");
    tap_note("%s", report.text);
    for (int i = 0; i < count; i++) {
        if (!rows[i].help[0] || !rows[i].name[0])
            tap_ok(false, "row %d has no help", i);
        if (action_named(rows[i].name) != rows[i].action ||
            action_row(rows[i].action) != &rows[i])
            tap_ok(false, "there is another '%s'", rows[i].name);
    }
    for (int i = 0; i < VIEW_KINDS; i++)
        tap_ok(action_views_named(action_view_name((enum view_kind)i)) ==
                   1u << i,
               "view %s", action_view_name((enum view_kind)i));
    tap_ok(action_views_named("all") == ALL_VIEWS, "all views");
    tap_int((int)action_views_named("every"), 0, "no such view");
    str_release(&report);
}

static enum action key_does(const struct bindings *bindings,
                            enum view_kind view, int key, int *pending)
{
    const struct bound *bound = bindings_find(bindings, view, key, pending);

    return bound ? bound->action : ACTION_NONE;
}

static void test_sequences(void)
{
    struct bindings b;
    struct str keys = STR_INIT;
    int pending = KEY_CODE_NONE;

    bindings_init(&b);
    tap_int(key_does(&b, VIEW_TREE, 'z', &pending), ACTION_NONE,
            "z opens a sequence");
    tap_int(key_does(&b, VIEW_TREE, 'R', &pending), ACTION_UNFOLD_ALL,
            "zR unfolds all");
    tap_int(key_does(&b, VIEW_TREE, 'z', &pending), ACTION_NONE, "z again");
    tap_int(key_does(&b, VIEW_TREE, 'j', &pending), ACTION_NONE,
            "an unknown sequence does nothing");
    tap_int(key_does(&b, VIEW_TREE, 'j', &pending), ACTION_DOWN,
            "and is forgotten");
    tap_int(key_does(&b, VIEW_JOBS, 'h', &pending), ACTION_LEFT,
            "h is left outside the tree");
    tap_int(key_does(&b, VIEW_TREE, 'h', &pending), ACTION_FOLD,
            "h folds in the tree");
    bindings_keys(&b, VIEW_TREE, ACTION_UNFOLD_ONE, &keys);
    tap_str(keys.text, "+ zo", "the keys of an action");
    str_release(&keys);
    bindings_release(&b);
}

static void test_rebinding(void)
{
    struct bindings b;
    struct str clashes = STR_INIT, keys = STR_INIT;
    const struct bound *bound;
    struct err err;
    int pending = KEY_CODE_NONE;

    bindings_init(&b);
    tap_int(
        bindings_add(&b, ALL_VIEWS, "J", "page-down", "rc:1", &clashes, &err),
        OK, "J is bound");
    tap_int(key_does(&b, VIEW_BITS, 'J', &pending), ACTION_PAGE_DOWN,
            "and acts");
    bindings_keys(&b, VIEW_BITS, ACTION_PAGE_DOWN, &keys);
    tap_str(keys.text, "PgDn C-d J", "help shows it");
    tap_int(
        bindings_add(&b, 1u << VIEW_TREE, "j", "quit", "rc:2", &clashes, &err),
        OK, "a key of ours is bound anew");
    tap_int(key_does(&b, VIEW_TREE, 'j', &pending), ACTION_QUIT, "in the tree");
    tap_int(key_does(&b, VIEW_BITS, 'j', &pending), ACTION_DOWN,
            "and nowhere else");
    tap_str(clashes.text, "", "which is what binding is for");
    tap_int(bindings_add(&b, 1u << VIEW_TREE, "x", "goto class/a b", "rc:3",
                         &clashes, &err),
            OK, "a command with its argument");
    bound = bindings_find(&b, VIEW_TREE, 'x', &pending);
    tap_str(bound ? bound->command : "", "goto class/a b", "is kept whole");
    tap_int(bindings_add(&b, ALL_VIEWS, "x", "none", "rc:4", &clashes, &err),
            OK, "none");
    tap_ok(!bindings_find(&b, VIEW_TREE, 'x', &pending), "unbinds");
    tap_str(clashes.text,
            "rc:4: the key x hides x (goto class/a b, bound in "
            "rc:3)\n",
            "a line that undoes another is told");
    str_clear(&clashes);
    tap_int(bindings_add(&b, 1u << VIEW_TREE, "z", "parent", "rc:5", &clashes,
                         &err),
            OK, "the first key of sequences");
    tap_ok(strstr(clashes.text, "rc:5: the key z hides zR (unfold-all)\n"),
           "is told with those that it hides");
    tap_int(bindings_add(&b, ALL_VIEWS, "éx", "quit", "rc:6", &clashes, &err),
            OK, "a sequence of any characters");
    bindings_find(&b, VIEW_JOBS, 0xe9, &pending);
    tap_int(key_does(&b, VIEW_JOBS, 'x', &pending), ACTION_QUIT, "acts");
    tap_int(
        bindings_add(&b, ALL_VIEWS, "Hyper", "quit", "rc:7", &clashes, &err),
        ERR_BAD_INPUT, "no such key");
    tap_ok(strstr(err.text, "there is no key 'Hyper'"), "%s", err.text);
    str_release(&clashes);
    str_release(&keys);
    bindings_release(&b);
}

static void test_marks(void)
{
    struct marks marks = {0};
    struct target image = {.kind = TARGET_IMAGE};
    struct target node = {.kind = TARGET_NODE, .key = 9};

    for (int i = 40; i > 0; i--) {
        image.id = i * 7 % 41;
        marks_set(&marks, &image, true);
        marks_set(&marks, &image, true);
    }
    marks_set(&marks, &node, true);
    tap_int(marks.count, 41, "each is marked once");
    tap_int(marks_of_kind(&marks, TARGET_IMAGE), 40, "of its kind");
    for (int i = 0; i + 1 < 40; i++)
        if (marks.items[i].id >= marks.items[i + 1].id)
            tap_ok(false, "out of order at %d", i);
    image.id = 17;
    marks_set(&marks, &image, false);
    tap_ok(!marks_has(&marks, &image), "one is taken off");
    tap_ok(marks_has_id(&marks, TARGET_IMAGE, 18), "its neighbour stays");
    tap_ok(!marks_has_id(&marks, TARGET_CLASS, 18), "kinds are apart");
    node.id = 5;
    tap_ok(marks_has(&marks, &node), "a node is known by its key");
    marks_clear(&marks);
    tap_int(marks.count, 0, "all are taken off");
    marks_release(&marks);
}

static void test_finder(void)
{
    struct finder finder;

    finder_init(&finder);
    tap_ok(!finder_matches(&finder, "x"), "no pattern, no match");
    finder_set(&finder, "lat");
    tap_ok(finder_matches(&finder, "the LATIN a"), "small finds capitals");
    finder_set(&finder, "Lat");
    tap_ok(!finder_matches(&finder, "latin"), "capitals find capitals");
    tap_ok(finder_matches(&finder, "Latin"), "only");
    finder_set(&finder, "ÄB");
    tap_ok(!finder_matches(&finder, "äb"), "beyond ASCII as well");
    finder_set(&finder, "äb");
    tap_ok(finder_matches(&finder, "xÄBy"), "both ways");
    finder_set(&finder, "/^a.*z$");
    tap_ok(finder_matches(&finder, "AbcZ"), "a regular expression");
    tap_ok(!finder_matches(&finder, "abcz?"), "anchored");
    finder_set(&finder, "/(");
    tap_ok(!finder_matches(&finder, "("), "a broken one matches nothing");
    finder_set(&finder, "\xff");
    tap_ok(finder_matches(&finder, "a\xff"), "bytes that are no text");
    finder_release(&finder);
}

static char done_text[256];
static int changes;

static void on_done(void *context, const char *text)
{
    (void)context;
    snprintf(done_text, sizeof(done_text), "%s", text);
}

static void on_change(void *context, const char *text)
{
    (void)context;
    (void)text;
    changes++;
}

static void candidates(void *context, const char *text, struct str *out)
{
    (void)context;
    (void)text;
    str_add(out, "theme dark\ntheme light\n");
}

static void type(struct prompt *prompt, const char *text)
{
    for (; *text; text++)
        prompt_key(prompt, (unsigned char)*text);
}

static void test_prompt(void)
{
    struct prompt prompt;

    prompt_init(&prompt);
    prompt.done = on_done;
    prompt.change = on_change;
    prompt.complete = candidates;
    prompt_open(&prompt, ":", "");
    type(&prompt, "abd");
    prompt_key(&prompt, KEY_CODE_LEFT);
    type(&prompt, "c");
    prompt_key(&prompt, 0xe9);
    prompt_key(&prompt, KEY_CODE_BACKSPACE);
    tap_int(changes, 6, "every change is told");
    prompt_key(&prompt, KEY_CODE_ENTER);
    tap_str(done_text, "abcd", "edited in the middle");
    tap_ok(!prompt.open, "Enter closes it");
    prompt_open(&prompt, ":", "");
    prompt_key(&prompt, KEY_CODE_UP);
    tap_str(prompt.text.text, "abcd", "history");
    prompt_key(&prompt, KEY_CODE_DOWN);
    tap_str(prompt.text.text, "", "and back");
    prompt_key(&prompt, KEY_CODE_TAB);
    tap_str(prompt.text.text, "theme dark", "Tab completes");
    prompt_key(&prompt, KEY_CODE_TAB);
    tap_str(prompt.text.text, "theme light", "Tab goes on");
    prompt_key(&prompt, KEY_CODE_TAB);
    tap_str(prompt.text.text, "theme dark", "and round");
    prompt_key(&prompt, 'w' - 'a' + 1);
    tap_str(prompt.text.text, "theme ", "C-w takes a word");
    prompt_key(&prompt, KEY_CODE_ESC);
    tap_ok(!prompt.open, "Esc gives up");
    prompt_release(&prompt);
}

static void test_list(void)
{
    struct list list = {0, 0, 0, 0};

    list_fit(&list, 0, 5);
    list_act(&list, ACTION_DOWN);
    tap_int(list.cursor, 0, "an empty list has one place");
    list_fit(&list, 100, 10);
    list_act(&list, ACTION_LAST);
    tap_ok(list.cursor == 99 && list.top == 90, "the end");
    list_act(&list, ACTION_PAGE_UP);
    tap_ok(list.cursor == 90 && list.top == 81, "a page keeps one row");
    list_act(&list, ACTION_FIRST);
    list_act(&list, ACTION_UP);
    tap_ok(list.cursor == 0 && list.top == 0, "nothing above the first");
    list.cursor = 50;
    list_fit(&list, 20, 10);
    tap_ok(list.cursor == 19 && list.top == 10, "a list that shrank");
}

static char theme_path[] = "/tmp/bitgrove-theme-XXXXXX";

static enum status load_text(struct theme *theme, const char *text,
                             struct err *err)
{
    FILE *file = fopen(theme_path, "w");

    if (!file)
        return err_set(err, ERR_IO, "no file");
    fputs(text, file);
    fclose(file);
    return theme_load(theme, theme_path, err);
}

static void test_theme(void)
{
    static const struct {
        const char *text, *says;
    } bad[] = {
        {"# fine\n\nbogus = red\n", ":3: there is no key 'bogus'"},
        {"text = red\ntext = blue\n", ":2: 'text' is set twice"},
        {"text = crimson\n", ":1: 'crimson' is neither"},
        {"text = red blue\n", ":1: 'blue' is a second foreground"},
        {"text = on\n", ":1: 'on' takes one colour"},
        {"text = 256\n", ":1: '256' is neither"},
        {"text =\n", ":1: a style is missing"},
        {"text\n", ":1: 'text' is not of the form"},
    };
    struct theme theme, before;
    struct err err;
    int fd = mkstemp(theme_path);

    close(fd);
    theme_default(&theme);
    before = theme;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        tap_int(load_text(&theme, bad[i].text, &err), ERR_BAD_INPUT,
                "a bad line");
        tap_ok(strstr(err.text, bad[i].says), "%s", err.text);
        tap_ok(memcmp(&theme, &before, sizeof(theme)) == 0,
               "and the theme as it was");
    }
    tap_int(load_text(&theme, "dim = italic 245 on 17  # deep\n", &err), OK,
            "a good one");
    tap_ok(theme.styles[ROLE_DIM].fg == 245 &&
               theme.styles[ROLE_DIM].bg == 17 &&
               theme.styles[ROLE_DIM].attrs == STYLE_ITALIC,
           "sets what it names");
    tap_ok(style_equal(theme.styles[ROLE_GOOD], before.styles[ROLE_GOOD]),
           "and leaves the rest");
    unlink(theme_path);
}

static void test_shipped(void)
{
    static const char *const names[] = {"default", "dark", "light", "mono"};
    struct str path = STR_INIT;
    struct theme theme;
    struct err err;

    str_addf(&path, "%s/themes", getenv("top_srcdir"));
    setenv("BITGROVE_THEMES", path.text, 1);
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        enum status status = theme_find(&theme, names[i], &err);

        tap_ok(status == OK, "theme %s%s%s", names[i], status == OK ? "" : ": ",
               status == OK ? "" : err.text);
    }
    theme_find(&theme, "mono", &err) == OK ? (void)0 : abort();
    for (int i = 0; i < ROLES; i++)
        if (theme.styles[i].fg >= 0 || theme.styles[i].bg >= 0)
            tap_ok(false, "mono has a colour: %s", theme_key(i));
    str_clear(&path);
    theme_list(&path);
    tap_str(path.text,
            "ansi\ncb-safe\ndark\ndefault\ndusk\nlight\nmono\npaper\n"
            "phosphor",
            "the list of themes");
    tap_int(theme_find(&theme, "none", &err), ERR_NOT_FOUND, "no such theme");
    tap_ok(strstr(err.text, "dark default dusk light mono"), "%s", err.text);
    str_release(&path);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    test_keys();
    test_table();
    test_sequences();
    test_rebinding();
    test_marks();
    test_finder();
    test_prompt();
    test_list();
    test_theme();
    test_shipped();
    return tap_done();
}
