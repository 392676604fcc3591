#!/bin/sh
# Plays each tests/screen/*.keys on a synthetic catalogue and compares every
# display it saves with the expected one. The first line of a script says which
# catalogue (see make-catalogue.c) and what else is in the environment:
#     # catalogue KIND [NAME=VALUE]...
# FILE=NAME is the catalogue's file, c.bitgrove without it.
# UPDATE_SCREENS=1 writes the expected files anew: look at the difference.

here=$(cd "${top_srcdir:-.}/tests/screen" && pwd) || exit 1
built=$(cd "${top_builddir:-.}" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

BITGROVE_CLOCK=1764000000000
BITGROVE_SIZE=80x30
BITGROVE_THEMES=$here/../../themes
BITGROVE_WORKER=/bin/true
XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
TERM=xterm-256color USER=ann
export BITGROVE_CLOCK BITGROVE_SIZE BITGROVE_THEMES BITGROVE_WORKER
export XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME TERM USER
unset NO_COLOR BITGROVE_THEME

n=0
report() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

for script in "$here"/*.keys; do
    name=$(basename "$script" .keys)
    # shellcheck disable=SC2046
    set -- $(sed -n '1s/^# catalogue //p' "$script")
    kind=$1
    shift
    file=c.bitgrove
    for setting; do
        case $setting in FILE=*) file=${setting#FILE=} ;; esac
    done
    mkdir "$name" && cd "$name" || exit 1
    "$built/tests/screen/make-catalogue" "$kind" "$file" \
        env "$@" BITGROVE_SCRIPT="$script" "$built/bitgrove" "$file" \
        >log 2>&1
    status=$?
    report $status "$name runs to its end"
    [ $status = 0 ] || sed 's/^/# /' log
    for screen in *.txt; do
        [ -e "$screen" ] || continue
        if [ -n "$UPDATE_SCREENS" ]; then
            cp "$screen" "$here/expected/$screen"
        fi
        diff -u "$here/expected/$screen" "$screen" >difference 2>&1
        report $? "$screen looks as expected"
        sed 's/^/# /' difference
    done
    cd ..
done
echo "1..$n"
