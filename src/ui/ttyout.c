#include <config.h>

#include "ui/ttyout.h"

#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "ui/colour.h"

enum {
    COLOUR_WORDS = 256, /* that are kept once they were made */
    FAR = 5,            /* unchanged cells that are not written again */
    TAIL = 6            /* blanks at a row's end worth one command */
};

/* A picture that the terminal shows. */
struct shown_picture {
    uint32_t tag;
    struct graphic_frame frame;
};

struct ttyout {
    int colours;
    struct canvas shown; /* the last frame's cells */
    bool known;          /* shown is what the screen has */
    struct style style;  /* the terminal's, by its own colours */
    bool style_known;
    int row, col;    /* of the cursor; -1 when not known */
    int visible;     /* the cursor; -1 when not known */
    bool to_right;   /* the last column may be written in the last row */
    bool direct;     /* its colours from 8 on are shades, not numbers */
    int with_colour; /* attributes that colours rule out: ncv */
    char *words[2][COLOUR_WORDS]; /* foreground, background */

    enum graphic_mode mode;
    bool tmux;
    int cell_width, cell_height;
    uint32_t next_id;
    struct shown_picture *pictures;
    int picture_count, picture_room;
};

/* ---- words of the terminal's description ---- */

static const char *word(const char *name)
{
    const char *text = tigetstr(name);

    return text == (const char *)-1 ? NULL : text;
}

/* "$<5>" asks for a pause, which terminals of today need none of. */
static void say(struct str *bytes, const char *text)
{
    while (text && *text) {
        size_t n = strcspn(text, "$");
        const char *end =
            text[n] && text[n + 1] == '<' ? strchr(text + n, '>') : NULL;

        if (text[n] && !end)
            n++;
        str_add_bytes(bytes, text, n);
        text = end ? end + 1 : text + n;
    }
}

static void say_name(struct str *bytes, const char *name)
{
    say(bytes, word(name));
}

struct ttyout *ttyout_new(int colours)
{
    struct ttyout *out = mem_zalloc(1, sizeof(*out));
    int ncv = tigetnum("ncv");

    out->colours = colours;
    out->row = out->col = out->visible = -1;
    out->mode = GRAPHIC_HALF;
    out->direct = tigetnum("colors") > COLOUR_WORDS;
    out->to_right = tigetflag("am") <= 0 || tigetflag("xenl") > 0;
    out->with_colour = colours >= 8 && ncv > 0 ? ncv : 0;
    /* Others may have pictures on the same terminal. */
    out->next_id = ((uint32_t)getpid() & 0xfffu) << 12 | 1;
    canvas_init(&out->shown, 1, 1);
    return out;
}

void ttyout_free(struct ttyout *out)
{
    if (!out)
        return;
    for (int i = 0; i < 2 * COLOUR_WORDS; i++)
        free(out->words[i / COLOUR_WORDS][i % COLOUR_WORDS]);
    canvas_release(&out->shown);
    free(out->pictures);
    free(out);
}

/* ---- cells ---- */

static void go(struct ttyout *out, struct str *bytes, int row, int col)
{
    if (out->row == row && out->col == col)
        return;
    say(bytes, tiparm(word("cup"), row, col));
    out->row = row;
    out->col = col;
}

static void set_colour(struct ttyout *out, struct str *bytes, int ground,
                       int colour)
{
    char **kept;
    int rgb[3];

    if (colour >= COLOUR_WORDS || (out->direct && colour >= 8)) {
        colour_parts(colour, rgb);
        str_addf(bytes, "\033[%d;2;%d;%d;%dm", ground ? 48 : 38, rgb[0], rgb[1],
                 rgb[2]);
        return;
    }
    kept = &out->words[ground][colour];
    if (!*kept) {
        const char *text = word(ground ? "setab" : "setaf");
        const char *made = text ? tiparm(text, colour) : NULL;

        *kept = mem_strdup(made ? made : "");
    }
    say(bytes, *kept);
}

/* What a terminal shows of a style that its colours allow. */
static struct style allowed(const struct ttyout *out, struct style style)
{
    static const struct {
        int ncv;
        uint8_t attr;
    } table[] = {{2, STYLE_UNDERLINE},
                 {4, STYLE_REVERSE},
                 {16, STYLE_DIM},
                 {32, STYLE_BOLD}};

    style = style_reduce(style, out->colours);
    if (style.fg == COLOUR_DEFAULT && style.bg == COLOUR_DEFAULT)
        return style;
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (out->with_colour & table[i].ncv)
            style.attrs &= (uint8_t)~table[i].attr;
    return style;
}

