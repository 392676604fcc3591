#!/usr/bin/python3
"""Opens a model that `bitgrove export CATALOGUE model' wrote, with PyTorch.

    python3 read-model.py MODEL.safetensors
        what the model is, and its tensors
    python3 read-model.py MODEL.safetensors IMAGES
        the code of each image of an IDX file (.gz or not), bit 0 first

As a module: read() gives metadata and tensors, Model() the network, whose
forward() gives margins; their signs are the code. Of the network itself,
residual ones are torchvision's (resnet18, resnet34, resnet50) or the same with
a 3x3 stem without pool and three stages, so that a state_dict fits both ways.
"""

import gzip
import json
import struct
import sys

import torch
from torch import nn
from torch.nn import functional as F

TYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
         "I64": torch.int64}


def read(path):
    """The strings about the model, and its tensors by name."""
    with open(path, "rb") as f:
        length, = struct.unpack("<Q", f.read(8))
        header = json.loads(f.read(length))
        data = bytearray(f.read())
    about = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        tensors[name] = torch.frombuffer(
            data[begin:end], dtype=TYPES[entry["dtype"]]
        ).reshape(entry["shape"])
    return about, tensors


def convolution(weight, stride=1):
    """A layer of the shape of this weight, padded to keep the sides."""
    co, ci, size, _ = weight.shape
    return nn.Conv2d(ci, co, size, stride, size // 2, bias=False)


class Block(nn.Module):
    """relu(norm(conv(...)) + shortcut): two 3x3, or a bottleneck of three."""

    def __init__(self, tensors, prefix, stride):
        super().__init__()
        self.convs = sum(f"{prefix}.conv{i}.weight" in tensors
                         for i in range(1, 4))
        strided = 2 if self.convs == 3 else 1
        for i in range(1, self.convs + 1):
            weight = tensors[f"{prefix}.conv{i}.weight"]
            setattr(self, f"conv{i}",
                    convolution(weight, stride if i == strided else 1))
            setattr(self, f"bn{i}", nn.BatchNorm2d(len(weight)))
        self.downsample = None
        if f"{prefix}.downsample.0.weight" in tensors:
            weight = tensors[f"{prefix}.downsample.0.weight"]
            self.downsample = nn.Sequential(convolution(weight, stride),
                                            nn.BatchNorm2d(len(weight)))

    def forward(self, x):
        rest = x if self.downsample is None else self.downsample(x)
        for i in range(1, self.convs + 1):
            x = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(x))
            x = F.relu(x if i < self.convs else x + rest)
        return x


class Model(nn.Module):
    """forward(): bytes (n, channels, height, width), or vectors (n, channels),
    to margins (n, bits)."""

    def __init__(self, about, tensors):
        super().__init__()
        self.layers = []
        shape = [int(side) for side in about["image"].split("x")]
        self.mean = self.deviation = None
        if "mean" in about:
            self.mean, self.deviation = (
                torch.tensor([float(v) for v in about[key].split(",")])
                .reshape(1, shape[0], 1, 1) for key in ("mean", "deviation"))
        if "conv1.weight" in tensors:
            self.residual(tensors)
        if "input.mean" in tensors:
            self.input = nn.Module()
            self.input.register_buffer("mean", tensors["input.mean"])
            self.input.register_buffer("scale", tensors["input.scale"])
        for i in range(1, 3):
            if f"fc{i}.weight" in tensors:
                co, ci = tensors[f"fc{i}.weight"].shape
                setattr(self, f"fc{i}", nn.Linear(ci, co, bias=False))
                setattr(self, f"bn{i}", nn.BatchNorm1d(co))
        for name in ("fc_lr", "fc"):
            if f"{name}.weight" in tensors:
                setattr(self, name, convolution(tensors[f"{name}.weight"]))
        if "classifier.weight" in tensors:
            classes, features = tensors["classifier.weight"].shape
            self.classifier = nn.Linear(features, classes)
        self.load_state_dict(tensors, strict=True)
        self.eval()

    def residual(self, tensors):
        stem = tensors["conv1.weight"]
        self.large = stem.shape[-1] == 7
        self.conv1 = convolution(stem, 2 if self.large else 1)
        self.bn1 = nn.BatchNorm2d(len(stem))
        stage = 1
        while f"layer{stage}.0.conv1.weight" in tensors:
            blocks = []
            while f"layer{stage}.{len(blocks)}.conv1.weight" in tensors:
                stride = 2 if stage > 1 and not blocks else 1
                blocks.append(Block(tensors, f"layer{stage}.{len(blocks)}",
                                    stride))
            self.layers.append(f"layer{stage}")
            setattr(self, self.layers[-1], nn.Sequential(*blocks))
            stage += 1

    def features(self, pixels):
        """F(x): (n, d)."""
        x = pixels.float()
        if self.mean is not None:
            x = (x / 255 - self.mean) / self.deviation
        if self.layers:
            x = F.relu(self.bn1(self.conv1(x)))
            if self.large:
                x = F.max_pool2d(x, 3, 2, 1)
            for name in self.layers:
                x = getattr(self, name)(x)
            return x.mean((2, 3))
        x = x.flatten(1)
        if hasattr(self, "input"):
            x = (x - self.input.mean) * self.input.scale
        if hasattr(self, "fc1"):
            x = F.relu(self.bn1(self.fc1(x)))
            x = F.relu(self.bn2(self.fc2(x)))
        return x

    @torch.no_grad()
    def forward(self, pixels):
        """Margins z = P F(x); z >= 0 is the code."""
        return self.fc_lr(self.features(pixels)[:, :, None, None]).flatten(1)

    def class_codes(self):
        """(classes, bits): True where a class code has its bit set."""
        return self.fc.weight.detach().flatten(1) >= 0

    @torch.no_grad()
    def classify(self, pixels):
        """Logits of the ordinary classifier, where the file has one."""
        return self.classifier(self.features(pixels))


def read_idx(path, channels):
    """Images of an IDX file as bytes (n, channels, height, width)."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        dims = struct.unpack(">HBB", f.read(4))[2]
        shape = struct.unpack(f">{dims}I", f.read(4 * dims))
        pixels = torch.frombuffer(bytearray(f.read()), dtype=torch.uint8)
    if channels == 1:
        return pixels.reshape(shape[0], 1, shape[1], shape[2])
    return pixels.reshape(shape).permute(0, 3, 1, 2)


def main():
    about, tensors = read(sys.argv[1])
    model = Model(about, tensors)
    if len(sys.argv) > 2:
        channels = int(about["image"].split("x")[0])
        for z in model(read_idx(sys.argv[2], channels)):
            print("".join("1" if value >= 0 else "0" for value in z))
        return
    for key, value in about.items():
        print(f"{key}: {value}")
    for name, tensor in tensors.items():
        print(name, tuple(tensor.shape))


if __name__ == "__main__":
    main()
