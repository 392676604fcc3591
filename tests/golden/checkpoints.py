#!/usr/bin/python3
"""Checkpoints of PyTorch, and what PyTorch makes of them.

    python3 checkpoints.py [DIR]
        the small files of tests/golden/pth, for the tests
    python3 checkpoints.py --large DIR JPEG...
        torchvision's ResNet18 and ResNet50 and one as the authors of LLC lay
        theirs out, with random weights, for tests/bench/checkpoints.sh;
        DIR/pictures: a thousand cut from the JPEGs, of as many classes in
        DIR/pictures/list.tsv, some progressive, some grey

Needs python3-torch, for --large python3-torchvision as well. Weights of the
small network have four values only, so that the files compress well.
"""

import collections
import gzip
import io
import os
import sys
import zipfile

import numpy
import torch
from torch import nn
from torch.nn import functional as F

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)


class Block(nn.Module):
    def __init__(self, ci, co, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(ci, co, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(co)
        self.conv2 = nn.Conv2d(co, co, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(co)
        if stride != 1 or ci != co:
            self.downsample = nn.Sequential(
                nn.Conv2d(ci, co, 1, stride, bias=False), nn.BatchNorm2d(co))
        else:
            self.downsample = nn.Identity()

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)) + self.downsample(x))


class Small(nn.Module):
    """resnet8 of width 16."""

    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = nn.Sequential(Block(16, 16, 1))
        self.layer2 = nn.Sequential(Block(16, 32, 2))
        self.layer3 = nn.Sequential(Block(32, 64, 2))
        self.fc = nn.Linear(64, classes)

    def features(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        return self.layer3(self.layer2(self.layer1(x))).mean((2, 3))


def large_features(net, x):
    x = net.maxpool(net.relu(net.bn1(net.conv1(x))))
    return net.layer4(net.layer3(net.layer2(net.layer1(x)))).mean((2, 3))


def pictures(n, side):
    """Bytes (n, 3, side, side) that the tests make as well."""
    i = torch.arange(n * 3 * side * side)
    return ((i * i // 7 + 31 * i) % 256).reshape(n, 3, side, side).float()


def normalised(x):
    shape = (1, 3, 1, 1)
    return ((x / 255 - torch.tensor(MEAN).reshape(shape))
            / torch.tensor(DEVIATION).reshape(shape))


def randomise(net, few):
    """Weights, and statistics of batch norm as if it had learnt."""
    torch.manual_seed(1)
    for name, t in net.state_dict().items():
        if t.dtype != torch.float32:
            t.fill_(1000)
            continue
        noise = (torch.randint(0, 4, t.shape).float() - 1.5) / 1.5 if few \
            else torch.randn(t.shape).clamp(-2.5, 2.5)
        if name.endswith("running_var"):
            t.copy_(1 + 0.3 * noise)
        elif t.dim() == 1 and name.endswith("weight"):
            t.copy_(0.6 + 0.2 * noise)
        elif t.dim() == 1:
            t.copy_(0.2 * noise)
        else:
            t.copy_(noise * (1.5 / t[0].numel()) ** 0.5)
    net.eval()


def save(path, object, old=False):
    """Compressed if the name ends so: readers see no difference."""
    buffer = io.BytesIO()
    torch.save(object, buffer, _use_new_zipfile_serialization=not old)
    data = buffer.getvalue()
    if path.endswith(".gz"):
        data = gzip.compress(data, 9, mtime=0)
    with open(path, "wb") as f:
        f.write(data)


def llc(state, features, bits, classes, wrap):
    """The layout of the authors' checkpoints: of phase 1, of phase 2, W."""
    torch.manual_seed(2)
    body = collections.OrderedDict(
        (name, t) for name, t in state.items() if not name.startswith("fc."))
    body["fc_lr.weight"] = \
        torch.randn(bits, features, 1, 1) * (2 / features) ** 0.5
    book = torch.randn(classes, bits)
    both = collections.OrderedDict(body)
    both["fc.weight"] = book[:, :, None, None].clone()

    def outer(s):
        return {"epoch": 25, "arch": "resnet50",
                "state_dict": collections.OrderedDict(
                    ("module." + name, t) for name, t in s.items()),
                "best_acc1": torch.tensor(12.5),
                "optimizer": {"state": {0: {"momentum_buffer": wrap}},
                              "param_groups": [{"lr": 0.1, "params": [0]}]}}
    return outer(both), outer(body), book


def tensors(path):
    """Every type, and what is not contiguous."""
    base = torch.arange(24.).reshape(2, 3, 4)
    state = collections.OrderedDict([
        ("plain", base),
        ("turned", base.permute(2, 0, 1)),
        ("part", base[1, 1:, 2:]),
        ("scalar", torch.tensor(2.5)),
        ("none", torch.zeros(0, 3)),
        ("half", torch.tensor([1, -0.5]).half()),
        ("brain", torch.tensor([1, -2.]).bfloat16()),
        ("double", torch.tensor([0.1, 3]).double()),
        ("long", torch.tensor([1 << 40, -1])),
        ("bool", torch.tensor([True, False])),
        ("parameter", nn.Parameter(torch.ones(2))),
    ])
    state._metadata = {"": {"version": 1}}
    save(path + "/tensors.pth", state)
    save(path + "/tensors-old.pth", {"model": state, "note": None}, True)


class Evil:
    def __reduce__(self):
        return os.system, ("touch evil-was-here",)


def hostile(path):
    save(path + "/system.pth", {"state_dict": {"w": Evil()}})
    save(path + "/system-old.pth", {"state_dict": {"w": Evil()}}, True)
    save(path + "/whole.pth", nn.Linear(2, 2))
    buffer = io.BytesIO()
    torch.save({"w": torch.zeros(1 << 20)}, buffer)
    with zipfile.ZipFile(buffer) as old, \
            zipfile.ZipFile(path + "/bomb.pth", "w",
                            zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name),
                         zipfile.ZIP_DEFLATED)


def write_expected(path, name, x, f, logits, margins):
    for what, value in (("features", f), ("logits", logits),
                        ("margins", margins)):
        numpy.save(f"{path}/{name}-{what}.npy", value.numpy())


@torch.no_grad()
def small(path):
    tensors(path)
    hostile(path)
    net = Small(5)
    randomise(net, True)
    x = pictures(3, 16)
    f = net.features(normalised(x))
    one, two, book = llc(net.state_dict(), 64, 7, 5, torch.zeros(1))
    state = net.state_dict()
    save(path + "/small.pth.gz", state)
    save(path + "/small-old.pth.gz", {"state_dict": state}, True)
    save(path + "/llc.pth.gz", one)
    save(path + "/llc-two.pth.gz", two, True)
    numpy.save(path + "/llc-codebook.npy", book.numpy())
    write_expected(path, "small", x, f, net.fc(f),
                   f @ one["state_dict"]["module.fc_lr.weight"].flatten(1).T)


def cut_pictures(path, jpegs, n):
    """n JPEGs cut from others, and their list, each of a class of its own."""
    import random
    from PIL import Image
    draw = random.Random(1)
    whole = [Image.open(jpeg).convert("RGB") for jpeg in jpegs]
    os.mkdir(path)
    with open(path + "/list.tsv", "w") as f:
        for i in range(n):
            image = whole[i % len(whole)]
            sides = [max(side // 3, draw.randint(side // 4, side))
                     for side in image.size]
            left, top = (draw.randint(0, side - cut)
                         for side, cut in zip(image.size, sides))
            image = image.crop((left, top, left + sides[0], top + sides[1]))
            if i % 7 == 3:
                image = image.convert("L")
            image.save(f"{path}/{i:04}.jpg", quality=draw.randint(60, 96),
                       progressive=i % 5 == 2)
            f.write(f"{i:04}.jpg\tclass {i:03}\n")


def see(path, n):
    """The first n of them as torchvision's transforms make them."""
    from PIL import Image
    from torchvision import transforms
    look = transforms.Compose([
        transforms.Resize(256), transforms.CenterCrop(224),
        transforms.ToTensor(), transforms.Normalize(MEAN, DEVIATION)])
    return torch.stack([look(Image.open(f"{path}/{i:04}.jpg").convert("RGB"))
                        for i in range(n)])


@torch.no_grad()
def large(path, jpegs):
    import torchvision
    cut_pictures(path + "/pictures", jpegs, 1000)
    x = see(path + "/pictures", 64)
    for name in ("resnet18", "resnet50"):
        net = getattr(torchvision.models, name)()
        randomise(net, False)
        f = torch.cat([large_features(net, part) for part in x.split(16)])
        d = net.fc.weight.shape[1]
        bits = 20
        one, two, book = llc(net.state_dict(), d, bits, 1000, torch.zeros(1))
        save(f"{path}/{name}.pth", net.state_dict())
        save(f"{path}/{name}-old.pth", {"state_dict": net.state_dict()}, True)
        write_expected(
            path, name, x, f, net.fc(f),
            f @ one["state_dict"]["module.fc_lr.weight"].flatten(1).T)
        if name == "resnet50":
            save(path + "/llc.pth", one)
            save(path + "/llc-two.pth", two)
            numpy.save(path + "/llc-codebook.npy", book.numpy())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--large"]:
        large(sys.argv[2], sys.argv[3:])
    else:
        small(sys.argv[1] if len(sys.argv) > 1 else os.path.join(
            os.path.dirname(os.path.abspath(__file__)), "pth"))
