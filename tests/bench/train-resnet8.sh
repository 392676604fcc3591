# Images a second, forward and backward, of the encoder that the demo learns:
# ours and PyTorch on the same shapes, all processors.
if "$python" -c 'import torch' 2>/dev/null; then
    alternate "$name" images/s "'$build/bench-resnet8' train" \
        "'$python' '$bench/resnet8-peer.py' train"
else
    echo "bench $name skipped: there is no python3-torch"
fi
