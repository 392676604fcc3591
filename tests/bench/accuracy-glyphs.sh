# The demo's glyphs over lengths of codes: the default recipe beside the
# paper's and the ordinary classifier, all of as many epochs.
# BENCH_BITS="8 12 16 24 32" for others.
. "$bench/accuracy-lib.sh"

accuracy_glyphs() {
    accuracy_import "${top_srcdir:-.}/db/demo" || return 0
    accuracy_learn ordinary --baseline ordinary || return 1
    for bits in ${BENCH_BITS:-8 12 16 24 32}; do
        accuracy_learn "best-$bits" --bits "$bits" || return 1
        accuracy_learn "paper-$bits" --bits "$bits" --recipe paper \
            --epochs 18,5 || return 1
    done
    accuracy_table
}
accuracy_glyphs
