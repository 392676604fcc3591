"""What tests/cli/report.sh asks of a page: report.py CHECK PAGE [OTHER]...

whole PAGE            well-formed, within itself, and accessible
figures PAGE JSON     says what eval --format json says
pictures PAGE N SIDE  N pictures at most a side of a bit, SIDE pixels at most
rows PAGE ROWS N      the folded tree has ROWS rows for N classes
says PAGE TEXT        the text stands on it, as text
"""
import base64
import json
import re
import struct
import sys
import xml.etree.ElementTree as ElementTree
import zlib

SVG = "{http://www.w3.org/2000/svg}"
# What may refer to something, and to what: a place on the page, bytes within.
REFERENCES = {"href": "#", "src": "data:image/png;base64,"}
ELEMENTS = set(
    "html head meta title style body header nav main section article footer "
    "h1 h2 h3 h4 p ul li a dl dt dd div figure figcaption details summary table "
    "caption thead tbody tr th td code data em strong b small span bdi time img "
    "svg desc g path circle rect text".split())


def fail(text):
    print("#", text)
    sys.exit(1)


def load(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not text.startswith("<!DOCTYPE html>\n"):
        fail("no doctype")
    return ElementTree.fromstring(text)


def name(element):
    return element.tag.replace(SVG, "")


def words(element):
    return "".join(element.itertext())


def check_elements(page):
    ids = [e.get("id") for e in page.iter() if e.get("id")]
    if len(ids) != len(set(ids)):
        fail("an id stands twice: %s" % [i for i in ids if ids.count(i) > 1][:3])
    for e in page.iter():
        if name(e) not in ELEMENTS:
            fail("an element <%s>" % e.tag)
        for key, value in e.attrib.items():
            if key.startswith("on") or key == "style":
                fail("an attribute %s" % key)
            if key in REFERENCES and not value.startswith(REFERENCES[key]):
                fail("%s refers to %s" % (key, value[:60]))
            if key == "href" and value[1:] not in ids:
                fail("%s is nowhere" % value)
            if key in ("aria-labelledby",) and set(value.split()) - set(ids):
                fail("%s is nowhere" % value)


def check_access(page):
    if page.get("lang") != "en":
        fail("no language")
    levels = [int(name(e)[1]) for e in page.iter() if re.match("h[1-6]$", name(e))]
    if levels.count(1) != 1 or levels[0] != 1:
        fail("headings begin with %s" % levels[:3])
    for above, below in zip(levels, levels[1:]):
        if below > above + 1:
            fail("a heading of level %d under one of %d" % (below, above))
    for e in page.iter():
        if name(e) == "img" and not e.get("alt"):
            fail("a picture without words")
        if name(e) == "th" and e.get("scope") not in ("col", "row", "colgroup"):
            fail("a heading of a table without a scope")
        if name(e) == "svg" and e.get("role") != "img":
            fail("a drawing without words")


# ---- contrast, as WCAG 2 has it ----

def light(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
             for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def check_contrast(style):
    looks = [dict(re.findall(r"--(\w+): (#\w{6})", block))
             for block in re.findall(r":root \{(.*?)\}", style, re.S)]
    bits = re.findall(r"\.dg-\d+\{color:(#\w{6})\}", style)
    if len(looks) != 2 or not bits:
        fail("the style has %d looks" % len(looks))
    for dark, look in enumerate(looks):
        for ink in ("ink", "soft", "link", "c0", "c1", "c2"):
            for ground in ("paper", "tint"):
                if contrast(look[ink], look[ground]) < 4.5:
                    fail("%s on %s: %.2f" % (ink, ground,
                                             contrast(look[ink], look[ground])))
        half = len(bits) // 2
        for colour in bits[half:] if dark else bits[:half]:
            if contrast(colour, look["paper"]) < 3:  # a ring, its number is ink
                fail("a bit in %s: %.2f" % (colour,
                                            contrast(colour, look["paper"])))


def whole(path):
    page = load(path)
    style = words(page.find("head/style"))
    check_elements(page)
    check_access(page)
    check_contrast(style)
    if re.search(r"url\(|@import|expression", style):
        fail("the style fetches")
    sections = [s.get("id") for s in page.findall("body/main/section")]
    if sections != ["model", "figures", "learning", "tree", "bits", "classes",
                    "doubts"]:
        fail("sections %s" % sections)


# ---- figures ----

def figures(path, beside):
    page = load(path)
    with open(beside, encoding="utf-8") as file:
        it = json.load(file)
    rest = it["ood"]["rest"]
    wanted = {
        "tested": it["protocol"]["tested"],
        "top1": it["class_code"]["top1"], "top5": it["class_code"]["top5"],
        "mhd": it["instance"]["mhd"], "ed": it["instance"]["ed"],
        "ties": it["instance"]["ties"], "map": it["retrieval"]["map"],
        "queries": it["retrieval"]["queries"],
        "database": it["retrieval"]["database"],
        "precision_radius2": it["retrieval"]["precision_radius2"],
        "empty_radius2": it["retrieval"]["empty_radius2"],
        "ood_precision": rest["precision"], "ood_recall": rest["recall"],
        "ood_f1": rest["f1"], "ood_auroc": rest["auroc"],
        "purity": it["tree"]["purity"], "cophenetic": it["tree"]["cophenetic"],
        "distinct": it["codebook"]["distinct"],
        "distance_min": it["codebook"]["distance_min"],
    }
    seen = 0
    for key, value in wanted.items():
        row = page.find(".//tr[@id='figure-%s']" % key)
        if (row is None) != (value is None):
            fail("%s: %s on the page, %s wanted" % (key, row, value))
        if row is None:
            continue
        got = float(row.find("td/data").get("value"))
        if abs(got - value) > 1e-8:
            fail("%s: %r on the page, %r wanted" % (key, got, value))
        seen += 1
    rows = page.find(".//section[@id='bits']/div/table").findall("tbody/tr")
    for row, bit in zip(rows, it["bits_report"]):
        got = [float(d.get("value")) for d in row.iter("data")][:5]
        want = [bit[key] for key in ("balance", "image_balance", "entropy",
                                     "flipped", "masked")]
        if any(abs(a - b) > 1e-8 for a, b in zip(got, want)):
            fail("bit %d: %s, wanted %s" % (bit["bit"], got, want))
    if seen < 15 or len(rows) != it["bits"]:
        fail("%d figures, %d bits" % (seen, len(rows)))


# ---- pictures ----

def check_png(bytes_, side):
    if bytes_[:8] != b"\x89PNG\r\n\x1a\n":
        fail("no PNG")
    at, seen, data = 8, [], b""
    while at < len(bytes_):
        n, kind = struct.unpack(">I4s", bytes_[at:at + 8])
        body = bytes_[at + 8:at + 8 + n]
        crc, = struct.unpack(">I", bytes_[at + 8 + n:at + 12 + n])
        if crc != zlib.crc32(kind + body):
            fail("a chunk %s with another sum" % kind)
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
        data += body if kind == b"IDAT" else b""
        seen.append(kind)
        at += 12 + n
    channels = {0: 1, 2: 3}[colour]
    if seen[0] != b"IHDR" or seen[-2:] != [b"IDAT", b"IEND"] or depth != 8:
        fail("chunks %s" % seen)
    if len(zlib.decompress(data)) != height * (1 + width * channels):
        fail("rows that are not there")
    if max(width, height) > side:
        fail("%d x %d pixels" % (width, height))


def pictures(path, most, side):
    page = load(path)
    images = [e for e in page.iter() if name(e) == "img"]
    for image in images:
        check_png(base64.b64decode(image.get("src").split(",")[1], validate=True),
                  int(side))
    for strip in page.iterfind(".//p[@class='strip']"):
        if not 0 < len(strip) <= int(most):
            fail("%d pictures" % len(strip))
    if (len(images) == 0) != (int(most) == 0):
        fail("%d pictures" % len(images))


def rows(path, most, classes):
    page = load(path)
    trees = [e for e in page.iter(SVG + "svg") if e.get("class") == "dg"]
    names = [[words(t) for t in tree.find(SVG + "g[@class='dg-name']")]
             for tree in trees]
    counts = [sum(int(n.split(" · ")[0]) if " · " in n else 1 for n in tree)
              for tree in names]
    if len(names[0]) != int(most) or counts[0] != int(classes):
        fail("%d rows for %d classes" % (len(names[0]), counts[0]))
    if len(names) > 1 and len(names[1]) != int(classes):
        fail("the whole tree has %d rows" % len(names[1]))


def says(path, text):
    page = load(path)
    if not any(text in (part or "") for e in page.iter()
               for part in (e.text, e.tail, e.get("alt"))):
        fail("nothing says %r" % text)


if __name__ == "__main__":
    {f.__name__: f for f in (whole, figures, pictures, rows, says)}[
        sys.argv[1]](*sys.argv[2:])
