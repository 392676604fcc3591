# The 100 nearest of a million codes in SQL, from Python, ms a query: near()
# beside sqlite-vec (npm install sqlite-vec), whose vec0.so SQLITE_VEC names.
sql="$bench/near-sql.py"
for bits in 24 64; do
    if [ ! -f "${SQLITE_VEC-}" ]; then
        echo "bench $name-$bits skipped: SQLITE_VEC does not name a vec0.so"
        continue
    fi
    rm -f "$work"/*
    "$build/../make-large" "$work/c.bitgrove" 1000 "$bits" 980 20 || return 1
    "$python" "$sql" fill "$SQLITE_VEC" "$work/c.bitgrove" "$work/v.db" ||
        return 1
    i=0
    while [ "$i" -lt "$rounds" ]; do
        "$python" "$sql" ours "$build/../../bitgrove.so" "$work/c.bitgrove" \
            >>"$work/ours" || return 1
        "$python" "$sql" peer "$SQLITE_VEC" "$work/c.bitgrove" "$work/v.db" \
            >>"$work/peer" || return 1
        i=$((i + 1))
    done
    result "$name-$bits" "$work/ours" "$work/peer" ms less
done
