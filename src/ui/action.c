#include <config.h>

#include "ui/action.h"

#include <string.h>

#include "base/mem.h"
#include "ui/key.h"

#define IN(view)    (1u << (view))
#define IN_TREE     IN(VIEW_TREE)
#define IN_CLASS    IN(VIEW_CLASS)
#define IN_BITS     IN(VIEW_BITS)
#define IN_NEAR     IN(VIEW_NEAR)
#define IN_IMAGES   IN(VIEW_IMAGES)
#define IN_OUTLIERS IN(VIEW_OUTLIERS)
#define IN_MODELS   IN(VIEW_MODELS)
#define IN_JOBS     IN(VIEW_JOBS)
#define IN_CODED \
    (IN_TREE | IN_CLASS | IN_BITS | IN_NEAR | IN_IMAGES | IN_OUTLIERS)
#define NOT_IN_TREE (ALL_VIEWS & ~IN_TREE)

static const struct binding table[] = {
    /* Tree */
    {IN_TREE, ACTION_UNFOLD, "unfold", "l Right", "unfold",
     "Unfold the node, or go to its first child"},
    {IN_TREE, ACTION_FOLD, "fold", "h Left", "fold",
     "Fold the node, or go to its parent"},
    {IN_TREE, ACTION_UNFOLD_ONE, "unfold-one", "+ zo", NULL, "Unfold the node"},
    {IN_TREE, ACTION_FOLD_ONE, "fold-one", "- zc", NULL, "Fold the node"},
    {IN_TREE, ACTION_UNFOLD_BELOW, "unfold-below", "* zO", NULL,
     "Unfold the node and all below it"},
    {IN_TREE, ACTION_UNFOLD_ALL, "unfold-all", "zR", NULL,
     "Unfold the whole tree"},
    {IN_TREE, ACTION_FOLD_ALL, "fold-all", "zM", NULL, "Fold the whole tree"},
    {IN_TREE, ACTION_PARENT, "parent", ",", NULL, "Go to the parent"},
    {IN_TREE | IN_MODELS, ACTION_EARLIER, "earlier", "<", NULL,
     "Show the epoch before"},
    {IN_TREE | IN_MODELS, ACTION_LATER, "later", ">", "epoch",
     "Show the epoch after; the last one follows the learning"},
    {IN_TREE | IN_BITS, ACTION_DIGIT, "bit-digit", "0 1 2 3 4 5 6 7 8 9", NULL,
     "Choose bit 0 to 9; in the tree it colours the nodes"},
    {IN_TREE | IN_BITS, ACTION_BIT, "bit", "b", "bit",
     "Choose a bit by number; empty for none"},
    {IN_TREE, ACTION_BIT_NEXT, "bit-next", "}", NULL, "Colour by the next bit"},
    {IN_TREE, ACTION_BIT_PREVIOUS, "bit-previous", "{", NULL,
     "Colour by the bit before"},
    /* Bits */
    {IN_BITS, ACTION_MODE, "sides", "p", "sides",
     "Classes with the bit first, or in the order of the tree"},
    {IN_BITS, ACTION_CAPTION, "caption", "e", "caption",
     "Edit the bit's caption"},
    /* Neighbours */
    {IN_NEAR, ACTION_FLIP, "flip", "Space x", "flip",
     "Flip the bit under the cursor of the switchboard"},
    {IN_NEAR, ACTION_FREE, "free", "*", "free",
     "Free the bit: it matches both 0 and 1"},
    {IN_NEAR, ACTION_RESET, "reset", "u", "reset",
     "Take back the query's own code"},
    /* Images */
    {IN_IMAGES, ACTION_FILTER_SPLIT, "filter-split", "f", "split",
     "Next split: any, train, test, ood"},
    {IN_IMAGES, ACTION_FILTER_VERDICT, "filter-verdict", "v", "right/wrong",
     "Any, decoded right, decoded wrong"},
    {IN_IMAGES, ACTION_FILTER_CLASS, "filter-class", "a", "all classes",
     "Leave the class and show all"},
    /* Outliers */
    {IN_OUTLIERS, ACTION_NEXT_PANE, "next-section", "Tab", "section",
     "To the next section: unknown, mistakes, duplicates, classes, confused"},
    {IN_OUTLIERS, ACTION_DIGIT, "section", "1 2 3 4 5", NULL,
     "To a section by its place"},
    {IN_OUTLIERS, ACTION_OTHER, "other", "d", "other",
     "Open the other: the class it was decoded to, the image it repeats, the "
     "second class"},
    {IN_OUTLIERS, ACTION_TAG, "tag", "Space x", "tag",
     "Tag the image unknown, mistake or duplicate, or take the tag off"},
    /* Models */
    {IN_MODELS, ACTION_MODE, "curve", "p", "curve",
     "Next chart: accuracy, loss, learning rate"},
    /* Jobs */
    {IN_JOBS, ACTION_CANCEL, "cancel", "x", "cancel", "Cancel the job"},
    {IN_JOBS, ACTION_RETRY, "retry", "a", "again",
     "Queue a failed or cancelled job again"},
    /* Every view */
    {ALL_VIEWS, ACTION_OPEN, "open", "Enter", "open",
     "Open what is under the cursor"},
    {ALL_VIEWS, ACTION_UP, "up", "k Up", NULL, "Up a row"},
    {ALL_VIEWS, ACTION_DOWN, "down", "j Down", NULL, "Down a row"},
    {NOT_IN_TREE, ACTION_LEFT, "left", "h Left", NULL, "Left"},
    {NOT_IN_TREE, ACTION_RIGHT, "right", "l Right", NULL, "Right"},
    {ALL_VIEWS, ACTION_PAGE_UP, "page-up", "PgUp C-u", NULL, "Up a page"},
    {ALL_VIEWS, ACTION_PAGE_DOWN, "page-down", "PgDn C-d", NULL, "Down a page"},
    {ALL_VIEWS, ACTION_FIRST, "first", "g Home", NULL, "To the first row"},
    {ALL_VIEWS, ACTION_LAST, "last", "G End", NULL, "To the last row"},
    {IN_CLASS | IN_NEAR, ACTION_NEXT_PANE, "next-pane", "Tab", "pane",
     "To the next pane"},
    {ALL_VIEWS, ACTION_FIND, "find", "/", "find",
     "Search as you type; capitals match case; a second / begins a regex"},
    {ALL_VIEWS, ACTION_FIND_NEXT, "find-next", "n", NULL, "Next match"},
    {ALL_VIEWS, ACTION_FIND_PREVIOUS, "find-previous", "N", NULL,
     "Match before"},
    {IN_CODED | IN_MODELS, ACTION_RECOMPUTE, "recompute", "r", "recompute",
     "Compute the codes of what is under the cursor anew"},
    {IN_CODED | IN_MODELS, ACTION_NOTE, "note", "T", NULL,
     "Write a note on what is under the cursor"},
    {ALL_VIEWS, ACTION_VIEW_TREE, "tree", "t F2", "tree", "The tree"},
    {ALL_VIEWS, ACTION_VIEW_CLASS, "class", "c F3", "class",
     "The page of the class under the cursor"},
    {ALL_VIEWS, ACTION_VIEW_BITS, "bits", "B F4", "bits", "The bits"},
    {ALL_VIEWS, ACTION_VIEW_NEAR, "near", "s F5", "similar",
     "The neighbours of what is under the cursor"},
    {ALL_VIEWS, ACTION_VIEW_IMAGES, "images", "i F6", "images",
     "The images of what is under the cursor"},
    {ALL_VIEWS, ACTION_VIEW_OUTLIERS, "outliers", "o F9", "outliers",
     "Unknown codes, mistakes, duplicates, classes alike"},
    {ALL_VIEWS, ACTION_VIEW_MODELS, "models", "m F7", "models",
     "Models and their learning curves"},
    {ALL_VIEWS, ACTION_VIEW_JOBS, "jobs", "w F8", "jobs",
     "The queue of the worker"},
    {ALL_VIEWS, ACTION_HELP, "help", "? F1", "help", "The keys of this view"},
    {ALL_VIEWS, ACTION_COMMAND, "command", ":", NULL,
     "Give a command; Tab completes"},
    {ALL_VIEWS, ACTION_BACK, "back", "[", NULL, "The place before, in history"},
    {ALL_VIEWS, ACTION_FORWARD, "forward", "]", NULL,
     "The place after, in history"},
    {ALL_VIEWS, ACTION_CLOSE, "close", "q Esc", "close",
     "Close the view; the last one quits"},
    {ALL_VIEWS, ACTION_QUIT, "quit", "Q", NULL, "Quit"},
    {ALL_VIEWS, ACTION_INTERRUPT, "interrupt", "C-c", NULL,
     "Leave the prompt, else quit"},
    {ALL_VIEWS, ACTION_REDRAW, "redraw", "C-l", NULL, "Draw the screen anew"},
};

