#!/bin/sh
# The commands over a catalogue from import to export. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

mkdir shapes
"$build/tests/make-images" shapes 4 40 12 || exit 1
# names that would do things to a terminal
printf '0\t\033[31mred\tshape/bar\n1\tcross "x", y\tshape/\302\233cross\n' \
    >shapes/classes.tsv
printf '2\tdisc \342\200\256fdp\tshape/disc\n3\t\320\226\tshape/frame\n' \
    >>shapes/classes.tsv

# ---- import ----
printf '\0\0\10\3\0\0\0\5\0\0\0\20' >bad-images-idx3-ubyte
ok "a missing file" status 2 bitgrove import c.bitgrove nothing-idx3-ubyte
ok "makes no catalogue" test ! -e c.bitgrove
ok "a damaged file" status 2 bitgrove import c.bitgrove --split ood \
    bad-images-idx3-ubyte
ok "names file and place" says err 'bad-images-idx3-ubyte.*byte'
ok "nor does that make a catalogue" test ! -e c.bitgrove
"$build/tests/screen/make-catalogue" empty c.bitgrove || exit 1
ok "one that holds nothing" status 0 bitgrove info c.bitgrove --format json
ok "no images" json 'it["images"]["all"] == 0 and it["classes"] == 0'
ok "tree of an empty catalogue" status 1 bitgrove tree c.bitgrove
ok "says what is first" says err 'bitgrove import'
ok "learn from an empty catalogue" status 1 bitgrove learn c.bitgrove

ok "import" status 0 bitgrove import c.bitgrove shapes --name shapes
ok "says what came in" says out '4 classes; imported 160 train, 48 test'
ok "info" status 0 bitgrove info c.bitgrove --format json
ok "counts" json 'it["images"]["train"] == 160 and it["classes"] == 4'
ok "the same again" status 2 bitgrove import c.bitgrove shapes --name shapes
ok "no model yet" status 1 bitgrove tree c.bitgrove
ok "says what is next" says err 'bitgrove learn'
ok "eval without a model" status 1 bitgrove eval c.bitgrove
ok "image without a model" status 0 bitgrove image c.bitgrove 1 --format json
ok "has no code" json 'it["code"] is None and it["width"] == 16'

# ---- learn ----
ok "learn" status 0 bitgrove learn c.bitgrove --bits 6 --epochs 1,2,2 \
    --batch 8 --seed 3 --name first --format json
ok "its figures" json 'it["model"] == "first" and it["mhd"] > 0.3'
ok "detached" status 0 bitgrove learn c.bitgrove --bits 64 --epochs 0,1,1 \
    --batch 32 --name wide --detach --format json
ok "names the job" json 'it["job"] > 0'
id=$(sed -n 's/.*"job": \([0-9]*\).*/\1/p' out)
ok "follow it" status 0 bitgrove jobs c.bitgrove "$id" --follow --quiet
ok "it is done" says out "^ *$id +learn +done"
ok "a baseline" status 0 bitgrove learn c.bitgrove --bits 6 --epochs 1,1,1 \
    --batch 32 --baseline ordinary --format json
ok "is named as what it is" json 'it["model"] == "shapes-6-ordinary" and
it["top1"] > 0.2 and it["mhd"] is None'
for command in "tree c.bitgrove" "bits c.bitgrove" "eval c.bitgrove" \
    "near c.bitgrove --image 7" "encode c.bitgrove" "export c.bitgrove codes"
do
    ok "$command of what has no codes" status 2 bitgrove $command \
        --model shapes-6-ordinary
    ok "$command says so" says err 'ordinary classifier: it has no codes'
done
ok "eval of the newest" status 0 bitgrove eval c.bitgrove --format json
ok "takes no baseline" json 'it["model"] == "wide"'
ok "info" status 0 bitgrove info c.bitgrove --format json
ok "tells them apart" json '[m["baseline"] for m in it["models"]] ==
["none", "none", "ordinary"]'
ok "eval with baselines" status 0 bitgrove eval c.bitgrove --baselines \
    --model first
ok "says what is missing" says out '^ordinary( +-){8}$'
ok "and the command for it" says out \
    '^ordinary +bitgrove learn --baseline ordinary --dataset shapes .*--seed 3'
sed -n 's/^ordinary  *bitgrove learn/bitgrove learn --quiet/p
s/^random  *bitgrove learn/bitgrove learn --quiet/p' out >missing.sh
ok "there is one each" test "$(wc -l <missing.sh)" = 2
ok "which do it" status 0 env PATH="$build:$PATH" sh -e missing.sh
ok "eval with baselines" status 0 bitgrove eval c.bitgrove --baselines \
    --model first --format json
