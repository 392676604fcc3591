"""onnx-resnet18.py WORK JPEG...

Exports torchvision's ResNet18, random weights, in the ways that PyTorch has to
WORK/resnet18-*.onnx; writes what PyTorch makes of two random pictures (x.npy,
y.npy) and of the JPEGs by torchvision's transforms (logits.npy; layer.npy, the
features before the last layer), and WORK/list.tsv, each JPEG a class."""
import sys
import warnings

import numpy as np
import torch
import torchvision
from PIL import Image
from torch.onnx import TrainingMode
from torchvision import transforms

work, jpegs = sys.argv[1], sys.argv[2:]
warnings.simplefilter("ignore")
torch.manual_seed(1)
net = torchvision.models.resnet18().eval()
for module in net.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        module.running_mean.uniform_(-0.3, 0.3)
        module.running_var.uniform_(0.5, 1.5)
        module.weight.data.uniform_(0.5, 1.5)
        module.bias.data.uniform_(-0.3, 0.3)
prepare = transforms.Compose([
    transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(),
    transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
seen = []
net.avgpool.register_forward_hook(lambda _, __, out: seen.append(out))
with torch.no_grad():
    x = torch.randn(2, 3, 224, 224)
    np.save(f"{work}/x.npy", x.numpy())
    np.save(f"{work}/y.npy", net(x).numpy())
    pictures = torch.stack(
        [prepare(Image.open(path).convert("RGB")) for path in jpegs])
    np.save(f"{work}/logits.npy", net(pictures).numpy())
    np.save(f"{work}/layer.npy", seen[-1].flatten(1).numpy())
with open(f"{work}/list.tsv", "w", encoding="utf-8") as out:
    for i, path in enumerate(jpegs):
        print(path, f"class{i:03d}", sep="\t", file=out)
for opset in (7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17):
    for fold in (True, False):
        for mode in (TrainingMode.EVAL, TrainingMode.PRESERVE):
            name = f"{opset}-{'folded' if fold else 'plain'}-{mode.name.lower()}"
            torch.onnx.export(
                net, x, f"{work}/resnet18-{name}.onnx", opset_version=opset,
                do_constant_folding=fold, training=mode, input_names=["x"],
                output_names=["y"],
                dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
