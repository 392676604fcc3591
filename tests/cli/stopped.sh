#!/bin/sh
# Ctrl-C in the middle of an import of pictures: what was read stays, the same
# command does the rest, and nothing tells the result from one that was never
# stopped. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

python3 - <<'END' || exit 1
import os
# 640 pictures, five lots of them, in two files.
for n, name in enumerate(("one", "two")):
    with open(name + ".ppm", "wb") as f:
        f.write(b"P6 320 240 255\n")
        f.write(bytes((i * i // 97 + n * 40) % 256 for i in range(320 * 240 * 3)))
for i in range(640):
    folder = f"data/class{i % 7}"
    os.makedirs(folder, exist_ok=True)
    os.symlink(f"../../{('one', 'two')[i % 2]}.ppm", f"{folder}/{i}.ppm")
END

# stop CATALOGUE: imports, presses Ctrl-C once some images are there, and says
# how many were when the command had ended.
stop()
{
    python3 - "$build/bitgrove" "$1" <<'END'
import signal, sqlite3, subprocess, sys, time
program, path = sys.argv[1:]

def count():
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as c:
            return c.execute("SELECT count(*) FROM image").fetchone()[0]
    except sqlite3.OperationalError:
        return 0

command = subprocess.Popen([program, "import", "--threads", "1", path, "data"],
                           stdout=subprocess.DEVNULL, stderr=open("err", "w"))
while command.poll() is None and count() == 0:
    time.sleep(0.01)
command.send_signal(signal.SIGINT)
if command.wait() != 130:
    sys.exit(f"# exit status {command.returncode}")
# A slow machine is left behind by the command while it still reads its lot.
with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as c:
    while c.execute("SELECT 1 FROM job WHERE state = 'running'").fetchone():
        time.sleep(0.1)
print(count())
END
}

ok "an import that is not stopped" status 0 bitgrove import --threads 1 \
    whole.bg data
stop part.bg >stopped-at
ok "one that is" grep -qE '^[1-9][0-9]*$' stopped-at
ok "stopped in the middle, at $(cat stopped-at)" test "$(cat stopped-at)" -gt 0 -a \
    "$(cat stopped-at)" -lt 640
ok "says how to go on" says err 'go on|was asked to stop'
ok "what is there is sound" status 0 bitgrove check part.bg
ok "the same command" status 0 bitgrove import --threads 1 --format json \
    part.bg data
ok "does the rest" json \
    "it['images']['train'] + it['images']['test'] + it['same'] == 640 and
    it['same'] == $(cat stopped-at)"
ok "nothing tells them apart" python3 - <<'END'
import sqlite3, sys
def content(path):
    c = sqlite3.connect(path)
    return [c.execute(q).fetchall() for q in (
        "SELECT i.id, i.split, c.name, i.source_id, i.position, p.bytes,"
        " o.path, o.bytes, o.mtime, o.digest, o.width, o.height FROM image i"
        " JOIN class c ON c.id = i.class_id JOIN pixels p ON p.image_id = i.id"
        " JOIN original o ON o.image_id = i.id ORDER BY i.id",
        "SELECT * FROM tally ORDER BY 1, 2, 3",
        "SELECT split, path, images FROM source ORDER BY id",
        "SELECT number, name, path, folder FROM class ORDER BY id")]
a, b = content("whole.bg"), content("part.bg")
sys.exit(a != b or len(a[0]) != 640)
END
ok "and it is sound" status 0 bitgrove check part.bg
finish
