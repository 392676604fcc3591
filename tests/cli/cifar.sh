#!/bin/sh
# The binary editions of CIFAR from import to codes, and a refused first import
# that leaves nothing behind. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

cifar=$source/tests/cli/cifar.py
python3 "$cifar" make . || exit 1
ten=cifar-10-batches-bin hundred=cifar-100-binary

ok "CIFAR-10" status 0 bitgrove import --format json c.bg $ten
ok "its images" json 'it["images"] == {"train": 30, "test": 7, "ood": 0} and
    it["classes"] == 10 and it["dataset"] == "cifar-10-batches-bin"'
ok "are those of the files" python3 "$cifar" check $ten c.bg $ten
ok "CIFAR-100 beside it" status 0 bitgrove import --format json --name hundred \
    c.bg $hundred
ok "its images" json 'it["images"] == {"train": 130, "test": 9, "ood": 0} and
    it["classes"] == 100'
ok "classes and groups are those of the files" python3 "$cifar" check \
    $hundred c.bg hundred
ok "images of the one are no class of the other" status 0 bitgrove import \
    --format json --split ood --dataset $ten c.bg $hundred/test.bin
ok "nine" json 'it["images"]["ood"] == 9 and it["classes"] == 10'
ok "the same file again" status 2 bitgrove import --dataset $ten c.bg \
    $ten/data_batch_3.bin
ok "the catalogue is sound" status 0 bitgrove check c.bg

gzip -k $ten/*.bin
rm $ten/data_batch_[24].bin
ok "compressed ones, and beside others" status 0 bitgrove import d.bg $ten
ok "each once" python3 "$cifar" check $ten d.bg $ten
rm $ten/*.gz $ten/batches.meta.txt
cp $ten/data_batch_1.bin train-bytes
ok "a single file, told by its size" status 0 bitgrove import --format json \
    --name one d.bg train-bytes
ok "has numbers for names" json 'it["classes"] < 10'
ok "learning" status 0 bitgrove learn c.bg --dataset $ten --bits 4 \
    --epochs 1,1 --threads 1 -q
ok "an image of a file" status 0 bitgrove near c.bg --file \
    $ten/test_batch.bin:5 -k 3 --format json
ok "is near itself" json 'it["neighbours"][0]["distance"] == 0'
ok "a row that is not there" status 2 bitgrove near c.bg --file \
    $ten/test_batch.bin:7
ok "is said" says err "rows 0 to 6"

ok "labels are inside" status 2 bitgrove import e.bg $ten/test_batch.bin \
    --labels $ten/test_batch.bin
ok "which is said" says err "leave --labels out"
ok "nothing is left of a refused import" test ! -e e.bg -a ! -e e.bg-wal
head -c 9000 $ten/data_batch_1.bin >$ten/data_batch_6.bin
ok "a file cut short" status 2 bitgrove import e.bg $ten
ok "with the byte" says err \
    'data_batch_6.bin ends at byte 9000, inside image 2, .* byte 6146'
ok "nothing is left, either" test ! -e e.bg -a ! -e e.bg-wal
rm $ten/data_batch_6.bin
ok "the same name then" status 0 bitgrove import e.bg $ten
ok "a refused import" status 2 bitgrove import e.bg --name x train-bytes \
    --labels train-bytes
ok "leaves a catalogue that was there" status 0 bitgrove check e.bg
finish
