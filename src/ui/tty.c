#include <config.h>

#include "ui/tty.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/colour.h"
#include "ui/key.h"
#include "ui/osc52.h"
#include "ui/termask.h"
#include "ui/ttyout.h"

/* Bytes that are no keys, taken before the screen has its turn again. */
enum { CHAFF = 8192 };

struct tty {
    SCREEN *screen;
    WINDOW *keys; /* a pad, since reading from it draws nothing */
    struct ttyout *out;
    int colours;
    struct str bytes;
    struct termios modes; /* ours */
    mmask_t mouse;        /* what is told of it; 0: nothing */
    int click_row;

    struct termask ask;
    int64_t listened_at; /* since when the answers could have been read */
    bool inside;         /* tmux or screen */
    bool tmux;
    enum graphic_mode wanted, found, used;
};

/* What a signal handler needs to give the terminal back. */
static struct termios saved_modes;
static char farewell[320];
static volatile sig_atomic_t stop_asked, suspend_asked;

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

static void on_suspend(int number)
{
    (void)number;
    suspend_asked = 1;
}

static void set_handler(int number, void (*handler)(int))
{
    struct sigaction action;

    memset(&action, 0, sizeof(action));
    sigemptyset(&action.sa_mask);
    action.sa_handler = handler;
    sigaction(number, &action, NULL);
}

static void set_handlers(bool on)
{
    for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
        set_handler(fatal[i], on ? on_fatal : SIG_DFL);
    for (size_t i = 0; i < ARRAY_SIZE(polite); i++)
        set_handler(polite[i], on ? on_polite : SIG_DFL);
    set_handler(SIGTSTP, on ? on_suspend : SIG_DFL);
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

/* Whatever was meant for the screen; a terminal that is gone ends it all. */
static void send(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = write(STDOUT_FILENO, bytes, n);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN) {
            struct pollfd poller = {STDOUT_FILENO, POLLOUT, 0};

            poll(&poller, 1, 100);
            continue;
        }
        if (sent <= 0) {
            stop_asked = 1;
            return;
        }
        bytes += sent;
        n -= (size_t)sent;
    }
}

static void say(const char *name)
{
    const char *text = tigetstr(name);

    if (text && text != (char *)-1) {
        putp(text);
        fflush(stdout);
    }
}

/* Ctrl-C and Ctrl-Z are keys of ours. */
static void keep_keys(struct tty *tty)
{
    if (tcgetattr(STDIN_FILENO, &tty->modes) != 0)
        return;
    tty->modes.c_cc[VINTR] = _POSIX_VDISABLE;
    tty->modes.c_cc[VQUIT] = _POSIX_VDISABLE;
    tty->modes.c_cc[VSUSP] = _POSIX_VDISABLE;
    tty->modes.c_iflag &= ~(tcflag_t)IXON;
    tcsetattr(STDIN_FILENO, TCSANOW, &tty->modes);
}

static bool is_set(const char *value)
{
    return value && value[0];
}

/* Terminals of 256 colours often have all, and say so in COLORTERM alone. */
static int count_colours(void)
{
    const char *more = getenv("COLORTERM"), *term = getenv("TERM");
    int colours = tigetnum("colors");

    if (colours < 8)
        return 0;
    if (colours > 256 || tigetflag("RGB") > 0 || tigetflag("Tc") > 0)
        return COLOUR_TRUE;
    if (more && !str_starts(term ? term : "", "screen") &&
        (strcmp(more, "truecolor") == 0 || strcmp(more, "24bit") == 0))
        return COLOUR_TRUE;
    return colours;
}

static void ask(struct tty *tty)
{
    struct str text = STR_INIT;

    tty->tmux = is_set(getenv("TMUX"));
    tty->inside = tty->tmux || is_set(getenv("STY"));
    tty->found = GRAPHIC_AUTO;
    termask_init(&tty->ask);
    termask_questions(&text, getenv("TERM"), tty->inside);
    send(text.text, text.length);
    str_release(&text);
}

