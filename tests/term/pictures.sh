#!/bin/sh
# What the explorer sends to terminals that say they show pictures, and what
# hostile answers of a terminal do: see pictures.py. Prints TAP.
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

"$built/tests/screen/make-catalogue" grown "$work/c.bitgrove" || exit 1
chafa=$(grep -c '^#define HAVE_CHAFA' "$built/config.h")
python3 -B "$source/tests/term/pictures.py" "$built/bitgrove" \
    "$work/c.bitgrove" "$chafa"
