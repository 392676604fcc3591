# Features from a mapped file: import, one epoch of each phase, codes of all.
# BENCH_FEATURES="N D L" for another size than 1280000 2048 1000; the files
# are made in $TMPDIR. The peer of the epochs is a plain loop that reads the
# file once, by all processors; of memory 4 GB.
set -- ${BENCH_FEATURES:-1280000 2048 1000}
rows=$1 width=$2 classes=$3
say() {
    awk -v name="$1" -v ours="$2" -v peer="$3" -v ratio="$4" -v unit="$5" \
        'BEGIN { printf "bench %s ours=%.4g peer=%.4g ratio=%.2f unit=%s\n",
                        name, ours, peer, ratio, unit }'
}
calc() { awk "BEGIN { printf \"%.10g\", $* }"; }
seconds() { date +%s.%N; }

features_1m() {
    tool=$build/bench-features cat=$work/features.bitgrove
    file=$work/train-features.npy
    "$tool" make "$work" "$rows" "$width" "$classes" || return 1
    "$tool" read "$file" >/dev/null
    plain=$("$tool" read "$file")
    peak=$(calc "$("$tool" peak) * $(nproc)")

    # whichever worker is started notes its number, to be asked how much
    # memory it took
    printf '#!/bin/sh\necho $$ >>"%s"\nexec bitgrove-worker "$@"\n' \
        "$work/workers" >"$work/worker"
    chmod +x "$work/worker"
    export BITGROVE_WORKER="$work/worker"

    began=$(seconds)
    bitgrove import -q "$cat" "$file" || return 1
    imported=$(seconds)
    bitgrove import -q "$cat" "$work/test-features.npy" || return 1
    say "$name-import" "$(calc "$imported - $began")" 60 \
        "$(calc "60 / ($imported - $began)")" s

    began=$(seconds)
    bitgrove learn -q "$cat" --bits 20 --epochs 1,1 >"$work/log" || return 1
    learnt=$(calc "$(seconds) - $began")
    memory=0
    for worker in $(cat "$work/workers"); do
        took=$(awk '/VmHWM/ { print $2 * 1024 }' "/proc/$worker/status")
        [ "${took:-0}" -le "$memory" ] || memory=$took
    done 2>/dev/null
    unset BITGROVE_WORKER

    bitgrove jobs "$cat" --log 3 >"$work/log"
    for phase in codebook instance; do
        rate=$(sed -n "s|.*$phase epoch.* \([0-9]*\) images/s.*|\1|p" \
            "$work/log")
        bytes=$(calc "$rate * $width * 2")
        say "$name-$phase-bytes" "$bytes" "$plain" \
            "$(calc "$bytes / $plain")" bytes/s
        # z and its gradient, logits and theirs twice
        macs=$(calc "$rate * (2 * $width * 20 + 3 * 20 * $classes)")
        say "$name-$phase-products" "$macs" "$peak" \
            "$(calc "$macs / ($peak + 1)")" MAC/s
        learnt=$(calc "$learnt - $rows / $rate")
    done
    say "$name-rest" "$learnt" 60 "$(calc "60 / $learnt")" s
    for figure in top-1 MHD ED; do
        value=$(sed -n "s|.*instance epoch.*[ ,]$figure \([0-9.]*\).*|\1|p" \
            "$work/log" | tail -n 1)
        say "$name-$figure" "$value" 1 "$value" share
    done
    for what in "tree" "near --image 1"; do
        began=$(seconds)
        bitgrove $what "$cat" >"$work/out" || return 1
        took=$(calc "$(seconds) - $began")
        say "$name-${what%% *}" "$took" 1 "$(calc "1 / $took")" s
    done
    say "$name-memory" "$memory" 4e9 "$(calc "4e9 / $memory")" bytes
}
features_1m
