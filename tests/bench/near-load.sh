# From opening a catalogue of 1.3 million codes to the first answer of near(),
# codes read and indexed, in ms. The peer is the budget, half a second.
"$build/../make-large" "$work/c.bitgrove" 1000 20 1250 50 || return 1
i=0
while [ "$i" -lt "$rounds" ]; do
    "$python" "$bench/near-sql.py" first "$build/../../bitgrove.so" \
        "$work/c.bitgrove" >>"$work/ours" || return 1
    i=$((i + 1))
done
echo 500 >"$work/budget"
result "$name" "$work/ours" "$work/budget" ms less
