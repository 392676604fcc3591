# What codes are good for beside classes, each method with the same encoder and
# as many epochs, on the demo's glyphs and on Fashion-MNIST with the glyphs'
# outliers: MAP@1000 of LLC at 10 bits beside LSH, ITQ and HashNet at 16 and
# beside 10 real values (cosine); outliers by codes of no class beside the
# threshold of the ordinary classifier, tuned on up to 3000 images.
#
# BENCH_SETS="glyphs fashion", BENCH_EPOCHS=W,A,B, BENCH_BITS=10,
# BENCH_HASH_BITS=16, BENCH_SEEDS=1, BENCH_FASHION=DIRECTORY and, on
# Fashion-MNIST, BENCH_ENCODER=resnet20 for others.
. "$bench/accuracy-lib.sh"

bits=${BENCH_BITS:-10}
hash_bits=${BENCH_HASH_BITS:-16}
glyphs=${top_srcdir:-.}/db/demo

# retrieval_models OPTION...: everything that is compared, then what came out.
retrieval_models() {
    accuracy_learn "llc-$bits" --bits "$bits" "$@" || return 1
    accuracy_learn "llc-$hash_bits" --bits "$hash_bits" "$@" || return 1
    for kind in hashnet itq lsh; do
        accuracy_learn "$kind-$hash_bits" --baseline "$kind" \
            --bits "$hash_bits" "$@" || return 1
    done
    accuracy_learn "real-$bits" --baseline real --bits "$bits" "$@" || return 1
    accuracy_learn ordinary --baseline ordinary "$@" || return 1
    sqlite3 "$catalogue" "SELECT name FROM model ORDER BY id" >"$work/names"
    while read -r model; do
        set -- "$@" "$model"
    done <"$work/names"
    shift $(($# - $(wc -l <"$work/names")))
    bitgrove eval "$catalogue" "$@"
    bitgrove eval --format json "$catalogue" "$@" >"$work/retrieval.json"
    "$python" "$bench/accuracy-retrieval.py" "$name-$set" "llc-$bits" \
        "$work/retrieval.json"
}

retrieval_glyphs() {
    accuracy_import "$glyphs" || return 0
    retrieval_models ${BENCH_EPOCHS:+--epochs "$BENCH_EPOCHS"}
}

retrieval_fashion() {
    accuracy_import "${BENCH_FASHION:-/usr/share/datasets/fashion-mnist}" ||
        return 0
    bitgrove import -q --split ood "$catalogue" \
        "$glyphs/ood-images-idx3-ubyte.gz" || return 1
    retrieval_models --encoder "${BENCH_ENCODER:-resnet20}" --flip \
        --epochs "${BENCH_EPOCHS:-3,5,4}"
}

accuracy_retrieval() {
    for set in ${BENCH_SETS:-glyphs fashion}; do
        "retrieval_$set" || return 1
        rm -f "$work/accuracy.bitgrove"*
    done
}
accuracy_retrieval
