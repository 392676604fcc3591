# A thousand classes: the ordinary classifier and codes of 20 bits, by the
# default recipe, the same encoder and budget. Takes long; settings:
#     BENCH_ENCODER (resnet8x2)  BENCH_BITS (20)  BENCH_OPTIONS (of learn)
encoder=${BENCH_ENCODER:-resnet8x2} bits=${BENCH_BITS:-20}
program=$build/../../bitgrove
"$python" "$bench/../make-thousand.py" "$work/thousand" >"$work/log" 2>&1
made=$?
if [ "$made" = 77 ]; then
    echo "bench $name skipped: $(tail -n 1 "$work/log")"
    return 0
fi
[ "$made" = 0 ] || return 1
"$program" import -q "$work/c.bitgrove" "$work/thousand" >/dev/null || return 1
for kind in ordinary codes; do
    baseline=
    [ "$kind" = codes ] || baseline="--baseline $kind"
    begun=$(date +%s)
    # shellcheck disable=SC2086
    "$program" learn -q --bits "$bits" --encoder "$encoder" --name "$kind" \
        $baseline ${BENCH_OPTIONS-} "$work/c.bitgrove" >/dev/null || return 1
    echo "# $kind: $(($(date +%s) - begun)) s"
done
"$program" eval --baselines "$work/c.bitgrove"
"$program" eval --format json "$work/c.bitgrove" >"$work/eval.json"
"$program" export "$work/c.bitgrove" codebook --format csv 2>/dev/null |
    sed 1d | awk -F, '{ print $NF }' | sort -u | wc -l |
    sed 's/^/# distinct codes: /'
