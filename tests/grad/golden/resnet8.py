#!/usr/bin/env python3
"""Makes resnet8.txt: two steps of each phase in PyTorch, in double precision.

    python3 resnet8.py > resnet8.txt        (PyTorch 1.13)

Parameters and pictures come from a formula that tests/grad/test-golden.c
knows as well, so that the file holds results alone. The order of parameters
is that of nn/encoder.h and learn/learner-parts.h; convolution weights are
(size, size, in, out) there.
"""
import math
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
N, C, H, W, L, K, WIDTH = 6, 3, 11, 10, 5, 6, 16
D = 4 * WIDTH
# in, out, size, stride of every convolution
CONVS = [(C, 16, 3, 1), (16, 16, 3, 1), (16, 16, 3, 1),
         (16, 32, 3, 2), (32, 32, 3, 1), (16, 32, 1, 2),
         (32, 64, 3, 2), (64, 64, 3, 1), (32, 64, 1, 2)]


def formula(first, n, bound):
    i = torch.arange(first, first + n, dtype=torch.int64)
    u = (i * 2654435761 % 2 ** 32).double() / 2 ** 32
    return ((2 * u - 1) * bound).float().double()


def parameters():
    values, at = [], 0

    def add(n, bound, centre=0.0):
        nonlocal at
        values.append((formula(at, n, bound) + centre).float().double())
        at += n
    for i, o, s, _ in CONVS:
        add(i * o * s * s, 1 / math.sqrt(i * s * s))
    channels = sum(o for _, o, _, _ in CONVS)
    add(channels, 0.25, 1.0)
    add(channels, 0.25)
    add(K * D, 0.2)
    add(L * K, 1.0)
    add(L * D, 0.1)
    add(L, 0.1)
    return torch.cat(values)


class Sign(torch.autograd.Function):
    @staticmethod
    def forward(_, x):
        return torch.where(x >= 0, 1.0, -1.0)

    @staticmethod
    def backward(_, g):
        return g


class Net:
    def __init__(self):
        flat = parameters()
        self.at = 0

        def take(*shape):
            n = math.prod(shape)
            t = flat[self.at:self.at + n].reshape(shape).clone()
            self.at += n
            return t.requires_grad_()
        self.w = [take(s, s, i, o) for i, o, s, _ in CONVS]
        self.gamma = [take(o) for _, o, _, _ in CONVS]
        self.beta = [take(o) for _, o, _, _ in CONVS]
        self.p, self.cb = take(K, D), take(L, K)
        self.fc, self.bias = take(L, D), take(L)
        self.mean = [torch.zeros(o) for _, o, _, _ in CONVS]
        self.var = [torch.ones(o) for _, o, _, _ in CONVS]
        self.all = (self.w + self.gamma + self.beta
                    + [self.p, self.cb, self.fc, self.bias])
        self.encoder = self.w + self.gamma + self.beta

    def norm(self, q, x):
        _, _, s, stride = CONVS[q]
        y = F.conv2d(x, self.w[q].permute(3, 2, 0, 1), None, stride, s // 2)
        return F.batch_norm(y, self.mean[q], self.var[q], self.gamma[q],
                            self.beta[q], True, 0.1, 1e-5)

    def features(self, x):
        a = F.relu(self.norm(0, x))
        a = F.relu(self.norm(2, F.relu(self.norm(1, a))) + a)
        a = F.relu(self.norm(4, F.relu(self.norm(3, a))) + self.norm(5, a))
        a = F.relu(self.norm(7, F.relu(self.norm(6, a))) + self.norm(8, a))
        return a.mean((2, 3))


def pictures():
    n = N * C * H * W
    i = torch.arange(n, dtype=torch.int64)
    b = ((i * 2654435761 % 2 ** 32) >> 24).double().reshape(N, C, H, W)
    mean = b.mean((0, 2, 3), keepdim=True)
    dev = b.var((0, 2, 3), unbiased=False, keepdim=True).sqrt()
    return (b - mean) / dev


def smooth(logits, y):
    return F.cross_entropy(logits, y, label_smoothing=0.1)


def loss_of(case, net, f, y):
    if case == "warm":
        return smooth(f @ net.fc.t() + net.bias, y)
    z = f @ net.p.t()
    b = Sign.apply(net.cb)
    scale = 1 if case == "paper" else 1 / math.sqrt(K)
    bits = F.binary_cross_entropy_with_logits(
        z, ((b[y] + 1) / 2).detach())
    if case == "joint":  # both go straight through to W
        return (F.softplus(-z * b[y]).mean()
                + 0.5 * smooth(scale * z @ b.t(), y))
    if case == "instance":
        return bits
    if case == "mixed":
        return bits + 0.5 * smooth(scale * z @ b.t().detach(), y)
    return smooth(scale * z @ b.t(), y)


def run(case):
    net, x, y = Net(), pictures(), torch.arange(N) % L
    moved = net.encoder + {"warm": [net.fc, net.bias],
                           "paper": [net.p, net.cb],
                           "codebook": [net.p, net.cb],
                           "joint": [net.p, net.cb]}.get(case, [net.p])
    opt = torch.optim.SGD(moved, 0.1, momentum=0.875, weight_decay=3.05e-5)
    losses = []
    for epoch in range(2):
        for group in opt.param_groups:
            group["lr"] = 0.1 * 0.5 * (1 + math.cos(math.pi * epoch / 2))
        loss = loss_of(case, net, net.features(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    flat = torch.cat([t.detach().reshape(-1) for t in net.all])
    stats = torch.cat(net.mean + net.var)
    print("case", case)
    print("loss", *("%.9g" % v for v in losses))
    print("params", len(flat), *("%.7g" % v for v in flat[::101]))
    print("stats", len(stats), *("%.7g" % v for v in stats[::7]))


for name in ("warm", "paper", "codebook", "instance", "mixed",
             "joint"):
    run(name)