ok "has them" json '[(b["baseline"], b["learn"] is None) for b in
it["baselines"]] == [("none", True), ("ordinary", True), ("real", False),
("random", True), ("singular", False), ("lsh", False), ("itq", False),
("hashnet", False)]'
ok "with what there is to say" json '[it["baselines"][i][key] is None for i in
(0, 1, 3) for key in ("top1", "top5", "mhd", "ed")] == [False] * 4 +
[False, False, True, True] + [False] * 4'
ok "the model as alone" json 'it["baselines"][0]["mhd"] ==
it["instance"]["mhd"] and it["baselines"][0]["model"] == "first"'
ok "in CSV" status 0 bitgrove eval c.bitgrove --baselines --model first \
    --format csv
ok "row by row" says out '^baselines.1.baseline,ordinary$'
ok "without is without" status 0 bitgrove eval c.bitgrove --model first \
    --format json
ok "them" json '"baselines" not in it'
ok "learn under a name that is taken" status 2 bitgrove learn c.bitgrove \
    --name first --epochs 0,1,1 --batch 32

# ---- pages ----
set -- --model first
for command in "tree c.bitgrove" "bits c.bitgrove" "bits c.bitgrove 2" \
    "class c.bitgrove 0" "image c.bitgrove 7" "near c.bitgrove --image 7" \
    "eval c.bitgrove"; do
    ok "$command" status 0 bitgrove $command "$@"
    ok "$command escapes names" harmless out
    ok "$command in JSON" status 0 bitgrove $command "$@" --format json
    ok "$command is JSON" json 'it is not None'
    ok "$command escapes names in JSON" harmless out
    ok "$command in CSV" status 0 bitgrove $command "$@" --format csv
    ok "$command is CSV" csv
    ok "$command escapes names in CSV" harmless out
    ok "$command in 40 columns" status 0 env COLUMNS=40 "$build/bitgrove" \
        $command "$@"
    ok "$command without a locale" status 0 env LC_ALL=C "$build/bitgrove" \
        $command "$@"
    ok "$command is then ASCII" sh -c "! LC_ALL=C grep -q '[^ -~]' out"
    ok "$command with 64 bits" status 0 bitgrove $command --model wide
done
ok "jobs" status 0 bitgrove jobs c.bitgrove --format json
ok "keys of jobs" json 'list(it[0]) == ["id", "kind", "state", "progress",
"total", "message"]'
ok "newest first" json 'it[0]["id"] > it[-1]["id"]'
ok "jobs in CSV" status 0 bitgrove jobs c.bitgrove --format csv
ok "header" says out '^id,kind,state,progress,total,message$'
ok "log as JSON" status 0 bitgrove jobs c.bitgrove --log 1 --format json
ok "is a list" json 'isinstance(it, list) and
all(set(line) == {"at", "text"} for line in it)'
ok "log as CSV" status 0 bitgrove jobs c.bitgrove --log 1 --format csv
ok "has columns" sh -c 'head -n 1 out | grep -qx "at,text"'
ok "log" status 0 bitgrove jobs c.bitgrove --log 1
ok "no such job" status 1 bitgrove jobs c.bitgrove 99
ok "cancel what is done" status 2 bitgrove jobs c.bitgrove cancel 2
ok "nothing to follow" status 1 bitgrove jobs c.bitgrove --follow
ok "check" status 0 bitgrove check c.bitgrove
ok "is sound" says out '^sound$'
ok "models of info" status 0 bitgrove info c.bitgrove --format json
ok "both" json '[m["name"] for m in it["models"]] == ["first", "wide",
"shapes-6-ordinary", "shapes-6-ordinary-2", "shapes-6-random"]'