const struct binding *action_bindings(int *count)
{
    *count = ARRAY_SIZE(table);
    return table;
}

/*
 * Reads the next key or sequence of *keys; false at the end. second is
 * KEY_CODE_NONE for a single key; first as well if there is no such key.
 */
static bool next_key(const char **keys, int *first, int *second)
{
    char word[KEY_NAME_MAX * 2];
    size_t n;

    *keys += strspn(*keys, " ");
    n = strcspn(*keys, " ");
    if (n == 0 || n >= sizeof(word))
        return false;
    memcpy(word, *keys, n);
    word[n] = '\0';
    *keys += n;
    *second = KEY_CODE_NONE;
    if (key_parse(word, first))
        return true;
    if (n == 2) {
        *first = word[0];
        *second = word[1];
    } else {
        *first = KEY_CODE_NONE;
    }
    return true;
}

enum action action_for_key(enum view_kind view, int key, int *pending)
{
    int open = *pending;

    *pending = KEY_CODE_NONE;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        const char *keys = table[i].keys;
        int first, second;

        if (!(table[i].views & IN(view)))
            continue;
        while (next_key(&keys, &first, &second)) {
            if (open != KEY_CODE_NONE) {
                if (first == open && second == key)
                    return table[i].action;
            } else if (first == key) {
                if (second == KEY_CODE_NONE)
                    return table[i].action;
                *pending = key;
            }
        }
    }
    return ACTION_NONE;
}

