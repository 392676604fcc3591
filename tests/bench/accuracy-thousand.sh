# The thousand ideographs of tests/make-thousand.py at 20 bits beside the
# ordinary classifier: BENCH_THOUSAND=DIRECTORY where it made them.
# BENCH_EPOCHS=W,A,B for other epochs.
. "$bench/accuracy-lib.sh"

accuracy_thousand() {
    accuracy_import "${BENCH_THOUSAND:-thousand}" || return 0
    set -- --encoder resnet20 --epochs "${BENCH_EPOCHS:-10,25,25}"
    accuracy_learn ordinary --baseline ordinary "$@" || return 1
    accuracy_learn best-20 --bits 20 "$@" || return 1
    accuracy_table
}
accuracy_thousand
