. "$bench/knn-lib.sh"
knn 64 10000000 uniform
