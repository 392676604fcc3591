#!/usr/bin/python3
"""Makes metrics.txt: figures of scikit-learn and SciPy for saved cases.

    /usr/bin/python3 tests/golden/metrics.py > tests/golden/metrics.txt

Made with scikit-learn 1.2.1 and SciPy 1.10.1. A line is a key and its numbers:

map BITS N R | query's label | codes (hex) | labels | AP
    Distances to the code 0 are all different, so scikit-learn's average
    precision of the first R items is average precision at R.
ties BITS N R | query's label | codes (hex) | labels | AP
    With ties: the quotient of two expectations, added up item by item in
    fractions; an item's neighbours in its tie come before it with one half.
curve BITS N | label of all queries, Q | queries' codes | codes | labels |
    precision and recall by radius 0 to BITS, from precision_recall_curve()
cosine BITS N R | query's margins | margins | labels | AP, as for map
auroc N M | scores in | scores out | roc_auc_score()
tree LINKAGE N BITS | codes (hex) | groups, each a path of one component |
    purity by the lowest common ancestors of SciPy's tree, and the Pearson
    correlation of cophenet() with the distances of the paths, 0 or 2, and
    with Hamming distances
"""
from fractions import Fraction

import numpy as np
from scipy.cluster.hierarchy import cophenet, linkage, to_tree
from scipy.spatial.distance import squareform
from scipy.stats import pearsonr
from sklearn.metrics import (average_precision_score, precision_recall_curve,
                             roc_auc_score)

rng = np.random.default_rng(4)


def hexes(codes):
    return " ".join(f"{int(c):x}" for c in codes)


def words(values):
    return " ".join(str(v) for v in values)


def popcounts(codes):
    return np.array([bin(int(c)).count("1") for c in codes])


def code_of_weight(weight, bits):
    return sum(1 << int(b) for b in rng.permutation(bits)[:weight])


def sklearn_ap(scores, relevant, r):
    order = np.argsort(-scores, kind="stable")[:r]
    if not relevant[order].any():
        return 0.0
    return average_precision_score(relevant[order], scores[order])


def maps():
    for bits, n, r in (64, 60, 60), (64, 40, 17), (48, 30, 200), (20, 12, 5):
        weights = rng.permutation(bits + 1)[:n]
        codes = [code_of_weight(w, bits) for w in weights]
        labels = rng.integers(0, 3, n)
        ap = sklearn_ap(-weights.astype(float), labels == 1, min(r, n))
        print("map", bits, n, r, 1, hexes(codes), words(labels), repr(float(ap)))


def tied_ap(weights, relevant, r):
    n = len(weights)
    top = hits = Fraction(0)
    for i in range(n):
        if not relevant[i]:
            continue
        before = [j for j in range(n) if weights[j] < weights[i]]
        tie = [j for j in range(n) if weights[j] == weights[i]]
        hits_before = sum(bool(relevant[j]) for j in before)
        others = sum(bool(relevant[j]) for j in tie) - 1
        for place in range(len(tie)):
            rank = len(before) + place + 1
            if rank > r:
                break
            ahead = Fraction(others * place, max(len(tie) - 1, 1))
            top += Fraction(1, len(tie)) * (hits_before + 1 + ahead) / rank
            hits += Fraction(1, len(tie))
    return float(top / hits) if hits else 0.0


def ties():
    for bits, n, r in (8, 40, 40), (4, 50, 13), (10, 80, 30), (3, 20, 7):
        codes = rng.integers(0, 1 << bits, n)
        labels = rng.integers(0, 4, n)
        ap = tied_ap(popcounts(codes), labels == 2, min(r, n))
        print("ties", bits, n, r, 2, hexes(codes), words(labels), repr(ap))


