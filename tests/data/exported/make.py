"""Networks of PyTorch as ONNX, with PyTorch's own answers and Grad-CAM; run once, its files are kept here.

``python tests/data/exported/make.py`` needs PyTorch 2.13 with its ONNX exporters (``onnx``, ``onnxscript``),
which Vitrine itself does not. One network is trained on drawn shapes, the others have random weights.
"""

import logging
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

HERE = Path(__file__).parent
SIDE, STEPS, BATCH = 32, 150, 48


def step(inputs, outputs, *shape, act=nn.ReLU):
    """A convolution with normalisation and activation; its shape is kernel, stride and groups."""
    kernel, stride, groups = (*shape, *(3, 1, 1)[len(shape) :])
    padding = kernel // 2
    layer = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs), act())


class Block(nn.Module):
    """A residual block."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.first = step(inputs, outputs, 3, stride)
        self.second = nn.Sequential(
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)
        )
        self.short = nn.Conv2d(inputs, outputs, 1, stride)
        self.relu = nn.ReLU()

    def forward(self, maps):
        return self.relu(self.second(self.first(maps)) + self.short(maps))


class Gate(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, channels, act):
        super().__init__()
        self.down, self.up, self.act = nn.Conv2d(channels, 4, 1), nn.Conv2d(4, channels, 1), act()

    def forward(self, maps):
        pooled = F.adaptive_avg_pool2d(maps, 1)
        return maps * self.act(self.up(F.relu(self.down(pooled))))


class UNet(nn.Module):
    """Down, across and up again, by a transposed convolution and bilinearly."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = step(3, 8), step(8, 12), step(12, 16)
        self.up, self.d, self.e = nn.ConvTranspose2d(16, 12, 3, 2, 1, 1), step(24, 12), step(20, 8)
        self.out = nn.Conv2d(8, 4, 1)

    def forward(self, image):
        a = self.a(image)
        b = self.b(F.max_pool2d(a, 2))
        d = self.d(torch.cat([b, self.up(self.c(F.max_pool2d(b, 2)))], 1))
        d = F.interpolate(d, scale_factor=2, mode="bilinear", align_corners=True)
        return self.out(self.e(torch.cat([a, d], 1)))


class DeepLab(nn.Module):
    """Holes in convolutions, a view of the whole, and an answer as large as the image."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(step(3, 8, 3, 2), step(8, 12, 3, 2))
        self.holes = nn.Conv2d(12, 8, 3, padding=4, dilation=4)
        self.plain, self.whole, self.join = nn.Conv2d(12, 8, 1), nn.Conv2d(12, 8, 1), step(24, 12)
        self.out = nn.Conv2d(12, 4, 1)

    def forward(self, image):
        maps = self.stem(image)
        whole = F.relu(self.whole(F.adaptive_avg_pool2d(maps, 1)))
        whole = F.interpolate(whole, size=maps.shape[-2:], mode="bilinear", align_corners=False)
        joined = self.join(torch.cat([self.plain(maps), F.relu(self.holes(maps)), whole], 1))
        return F.interpolate(self.out(joined), size=image.shape[-2:], mode="bilinear", align_corners=False)


def head(channels, classes=3):
    """Average over all places, then classes."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2), nn.Linear(channels, classes))


def networks():
    """Each network, and the layer whose activation is explained."""
    resnet = nn.Sequential(
        step(3, 8, 5, 2), nn.MaxPool2d(3, 2, 1), Block(8, 12, 1), Block(12, 24, 2), head(24)
    )
    vgg = nn.Sequential(
        *(step(3, 8), nn.MaxPool2d(2), step(8, 12), nn.MaxPool2d(2), step(12, 8), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(8 * 4 * 6, 24), nn.ReLU(), nn.Dropout(), nn.Linear(24, 3)),
    )
    mobile = nn.Sequential(
        step(3, 8, 3, 2, act=nn.Hardswish),
        step(8, 16, 1, act=nn.ReLU6),
        step(16, 16, 3, 2, 16, act=nn.ReLU6),
        *(Gate(16, nn.Hardsigmoid), nn.Conv2d(16, 12, 1), step(12, 24, 1, act=nn.Hardswish), head(24)),
    )
    efficient = nn.Sequential(
        step(3, 8, 3, 2, act=nn.SiLU),
        step(8, 16, 5, 2, 8, act=nn.SiLU),
        Gate(16, nn.Sigmoid),
        *(nn.AvgPool2d(2), step(16, 24, 3, act=nn.SiLU), head(24)),
    )
    unet, deeplab = UNet(), DeepLab()
    return {
        "resnet": (resnet, resnet[3]),
        "vgg": (vgg, vgg[4]),
        "mobile": (mobile, mobile[5]),
        "efficient": (efficient, efficient[4]),
        "unet": (unet, unet.e),
        "deeplab": (deeplab, deeplab.join),
    }


