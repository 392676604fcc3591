#include <config.h>

#include "ui/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/key.h"

void prompt_init(struct prompt *prompt)
{
    memset(prompt, 0, sizeof(*prompt));
    str_init(&prompt->text);
    str_init(&prompt->candidates);
    prompt->candidate = -1;
}

void prompt_release(struct prompt *prompt)
{
    for (int i = 0; i < prompt->history_count; i++)
        free(prompt->history[i]);
    free(prompt->history);
    str_release(&prompt->text);
    str_release(&prompt->candidates);
    prompt_init(prompt);
}

static void set_text(struct prompt *prompt, const char *text)
{
    char *copy = mem_strdup(text);

    str_clear(&prompt->text);
    str_add(&prompt->text, copy);
    prompt->cursor = prompt->text.length;
    free(copy);
}

void prompt_open(struct prompt *prompt, const char *label, const char *text)
{
    snprintf(prompt->label, sizeof(prompt->label), "%s", label);
    set_text(prompt, text);
    prompt->history_at = prompt->history_count;
    prompt->candidate = -1;
    prompt->open = true;
}

void prompt_cancel(struct prompt *prompt)
{
    if (!prompt->open)
        return;
    prompt->open = false;
    if (prompt->change)
        prompt->change(prompt->context, NULL);
}

static void remember(struct prompt *prompt)
{
    struct str line = STR_INIT;

    if (prompt->text.length == 0)
        return;
    str_addf(&line, "%s%s", prompt->label, prompt->text.text);
    ARRAY_GROW(prompt->history, prompt->history_count, prompt->history_room);
    prompt->history[prompt->history_count++] = str_take(&line);
}

/* Goes through the history of this label; direction -1 is older. */
static void recall(struct prompt *prompt, int direction)
{
    size_t n = strlen(prompt->label);
    int i = prompt->history_at + direction;

    while (i >= 0 && i < prompt->history_count &&
           strncmp(prompt->history[i], prompt->label, n) != 0)
        i += direction;
    if (i < 0)
        return;
    if (i >= prompt->history_count) {
        prompt->history_at = prompt->history_count;
        set_text(prompt, "");
        return;
    }
    prompt->history_at = i;
    set_text(prompt, prompt->history[i] + n);
}

/* The candidate of that number, or NULL; borrowed until the next call. */
static const char *candidate_text(const struct prompt *prompt, int number,
                                  struct str *out)
{
    const char *line = prompt->candidates.text;

    while (number-- > 0 && line)
        line = (line = strchr(line, '\n')) ? line + 1 : NULL;
    if (!line || !*line)
        return NULL;
    str_clear(out);
    str_add_bytes(out, line, strcspn(line, "\n"));
    return out->text;
}

static void complete(struct prompt *prompt)
{
    struct str line = STR_INIT;
    const char *text;

    if (!prompt->complete)
        return;
    if (prompt->candidate < 0) {
        str_clear(&prompt->candidates);
        prompt->complete(prompt->context, prompt->text.text,
                         &prompt->candidates);
    }
    text = candidate_text(prompt, ++prompt->candidate, &line);
    if (!text)
        text = candidate_text(prompt, prompt->candidate = 0, &line);
    if (text)
        set_text(prompt, text);
    else
        prompt->candidate = -1;
    str_release(&line);
}

static size_t step_back(const struct prompt *prompt)
{
    size_t at = prompt->cursor;

    if (at > 0)
        at--;
    while (at > 0 && ((unsigned char)prompt->text.text[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static size_t step_on(const struct prompt *prompt)
{
    uint32_t code;
    size_t left = prompt->text.length - prompt->cursor;

    if (left == 0)
        return prompt->cursor;
    return prompt->cursor +
           utf8_decode(prompt->text.text + prompt->cursor, left, &code);
}

/* Replaces bytes [from, to) by `with` and puts the cursor after it. */
static void splice(struct prompt *prompt, size_t from, size_t to,
                   const char *with)
{
    struct str text = STR_INIT;

    str_add_bytes(&text, prompt->text.text, from);
    str_add(&text, with);
    prompt->cursor = text.length;
    str_add(&text, prompt->text.text + to);
    str_release(&prompt->text);
    prompt->text = text;
}

/* True if the key edited the text. */
static bool edit(struct prompt *prompt, int key)
{
    struct str typed = STR_INIT;
    size_t word;

    switch (key) {
    case KEY_CODE_BACKSPACE:
        splice(prompt, step_back(prompt), prompt->cursor, "");
        return true;
    case KEY_CODE_DELETE:
        splice(prompt, prompt->cursor, step_on(prompt), "");
        return true;
    case 'u' - 'a' + 1:
        splice(prompt, 0, prompt->cursor, "");
        return true;
    case 'w' - 'a' + 1:
        word = prompt->cursor;
        while (word > 0 && prompt->text.text[word - 1] == ' ')
            word--;
        while (word > 0 && prompt->text.text[word - 1] != ' ')
            word--;
        splice(prompt, word, prompt->cursor, "");
        return true;
    case KEY_CODE_UP:
        recall(prompt, -1);
        return true;
    case KEY_CODE_DOWN:
        recall(prompt, 1);
        return true;
    case KEY_CODE_TAB:
        complete(prompt);
        return true;
    default:
        break;
    }
    if (key < ' ' || key > 0x10ffff)
        return false;
    utf8_encode(&typed, (uint32_t)key);
    splice(prompt, prompt->cursor, prompt->cursor, typed.text);
    str_release(&typed);
    return true;
}

static void finish(struct prompt *prompt)
{
    char *text = mem_strdup(prompt->text.text);

    prompt->open = false;
    if (prompt->done)
        prompt->done(prompt->context, text);
    free(text);
}

void prompt_answer(struct prompt *prompt, const char *text)
{
    set_text(prompt, text);
    finish(prompt);
}

void prompt_key(struct prompt *prompt, int key)
{
    if (key != KEY_CODE_TAB)
        prompt->candidate = -1;
    if (key == KEY_CODE_ESC || key == 3 ||
        (key == KEY_CODE_BACKSPACE && prompt->text.length == 0)) {
        prompt_cancel(prompt);
    } else if (key == KEY_CODE_ENTER) {
        remember(prompt);
        finish(prompt);
    } else if (key == KEY_CODE_LEFT) {
        prompt->cursor = step_back(prompt);
    } else if (key == KEY_CODE_RIGHT) {
        prompt->cursor = step_on(prompt);
    } else if (key == KEY_CODE_HOME || key == 1) {
        prompt->cursor = 0;
    } else if (key == KEY_CODE_END || key == 5) {
        prompt->cursor = prompt->text.length;
    } else if (edit(prompt, key) && prompt->change) {
        prompt->change(prompt->context, prompt->text.text);
    }
}

void prompt_draw(const struct prompt *prompt, struct pane pane, int row)
{
    struct str before = STR_INIT, all = STR_INIT;
    int label = utf8_width(prompt->label), width, shift;

    str_add_bytes(&before, prompt->text.text, prompt->cursor);
    utf8_escape(&all, prompt->text.text);
    width = utf8_width(before.text);
    shift = label + width + 2 > pane.cols ? label + width + 2 - pane.cols : 0;
    pane_fill(pane, row, 0, pane.cols, ROLE_PROMPT, ' ');
    pane_text(pane_sub(pane, row, 0, 1, pane.cols + shift), 0, label - shift,
              ROLE_TEXT, all.text);
    pane_text(pane, row, 0, ROLE_PROMPT, prompt->label);
    pane_cursor(pane, row, label + width - shift);
    str_release(&before);
    str_release(&all);
}
