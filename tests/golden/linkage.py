#!/usr/bin/python3
"""Makes linkage.txt: scipy's cophenetic distances for codes without ties.

    /usr/bin/python3 tests/golden/linkage.py > tests/golden/linkage.txt

First line: n, then n codes in hexadecimal. Then a line for each linkage: its
name, the correlation of cophenetic and Hamming distances, and the height at
which each pair meets, (0,1) (0,2) ... (n-2,n-1). Ward is asked for on square
roots of Hamming distances, which are Euclidean, and its heights are squared,
so that they are in bits like the others. Codes are drawn until no linkage's
tree changes when the classes are shuffled. Made with scipy 1.10.1.
"""
import numpy as np
from scipy.cluster.hierarchy import cophenet, linkage
from scipy.spatial.distance import squareform

N, K = 14, 64


def heights(points, method):
    hamming = (points[:, None, :] != points[None, :, :]).sum(2).astype(float)
    condensed = squareform(hamming)
    if method != "ward":
        return cophenet(linkage(condensed, method)), condensed
    return cophenet(linkage(np.sqrt(condensed), method)) ** 2, condensed


def stable(points, rng):
    for method in ("average", "single", "complete", "ward"):
        want = squareform(heights(points, method)[0])
        for _ in range(20):
            order = rng.permutation(N)
            got = squareform(heights(points[order], method)[0])
            if not np.allclose(got, want[np.ix_(order, order)]):
                return False
    return True


def main():
    rng = np.random.default_rng(1)
    while True:
        density = rng.uniform(0.05, 0.95, (N, 1))
        points = (rng.uniform(size=(N, K)) < density).astype(int)
        if stable(points, rng):
            break
    codes = [sum(int(b) << i for i, b in enumerate(row)) for row in points]
    print(N, *(f"{c:016x}" for c in codes))
    for method in ("average", "single", "complete", "ward"):
        meet, hamming = heights(points, method)
        print(method, repr(float(np.corrcoef(meet, hamming)[0, 1])),
              *(f"{m:.12g}" for m in meet))


main()
