#!/usr/bin/python3
"""ONNX files for the tests, into tests/golden/onnx: a small network that
PyTorch exports, with what PyTorch computes; and some that must be refused,
written byte by byte. Needs python3-torch."""

import os
import struct
import sys

import numpy
import torch
from torch import nn


def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def number(field, n):
    return varint(field << 3) + varint(n)


def data(field, content):
    if isinstance(content, str):
        content = content.encode()
    return varint(field << 3 | 2) + varint(len(content)) + content


def node(op, inputs, outputs, *attributes):
    return data(1, b"".join(data(1, i) for i in inputs)
                + b"".join(data(2, o) for o in outputs)
                + data(3, op.lower()) + data(4, op)
                + b"".join(data(5, a) for a in attributes))


def port(field, name):
    return data(field, data(1, name))


def tensor(name, kind, shape, raw):
    return (b"".join(number(1, n) for n in shape) + number(2, kind)
            + data(8, name) + data(9, raw))


def model(*parts):
    return (number(1, 8) + data(8, number(2, 13)) + data(7, b"".join(parts)))


def main(path):
    def write(name, *parts):
        with open(f"{path}/{name}.onnx", "wb") as f:
            f.write(model(*parts))

    x, y = port(11, "x"), port(12, "y")
    weights = data(5, tensor("w", 1, [2], struct.pack("<2f", 1, -2)))
    write("tiny", node("Add", ["x", "w"], ["s"]), node("Relu", ["s"], ["y"]),
          weights, x, y)
    write("cycle", node("Add", ["x", "b"], ["a"]), node("Relu", ["a"], ["b"]),
          node("Identity", ["b"], ["y"]), x, y)
    write("unknown", node("Relu", ["x"], ["a"]),
          node("GridSample", ["a"], ["b"]), node("LSTM", ["b"], ["y"]), x, y)
    write("twice", node("Relu", ["x"], ["y"]), node("Relu", ["x"], ["y"]),
          x, y)
    size = data(5, tensor("n", 7, [2], struct.pack("<2q", 1 << 20, 1 << 20)))
    write("vast", node("ConstantOfShape", ["n"], ["y"]), size, x, y)
    claim = data(5, tensor("w", 1, [1 << 30], b"1234"))
    write("claim", node("Add", ["x", "w"], ["y"]), claim, x, y)

    torch.manual_seed(1)
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.LeakyReLU(0.1),
        nn.MaxPool2d(2), nn.Conv2d(8, 8, 3, padding=1, groups=8),
        nn.Hardswish(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Linear(8, 4)).eval()
    x = torch.randn(2, 3, 12, 12)
    torch.onnx.export(net, x, path + "/small.onnx", opset_version=14)
    numpy.save(path + "/small-input.npy", x.numpy())
    with torch.no_grad():
        numpy.save(path + "/small-output.npy", net(x).numpy())


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(
        os.path.dirname(os.path.abspath(__file__)), "onnx"))
