# How good codes are, through the programs a user has; for the scripts
# accuracy-*.sh. All models of a table are learnt in as many epochs, the
# ordinary classifier's as well. BENCH_SEEDS="1 2 3" for other seeds than 1.
seeds=${BENCH_SEEDS:-1}

# accuracy_import DIR [OPTION...]: four IDX files and maybe classes.tsv.
accuracy_import() {
    catalogue=$work/accuracy.bitgrove
    source=$1
    shift
    if [ ! -f "$source/train-images-idx3-ubyte.gz" ]; then
        echo "bench $name skipped: there are no images in $source"
        return 1
    fi
    bitgrove import -q "$catalogue" "$source" "$@"
}

# accuracy_learn NAME OPTION...: once for every seed.
accuracy_learn() {
    model=$1
    shift
    for seed in $seeds; do
        bitgrove learn -q "$catalogue" --name "$model/$seed" --seed "$seed" \
            "$@" || return 1
    done
}

# The models so far, means over the seeds, and lines for `make bench`.
accuracy_table() {
    "$python" "$bench/accuracy-table.py" "$name" "$catalogue"
}