/* True if the key or sequence (first, second) collides with one of keys. */
static bool claims(const char *keys, int first, int second)
{
    int a, b;

    while (next_key(&keys, &a, &b))
        if (a == first &&
            (b == second || b == KEY_CODE_NONE || second == KEY_CODE_NONE))
            return true;
    return false;
}

int action_clashes_in(const struct binding *rows, int count, struct str *report)
{
    int found = 0;

    for (int i = 0; i < count; i++) {
        const char *keys = rows[i].keys;
        int first, second;

        while (next_key(&keys, &first, &second)) {
            char name[KEY_NAME_MAX];

            if (first == KEY_CODE_NONE) {
                str_addf(report, "'%s' names an unknown key: %s\n",
                         rows[i].name, rows[i].keys);
                found++;
                continue;
            }
            for (int j = i + 1; j < count; j++) {
                if (!(rows[i].views & rows[j].views) ||
                    !claims(rows[j].keys, first, second))
                    continue;
                str_addf(report, "'%s' and '%s' share the key %s\n",
                         rows[i].name, rows[j].name,
                         key_label(first, name, sizeof(name)));
                found++;
            }
        }
    }
    return found;
}

int action_clashes(struct str *report)
{
    return action_clashes_in(table, ARRAY_SIZE(table), report);
}
