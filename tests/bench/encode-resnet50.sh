# Pictures a second through ResNet50 at 224, all processors: ours and the best
# that PyTorch gets of eager and frozen, in batches of 1, 8 and 32; first the
# difference of the features of the same weights, and where our time goes.
if "$python" -c 'import torchvision' 2>/dev/null; then
    "$python" "$bench/resnet50-peer.py" export "$work/weights" &&
        "$build/bench-resnet50" check "$work/weights" &&
        "$build/bench-resnet50" where &&
        alternate "$name" images/s "'$build/bench-resnet50' rate" \
            "'$python' '$bench/resnet50-peer.py' rate"
else
    echo "bench $name skipped: there is no python3-torchvision"
fi
