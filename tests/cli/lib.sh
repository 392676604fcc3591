# What the tests of the commands share: TAP, a place of their own, and checks
# of exit status, output and JSON. Sourced, with the name of the test in $0.

build=$(cd "${top_builddir:-.}" && pwd)
source=$(cd "${top_srcdir:-.}" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
HOME=$place
XDG_STATE_HOME=$place/state
XDG_DATA_HOME=$place/share
NO_COLOR=
TERM=xterm
export HOME XDG_STATE_HOME XDG_DATA_HOME NO_COLOR TERM
unset BITGROVE_DATA BITGROVE_WORKER COLUMNS
cd "$place" || exit 1
number=0

bitgrove()
{
    "$build/bitgrove" "$@"
}

# ok NAME COMMAND...: passes if the command does; shows what was printed last.
ok()
{
    name=$1
    shift
    number=$((number + 1))
    if "$@"; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name"
        echo "# failed: $*"
        sed 's/^/# out: /' out 2>/dev/null | head -n 30
        sed 's/^/# err: /' err 2>/dev/null | head -n 30
    fi
}

# status WANTED COMMAND...: runs it into ./out and ./err.
status()
{
    wanted=$1
    shift
    got=0
    "$@" >out 2>err </dev/null || got=$?
    [ "$got" -eq "$wanted" ] || {
        echo "# exit status $got where $wanted is wanted"
        return 1
    }
}

# says FILE REGEX: a line of the file matches.
says()
{
    grep -qE -- "$2" "$1"
}

# json EXPRESSION: ./out is JSON, and the Python expression of it, `it`, holds.
json()
{
    python3 - "$1" <<'PYTHON'
import json, sys
with open("out") as f:
    it = json.load(f)
if not eval("(" + sys.argv[1] + ")"):
    print("# json does not hold:", sys.argv[1])
    sys.exit(1)
PYTHON
}

# ./out is CSV with a header line and rows as wide as that.
csv()
{
    python3 - <<'PYTHON'
import csv, sys
with open("out", newline="") as f:
    rows = list(csv.reader(f, strict=True))
wrong = [r for r in rows if len(r) != len(rows[0])]
if len(rows) < 2 or wrong:
    print("# not CSV:", len(rows), "rows,", wrong[:3])
    sys.exit(1)
PYTHON
}

# No byte of the file would be obeyed by a terminal.
harmless()
{
    python3 - "$1" <<'PYTHON'
import sys
text = open(sys.argv[1], "rb").read().decode()
bad = [hex(ord(c)) for c in text
       if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160
       or c in "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u200e\u200f"]
if bad:
    print("# not escaped:", bad[:10])
sys.exit(bool(bad))
PYTHON
}

finish()
{
    echo "1..$number"
}
