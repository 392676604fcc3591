# Fashion-MNIST (Debian's dataset-fashion-mnist, or BENCH_FASHION=DIRECTORY):
# the default recipe with a larger network at 8 bits beside the ordinary
# classifier. BENCH_EPOCHS=W,A,B for other epochs.
. "$bench/accuracy-lib.sh"

accuracy_fashion() {
    accuracy_import "${BENCH_FASHION:-/usr/share/datasets/fashion-mnist}" ||
        return 0
    set -- --encoder resnet20 --flip --epochs "${BENCH_EPOCHS:-3,5,4}"
    accuracy_learn ordinary --baseline ordinary "$@" || return 1
    accuracy_learn best-8 --bits 8 "$@" || return 1
    accuracy_table
}
accuracy_fashion
