# From start to the first whole screen on 1000 classes and 30,000 images, in
# ms. The peer is the budget.
BITGROVE_THEMES=${top_srcdir:-.}/themes TERM=xterm-256color
XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
export BITGROVE_THEMES TERM XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
"$build/../make-large" "$work/c.bitgrove" 1000 20 20 10 || return 1
i=0
while [ "$i" -lt "$rounds" ]; do
    "$build/ui-keys" 2 jk "$build/../../bitgrove" "$work/c.bitgrove" |
        sed 's/first=\([0-9.]*\).*/\1/' >>"$work/ours"
    i=$((i + 1))
done
echo 50 >"$work/budget"
result "$name" "$work/ours" "$work/budget" ms less
