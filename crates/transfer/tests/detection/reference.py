"""What torchvision computes with boxes and with its one-stage detectors: the numbers of tests/detection.

    python reference.py        writes reference.txt beside this file

Needs torch and torchvision. Every weight, picture and box is a formula of its name (tests/parity/reference.py); all is
computed in float64.
"""

import re
import sys
from pathlib import Path
from unittest import mock

import torch
import torchvision
from torch import nn
from torchvision.models import get_model, get_model_weights
from torchvision.models.detection import _utils as det
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import boxes as box_ops
from torchvision.ops import generalized_box_iou_loss, sigmoid_focal_loss

sys.path.insert(0, str(Path(__file__).parent.parent / "parity"))
from reference import bounds, fnv1a, numbers, spread  # noqa: E402

CLASSES = 3
HEIGHT, WIDTH = 96, 128


def boxes_of(name, count, height=HEIGHT, width=WIDTH, largest=60.0):
    """Boxes inside a picture, of 4 pixels a side or more."""
    unit = numbers(name, (count, 4), 0.0, 1.0).double()
    sides = 4 + unit[:, 2:] * (largest - 4)
    room = torch.tensor([width, height], dtype=torch.float64) - sides
    corner = unit[:, :2] * room
    return torch.cat([corner, corner + sides], 1)


def made(kind):
    arguments = {"weights": None, "weights_backbone": None, "num_classes": CLASSES}
    net = getattr(torchvision.models.detection, f"{kind}_resnet50_fpn")(**arguments)
    for name, tensor in net.state_dict().items():
        if name.endswith("num_batches_tracked"):
            tensor.zero_()
        else:
            # RetinaNet's head has no norms: at full size its answers would be so sure that scores are all 1.
            scale = 0.5 if kind == "retinanet" and name.startswith("head.") else 1.0
            low, high = bounds(name, tensor.shape)
            tensor.copy_(numbers(name, tuple(tensor.shape), scale * low, scale * high))
    return net.double()


def coco_file(kind):
    """A state in the layout of torchvision's file for COCO: names from before 0.14, no counts of batches. Variances of the norms differ by twelve orders
    of magnitude, with the weights' so that activations would not, were nothing added to variances."""
    state = {}
    for name, tensor in get_model(f"{kind}_resnet50_fpn", weights=None, weights_backbone=None).state_dict().items():
        scale = 0.5 if kind == "retinanet" and name.startswith("head.") else 1.0
        low, high = bounds(name, tensor.shape)
        values = numbers(name, tuple(tensor.shape), scale * low, scale * high)
        if name.startswith("backbone.body.") and tensor.dim() == 1:
            step = {"weight": 2.0, "running_var": 4.0}.get(name.rsplit(".")[-1], 1.0)
            values *= step ** -(torch.arange(len(values)) % 20)
        older = re.sub(r"(fpn\.(?:inner|layer)_blocks\.\d)\.0\.", r"\1.", name)
        if kind == "retinanet":
            older = re.sub(r"conv\.(\d)\.0\.", lambda found: f"conv.{2 * int(found[1])}.", older)
        if not name.endswith("num_batches_tracked"):
            state[older] = values
    return state


