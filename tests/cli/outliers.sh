#!/bin/sh
# bitgrove outliers over pictures, with copies planted, and over vectors.
# Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

# The command, whether it finds something (0) or not (1), into ./out.
looks()
{
    got=0
    env "$@" >out 2>err </dev/null || got=$?
    [ "$got" -le 1 ]
}

mkdir shapes
"$build/tests/make-images" shapes 4 40 12 || exit 1
printf '0\t\033[31mred\tshape/bar\n1\tcross "x", y\tshape/\302\233cross\n' \
    >shapes/classes.tsv
printf '2\tdisc \342\200\256fdp\tshape/disc\n3\t\320\226\tshape/frame\n' \
    >>shapes/classes.tsv
ok "pictures" status 0 bitgrove import c.bitgrove shapes --name shapes
ok "the test pictures again, as outliers" status 0 bitgrove import c.bitgrove \
    --dataset shapes --split ood shapes/t10k-images-idx3-ubyte

# ---- without a model ----
ok "unknown codes need a model" status 1 bitgrove outliers c.bitgrove
ok "says what is first" says err 'bitgrove learn'
ok "duplicates do not" status 0 bitgrove outliers c.bitgrove \
    --kind duplicates --pixels 0 --limit 0 --format json
ok "each copy is found" json 'it["model"] is None and it["looked"] == 276 and
it["found"] == it["given"] == len(it["rows"]) >= 48 and
all(r["exact"] and r["pixels"] == 0 and r["distance"] is None
    for r in it["rows"]) and
sum(r["split"] == "ood" and r["of_split"] != "ood" for r in it["rows"]) == 48'
ok "of one split there may be none" looks "$build/bitgrove" outliers \
    c.bitgrove -k duplicates --pixels 0 --split ood --format json
ok "and no other is looked at" json 'it["looked"] == 68 and
it["splits"] == ["ood"] and all(r["of_split"] == "ood" for r in it["rows"])'

# ---- with one ----
ok "learn" status 0 bitgrove learn c.bitgrove --bits 6 --epochs 1,2,2 \
    --batch 8 --seed 3 --name first --quiet
for kind in unknown mistakes duplicates classes confused; do
    set -- "$build/bitgrove" outliers c.bitgrove --kind $kind
    ok "$kind as JSON" looks "$@" --limit 0 --format json
    ok "$kind: all that were found" json 'it["kind"] == "'$kind'" and
it["found"] == it["given"] == len(it["rows"])'
    ok "$kind escapes names in JSON" harmless out
    ok "$kind as a table" looks "$@"
    ok "$kind escapes names" harmless out
    ok "$kind as CSV" looks "$@" --format csv
    ok "$kind escapes names in CSV" harmless out
    ok "$kind in 40 columns, without a locale" looks LC_ALL=C COLUMNS=40 "$@"
    ok "$kind is then ASCII" sh -c "! LC_ALL=C grep -q '[^ -~]' out"
done
ok "duplicates" status 0 bitgrove outliers c.bitgrove -k duplicates -n 0 \
    --format json
ok "have equal codes where pixels are" json 'it["radius"] == 2 and
it["tolerance"] == 12 and it["crowded"] == 0 and
all(r["distance"] == 0 for r in it["rows"] if r["exact"]) and
all(r["distance"] <= 2 and 0 < r["pixels"] <= 12
    for r in it["rows"] if not r["exact"])'
