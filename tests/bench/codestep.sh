# Rows a second of a step of learning codes from features in memory, beside the
# whole step in PyTorch, and beside OpenBLAS multiplying the same shapes in
# floats without doing anything else.
for phase in codebook instance; do
    rm -f "$work/ours" "$work/peer"
    alternate "$name-$phase-sgemm" rows/s \
        "'$build/bench-codestep' ours $phase" \
        "'$build/bench-codestep' sgemm $phase"
    if "$python" -c 'import torch' 2>/dev/null; then
        rm -f "$work/ours" "$work/peer"
        alternate "$name-$phase-pytorch" rows/s \
            "'$build/bench-codestep' ours $phase" \
            "'$python' '$bench/codestep-peer.py' $phase"
    else
        echo "bench $name-$phase-pytorch skipped: there is no python3-torch"
    fi
done