def answered(net, pictures):
    maps = list(net.backbone(pictures).values())
    answers = net.head(maps)
    anchors = net.anchor_generator(ImageList(pictures, [(HEIGHT, WIDTH)] * len(pictures)), maps)
    counts = [map.shape[2] * map.shape[3] * (len(anchors[0]) // sum(m.shape[2] * m.shape[3] for m in maps)) for map in maps]
    return answers, anchors, counts


def found_lines(net, answers, anchors, counts, sizes):
    split = {name: list(answer.split(counts, 1)) for name, answer in answers.items()}
    levels = [list(of.split(counts)) for of in anchors]
    for index, found in enumerate(net.postprocess_detections(split, levels, sizes)):
        yield f"found{index}.boxes", found["boxes"].detach()
        yield f"found{index}.scores", found["scores"].detach()
        yield f"found{index}.labels", found["labels"]


def coco_lines(kind):
    """torchvision's net for the COCO weights as it builds it, with another file."""
    enum = get_model_weights(f"{kind}_resnet50_fpn")
    with mock.patch.object(enum, "get_state_dict", lambda *_, **__: coco_file(kind)):
        net = get_model(f"{kind}_resnet50_fpn", weights=enum.COCO_V1).double().eval()
    pictures = numbers("pictures", (1, 3, HEIGHT, WIDTH), -1.0, 1.0).double()
    answers, anchors, counts = answered(net, pictures)
    for name, answer in answers.items():
        yield f"coco.{name}", spread(answer.detach(), 24)
    for name, values in found_lines(net, answers, anchors, counts, [(HEIGHT, WIDTH)]):
        yield f"coco.{name}", values


def pair_lines():
    ones, others = boxes_of("ones", 7), boxes_of("others", 5)
    yield "iou", box_ops.box_iou(ones, others)
    yield "giou", box_ops.generalized_box_iou(ones, others)
    yield "area", box_ops.box_area(ones)
    yield "cxcywh", box_ops.box_convert(ones, "xyxy", "cxcywh")
    yield "xywh", box_ops.box_convert(ones, "xyxy", "xywh")
    yield "clipped", box_ops.clip_boxes_to_image(ones * 2 - 30, (HEIGHT, WIDTH))
    near = ones + numbers("near", (7, 4), -3.0, 3.0).double()
    near.requires_grad_(True)
    loss = generalized_box_iou_loss(near, ones, reduction="none")
    loss.sum().backward()
    yield "giou_loss", loss.detach()
    yield "giou_loss.gradient", near.grad
    logits = numbers("logits", (6, 4), -4.0, 4.0).double().requires_grad_(True)
    targets = (numbers("targets", (6, 4), 0.0, 1.0) > 0.7).double()
    loss = sigmoid_focal_loss(logits, targets)
    loss.sum().backward()
    yield "focal", loss.detach()
    yield "focal.gradient", logits.grad
    linear, shift = det.BoxLinearCoder(), det.BoxCoder((1.0, 1.0, 1.0, 1.0))
    yield "distances", linear.encode(ones, near.detach())
    yield "distances.decoded", linear.decode(numbers("codes", (7, 4), 0.0, 3.0).double(), ones)
    yield "shifts", shift.encode_single(near.detach(), ones)
    yield "shifts.decoded", shift.decode_single(numbers("codes", (7, 4), -2.0, 6.0).double(), ones)
    crowd = boxes_of("crowd", 120, largest=50.0)
    scores, classes = numbers("scores", (120,), 0.0, 1.0).double(), (numbers("classes", (120,), 0.0, 3.0)).long()
    yield "nms", box_ops.nms(crowd, scores, 0.4)
    yield "batched_nms", box_ops.batched_nms(crowd, scores, classes, 0.3)


def net_lines(kind):
    net = made(kind)
    state = {name: value for name, value in net.state_dict().items() if not name.endswith("num_batches_tracked")}
    listing = "".join(f"{name} {'x'.join(map(str, state[name].shape))}\n" for name in sorted(state))
    yield "names", torch.tensor([len(state)])
    yield "listing", [fnv1a(listing)]
    pictures = numbers("pictures", (2, 3, HEIGHT, WIDTH), -1.0, 1.0).double()
    targets = [
        {"boxes": boxes_of(f"truth{index}", count), "labels": numbers(f"labels{index}", (count,), 0.0, 3.0).long()}
        for index, count in enumerate((6, 3))
    ]
    for training in (False, True):
        net.train(training)
        answers, anchors, counts = answered(net, pictures)
        prefix = "train." if training else ""
        for name, answer in answers.items():
            yield prefix + name, spread(answer.detach(), 24)
        yield prefix + "anchors", spread(anchors[0], 24)
        losses = net.compute_loss(targets, answers, anchors, counts) if kind == "fcos" else net.compute_loss(targets, answers, anchors)
        for name, loss in losses.items():
            yield f"{prefix}loss.{name}", loss.detach()
        if training:
            first = net.backbone.body.conv1.weight
            gradient = torch.autograd.grad(sum(losses.values()), [first, net.head.regression_head.bbox_reg.weight])
            yield "gradient.conv1", spread(gradient[0], 16)
            yield "gradient.bbox_reg", spread(gradient[1], 16)
        else:
            yield from found_lines(net, answers, anchors, counts, [(HEIGHT, WIDTH), (HEIGHT - 10, WIDTH - 20)])
        empty = [targets[0], {"boxes": torch.zeros(0, 4).double(), "labels": torch.zeros(0).long()}]
        losses = net.compute_loss(empty, answers, anchors, counts) if kind == "fcos" else net.compute_loss(empty, answers, anchors)
        yield f"{prefix}empty", torch.stack([loss.detach() for loss in losses.values()])


def words(values):
    values = values.flatten().tolist() if isinstance(values, torch.Tensor) else values
    return [repr(value) if isinstance(value, int) else f"{value:.12g}" for value in values]


def main():
    torch.manual_seed(0)
    with open(Path(__file__).with_name("reference.txt"), "w", encoding="utf-8") as file:
        file.write(f"# Written by reference.py: torch {torch.__version__}, torchvision {torchvision.__version__}\n")
        for what, values in pair_lines():
            file.write(" ".join(["boxes", what, *words(values)]) + "\n")
        for kind in ("fcos", "retinanet"):
            for what, values in [*net_lines(kind), *coco_lines(kind)]:
                file.write(" ".join([kind, what, *words(values)]) + "\n")


if __name__ == "__main__":
    main()
