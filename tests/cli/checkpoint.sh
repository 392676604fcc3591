#!/bin/sh
# Checkpoints of PyTorch become models that give PyTorch's codes. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

pth=$source/tests/golden/pth

# The pictures of tests/golden/checkpoints.py, and 20 more, of five classes.
python3 - <<'END' || exit 1
import struct
n, side = 23, 16
pixels = bytearray(n * 3 * side * side)
for i in range(n):
    for c in range(3):
        for p in range(side * side):
            j = (i * 3 + c) * side * side + p
            pixels[(i * side * side + p) * 3 + c] = (j * j // 7 + 31 * j) % 256
with open("train-images-idx4-ubyte", "wb") as f:
    f.write(struct.pack(">HBB4I", 0, 8, 4, n, side, side, 3) + pixels)
with open("train-labels-idx1-ubyte", "wb") as f:
    f.write(struct.pack(">HBBI", 0, 8, 1, n) + bytes(i % 5 for i in range(n)))
END
ok "pictures" status 0 bitgrove import c.bitgrove \
    train-images-idx4-ubyte --split train --name small
ok "a checkpoint with codes" status 0 bitgrove import-model c.bitgrove \
    "$pth/llc.pth.gz" --name one --format json
ok "what it is" json 'it["encoder"] == "resnet8" and it["bits"] == 7 and
it["baseline"] == "none"'
ok "the second phase's needs a codebook" status 2 bitgrove import-model \
    c.bitgrove "$pth/llc-two.pth.gz"
ok "which is said" says err '--codebook'
ok "with one" status 0 bitgrove import-model c.bitgrove \
    "$pth/llc-two.pth.gz" --codebook "$pth/llc-codebook.npy" --name two
for model in one two; do
    ok "encode" status 0 bitgrove encode c.bitgrove --model $model
    bitgrove export c.bitgrove codes --model $model --format csv \
        --output $model.csv
    bitgrove export c.bitgrove codebook --model $model --output $model.npy
done
ok "the same codes" cmp one.csv two.csv
ok "PyTorch's codes" python3 - "$pth/small-margins.npy" one.csv <<'END'
import csv, struct, sys
data = open(sys.argv[1], "rb").read()
z = struct.unpack("<21f", data[-84:])
want = ["".join("01"[v >= 0] for v in z[i * 7:i * 7 + 7]) for i in range(3)]
got = [row["code"] for row in csv.DictReader(open(sys.argv[2]))][:3]
sys.exit(got != want)
END
ok "its codebook" cmp two.npy one.npy
ok "a classifier" status 0 bitgrove import-model c.bitgrove \
    "$pth/small-old.pth.gz" --arch resnet8 --mean 0.485,0.456,0.406 \
    --deviation 0.229,0.224,0.225 --format json
ok "is a baseline" json 'it["baseline"] == "ordinary"'
ok "further learning" status 0 bitgrove learn c.bitgrove --from one \
    --encoder resnet8 --bits 4 --epochs 1,1,1 --lr 0,0,0 --batch 8 \
    --weight-decay 0 --name further --quiet
for model in one further; do
    ok "its file" status 0 bitgrove export c.bitgrove model --model $model \
        --output $model.safetensors
done
ok "begins with its weights" python3 - one.safetensors further.safetensors \
    <<'END'
import json, struct, sys
def read(path):
    data = open(path, "rb").read()
    n, = struct.unpack("<Q", data[:8])
    begin, end = json.loads(data[8:8 + n])["layer3.0.conv2.weight"][
        "data_offsets"]
    return data[8 + n + begin:8 + n + end]
sys.exit(read(sys.argv[1]) != read(sys.argv[2]))
END
ok "another network" status 2 bitgrove learn c.bitgrove --from one \
    --encoder resnet14 --epochs 1,1,1 --quiet
ok "which is said" says err 'give --encoder and --width'
ok "a mean too few" status 2 bitgrove import-model c.bitgrove \
    "$pth/small.pth.gz" --mean 0.5,0.5
ok "which is said" says err '--mean: give 3 numbers'

for file in pth/system.pth pth/system-old.pth pth/whole.pth pth/bomb.pth; do
    ok "$file is refused" status 2 bitgrove import-model c.bitgrove \
        "$source/tests/golden/$file"
    sed 's/^/# /' err
done
ok "nothing was run" test ! -e evil-was-here
ok "a codebook of Python's objects" status 2 bitgrove import-model c.bitgrove \
    "$pth/llc-two.pth.gz" --codebook "$source/tests/golden/npy/object.npy"
bitgrove export c.bitgrove codes --model one --format csv --output after.csv
ok "the codes are as before" cmp one.csv after.csv
ok "and the models" status 0 bitgrove info c.bitgrove --format json
ok "four" json 'len(it["models"]) == 4'
finish
