"""Pictures out of the pages into files of their own: a page of some megabytes shows its text at once, and they come as the
reader gets there."""

import base64
import re
import struct

from problem import Problem

KINDS = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}
DATA = re.compile(r"data:([\w/+.-]+);base64,(.*)", re.DOTALL)


class Pictures:
    """The pictures of one page, counted from one."""

    def __init__(self, out, stem):
        self.folder = out / "pictures"
        self.stem = stem
        self.count = 0

    def take_out(self, soup):
        """Writes each to a file, and gives it a link to itself at full size, for small screens."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for image in soup.find_all("img"):
            name, width, height = self._write(image["src"])
            shown = int(image.get("width", 0)) or width
            image.attrs = {
                "src": f"pictures/{name}",
                "alt": described(image),
                "width": shown,
                "height": round(shown * height / width),
                "loading": "lazy",
            }
            link = soup.new_tag("a", attrs={"class": "picture", "href": image["src"], "style": f"--width:{shown}px"})
            image.wrap(link)

    def _write(self, source):
        data = DATA.fullmatch(source)
        if not data or data[1] not in KINDS:
            raise Problem(f"shows the picture {source[:60]}, which is not inside the notebook: drop it into the cell (attachment:)")
        content = base64.b64decode(data[2])
        self.count += 1
        name = f"{self.stem}-{self.count}.{KINDS[data[1]]}"
        (self.folder / name).write_bytes(content)
        return name, *size(content, KINDS[data[1]])


def described(image):
    """A picture's text for those who cannot see it."""
    text = " ".join(image.get("alt", "").split())
    if not text:
        raise Problem("a picture has no text for those who cannot see it: ![text](…), or the alt of an output")
    return text


def size(content, kind):
    """Width and height in pixels."""
    if kind == "png":
        return struct.unpack(">II", content[16:24])
    if kind == "svg":
        head = content[:400].decode("utf-8", "replace")
        found = [re.search(rf'\b{side}="([\d.]+)', head) for side in ("width", "height")]
        if all(found):
            return tuple(float(match[1]) for match in found)
    if kind == "jpg":
        # The frame's header, after the segments before it, each with its length.
        at = 2
        while content[at + 1] not in (0xC0, 0xC1, 0xC2):
            at += 2 + struct.unpack(">H", content[at + 2 : at + 4])[0]
        height, width = struct.unpack(">HH", content[at + 5 : at + 9])
        return width, height
    raise Problem("a picture does not say how large it is")