static void set_style(struct ttyout *out, struct str *bytes, struct style style)
{
    static const struct {
        uint8_t attr;
        const char *name;
    } table[] = {{STYLE_BOLD, "bold"},
                 {STYLE_DIM, "dim"},
                 {STYLE_UNDERLINE, "smul"},
                 {STYLE_REVERSE, "rev"},
                 {STYLE_ITALIC, "sitm"}};
    struct style now = out->style;

    if (out->style_known && style_equal(now, style))
        return;
    if (!out->style_known || (now.attrs & ~style.attrs) ||
        (now.fg != COLOUR_DEFAULT && style.fg == COLOUR_DEFAULT) ||
        (now.bg != COLOUR_DEFAULT && style.bg == COLOUR_DEFAULT)) {
        say_name(bytes, "sgr0");
        now = (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, 0};
    }
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (style.attrs & ~now.attrs & table[i].attr)
            say_name(bytes, table[i].name);
    if (style.fg != now.fg)
        set_colour(out, bytes, 0, style.fg);
    if (style.bg != now.bg)
        set_colour(out, bytes, 1, style.bg);
    out->style = style;
    out->style_known = true;
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->code == b->code && a->width == b->width &&
           a->picture == b->picture && style_equal(a->style, b->style) &&
           memcmp(a->marks, b->marks, sizeof(a->marks)) == 0;
}

static bool is_blank(const struct cell *cell)
{
    static const struct style plain = {COLOUR_DEFAULT, COLOUR_DEFAULT, 0};

    return cell->code == ' ' && cell->marks[0] == 0 && cell->width == 1 &&
           cell->picture == 0 && style_equal(cell->style, plain);
}

static const struct shown_picture *picture_of(const struct ttyout *out,
                                              uint32_t tag)
{
    for (int i = 0; i < out->picture_count; i++)
        if (out->pictures[i].tag == tag)
            return &out->pictures[i];
    return NULL;
}

/* Inside tmux, the character that a part of kitty's picture hangs on. */
static void put_part(struct ttyout *out, struct str *bytes,
                     const struct canvas *canvas, int row, int col)
{
    uint32_t tag = canvas_cell(canvas, row, col)->picture;
    const struct shown_picture *shown = picture_of(out, tag);

    for (int i = 0; shown && i < canvas->picture_count; i++) {
        const struct canvas_picture *box = &canvas->pictures[i];

        if (box->tag != tag)
            continue;
        set_style(out, bytes,
                  (struct style){(int32_t)shown->frame.id, COLOUR_DEFAULT, 0});
        graphic_placeholder(bytes, row - box->row, col - box->col);
        out->col = -1;
        return;
    }
    set_style(out, bytes, canvas_cell(canvas, row, col)->style);
    str_add_char(bytes, ' ');
    out->col++;
}

static void put_cell(struct ttyout *out, struct str *bytes,
                     const struct canvas *canvas, int row, int col)
{
    const struct cell *cell = canvas_cell(canvas, row, col);

    go(out, bytes, row, col);
    if (cell->picture && out->tmux && out->mode == GRAPHIC_KITTY) {
        put_part(out, bytes, canvas, row, col);
        return;
    }
    set_style(out, bytes, allowed(out, cell->style));
    utf8_encode(bytes, cell->code);
    for (int i = 0; i < CANVAS_MARKS && cell->marks[i]; i++)
        utf8_encode(bytes, cell->marks[i]);
    out->col += cell->width;
    /* Terminals disagree about what is wide; at the edge, about where the
     * cursor is. */
    if (cell->width != 1 || cell->marks[0] || out->col >= canvas->cols)
        out->col = -1;
}

/* Few and simple cells, that may be written again. */
static bool is_bridge(const struct canvas *canvas, int row, int from, int to)
{
    for (int col = from; col < to; col++) {
        const struct cell *cell = canvas_cell(canvas, row, col);

        if (cell->width != 1 || cell->picture)
            return false;
    }
    return to - from <= FAR;
}

/* Where blanks begin that reach to the row's end. */
static int tail_of(const struct canvas *canvas, int row)
{
    int col = canvas->cols;

    while (col > 0 && is_blank(canvas_cell(canvas, row, col - 1)))
        col--;
    return col;
}

static void put_row(struct ttyout *out, struct str *bytes,
                    const struct canvas *canvas, int row)
{
    int tail = tail_of(canvas, row), end = canvas->cols, last = -1;

    /* One command for the blanks, where the screen has something else. */
    if (end - tail >= TAIL && end - tail_of(&out->shown, row) < end - tail &&
        word("el"))
        end = tail;
    if (!out->to_right && row == canvas->rows - 1 && end == canvas->cols)
        end--;
    for (int col = 0; col < end; col++) {
        if (canvas_cell(canvas, row, col)->width == 0 ||
            same_cell(canvas_cell(canvas, row, col),
                      canvas_cell(&out->shown, row, col)))
            continue;
        /* a few cells between are shorter than a command */
        if (out->row == row && last >= 0 && out->col == last &&
            is_bridge(canvas, row, last, col))
            for (; last < col; last++)
                put_cell(out, bytes, canvas, row, last);
        put_cell(out, bytes, canvas, row, col);
        last = col + canvas_cell(canvas, row, col)->width;
    }
    if (end == tail && tail < canvas->cols) {
        go(out, bytes, row, tail);
        set_style(out, bytes,
                  (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, 0});
        say_name(bytes, "el");
    }
}