# ---- eval ----
ok "eval" status 0 bitgrove eval c.bitgrove --model first --format json
ok "its keys" json 'list(it) == ["model", "baseline", "bits", "class_code",
"instance", "retrieval", "ood", "tree", "codebook", "bits_report",
"protocol"]'
ok "instance" json 'list(it["instance"]) == ["mhd", "ed", "ties"]'
ok "retrieval" json 'list(it["retrieval"]) == ["map", "map_cosine", "r",
"queries", "database", "precision_radius2", "empty_radius2", "by_radius"] and
it["retrieval"]["queries"] == 48 and it["retrieval"]["map_cosine"] is None'
ok "by radius" json '[row["radius"] for row in it["retrieval"]["by_radius"]] ==
list(range(7)) and it["retrieval"]["by_radius"][6]["recall"] == 1'
ok "ood" json 'list(it["ood"]) == ["precision", "recall", "f1", "accuracy",
"auroc", "in", "out", "rest", "threshold"] and it["ood"]["in"] == 48'
ok "and of the rest" json '(it["ood"]["rest"]["in"],
it["ood"]["rest"]["out"], it["protocol"]["ood_tuning"]["held_out"],
it["ood"]["threshold"]) == (38, 10, 20, None)'
ok "tree" json 'list(it["tree"]) == ["purity", "purity_shuffled", "cophenetic",
"cophenetic_shuffled", "cophenetic_codes"]'
ok "codebook" json 'it["codebook"]["classes"] == 4 >=
it["codebook"]["distinct"]'
ok "bits" json 'len(it["bits_report"]) == 6 == it["bits"]'
ok "rates" json 'all(0 <= it["instance"][k] <= 1 for k in it["instance"])'
ok "protocol" json 'it["protocol"]["seed"] == 3 and
it["protocol"]["split"] == "test"'
cp out eval.json
ok "MHD from the codes" sh -c "'$build/bitgrove' export c.bitgrove codes \
    --model first --format json >out"
cp out codes.json
ok "one row an image" json 'len(it) == 160 + 48 + 20'
ok "keys of codes" json 'list(it[0]) == ["id", "split", "class", "code"]'
ok "eval in CSV" status 0 bitgrove eval c.bitgrove --format csv
ok "a metric a row" says out '^instance.mhd,[0-9.]+$'

# ---- eval of several ----
set -- first shapes-6-ordinary shapes-6-random
ok "side by side" status 0 bitgrove eval c.bitgrove "$@"
ok "a column each" says out \
    '^figure +first +shapes-6-ordinary +shapes-6-random +protocol$'
ok "the cut is in the protocol" says out '^map +[0-9.]+ +- +[0-9.]+ +MAP@1000'
ok "in JSON" status 0 bitgrove eval c.bitgrove "$@" --format json
ok "each as alone" json '[m["model"] for m in it["models"]] ==
["first", "shapes-6-ordinary", "shapes-6-random"] and
it["models"][0] == json.load(open("eval.json"))'
ok "a threshold was tuned" json 'it["models"][1]["baseline"] == "ordinary" and
0 < it["models"][1]["ood"]["threshold"] < 1 and
it["models"][1]["protocol"]["ood_rule"] == "tuned threshold"'
ok "all judged by the same" json 'len({(m["ood"]["rest"]["in"],
m["ood"]["rest"]["out"]) for m in it["models"]}) == 1'
ok "in CSV" status 0 bitgrove eval c.bitgrove "$@" --format csv --r 7
ok "is CSV" csv
ok "with header" says out '^figure,first,.*,protocol$'
ok "and cut" says out '^map,.*MAP@7,'
ok "no such model" status 1 bitgrove eval c.bitgrove first nothing
ok "several and one" status 2 bitgrove eval c.bitgrove first --model wide
ok "several and baselines" status 2 bitgrove eval c.bitgrove first --baselines
ok "real values" status 0 bitgrove learn c.bitgrove -q --baseline real \
    --bits 6 --epochs 1,2,2 --batch 32 --name cosine
ok "rank by cosine" status 0 bitgrove eval c.bitgrove cosine --format json
ok "beside their signs" json '0 < it["models"][0]["retrieval"]["map_cosine"] <=
1 and 0 < it["models"][0]["retrieval"]["map"] <= 1'
for kind in lsh itq hashnet; do
    ok "learn $kind" status 0 bitgrove learn c.bitgrove -q --baseline $kind \
        --bits 6 --epochs 1,2,2 --batch 32 --name $kind
    ok "export $kind" status 0 bitgrove export c.bitgrove model \
        --model $kind -o $kind.safetensors
    ok "import $kind" status 0 bitgrove import-model c.bitgrove \
        $kind.safetensors --name $kind-again
    ok "encode with it" status 0 bitgrove encode -q c.bitgrove \
        --model $kind-again
    bitgrove export c.bitgrove codes --model $kind >codes.csv
    bitgrove export c.bitgrove codes --model $kind-again >again.csv
    ok "the same codes" cmp codes.csv again.csv
done

# ---- near ----
ok "near by image" status 0 bitgrove near c.bitgrove --model first \
    --image 7 -k 5 --format json
