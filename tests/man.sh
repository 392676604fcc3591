#!/bin/sh
# The manual is well-formed, its examples run, and it names what the programs
# have: every command, option, format, choice and default (read from --help),
# every key, command and role of the explorer (tests/list-tables.c), every key
# of JSON, every column of a catalogue, every environment variable. What can
# be listed on both sides is compared in both directions. Prints TAP.
#
# Examples are the lines of the rendered section EXAMPLES that begin with "$ ",
# with the deeper indented lines after them. They run one after the other, each
# in a shell of its own, all pages in one fresh directory, in which shapes/
# holds the images of tests/make-images; bitgrove(1) comes first, since the
# other pages go on with its catalogue. Each must exit with 0. An explorer that
# an example opens is played by a script that waits for its first screen.
. "${top_srcdir:-.}/tests/cli/lib.sh"

for tool in mandoc sqlite3; do
    command -v $tool >/dev/null 2>&1 || {
        echo "1..0 # SKIP $tool is not installed"
        exit 0
    }
done
# a worker that is leaving may hold the lock for a moment
echo ".timeout 10000" >"$HOME/.sqliterc"
pages='bitgrove.1 bitgrove-worker.1 bitgrove-catalogue.5 bitgrove-theme.5
bitgrove-explorer.1 bitgroverc.5'
man=$source/man

# What a page refers to may be missing from this machine; ours are looked for
# below.
lint()
{
    mandoc -Tlint "$1" 2>&1 |
        grep -vE 'referenced manual not found|lacks .* entry' >out
    test ! -s out
}

references()
{
    sed -nE 's/^\.Xr ([^ ]+) ([0-9]).*/\1.\2/p' $man/* | sort -u |
        while read -r page; do
            case $page in
            bitgrove*) [ -f "$man/$page" ] || echo "$page" ;;
            gzip.1 | nice.1 | regex.7 | sqlite3.1) ;;
            *) echo "$page" ;;
            esac
        done >out
    test ! -s out
}

listed()
{
    (cd "$man" && ls) | while read -r page; do
        case " $(echo $pages) " in
        *" $page "*) ;;
        *) echo "$page" ;;
        esac
        grep -q "man/$page" "$source/Makefile.am" || echo "$page"
    done >out
    test ! -s out
}

# drift SUBJECT: what manual and programs don't have in common.
drift()
{
    python3 "$source/tests/man-drift.py" "$1" "$man" "$build" "$source" \
        >out 2>err && test ! -s out
}

# Writes the examples of a page as files $2.01, $2.02, ...
extract()
{
    mandoc -Tutf8 -Owidth=78 "$1" | sed 's/.\x08//g' |
        awk -v stem="$2" '
        /^[A-Z]/ { within = ($0 == "EXAMPLES"); file = ""; next }
        !within { next }
        {
            match($0, /^ */)
            indent = RLENGTH
        }
        $1 == "$" {
            file = sprintf("%s.%02d", stem, ++count)
            start = indent
            print substr($0, start + 3) >file
            next
        }
        file != "" && indent > start && NF { print substr($0, start + 1) >file }
        file != "" && (indent <= start || !NF) { file = "" }'
}

for page in $pages; do
    ok "$page is well-formed" lint "$man/$page"
done
ok "pages referred to exist" references
ok "all pages are installed" listed

mkdir shapes
"$build/tests/make-images" shapes || exit 1
echo 'wait ? help' >first-screen
# The workers of the examples shall not outlive the test for long.
printf '#!/bin/sh\nexec "%s" --idle 1 --nice 0 "$@"\n' \
    "$build/bitgrove-worker" >worker
chmod +x worker
BITGROVE_WORKER=$place/worker
BITGROVE_SCRIPT=$place/first-screen
BITGROVE_SIZE=100x30
PATH=$build:$PATH
export BITGROVE_WORKER BITGROVE_SCRIPT BITGROVE_SIZE PATH
unset BITGROVE_THEME XDG_CONFIG_HOME
unset BITGROVE_THEMES # a build tree has its own

for page in $pages; do
    extract "$man/$page" "$page"
    ok "$page has examples" test -f "$page.01"
    for example in "$page".[0-9]*; do
        ok "$page: $(head -n 1 "$example" | sed 's/[\\#].*//')" \
            status 0 sh "$example"
    done
done

for subject in commands recipes worker explorer-tables places roles json \
    columns environment; do
    ok "$subject and the manual agree" drift $subject
done
finish
