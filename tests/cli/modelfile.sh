#!/bin/sh
# Models as files: out of a catalogue, into PyTorch, and back. Prints TAP.
. "${top_srcdir:-.}/tests/cli/lib.sh"

mkdir shapes small
"$build/tests/make-images" shapes 4 40 12 || exit 1
"$build/tests/make-images" small 3 20 6 || exit 1
bitgrove import c.bitgrove shapes --name shapes >/dev/null || exit 1
bitgrove import other.bitgrove small --name small >/dev/null || exit 1

ok "export without a model" status 1 bitgrove export c.bitgrove model
ok "import without a model" status 2 bitgrove import-model c.bitgrove no.file
ok "names the file" says err 'no.file'
for encoder in resnet8 mlp linear; do
    ok "learn $encoder" status 0 bitgrove learn c.bitgrove --bits 6 \
        --epochs 1,1,1 --batch 32 --encoder $encoder --name $encoder --quiet
    ok "export it" status 0 bitgrove export c.bitgrove model \
        --model $encoder --output $encoder.safetensors
    ok "import it" status 0 bitgrove import-model c.bitgrove \
        $encoder.safetensors --format json
    ok "under its name" json 'it["model"] == "'$encoder'-2" and
it["encoder"] == "'$encoder'" and it["bits"] == 6'
    ok "it has codes of classes" status 0 bitgrove tree c.bitgrove \
        --model $encoder-2
    ok "encode" status 0 bitgrove encode c.bitgrove --model $encoder-2
    for what in codes margins codebook tree; do
        bitgrove export c.bitgrove $what --model $encoder --output one.$what
        bitgrove export c.bitgrove $what --model $encoder-2 --output two.$what
        ok "the same $what" cmp one.$what two.$what
    done
    ok "export again" status 0 bitgrove export c.bitgrove model \
        --model $encoder-2 --output again.safetensors
    # the name of the model differs
    ok "the same file" sh -c "tail -c 1000 $encoder.safetensors >a
        tail -c 1000 again.safetensors >b; cmp a b"
done
if /usr/bin/python3 -c 'import torch' 2>log; then
    ok "PyTorch sees the same" status 0 /usr/bin/python3 \
        "$source/tests/cli/pytorch.py" "$source/docs/read-model.py" \
        c.bitgrove resnet8 mlp linear
    sed 's/^/# /' out
else
    ok "PyTorch sees the same # SKIP no python3-torch" true
fi
ok "to standard output" status 0 bitgrove export c.bitgrove model \
    --model resnet8
ok "the same bytes" cmp out resnet8.safetensors
ok "another format" status 2 bitgrove export c.bitgrove model --format npy
ok "no temporary file is left" sh -c '! ls "${TMPDIR:-/tmp}"/bitgrove-model-* \
    2>/dev/null | grep .'

# ---- a baseline ----
ok "an ordinary classifier" status 0 bitgrove learn c.bitgrove --bits 6 \
    --epochs 1,1,1 --batch 32 --baseline ordinary --name plain --quiet
ok "is exported" status 0 bitgrove export c.bitgrove model --model plain \
    --output plain.safetensors
ok "and imported" status 0 bitgrove import-model c.bitgrove \
    plain.safetensors --name back --format json
ok "as what it is" json 'it["baseline"] == "ordinary"'
ok "encoding with it" status 2 bitgrove encode c.bitgrove --model back
ok "the newest model is no baseline" status 0 bitgrove eval c.bitgrove \
    --format json
ok "but the last imported" json 'it["model"] == "linear-2"'

# ---- refusals ----
ok "other classes" status 2 bitgrove import-model other.bitgrove \
    resnet8.safetensors
ok "are said" says err 'knows 4 classes, data set small has 3'
ok "a name that is taken" status 2 bitgrove import-model c.bitgrove \
    resnet8.safetensors --name mlp
ok "is said" says err 'mlp'
sed 's/"cross 1/"crown 1/' resnet8.safetensors >renamed.safetensors
ok "another class" status 2 bitgrove import-model c.bitgrove \
    renamed.safetensors
ok "is named" says err 'class 2 of the model is "crown 1"'
sed 's/"1x16x16"/"1x17x16"/' resnet8.safetensors >taller.safetensors
ok "another size" status 2 bitgrove import-model c.bitgrove taller.safetensors
ok "is said" says err 'is for 16x17'
head -c 3000 resnet8.safetensors >short.safetensors
ok "a file cut short" status 2 bitgrove import-model c.bitgrove \
    short.safetensors
ok "is said" says err 'short.safetensors ends'
ok "no model at all" status 2 bitgrove import-model c.bitgrove \
    shapes/classes.tsv
ok "is said" says err 'no safetensors file'
ok "the catalogue is sound" status 0 bitgrove check c.bitgrove
ok "info" status 0 bitgrove info c.bitgrove --format json
ok "has no model in part" json 'len(it["models"]) == 8'
finish