/* ---- pictures ---- */

void ttyout_set_pictures(struct ttyout *out, enum graphic_mode mode, bool tmux,
                         int cell_width, int cell_height)
{
    out->mode = mode;
    out->tmux = tmux;
    out->cell_width = cell_width;
    out->cell_height = cell_height;
}

void ttyout_remove_pictures(struct ttyout *out, struct str *bytes)
{
    for (int i = 0; i < out->picture_count; i++)
        graphic_remove(bytes, &out->pictures[i].frame);
    out->picture_count = 0;
}

static bool is_wanted(const struct canvas *canvas, uint32_t tag)
{
    for (int i = 0; i < canvas->picture_count; i++)
        if (canvas->pictures[i].tag == tag)
            return canvas_is_bare(canvas, &canvas->pictures[i]);
    return false;
}

static void drop_pictures(struct ttyout *out, struct str *bytes,
                          const struct canvas *canvas)
{
    int kept = 0;

    for (int i = 0; i < out->picture_count; i++) {
        if (is_wanted(canvas, out->pictures[i].tag))
            out->pictures[kept++] = out->pictures[i];
        else
            graphic_remove(bytes, &out->pictures[i].frame);
    }
    out->picture_count = kept;
}

static bool is_taken(const struct ttyout *out, uint32_t id)
{
    for (int i = 0; i < out->picture_count; i++)
        if (out->pictures[i].frame.id == id)
            return true;
    return false;
}

/* Kitty's number of a picture. Inside tmux it is one of the colours that are
 * the same everywhere; there is never a screen of so many pictures. */
static uint32_t new_id(struct ttyout *out)
{
    uint32_t id;

    for (int tries = 0; tries < 240; tries++) {
        id = out->next_id++;
        if (out->tmux)
            id = 16 + id % 240;
        if (!is_taken(out, id))
            break;
    }
    return id;
}

/* Notes the pictures that are not on the screen yet, at the list's end. */
static void note_pictures(struct ttyout *out, const struct canvas *canvas)
{
    for (int i = 0; i < canvas->picture_count; i++) {
        const struct canvas_picture *box = &canvas->pictures[i];
        struct shown_picture shown = {.tag = box->tag};

        if (picture_of(out, box->tag) || !canvas_is_bare(canvas, box))
            continue;
        shown.frame = (struct graphic_frame){.mode = out->mode,
                                             .rows = box->rows,
                                             .cols = box->cols,
                                             .cell_width = out->cell_width,
                                             .cell_height = out->cell_height,
                                             .id = new_id(out),
                                             .tmux = out->tmux};
        ARRAY_GROW(out->pictures, out->picture_count, out->picture_room);
        out->pictures[out->picture_count++] = shown;
    }
}

static void put_picture(struct ttyout *out, struct str *bytes,
                        const struct canvas *canvas,
                        const struct shown_picture *shown)
{
    for (int i = 0; i < canvas->picture_count; i++) {
        const struct canvas_picture *box = &canvas->pictures[i];

        if (box->tag != shown->tag)
            continue;
        go(out, bytes, box->row, box->col);
        graphic_show(bytes, &shown->frame, box->channels, box->height,
                     box->width, box->pixels);
        out->row = out->col = -1;
        return;
    }
}

/* ---- frames ---- */

void ttyout_forget(struct ttyout *out)
{
    out->known = false;
}

static void start_anew(struct ttyout *out, struct str *bytes,
                       const struct canvas *canvas)
{
    ttyout_remove_pictures(out, bytes);
    out->style_known = false;
    out->row = out->col = out->visible = -1;
    set_style(out, bytes, (struct style){COLOUR_DEFAULT, COLOUR_DEFAULT, 0});
    say_name(bytes, "clear");
    canvas_resize(&out->shown, canvas->rows, canvas->cols);
    out->known = true;
}

static void show_cursor(struct ttyout *out, struct str *bytes, bool visible)
{
    if (out->visible == visible)
        return;
    say_name(bytes, visible ? "cnorm" : "civis");
    out->visible = visible;
}

void ttyout_frame(struct ttyout *out, struct str *bytes,
                  const struct canvas *canvas, bool cursor)
{
    int before;

    if (!out->known || canvas->rows != out->shown.rows ||
        canvas->cols != out->shown.cols)
        start_anew(out, bytes, canvas);
    drop_pictures(out, bytes, canvas);
    before = out->picture_count;
    note_pictures(out, canvas);
    for (int row = 0; row < canvas->rows; row++) {
        const struct cell *cells = canvas_cell(canvas, row, 0);
        struct cell *shown = canvas_cell(&out->shown, row, 0);

        put_row(out, bytes, canvas, row);
        memcpy(shown, cells, (size_t)canvas->cols * sizeof(*cells));
    }
    for (int i = before; i < out->picture_count; i++)
        put_picture(out, bytes, canvas, &out->pictures[i]);
    go(out, bytes, canvas->cursor_row, canvas->cursor_col);
    show_cursor(out, bytes, cursor);
}
