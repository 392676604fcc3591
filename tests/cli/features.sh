#!/bin/sh
# Features from import to near: files of half precision, labels, archives; a
# file that is moved, changed, cut off; NaN; a catalogue of the first schema.
. "${top_srcdir:-.}/tests/cli/lib.sh"

python3 - <<'END' || { echo "1..0 # SKIP no python3"; exit 0; }
import random, struct, zipfile

random.seed(1)
D, L = 24, 5
means = [[random.gauss(0, 1.5) for _ in range(D)] for _ in range(L)]

def npy(descr, shape, body):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (
        descr, shape)
    return (b"\x93NUMPY\x01\0" + struct.pack("<H", 118)
            + head.ljust(117).encode() + b"\n" + body)

def halves(rows):
    return npy("<f2", (len(rows), D),
               b"".join(struct.pack("<%de" % D, *r) for r in rows))

def draw(n):
    labels = [random.randrange(L) for _ in range(n)]
    return labels, [[m + random.gauss(0, 1) for m in means[y]] for y in labels]

y, x = draw(600)
open("train-features.npy", "wb").write(halves(x))
open("train-labels.npy", "wb").write(
    npy("<i8", "(600,)", struct.pack("<600q", *y)))
x[77][3] = float("nan")
open("nan.npy", "wb").write(halves(x))
y, x = draw(120)
with zipfile.ZipFile("test.npz", "w") as z:
    z.writestr("features.npy", halves(x))
    z.writestr("labels.npy", npy("|u1", "(120,)", bytes(y)))
open("ood.npy", "wb").write(
    halves([[random.gauss(0, 4) for _ in range(D)] for _ in range(50)]))
open("swapped.npy", "wb").write(npy(">f2", (1, D), bytes(2 * D)))
END

ok "features with labels beside them" \
    status 0 bitgrove import --name toys c.bg train-features.npy
ok "their number is said" says out "5 classes; imported 600 train"
ok "an archive, split by its name" \
    status 0 bitgrove import --dataset toys c.bg test.npz
ok "outliers" status 0 bitgrove import --dataset toys c.bg ood.npy
ok "info says what they are" status 0 bitgrove info c.bg
ok "vectors and their length" says out "toys: vectors of 24"
ok "and in JSON" status 0 bitgrove info --format json c.bg
ok "by kind" json 'it["datasets"][0]["kind"] == "vectors"'
ok "nothing was copied" test "$(cat c.bg* | wc -c)" -lt 600000
ok "the same again is refused" \
    status 2 bitgrove import --dataset toys c.bg ood.npy
ok "as imported already" says err "already, imported from"
ok "the other byte order is refused" \
    status 2 bitgrove import --split ood --dataset toys c.bg swapped.npy
ok "with the remedy" says err "newbyteorder"

ok "learning" status 0 bitgrove learn c.bg --bits 6 --epochs 3,3 --threads 1 \
    --name one
ok "the encoder is linear" sh -c \
    '"$1" eval --model one c.bg | grep -q "one: linear, 6 bits"' - \
    "$build/bitgrove"
ok "with two threads" status 0 bitgrove learn c.bg --bits 6 --epochs 3,3 \
    --threads 2 --name two
for model in one two; do
    bitgrove export --model $model c.bg codes --format csv >$model.csv
    bitgrove export --model $model c.bg margins -o $model.npy
done
ok "the same codes" cmp one.csv two.csv
ok "and margins" cmp one.npy two.npy
ok "they are good" sh -c \
    '"$1" eval --format json c.bg >out' - "$build/bitgrove"
ok "to tell classes apart" json 'it["instance"]["mhd"] > 0.8'

ok "neighbours of an image" status 0 bitgrove near --image 601 -k 3 c.bg
ok "of a row of a file" \
    status 0 bitgrove near --file ood.npy:7 --format json -k 5 c.bg
code=$(python3 -c 'import json; print(json.load(open("out"))["query"]["code"])')
stored=$(awk -F, '$1 == 728 { print $4 }' one.csv)
ok "which has the code of its image" test "$code" = "$stored"
ok "a row that is none" status 2 bitgrove near --file ood.npy:50 c.bg
ok "is said" says err "rows 0 to 49"
ok "the page of an image" status 0 bitgrove image c.bg 5
ok "has no picture" says out "^margins"
ok "the page of a class" status 0 bitgrove class c.bg 2
ok "the tree" status 0 bitgrove tree c.bg
ok "codes again" status 0 bitgrove encode --split test c.bg
ok "all of it is sound" status 0 bitgrove check c.bg

