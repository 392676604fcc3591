# From start to the first whole screen on 1000 classes and 30,000 images, in
# ms. The peer is the budget.
. "$bench/ui-lib.sh"
"$build/../make-large" "$work/c.bitgrove" 1000 20 20 10 || return 1
i=0
while [ "$i" -lt "$rounds" ]; do
    "$build/ui-keys" 2 "" jk "$program" "$work/c.bitgrove" |
        sed "s/.*first=\([0-9.]*\).*/\1/" >>"$work/ours"
    i=$((i + 1))
done
echo 50 >"$work/budget"
result "$name" "$work/ours" "$work/budget" ms less
