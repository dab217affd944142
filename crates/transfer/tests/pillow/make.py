"""Writes what Pillow and torchvision make of a drawn picture: operations.bin, which tests/pillow_operations.rs reads.

    python make.py        (needs pillow and torchvision)

The file holds the results one after another, each 22 x 16 RGB bytes unless the Rust test says otherwise.
"""
import math
from pathlib import Path

from PIL import Image
from torchvision.transforms import InterpolationMode
from torchvision.transforms import functional as F


def pattern(width, height):
    """Smooth waves, an edge, and some noise; drawn alike in the Rust test."""
    picture = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            noise = (x * 7919 + y * 104729 + x * y * 31) % 41
            edge = 90 if (x + 2 * y) % 37 < 15 else 0
            picture.putpixel((x, y), ((5 * x + 20 + noise) % 256, (7 * y + edge) % 256, min(255, (x * y) // 5 + noise)))
    return picture


def operations(p):
    nearest = InterpolationMode.NEAREST
    shear = lambda x, y: F.affine(p, 0.0, [0, 0], 1.0, [math.degrees(math.atan(x)), math.degrees(math.atan(y))],
                                  nearest, None, [0, 0])
    for factor in [0.3, 1.7]:
        yield F.adjust_brightness(p, factor)
        yield F.adjust_contrast(p, factor)
        yield F.adjust_saturation(p, factor)
        yield F.adjust_sharpness(p, factor)
    yield F.adjust_hue(p, 0.2)
    yield F.adjust_hue(p, -0.35)
    yield F.rgb_to_grayscale(p, 3)
    yield F.autocontrast(p)
    yield F.equalize(p)
    yield F.posterize(p, 3)
    yield F.solarize(p, 120.0)
    yield F.invert(p)
    yield shear(0.33, 0.0)
    yield shear(0.0, -0.66)
    yield F.affine(p, 0.0, [7, 0], 1.0, [0.0, 0.0], nearest)
    yield F.affine(p, 0.0, [0, -5], 1.0, [0.0, 0.0], nearest)
    yield F.rotate(p, 40.5, nearest)
    yield F.rotate(p, -90.0, nearest)
    yield F.resize(p, 11, InterpolationMode.BILINEAR)
    yield F.resize(p, 11, InterpolationMode.BICUBIC)
    yield F.resize(p, [30, 25], InterpolationMode.BICUBIC)
    yield F.center_crop(F.resize(p, 12), 9)
    yield F.resized_crop(p, 3, 5, 12, 15, [9, 9], InterpolationMode.BILINEAR)


if __name__ == "__main__":
    results = [picture.tobytes() for picture in operations(pattern(22, 16))]
    Path(__file__).with_name("operations.bin").write_bytes(b"".join(results))
    print(len(results), "results,", sum(map(len, results)), "bytes")
