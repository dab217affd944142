"""Prints what torchvision says of its ResNet, Wide ResNet, ResNeXt and VGG weights, one line each, tab between:

    python crates/transfer/tests/hub/torchvision_weights.py > crates/transfer/tests/hub/torchvision_weights.txt
"""

import torchvision
from torchvision.models import get_model_weights, list_models

print(f"# torchvision {torchvision.__version__.split('+')[0]}, printed by torchvision_weights.py")
for arch in list_models(module=torchvision.models):
    if not arch.startswith(("resnet", "wide_resnet", "resnext", "vgg")):
        continue
    enum = get_model_weights(arch)
    for weights in enum:
        meta, transform = weights.meta, weights.transforms()
        metrics = meta["_metrics"]["ImageNet-1K"]
        (crop,), (resize,) = transform.crop_size, transform.resize_size
        assert transform.antialias
        row = [
            arch,
            weights,
            "default" if weights == enum.DEFAULT else "-",
            weights.url,
            meta["_file_size"],
            meta["num_params"],
            len(meta["categories"] or []),
            metrics["acc@1"],
            metrics["acc@5"],
            meta["recipe"],
            crop,
            resize,
            transform.interpolation.value,
            *transform.mean,
            *transform.std,
        ]
        print(*row, sep="\t")
