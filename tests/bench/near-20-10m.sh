. "$bench/knn-lib.sh"
knn 20 10000000 clustered
