"""Writes tests/golden/pictures/: picture files of every kind, each NAME.EXT
with NAME.ppm or NAME.pgm beside it, which is what Pillow makes of it (turned
as EXIF says, laid over white), and squares that torchvision makes.

Run with Debian's python3-pil, python3-numpy and python3-torchvision in this
directory.
"""

import io
import math
import random
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps
from torchvision import transforms

random.seed(4)
FOLDER = "pictures/"


def scene(width, height):
    """Smooth colours, edges and a little noise: RGB."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    r = 127 + 120 * np.sin(x / 9) * np.cos(y / 7)
    g = 255 * x / width
    b = np.where((x - width / 2) ** 2 + (y - height / 2) ** 2 <
                 (min(width, height) / 3) ** 2, 220, 255 * y / height)
    noise = np.random.RandomState(3).uniform(-12, 12, (height, width, 3))
    return Image.fromarray(
        np.clip(np.stack([r, g, b], 2) + noise, 0, 255).astype("u1"))


def plain(image):
    """RGB or L, over white, upright."""
    image = ImageOps.exif_transpose(image)
    if image.mode in ("1", "L"):
        return image.convert("L")
    if image.mode in ("LA", "RGBA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def keep(name, ending, data, want=None):
    with open(f"{FOLDER}{name}.{ending}", "wb") as f:
        f.write(data)
    image = want or plain(Image.open(io.BytesIO(data)))
    image.save(f"{FOLDER}{name}.{'pgm' if image.mode == 'L' else 'ppm'}")


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


picture = scene(37, 29)
alpha = picture.copy()
alpha.putalpha(Image.linear_gradient("L").resize(picture.size))

# JPEG
keep("baseline", "jpg", saved(picture, "JPEG", quality=90))
keep("progressive", "jpg", saved(picture, "JPEG", progressive=True))
keep("full", "jpg", saved(picture, "JPEG", subsampling=0, quality=95))
keep("grey", "jpg", saved(picture.convert("L"), "JPEG"))
keep("cmyk", "jpg", saved(picture.convert("CMYK"), "JPEG"))
for turn in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = turn
    keep(f"turned{turn}", "jpg", saved(picture, "JPEG", exif=exif))


# PNG, by hand where Pillow can't write it
def chunk(kind, body):
    return (struct.pack(">I", len(body)) + kind + body
            + struct.pack(">I", zlib.crc32(kind + body)))


def png(width, height, depth, kind, rows, interlaced=False, extra=b""):
    """rows(xs, y) -> bytes of these pixels of row y."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4),
              (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    body = b""
    for x0, y0, dx, dy in passes if interlaced else [(0, 0, 1, 1)]:
        xs = range(x0, width, dx)
        if len(xs) > 0:
            for y in range(y0, height, dy):
                body += b"\0" + rows(xs, y)
    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0,
                       int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra
            + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b""))


def packed(values, depth):
    bits = "".join(format(v, f"0{depth}b") for v in values)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


