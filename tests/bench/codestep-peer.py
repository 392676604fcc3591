#!/usr/bin/env python3
"""PyTorch doing the step of bench-codestep: prints rows a second, the better of
its own number of threads and one for each processor.

    codestep-peer.py codebook|instance
"""
import os
import sys
import time
import torch
from torch.nn import functional as F

N, BATCH, D, BITS, CLASSES, SECONDS = 100000, 1024, 2048, 20, 1000, 1.5
CODEBOOK = sys.argv[1] == "codebook"

torch.manual_seed(1)
base = torch.randn(2048, D).half()
features = base.repeat(N // 2048 + 1, 1)[:N].contiguous()
w = (0.02 * torch.randn(BITS, D)).requires_grad_()
shift = torch.zeros(BITS, requires_grad=True)
b = torch.randn(CLASSES, BITS)
if CODEBOOK:
    b.requires_grad_()


def step():
    x = features[torch.randint(0, N, (BATCH,))].float()
    y = torch.randint(0, CLASSES, (BATCH,))
    z = F.linear(x, w, shift)
    loss = F.cross_entropy(z @ b.T, y) + F.softplus(-b[y] * z).mean()
    for p in (w, shift, b):
        p.grad = None
    loss.backward()


def rate():
    step()
    steps, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        step()
        steps += 1
    return steps * BATCH / (time.perf_counter() - began)


rates = [rate()]
torch.set_num_threads(os.cpu_count())
rates.append(rate())
print(round(max(rates)))
