#!/bin/sh
# make fuzz: runs the libFuzzer programs (--enable-fuzzing, CC=clang), one after
# the other, each for SECONDS, from the files that the tests have.
#
#     run.sh SECONDS PROGRAM...
#
# What a program learns is kept in fuzz-corpus/NAME of the build directory, what
# it finds in fuzz-corpus/found-NAME-*. Prints a line a program; exits with 1
# if one found something.
set -u
source=${top_srcdir:-.}
seconds=$1
shift
golden=$source/tests/golden
found=0

# seeds NAME: the files to begin with.
seeds()
{
    case $1 in
    idx) echo "$source"/db/demo/*ubyte.gz ;;
    npy) echo "$golden"/npy/*.npy ;;
    matrix) echo "$golden"/npy/*.np[yz] ;;
    onnx) echo "$golden"/onnx/*.onnx ;;
    pth | safetensors) echo "$golden"/pth/*.pth ;;
    picture) echo "$golden"/pictures/*.[bgjpw][!gp]* ;;
    pnm) echo "$golden"/pictures/*.p[gp]m ;;
    tsv | listing) echo "$source"/db/demo/*.tsv ;;
    esac
}

for program; do
    name=${program##*/fuzz-}
    corpus=fuzz-corpus/$name
    mkdir -p "$corpus"
    for seed in $(seeds "$name"); do
        # Large files teach nothing that small ones don't, only slower.
        [ "$(wc -c <"$seed")" -gt 65536 ] || cp "$seed" "$corpus"
    done
    if [ "$name" = cifar ]; then
        head -c 6146 /dev/zero >"$corpus/ten"
        head -c 6148 /dev/zero >"$corpus/hundred"
    fi
    if "$program" -max_total_time="$seconds" -max_len=65536 -timeout=20 \
        -rss_limit_mb=4096 -print_final_stats=1 \
        -artifact_prefix="fuzz-corpus/found-$name-" "$corpus" \
        >"fuzz-corpus/$name.log" 2>&1; then
        result='nothing found'
    else
        result="FOUND, see fuzz-corpus/$name.log"
        found=1
    fi
    printf 'fuzz %s seconds=%s runs=%s: %s\n' "$name" "$seconds" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' \
            "fuzz-corpus/$name.log")" "$result"
done
exit $found
