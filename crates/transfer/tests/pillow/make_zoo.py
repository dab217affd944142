"""Writes small picture files of many kinds to zoo/, and beside each what Pillow makes of it, which tests/decoding.rs
compares: width and height in a byte each, then RGB bytes.

    python make_zoo.py        (needs pillow)
"""
import struct
import zlib
from pathlib import Path

from PIL import Image, ImageOps

ZOO = Path(__file__).with_name("zoo")
WIDTH, HEIGHT = 14, 10


def picture():
    p = Image.new("RGB", (WIDTH, HEIGHT))
    for y in range(HEIGHT):
        for x in range(WIDTH):
            p.putpixel((x, y), (17 * x + 8, 25 * y + 4, (9 * x + 11 * y + 40) % 256))
    return p


def turned(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def png_of_16_bits(channels):
    """Pillow writes no RGB of 16 bits."""
    rows = b""
    for y in range(HEIGHT):
        rows += b"\0"
        for x in range(WIDTH):
            rows += b"".join(struct.pack(">H", (4500 * x + 1111 * y + 7000 * c) % 65536) for c in range(channels))
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, {1: 0, 3: 2}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main():
    ZOO.mkdir(exist_ok=True)
    for old in ZOO.iterdir():
        old.unlink()
    p = picture()
    alpha = Image.linear_gradient("L").resize(p.size)
    glass = p.copy()
    glass.putalpha(alpha)
    palette = p.quantize(16)
    p.save(ZOO / "full.jpg", quality=95, subsampling=0)
    p.save(ZOO / "subsampled.jpg", quality=90, subsampling=2)
    p.save(ZOO / "progressive.jpg", quality=90, subsampling=0, progressive=True)
    p.convert("L").save(ZOO / "grey.jpg", quality=95)
    p.convert("CMYK").save(ZOO / "cmyk.jpg", quality=95)
    for orientation in range(2, 9):
        p.save(ZOO / f"turned_{orientation}.png", exif=turned(orientation))
    for name in ["turned.jpg", "turned.webp", "turned.tiff"]:
        p.save(ZOO / name, exif=turned(6), **({"lossless": True} if name.endswith("webp") else {}))
    p.save(ZOO / "rgb.bmp")
    palette.save(ZOO / "palette.bmp")
    p.convert("1").save(ZOO / "bits.png")
    p.convert("L").save(ZOO / "grey.png")
    glass.convert("LA").save(ZOO / "grey_alpha.png")
    glass.save(ZOO / "alpha.png")
    palette.save(ZOO / "palette.png")
    palette.save(ZOO / "palette_alpha.png", transparency=3)
    (ZOO / "grey_16.png").write_bytes(png_of_16_bits(1))
    (ZOO / "rgb_16.png").write_bytes(png_of_16_bits(3))
    p.save(ZOO / "lossy.webp", quality=90)
    glass.save(ZOO / "alpha.webp", lossless=True, exact=True)
    p.save(ZOO / "lzw.tiff", compression="tiff_lzw")
    glass.save(ZOO / "alpha.tiff")
    p.convert("L").save(ZOO / "grey.tiff")
    palette.save(ZOO / "palette.gif")
    palette.save(ZOO / "transparent.gif", transparency=5)
    palette.save(ZOO / "animated.gif", save_all=True, append_images=[ImageOps.invert(p).quantize(16)], duration=50)
    for path in sorted(ZOO.iterdir()):
        with Image.open(path) as opened:
            mode = opened.mode
            seen = ImageOps.exif_transpose(opened)
            if mode.startswith("I"):
                # Pillow cuts 16-bit grey off at 255; here it is scaled.
                seen = Image.eval(seen.convert("I"), lambda value: value / 257).convert("L")
            rgb = seen.convert("RGB")
        path.with_name(path.name + ".rgb").write_bytes(bytes(rgb.size) + rgb.tobytes())
    print(sum(path.stat().st_size for path in ZOO.iterdir()), "bytes")


if __name__ == "__main__":
    main()
