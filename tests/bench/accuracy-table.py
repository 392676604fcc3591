"""accuracy-table.py BENCH CATALOGUE: what the last epochs of the models
measured on the test images, means over the seeds, in the order of learning.

A model is called WHAT/SEED, and WHAT is ordinary or ends in -BITS. Rates are
in percent; distinct is the least number of different class codes.
"""
import sqlite3
import sys

QUERY = """
SELECT model.name, history.top1, history.mhd, history.ed,
       (SELECT count(DISTINCT code) FROM class_code
         WHERE class_code.model_id = model.id
           AND class_code.step = history.step),
       (SELECT sum(duration) FROM history AS e WHERE e.model_id = model.id),
       history.step
  FROM model JOIN history ON history.model_id = model.id
 WHERE history.step = (SELECT max(step) FROM history AS e
                      WHERE e.model_id = model.id)
 ORDER BY model.id"""

bench, path = sys.argv[1:]
groups = {}
with sqlite3.connect(path) as db:
    for name, *figures in db.execute(QUERY):
        groups.setdefault(name.rsplit("/", 1)[0], []).append(figures)
means = {}
print(f"{'model':<16}{'top-1':>7}{'MHD':>7}{'ED':>7}{'distinct':>10}"
      f"{'epochs':>8}{'minutes':>9}{'seeds':>7}")
for what, rows in groups.items():
    top1, mhd, ed = (100 * sum(r[i] or 0 for r in rows) / len(rows)
                     for i in range(3))
    means[what] = top1, mhd, ed
    codes = ("{:>7}{:>7}{:>10}".format("-", "-", "-") if what == "ordinary"
             else f"{mhd:7.2f}{ed:7.2f}{min(r[3] for r in rows):10d}")
    minutes = sum(r[4] for r in rows) / len(rows) / 60000
    print(f"{what:<16}{top1:7.2f}{codes}{rows[0][5]:8d}{minutes:9.1f}"
          f"{len(rows):7d}")
peer = means["ordinary"][0]
for what, (top1, mhd, ed) in means.items():
    if what == "ordinary":
        continue
    for figure, ours in ("top1", top1), ("mhd", mhd), ("ed", ed):
        print(f"bench {bench}-{what}-{figure} ours={ours:.2f} "
              f"peer={peer:.2f} ratio={ours / peer:.3f} unit=%")
