"""Compares an exported model, opened by docs/read-model.py, with what the
catalogue says of the same images.

    pytorch.py READ-MODEL.PY CATALOGUE MODEL...

MODEL.safetensors is what was exported of each.
"""

import importlib.util
import sqlite3
import struct
import sys

import torch

spec = importlib.util.spec_from_file_location("read_model", sys.argv[1])
read_model = importlib.util.module_from_spec(spec)
spec.loader.exec_module(read_model)
catalogue = sqlite3.connect(sys.argv[2])


def compare(name):
    about, tensors = read_model.read(f"{name}.safetensors")
    model = read_model.Model(about, tensors)
    number, bits, scale = catalogue.execute(
        "SELECT id, bits, margin_scale FROM model WHERE name = ?",
        (name,)).fetchone()
    rows = catalogue.execute(
        "SELECT p.bytes, c.code, c.margins FROM image_code c"
        " JOIN pixels p USING (image_id) WHERE c.model_id = ?", (number,)
    ).fetchall()
    shape = [int(side) for side in about["image"].split("x")]
    pixels = torch.frombuffer(bytearray(b"".join(row[0] for row in rows)),
                              dtype=torch.uint8).reshape(-1, *shape)
    stored = torch.tensor([struct.unpack(f"{bits}b", row[2]) for row in rows])
    codes = torch.tensor([[row[1] >> i & 1 for i in range(bits)] for row in rows])
    margins = model(pixels)

    # A stored margin is the nearest multiple of the scale up to 127 times it, and
    # of a negative one -1 at least: the sign stays.
    steps = margins / scale
    error = (steps - stored).abs()
    error[stored == -1] = (steps[stored == -1] + 0.75).abs() - 0.25
    error[stored == 127] = 127 - steps[stored == 127]
    error[stored == -127] = 127 + steps[stored == -127]
    assert len(rows) > 100
    assert float(error.max()) < 0.502, f"margins: {float(error.max())} steps"
    wrong = (margins >= 0) != codes.bool()
    assert not bool((wrong & (steps.abs() > 0.002)).any()), "codes"

    classes = catalogue.execute(
        "SELECT code FROM class_code k JOIN class c ON c.id = k.class_id"
        " WHERE model_id = ? AND step = (SELECT max(step) FROM class_code"
        " WHERE model_id = k.model_id) ORDER BY c.number", (number,)).fetchall()
    ours = [[bool(code >> i & 1) for i in range(bits)] for code, in classes]
    assert model.class_codes().tolist() == ours
    print(f"{name}: {len(rows)} images, margins within "
          f"{float(error.max()):.5f} of a step, {int(wrong.sum())} bits differ")


for argument in sys.argv[3:]:
    compare(argument)
