#!/bin/sh
# Folders and lists of pictures from import to learn: splits, hierarchy, links
# and loops, what is broken, the same again, what changed and moved, words.
. "${top_srcdir:-.}/tests/cli/lib.sh"
golden=$source/tests/golden/pictures

sql()
{
    python3 - "$1" <<'PYTHON'
import sqlite3, sys
for row in sqlite3.connect("c.bg").execute(sys.argv[1]):
    print(*row, sep="|")
PYTHON
}

# has SQL TEXT: the first row of the answer.
has()
{
    got=$(sql "$1")
    [ "$got" = "$2" ] || {
        echo "# $got"
        return 1
    }
}

for split in train val; do
    for class in animals/cat animals/dog n01440764; do
        mkdir -p "data/$split/$class"
    done
    cp "$golden"/turned[1-6].jpg "$golden"/grey*.png "data/$split/animals/cat"
    cp "$golden"/*.webp "$golden"/*.gif "data/$split/animals/dog"
    cp "$golden"/*.bmp "$golden"/cmyk.jpg "data/$split/n01440764"
done
head -c 300 "$golden/baseline.jpg" >data/train/animals/dog/cut.jpg
echo hello >data/train/animals/dog/text.png
: >data/train/animals/dog/empty.gif
echo hello >data/train/notes.md
ln -s ../.. data/train/animals/up
ln -s .. data/train/animals/dog/loop
ln -s nowhere.jpg data/train/animals/dog/dangling.jpg
ln -s round.jpg data/train/animals/dog/round.jpg
ln -s ../cat/turned1.jpg data/train/animals/dog/linked.jpg
mkfifo data/train/animals/dog/pipe.jpg
cp "$golden/baseline.jpg" data/train/lonely.jpg
printf 'id\tname\nn01440764\ttench, Tinca tinca\tfish\n' >words.tsv

ok "--strict refuses what is broken" status 2 bitgrove import --strict c.bg data
ok "and says what" says err '9 files can.t be taken in, the first .*: '
ok "each with its reason" says err \
    '^refused animals/dog/cut.jpg: it is no whole JPEG'
ok "nothing was written" test ! -e c.bg
ok "a folder of pictures" status 0 bitgrove import --format json \
    --classes words.tsv --size 16 c.bg data
ok "images of both splits" json 'it["images"]["train"] == 33 and
    it["images"]["test"] == 32 and it["classes"] == 3'
ok "all else is counted" json 'it["refused"] == 9 and it["others"] == 1 and
    it["links"] == 3 and it["same"] == 0 and len(it["refusals"]) == 9'
cat >reasons <<'END'
lonely.jpg in no class's folder
animals/dog/cut.jpg it is no whole JPEG
animals/dog/text.png it is no picture that can be read
animals/dog/empty.gif it is empty
animals/up a link to a folder that is read already, or holds it
animals/dog/loop a link to a folder that is read already, or holds it
animals/dog/dangling.jpg a link to what is not there
animals/dog/round.jpg a link that leads to itself
animals/dog/pipe.jpg no ordinary file
END
while read -r path why; do
    ok "$path is told with its reason" has "SELECT count(*) FROM refusal
        WHERE path = '$path' AND reason LIKE replace('$why', '''', '_') || '%'" \
        1
done <<END
$(tr "'" _ <reasons)
END
ok "nested folders are a hierarchy" has \
    "SELECT name, path FROM class WHERE folder = 'animals/dog'" "dog|animals"
ok "words name a class" has \
    "SELECT name, path FROM class WHERE number = 2" "tench|fish"
ok "squares of the size asked for" has \
    "SELECT min(length(bytes)), max(length(bytes)) FROM pixels" "768|768"
ok "the catalogue is sound" status 0 bitgrove check c.bg

ok "the same again" status 0 bitgrove import --format json c.bg data
ok "takes nothing in" json 'it["images"]["train"] == 0 and it["same"] == 65
    and it["changed"] == 0 and it["refused"] == 9'

sleep 0.01
touch data/val/animals/cat/turned1.jpg
cp "$golden/full.jpg" data/train/animals/cat/turned2.jpg
mv data/train/animals/cat/turned3.jpg data/train/animals/dog/other.jpg
rm data/val/animals/cat/turned4.jpg
cp "$golden/baseline.jpg" data/train/animals/dog/cut.jpg
ok "learning" status 0 bitgrove learn c.bg --bits 4 --epochs 1,1 --threads 1 -q
ok "and again after changes" status 0 bitgrove import --format json c.bg data
ok "each is seen" json 'it["images"]["train"] == 1 and it["changed"] == 1 and
    it["moved"] == 1 and it["missing"] == 1 and it["refused"] == 8'
ok "what moved has its folder's class" has "SELECT c.name FROM original o
    JOIN image i ON i.id = o.image_id JOIN class c ON c.id = i.class_id
    WHERE o.path = 'animals/dog/other.jpg'" dog
ok "what changed has no code" has "SELECT m.coded = (SELECT count(*)
    FROM image_code), m.coded FROM model m" "1|64"
ok "and it is sound" status 0 bitgrove check c.bg
mkdir data/train/new
cp "$golden/full.jpg" data/train/new
ok "a class that the model doesn't know" status 2 bitgrove import c.bg data
ok "is refused by its name" says err "class new is new.*has models"
rm -r data/train/new

printf 'train/animals/cat/turned1.jpg,3\ntrain/nowhere.jpg,3\n' >data/list.csv
printf 'train/n01440764/mono.bmp,7\n' >>data/list.csv
ok "a list" status 0 bitgrove import --format json --holdout 0 --name listed \
    --grey c.bg data/list.csv
ok "its classes are its own" json 'it["classes"] == 2 and it["refused"] == 1
    and it["images"]["train"] == 2'
ok "labels are numbers" has "SELECT group_concat(c.number) FROM class c
    JOIN dataset d ON d.id = c.dataset_id WHERE d.name = 'listed'" "3,7"

ok "a folder without splits" status 0 bitgrove import --format json \
    --name held --holdout 40 c.bg data/val
ok "gives test images, too" json 'it["images"]["test"] > 3 and
    it["images"]["train"] + it["images"]["test"] == 31'
ok "the same ones again" status 0 bitgrove import --format json \
    --name held --holdout 40 c.bg data/val
ok "which is seen" json 'it["same"] == 31'
mv data elsewhere
ok "what is not there is not moved" status 2 bitgrove move c.bg data nowhere
ok "pictures that went elsewhere" status 0 bitgrove move --format json c.bg \
    data elsewhere
ok "are found there" json 'it["found"] > 60 and it["sources"] == 5'
ok "and taken for the same" status 0 bitgrove import --format json --name held \
    --holdout 40 c.bg elsewhere/val
ok "all of them" json 'it["same"] == 31 and it["missing"] == 0'
ok "another folder is none of theirs" status 1 bitgrove move c.bg /tmp/x elsewhere
mv elsewhere data
ok "and back" status 0 bitgrove move c.bg elsewhere data
ok "a file is coded like the image it was" status 0 bitgrove near c.bg \
    --file data/train/animals/cat/turned1.jpg -k 3 --format json
ok "which is its neighbour" json 'len(it["neighbours"]) >= 3 and
    it["neighbours"][0]["distance"] == 0'
ok "another size is refused" status 2 bitgrove import --size 20 \
    --dataset held c.bg data/val
ok "with the remedy" says err "leave --size"
ok "a picture alone is refused" status 2 bitgrove import c.bg \
    data/val/animals/cat/turned1.jpg
ok "so is an empty folder" status 2 bitgrove import c.bg "$place/state"

finish
