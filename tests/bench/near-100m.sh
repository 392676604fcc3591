# A hundred million codes in memory: building, answering, beside the scan.
"$build/bench-knn" large 100000000 20
"$build/bench-knn" large 100000000 64
