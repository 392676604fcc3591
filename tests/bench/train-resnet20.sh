# The same as train-resnet8, of a deeper encoder.
. "$bench/train-resnet8.sh"
