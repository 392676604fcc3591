#!/usr/bin/env python3
"""torchvision's ResNet50, without its classifier, beside bench-resnet50.c.

    resnet50-peer.py rate           images/s, the best of eager and frozen
                                    over batches of 1, 8 and 32
    resnet50-peer.py export FILE    floats: the parameters and the running
                                    statistics in the order of nn/encoder.h,
                                    PICTURES pictures (height, width, channels)
                                    and their features
"""
import os
import sys
import time
import torch
from torch import nn
from torchvision.models import resnet50

PICTURES, SIDE = 3, 224


def network():
    torch.manual_seed(1)
    net = resnet50()
    net.fc = nn.Identity()
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
            nn.init.normal_(module.running_mean, 0, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 2)
    return net.eval()


def export(net, path):
    # a block's shortcut is the last of its convolutions, here as there
    convs = [m for m in net.modules() if isinstance(m, nn.Conv2d)]
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    pictures = torch.randn(PICTURES, 3, SIDE, SIDE)
    parts = [conv.weight.permute(2, 3, 1, 0) for conv in convs]
    for name in "weight", "bias", "running_mean", "running_var":
        parts += [getattr(norm, name) for norm in norms]
    parts += [pictures.permute(0, 2, 3, 1), net(pictures)]
    with open(path, "wb") as file:
        for part in parts:
            file.write(part.contiguous().numpy().astype("<f4").tobytes())


def rate(net, batch):
    """Images a second; runs for half a second at least, once to warm up."""
    pictures = torch.randn(batch, 3, SIDE, SIDE)
    net(pictures)
    images, began = 0, time.monotonic()
    while time.monotonic() - began < 0.5:
        net(pictures)
        images += batch
    return images / (time.monotonic() - began)


torch.set_num_threads(os.cpu_count())
with torch.no_grad():
    resnet = network()
    if sys.argv[1] == "export":
        export(resnet, sys.argv[2])
    else:
        frozen = torch.jit.optimize_for_inference(
            torch.jit.trace(resnet, torch.randn(1, 3, SIDE, SIDE)))
        for _ in range(2):
            frozen(torch.randn(1, 3, SIDE, SIDE))
        rates = {(kind, batch): rate(net, batch)
                 for kind, net in (("eager", resnet), ("frozen", frozen))
                 for batch in (1, 8, 32)}
        best = max(rates, key=rates.get)
        print("%.2f" % rates[best])
        print("the peer's best: %s, batch %d" % best, file=sys.stderr)
