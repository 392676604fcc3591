"""One number for tests/bench/near-sql.sh and near-load.sh, in ms.

near-sql.py first MODULE CATALOGUE         a connection and its first answer
near-sql.py ours MODULE CATALOGUE          100 nearest, the median query
near-sql.py fill VEC0 CATALOGUE DATABASE   the same codes for sqlite-vec
near-sql.py peer VEC0 CATALOGUE DATABASE   100 nearest, the median query
"""
import sqlite3, sys, time

what, module, catalogue = sys.argv[1:4]
QUERIES = {"ours": 200, "peer": 9}
WIDE = {24: 3, 64: 8}


def load(path):
    db = sqlite3.connect(path)
    db.enable_load_extension(True)
    db.load_extension(module)
    return db


def bits():
    db = sqlite3.connect(catalogue)
    return db.execute("SELECT bits FROM model").fetchone()[0]


def codes(limit):
    return sqlite3.connect(catalogue).execute(
        "SELECT image_id, code FROM image_code LIMIT ?", (limit,))


def packed(code):
    return (code & (1 << 64) - 1).to_bytes(WIDE[bits_of_all], "little")


def timed(db, sql, arguments):
    start = time.perf_counter()
    found = db.execute(sql, arguments).fetchall()
    return (time.perf_counter() - start) * 1e3, found


bits_of_all = bits()
if what == "first":
    start = time.perf_counter()
    db = load(catalogue)
    found = db.execute("SELECT * FROM near(NULL, 5, 100)").fetchall()
    assert len(found) == 100
    print((time.perf_counter() - start) * 1e3)
elif what == "fill":
    db = load(sys.argv[4])
    db.execute("PRAGMA journal_mode = wal")
    db.execute(f"CREATE VIRTUAL TABLE v USING vec0(code bit[{bits_of_all}])")
    db.executemany("INSERT INTO v (rowid, code) VALUES (?, vec_bit(?))",
                   ((i, packed(c)) for i, c in codes(-1)))
    db.commit()
else:
    ours = what == "ours"
    db = load(catalogue if ours else sys.argv[4])
    queries = [c for _, c in codes(QUERIES[what])]
    if ours:
        timed(db, "SELECT id FROM near(NULL, ?, 1)", (queries[0],))
        sql = "SELECT id, distance FROM near(NULL, ?, 100)"
        times = [timed(db, sql, (c,))[0] for c in queries]
    else:
        sql = ("SELECT rowid, distance FROM v WHERE code MATCH vec_bit(?) "
               "AND k = 100")
        times = [timed(db, sql, (packed(c),))[0] for c in queries]
    print(sorted(times)[len(times) // 2])
