# Images a second, forward and backward, of the encoder that the demo learns:
# ours and PyTorch on the same shapes, all processors. Then the products a
# second of it beside those of the kernels on data that never leaves the cache.
encoder=${name#train-}
if "$python" -c 'import torch' 2>/dev/null; then
    alternate "$name" images/s "'$build/bench-resnet8' train $encoder" \
        "'$python' '$bench/resnet8-peer.py' train $encoder"
    "$build/bench-resnet8" peak >"$work/peak"
    "$build/bench-resnet8" products $encoder >"$work/products"
    awk -v rate="$(median "$work/ours")" '{ print rate * $1 }' \
        "$work/products" >"$work/reached"
    result "$name-peak" "$work/reached" "$work/peak" GMAC/s
else
    echo "bench $name skipped: there is no python3-torch"
fi
