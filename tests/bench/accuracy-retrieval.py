"""accuracy-retrieval.py BENCH OURS FILE: lines for `make bench` from what
`bitgrove eval --format json CATALOGUE MODEL...` printed of models called
WHAT/SEED, means over the seeds. OURS, a WHAT, is put beside the others: MAP of
real values is by cosine, outliers are those of the rest, not held out.
"""
import json
import sys

bench, ours, path = sys.argv[1:]
with open(path) as file:
    models = json.load(file)["models"]
groups = {}
for model in models:
    groups.setdefault(model["model"].rsplit("/", 1)[0], []).append(model)


def mean(what, get):
    values = [get(model) for model in groups[what]]
    return None if None in values else sum(values) / len(values)


def map_of(model):
    cosine = model["retrieval"]["map_cosine"]
    return model["retrieval"]["map"] if cosine is None else cosine


FIGURES = {
    "map": map_of,
    "ood-accuracy": lambda model: model["ood"]["rest"]["accuracy"],
    "ood-f1": lambda model: model["ood"]["rest"]["f1"],
    "ood-auroc": lambda model: model["ood"]["rest"]["auroc"],
}
for name, get in FIGURES.items():
    mine = mean(ours, get)
    for what in groups:
        peer = mean(what, get)
        if what == ours or mine is None or not peer:
            continue
        if name.startswith("ood") and what != "ordinary":
            continue
        print(f"bench {bench}-{name}-{ours}-{what} ours={mine:.4f} "
              f"peer={peer:.4f} ratio={mine / peer:.3f} unit={name}")
