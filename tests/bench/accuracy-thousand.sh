# A thousand classes: codes of 20 bits beside the ordinary classifier of the
# same encoder, both by the default recipe and in as many epochs. It makes its
# images; a model takes about 25 minutes on two cores. Settings:
#     BENCH_THOUSAND   a directory where tests/make-thousand.py made them
#     BENCH_ENCODER    resnet20
#     BENCH_BITS       20
#     BENCH_EPOCHS     6,2,22
#     BENCH_MIX        4: so few images a class want more of the cross-entropy
#     BENCH_OPTIONS    more of learn, for both
. "$bench/accuracy-lib.sh"

# thousand_learn NAME [OPTION]...: says how long it took.
thousand_learn() {
    begun=$(date +%s)
    # shellcheck disable=SC2086
    accuracy_learn "$@" --encoder "${BENCH_ENCODER:-resnet20}" \
        --epochs "${BENCH_EPOCHS:-6,2,22}" ${BENCH_OPTIONS-} || return 1
    echo "# $1: $(($(date +%s) - begun)) s"
}

accuracy_thousand() {
    bits=${BENCH_BITS:-20} images=${BENCH_THOUSAND:-$work/thousand}
    if [ -z "${BENCH_THOUSAND-}" ]; then
        "$python" "$bench/../make-thousand.py" "$images" >"$work/log" 2>&1
        case $? in
        0) ;;
        77)
            echo "bench $name skipped: $(tail -n 1 "$work/log")"
            return 0
            ;;
        *)
            cat "$work/log" >&2
            return 1
            ;;
        esac
    fi
    accuracy_import "$images" || return 0
    thousand_learn ordinary --baseline ordinary &&
        thousand_learn "best-$bits" --bits "$bits" \
            --mix "${BENCH_MIX:-4}" &&
        accuracy_table
}
accuracy_thousand