ok "keys of near" json 'list(it) == ["query", "k", "ties", "matches", "next",
"neighbours"] and list(it["ties"]) == ["distance", "given", "in_all"] and
list(it["neighbours"][0]) ==
["id", "class", "split", "distance", "code", "margin"]'
ok "by distance" json 'len(it["neighbours"]) == 5 == it["k"] and
[n["distance"] for n in it["neighbours"]] ==
sorted(n["distance"] for n in it["neighbours"])'
ok "the image itself is left out" json \
    'all(n["id"] != 7 for n in it["neighbours"])'
cat >brute.py <<'PYTHON'
import json
near, codes = json.load(open("out")), json.load(open("codes.json"))
mine = next(c["code"] for c in codes if c["id"] == 7)
rows = sorted(sum(a != b for a, b in zip(mine, c["code"]))
              for c in codes if c["id"] != 7)
cut = near["ties"]["distance"]
assert near["query"]["code"] == mine
assert [n["distance"] for n in near["neighbours"]] == rows[:5]
assert near["ties"]["in_all"] == sum(d <= cut for d in rows)
PYTHON
ok "as counted by hand" python3 brute.py
ok "all ties" status 0 bitgrove near c.bitgrove --model first --image 7 -k 5 \
    --all-ties --format json
ok "given all" json 'it["ties"]["given"] == it["ties"]["in_all"]'
ok "near by class" status 0 bitgrove near c.bitgrove --class 3 --split test
ok "of test alone" sh -c "! grep -q train out"
ok "near by code" status 0 bitgrove near c.bitgrove --model first \
    --code 010101 --radius 6 --format csv
ok "everything" sh -c 'test $(wc -l <out) -eq 229'
ok "near by pattern" status 0 bitgrove near c.bitgrove --model first \
    --pattern '0*****' --format json
ok "agrees" json 'it["k"] is None and
all(n["code"][0] == "0" for n in it["neighbours"])'
ok "in a class" status 0 bitgrove near c.bitgrove --model first --image 7 \
    --in 1 --format json
ok "of it alone" json 'len({n["class"] for n in it["neighbours"]}) == 1'
ok "nothing found" status 1 bitgrove near c.bitgrove --model wide \
    --code "$(printf '%064d' 0)" --radius 0
ok "nothing in JSON" status 1 bitgrove near c.bitgrove --model wide \
    --code "$(printf '%064d' 0)" --radius 0 --format json
ok "is an empty list" json 'it["neighbours"] == []'
ok "a short code" status 2 bitgrove near c.bitgrove --model first --code 01
ok "two queries" status 2 bitgrove near c.bitgrove --image 1 --class 0
ok "no query" status 2 bitgrove near c.bitgrove
ok "no such image" status 1 bitgrove near c.bitgrove --image 9999
ok "a picture" sh -c "{ echo P5 16 16 255; head -c 256 /dev/zero; } >p.pgm"
ok "near by file" status 0 bitgrove near c.bitgrove --file p.pgm --quiet
bitgrove near c.bitgrove --model first --image 7 -k 3 --format json >out
cp out stored
python3 -c 'import sqlite3
db = sqlite3.connect("c.bitgrove")
db.execute("INSERT INTO tag VALUES (9, ?)", ["odd"])
db.commit()'
ok "near among those with a tag" status 0 bitgrove near c.bitgrove \
    --model first --image 7 --tag odd --format csv
ok "is one" says out "^9,"
ok "near among none" status 1 bitgrove near c.bitgrove \
    --model first --image 7 --tag none
python3 -c 'import sqlite3
db = sqlite3.connect("c.bitgrove")
db.execute("DELETE FROM tag WHERE name = ?", ["odd"])
db.commit()'
ok "near by a row of an IDX file" status 0 bitgrove near c.bitgrove \
    --model first --file shapes/train-images-idx3-ubyte:6 -k 3 --format json
ok "has the code of the same image in the catalogue" json \
    'it["query"]["code"] == json.load(open("stored"))["query"]["code"]'
ok "and is the nearest to itself" json 'it["ties"]["distance"] == 0'
ok "a row beyond the last" status 2 bitgrove near c.bitgrove \
    --model first --file shapes/train-images-idx3-ubyte:160
ok "says which there are" says err 'rows 0 to 159'
ok "a file that is none" status 2 bitgrove near c.bitgrove --file text.pgm \
    --quiet

