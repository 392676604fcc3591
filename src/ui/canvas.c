#include <config.h>

#include "ui/canvas.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/colour.h"

static const struct cell blank = {
    ' ', {0, 0}, {COLOUR_DEFAULT, COLOUR_DEFAULT, 0}, 1, 0};

void canvas_init(struct canvas *canvas, int rows, int cols)
{
    memset(canvas, 0, sizeof(*canvas));
    canvas_resize(canvas, rows, cols);
}

void canvas_release(struct canvas *canvas)
{
    for (int i = 0; i < canvas->picture_room; i++)
        free(canvas->pictures[i].pixels);
    free(canvas->pictures);
    free(canvas->cells);
    memset(canvas, 0, sizeof(*canvas));
}

void canvas_resize(struct canvas *canvas, int rows, int cols)
{
    canvas->rows = rows < 1 ? 1 : rows;
    canvas->cols = cols < 1 ? 1 : cols;
    canvas->cells =
        mem_realloc(canvas->cells, (size_t)canvas->rows * (size_t)canvas->cols,
                    sizeof(*canvas->cells));
    canvas_clear(canvas);
}

void canvas_clear(struct canvas *canvas)
{
    size_t n = (size_t)canvas->rows * (size_t)canvas->cols;

    for (size_t i = 0; i < n; i++)
        canvas->cells[i] = blank;
    canvas->cursor_row = canvas->rows - 1;
    canvas->cursor_col = 0;
    canvas->picture_count = 0;
}

struct cell *canvas_cell(const struct canvas *canvas, int row, int col)
{
    if (row < 0 || row >= canvas->rows || col < 0 || col >= canvas->cols)
        return NULL;
    return &canvas->cells[(size_t)row * (size_t)canvas->cols + (size_t)col];
}

/* Whatever part of a wide character is at (row, col), none of it stays. */
static void break_wide(struct canvas *canvas, int row, int col)
{
    struct cell *cell = canvas_cell(canvas, row, col);
    int other = cell->width == 2 ? col + 1 : cell->width == 0 ? col - 1 : -1;
    struct cell *half = canvas_cell(canvas, row, other);

    if (half) {
        half->code = ' ';
        memset(half->marks, 0, sizeof(half->marks));
        half->width = 1;
    }
}

void canvas_put(struct canvas *canvas, int row, int col, uint32_t code,
                int width, struct style style)
{
    struct cell *cell = canvas_cell(canvas, row, col);

    if (!cell || (width == 2 && !canvas_cell(canvas, row, col + 1)))
        return;
    break_wide(canvas, row, col);
    *cell = (struct cell){code, {0, 0}, style, (uint8_t)width, 0};
    if (width == 2) {
        break_wide(canvas, row, col + 1);
        cell[1] = (struct cell){' ', {0, 0}, style, 0, 0};
        cell->width = 2;
    }
}

void canvas_mark(struct canvas *canvas, int row, int col, uint32_t code)
{
    struct cell *cell = canvas_cell(canvas, row, col);

    if (cell && cell->width == 0)
        cell = canvas_cell(canvas, row, col - 1);
    for (int i = 0; cell && i < CANVAS_MARKS; i++) {
        if (cell->marks[i] == 0) {
            cell->marks[i] = code;
            return;
        }
    }
}

/* Of the pixels and the box; the multiplier is that of FNV-1a. */
static uint32_t tag_of(const struct canvas_picture *picture,
                       const uint8_t *pixels, size_t size)
{
    const int shape[] = {picture->row,      picture->col,   picture->rows,
                         picture->cols,     picture->width, picture->height,
                         picture->channels, (int)size};
    uint64_t hash = 0xcbf29ce484222325u, word;
    size_t i = 0;

    for (size_t k = 0; k < ARRAY_SIZE(shape); k++)
        hash = (hash ^ (uint64_t)shape[k]) * 0x100000001b3u;
    for (; i + sizeof(word) <= size; i += sizeof(word)) {
        memcpy(&word, pixels + i, sizeof(word));
        hash = (hash ^ word) * 0x100000001b3u;
        hash ^= hash >> 32;
    }
    for (; i < size; i++)
        hash = (hash ^ pixels[i]) * 0x100000001b3u;
    hash ^= hash >> 32;
    return (uint32_t)hash ? (uint32_t)hash : 1;
}

bool canvas_lay(struct canvas *canvas, const struct canvas_picture *box,
                const uint8_t *pixels)
{
    size_t size =
        (size_t)box->channels * (size_t)box->height * (size_t)box->width;
    struct canvas_picture *mine, old;

    if (box->row < 0 || box->col < 0 || box->rows < 1 || box->cols < 1 ||
        box->row + box->rows >= canvas->rows ||
        box->col + box->cols > canvas->cols)
        return false;
    if (canvas->picture_count == canvas->picture_room) {
        int before = canvas->picture_room;

        ARRAY_GROW(canvas->pictures, canvas->picture_count,
                   canvas->picture_room);
        memset(canvas->pictures + before, 0,
               (size_t)(canvas->picture_room - before) *
                   sizeof(*canvas->pictures));
    }
    mine = &canvas->pictures[canvas->picture_count++];
    old = *mine;
    *mine = *box;
    mine->tag = tag_of(box, pixels, size);
    mine->room = old.room < size ? size : old.room;
    mine->pixels = mem_realloc(old.pixels, mine->room, 1);
    memcpy(mine->pixels, pixels, size);
    for (int i = 0; i < mine->rows * mine->cols; i++) {
        int row = mine->row + i / mine->cols, col = mine->col + i % mine->cols;

        canvas_put(canvas, row, col, ' ', 1, blank.style);
        canvas_cell(canvas, row, col)->picture = mine->tag;
    }
    return true;
}

bool canvas_is_bare(const struct canvas *canvas,
                    const struct canvas_picture *picture)
{
    for (int i = 0; i < picture->rows * picture->cols; i++)
        if (canvas_cell(canvas, picture->row + i / picture->cols,
                        picture->col + i % picture->cols)
                ->picture != picture->tag)
            return false;
    return true;
}

void canvas_row(const struct canvas *canvas, int row, struct str *out)
{
    size_t keep = out->length;

    for (int col = 0; col < canvas->cols; col++) {
        const struct cell *cell = canvas_cell(canvas, row, col);

        if (cell->width == 0)
            continue;
        utf8_encode(out, cell->code);
        for (int i = 0; i < CANVAS_MARKS && cell->marks[i]; i++)
            utf8_encode(out, cell->marks[i]);
        if (cell->code != ' ')
            keep = out->length;
    }
    if (keep < out->length) {
        out->length = keep;
        out->text[keep] = '\0';
    }
}

enum status canvas_save(const struct canvas *canvas, const char *path,
                        struct err *err)
{
    FILE *file = fopen(path, "w");
    struct str line = STR_INIT;
    bool failed = false;

    if (!file)
        return err_sys(err, errno, "cannot write the display to %s", path);
    for (int row = 0; row < canvas->rows; row++) {
        str_clear(&line);
        canvas_row(canvas, row, &line);
        failed |= fprintf(file, "%s\n", line.text) < 0;
    }
    str_release(&line);
    failed |= fclose(file) != 0;
    if (failed)
        return err_sys(err, errno, "cannot write the display to %s", path);
    return OK;
}
