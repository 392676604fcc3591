# torchvision's ResNet18, random weights, exported to ONNX by PyTorch: opsets 7
# to 17, constants folded or not, batch norm folded or not. What they make of
# two pictures, and through the commands of JPEGs, is compared with PyTorch and
# torchvision's transforms. Nothing is timed. BENCH_JPEGS as for checkpoints.
onnx_resnet18() {
    photographs || return 0
    tr '\n' '\0' <"$work/jpegs" |
        xargs -0 "$python" "$bench/onnx-resnet18.py" "$work" >"$work/log" 2>&1 ||
        { cat "$work/log"; return 1; }
    for file in "$work"/resnet18-*.onnx; do
        "$build/../unit/test-onnx" "$file" "$work/x.npy" "$work/y.npy" \
            >"$work/out" || { cat "$work/out"; return 1; }
        sed -n "s/^ok 4 -/# $(basename "$file" .onnx):/p" "$work/out"
    done
    c=$work/c.bitgrove file=$work/resnet18-11-folded-preserve.onnx
    layer=$("$python" - "$file" <<'END'
import re, sys
print(re.findall(rb"[\w./]*GlobalAveragePool[\w./]*_output_0",
                 open(sys.argv[1], "rb").read())[0].decode())
END
    ) || return 1
    set -- "$c" "$file" --quiet --mean 0.485,0.456,0.406 \
        --deviation 0.229,0.224,0.225
    bitgrove import -q --size 224 --resize 256 --exact --split train \
        "$c" "$work/list.tsv" &&
        bitgrove features "$@" -o "$work/ours-logits.npy" &&
        bitgrove features "$@" --layer "$layer" -o "$work/ours-layer.npy" ||
        return 1
    "$python" - "$work" <<'END'
import sys
import numpy
work, bad = sys.argv[1], False
for name in ("logits", "layer"):
    ours = numpy.load(f"{work}/ours-{name}.npy")
    want = numpy.load(f"{work}/{name}.npy")
    off = abs(ours.reshape(want.shape) - want).max() / abs(want).max()
    print(f"# {len(want)} JPEGs, import and features, {name}: "
          f"off by {off:.2g} of the largest")
    bad |= not off <= 1e-3
sys.exit(bad)
END
}
if "$python" -c 'import torchvision' 2>/dev/null; then
    onnx_resnet18
else
    echo "bench $name skipped: there is no python3-torchvision"
fi
