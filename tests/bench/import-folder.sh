# A folder of rendered pictures, four JPEGs of 500 x 375 to a PNG: imported by
# all processors, beside a plain loop of libjpeg on one that decodes the JPEGs;
# then the same folder again, beside a twentieth of the first time.
# BENCH_PICTURES: how many, 10000 unless given.
import_folder() {
    pictures=${BENCH_PICTURES:-10000}
    tool=$build/bench-import folder=$work/folder
    "$tool" make "$folder" "$pictures" || return 1
    "$tool" read "$folder" "$pictures" >/dev/null
    peer=$("$tool" read "$folder" "$pictures")
    began=$(date +%s.%N)
    bitgrove import -q --holdout 0 "$work/c.bitgrove" "$folder" >/dev/null ||
        return 1
    between=$(date +%s.%N)
    bitgrove import -q --holdout 0 "$work/c.bitgrove" "$folder" >/dev/null ||
        return 1
    awk -v name="$1" -v n="$pictures" -v peer="$peer" -v a="$began" \
        -v b="$between" -v c="$(date +%s.%N)" 'BEGIN {
        printf "bench %s ours=%.4g peer=%.4g ratio=%.2f unit=images/s\n",
               name, n / (b - a), peer, n / (b - a) / peer
        printf "bench %s-again ours=%.4g peer=%.4g ratio=%.2f unit=s\n",
               name, c - b, (b - a) / 20, (b - a) / 20 / (c - b)
    }'
}
import_folder "$name"
