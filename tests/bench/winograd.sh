# What nn/infer-plan.c chooses between: the time of each 3x3 convolution of
# stride 1, direct and by Winograd, one thread; and its choice.
"$build/bench-winograd"
