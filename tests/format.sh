#!/bin/sh
# Every C file is as .clang-format would write it. Prints TAP.
set -u
cd "${top_srcdir:-.}" || exit 1
format=$(command -v clang-format-14 || command -v clang-format) || {
    echo "1..0 # SKIP clang-format is not installed"
    exit 0
}
n=0
bad=0
for file in $(find src tests -name '*.[ch]' | sort); do
    n=$((n + 1))
    "$format" --dry-run -Werror "$file" >/dev/null 2>&1 && continue
    bad=$((bad + 1))
    echo "# $file: run clang-format -i on it"
done
if [ "$bad" -eq 0 ] && [ "$n" -gt 10 ]; then
    echo "ok 1 - $n files are formatted"
else
    echo "not ok 1 - $bad of $n files are not formatted"
fi
echo "1..1"
