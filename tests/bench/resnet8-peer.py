#!/usr/bin/env python3
"""PyTorch doing what tests/bench/bench-resnet8.c does; prints images/s.

    resnet8-peer.py train|encode [resnet8|resnet14|resnet20]
"""
import os
import sys
import time
import torch
from torch import nn
from torch.nn import functional as F

N, BATCH, SIDE, CLASSES, BITS, WIDTH = 5120, 128, 28, 241, 16, 16
NAME = sys.argv[2] if len(sys.argv) > 2 else "resnet8"
BLOCKS = {"resnet8": 1, "resnet14": 2, "resnet20": 3}[NAME]


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.c1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.c2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.n1, self.n2 = nn.BatchNorm2d(o), nn.BatchNorm2d(o)
        self.short = nn.Identity() if i == o else nn.Sequential(
            nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        y = self.n2(self.c2(F.relu(self.n1(self.c1(x)))))
        return F.relu(y + self.short(x))


class Net(nn.Module):
    def __init__(self, out, bias):
        super().__init__()
        w = WIDTH
        self.body = nn.Sequential(
            nn.Conv2d(1, w, 3, 1, 1, bias=False), nn.BatchNorm2d(w), nn.ReLU(),
            *(Block(i if b == 0 else o, o, stride if b == 0 else 1)
              for i, o, stride in ((w, w, 1), (w, 2 * w, 2), (2 * w, 4 * w, 2))
              for b in range(BLOCKS)))
        self.head = nn.Linear(4 * w, out, bias=bias)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


def floats(x):
    return x.float().sub_(73).div_(90)


def train(pixels, labels):
    net = Net(CLASSES, True)
    opt = torch.optim.SGD(net.parameters(), 0.1, 0.875, weight_decay=3.05e-5)

    def epoch(n):
        order = torch.randperm(n)
        for i in range(0, n, BATCH):
            at = order[i:i + BATCH]
            x = torch.roll(floats(pixels[at]), (1, 1), (2, 3))
            loss = F.cross_entropy(net(x), labels[at], label_smoothing=0.1)
            opt.zero_grad()
            loss.backward()
            opt.step()
            loss.item()
    epoch(2 * BATCH)
    began = time.monotonic()
    epoch(N)
    return N / (time.monotonic() - began)


def encode(pixels):
    net = Net(BITS, False).eval()
    with torch.no_grad():
        net(floats(pixels[:BATCH]))
        began = time.monotonic()
        for i in range(0, N, 512):
            net(floats(pixels[i:i + 512]))
        return N / (time.monotonic() - began)


torch.manual_seed(1)
torch.set_num_threads(os.cpu_count())
images = torch.randint(0, 256, (N, 1, SIDE, SIDE), dtype=torch.uint8)
if sys.argv[1] == "train":
    print("%.1f" % train(images, torch.randint(0, CLASSES, (N,))))
else:
    print("%.1f" % encode(images))