looks "$build/bitgrove" outliers c.bitgrove --limit 0 --format json
ok "unknown ones have a distance, the farthest first" json '[r["distance"]
for r in it["rows"]] == sorted((r["distance"] for r in it["rows"]),
reverse=True) and all(r["distance"] == len(r["differs"]) > 0
for r in it["rows"])'
bitgrove eval c.bitgrove --format json >eval.json
looks "$build/bitgrove" outliers c.bitgrove --limit 0 --split test --format json
ok "none of them is decoded exactly by eval" json 'json.load(
open("eval.json"))["instance"]["ed"] <= 1 - it["found"] / 48 + 1e-9'
looks "$build/bitgrove" outliers c.bitgrove --kind mistakes -n 0 --format json
ok "mistakes lead, and have a class" json 'all(r["lead"] > 0 and
r["class"] not in (None, r["decoded"]) for r in it["rows"])'
looks "$build/bitgrove" outliers c.bitgrove --kind confused -n 0 --format json
ok "confusions are counted over test images" json 'it["splits"] == ["test"] and
it["looked"] == 48 and all(0 < r["a_as_b"] + r["b_as_a"] and
r["a_as_b"] <= r["a_images"] == 12 for r in it["rows"])'
ok "a limit" status 0 bitgrove outliers c.bitgrove -k duplicates -n 3 \
    --format json
ok "is kept, and told" json 'len(it["rows"]) == it["given"] == 3 < it["found"]'
ok "of a class" status 0 bitgrove outliers c.bitgrove -k duplicates \
    --class 0 -n 0 --format json
ok "one of the two is" json 'all("red" in (str(r["class"]) + str(r["of_class"]))
for r in it["rows"]) and it["found"] >= 12'

# ---- what can't be ----
ok "a kind there is not" status 2 bitgrove outliers c.bitgrove --kind odd
ok "names those there are" says err 'unknown, mistakes, duplicates'
ok "a split there is not" status 2 bitgrove outliers c.bitgrove --split odd
ok "a class there is not" status 1 bitgrove outliers c.bitgrove --class nobody
ok "pixels beyond 255" status 2 bitgrove outliers c.bitgrove --pixels 256
ok "pixels that are no number" status 2 bitgrove outliers c.bitgrove --pixels x
ok "a limit below 0" status 2 bitgrove outliers c.bitgrove --limit -1
ok "a catalogue that is none" status 2 bitgrove outliers nothing.bitgrove
ok "a baseline without codes" status 0 bitgrove learn c.bitgrove --bits 6 \
    --epochs 1,1,1 --batch 32 --baseline ordinary --quiet
ok "has no outliers" status 2 bitgrove outliers c.bitgrove \
    --model shapes-6-ordinary

# ---- vectors ----
python3 - <<'END'
import random, struct

random.seed(1)
rows = [[random.gauss(2 * (i % 3 == k % 3), 1) for k in range(12)]
        for i in range(90)]
rows += rows[:10]
def npy(descr, shape, body):
    head = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (
        descr, shape)
    return (b"\x93NUMPY\x01\0" + struct.pack("<H", 118)
            + head.ljust(117).encode() + b"\n" + body)
open("train-features.npy", "wb").write(npy("<f4", (100, 12), b"".join(
    struct.pack("<12f", *r) for r in rows)))
open("train-labels.npy", "wb").write(npy("<i8", "(100,)", struct.pack(
    "<100q", *[i % 90 % 3 for i in range(100)])))
END
ok "vectors, ten of them twice" status 0 bitgrove import v.bitgrove \
    train-features.npy --name toys
ok "need a model" status 1 bitgrove outliers v.bitgrove --kind duplicates
ok "and say so" says err 'bitgrove learn'
ok "learn them" status 0 bitgrove learn v.bitgrove --bits 12 --epochs 2,2 \
    --quiet
ok "duplicates of vectors" status 0 bitgrove outliers v.bitgrove \
    --kind duplicates -n 0 --format json
ok "are those" json '[(r["id"], r["of"]) for r in it["rows"]
if r["id"] > 90] == [(91 + i, 1 + i) for i in range(10)] and
all(r["exact"] and r["pixels"] is None for r in it["rows"])'
ok "in a table" status 0 bitgrove outliers v.bitgrove --kind duplicates
for kind in unknown mistakes classes confused; do
    ok "$kind of vectors" looks "$build/bitgrove" outliers v.bitgrove \
        --kind $kind --format json
    ok "$kind were looked for" json 'it["looked"] == 100'
done
printf '%s\n' 'type o' 'type 3' 'wait equal margins' >script
ok "the view shows them" status 0 env BITGROVE_SCRIPT="$place/script" \
    BITGROVE_SIZE=80x24 BITGROVE_THEMES="$source/themes" \
    "$build/bitgrove" v.bitgrove

