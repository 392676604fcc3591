"""Checks what was exported: exports.py CHECK FILE [OTHER]...

Needs nothing but Python; `faiss` also needs faiss and NumPy.
"""

import ast
import csv
import json
import re
import struct
import sys
import xml.etree.ElementTree

TYPES = {"|u1": "B", "<u8": "Q", "<f4": "f"}


def npy(path):
    """(type, shape, elements)"""
    data = open(path, "rb").read()
    assert data[:8] == b"\x93NUMPY\x01\x00", data[:8]
    size = struct.unpack("<H", data[8:10])[0]
    assert (10 + size) % 64 == 0
    head = ast.literal_eval(data[10:10 + size].decode())
    assert not head["fortran_order"]
    count = 1
    for n in head["shape"]:
        count *= n
    items = struct.unpack(f"<{count}{TYPES[head['descr']]}", data[10 + size:])
    return head["descr"], head["shape"], items


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def same(ours, theirs):
    assert ours == theirs, f"{ours!r:.300} is not {theirs!r:.300}"


def whole(code):
    """bit 0 is the first digit"""
    return int(code[::-1], 2)


def split_rows(shape, items):
    return [items[i * shape[1]:(i + 1) * shape[1]] for i in range(shape[0])]


def codes_npy(path, text):
    kind, shape, items = npy(path)
    same((kind, shape), ("<u8", (len(rows(text)),)))
    same(list(items), [whole(row["code"]) for row in rows(text)])


def bits(path, text):
    codes = [row["code"] for row in rows(text)]
    kind, shape, items = npy(path)
    same((kind, shape), ("|u1", (len(codes), len(codes[0]))))
    same([list(map(int, code)) for code in codes],
         [list(row) for row in split_rows(shape, items)])


