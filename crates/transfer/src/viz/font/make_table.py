"""Writes glyphs.txt: the outlines and widths that charts are laid out and rasterised with.

    pip install fonttools matplotlib      # the latter brings DejaVuSans.ttf
    python make_table.py path/to/DejaVuSans.ttf > glyphs.txt

A line per glyph: the code point in hexadecimal, the advance width, and the outline (M, L, Q, Z), in thousandths of the
font's size, y upwards. The first line is the box that stands for every other character.
"""

import sys

from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

font = TTFont(sys.argv[1])
glyphs, names, scale = font.getGlyphSet(), font.getBestCmap(), 1000 / font["head"].unitsPerEm


class Outline(BasePen):
    """Collects quadratic outlines, rounded."""

    def __init__(self, glyph_set):
        super().__init__(glyph_set)
        self.parts = []

    def add(self, letter, *points):
        self.parts.append(letter + " ".join(f"{round(x * scale)} {round(y * scale)}" for x, y in points))

    def _moveTo(self, point):
        self.add("M", point)

    def _lineTo(self, point):
        self.add("L", point)

    def _qCurveToOne(self, control, point):
        self.add("Q", control, point)

    def _closePath(self):
        self.parts.append("Z")


def line(code, name):
    pen = Outline(glyphs)
    glyphs[name].draw(pen)
    return f"{code:x} {round(glyphs[name].width * scale)} {''.join(pen.parts)}".rstrip()


print(line(0, ".notdef"))
scripts = [(0x20, 0x7F), (0xA0, 0x180), (0x300, 0x330), (0x384, 0x3CF), (0x400, 0x460), (0x490, 0x494)]
signs = "–—‘’‚“”„•…‰€−→←↑↓↔⇒±×·√≠≤≥≈∞∂∑✓✗\u200b\u200d\ufeff\ufe0f"
wanted = [code for begin, end in scripts for code in range(begin, end)] + [*map(ord, signs)]
for code in sorted(set(wanted)):
    if code in names:
        print(line(code, names[code]))