# ---- the view says the same ----
cat >compare.py <<'END'
"""Compares what the view shows, saved by its keys, with what the command
prints: how many there are, how many were looked at, and every row on screen."""
import json, re, sys

kind, place = sys.argv[1], ["unknown", "mistakes", "duplicates", "classes",
                            "confused"].index(sys.argv[1])
it = json.load(open(kind + ".json"))
lines = open("view-" + kind).read().splitlines()
number = re.findall(r"[A-Z][a-z]+ (\d+)", lines[1].split(" 1 ")[-1])[place]
assert int(number) == it["found"], (number, it["found"])
if it["found"] == 0:
    assert any("There is none" in l for l in lines), lines
    sys.exit()
assert re.search(r"(\d+) (test )?images", lines[3]).group(1) == str(
    it["looked"]), lines[3]
rows = [l.split("\u2502")[0].split() for l in lines[5:-1]]
rows = [r for r in rows if r]
assert len(rows) == min(it["found"], len(lines) - 6), (len(rows), it["found"])


def words(row):
    """What the view writes of a row, in the order of its columns."""
    def name(c):
        return (c or "none").replace("\x1b", "\\e").replace(
            "\u202e", "\\u{202e}").split()
    if kind in ("classes", "confused"):
        return [str(row["distance"])] + name(row["a"]) + name(row["b"]) + [
            str(row["a_as_b"]), str(row["b_as_a"])]
    if kind == "duplicates":
        first = "same" if row["exact"] else "%.1f" % row["pixels"]
        return [first] + name(row["class"]) + name(row["of_class"]) + [
            str(row["id"]), row["split"]]
    first, margin = (("distance", "margin") if kind == "unknown"
                     else ("lead", "margin_lead"))
    return [str(row[first])] + name(row["class"]) + name(row["decoded"]) + [
        "%.2f" % row[margin], str(row["id"]), row["split"]]


for seen, row in zip(rows, it["rows"]):
    assert seen == words(row), (seen, words(row))
END
{
    echo 'size 160x60'
    echo 'type o'
    n=0
    for kind in unknown mistakes duplicates classes confused; do
        n=$((n + 1))
        echo "type $n"
        echo ":save-display view-$kind"
    done
    echo ':images'
    echo ':filter unknown'
    echo ':save-display view-images'
} >script
model=$("$build/bitgrove" info c.bitgrove --format json | python3 -c 'import json
import sys
print(json.load(sys.stdin)["models"][0]["name"])')
sed -i "1i :model $model" script
ok "all sections of the view" status 0 env BITGROVE_SCRIPT="$place/script" \
    BITGROVE_SIZE=160x60 BITGROVE_THEMES="$source/themes" \
    "$build/bitgrove" c.bitgrove
echo 'wait only test unknown' >script
ok "--goto opens the link of a view" status 0 env BITGROVE_SCRIPT="$place/script" \
    BITGROVE_SIZE=80x24 BITGROVE_THEMES="$source/themes" \
    "$build/bitgrove" --goto 'bitgrove:images?filter=unknown%20test' c.bitgrove
ok "and refuses one it can't" status 2 env BITGROVE_SCRIPT="$place/script" \
    BITGROVE_SIZE=80x24 BITGROVE_THEMES="$source/themes" \
    "$build/bitgrove" --goto 'bitgrove:images?filter=colour%3Dred' c.bitgrove
for kind in unknown mistakes duplicates classes confused; do
    "$build/bitgrove" outliers c.bitgrove --model "$model" --kind $kind -n 0 \
        --format json >$kind.json
    ok "$kind: the view shows what the command prints" status 0 \
        python3 compare.py $kind
done
ok "as many images pass the filter unknown" status 0 python3 -c '
import json, re
found = json.load(open("unknown.json"))["found"]
line = open("view-images").read().splitlines()[1]
assert re.search(r"(\d+) of \d+ images", line).group(1) == str(found), line'
finish
