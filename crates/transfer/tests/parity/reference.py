"""What PyTorch computes with every architecture of `transfer::models`: the numbers of tests/parity.rs.

    python reference.py                  writes reference.txt beside this file
    python reference.py --weights DIR    instead writes, for each architecture, its float32 state dict to DIR in three
                                         formats with float32 results beside it (several gigabytes in all; name
                                         architectures after DIR to make some of them). The Rust test reads them
                                         where TRANSFER_PARITY_WEIGHTS names DIR.

Needs torch and torchvision; `--weights` also safetensors. Every parameter, buffer and picture is a formula of its
name (`numbers`), which the Rust test repeats bit for bit, so that no weights need to be kept. The weights are float32;
all else is computed in float64, so that a difference is one between graphs and not one of rounding. Dropout is
switched off (p = 0): there is no comparing random numbers.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch import nn

TORCHVISION = (
    "resnet18 resnet34 resnet50 resnet101 resnet152 resnext50_32x4d resnext101_32x8d resnext101_64x4d "
    "wide_resnet50_2 wide_resnet101_2 vgg11 vgg11_bn vgg13 vgg13_bn vgg16 vgg16_bn vgg19 vgg19_bn"
).split()
POOLED = [f"vgg{depth}{norm}_pooled" for norm in ("", "_bn") for depth in (11, 13, 16, 19)]
CIFAR = {f"resnet{6 * n + 2}_cifar": n for n in (3, 5, 7, 9, 18)}
CLASSES, BATCH = 10, 4
LABELS = [0, 3, 6, 9]
WORD = 2**64 - 1


class CifarBlock(nn.Module):
    """Two 3 x 3 convolutions; the shortcut subsamples and pads with channels of zeros (option A)."""

    def __init__(self, width_in, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.stride = stride

    def forward(self, xs):
        ys = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(xs)))))
        n, channels, height, width = ys.shape
        padded = xs.new_zeros(n, channels, height, width)
        start = (channels - xs.shape[1]) // 2
        padded[:, start : start + xs.shape[1]] = xs[:, :, :: self.stride, :: self.stride]
        return F.relu(ys + padded)


class CifarResNet(nn.Module):
    """He et al. 2016, section 4.2, with n blocks in each of three layers."""

    def __init__(self, n):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        width_in = 16
        for number, width in enumerate((16, 32, 64), start=1):
            blocks = []
            for index in range(n):
                stride = 2 if index == 0 and number > 1 else 1
                blocks.append(CifarBlock(width_in, width, stride))
                width_in = width
            setattr(self, f"layer{number}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, CLASSES)

    def forward(self, xs):
        xs = F.relu(self.bn1(self.conv1(xs)))
        xs = self.layer3(self.layer2(self.layer1(xs)))
        return self.linear(xs.mean((2, 3)))


class LeNet(nn.Module):
    """Two convolutions of 5 x 5 and two linear layers, with batch normalisation."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 32, 5, bias=False), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 48, 5, bias=False), nn.BatchNorm2d(48)
        self.fc1, self.bn3 = nn.Linear(768, 128), nn.BatchNorm1d(128)
        self.fc2 = nn.Linear(128, CLASSES)

    def forward(self, xs):
        xs = F.max_pool2d(F.relu(self.bn1(self.conv1(xs))), 2)
        xs = F.max_pool2d(F.relu(self.bn2(self.conv2(xs))), 2)
        return self.fc2(F.relu(self.bn3(self.fc1(xs.flatten(1)))))


def made(arch):
    """The net of that name."""
    if arch == "lenet":
        return LeNet()
    if arch in POOLED:
        net = torchvision.models.get_model(arch.removesuffix("_pooled"))
        net.avgpool, net.classifier = nn.AdaptiveAvgPool2d(1), nn.Linear(512, CLASSES)
        return net
    return CifarResNet(CIFAR[arch]) if arch in CIFAR else torchvision.models.get_model(arch, num_classes=CLASSES)


def fnv1a(text):
    """The 64-bit FNV-1a hash of a text."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & WORD
    return value


def numbers(name, shape, low, high):
    """float32 numbers in [low, high): splitmix64 of the name's hash, its upper 24 bits, scaled in float64."""
    count = math.prod(shape)
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a(name)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    unit = (z >> np.uint64(40)).astype(np.float64) / 2**24
    return torch.from_numpy((low + (high - low) * unit).astype(np.float32)).reshape(shape)


