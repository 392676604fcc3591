#!/bin/sh
# Features of images by a network in ONNX. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

onnx=$source/tests/golden/onnx

python3 - <<'END' || exit 1
import struct
n, side = 23, 12
for name, s in (("small", side), ("large", 16)):
    with open(name + "-images-idx4-ubyte", "wb") as f:
        f.write(struct.pack(">HBB4I", 0, 8, 4, n, s, s, 3))
        f.write(bytes(i * i // 7 % 256 for i in range(n * 3 * s * s)))
    with open(name + "-labels-idx1-ubyte", "wb") as f:
        f.write(struct.pack(">HBBI", 0, 8, 1, n))
        f.write(bytes(i % 5 for i in range(n)))
END
for size in small large; do
    ok "pictures" status 0 bitgrove import $size.bitgrove \
        $size-images-idx4-ubyte --labels $size-labels-idx1-ubyte \
        --split train --name $size
done
for threads in 1 2; do
    ok "features" status 0 bitgrove features small.bitgrove \
        "$onnx/small.onnx" --threads $threads -o $threads-features.npy \
        --labels $threads-labels.npy --quiet
done
ok "the same with two threads" cmp 1-features.npy 2-features.npy
ok "a row of 4 an image" grep -aq "'shape': (23, 4)" 1-features.npy
ok "they are features" status 0 bitgrove import f.bitgrove 1-features.npy \
    --labels 1-labels.npy --split train
ok "of the classes there were" says out "5 classes; imported 23 train"
ok "a layer that is none" status 2 bitgrove features small.bitgrove \
    "$onnx/small.onnx" --layer nosuch -o bad.npy
ok "is named" says err "nosuch"
ok "pictures of another size" status 2 bitgrove features large.bitgrove \
    "$onnx/small.onnx" -o bad.npy
ok "are said" says err "12x12 with 3 channels"
for file in cycle:cycle unknown:GridSample; do
    ok "$file" status 2 bitgrove features small.bitgrove \
        "$onnx/${file%:*}.onnx" -o bad.npy
    ok "is said" says err "${file#*:}"
done
ok "nothing was written" test ! -e bad.npy
finish
