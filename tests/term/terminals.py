"""What the explorer sends to terminals of many kinds: no more colours than
they have, nothing but ASCII where the locale has no more, no sequence that
is not the explorer's own, whatever names hold.

    terminals.py BITGROVE CATALOGUE HOSTILE
"""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

from tap import check, finish

BITGROVE, CATALOGUE, HOSTILE = sys.argv[1:4]
SGR = re.compile(rb"\x1b\[([0-9;]*)m")
OURS = re.compile(rb"\x1b\[(?:[0-9;]*[HKmJrlht]|\?[0-9;]+[hl]|\?2026\$p|>q|c|!p"
                  rb"|\?1c|\?0c|>4;?1?m)|\x1b[()][0AB]|\x1b[78=>c]"
                  rb"|\x1b_Gi=31[^\x1b]*\x1b\\")


def play(catalogue, keys, *options, **environment):
    """Everything that was sent while the keys were typed, and how it ended."""
    env = dict(os.environ, **environment)
    pid, fd = pty.fork()
    if pid == 0:
        os.execve(BITGROVE, [BITGROVE, *options, catalogue], env)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    sent, status = b"", None
    for key in [b""] + keys + [b"Q"]:
        if key:
            os.write(fd, key)
        quiet, end = 0, time.time() + 8
        while quiet < 3 and time.time() < end:
            ready, _, _ = select.select([fd], [], [], 0.1)
            quiet += not ready
            if ready:
                quiet = 0
                try:
                    data = os.read(fd, 65536)
                except OSError:
                    break
                if not data:
                    break
                sent += data
    end = time.time() + 8
    while status is None and time.time() < end:
        done, code = os.waitpid(pid, os.WNOHANG)
        status = code if done else None
        time.sleep(0.02)
    os.close(fd)
    return sent, status


def depth(sent):
    """The most colours that any sequence takes for granted."""
    most = 0
    for found in SGR.findall(sent):
        numbers = [int(n) for n in found.split(b";") if n]
        if 38 in numbers or 48 in numbers:
            at = numbers.index(38 if 38 in numbers else 48)
            most = max(most, 1 << 24 if numbers[at + 1] == 2 else 256)
        elif any(90 <= n <= 107 for n in numbers):
            most = max(most, 16)
        elif any(30 <= n <= 47 and n != 39 for n in numbers):
            most = max(most, 8)
    return most


def terminal(name, least, most, **environment):
    if subprocess.run(["infocmp", environment["TERM"]],
                      capture_output=True).returncode:
        check(True, f"{name} # SKIP not in the system's terminfo")
        return
    for theme in ["default", "dusk"]:
        sent, status = play(CATALOGUE, [b"i", b"B"], "--theme", theme,
                            **environment)
        text = SGR.sub(b"", sent).decode("utf-8", "replace")
        check(status == 0 and "Images" in text, f"{name}, {theme}: it runs",
              f"{status} {text[-300:]!r}")
        check(least <= depth(sent) <= most,
              f"{name}, {theme}: colours of {most}", depth(sent))


terminal("vt100", 0, 0, TERM="vt100")
terminal("linux", 8, 8, TERM="linux")
terminal("xterm", 8, 8, TERM="xterm")
terminal("screen", 8, 8, TERM="screen", STY="1.x")
terminal("16 colours", 16, 16, TERM="bg-16color")
terminal("256 colours", 256, 256, TERM="xterm-256color")
terminal("tmux", 256, 256, TERM="tmux-256color", TMUX="/tmp/x,1,0")
terminal("all shades", 1 << 24, 1 << 24, TERM="xterm-256color",
         COLORTERM="truecolor")
terminal("no shades of a vt100", 0, 0, TERM="vt100", COLORTERM="truecolor")

sent, status = play(CATALOGUE, [b"i", b"B", b"m"], TERM="xterm-256color",
                    NO_COLOR="1")
check(status == 0 and depth(sent) == 0, "NO_COLOR: no colour", depth(sent))
sent, status = play(CATALOGUE, [b"i", b"B", b"m", b"s", b"o", b"?"],
                    TERM="xterm-256color", LC_ALL="C")
check(status == 0 and max(sent) < 0x7f, "a locale of ASCII: nothing else",
      re.findall(rb"[\x7f-\xff]+", sent)[:9])
for catalogue, what in [(HOSTILE, "hostile names")]:
    sent, status = play(catalogue, [b"i", b"B", b"c", b"s", b"o", b"m", b"w"],
                        TERM="xterm-256color")
    rest = OURS.sub(b"", sent)
    check(status == 0 and b"\x1b" not in rest and
          not re.search(rb"[\x00-\x07\x0b\x0c\x0e-\x1f\x7f]", rest),
          f"{what}: no sequence but ours",
          re.findall(rb".{0,20}[\x00-\x07\x0b\x0c\x0e-\x1f\x7f].{0,20}", rest))

finish()
