# What the benchmarks of the explorer share: its environment, and a worker that
# keeps every processor busy.
program=$build/../../bitgrove load=$work/load.bitgrove
BITGROVE_THEMES=${top_srcdir:-.}/themes TERM=xterm-256color
XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
export BITGROVE_THEMES TERM XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME

# key_times NAME SETUP KEYS CATALOGUE
key_times() {
    times=$("$build/ui-keys" "${BENCH_KEYS:-300}" "$2" "$3" "$program" "$4") ||
        return 1
    echo "$times" | sed "s/.*p99=\([0-9.]*\).*/\1/" >"$work/p99"
    echo 16 >"$work/budget"
    echo "# $1: $times"
    result "$1" "$work/p99" "$work/budget" ms less
}

# pictures SPLIT COUNT: of noise, of two classes in turn.
pictures() {
    length="\\0\\0\\$(printf %o $(($2 / 256)))\\$(printf %o $(($2 % 256)))"
    {
        printf '\0\0\010\004'"$length"'\0\0\0\340\0\0\0\340\0\0\0\003'
        head -c $(($2 * 224 * 224 * 3)) /dev/urandom
    } >"$work/pictures/$1-images-idx4-ubyte"
    {
        printf '\0\0\010\001'"$length"
        yes ab | tr -d '\n' | tr ab '\0\1' | head -c "$2"
    } >"$work/pictures/$1-labels-idx1-ubyte"
}

# encoding: succeeds while the worker is behind the last epoch.
encoding() {
    "$program" jobs "$load" --format json | "$python" -c '
import json, sys
sys.exit(not any(job["kind"] == "learn" and job["state"] == "running" and
                 job["progress"] >= 12 for job in json.load(sys.stdin)))'
}

# start_worker: it encodes 224x224 pictures with a ResNet50. One epoch of a
# few, and then the codes of many: an untrained network is as slow as a trained
# one.
start_worker() {
    mkdir "$work/pictures" && pictures train 4 && pictures t10k 2 &&
        pictures ood "${BENCH_PICTURES:-1500}" &&
        rm "$work/pictures/ood-labels-idx1-ubyte" &&
        "$program" import -q "$load" "$work/pictures" >/dev/null &&
        "$program" learn --detach --encoder resnet50 --bits 8 --epochs 1,1,1 \
            "$load" >/dev/null || return 1
    tries=0
    until encoding; do
        tries=$((tries + 1))
        [ "$tries" -lt 600 ] || return 1
        sleep 0.5
    done
}

# stop_worker: says so if it was done before.
stop_worker() {
    encoding || echo "# the worker was done before: more BENCH_PICTURES"
    "$program" jobs "$load" cancel 2 >/dev/null
}
