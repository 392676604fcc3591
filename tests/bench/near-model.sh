# The index beside its own scan: is the choice between them a good one? Ratios
# below 1 are what the choice costs where only a scan can answer.
"$build/bench-knn" model 1000000