W, H = picture.size
rgb, grey = np.array(picture), np.array(picture.convert("L"))
rgba = np.array(alpha)
for depth in 1, 2, 4, 8:
    top = (1 << depth) - 1
    levels = (grey.astype(int) * top + 127) // 255
    want = Image.fromarray(((levels * 255 + top // 2) // top).astype("u1"))
    for woven in False, True:
        keep(f"grey{depth}{'woven' if woven else ''}", "png",
             png(W, H, depth, 0,
                 lambda xs, y: packed([levels[y, x] for x in xs], depth),
                 woven), want)
keep("grey16", "png", png(W, H, 16, 0, lambda xs, y: b"".join(
    struct.pack(">H", min(int(grey[y, x]) * 257 + 60, 65535)) for x in xs)),
    picture.convert("L"))
keep("colour", "png", saved(picture, "PNG"))
keep("colourwoven", "png", png(W, H, 8, 2, lambda xs, y: b"".join(
    rgb[y, x].tobytes() for x in xs), True))
keep("colour16", "png", png(W, H, 16, 2, lambda xs, y: b"".join(
    struct.pack(">H", min(int(v) * 257 + 60, 65535)) for x in xs for v in rgb[y, x])),
    picture)
keep("alpha", "png", saved(alpha, "PNG"))
keep("alphawoven", "png", png(W, H, 8, 6, lambda xs, y: b"".join(
    rgba[y, x].tobytes() for x in xs), True))
keep("alpha16", "png", png(W, H, 16, 6, lambda xs, y: b"".join(
    struct.pack(">H", int(v) * 257) for x in xs for v in rgba[y, x])),
    plain(alpha))
over = plain(alpha.convert("LA"))
keep("greyalpha", "png", saved(alpha.convert("LA"), "PNG"),
     over.convert("L"))
palette = picture.quantize(13)
keep("palette", "png", saved(palette, "PNG"))
keep("palettealpha", "png", saved(palette, "PNG", transparency=bytes(
    [0, 128, 255, 64, 200])))
exif = Image.Exif()
exif[0x0112] = 6
keep("turned", "png", saved(picture, "PNG", exif=exif))

# WebP
keep("lossy", "webp", saved(picture, "WEBP", quality=80))
keep("lossless", "webp", saved(picture, "WEBP", lossless=True))
keep("alpha", "webp", saved(alpha, "WEBP", lossless=True))
keep("moving", "webp", saved(picture, "WEBP", save_all=True, lossless=True,
                             append_images=[ImageOps.invert(picture)]), picture)

# GIF
keep("plain", "gif", saved(palette, "GIF", interlace=0))
keep("woven", "gif", saved(palette, "GIF", interlace=1))
keep("clear", "gif", saved(palette, "GIF", transparency=3))
keep("frames", "gif", saved(palette, "GIF", save_all=True,
                            append_images=[ImageOps.invert(picture)]))

# BMP, by hand where Pillow can't write it
keep("mono", "bmp", saved(picture.convert("1"), "BMP"))
keep("indexed", "bmp", saved(palette, "BMP"))
keep("colour", "bmp", saved(picture, "BMP"))


def bmp(width, height, bits, packing, body, colours=b"", masks=b""):
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, packing,
                       len(body), 0, 0, len(colours) // 4, 0)
    start = 14 + len(head) + len(masks) + len(colours)
    return (struct.pack("<2sIHHI", b"BM", start + len(body), 0, 0, start)
            + head + masks + colours + body)


def row(values):
    data = b"".join(values)
    return data + bytes(-len(data) % 4)


five = (rgb.astype(int) * [31, 63, 31] + 127) // 255
want = Image.fromarray(((five * 255 + [15, 31, 15]) // [31, 63, 31])
                       .astype("u1"))
keep("fields", "bmp", bmp(W, -H, 16, 3, b"".join(row(
    struct.pack("<H", int(r) << 11 | int(g) << 5 | int(b))
    for r, g, b in five[y]) for y in range(H)),
    masks=struct.pack("<III", 0xf800, 0x7e0, 0x1f)), want)
index = np.array(palette)
table = np.array(palette.getpalette()[:39]).reshape(13, 3)
colours = b"".join(bytes([b, g, r, 0]) for r, g, b in table.tolist())
for bits, packing in (8, 1), (4, 2):
    body = b""
    for y in reversed(range(H)):
        line, at = index[y].tolist(), 0
        literal = line[:7]                      # an odd literal, then runs
        if bits == 8:
            body += bytes([0, 7, *literal, 0])
        else:
            body += bytes([0, 7]) + packed(literal, 4)
        at = 7
        while at < W:
            end = at
            while end < W and line[end] == line[at]:
                end += 1
            value = line[at] if bits == 8 else line[at] * 17
            body += bytes([end - at, value])
            at = end
        body += b"\0\0"
    keep(f"rle{bits}", "bmp", bmp(W, H, bits, packing, body + b"\0\1",
                                  colours), palette.convert("RGB"))
keep("four", "bmp", bmp(W, H, 4, 0, b"".join(row(
    [packed(index[y].tolist(), 4)]) for y in reversed(range(H))), colours),
    palette.convert("RGB"))

# What a network sees: picture, resize, size
for name, size, resize, crop in (
        ("wide", (151, 97), 64, 56), ("tall", (61, 200), 48, 48),
        ("small", (23, 31), 40, 33), ("same", (64, 64), 64, 64),
        ("large", (331, 222), 160, 144)):
    whole = scene(*size)
    data = saved(whole, "JPEG", quality=85)
    look = transforms.Compose([transforms.Resize(resize),
                               transforms.CenterCrop(crop)])
    keep(f"square-{name}-{resize}-{crop}", "jpg", data,
         look(Image.open(io.BytesIO(data)).convert("RGB")))