python3 - <<'END'
import random, struct
D, n = 1000, 64
head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }"
def npy(path, descr, shape, body):
    with open(path, "wb") as f:
        f.write(b"\x93NUMPY\x01\0" + struct.pack("<H", 118)
                + (head % (descr, shape)).ljust(117).encode() + b"\n" + body)
npy("long-features.npy", "<f4", (n, D), struct.pack(
    "<%df" % (n * D), *(random.gauss(i // D % 2, 1) for i in range(n * D))))
npy("long-labels.npy", "<i4", "(%d,)" % n,
    struct.pack("<%di" % n, *(i % 2 for i in range(n))))
END
ok "long vectors" \
    status 0 bitgrove import --split train long.bg long-features.npy
for model in long given; do
    rates=
    [ $model = long ] || rates="--lr 0.25,0.25"
    ok "$model: learnt" status 0 bitgrove learn long.bg --name $model \
        --bits 4 --epochs 1,1 $rates
    ok "$model: as a file" \
        status 0 bitgrove export --model $model long.bg model -o $model.st
done
ok "rates go with 1/d" grep -q '0.1,0.2,0.2' long.st
ok "unless they are given" grep -q '0.1,0.25,0.25' given.st

mkdir moved && mv train-features.npy moved/
ok "the file is gone" status 2 bitgrove learn --bits 6 --epochs 1,1 c.bg
ok "which is said" says err "train-features.npy is gone"
ok "with what is expected" says err "600 rows of 24 f2 numbers, 28928 bytes"
ok "and what to do" says err "--split train --dataset toys"
ok "neighbours don't need it" status 0 bitgrove near --image 5 c.bg
ok "import from where it is" status 0 bitgrove import --split train \
    --labels train-labels.npy --dataset toys c.bg moved/train-features.npy
ok "adds nothing" says out "imported 0 train"
ok "and learning goes on" status 0 bitgrove encode --split train c.bg
ok "the files are looked at" status 0 bitgrove check c.bg
touch -d 2001-01-01 moved/train-features.npy
ok "a touched file is noticed" status 3 bitgrove check c.bg
ok "and named" says out "train-features.npy .train. was changed since"
ok "a touched file is the same" status 0 bitgrove encode --split train c.bg
printf 'X' | dd of=moved/train-features.npy bs=1 seek=5000 conv=notrunc 2>/dev/null
ok "a changed one is not" status 2 bitgrove encode --split train c.bg
ok "which is said" says err "its content is another"
truncate -s 20000 moved/train-features.npy
ok "nor one that was cut off" status 2 bitgrove encode --split train c.bg
ok "which is said" says err "its size is another"
ok "the tree is still there" status 0 bitgrove tree c.bg

ok "a NaN is imported" status 0 bitgrove import --split train \
    --labels train-labels.npy n.bg nan.npy
ok "and found when learning begins" status 2 bitgrove learn --bits 4 n.bg
ok "with its place" says err "row 77 of the training vectors, column 3"

# A catalogue of the first schema, with an image in it.
python3 - "$source/db/migrations/0001-first.sql" <<'END'
import sqlite3, sys
db = sqlite3.connect("old.bg")
db.executescript(open(sys.argv[1]).read())
db.execute("INSERT INTO dataset VALUES (1, 'pictures', 3, 2, 2, 5)")
db.execute("INSERT INTO class VALUES (1, 1, 0, 'zero', '')")
db.execute("INSERT INTO source VALUES (1, 1, 'train', '/x', '00', 1, 5)")
db.execute("INSERT INTO image VALUES (1, 1, 'train', 1, 1, 0)")
db.execute("INSERT INTO tally VALUES (1, 'train', 1, 1)")
db.execute("INSERT INTO pixels VALUES (1, zeroblob(12))")
db.commit()
END
ok "it takes features" status 0 bitgrove import --name toys old.bg ood.npy
ok "a copy is kept" test -f old.bg.v1.bak
ok "what it held is there" status 0 bitgrove info --format json old.bg
ok "as it was" json '[(d["name"], d["kind"], d["channels"])
    for d in it["datasets"]] == [("pictures", "images", 3),
                                 ("toys", "vectors", 24)]'
ok "and sound" status 0 bitgrove check old.bg

echo "1..$number"
