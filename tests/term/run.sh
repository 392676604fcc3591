#!/bin/sh
# The explorer on a real terminal, under tmux: it comes up, follows keys and a
# change of size, and gives the terminal back as it was when it quits, is told
# to end, is suspended, or crashes. Waits for marks, never for time alone.

command -v tmux >/dev/null || { echo "1..0 # SKIP tmux is not installed"; exit; }

built=$(cd "${top_builddir:-.}" && pwd) || exit 1
source=$(cd "${top_srcdir:-.}" && pwd) || exit 1
work=$(mktemp -d) || exit 1
socket=$work/socket
trap 'tmux -S "$socket" kill-server 2>/dev/null; rm -rf "$work"' EXIT

BITGROVE_THEMES=$source/themes BITGROVE_WORKER=/bin/true
XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
# A crash on purpose must reach our handler, not a sanitizer's.
ASAN_OPTIONS=handle_segv=0:detect_leaks=1
export BITGROVE_THEMES BITGROVE_WORKER XDG_CONFIG_HOME XDG_DATA_HOME
export XDG_STATE_HOME ASAN_OPTIONS
unset BITGROVE_SCRIPT BITGROVE_SIZE BITGROVE_THEME NO_COLOR TMUX

"$built/tests/screen/make-catalogue" grown "$work/c.bitgrove" || exit 1

# A line of marks around each run: settings of the terminal before and after.
cat >"$work/inside" <<EOF
set -m
PS1=
while read -r line; do
    stty -g >"$work/before"
    eval "\$line"
    echo "ended with \$?"
    stty -g >"$work/after"
    echo ready
done
EOF

n=0
report() { # STATUS NAME
    n=$((n + 1))
    if [ "$1" = 0 ]; then
        echo "ok $n - $2"
    else
        echo "not ok $n - $2"
        screen | sed 's/^/# /'
    fi
}
mux() { tmux -S "$socket" "$@"; }
screen() { mux capture-pane -p -t s; }
keys() { mux send-keys -t s "$@"; }
wait_for() { # TEXT
    for _ in $(seq 200); do
        screen | grep -qF -- "$1" && return 0
        sleep 0.05
    done
    return 1
}
gone() { # TEXT
    for _ in $(seq 200); do
        screen | grep -qF -- "$1" || return 0
        sleep 0.05
    done
    return 1
}
begin() { # the explorer, after a clean screen
    keys "clear; exec_bitgrove" Enter
}
# A key that comes while the terminal changes hands may be lost: press again.
suspended() {
    for _ in $(seq 20); do
        keys C-z
        for _ in $(seq 10); do
            screen | grep -qF "ended with 1" && return 0
            sleep 0.05
        done
    done
    return 1
}
settled() { cmp -s "$work/before" "$work/after"; }

cat >"$work/functions" <<EOF
exec_bitgrove() {
    sh -c 'echo \$\$ >"$work/pid"; exec "$built/bitgrove" "$work/c.bitgrove"'
}
EOF
sed -i "1i . $work/functions" "$work/inside"

mux -f /dev/null new-session -d -s s -x 80 -y 24 "sh $work/inside" || exit 1
mux set-option -g default-terminal tmux-256color >/dev/null 2>&1

begin
wait_for "16 classes"
report $? "the tree comes up"
keys j
wait_for "agree in"
report $? "keys are followed"
[ "$(mux display-message -p -t s '#{cursor_y}')" = 3 ]
report $? "the cursor is parked on the selected row"
mux resize-window -t s -x 120 -y 36 && wait_for "B bits"
report $? "a larger window is used"
mux resize-window -t s -x 40 -y 10 && wait_for "bitgrove needs 60"
report $? "a window too small says so"
mux resize-window -t s -x 80 -y 24 && wait_for "16 classes"
report $? "and back"
keys B && wait_for "loops and solids"
report $? "another view"
mux set-option -s set-clipboard on
keys ":goto class/ring" Enter && wait_for "class ring" && keys y && \
    wait_for "copy-name" && keys n && wait_for "sent to the terminal" && \
    [ "$(mux show-buffer)" = ring ]
report $? "y n sends the name to the clipboard"
keys q
keys Q && wait_for "ended with 0"
report $? "Q quits"
wait_for ready && settled
report $? "the terminal's settings are as before"
gone "loops and solids"
report $? "nothing is left on the screen"

begin
wait_for "16 classes" && suspended &&
    gone "16 classes" && settled
report $? "Ctrl-Z suspends and leaves the screen"
keys "clear; fg" Enter && wait_for "16 classes" && keys Q &&
    wait_for "ended with 0" && gone "16 classes"
report $? "fg brings it back"

begin
wait_for "16 classes" && keys C-c && wait_for "ended with 0" && gone "Tree"
report $? "Ctrl-C quits when nothing else is under way"

begin
wait_for "16 classes"
kill -TERM "$(cat "$work/pid")" && wait_for "ended with 0" && wait_for ready && settled
report $? "SIGTERM ends it cleanly"

begin
wait_for "16 classes"
kill -SEGV "$(cat "$work/pid")" && wait_for "ended with 139" && wait_for ready && settled
report $? "a crash gives the terminal back"
gone "16 classes"
report $? "and its screen"

echo "1..$n"
