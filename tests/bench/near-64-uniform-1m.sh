. "$bench/knn-lib.sh"
knn 64 1000000 uniform
