#!/bin/sh
# What the explorer sends to terminals of many kinds: see terminals.py. Prints
# TAP.
command -v python3 >/dev/null || { echo "1..0 # SKIP python3 is not installed"; exit; }

built=$(cd "${top_builddir:-.}" && pwd) || exit 1
source=$(cd "${top_srcdir:-.}" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

BITGROVE_THEMES=$source/themes BITGROVE_WORKER=/bin/true
XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
export BITGROVE_THEMES BITGROVE_WORKER XDG_CONFIG_HOME XDG_DATA_HOME
export XDG_STATE_HOME
unset BITGROVE_SCRIPT BITGROVE_SIZE BITGROVE_THEME NO_COLOR TMUX STY COLORTERM

"$built/tests/screen/make-catalogue" grown "$work/c.bitgrove" &&
    "$built/tests/screen/make-catalogue" odd "$work/odd.bitgrove" || exit 1
# The base of a system's terminals has none of 16 colours.
tic -x -o "$work/terminfo" - <<'EOF' 2>/dev/null
bg-16color|xterm with 16 colours,
	colors#16, pairs#256,
	setaf=\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm,
	setab=\E[%?%p1%{8}%<%t%p1%{40}%+%e%p1%{92}%+%;%dm, use=xterm,
EOF
TERMINFO_DIRS=$work/terminfo:
export TERMINFO_DIRS
python3 -B "$source/tests/term/terminals.py" "$built/bitgrove" \
    "$work/c.bitgrove" "$work/odd.bitgrove"
