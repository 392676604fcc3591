#!/bin/sh
# What `bitgrove export` writes, read back: shapes, types and bytes. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

read=$source/tests/cli/exports.py

mkdir shapes
"$build/tests/make-images" shapes 4 30 10 || exit 1
# names that mean something to SVG, HTML, Newick and CSV
printf '0\t<b>&amp;"x"\tshape/a\n1\t(it'"'"'s); ,\tshape/b\n' \
    >shapes/classes.tsv
printf '2\t\033]0;x\a\302\205\tshape/c\n3\t\320\226_\tshape/d\n' \
    >>shapes/classes.tsv
rm shapes/ood-* # so that there is a split without images
bitgrove import c.bitgrove shapes --name shapes --quiet >/dev/null || exit 1
bitgrove learn c.bitgrove --bits 11 --epochs 1,2,2 --batch 8 --seed 3 \
    --name first --quiet >/dev/null || exit 1

# The codes as text are what all other forms are compared with.
bitgrove export c.bitgrove codes >codes.csv
bitgrove export c.bitgrove codebook --format csv >book.csv
for what in codes codebook; do
    csv=codes.csv
    [ $what = codes ] || csv=book.csv
    for format in npy bits faiss json; do
        ok "$what as $format" status 0 bitgrove export c.bitgrove $what \
            --format $format -o $what.$format
        ok "says the same" python3 "$read" $what-$format $what.$format $csv
    done
done
ok "margins" status 0 bitgrove export c.bitgrove margins -o margins.npy
ok "have the signs of the codes" python3 "$read" margins-npy margins.npy \
    codes.csv
bitgrove export c.bitgrove margins --format csv >margins.csv
ok "and are the same in CSV" python3 "$read" margins-csv margins.csv margins.npy
# Debian's faiss belongs to Debian's Python, which may not be the first.
faiss=
for python in python3 /usr/bin/python3; do
    $python -c 'import faiss, numpy' 2>/dev/null && faiss=$python
done
if [ "$faiss" ]; then
    ok "faiss searches them as bitgrove does" \
        $faiss "$read" faiss codes.faiss codes.csv
else
    number=$((number + 1))
    echo "ok $number - faiss # SKIP python3-faiss is not installed"
fi

# ---- tree ----
bitgrove export c.bitgrove tree --format json >tree.json
ok "newick" status 0 bitgrove export c.bitgrove tree -o tree.nwk
ok "is the tree of the JSON" python3 "$read" newick tree.nwk tree.json
ok "svg" status 0 bitgrove export c.bitgrove tree --format svg -o tree.svg
ok "is XML with a row for each class, and fetches nothing" \
    python3 "$read" svg tree.svg tree.json book.csv
ok "holds nothing that a terminal obeys" harmless tree.svg
ok "tree prints it too" status 0 bitgrove tree c.bitgrove --format svg
ok "the same" cmp out tree.svg

# ---- neighbours ----
ok "neighbours" status 0 bitgrove export c.bitgrove neighbours -k 3 \
    -o near.csv
ok "of every image, nearest first" python3 "$read" neighbours near.csv codes.csv
bitgrove near c.bitgrove --image 5 -k 3 --format csv | sed 1d |
    cut -d, -f1 >single
ok "as near gives them" sh -c "grep '^5,' near.csv | cut -d, -f2 | cmp - single"
ok "many, as near gives them" sh -c "'$build/bitgrove' near c.bitgrove \
    --images all -k 3 --format csv | cmp - near.csv"
bitgrove near c.bitgrove --images test -k 2 --format json >near.json
bitgrove export c.bitgrove neighbours --images test -k 2 --format json \
    -o same.json
ok "in JSON as well" cmp near.json same.json
ok "of a split, in JSON" status 0 bitgrove export c.bitgrove neighbours \
    --images test --split train --radius 1 --format json
ok "says ties, and what it searched" json 'len(it) == 40 and
all(q["ties"]["given"] == len(q["neighbours"]) == q["ties"]["in_all"] and
    all(n["split"] == "train" and n["distance"] <= 1 for n in q["neighbours"])
    for q in it)'
ok "ties beyond k" status 0 bitgrove export c.bitgrove neighbours -k 1 \
    --all-ties --format json
ok "are all given" json 'all(q["ties"]["given"] == q["ties"]["in_all"] >= 1
for q in it)'
ok "an empty split" status 1 bitgrove export c.bitgrove neighbours --images ood
ok "a split that is none" status 2 bitgrove export c.bitgrove neighbours \
    --split all
ok "options of neighbours with something else" status 2 bitgrove export \
    c.bitgrove codes -k 3
ok "say so" says err '--k is for neighbours'

# ---- where it goes ----
ok "- is standard output" status 0 bitgrove export c.bitgrove codes -o -
ok "as if nothing was said" cmp out codes.csv
ok "which makes no file" test ! -e -
ok "model to standard output" sh -c "'$build/bitgrove' export c.bitgrove \
    model >model.st && '$build/bitgrove' export c.bitgrove model -o model2.st"
ok "the same" cmp model.st model2.st
ok "a full disk" status 2 bitgrove export c.bitgrove margins -o /dev/full
ok "a format that is not written" status 2 bitgrove export c.bitgrove codes \
    --format svg
ok "names those that are" says err 'csv, json, npy, bits, faiss'
finish
