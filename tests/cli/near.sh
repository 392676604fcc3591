#!/bin/sh
# Neighbours on the command line: filters, pages and many queries at once, all
# beside the plain answer. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

"$build/tests/make-large" c.bg 12 14 20 5 >/dev/null || exit 1
python3 -c 'import sqlite3
db = sqlite3.connect("c.bg")
db.executemany("INSERT INTO tag VALUES (?, ?)",
               [(i, "odd") for i in range(1, 301, 2)])
db.commit()'
ok "beside the plain answer" python3 "$source/tests/cli/near.py" c.bg \
    "$build/bitgrove"

# ---- codes in files ----
bitgrove export c.bg codes --format npy -o codes.npy || exit 1
ok "codes of .npy" status 0 bitgrove near --codes codes.npy -k 1 \
    --format json c.bg
ok "are near themselves" json \
    'len(it) == 300 and all(q["ties"]["distance"] == 0 for q in it)'
cp out first
bitgrove export c.bg codes | sed 1d | sed 's/.*,//' >codes.txt
ok "of a text" status 0 bitgrove near --codes codes.txt -k 1 --format json c.bg
ok "the same" cmp out first
python3 -c 'import struct
rows = [l.strip() for l in open("codes.txt")]
def save(name, descr, shape, data):
    head = str({"descr": descr, "fortran_order": False, "shape": shape})
    head = head.ljust(117) + "\n"
    open(name, "wb").write(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) +
                           head.encode() + data)
n, k = len(rows), len(rows[0])
save("bits.npy", "|u1", (n, k), bytes(int(c) for r in rows for c in r))
words = [int(r[::-1], 2) for r in rows]
save("big.npy", ">i4", (n,), b"".join(struct.pack(">i", w) for w in words))
save("wide.npy", "<i2", (1,), struct.pack("<h", -1))
save("two.npy", "|u1", (1, k), bytes([2] * k))
save("real.npy", "<f4", (1,), struct.pack("<f", 1))
save("short.npy", "|u1", (1, k - 1), bytes(k - 1))'
for file in bits big; do
    ok "of $file.npy" status 0 bitgrove near --codes $file.npy -k 1 \
        --format json c.bg
    ok "the same of $file.npy" cmp out first
done
for file in wide two real short; do
    ok "not of $file.npy" status 2 bitgrove near --codes $file.npy c.bg
    ok "which is named with $file.npy" says err "$file.npy.*(row 0|\(n, 14\))"
done
printf '0101\n' >short.txt
ok "a short code" status 2 bitgrove near --codes short.txt c.bg
ok "is named with its line" says err 'short.txt: line 1: 4 digits'
printf '01010101010101\000\n' >nul.txt
ok "a NUL" status 2 bitgrove near --codes nul.txt c.bg
: >empty.txt
ok "no codes" status 2 bitgrove near --codes empty.txt c.bg
ok "no file" status 2 bitgrove near --codes none.txt c.bg

# ---- images in lists ----
printf '3, 7\n11-13\n' >ids.txt
ok "ids of a file" status 0 bitgrove near --images @ids.txt,1 -k 1 \
    --format csv c.bg
ok "in order" sh -c \
    'test "$(sed 1d out | cut -d, -f1 | tr "\n" " ")" = "1 3 7 11 12 13 "'
ok "all" status 0 bitgrove near --images all -k 1 c.bg
ok "says how many" says out '^300 queries, 300 neighbours$'
ok "no such image" status 1 bitgrove near --images 1,301 c.bg
ok "is named" says err '--images: image 301 '
ok "a range of none" status 1 bitgrove near --images 400-500 c.bg
for bad in '' ',' 1-0 x 1x 1- -1 @none.txt; do
    ok "no list: '$bad'" status 2 bitgrove near --images "$bad" c.bg
done

# ---- what does not go together ----
ok "two lists" status 2 bitgrove near --images 1 --codes codes.txt c.bg
ok "a page of many" status 2 bitgrove near --images 1,2 --after 1,2,3 c.bg
for bad in 1 1,2 1,2,3,4 1,2,x -1,2,3 ''; do
    ok "no place: '$bad'" status 2 bitgrove near --image 1 --after "$bad" c.bg
done
ok "a page behind the last" status 1 bitgrove near --image 1 --after 65,0,0 \
    c.bg
ok "a table" status 0 bitgrove near --image 5 --radius 6 -k 4 c.bg
ok "counts what matches" says out \
    '^k=4, [0-9]+ at distance .* [0-9]+; [0-9]+ match in all; .*--after'
finish
