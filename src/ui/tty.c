#include <config.h>

#include "ui/tty.h"

#include <curses.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/mem.h"
#include "ui/colour.h"
#include "ui/key.h"

struct tty {
    SCREEN *screen;
    int colours;
    struct canvas shown; /* what curses was told last; no cells at first */
    struct style style;  /* of the cell before, and what curses calls it */
    attr_t attrs;
    int pair;  /* or -1 */
    int pairs; /* how many were taken */
    int click_row, click_col;
};

/* More colour pairs than a frame brings that the frames before had not. */
enum { PAIRS_A_FRAME = 4096 };

/* What a signal handler needs to give the terminal back. */
static struct termios saved_modes;
static char farewell[256];
static volatile sig_atomic_t stop_asked;

static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
static const int polite[] = {SIGTERM, SIGHUP};

static void on_fatal(int number)
{
    ssize_t ignored = write(STDOUT_FILENO, farewell, strlen(farewell));

    (void)ignored;
    tcsetattr(STDOUT_FILENO, TCSANOW, &saved_modes);
    signal(number, SIG_DFL);
    raise(number);
}

static void on_polite(int number)
{
    (void)number;
    stop_asked = 1;
}

static void set_handlers(bool on)
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    sigemptyset(&action.sa_mask);
    action.sa_handler = on ? on_fatal : SIG_DFL;
    for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
        sigaction(fatal[i], &action, NULL);
    action.sa_handler = on ? on_polite : SIG_DFL;
    for (size_t i = 0; i < ARRAY_SIZE(polite); i++)
        sigaction(polite[i], &action, NULL);
}

/* Adds a capability to the farewell if it needs no parameters or padding. */
static void add_farewell(const char *name)
{
    const char *text = tigetstr(name);

    if (!text || text == (char *)-1 || strstr(text, "$<") ||
        strlen(farewell) + strlen(text) + 1 > sizeof(farewell))
        return;
    strcat(farewell, text);
}

/* Ctrl-C is a key of ours; Ctrl-Z stays the terminal's. */
static void keep_interrupt_key(void)
{
    struct termios modes;

    if (tcgetattr(STDIN_FILENO, &modes) != 0)
        return;
    modes.c_cc[VINTR] = _POSIX_VDISABLE;
    modes.c_cc[VQUIT] = _POSIX_VDISABLE;
    modes.c_iflag &= ~(tcflag_t)IXON;
    tcsetattr(STDIN_FILENO, TCSANOW, &modes);
}

enum status tty_open(struct tty **out, struct err *err)
{
    struct tty *tty;
    SCREEN *screen;

    if (!isatty(STDOUT_FILENO) || !isatty(STDIN_FILENO))
        return err_set(err, ERR_BAD_INPUT,
                       "the explorer needs a terminal; the commands (see "
                       "--help) print the same without one");
    tcgetattr(STDOUT_FILENO, &saved_modes);
    set_escdelay(25);
    screen = newterm(NULL, stdout, stdin);
    if (!screen)
        return err_set(err, ERR_BAD_INPUT,
                       "terminal type '%s' is unknown; set TERM",
                       getenv("TERM") ? getenv("TERM") : "");
    tty = mem_zalloc(1, sizeof(*tty));
    tty->screen = screen;
    farewell[0] = '\0';
    add_farewell("sgr0");
    add_farewell("op");
    add_farewell("cnorm");
    add_farewell("rmkx");
    add_farewell("rmcup");
    cbreak();
    noecho();
    nonl();
    intrflush(stdscr, FALSE);
    keypad(stdscr, TRUE);
    keep_interrupt_key();
    def_prog_mode();
    if (has_colors()) {
        start_color();
        use_default_colors();
        tty->colours = COLORS;
    }
    stop_asked = 0;
    set_handlers(true);
    *out = tty;
    return OK;
}

void tty_close(struct tty *tty)
{
    if (!tty)
        return;
    set_handlers(false);
    curs_set(1);
    endwin();
    tcsetattr(STDOUT_FILENO, TCSADRAIN, &saved_modes);
    delscreen(tty->screen);
    canvas_release(&tty->shown);
    free(tty);
}

void tty_size(const struct tty *tty, int *rows, int *cols)
{
    (void)tty;
    getmaxyx(stdscr, *rows, *cols);
}

int tty_colours(const struct tty *tty)
{
    return tty->colours;
}

int tty_colours_of_name(const char *name)
{
    int failed, colours;

    if (!name || setupterm(name, STDOUT_FILENO, &failed) != 0)
        return 0;
    colours = tigetnum("colors");
    del_curterm(cur_term);
    return colours > 0 ? colours : 0;
}

static int translate(wint_t key)
{
    static const struct {
        int curses, code;
    } table[] = {
        {KEY_UP, KEY_CODE_UP},         {KEY_DOWN, KEY_CODE_DOWN},
        {KEY_LEFT, KEY_CODE_LEFT},     {KEY_RIGHT, KEY_CODE_RIGHT},
        {KEY_PPAGE, KEY_CODE_PGUP},    {KEY_NPAGE, KEY_CODE_PGDN},
        {KEY_HOME, KEY_CODE_HOME},     {KEY_END, KEY_CODE_END},
        {KEY_DC, KEY_CODE_DELETE},     {KEY_BTAB, KEY_CODE_BACKTAB},
        {KEY_ENTER, KEY_CODE_ENTER},   {KEY_BACKSPACE, KEY_CODE_BACKSPACE},
        {KEY_RESIZE, KEY_CODE_RESIZE},
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if ((int)key == table[i].curses)
            return table[i].code;
    for (int i = 0; i < 12; i++)
        if ((int)key == KEY_F(i + 1))
            return KEY_CODE_F1 + i;
    return KEY_CODE_NONE;
}

void tty_mouse(struct tty *tty, bool on)
{
    (void)tty;
    mouseinterval(0);
    mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0,
              NULL);
}

