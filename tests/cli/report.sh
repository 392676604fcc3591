#!/bin/sh
# bitgrove report: pages that are whole, say what other commands say, and stay
# so whatever names and states a catalogue holds. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

page="python3 $source/tests/cli/report.py"

mkdir shapes
"$build/tests/make-images" shapes 4 30 10 || exit 1
printf '0\t<script>alert(1)</script>\tshape/"a" onload="x"\n' \
    >shapes/classes.tsv
printf '1\t</style>&amp;'"'"']]>--><!--\tshape/b\n' >>shapes/classes.tsv
printf '2\t\033]0;x\a\302\205\tshape/c\n3\t\320\226 \342\200\256\tshape/d\n' \
    >>shapes/classes.tsv
bitgrove import c.bitgrove shapes --name '<b>shapes' --quiet >/dev/null || exit 1
ok "a catalogue without a model" status 1 bitgrove report c.bitgrove
ok "says what is first" says err 'bitgrove learn'
bitgrove learn c.bitgrove --bits 11 --epochs 1,2,2 --batch 8 --seed 3 \
    --name 'first"<i>' --quiet >/dev/null || exit 1

# ---- the page ----
ok "to a file" status 0 bitgrove report c.bitgrove -o page.html
ok "without a word" test ! -s out
ok "is whole, within itself, accessible" $page whole page.html
ok "holds nothing that a terminal obeys" harmless page.html
ok "to standard output" status 0 bitgrove report c.bitgrove
ok "the same bytes" cmp out page.html
ok "to standard output by its name" status 0 bitgrove report c.bitgrove -o -
ok "the same bytes again" cmp out page.html
ok "by a model's name" status 0 bitgrove report c.bitgrove 'first"<i>'
ok "the same once more" cmp out page.html
TZ=Asia/Tokyo bitgrove report c.bitgrove >tokyo.html
ok "and elsewhere" cmp tokyo.html page.html
bitgrove eval c.bitgrove --format json >eval.json
ok "figures are those of eval" $page figures page.html eval.json
ok "hostile names are text" $page says page.html '<script>alert(1)</script>'
ok "closing tags and comments too" $page says page.html "</style>&amp;']]>--><!--"
ok "so is the model's name" $page says page.html 'first"<i>'

# ---- what bounds it ----
ok "pictures" $page pictures page.html 8 48
ok "fewer and smaller ones" status 0 bitgrove report c.bitgrove --images 2 \
    --pixels 9 -o few.html
ok "are" $page pictures few.html 2 9
ok "and the page is whole" $page whole few.html
ok "none" status 0 bitgrove report c.bitgrove --images 0 -o none.html
ok "no picture at all" $page pictures none.html 0 0
ok "whole as well" $page whole none.html
ok "a tree of all classes" $page rows page.html 4 4
ok "a folded one" status 0 bitgrove report c.bitgrove --rows 3 -o folded.html
ok "has so many rows, and all classes below" $page rows folded.html 3 4
ok "is whole too" $page whole folded.html
ok "the worst classes of more" status 0 bitgrove report c.bitgrove \
    --classes 2 --rows 2 -o short.html
ok "it says so" $page says short.html 'The 2 of 4 classes'
ok "and where the tree is" $page says short.html 'draws them'
ok "and stays whole" $page whole short.html
ok "of another cut" status 0 bitgrove report c.bitgrove --r 7 -o cut.html
bitgrove eval c.bitgrove --r 7 --format json >cut.json
ok "figures are those of eval with it" $page figures cut.html cut.json

# ---- other models ----
ok "a baseline" status 0 bitgrove learn c.bitgrove --baseline ordinary \
    --epochs 1,1,1 --batch 8 --name plain --quiet
ok "stands beside" status 0 bitgrove report c.bitgrove 'first"<i>' plain \
    -o two.html
ok "on a whole page" $page whole two.html
ok "under its name" $page says two.html plain
ok "has no report of its own" status 2 bitgrove report c.bitgrove plain
ok "which is said" says err 'no codes'

# ---- what is refused ----
ok "a model that is not there" status 1 bitgrove report c.bitgrove second
ok "two ways of naming it" status 2 bitgrove report c.bitgrove first \
    --model first
ok "too many pictures" status 2 bitgrove report c.bitgrove --images 33
ok "a place that is not there" status 2 bitgrove report c.bitgrove \
    -o nowhere/page.html
echo before >old.html
ok "an error" status 2 bitgrove report c.bitgrove --rows 1 -o old.html
ok "leaves a file as it was" grep -q before old.html
ok "and nothing beside it" test "$(find . -name 'old.html*' | wc -l)" -eq 1
ok "a file is replaced" status 0 bitgrove report c.bitgrove -o old.html
ok "as a whole" $page whole old.html

# ---- vectors, which have no pictures ----
python3 - <<'PYTHON'
import random, struct
D, N = 8, 60
random.seed(5)
def npy(name, kind, shape, body):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)
    with open(name, "wb") as f:
        f.write(b"\x93NUMPY\x01\0" + struct.pack("<H", 118)
                + head.ljust(117).encode() + b"\n" + body)
for name in ("train", "test"):
    y = [i % 3 for i in range(N)]
    x = [[random.gauss(3 * (c == d % 3), 1) for d in range(D)] for c in y]
    npy(name + "-x.npy", "<f4", (N, D),
        b"".join(struct.pack("<%df" % D, *row) for row in x))
    npy(name + "-y.npy", "<i8", (N,), struct.pack("<%dq" % N, *y))
PYTHON
for split in train test; do
    bitgrove import --split $split --labels $split-y.npy --quiet f.bitgrove \
        $split-x.npy >/dev/null || exit 1
done
bitgrove learn f.bitgrove --bits 6 --epochs 1,1,1 --quiet >/dev/null || exit 1
ok "of vectors" status 0 bitgrove report f.bitgrove -o vectors.html
ok "whole" $page whole vectors.html
ok "without pictures" $page pictures vectors.html 0 0
ok "says so" $page says vectors.html 'which have no pictures'

# ---- a model that is learning still ----
if command -v sqlite3 >/dev/null 2>&1; then
    sqlite3 c.bitgrove "INSERT INTO caption (model_id, bit, text, author,
        written_at) VALUES (1, 3, '<u>round', 'me', 1000);
        INSERT INTO note (model_id, target, item, text, author, written_at)
        VALUES (1, 'bit', '3', 'a note & more', 'me', 1000);
        UPDATE class SET name = CAST(x'41ff42' AS TEXT) WHERE number = 2" 2>err
    ok "with a caption and a note" status 0 bitgrove report c.bitgrove \
        -o noted.html
    ok "the caption" $page says noted.html '<u>round'
    ok "the note" $page says noted.html 'a note & more'
    ok "bytes that are no text" $page says noted.html 'A\xffB'
    ok "on a whole page too" $page whole noted.html
    sqlite3 c.bitgrove "UPDATE model SET state = 'learning', coded = 0
        WHERE id = 1; DELETE FROM image_code"
    ok "while it learns" status 0 bitgrove report c.bitgrove 'first"<i>' \
        -o learning.html
    ok "it says how far it is" $page says learning.html 'Still learning'
    ok "whole without codes" $page whole learning.html
fi
finish
