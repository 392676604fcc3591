#!/bin/sh
# Writes the tables of a manual page anew from those of the explorer:
# update-keys.sh LIST-TABLES PAGE replaces what stands between the comments
# "TABLE begin" and "TABLE end" by what `LIST-TABLES TABLE` prints.
set -eu
page=$2
for table in $(sed -n 's/^\.\\" \([a-z]*\) begin.*/\1/p' "$page"); do
    {
        sed "/^\\.\\\\\" $table begin/q" "$page"
        "$1" "$table"
        sed -n "/^\\.\\\\\" $table end/,\$p" "$page"
    } >"$page.new"
    mv "$page.new" "$page"
done
