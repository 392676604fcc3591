#!/usr/bin/env python3
"""Makes encoders.txt: one step of every encoder in PyTorch, in double.

    python3 encoders.py > encoders.txt    (PyTorch 1.13, torchvision 0.14)

resnet18, resnet34 and resnet50 are torchvision's own. Parameters, pictures
and the gradient of the features come from a formula that
tests/grad/test-encoders.c knows as well, so that the file holds results
alone: features, gradients and running statistics, a sample of each. The order
of parameters is that of nn/encoder.h, convolution weights (size, size, in,
out) and dense weights (in, out). The last batch norm of a block is scaled down
to a fifth: otherwise single precision, PyTorch's too, is far off the gradients
of fifty layers. In the deep networks most values are well above 0: relu sends
gradients another way where single precision gives a value another sign.
"""
import math
import torch
import torchvision
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
# name, channels, height, width, pictures
CASES = [("resnet14", 1, 12, 9, 5), ("resnet20x2", 3, 16, 21, 3),
         ("resnet18", 3, 70, 65, 3), ("resnet34", 1, 64, 64, 3),
         ("resnet50", 3, 64, 75, 4), ("mlp", 3, 5, 4, 40),
         ("mlpx2", 19, 1, 1, 6), ("linear", 3, 4, 2, 2)]
SAMPLES = 40


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.c1 = nn.Conv2d(i, o, 3, stride, 1, bias=False)
        self.n1 = nn.BatchNorm2d(o)
        self.c2 = nn.Conv2d(o, o, 3, 1, 1, bias=False)
        self.n2 = nn.BatchNorm2d(o)
        self.short = nn.Identity() if i == o and stride == 1 else nn.Sequential(
            nn.Conv2d(i, o, 1, stride, bias=False), nn.BatchNorm2d(o))

    def forward(self, x):
        y = self.n2(self.c2(F.relu(self.n1(self.c1(x)))))
        return F.relu(y + self.short(x))


def small(channels, blocks, w):
    layers = [nn.Conv2d(channels, w, 3, 1, 1, bias=False), nn.BatchNorm2d(w),
              nn.ReLU()]
    i = w
    for stage in range(3):
        for block in range(blocks):
            o = w << stage
            layers.append(Block(i, o, 2 if stage and not block else 1))
            i = o
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


class Layout(nn.Module):
    """A picture as the vector of its layout, (height, width, channels)."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


def make(name, channels, h, w):
    base, _, factor = name.partition("x")
    width = 16 * int(factor or 1)
    if base in ("resnet14", "resnet20"):
        return small(channels, {"resnet14": 2, "resnet20": 3}[base], width)
    if base == "mlp":
        d = 16 * width
        return nn.Sequential(Layout(),
                             nn.Linear(channels * h * w, d, bias=False),
                             nn.BatchNorm1d(d), nn.ReLU(),
                             nn.Linear(d, d, bias=False), nn.BatchNorm1d(d),
                             nn.ReLU())
    if base == "linear":
        return Layout()
    net = getattr(torchvision.models, base)()
    if channels != 3:
        net.conv1 = nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
    net.fc = nn.Identity()
    return net


def formula(first, n):
    i = torch.arange(first, first + n, dtype=torch.int64)
    u = (i * 2654435761 % 2 ** 32).double() / 2 ** 32
    return 2 * u - 1


def ours(weight):
    return weight.t() if weight.dim() == 2 else weight.permute(2, 3, 1, 0)


def sample(word, values):
    step = max(1, len(values) // SAMPLES)
    some = values[::step]
    print(word, len(values), *("%.6g" % v for v in some))


def run(name, channels, h, w, n):
    net = make(name, channels, h, w).double().train()
    convs = [m for m in net.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    norms = [m for m in net.modules()
             if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d))]
    last = [getattr(m, "bn3", getattr(m, "bn2", getattr(m, "n2", None)))
            for m in net.modules()]
    at = 0
    shift = 3.0 if hasattr(net, "maxpool") else 0.0
    with torch.no_grad():
        for conv in convs:
            turned = ours(conv.weight)
            fan = conv.weight[0].numel()
            flat = (formula(at, turned.numel()) * math.sqrt(3 / fan)).float()
            at += turned.numel()
            turned.copy_(flat.double().reshape(turned.shape))
        for part, centre in (("weight", 1.0), ("bias", shift)):
            for norm in norms:
                p = getattr(norm, part)
                scale = 0.2 if part == "weight" and norm in last else 1.0
                p.copy_(((formula(at, len(p)) * 0.25 + centre) * scale)
                        .float().double())
                at += len(p)
    x = formula(7, n * h * w * channels).float().double()
    f = net(x.reshape(n, h, w, channels).permute(0, 3, 1, 2))
    print("case", name, channels, h, w, n, at)
    sample("features", f.detach().flatten())
    if convs:
        f.backward(formula(3, f.numel()).float().double().reshape(f.shape))
        for conv in convs:
            sample("conv", ours(conv.weight.grad).flatten())
        sample("gamma", torch.cat([m.weight.grad for m in norms]))
        sample("beta", torch.cat([m.bias.grad for m in norms]))
        sample("means", torch.cat([m.running_mean for m in norms]))
        sample("variances", torch.cat([m.running_var for m in norms]))


for case in CASES:
    run(*case)