# ---- tree and export ----
ok "newick" status 0 bitgrove tree c.bitgrove --format newick
ok "ends well" says out ';$'
ok "dot" status 0 bitgrove tree c.bitgrove --format dot
ok "is a graph" says out '^digraph'
ok "another linkage" status 0 bitgrove tree c.bitgrove --linkage ward --quiet
ok "says which" says out 'ward linkage'
ok "an unknown linkage" status 2 bitgrove tree c.bitgrove --linkage best
ok "an earlier epoch" status 0 bitgrove tree c.bitgrove --model first \
    --step 2 --format json
ok "is that" json 'it["epoch"] == 2 and it["root"]["size"] == 4'
ok "a later epoch" status 1 bitgrove tree c.bitgrove --model first --step 99
ok "codes in CSV" status 0 bitgrove export c.bitgrove codes --model first
ok "columns" sh -c 'head -n 1 out | grep -qx "id,split,class,code"'
ok "quoted where it must be" says out '"cross ""x"", y",[01]{6}$'
ok "escaped" harmless out
ok "codebook" status 0 bitgrove export c.bitgrove codebook --model first \
    --output w.npy
ok "is an array of 4 x 6" sh -c "head -c 80 w.npy | grep -aq '(4, 6)'"
ok "margins" status 0 bitgrove export c.bitgrove margins --model first -o m.npy
ok "of the size they should have" sh -c \
    'test $(stat -c %s m.npy) -eq $((128 + 228 * 6 * 4))'
mkfifo pipe
cat pipe >piped &
ok "into a pipe" status 0 bitgrove export c.bitgrove codes -o pipe
wait $!
ok "which stays one" test -p pipe
ok "and gets it all" grep -q '^1,train,' piped
ln -s linked.csv link
echo old >linked.csv
ok "through a link" status 0 bitgrove export c.bitgrove codes -o link
ok "which stays one" test -h link
ok "to where it leads" cmp linked.csv piped
ok "no room for it" status 2 bitgrove export c.bitgrove codes -o no/where.csv
ok "nothing is left behind" sh -c '! ls *.csv.* 2>/dev/null'
ok "what is not there" status 2 bitgrove export c.bitgrove code
ok "a suggestion" says err 'Did you mean codes'
ok "encode a split" status 0 bitgrove encode c.bitgrove --model first \
    --split test --quiet
ok "says how many" says out '^48 images coded'
ok "the codebook can be learnt from" status 0 bitgrove learn c.bitgrove \
    --load-codebook w.npy --bits 6 --epochs 1,1 --batch 32 --name again --quiet

# ---- a catalogue whose own name would do things to a terminal ----
odd=$(printf 'odd \033[31m.bitgrove')
ok "detached into an odd name" status 0 bitgrove import "$odd" shapes --detach
ok "which is escaped" harmless out
ok "is followed" status 0 bitgrove jobs "$odd" 1 --follow
ok "learns" status 0 bitgrove learn "$odd" --bits 3 --epochs 0,1,1
ok "the name is escaped here" harmless out
ok "and here" harmless err

# ---- a second data set: the model knows which is its own ----
"$build/bitgrove" import c.bitgrove shapes --name more >out 2>err
ok "learn from which?" status 2 bitgrove learn c.bitgrove
ok "go on with a model" status 0 bitgrove learn c.bitgrove --resume again
ok "of no such name" status 1 bitgrove learn c.bitgrove --resume nobody
ok "says which there are" says err 'no model "nobody", there is: first'

# ---- a model that another edition learnt ----
python3 - <<'PYTHON'
import sqlite3
db = sqlite3.connect("c.bitgrove")
db.execute("UPDATE model SET recipe = 'warm', "
           "options = json_set(options, '$.recipe', 'warm') "
           "WHERE name = 'first'")
db.commit()
PYTHON
ok "a model of a recipe that is no more" status 0 bitgrove eval c.bitgrove \
    --baselines --model first
ok "compares with what can be learnt" says out \
    '^real +bitgrove learn --baseline real --dataset shapes --encoder'

# ---- a catalogue that is damaged, newer, or read-only ----
python3 - <<'PYTHON'
import sqlite3
db = sqlite3.connect("c.bitgrove")
db.execute("UPDATE image_code SET code = 1 << 40 WHERE image_id = 5 "
           "AND model_id = 1")
db.commit()
PYTHON
ok "check finds a bad code" status 3 bitgrove check c.bitgrove --format json
ok "and says so" json 'it["sound"] is False and len(it["findings"]) > 0'
python3 - <<'PYTHON'
import sqlite3
db = sqlite3.connect("c.bitgrove")
db.execute("PRAGMA user_version = 999")
db.commit()
PYTHON
ok "a newer catalogue is refused" status 3 bitgrove info c.bitgrove
finish
