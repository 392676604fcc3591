"""What `bitgrove near` prints, beside the plain answer from the rows of the
catalogue: near.py CATALOGUE BITGROVE. Exits with 1 and says what differs."""
import csv
import io
import json
import random
import sqlite3
import subprocess
import sys

catalogue, program = sys.argv[1:]
database = sqlite3.connect(catalogue)
bits, = database.execute("SELECT bits FROM model").fetchone()
names = dict(database.execute("SELECT id, name FROM class"))
rows = [(image, code % (1 << 64),
         [b - 256 if b > 127 else b for b in margins], names.get(label), split)
        for image, code, margins, label, split in database.execute(
            "SELECT k.image_id, k.code, k.margins, i.class_id, i.split"
            " FROM image_code k JOIN image i ON i.id = k.image_id")]
by_id = {row[0]: row for row in rows}


def plain(code, margins, keep, fixed=0, itself=None):
    """(distance, margin distance, id) of all that keep() lets pass, sorted."""
    if margins is None:
        margins = [127 if code >> i & 1 else -127 for i in range(bits)]
    found = []
    for image, other, theirs, label, split in rows:
        if image == itself or not keep(image, other, label, split):
            continue
        counted = [i for i in range(bits) if not fixed or fixed >> i & 1]
        found.append((sum((code ^ other) >> i & 1 for i in counted),
                      sum(abs(margins[i] - theirs[i]) for i in counted), image))
    return sorted(found)


def run(*words, stdin=None):
    done = subprocess.run([program, "near", *words, catalogue],
                          capture_output=True, text=True, input=stdin)
    assert done.returncode in (0, 1), (words, done.stderr)
    return done.stdout


def text(code):
    return "".join(str(code >> i & 1) for i in range(bits))


def check(answer, wanted, k, radius, what):
    """One object of JSON beside the whole sorted list."""
    matching = [w for w in wanted if w[0] <= radius]
    given = [(n["distance"], n["margin"], n["id"])
             for n in answer["neighbours"]]
    assert given == matching[:k], (what, given[:3], matching[:3])
    assert answer["matches"] == len(matching), what
    last = given[-1][0] if given else -1
    assert answer["ties"] == {
        "distance": given[-1][0] if given else None, "given": len(given),
        "in_all": sum(w[0] <= last for w in matching)}, what
    more = given and len(matching) > len(given)
    assert answer["next"] == (
        ",".join(map(str, given[-1])) if more else None), what


def filters(chance):
    """Words of options, and what they keep."""
    words, tests = [], []
    if chance.random() < 0.5:
        splits = chance.choice([["test"], ["train"], ["test", "train"]])
        words += ["--split", ",".join(splits)]
        tests.append(lambda i, c, l, s: s in splits)
    if chance.random() < 0.3:
        label = chance.choice(list(names.values()))
        words += ["--in", label]
        tests.append(lambda i, c, l, s: l == label)
    if chance.random() < 0.4:
        low = chance.randrange(1, len(rows))
        high = chance.randrange(low, len(rows) + 1)
        words += ["--among", f"{low}-{high},1"]
        tests.append(lambda i, c, l, s: low <= i <= high or i == 1)
    if chance.random() < 0.4:
        words += ["--tag", "odd"]
        tests.append(lambda i, c, l, s: i % 2 == 1)
    if chance.random() < 0.5:
        fixed = chance.getrandbits(bits) & chance.getrandbits(bits)
        value = chance.choice(rows)[1]
        words += ["--pattern", "".join(
            str(value >> i & 1) if fixed >> i & 1 else "*"
            for i in range(bits))]
        tests.append(lambda i, c, l, s: (c ^ value) & fixed == 0)
    return words, lambda *row: all(test(*row) for test in tests)


def extent(chance):
    words, k, radius = [], chance.choice([1, 3, 40]), bits
    if chance.random() < 0.5:
        radius = chance.randrange(bits // 2)
        words += ["--radius", str(radius)]
    return words + ["-k", str(k)], k, radius


def single(chance):
    options, keep = filters(chance)
    words, k, radius = extent(chance)
    image, code, margins, _, _ = chance.choice(rows)
    if chance.random() < 0.5:
        asked = ["--image", str(image)]
        wanted = plain(code, margins, keep, itself=image)
    else:
        code ^= 1 << chance.randrange(bits)
        asked = ["--code", text(code)]
        wanted = plain(code, None, keep)
    words = asked + options + words + ["--format", "json"]
    check(json.loads(run(*words)), wanted, k, radius, words)


def many(chance):
    options, keep = filters(chance)
    words, k, radius = extent(chance)
    words = options + words + ["--format", "json"]
    asked = sorted(chance.sample(sorted(by_id), 40))
    answers = json.loads(run("--images", ",".join(map(str, asked)), *words))
    assert len(answers) == len(asked)
    for image, answer in zip(asked, answers):
        assert answer["query"]["value"] == str(image)
        check(answer, plain(*by_id[image][1:3], keep, itself=image), k, radius,
              words)
    codes = [chance.getrandbits(bits) for _ in range(40)]
    answers = json.loads(run("--codes", "-", *words, stdin="# codes\n\n" +
                             "".join(text(c) + "\n" for c in codes)))
    for code, answer in zip(codes, answers):
        check(answer, plain(code, None, keep), k, radius, words)


def pages(chance):
    """All pages together are the whole list."""
    options, keep = filters(chance)
    image, code, margins, _, _ = chance.choice(rows)
    wanted, got, after = plain(code, margins, keep, itself=image), [], []
    while True:
        answer = json.loads(run("--image", str(image), "-k", "37", *options,
                                *after, "--format", "json"))
        got += [(n["distance"], n["margin"], n["id"])
                for n in answer["neighbours"]]
        if answer["next"] is None:
            break
        assert answer["matches"] == len(wanted)
        after = ["--after", answer["next"]]
    assert got == wanted, options


def tables():
    """CSV says what JSON does."""
    one = run("--images", "test", "-k", "3", "--format", "csv")
    records = list(csv.DictReader(io.StringIO(one)))
    answers = json.loads(run("--images", "test", "-k", "3", "--format",
                             "json"))
    assert [(r["query"], r["id"], r["distance"], r["code"], r["margin"])
            for r in records] == [
        (a["query"]["value"], str(n["id"]), str(n["distance"]), n["code"],
         str(n["margin"])) for a in answers for n in a["neighbours"]]
    assert len(answers) == sum(row[4] == "test" for row in rows)


for seed in range(10):
    single(random.Random(seed))
for seed in range(4):
    many(random.Random(100 + seed))
    pages(random.Random(200 + seed))
tables()
