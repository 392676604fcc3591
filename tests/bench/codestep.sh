# Rows a second of a step of learning codes from features in memory, beside
# OpenBLAS multiplying the same shapes in floats without doing anything else, and
# beside the whole step in PyTorch; in turns, all processors.
peers=sgemm
if "$python" -c 'import torch' 2>/dev/null; then
    peers="sgemm pytorch"
else
    echo "bench $name-pytorch skipped: there is no python3-torch"
fi

codestep() {
    tool=$build/bench-codestep
    for phase in codebook instance; do
        i=0
        while [ "$i" -lt "$rounds" ]; do
            "$tool" ours $phase >>"$work/$phase-ours" &&
                "$tool" sgemm $phase >>"$work/$phase-sgemm" || return 1
            case $peers in
            *pytorch) "$python" "$bench/codestep-peer.py" $phase \
                >>"$work/$phase-pytorch" || return 1 ;;
            esac
            i=$((i + 1))
        done
        for peer in $peers; do
            result "$name-$phase-$peer" "$work/$phase-ours" \
                "$work/$phase-$peer" rows/s
        done
    done
}
codestep
