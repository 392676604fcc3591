#!/bin/sh
# The module bitgrove.so as sqlite3 and Python load it. Prints TAP.
set -u
build=$(cd "${top_builddir:-.}" && pwd)
module=$build/bitgrove
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
n=0

if nm -D "$module.so" | grep -qE '__(asan|tsan|ubsan)'; then
    echo '1..0 # SKIP the module holds sanitizers, which sqlite3 does not'
    exit 0
fi

check() { # check NAME WANT GOT
    n=$((n + 1))
    if [ "$2" = "$3" ]; then
        echo "ok $n - $1"
    else
        echo "not ok $n - $1"
        printf '%s\n' "$3" | sed 's/^/# got: /'
        printf '%s\n' "$2" | sed 's/^/# want: /'
    fi
}

skip() { # skip NAME WHY
    n=$((n + 1))
    echo "ok $n - $1 # SKIP $2"
}

check 'it brings no SQLite of its own' '' \
    "$(nm -D "$module.so" | grep -E ' (T|U) sqlite3_' |
        grep -v ' T sqlite3_bitgrove_init')"

"$build/tests/make-large" "$work/c.bitgrove" 8 12 5 2 || exit 99
question="SELECT count(*), max(distance) <= 12, min(hamming(code, 5) =
    distance) FROM near('large', 5, 20)"
if command -v sqlite3 >/dev/null 2>&1; then
    shell() { # shell DATABASE SQL
        printf '.load %s\n%s;\n' "$module" "$2" | sqlite3 -batch "$1" 2>&1
    }
    check 'sqlite3 loads it' '2|01100' \
        "$(shell :memory: "SELECT hamming(1, 2), code_text(6, 5)")"
    check 'and finds neighbours' '20|1|1' "$(shell "$work/c.bitgrove" \
        "$question")"
    check 'beside what it writes' '55' "$(shell "$work/c.bitgrove" \
        "DELETE FROM image_code WHERE image_id = 1;
        SELECT count(*) FROM near(NULL, 5, 100)")"
    check 'another database is refused' \
        'near: the database is not a catalogue of bitgrove' \
        "$(shell :memory: 'SELECT * FROM near(1, 2, 3)' |
            sed 's/.*\(near: .*\)/\1/')"
else
    for name in loads finds writes refuses; do
        skip "sqlite3: $name" 'there is no sqlite3'
    done
fi

python=/usr/bin/python3
[ -x $python ] || python=python3
if $python -c 'import sqlite3
sqlite3.connect(":memory:").enable_load_extension(True)' 2>/dev/null; then
    check 'Python loads it, twice' '(20, 1, 1) (20, 1, 1)' \
        "$($python - "$work/c.bitgrove" "$module" "$question" <<'END'
import sqlite3, sys
answers = []
for _ in range(2):
    db = sqlite3.connect(sys.argv[1])
    db.enable_load_extension(True)
    db.load_extension(sys.argv[2])
    answers.append(db.execute(sys.argv[3]).fetchone())
    db.close()
print(*answers)
END
)"
else
    skip 'Python loads it' "Python's sqlite3 loads no extensions"
fi
echo "1..$n"