def shapes(random, count):
    """Discs, squares and stripes of any colour on noise, -1 to 1, and which it is."""
    kinds = random.integers(0, 3, count)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    images = random.normal(0, 0.2, (count, 3, SIDE, SIDE))
    for image, kind in zip(images, kinds, strict=True):
        y, x, r = (*random.uniform(9, 23, 2), random.uniform(5, 8))
        masks = (
            (rows - y) ** 2 + (columns - x) ** 2 < r**2,
            (abs(rows - y) < r) & (abs(columns - x) < r),
            (abs(rows - y) < r) & (abs(columns - x) < r) & ((columns // 2) % 2 == 0),
        )
        image += masks[kind] * random.uniform(-1, 1, (3, 1, 1))
    return torch.tensor(images.clip(-1, 1), dtype=torch.float32), torch.tensor(kinds)


def train(network):
    """Teach a network the shapes."""
    random, optimiser = np.random.default_rng(0), torch.optim.Adam(network.parameters(), 3e-3)
    network.train()
    for _ in range(STEPS):
        images, kinds = shapes(random, BATCH)
        loss = F.cross_entropy(network(images), kinds)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    images, kinds = shapes(np.random.default_rng(1), 300)
    print(f"right: {(network.eval()(images).argmax(1) == kinds).float().mean():.2f}")


def shake(network):
    """Statistics of normalisations that are not those of no training."""
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.2)
            layer.running_var.uniform_(0.5, 1.5)
            nn.init.uniform_(layer.weight, 0.6, 1.4)
            nn.init.normal_(layer.bias, 0, 0.2)


def grad_cam(network, layer, images):
    """Logits, and the evidence for class 1 (Selvaraju et al. 2017) before its ReLU: each channel by its mean
    gradient.
    """
    kept = []
    hook = layer.register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    logits = network(images)
    hook.remove()
    (gradient,) = torch.autograd.grad(logits[:, 1].sum(), kept[0])
    maps = (gradient.mean((2, 3), keepdim=True) * kept[0]).sum(1)
    return logits.detach().numpy(), maps.detach().numpy()


def export(network, name, size_hw, any_size):
    """By both exporters."""
    image = torch.zeros(1, 3, *size_hw)
    axes = {"image": {0: "n", 2: "h", 3: "w"}, "answer": {0: "n"}} if any_size else {"image": {0: "n"}}
    named = {"input_names": ["image"], "output_names": ["answer"]}
    torch.onnx.export(network, (image,), HERE / f"{name}.onnx", dynamo=False, dynamic_axes=axes, **named)
    torch.onnx.export(
        network, (image,), HERE / f"{name}.new.onnx", dynamo=True, external_data=False, verbose=False
    )


def main():
    """Write all files."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    torch.manual_seed(0)
    torch.set_num_threads(1)
    for name, (network, layer) in networks().items():
        size_hw = (32, 48) if name in ("vgg", "unet", "deeplab") else (SIDE, SIDE)
        train(network) if name == "resnet" else shake(network)
        network.eval()
        random = np.random.default_rng(2)
        images = (
            shapes(random, 2)[0] if name == "resnet" else torch.tensor(random.normal(0, 1, (2, 3, *size_hw)))
        )
        logits, maps = grad_cam(network, layer, images.float())
        np.savez_compressed(HERE / f"{name}.npz", images=images.float().numpy(), logits=logits, grad_cam=maps)
        export(network, name, size_hw, name in ("unet", "deeplab"))


if __name__ == "__main__":
    main()
