"""The explorer in a pseudo-terminal that is a small model of a real one: it
answers questions, keeps a grid of cells and the pictures that lie on it, and
takes them away as the protocols say. Each case leaves no picture behind.

    pictures.py BITGROVE CATALOGUE HAVE_CHAFA
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

from tap import check, finish

BITGROVE, CATALOGUE, CHAFA = sys.argv[1], sys.argv[2], sys.argv[3] != "0"
PATIENCE = 10.0
TOKEN = re.compile(
    rb"\x1b\[[?>]?[0-9;]*[ $]?[@-~]|\x1b[_P\]].*?(?:\x1b\\|\x07)"
    rb"|\x1b[()][A-Z0-9]|\x1b.|[\x00-\x1f]|[^\x00-\x1f\x1b]+", re.S)
# What was read may end within a sequence.
UNFINISHED = re.compile(rb"\x1b\[[0-?]*[ -/]*\Z")


class Terminal:
    """Follows what is sent: text, cursor, pictures, synchronised frames."""

    def __init__(self, answers, *options, rows=36, cols=110, **environment):
        self.rows, self.cols = rows, cols
        self.answers, self.asked = answers, False
        self.clear()
        self.rest, self.raw, self.frames = b"", b"", 0
        env = dict(os.environ, TERM="xterm-256color", **environment)
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(BITGROVE, [BITGROVE, *options, CATALOGUE], env)
        self.resize(rows, cols)

    def resize(self, rows, cols):
        self.rows, self.cols = rows, cols
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, cols, cols * 8, rows * 16))

    def clear(self):
        self.row = self.col = 0
        self.grid = [[" "] * self.cols for _ in range(self.rows)]
        self.pictures = {}

    # ---- what comes ----

    def erase(self, row, col, end):
        """Text over a picture that lives in cells takes it away."""
        for key, (kind, r, c, h, w) in list(self.pictures.items()):
            if kind != "kitty" and r <= row < r + h and c < end and col < c + w:
                del self.pictures[key]

    def text(self, data):
        for ch in data.decode("utf-8", "replace"):
            if 0x300 <= ord(ch) < 0x370:
                continue
            if self.row < self.rows and self.col < self.cols:
                self.grid[self.row][self.col] = ch
            self.erase(self.row, self.col, self.col + 1)
            self.col += 1

    def control(self, body, last):
        numbers = [int(n) for n in re.findall(rb"\d+", body)]
        if last == b"H":
            self.row = numbers[0] - 1 if numbers else 0
            self.col = numbers[1] - 1 if len(numbers) > 1 else 0
        elif last == b"J":
            self.clear()
        elif last == b"K":
            for col in range(self.col, self.cols):
                self.grid[self.row][col] = " "
            self.erase(self.row, self.col, self.cols)
        elif body == b"?1049" and last in b"hl":
            self.clear()
        elif body == b"?2026" and last == b"h":
            self.frames += 1
        elif body == b"" and last == b"c":
            self.asked = True

    def box(self, kind, rows, cols, key):
        self.pictures[key] = (kind, self.row, self.col, rows, cols)

    def string(self, data):
        if data.startswith(b"\x1b_G"):
            head = data[3:].split(b";")[0].split(b"\x1b")[0]
            keys = dict(p.split(b"=", 1) for p in head.split(b",") if b"=" in p)
            if keys.get(b"a") == b"T":
                self.box("kitty", int(keys[b"r"]), int(keys[b"c"]),
                         keys[b"i"])
            elif keys.get(b"a") == b"d":
                self.pictures.pop(keys[b"i"], None)
        elif data.startswith(b"\x1b]1337;"):
            size = re.search(rb"width=(\d+);height=(\d+)", data)
            self.box("iterm", int(size[2]), int(size[1]),
                     (self.row, self.col))
        elif re.match(rb"\x1bP[0-9;]*q", data):
            self.box("sixel", 1, 1, (self.row, self.col))
        elif data.startswith(b"\x1bPtmux;"):
            self.string(data[7:-2].replace(b"\x1b\x1b", b"\x1b"))

    def feed(self, data):
        self.raw += data
        data = self.rest + data
        while data:
            found = TOKEN.match(data)
            token = found.group() if found else b""
            if UNFINISHED.match(data):
                break
            if not token or (token == data and token[:1] == b"\x1b" and
                             len(token) < 3 and token[-1:] in b"\x1b[]_P()"):
                break
            if token.startswith(b"\x1bPtmux;") and b"\x1b\\" in token:
                end = re.search(rb"[^\x1b]\x1b\\", data)
                if not end:
                    break
                token = data[:end.end()]
            elif token[:2] in (b"\x1b_", b"\x1bP", b"\x1b]") and \
                    not token.endswith((b"\x1b\\", b"\x07")):
                break
            data = data[len(token):]
            if token[:2] == b"\x1b[":
                self.control(token[2:-1], token[-1:])
            elif token[:2] in (b"\x1b_", b"\x1bP", b"\x1b]"):
                self.string(token)
            elif token[0] >= 0x20:
                self.text(token)
        self.rest = data

    def read(self, wait):
        ready, _, _ = select.select([self.fd], [], [], wait)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.feed(data)
        if self.asked and self.answers:
            os.write(self.fd, self.answers)
            self.answers = b""
        return bool(data)

    def until(self, condition):
        end = time.time() + PATIENCE
        while not condition():
            if time.time() > end:
                return False
            self.read(0.05)
        while self.read(0.1):
            pass
        return condition()

    # ---- what a person does ----

    def keys(self, text):
        os.write(self.fd, text)

    def screen(self):
        return "\n".join("".join(row) for row in self.grid)

    def shows(self, text):
        return self.until(lambda: text in self.screen())

    def ended(self):
        end = time.time() + PATIENCE
        while time.time() < end:
            self.read(0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.read(0.05):
                    pass
                return os.waitstatus_to_exitcode(status) == 0
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return False

    def close(self):
        os.close(self.fd)


PLAIN = b"\x1b[?62;22c"
SAYS = {
    "kitty": b"\x1b[?2026;2$y\x1b_Gi=31;OK\x1b\\\x1b[6;16;8t" + PLAIN,
    "iterm": b"\x1bP>|iTerm2 3.5.0\x1b\\" + PLAIN,
    "sixel": b"\x1b[6;16;8t\x1b[?62;4;22c",
}


def walk(kind, answers, *options, **environment):
    """Images, the next page, another view, a change of size, the end."""
    t = Terminal(answers, *options, **environment)
    check(t.shows("16 classes"), f"{kind}: the tree comes up", t.screen())
    t.keys(b"i")
    check(t.until(lambda: len(t.pictures) > 3), f"{kind}: pictures are shown",
          t.pictures)
    many = len(t.pictures)
    t.keys(b"j")
    t.until(lambda: True)
    check(abs(len(t.pictures) - many) <= 1,
          f"{kind}: moving leaves as many", t.pictures)
    t.keys(b"?")
    check(t.until(lambda: "help" in t.screen() and not t.pictures),
          f"{kind}: none is left on a page without", t.pictures)
    t.keys(b"q")
    check(t.until(lambda: len(t.pictures) > 3), f"{kind}: they come back",
          t.pictures)
    t.keys(b"z")
    check(t.until(lambda: len(t.pictures) == 1 and
                  (kind == "sixel" or
                   next(iter(t.pictures.values()))[3] > 16)),
          f"{kind}: one alone is large", t.pictures)
    t.keys(b"zfnowhere\r")
    check(t.until(lambda: "No image passes" in t.screen() and not t.pictures),
          f"{kind}: none where no image passes", t.pictures)
    t.keys(b"o")
    check(t.until(lambda: len(t.pictures) == 2),
          f"{kind}: an outlier and its nearest class", t.pictures)
    t.keys(b"qa")
    check(t.until(lambda: len(t.pictures) > 3), f"{kind}: all again",
          t.pictures)
    t.resize(30, 90)
    t.clear()
    check(t.until(lambda: len(t.pictures) > 3) and
          all(r + h < 30 and c + w <= 90
              for _, r, c, h, w in t.pictures.values()),
          f"{kind}: a smaller window has them inside", t.pictures)
    before = len(t.raw)
    t.keys(b"Q")
    check(t.ended(), f"{kind}: it ends")
    check(not t.pictures, f"{kind}: none is left at the end", t.pictures)
    check(b"\x1b[?1049l" in t.raw[before:], f"{kind}: the screen is given back")
    t.close()
    return t


def hostile(name, answers):
    t = Terminal(answers)
    check(t.shows("16 classes"), f"{name}: the tree comes up", t.screen())
    time.sleep(0.3)
    t.keys(b"B")
    check(t.shows("bits"), f"{name}: keys are followed", t.screen())
    t.keys(b"Q")
    check(t.ended(), f"{name}: it ends")
    t.close()


def none_asked(name, text, *options, **environment):
    t = Terminal(b"", *options, **environment)
    check(t.shows("16 classes"), f"{name}: the tree comes up", t.screen())
    t.keys(b"i")
    t.until(lambda: True)
    check(not t.pictures, f"{name}: no picture of real pixels", t.pictures)
    check(text not in t.raw, f"{name}: not asked for")
    t.keys(b"Q")
    check(t.ended(), f"{name}: it ends")
    t.close()


if CHAFA:
    for kind, answers in SAYS.items():
        t = walk(kind, answers)
        if kind == "kitty":
            check(t.frames > 3, "frames are synchronised where it is said")
        else:
            check(t.frames == 0, f"{kind}: and only there")
    walk("kitty forced", PLAIN, "--pictures", "kitty")
    t = Terminal(b"", "--pictures", "kitty", TMUX="/tmp/x,1,0")
    t.shows("16 classes")
    t.keys(b"i")
    check(t.until(lambda: len(t.pictures) > 3),
          "kitty in tmux: wrapped for the terminal outside", t.pictures)
    check(chr(0x10eeee) in t.screen(), "kitty in tmux: hung on characters")
    t.keys(b"?")
    check(t.until(lambda: not t.pictures and chr(0x10eeee) not in t.screen()),
          "kitty in tmux: none is left", t.pictures)
    t.keys(b"Q")
    check(t.ended(), "kitty in tmux: it ends")
    t.close()

hostile("an answer that never ends", b"\x1b]" + b"x" * 2000)
hostile("garbage", b"\x1b[?62;4;\xff\xfe\x1b[999;999;999R\x1bP" + bytes(
    range(0x80, 0x100)) + b"\x1b\\\x1b[?;;;c")
hostile("a huge number", b"\x1b[6;99999999999;1t\x1b[?2026;99999999999$y")
none_asked("inside tmux", b"\x1b_G", TMUX="/tmp/x,1,0")
none_asked("half blocks", b"\x1b_Ga=T", "--pictures", "half")

finish()