def bounds(name, shape):
    """The interval from which a variable's numbers are: He's for weights, what training makes of it for the rest."""
    if len(shape) > 1:
        bound = math.sqrt(6 / math.prod(shape[1:]))
        return -bound, bound
    kind = name.rpartition(".")[2]
    return {"weight": (0.75, 1.25), "running_var": (1.0, 3.0)}.get(kind, (-0.1, 0.1))


def filled(arch):
    """The net with the formula's numbers in it, in float32."""
    with torch.device("meta"):
        net = made(arch)
    net = net.to_empty(device="cpu")
    for name, tensor in net.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.zero_()
        else:
            tensor.copy_(numbers(name, tuple(tensor.shape), *bounds(name, tensor.shape)))
    for module in net.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return net


def results(net, xs):
    """Logits in evaluation, logits in training, and the gradient of the first convolution's weight."""
    first = next(module.weight for module in net.modules() if isinstance(module, nn.Conv2d))
    for parameter in net.parameters():
        parameter.requires_grad_(parameter is first)
    with torch.no_grad():
        eval_logits = net.eval()(xs)
    train_logits = net.train()(xs)
    F.cross_entropy(train_logits, torch.tensor(LABELS)).backward()
    return {"eval": eval_logits, "train": train_logits.detach(), "gradient": first.grad}


def spread(tensor, count):
    """The norm, and numbers that are spread evenly over the tensor."""
    flat = tensor.flatten()
    picked = [flat[index * (len(flat) - 1) // (count - 1)].item() for index in range(count)]
    return [flat.norm().item(), *picked]


def lines(arch, net, size):
    """The lines of reference.txt about a net, which is turned to float64."""
    state = {name: tensor for name, tensor in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    listing = "".join(f"{name} {'x'.join(map(str, state[name].shape))}\n" for name in sorted(state))
    yield "names", [len(state), fnv1a(listing)]
    if arch not in TORCHVISION:
        yield "parameters", [CLASSES, sum(parameter.numel() for parameter in net.parameters())]
    else:
        weights = torchvision.models.get_model_weights(arch).DEFAULT
        yield "parameters", [len(weights.meta["categories"]), weights.meta["num_params"]]
    yield "size", [size]
    found = results(net.double(), numbers("input", (BATCH, 3, size, size), -1.0, 1.0).double())
    yield "eval", found["eval"].flatten().tolist()
    yield "train", found["train"].flatten().tolist()
    yield "gradient", spread(found["gradient"], 16)
    norms = [name for name, module in net.named_modules() if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d))]
    for name in sorted({norms[0], norms[len(norms) // 2], norms[-1]}) if norms else []:
        for buffer in ("running_mean", "running_var"):
            yield f"{name}.{buffer}", spread(net.state_dict()[f"{name}.{buffer}"], 4)


def size_of(arch):
    if arch == "lenet":
        return 28
    return 40 if arch in TORCHVISION and "vgg" not in arch else 32


def write_weights(folder, arch):
    """The state dict in torch.save's two formats and as safetensors, and what it computes in float32."""
    from safetensors.torch import save_file

    net = filled(arch)
    state = net.state_dict()
    torch.save(state, folder / f"{arch}.zip.pth")
    torch.save(state, folder / f"{arch}.legacy.pth", _use_new_zipfile_serialization=False)
    save_file(state, folder / f"{arch}.safetensors")
    size = size_of(arch)
    found = results(net, numbers("input", (BATCH, 3, size, size), -1.0, 1.0))
    save_file(found, folder / f"{arch}.expected")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, metavar="DIR")
    parser.add_argument("architectures", nargs="*")
    arguments = parser.parse_args()
    if arguments.weights:
        arguments.weights.mkdir(parents=True, exist_ok=True)
        for arch in arguments.architectures or [*TORCHVISION, *POOLED, *CIFAR, "lenet"]:
            write_weights(arguments.weights, arch)
        return
    with open(Path(__file__).with_name("reference.txt"), "w", encoding="utf-8") as file:
        file.write(f"# Written by reference.py: torch {torch.__version__}, torchvision {torchvision.__version__}\n")
        for arch in [*TORCHVISION, *POOLED, *CIFAR, "lenet"]:
            for what, values in lines(arch, filled(arch), size_of(arch)):
                file.write(" ".join([arch, what, *map(repr, values)]) + "\n")


if __name__ == "__main__":
    main()
