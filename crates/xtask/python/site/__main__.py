"""Writes the course as a static site: a page per executed notebook, a home page, and the index that the search reads.
Called by `cargo xtask site` with its request as JSON; what it writes is checked there.
"""

import json
import shutil
import sys
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import readme
from lesson import Lesson
from problem import Problem

HERE = Path(__file__).parent


def write(path, text):
    path.write_text(text, encoding="utf-8", newline="\n")


def main(request):
    out = Path(request["out"])
    root = Path(request["root"])
    pages = [f"{Path(path).stem}.html" for path in request["notebooks"]]
    lessons = [Lesson(Path(path), pages, root, request["repository"], out) for path in request["notebooks"]]
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    common = {"lessons": lessons, "course": "Transfer learning in Rust", "repository": request["repository"]}
    home = environment.get_template("home.html.j2")
    write(out / "index.html", home.render(common, readme=readme.read(root / "README.md")))
    page = environment.get_template("page.html.j2")
    for index, lesson in enumerate(lessons):
        around = {
            "previous": lessons[index - 1] if index else None,
            "next": lessons[index + 1] if index + 1 < len(lessons) else None,
        }
        write(out / lesson.page, page.render(common, lesson=lesson, **around))
    sections = [section for lesson in lessons for section in lesson.sections()]
    index = json.dumps(sections, ensure_ascii=False, separators=(",", ":"))
    # A script and not JSON: a page that is opened from a folder may load the one and not the other.
    write(out / "search-index.js", f"window.sections={index};\n")
    for asset in sorted((HERE / "assets").iterdir()):
        shutil.copyfile(asset, out / asset.name)


try:
    main(json.loads(sys.argv[1]))
except Problem as problem:
    sys.exit(str(problem))
