. "$bench/knn-lib.sh"
knn 20 1000000 clustered