static void make_farewell(void)
{
    farewell[0] = '\0';
    add_farewell("sgr0");
    add_farewell("op");
    add_farewell("cnorm");
    add_farewell("rmkx");
    add_farewell("rmcup");
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
    if (!tigetstr("cup") || !tigetstr("clear")) {
        endwin();
        delscreen(screen);
        return err_set(err, ERR_BAD_INPUT,
                       "terminal type '%s' can't move its cursor; set TERM",
                       getenv("TERM"));
    }
    tty = mem_zalloc(1, sizeof(*tty));
    tty->screen = screen;
    str_init(&tty->bytes);
    make_farewell();
    cbreak();
    noecho();
    nonl();
    tty->keys = newpad(1, 1);
    keypad(tty->keys, TRUE);
    keep_keys(tty);
    tty->colours = count_colours();
    tty->out = ttyout_new(tty->colours);
    tty->used = GRAPHIC_HALF;
    stop_asked = suspend_asked = 0;
    set_handlers(true);
    say("smcup");
    ask(tty);
    *out = tty;
    return OK;
}

static void leave(struct tty *tty)
{
    if (tty->mouse)
        mousemask(0, NULL);
    str_clear(&tty->bytes);
    ttyout_remove_pictures(tty->out, &tty->bytes);
    str_add(&tty->bytes, farewell);
    send(tty->bytes.text, tty->bytes.length);
    tcsetattr(STDOUT_FILENO, TCSADRAIN, &saved_modes);
}

void tty_close(struct tty *tty)
{
    if (!tty)
        return;
    set_handlers(false);
    leave(tty);
    delwin(tty->keys);
    delscreen(tty->screen);
    ttyout_free(tty->out);
    str_release(&tty->bytes);
    free(tty);
}

/* Stops as the shell expects it, and goes on where it was. */
static void suspend(struct tty *tty)
{
    leave(tty);
    set_handlers(false);
    kill(0, SIGTSTP);
    suspend_asked = 0;
    tcgetattr(STDOUT_FILENO, &saved_modes);
    set_handlers(true);
    tcsetattr(STDIN_FILENO, TCSADRAIN, &tty->modes);
    say("smcup");
    say("smkx");
    if (tty->mouse)
        mousemask(tty->mouse, NULL);
    ttyout_forget(tty->out);
}

void tty_size(const struct tty *tty, int *rows, int *cols)
{
    struct winsize size;

    (void)tty;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 &&
        size.ws_col > 0) {
        *rows = size.ws_row;
        *cols = size.ws_col;
    } else {
        getmaxyx(stdscr, *rows, *cols);
    }
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

/* ---- pictures ---- */

void tty_set_pictures(struct tty *tty, enum graphic_mode mode)
{
    tty->wanted = mode;
}

/* What the terminal has said, once it has or its time is over. */
static enum graphic_mode found(struct tty *tty)
{
    const struct termask *said = &tty->ask;

    if (tty->found != GRAPHIC_AUTO)
        return tty->found;
    if (!said->complete && (tty->listened_at == 0 ||
                            clock_monotonic() - tty->listened_at <= TTY_ASK_MS))
        return GRAPHIC_HALF;
    tty->found = tty->inside   ? GRAPHIC_HALF
                 : said->kitty ? GRAPHIC_KITTY
                 : said->iterm ? GRAPHIC_ITERM
                 : said->sixel ? GRAPHIC_SIXEL
                               : GRAPHIC_HALF;
    return tty->found;
}

/* Pixels of a cell, as the terminal says; else as many have it. */
static void cell_size(const struct tty *tty, int *width, int *height)
{
    struct winsize size;

    *width = tty->ask.cell_width;
    *height = tty->ask.cell_height;
    if (*width == 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0 && size.ws_row > 0) {
        *width = size.ws_xpixel / size.ws_col;
        *height = size.ws_ypixel / size.ws_row;
    }
    if (*width < 2 || *height < 4) {
        *width = 8;
        *height = 16;
    }
}

enum graphic_mode tty_pictures(struct tty *tty)
{
    enum graphic_mode mode =
        tty->wanted == GRAPHIC_AUTO ? found(tty) : tty->wanted;
    int width, height;

    if (!graphic_mode_is_built(mode))
        mode = GRAPHIC_HALF;
    if (mode != tty->used) {
        cell_size(tty, &width, &height);
        ttyout_set_pictures(tty->out, mode, tty->tmux, width, height);
        ttyout_forget(tty->out);
        tty->used = mode;
    }
    return mode;
}

