#!/usr/bin/python3
"""A thousand classes to learn: ideographs from Debian's fonts.

    make-thousand.py DIR        writes DIR/{train,t10k}-{images-idx3,
                                labels-idx1}-ubyte.gz, DIR/classes.tsv,
                                DIR/fonts.tsv and prints the latter
    make-thousand.py --packages prints the packages that it draws from

28x28 grey, white on black, one image a class and face. The classes are the
thousand simplest characters (fewest strokes) that China, Taiwan, Japan and
Korea write alike: what GB 2312 and JIS X 0208 have in their first levels,
Big5 in its frequent part and KS X 1001 at all. Their group is the radical
that they stand under in dictionaries. A face that lacks one of them is left
out as a whole, so every class has the same number of images.

Whole families stand on one side of the split, and a family is what shares
outlines, whatever its faces are called: a face of the test that resembles a
training face too closely is refused.

The seed is fixed: the same packages give the same bytes. Needs python3-pil;
leaves with 77 when that, or too many of the fonts, are missing.
"""

import gzip
import math
import os
import random
import struct
import subprocess
import sys
import unicodedata

SEED = 20
CLASSES = 1000
SIDE = 28
FINE = 4  # pixels are drawn FINE x FINE times as fine, then averaged
ALIKE = 0.9  # correlation above which two faces are the same design
TRAIN_LEAST, TEST_LEAST = 25, 8

# package, file, index in the file, licence
TRAIN = """
fonts-arphic-gkai00mp gkai00mp.ttf 0 Arphic
fonts-arphic-ukai ukai.ttc 0 Arphic
fonts-arphic-uming uming.ttc 0 Arphic
fonts-baekmuk batang.ttf 0 Baekmuk
fonts-baekmuk dotum.ttf 0 Baekmuk
fonts-baekmuk gulim.ttf 0 Baekmuk
fonts-cns11643-sung TW-Sung-98_1.ttf 0 OGDL-TW-1.0
fonts-cwtex-fs cwfs.ttf 0 GPL-2+
fonts-cwtex-heib cwheib.ttf 0 GPL-2+
fonts-dejima-mincho dejima-mincho-r227.ttf 0 MIT
fonts-dotgothic16 DotGothic16-Regular.ttf 0 OFL-1.1
fonts-droid-fallback DroidSansFallbackFull.ttf 0 Apache-2
fonts-horai-umefont ume-tmo3.ttf 0 UmeFont
fonts-ipafont-gothic ipag.ttf 0 IPA-1
fonts-ipafont-mincho ipam.ttf 0 IPA-1
fonts-konatu Konatu.ttf 0 MIT
fonts-kouzan-mouhitsu kouzan-mouhitsu.ttf 0 public-domain
fonts-lxgw-wenkai LXGWWenKai-Regular.ttf 0 OFL-1.1
fonts-mona mona.ttf 0 public-domain
fonts-morisawa-bizud-mincho BIZUDMincho-Regular.ttf 0 OFL-1.1
fonts-motoya-l-cedar MTLc3m.ttf 0 Apache-2
fonts-mplus Mplus1-Regular.otf 0 OFL-1.1
fonts-nanum NanumGothic.ttf 0 OFL-1.1
fonts-noto-cjk NotoSansCJK-Regular.ttc 2 OFL-1.1
fonts-noto-cjk NotoSerifCJK-Regular.ttc 0 OFL-1.1
fonts-oradano-mincho-gsrr OradanoGSRR.ttf 0 Oradano
fonts-reggae ReggaeOne-Regular.ttf 0 OFL-1.1
fonts-smiley-sans SmileySans-Oblique.ttf 0 OFL-1.1
fonts-unfonts-core UnGungseo.ttf 0 GPL-2
fonts-yozvox-yozfont-standard-kana YOzRS_.ttf 0 OFL-1.1
"""

TEST = """
fonts-aoyagi-soseki aoyagi-soseki.ttf 0 public-domain
fonts-cns11643-kai TW-Kai-98_1.ttf 0 OGDL-TW-1.0
fonts-cwtex-ming cwming.ttf 0 GPL-2+
fonts-hanazono HanaMinA.ttf 0 Hanazono-or-OFL
fonts-kiloji kiloji.ttf 0 BSD-3-Clause
fonts-morisawa-bizud-gothic BIZUDGothic-Regular.ttf 0 OFL-1.1
fonts-sawarabi-mincho sawarabi-mincho-medium.ttf 0 CC-BY-3.0
fonts-seto setofont.ttf 0 OFL-1.1
fonts-unfonts-extra UnYetgul.ttf 0 GPL-2
fonts-wqy-zenhei wqy-zenhei.ttc 0 GPL-2-font-exception
"""


