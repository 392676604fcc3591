# The direct 3x3 kernels of the encoder and im2col with OpenBLAS's sgemm in
# their place: forward and both gradients, one thread.
alternate "$name" GFLOP/s "'$build/bench-conv' direct" "'$build/bench-conv' sgemm"