def packed(path, text):
    codes = [row["code"] for row in rows(text)]
    wide = (len(codes[0]) + 7) // 8
    kind, shape, items = npy(path)
    same((kind, shape), ("|u1", (len(codes), wide)))
    for code, row in zip(codes, split_rows(shape, items)):
        same([row[i // 8] >> i % 8 & 1 for i in range(8 * wide)],
             list(map(int, code.ljust(8 * wide, "0"))))


def codes_json(path, text):
    same([(str(o["id"]), o["split"], o["code"]) for o in json.load(open(path))],
         [(row["id"], row["split"], row["code"]) for row in rows(text)])


def weights(row):
    return [float(row[f"w{i}"]) for i in range(len(row["code"]))]


def near(a, b):
    return abs(a - b) <= 1e-6 * max(1, abs(a))


def codebook_npy(path, text):
    kind, shape, items = npy(path)
    codes = rows(text)
    same((kind, shape), ("<f4", (len(codes), len(codes[0]["code"]))))
    for row, real in zip(codes, split_rows(shape, items)):
        same("".join("01"[x >= 0] for x in real), row["code"])
        assert all(map(near, real, weights(row)))


def codebook_json(path, text):
    for o, row in zip(json.load(open(path)), rows(text), strict=True):
        same((str(o["number"]), o["code"]), (row["number"], row["code"]))
        assert all(map(near, o["weights"], weights(row)))


def margins_npy(path, text):
    codes = [row["code"] for row in rows(text)]
    kind, shape, items = npy(path)
    same((kind, shape), ("<f4", (len(codes), len(codes[0]))))
    for code, row in zip(codes, split_rows(shape, items)):
        for digit, margin in zip(code, row):
            assert margin == 0 or (margin > 0) == (digit == "1")
    assert len(set(items)) > 20


def margins_csv(path, array):
    _, shape, items = npy(array)
    same([row[f"m{i}"] for row in rows(path) for i in range(shape[1])],
         [f"{x:.9g}" for x in items])


def distance(a, b):
    return sum(x != y for x, y in zip(a, b))


def faiss(path, text):
    import faiss as library
    import numpy
    codes = [row["code"] for row in rows(text)]
    array = numpy.load(path)
    index = library.IndexBinaryFlat(array.shape[1] * 8)
    index.add(array)
    found, _ = index.search(array, 5)
    for code, row in zip(codes, found):
        same(sorted(distance(code, other) for other in codes)[:5],
             row.tolist())


def parse_newick(text):
    """(name or [children], length) of a tree in Newick's format"""
    at = 0

    def label():
        nonlocal at
        if text[at] == "'":
            found = re.compile(r"'((?:[^']|'')*)'").match(text, at)
            at = found.end()
            return found.group(1).replace("''", "'")
        found = re.compile(r"[^\s()\[\]':;,]*").match(text, at)
        at = found.end()
        return found.group().replace("_", " ")

    def node():
        nonlocal at
        if text[at] == "(":
            children = []
            while text[at] in "(,":
                at += 1
                children.append(node())
            assert text[at] == ")", text[at:]
            at += 1
            what = children
        else:
            what = label()
        length = 0
        if text[at] == ":":
            found = re.compile(r":([0-9.]+)").match(text, at)
            at = found.end()
            length = float(found.group(1))
        return what, length

    tree = node()
    same(text[at:], ";\n")
    return tree


def escaped(name):
    """As utf8_escape() does, for the names of the test."""
    name = name.replace("\\", "\\\\").replace("\x1b", "\\e")
    return "".join(c if c.isprintable() else
                   f"\\x{ord(c):02x}" if ord(c) < 128 else f"\\u{{{ord(c):x}}}"
                   for c in name)


def newick(path, tree):
    def compare(ours, theirs):
        """returns the height"""
        if "children" not in theirs:
            same(ours[0], escaped(theirs["name"]))
            return 0
        heights = [compare(a, b) + 2 * a[1]
                   for a, b in zip(ours[0], theirs["children"], strict=True)]
        assert all(abs(h - theirs["height"]) < 1e-4 for h in heights), heights
        return theirs["height"]

    assert compare(parse_newick(open(path).read()),
                   json.load(open(tree))["root"]) > 0


def leaves(node):
    if "children" not in node:
        return [node["name"]]
    return [name for child in node["children"] for name in leaves(child)]


def svg(path, tree, book):
    text = open(path).read()
    root = xml.etree.ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    for word in ("<script", "href", "url(", "@import", "<image"):
        assert word not in text, word
    same(text.count("http"), 1)  # the name space
    for name in ("title", "desc"):
        assert root.find(space + name).text
    same(set(root.get("aria-labelledby").split()),
         {root.find(space + name).get("id") for name in ("title", "desc")})
    assert "prefers-color-scheme:dark" in text
    group = [g for g in root.iter(space + "g") if g.get("class") == "dg-name"]
    names = sorted((float(t.get("y")), t.text) for t in group[0])
    order = leaves(json.load(open(tree))["root"])
    same([name for _, name in names], [escaped(name) for name in order])
    codes = {row["class"]: row["code"] for row in rows(book)}
    bits = len(rows(book)[0]["code"])
    for bit in range(bits):
        squares = [p.get("d").count("M") for p in root.iter(space + "path")
                   if p.get("class") == f"dg-on dg-{bit}"]
        same(sum(squares), sum(code[bit] == "1" for code in codes.values()))
    dots = [g for g in root.iter(space + "g")
            if g.get("class") == "dg-dots"][0]
    same(len(dots), len(order) - 1)


def neighbours(path, text):
    codes = {row["id"]: row for row in rows(text)}
    asked = {}
    for row in rows(path):
        asked.setdefault(row["query"], []).append(row)
    same(list(asked), list(codes))
    for query, found in asked.items():
        mine = codes[query]["code"]
        for row in found:
            other = codes[row["id"]]
            same((row["split"], row["class"]), (other["split"], other["class"]))
            same(int(row["distance"]), distance(mine, other["code"]))
        same([int(row["distance"]) for row in found],
             sorted(distance(mine, other["code"])
                    for key, other in codes.items() if key != query)[:3])


CHECKS = {
    "codes-npy": codes_npy, "codes-bits": bits, "codes-faiss": packed,
    "codes-json": codes_json, "codebook-npy": codebook_npy,
    "codebook-bits": bits, "codebook-faiss": packed,
    "codebook-json": codebook_json, "margins-npy": margins_npy,
    "margins-csv": margins_csv, "faiss": faiss, "newick": newick, "svg": svg,
    "neighbours": neighbours,
}
CHECKS[sys.argv[1]](*sys.argv[2:])
