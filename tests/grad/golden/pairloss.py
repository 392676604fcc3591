#!/usr/bin/env python3
"""Makes pairloss.txt: the loss of HashNet and its gradient in PyTorch.

    python3 pairloss.py > pairloss.txt        (PyTorch 1.13, double precision)

The loss is written over whole matrices as in its authors' program, of a batch
with itself; each pair stands in them twice, and the diagonal is left out. A
case: n, bits, classes, alpha, beta; the labels; z; the loss; its gradient.
"""
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
CASES = [(6, 4, 2, 2.5, 1.0), (9, 16, 3, 0.625, 3.0), (5, 7, 1, 1.0, 2.0),
         (4, 3, 4, 10 / 3, 10.0), (12, 48, 5, 10 / 48, 1.5)]


def loss_of(z, labels, alpha, beta):
    h = torch.tanh(beta * z)
    t = alpha * h @ h.T
    pairs = ~torch.eye(len(z), dtype=torch.bool)
    same = (labels[:, None] == labels[None, :]) & pairs
    other = pairs & ~same
    likelihood = F.softplus(t) - same * t
    total = likelihood.new_zeros(())
    for kind in (same, other):
        if kind.any():
            total = total + likelihood[kind].mean()
    return total


for n, bits, classes, alpha, beta in CASES:
    labels = torch.arange(n) * 5 % classes
    z = (torch.randn(n, bits) * 0.7).float().double().requires_grad_()
    loss = loss_of(z, labels, alpha, beta)
    loss.backward()
    print(n, bits, repr(alpha), repr(beta))
    print(*labels.tolist())
    print(*map(repr, z.flatten().tolist()))
    print(repr(loss.item()))
    print(*map(repr, z.grad.flatten().tolist()))
