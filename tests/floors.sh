#!/bin/sh
# The rooms of src/ and their floors (docs/design.md): includes go downward
# only, each library is seen by one room, SQL lives in db/, and the front end
# holds no BLAS. Prints TAP.
set -u
src=${top_srcdir:-.}/src
build=${top_builddir:-.}
n=0

report() { # report NAME FINDINGS
    n=$((n + 1))
    if [ -z "$2" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        printf '%s\n' "$2" | sed 's/^/# /'
    fi
}

includes() { # file:line:room of every project include
    grep -rnoE '^#include "[a-z]+/' "$src" --include='*.[ch]' |
        sed -E "s|^$src/||; s|:#include \"|:|; s|/\$||"
}

upward=$(includes | awk -F: '
    BEGIN {
        rooms = "base 0 store 1 codes 1 nn 1 image 1 formats 1 " \
                "catalogue 2 queue 2 index 2 taxonomy 2 learn 2 metrics 2 " \
                "sql 3 tasks 3 worker 4 cli 4 ui 4"
        count = split(rooms, r, " ")
        for (i = 1; i < count; i += 2) floor[r[i]] = r[i + 1]
        # neighbours that may look in on each other, as designed
        split("queue:catalogue metrics:index cli:ui", pairs, " ")
        for (i in pairs) door[pairs[i]] = 1
        # never, though the floors would allow it
        hidden = "nn codes image formats index taxonomy learn metrics"
        count = split(hidden, h, " ")
        for (i = 1; i <= count; i++) wall[h[i] ":store"] = 1
        count = split("nn learn tasks worker", e, " ")
        for (i = 1; i <= count; i++) wall["cli:" e[i]] = wall["ui:" e[i]] = 1
    }
    {
        split($1, path, "/"); from = path[1]; to = $3
        where = $1 ":" $2 ": " from " includes " to
        if (!(from in floor)) print where ": unknown room " from
        else if (!(to in floor)) print where ": unknown room " to
        else if (from == to) next
        else if ((from ":" to) in wall) print where ": walled off"
        else if ((from ":" to) in door) next
        else if (floor[to] >= floor[from]) print where ": not downward"
    }')
report "includes go downward" "$upward"

seen=$(includes | wc -l)
[ "$seen" -gt 20 ] && few= || few="only $seen includes were found: is the test blind?"
report "the test sees the includes" "$few"

only() { # only HEADER-REGEX ROOMS-REGEX
    grep -rnE "^#include <($1)" "$src" --include='*.[ch]' |
        sed "s|^$src/||" | grep -vE "^($2)/"
}
report "SQLite is seen by store alone" "$(only 'sqlite3' 'store')"
report "ncurses is seen by ui alone" "$(only 'n?curses|term\.h' 'ui')"
report "libraries of pictures are seen by image alone" \
    "$(only 'jpeglib|jerror|png|gif_lib|webp/' 'image')"
report "BLAS is seen by nn and learn alone" "$(only 'cblas|lapack' 'nn|learn')"

sql=$(grep -rnE '"(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|REPLACE) ' \
    "$src" --include='*.[ch]' | grep -vE "^$src/store/")
report "SQL lives in db/" "$sql"

if [ -x "$build/bitgrove" ]; then
    blas=$({ nm -D "$build/bitgrove"; nm "$build/bitgrove"; } 2>/dev/null |
        grep -E 'cblas_|openblas_' | sort -u)
    report "the front end holds no BLAS" "$blas"
    thin=$(ldd "$build/bitgrove" | grep -i blas)
    report "and loads none" "$thin"
else
    report "the front end was built" "$build/bitgrove is missing"
fi

long=$(find "$src" -name '*.[ch]' -exec wc -l {} + |
    awk '$2 != "total" && $1 > 600 { print $2 ": " $1 " lines" }')
report "no file is longer than 600 lines" "$long"

stems=$(find "$src" -name '*.c' | sed 's|.*/||' | sort | uniq -d)
report "stems are unique" "$stems"
echo "1..$n"
