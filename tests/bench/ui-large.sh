# The explorer on 1.3 million images, 1000 classes and 20 bits: from start to
# the first line and to the first whole screen (warm cache), and the answer to
# keys for moving, paging, switching views, pictures and the switchboard, idle
# and while a worker uses all processors. Times in ms, memory in MB; the peer is
# the budget. BENCH_LARGE names a catalogue that was made before, by
# make-large FILE 1000 20 1280 20.
. "$bench/ui-lib.sh"
ours=${BENCH_LARGE:-$work/c.bitgrove}

# starts: several, since one alone says little.
starts() {
    i=0
    while [ "$i" -lt "$rounds" ]; do
        times=$("$build/ui-keys" 2 '' jk "$program" "$ours") || return 1
        echo "$times" | sed 's/.*paint=\([0-9.]*\).*/\1/' >>"$work/paint"
        echo "$times" | sed 's/.*first=\([0-9.]*\).*/\1/' >>"$work/first"
        echo "$times" | sed 's/.*memory=\([0-9.]*\).*/\1/' >>"$work/memory"
        i=$((i + 1))
    done
    echo 50 >"$work/budget"
    result "$name-first-paint" "$work/paint" "$work/budget" ms less
    result "$name-first-screen" "$work/first" "$work/budget" ms less
    echo 200 >"$work/budget"
    result "$name-memory" "$work/memory" "$work/budget" MB less
}

# walk SUFFIX
walk() {
    key_times "$name-move$1" '' jjjjkjjlhk "$ours" &&
        key_times "$name-page$1" '' "$(printf '\004\004\025\025')" "$ours" &&
        key_times "$name-views$1" DBsim DBsim "$ours" &&
        key_times "$name-images$1" i "$(printf 'jj\004\025')" "$ours" &&
        key_times "$name-flip$1" "$(printf 's\t')" ' l' "$ours"
}

ui_large() {
    [ -n "${BENCH_LARGE-}" ] ||
        "$build/../make-large" "$ours" 1000 20 1280 20 || return 1
    "$program" info "$ours" --format json | "$python" -c '
import json, sys
info = json.load(sys.stdin)
print("#", info["images"]["all"], "images,", info["codes"], "codes,",
      info["classes"], "classes")' || return 1
    starts && walk -idle && start_worker || return 1
    walk ''
    status=$?
    stop_worker
    return $status
}
ui_large
