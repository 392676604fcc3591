# The explorer's answer to keys on 1000 classes and 30,000 images, in ms, with
# an idle machine and while a worker has all processors busy with a ResNet50 at
# 224x224. The peer is the budget.
keys=jjjjkjjlhk
ours=$work/c.bitgrove load=$work/load.bitgrove
BITGROVE_THEMES=${top_srcdir:-.}/themes TERM=xterm-256color
XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
export BITGROVE_THEMES TERM XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME

# key_times NAME
key_times() {
    times=$("$build/ui-keys" 300 $keys "$build/../../bitgrove" "$ours") ||
        return 1
    for figure in p50 p99; do
        echo "$times" | sed "s/.*$figure=\([0-9.]*\).*/\1/" >"$work/$figure"
    done
    echo 16 >"$work/budget"
    echo "# $1: $times"
    result "$1" "$work/p99" "$work/budget" ms less
}

"$build/../make-large" "$ours" 1000 20 20 10 &&
    key_times "$name-idle" || return 1

mkdir "$work/pictures"
{
    printf '\0\0\010\004\0\0\0\100\0\0\0\340\0\0\0\340\0\0\0\003'
    head -c $((64 * 224 * 224 * 3)) /dev/urandom
} >"$work/pictures/train-images-idx4-ubyte"
{
    printf '\0\0\010\001\0\0\0\100'
    yes '\000\001' | head -n 32 | while read -r two; do printf "$two"; done
} >"$work/pictures/train-labels-idx1-ubyte"
"$build/../../bitgrove" import -q "$load" "$work/pictures" \
    --format csv >/dev/null &&
    "$build/../../bitgrove" learn --detach --encoder resnet50 --bits 8 \
        --epochs 8,8,8 "$load" >/dev/null || return 1
tries=0
until "$build/../../bitgrove" jobs "$load" | grep -q 'learn.*running.*epoch'; do
    tries=$((tries + 1))
    [ "$tries" -lt 60 ] || return 1
    sleep 1
done
key_times "$name"
status=$?
"$build/../../bitgrove" jobs "$load" cancel 2 >/dev/null
return $status
