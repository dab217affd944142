"""Prints what torchvision says of its FCOS and RetinaNet weights, one line each, tab between:

    python crates/transfer/tests/hub/detector_weights.py > crates/transfer/tests/hub/detector_weights.txt

Nothing is fetched: the nets, built as for the weights, are given their own state instead of the file's. RetinaNet's
second version is another graph, which `transfer` has not.
"""

from unittest import mock

import torchvision
from torchvision.models import get_model, get_model_weights
from torchvision.ops import FrozenBatchNorm2d

print(f"# torchvision {torchvision.__version__.split('+')[0]}, printed by detector_weights.py")
for arch in ("fcos_resnet50_fpn", "retinanet_resnet50_fpn"):
    enum = get_model_weights(arch)
    state = get_model(arch, weights=None, weights_backbone=None).state_dict()
    for weights in enum:
        with mock.patch.object(enum, "get_state_dict", lambda *_, **__: state):
            net = get_model(arch, weights=weights)
        (eps,) = {module.eps for module in net.modules() if isinstance(module, FrozenBatchNorm2d)}
        meta, transform = weights.meta, net.transform
        (shorter,) = transform.min_size
        row = [
            arch,
            weights,
            "default" if weights == enum.DEFAULT else "-",
            weights.url,
            meta["_file_size"],
            meta["num_params"],
            meta["_metrics"]["COCO-val2017"]["box_map"],
            meta["recipe"],
            eps,
            shorter,
            transform.max_size,
            transform.size_divisible,
            *transform.image_mean,
            *transform.image_std,
            ",".join(meta["categories"]),
        ]
        print(*row, sep="\t")