def curve():
    for bits, n, q in (6, 50, 5), (16, 40, 3):
        queries = rng.integers(0, 1 << bits, q)
        codes = rng.integers(0, 1 << bits, n)
        labels = rng.integers(0, 2, n)
        away = np.array([popcounts(codes ^ x) for x in queries])
        truth = np.tile(labels == 1, (q, 1))
        p, r, at = precision_recall_curve(truth.ravel(), -away.ravel())
        rows = []
        for radius in range(bits + 1):
            fitting = np.flatnonzero(-at <= radius)
            rows += ([p[fitting[0]], r[fitting[0]]] if len(fitting)
                     else [0.0, 0.0])
        print("curve", bits, n, 1, q, hexes(queries), hexes(codes),
              words(labels), words(repr(float(v)) for v in rows))


def cosines():
    for bits, n, r in (10, 60, 60), (10, 60, 20), (3, 40, 11), (64, 30, 9):
        query = rng.integers(-127, 128, bits)
        margins = rng.integers(-127, 128, (n, bits))
        labels = rng.integers(0, 3, n)
        scores = margins @ query / np.linalg.norm(margins, axis=1)
        ap = sklearn_ap(scores, labels == 0, r)
        print("cosine", bits, n, r, words(query), words(margins.ravel()),
              words(labels), repr(float(ap)))


def aurocs():
    for n, m, values in (40, 30, 12), (200, 100, 6000), (25, 25, 3):
        inside = rng.integers(0, values, n)
        outside = rng.integers(0, values, m) + values // 6
        truth = np.r_[np.zeros(n), np.ones(m)]
        area = roc_auc_score(truth, np.r_[inside, outside])
        print("auroc", n, m, words(inside), words(outside), repr(float(area)))


def purity(tree, groups):
    """Over pairs of one group; of nodes of one height the topmost counts."""
    leaves, parent = {}, {}

    def walk(node):
        if node.is_leaf():
            leaves[node.id] = [node.id]
        else:
            for child in (node.left, node.right):
                walk(child)
                parent[child.id] = node
            leaves[node.id] = (leaves[node.left.id] + leaves[node.right.id])
    walk(tree)
    values = []
    for a in range(len(groups)):
        for b in range(a):
            if groups[a] != groups[b]:
                continue
            node = parent[a]
            while (b not in leaves[node.id] or
                   (node.id in parent and
                    abs(parent[node.id].dist - node.dist) < 1e-12)):
                node = parent[node.id]
            below = leaves[node.id]
            values.append(np.mean([groups[c] == groups[a] for c in below]))
    return np.mean(values)


def stable(codes, method, bits):
    """Whether the heights are the same whatever the order of the classes."""
    def heights(list_):
        away = np.array([popcounts(np.array(list_, dtype=object) ^ c)
                         for c in list_])
        return squareform(cophenet(linkage(squareform(away), method)))
    want = heights(codes)
    for _ in range(10):
        order = rng.permutation(len(codes))
        got = heights([codes[i] for i in order])
        if not np.allclose(got, want[np.ix_(order, order)]):
            return False
    return True


def trees():
    for method, n, bits in (("average", 16, 60), ("complete", 12, 60),
                            ("single", 20, 30), ("average", 30, 63)):
        while True:
            density = rng.uniform(0.1, 0.9, n)
            codes = [sum(1 << b for b in range(bits) if rng.uniform() < p)
                     for p in density]
            if stable(codes, method, bits):
                break
        groups = rng.integers(0, 4, n)
        away = np.array([popcounts(np.array(codes, dtype=object) ^ c)
                         for c in codes], dtype=float)
        condensed = squareform(away)
        joined = linkage(condensed, method)
        meet = cophenet(joined)
        paths = squareform(np.where(groups[:, None] == groups, 0, 2))
        print("tree", method, n, bits, hexes(codes), words(groups),
              repr(float(purity(to_tree(joined), groups))),
              repr(float(pearsonr(meet, paths)[0])),
              repr(float(pearsonr(meet, condensed)[0])))


for part in maps, ties, curve, cosines, aurocs, trees:
    part()