def table(text):
    return [line.split() for line in text.split("\n") if line]


def leave(status, why):
    print("make-thousand: " + why, file=sys.stderr)
    sys.exit(status)


def encoded(character, codec):
    try:
        return character.encode(codec)
    except UnicodeEncodeError:
        return b"\0"


def candidates():
    """What is common everywhere, fewest strokes first, as Big5 is ordered."""
    found = []
    for point in range(0x4E00, 0x9FA6):
        c = chr(point)
        big5, jis = encoded(c, "big5"), encoded(c, "euc_jp")
        if (0xB0 <= encoded(c, "gb2312")[0] <= 0xD7 and len(jis) == 2
                and 0xB0 <= jis[0] <= 0xCF and 0xA4 <= big5[0] <= 0xC6
                and encoded(c, "euc_kr") != b"\0"):
            found.append((big5, c))
    return [c for _, c in sorted(found)]


def radical(character):
    """Unicode's first ideographs are in the order of the 214 radicals."""
    name = ""
    for point in range(0x2F00, 0x2FD6):
        if unicodedata.normalize("NFKC", chr(point)) > character:
            break
        name = unicodedata.name(chr(point))[len("KANGXI RADICAL "):]
    return name.lower()


def installed(package):
    """Paths of a package's files, by name."""
    listing = subprocess.run(["dpkg-query", "-L", package], text=True,
                             capture_output=True, check=False).stdout
    return {os.path.basename(path): path for path in listing.split("\n")}


