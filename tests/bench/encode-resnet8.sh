# Images a second from bytes to margins: ours and PyTorch, all processors.
if "$python" -c 'import torch' 2>/dev/null; then
    alternate "$name" images/s "'$build/bench-resnet8' encode" \
        "'$python' '$bench/resnet8-peer.py' encode"
else
    echo "bench $name skipped: there is no python3-torch"
fi
