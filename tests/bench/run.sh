#!/bin/sh
# Runs the benchmarks named, each a script tests/bench/NAME.sh that is given
# as NAME and prints its result lines:
#     bench NAME ours=V peer=V ratio=R unit=U     ratio above 1: ours is better
#     bench NAME skipped: why
# Helpers for these scripts: rounds, median, result, photographs, alternate.
set -u
bench=${top_srcdir:-.}/tests/bench
build=${top_builddir:-.}/tests/bench
python=${PYTHON:-/usr/bin/python3}
rounds=${BENCH_ROUNDS:-5}

# The middle one of the numbers in a file, one a line.
median() {
    sort -g "$1" | awk '{ v[NR] = $1 }
        END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# result NAME OURS PEER UNIT [less]: medians of two files; "less" is better.
result() {
    awk -v name="$1" -v ours="$(median "$2")" -v peer="$(median "$3")" \
        -v unit="$4" -v less="${5-}" 'BEGIN {
        ratio = less != "" ? peer / ours : ours / peer
        printf "bench %s ours=%.4g peer=%.4g ratio=%.2f unit=%s\n",
               name, ours, peer, ratio, unit
    }'
}

# photographs: lists some JPEGs, from BENCH_JPEGS or what is below /usr, in
# $work/jpegs; false, with the line that says so, where there are none. Other
# JPEGs of packages than the large ones are drawings and icons.
photographs() {
    find "${BENCH_JPEGS:-/usr}" -xdev -name '*.jp*g' -size +16k 2>/dev/null |
        sort | head -n 40 >"$work/jpegs"
    [ -s "$work/jpegs" ] || {
        echo "bench $name skipped: no JPEG was found, BENCH_JPEGS names a folder"
        return 1
    }
}

# alternate NAME UNIT OURS-COMMAND PEER-COMMAND: each prints one number, the
# more the better; ours and the peer take turns.
alternate() {
    i=0
    while [ "$i" -lt "$rounds" ]; do
        sh -c "$3" >>"$work/ours" || return 1
        sh -c "$4" >>"$work/peer" || return 1
        i=$((i + 1))
    done
    result "$1" "$work/ours" "$work/peer" "$2"
}

status=0
for name; do
    work=$(mktemp -d) || exit 1
    if [ -f "$bench/$name.sh" ]; then
        . "$bench/$name.sh" || { echo "bench $name failed"; status=1; }
    else
        echo "bench $name is unknown"
        status=2
    fi
    rm -rf "$work"
done
exit $status