/* ---- keys ---- */

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
    tty->mouse = on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED : 0;
    mouseinterval(0);
    mousemask(tty->mouse, NULL);
}

int tty_click(const struct tty *tty)
{
    return tty->click_row;
}

static int mouse_key(struct tty *tty)
{
    MEVENT event;

    if (getmouse(&event) != OK)
        return KEY_CODE_NONE;
    tty->click_row = event.y;
    return event.bstate & BUTTON1_PRESSED   ? KEY_CODE_CLICK
           : event.bstate & BUTTON4_PRESSED ? KEY_CODE_WHEEL_UP
           : event.bstate & BUTTON5_PRESSED ? KEY_CODE_WHEEL_DOWN
                                            : KEY_CODE_NONE;
}

/* A terminal that hung up would be ready to read for ever. */
static void look_for_hangup(void)
{
    struct pollfd poller = {STDIN_FILENO, POLLIN, 0};

    if (poll(&poller, 1, 0) > 0 &&
        (poller.revents & (POLLHUP | POLLERR | POLLNVAL)))
        stop_asked = 1;
}

/* ERR, KEY_CODE_YES or OK as get_wch() has it, what it read in *key. */
static int read_key(struct tty *tty, int milliseconds, wint_t *key)
{
    int got;

    wtimeout(tty->keys, milliseconds);
    got = wget_wch(tty->keys, key);
    if (got == ERR)
        look_for_hangup();
    return got;
}

/* An escape and what came with it: a key, or the start of what is none. */
static bool is_sequence(struct tty *tty)
{
    wint_t next;
    int got = read_key(tty, 0, &next);

    if (got == KEY_CODE_YES)
        ungetch((int)next);
    if (got != OK)
        return false;
    if (termask_begin(&tty->ask, (int)next, clock_monotonic()))
        return true;
    unget_wch((wchar_t)next);
    return false;
}

static int plain_key(wint_t key)
{
    if (key == '\n')
        return KEY_CODE_ENTER;
    return key == '\b' ? KEY_CODE_BACKSPACE : (int)key;
}

int tty_key(struct tty *tty, int milliseconds)
{
    if (tty->listened_at == 0)
        tty->listened_at = clock_monotonic();
    for (int i = 0; i < CHAFF && !stop_asked; i++) {
        wint_t key;
        int got = read_key(tty, i ? 0 : milliseconds, &key);

        if (suspend_asked || (got == OK && key == 0x1a && !tty->ask.state)) {
            suspend(tty);
            return KEY_CODE_RESIZE;
        }
        if (got == KEY_CODE_YES)
            return key == KEY_MOUSE ? mouse_key(tty) : translate(key);
        if (got != OK)
            return KEY_CODE_NONE;
        if (termask_feed(&tty->ask, (int)key, clock_monotonic()))
            continue;
        if (key != KEY_CODE_ESC || !is_sequence(tty))
            return plain_key(key);
    }
    return KEY_CODE_NONE;
}

/* ---- frames ---- */

void tty_show(struct tty *tty, const struct canvas *canvas, bool cursor)
{
    static const char begin[] = "\033[?2026h", end[] = "\033[?2026l";
    size_t start = sizeof(begin) - 1;

    str_clear(&tty->bytes);
    str_add(&tty->bytes, begin);
    ttyout_frame(tty->out, &tty->bytes, canvas, cursor);
    if (tty->bytes.length == start)
        return;
    if (tty->ask.sync) {
        str_add(&tty->bytes, end);
        start = 0;
    }
    send(tty->bytes.text + start, tty->bytes.length - start);
}

void tty_redraw(struct tty *tty)
{
    ttyout_forget(tty->out);
}

enum status tty_copy(struct tty *tty, const char *text, struct err *err)
{
    struct str bytes = STR_INIT;
    enum status status = osc52_write(&bytes, text, tty->tmux, err);

    if (status == OK)
        send(bytes.text, bytes.length);
    str_release(&bytes);
    return status;
}

bool tty_stopped(void)
{
    return stop_asked != 0;
}
