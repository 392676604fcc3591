# Checkpoints of torchvision's ResNet18 and ResNet50 in both formats, and one as
# the authors of LLC lay theirs out, with random weights. What they make of
# JPEGs is compared with PyTorch and torchvision's transforms: features, logits
# and margins of 64; then, through the commands, the codes of a thousand
# pictures of as many classes, of which PyTorch coded 64. Nothing is timed.
# BENCH_JPEGS: a folder to take pictures from, what is below /usr unless given.
checkpoints() {
    photographs || return 0
    echo "# pictures are cut from $(wc -l <"$work/jpegs") JPEGs"
    tr '\n' '\0' <"$work/jpegs" |
        xargs -0 "$python" "$bench/../golden/checkpoints.py" --large "$work" ||
        return 1
    while read -r model; do
        # shellcheck disable=SC2086
        "$build/../unit/test-checkpoint" "$work" $model >"$work/out" ||
            { cat "$work/out"; return 1; }
        sed -n 's/^ok [0-9]* - \(.*: \(features\|logits\|margins\|bits\)\)/# \1/p' \
            "$work/out"
    done <<END
resnet18 224 1000 20 resnet18.pth
resnet18 224 1000 20 resnet18-old.pth
resnet50 224 1000 20 resnet50.pth
resnet50 224 1000 20 resnet50-old.pth
resnet50 224 1000 20 llc.pth
resnet50 224 1000 20 llc-two.pth llc-codebook.npy
END
    c=$work/c.bitgrove
    bitgrove import -q --size 224 --resize 256 --exact --split train \
        "$c" "$work/pictures/list.tsv" &&
        bitgrove import-model -q "$c" "$work/llc-two.pth" --name two \
            --codebook "$work/llc-codebook.npy" &&
        bitgrove encode -q "$c" --model two &&
        bitgrove export "$c" codes --format csv --output "$work/codes.csv" &&
        bitgrove export "$c" codebook --output "$work/book.npy" || return 1
    "$python" - "$work" <<'END'
import csv, sys
import numpy
work = sys.argv[1]
margins = numpy.load(work + "/resnet50-margins.npy")
want = ["".join("01"[int(z >= 0)] for z in row) for row in margins]
rows = list(csv.DictReader(open(work + "/codes.csv")))
got = [row["code"] for row in rows]
same = sum(a == b for a, b in zip(got, want))
book = numpy.array_equal(numpy.load(work + "/book.npy"),
                         numpy.load(work + "/llc-codebook.npy"))
print(f"# import, import-model, encode: {len(got)} codes, {same} of "
      f"{len(want)} equal to PyTorch's, {len(set(want))} different ones; "
      f"the codebook is {'the same' if book else 'ANOTHER'}")
sys.exit(same != len(want) or len(got) != 1000 or not book)
END
}
if "$python" -c 'import torchvision' 2>/dev/null; then
    checkpoints
else
    echo "bench $name skipped: there is no python3-torchvision"
fi