void tty_click(const struct tty *tty, int *row, int *col)
{
    *row = tty->click_row;
    *col = tty->click_col;
}

static int mouse_key(struct tty *tty)
{
    MEVENT event;

    if (getmouse(&event) != OK)
        return KEY_CODE_NONE;
    tty->click_row = event.y;
    tty->click_col = event.x;
    return event.bstate & BUTTON1_PRESSED   ? KEY_CODE_CLICK
           : event.bstate & BUTTON4_PRESSED ? KEY_CODE_WHEEL_UP
           : event.bstate & BUTTON5_PRESSED ? KEY_CODE_WHEEL_DOWN
                                            : KEY_CODE_NONE;
}

int tty_key(struct tty *tty, int milliseconds)
{
    wint_t key;
    int got;

    timeout(milliseconds);
    got = get_wch(&key);
    if (got == KEY_CODE_YES && key == KEY_MOUSE)
        return mouse_key(tty);
    if (got == KEY_CODE_YES)
        return translate(key);
    if (got != OK)
        return KEY_CODE_NONE;
    if (key == '\n')
        return KEY_CODE_ENTER;
    if (key == '\b')
        return KEY_CODE_BACKSPACE;
    return (int)key;
}

static attr_t attributes(struct style style)
{
    attr_t attrs = A_NORMAL;

    if (style.attrs & STYLE_BOLD)
        attrs |= A_BOLD;
    if (style.attrs & STYLE_DIM)
        attrs |= A_DIM;
    if (style.attrs & STYLE_UNDERLINE)
        attrs |= A_UNDERLINE;
    if (style.attrs & STYLE_REVERSE)
        attrs |= A_REVERSE;
    if (style.attrs & STYLE_ITALIC)
        attrs |= A_ITALIC;
    return attrs;
}

/* Most cells have the style of the one before, and finding a pair takes
 * longer than all else. */
static void set_style(struct tty *tty, struct style style)
{
    struct style reduced;

    if (tty->pair >= 0 && style_equal(tty->style, style))
        return;
    reduced = style_reduce(style, tty->colours);
    tty->style = style;
    tty->attrs = attributes(reduced);
    tty->pair = 0;
    if (tty->colours < 8)
        return;
    tty->pair = find_pair(reduced.fg, reduced.bg);
    if (tty->pair >= 0)
        return;
    tty->pairs++;
    tty->pair = alloc_pair(reduced.fg, reduced.bg);
    if (tty->pair < 0)
        tty->pair = 0;
}

static void show_cell(struct tty *tty, const struct cell *cell)
{
    wchar_t text[CANVAS_MARKS + 2] = {(wchar_t)cell->code};
    cchar_t wide;

    for (int i = 0; i < CANVAS_MARKS; i++)
        text[i + 1] = (wchar_t)cell->marks[i];
    set_style(tty, cell->style);
    setcchar(&wide, text, tty->attrs, 0, &tty->pair);
    add_wch(&wide);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->code == b->code && a->width == b->width &&
           memcmp(a->marks, b->marks, sizeof(a->marks)) == 0 &&
           style_equal(a->style, b->style);
}

/*
 * True if curses has the row already. Not where pairs of colours may run out:
 * curses then gives the oldest to others, and rows that stay would change.
 */
static bool row_is_shown(const struct tty *tty, const struct canvas *canvas,
                         int row)
{
    if (tty->colours >= 8 && tty->pairs + PAIRS_A_FRAME > COLOR_PAIRS)
        return false;
    if (canvas->rows != tty->shown.rows || canvas->cols != tty->shown.cols)
        return false;
    for (int col = 0; col < canvas->cols; col++)
        if (!same_cell(canvas_cell(canvas, row, col),
                       canvas_cell(&tty->shown, row, col)))
            return false;
    return true;
}

static void remember(struct tty *tty, const struct canvas *canvas)
{
    size_t n = (size_t)canvas->rows * (size_t)canvas->cols;

    if (canvas->rows != tty->shown.rows || canvas->cols != tty->shown.cols)
        canvas_resize(&tty->shown, canvas->rows, canvas->cols);
    memcpy(tty->shown.cells, canvas->cells, n * sizeof(*canvas->cells));
}

void tty_show(struct tty *tty, const struct canvas *canvas, bool cursor)
{
    tty->pair = -1; /* pairs may have been given to other colours since */
    for (int row = 0; row < canvas->rows; row++) {
        if (row_is_shown(tty, canvas, row))
            continue;
        move(row, 0);
        clrtoeol();
        for (int col = 0; col < canvas->cols; col++) {
            const struct cell *cell = canvas_cell(canvas, row, col);

            if (cell->width > 0)
                show_cell(tty, cell);
        }
    }
    remember(tty, canvas);
    curs_set(cursor ? 1 : 0);
    move(canvas->cursor_row, canvas->cursor_col);
    wnoutrefresh(stdscr);
    doupdate();
}

void tty_redraw(struct tty *tty)
{
    canvas_release(&tty->shown);
    clearok(curscr, TRUE);
}

bool tty_stopped(void)
{
    return stop_asked != 0;
}
