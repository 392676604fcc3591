#!/bin/sh
# Random keys, sizes and searches on every kind of catalogue: whatever is
# pressed, the explorer goes on. Most telling in a build with sanitizers.

built=$(cd "${top_builddir:-.}" && pwd) || exit 1
source=$(cd "${top_srcdir:-.}" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

BITGROVE_SIZE=80x30 BITGROVE_THEMES=$source/themes BITGROVE_WORKER=/bin/true
XDG_CONFIG_HOME=$work XDG_DATA_HOME=$work XDG_STATE_HOME=$work
TERM=xterm-256color BITGROVE_SCRIPT=$work/keys
export BITGROVE_SIZE BITGROVE_THEMES BITGROVE_WORKER BITGROVE_SCRIPT TERM
export XDG_CONFIG_HOME XDG_DATA_HOME XDG_STATE_HOME
unset NO_COLOR BITGROVE_THEME

walk() { # SEED
    awk -v seed="$1" '
    function pick(list, n, parts) {
        n = split(list, parts, " ")
        return parts[int(rand() * n) + 1]
    }
    BEGIN {
        srand(seed)
        for (i = 0; i < 300; i++) {
            x = rand()
            if (x < .04)
                printf "size %dx%d\n", 1 + rand() * 140, 1 + rand() * 50
            else if (x < .08)
                printf "type /%s\nkey Enter\n", pick("a ba zz /^b /( 漢")
            else if (x < .11)
                printf ":goto %s\n", pick("class/bar image/3 bit/2 node/1 " \
                    "job/1 image/99999 model/first nowhere")
            else if (x < .13)
                printf ":filter %s\n", pick("wrong unknown test code=1 " \
                    "margin<1 class=/^b tag=x sort=-label distance>1 ood " \
                    "from=this from=class/bar odd=1 class==box none")
            else if (x < .14)
                printf ":theme %s\n", pick("dark light mono default none")
            else if (x < .16)
                printf "type %s\nkey Enter\n", pick("zR zM zc zO b12 b99 v yi yr")
            else
                printf "key %s %d\n", pick("j k h l Up Down Left Right PgUp " \
                    "PgDn g G Home End Enter Enter Esc Tab n N [ ] C-l r < " \
                    "> c B s i o o m w ? + - * , b } { e Space x u U v R D X y z f a p d 0 3 5 7"),
                    rand() < .8 ? 1 : 5
        }
    }'
}

n=0
for kind in empty images learning grown long odd; do
    n=$((n + 1))
    "$built/tests/screen/make-catalogue" $kind "$work/$kind" &&
        walk $n >"$BITGROVE_SCRIPT" &&
        "$built/bitgrove" "$work/$kind" >"$work/log" 2>&1
    if [ $? = 0 ]; then
        echo "ok $n - 300 steps at random: $kind"
    else
        echo "not ok $n - 300 steps at random: $kind"
        sed 's/^/# /' "$work/log"
    fi
done
echo "1..$n"
