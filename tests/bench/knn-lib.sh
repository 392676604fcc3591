# knn BITS COUNT KIND: our index beside those of faiss, see knn-peer.py.
knn() {
    if [ ! -x "$python" ] || ! "$python" -c 'import numpy' 2>/dev/null; then
        echo "bench $name skipped: no $python with NumPy"
        return 0
    fi
    "$python" "$bench/knn-peer.py" "$name" "$build/bench-knn" "$work" \
        "$1" "$2" "$3" "$rounds"
}
