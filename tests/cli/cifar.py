"""Files of CIFAR-10 and CIFAR-100 from random bytes, and what becomes of them.

    cifar.py make FOLDER           writes FOLDER/cifar-10-batches-bin and
                                   FOLDER/cifar-100-binary
    cifar.py check FOLDER CATALOGUE DATASET
        the images of the data set are those of the files, byte for byte, in
        their order, and of their classes and groups
"""

import os
import random
import sqlite3
import sys

TEN = ["aeroplane", "car", "bird", "cat", "deer", "dog", "frog", "horse",
       "ship", "lorry"]
FINE = [f"fine {i}" for i in range(100)]
COARSE = [f"coarse {i}" for i in range(20)]
FILES = {
    "cifar-10-batches-bin": [(f"data_batch_{i}.bin", "train", 6)
                             for i in range(1, 6)]
    + [("test_batch.bin", "test", 7)],
    "cifar-100-binary": [("train.bin", "train", 130), ("test.bin", "test", 9)],
}


def images(folder, name, n):
    """(labels, pixels) of each image of a file."""
    draw = random.Random(folder + name)
    for i in range(n):
        if folder.startswith("cifar-100"):
            fine = i % 100
            labels = bytes([fine * 7 % 20, fine])
        else:
            labels = bytes([draw.randrange(10)])
        yield labels, draw.randbytes(3072)


def make(place):
    for folder, files in FILES.items():
        os.makedirs(f"{place}/{folder}")
        for name, _, n in files:
            with open(f"{place}/{folder}/{name}", "wb") as f:
                for labels, pixels in images(folder, name, n):
                    f.write(labels + pixels)

    def lines(name, words):
        with open(f"{place}/{name}", "w") as f:
            f.write("".join(word + "\n" for word in words))
    lines("cifar-10-batches-bin/batches.meta.txt", TEN + [""])
    lines("cifar-100-binary/fine_label_names.txt", FINE)
    lines("cifar-100-binary/coarse_label_names.txt", COARSE)


def check(folder, catalogue, dataset):
    rows = sqlite3.connect(catalogue).execute(
        "SELECT i.split, c.number, c.name, c.path, p.bytes, s.path"
        " FROM image i JOIN class c ON c.id = i.class_id"
        " JOIN pixels p ON p.image_id = i.id JOIN source s ON s.id ="
        " i.source_id JOIN dataset d ON d.id = i.dataset_id"
        " WHERE d.name = ? ORDER BY i.id", (dataset,)).fetchall()
    want = []
    for name, split, n in FILES[folder]:
        for labels, pixels in images(folder, name, n):
            number = labels[-1]
            want.append((split, number,
                         FINE[number] if len(labels) == 2 else TEN[number],
                         COARSE[labels[0]] if len(labels) == 2 else "",
                         pixels, name))
    got = [(*row[:5], os.path.basename(row[5]).removesuffix(".gz"))
           for row in rows]
    for i, (a, b) in enumerate(zip(got, want)):
        if a != b:
            sys.exit(f"# image {i}: {a[:4]}, {a[5]}; wanted {b[:4]}, {b[5]}")
    if len(got) != len(want):
        sys.exit(f"# {len(got)} images of {len(want)}")


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    check(*sys.argv[2:])