class Face:
    def __init__(self, row, split):
        self.package, self.file, index, self.licence = row
        self.index, self.split = int(index), split
        self.font = None

    def open(self, probes):
        """False, with a word, when it is not there."""
        path = installed(self.package).get(self.file)
        if path is None:
            print(f"make-thousand: no {self.package}; {self.file} is left out",
                  file=sys.stderr)
            return False
        self.font = ImageFont.truetype(path, 80, index=self.index)
        self.blanks = {self.ink("\U000FFFFD"), self.ink("\u0E5C")}
        boxes = [self.font.getbbox(c) for c in probes]
        self.middle = tuple(
            sum(b[i] + b[i + 2] for b in boxes) / 2 / len(boxes)
            for i in (0, 1))
        sizes = sorted(max(b[2] - b[0], b[3] - b[1]) for b in boxes)
        self.size = sizes[len(sizes) * 9 // 10]
        return True

    def ink(self, character):
        mask = self.font.getmask(character)
        return mask.size, bytes(mask)

    def has(self, character):
        ink = self.ink(character)
        return ink not in self.blanks and any(ink[1])

    def drawn(self, character):
        image = Image.new("L", (160, 160))
        ImageDraw.Draw(image).text(
            (80 - self.middle[0], 80 - self.middle[1]), character,
            font=self.font, fill=255)
        return image

    def portrait(self, probes):
        """Its design as a unit vector: what correlation is taken of."""
        vector = []
        for c in probes:
            image = self.drawn(c)
            image = image.crop(image.getbbox()).resize((16, 16), Image.BOX)
            pixels = list(image.getdata())
            mean = sum(pixels) / len(pixels)
            norm = math.sqrt(sum((p - mean) ** 2 for p in pixels)) or 1
            vector += [(p - mean) / norm / math.sqrt(len(probes))
                       for p in pixels]
        return vector

    def image(self, character, rng):
        """28x28 bytes: turned, sheared, stretched, moved, heavier or not."""
        turn = math.radians(rng.uniform(-15, 15))
        shear = rng.uniform(-0.25, 0.25)
        wide, high = (SIDE * FINE * rng.uniform(0.62, 0.98) / self.size
                      for _ in "xy")
        move = [rng.uniform(-2.5, 2.5) * FINE for _ in "xy"]
        weight = rng.choice((-1, 0, 0, 1))
        blur = rng.uniform(0.2, 0.9) * FINE
        # from the image back to the drawing
        cos, sin = math.cos(turn), math.sin(turn)
        a, b = cos / wide, (sin + shear * cos) / wide
        c, d = -sin / high, (cos - shear * sin) / high
        x, y = (SIDE * FINE / 2 + m for m in move)
        image = self.drawn(character).transform(
            (SIDE * FINE, SIDE * FINE), Image.AFFINE,
            (a, b, 80 - a * x - b * y, c, d, 80 - c * x - d * y),
            Image.BICUBIC)
        if weight > 0:
            image = image.filter(ImageFilter.MaxFilter(3))
        elif weight < 0:
            lighter = image.filter(ImageFilter.MinFilter(3))
            image = Image.blend(image, lighter, 0.5)
        image = image.filter(ImageFilter.GaussianBlur(blur)).reduce(FINE)
        peak = max(image.getextrema()[1], 1)
        return bytes(min(255, round(p * 255 / peak)) for p in image.getdata())


def faces_of(characters, probes):
    faces = [Face(row, split)
             for split, text in (("train", TRAIN), ("test", TEST))
             for row in table(text)]
    faces = [face for face in faces if face.open(probes)]
    for face in list(faces):
        missing = [c for c in characters if not face.has(c)]
        if len(missing) > 5:
            print(f"make-thousand: {face.file} lacks {len(missing)} of the "
                  "characters and is left out", file=sys.stderr)
            faces.remove(face)
    return faces


def refuse_twins(faces, probes):
    portraits = [(face, face.portrait(probes)) for face in faces]
    for one, a in portraits:
        for other, b in portraits:
            if one.split == "test" and other.split == "train":
                alike = sum(p * q for p, q in zip(a, b))
                if alike > ALIKE:
                    leave(2, f"{one.file} (test) and {other.file} (train) "
                          f"are one design: correlation {alike:.2f}")


def write(path, dims, body):
    magic = struct.pack(">HBB", 0, 8, len(dims))
    with open(path, "wb") as raw:
        with gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
            out.write(magic + struct.pack(f">{len(dims)}I", *dims) + body)


def write_split(where, stem, faces, classes):
    rng = random.Random(f"{SEED} {stem}")
    made = [(face.image(c, rng), label)
            for face in faces for label, c in enumerate(classes)]
    rng.shuffle(made)
    write(os.path.join(where, stem + "-images-idx3-ubyte.gz"),
          (len(made), SIDE, SIDE), b"".join(image for image, _ in made))
    # 1000 labels do not fit a byte: type 0x0C, 32 bits
    labels = struct.pack(f">{len(made)}i", *(label for _, label in made))
    path = os.path.join(where, stem + "-labels-idx1-ubyte.gz")
    with open(path, "wb") as raw:
        with gzip.GzipFile("", "wb", 9, raw, mtime=0) as out:
            out.write(struct.pack(">HBBI", 0, 0x0C, 1, len(made)) + labels)


def make(where):
    pool = candidates()
    probes = random.Random(SEED).sample(pool[:CLASSES], 40)
    faces = faces_of(pool[:CLASSES], probes)
    counts = [sum(face.split == s for face in faces)
              for s in ("train", "test")]
    if counts[0] < TRAIN_LEAST or counts[1] < TEST_LEAST:
        leave(77, f"{counts[0]} training and {counts[1]} test faces; at least "
              f"{TRAIN_LEAST} and {TEST_LEAST} are needed: install what "
              "--packages prints")
    refuse_twins(faces, probes)
    classes = [c for c in pool if all(face.has(c) for face in faces)]
    classes = sorted(classes[:CLASSES])
    if len(classes) < CLASSES:
        leave(2, f"all faces together have {len(classes)} characters only")
    os.makedirs(where, exist_ok=True)
    for stem, split in (("train", "train"), ("t10k", "test")):
        write_split(where, stem, [f for f in faces if f.split == split],
                    classes)
    with open(os.path.join(where, "classes.tsv"), "w",
              encoding="utf-8") as out:
        out.write("id\tname\tgroup\n")
        for label, c in enumerate(classes):
            out.write(f"{label}\t{c}\t{radical(c)}\n")
    rows = ["face\tindex\tname\tpackage\tlicence\tsplit\timages"]
    rows += [f"{f.file}\t{f.index}\t{' '.join(f.font.getname())}\t{f.package}"
             f"\t{f.licence}\t{f.split}\t{CLASSES}" for f in faces]
    with open(os.path.join(where, "fonts.tsv"), "w", encoding="utf-8") as out:
        out.write("\n".join(rows) + "\n")
    print("\n".join(rows))
    print(f"{CLASSES} classes, {counts[0]} training and {counts[1]} test "
          "images each")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        leave(2, "usage: make-thousand.py DIR | --packages")
    if sys.argv[1] == "--packages":
        names = {row[0] for row in table(TRAIN) + table(TEST)}
        print(" ".join(sorted(names | {"python3-pil"})))
        sys.exit(0)
    try:
        from PIL import Image, ImageDraw, ImageFilter, ImageFont
    except ImportError:
        leave(77, "no python3-pil")
    make(sys.argv[1])
