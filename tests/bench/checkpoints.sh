# Checkpoints of torchvision's ResNet18 and ResNet50 in both formats, and one as
# the authors of LLC lay theirs out, with random weights: features, logits and
# codes of four pictures of 224x224 against PyTorch's, and nothing is timed.
if "$python" -c 'import torchvision' 2>/dev/null; then
    "$python" "$bench/../golden/checkpoints.py" --large "$work" || exit 1
    while read -r model; do
        # shellcheck disable=SC2086
        "$build/../unit/test-checkpoint" "$work" $model >"$work/out" ||
            { cat "$work/out"; exit 1; }
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
else
    echo "bench $name skipped: there is no python3-torchvision"
fi
