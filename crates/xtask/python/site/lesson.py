"""One notebook: its cells as HTML, what its first cells say of it, its headings, and what there is to search in it."""

import base64
import posixpath
import re
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import nbformat
from bs4 import BeautifulSoup
from nbconvert.exporters import HTMLExporter

import prose
from pictures import Pictures
from problem import Problem

TEMPLATES = Path(__file__).parent / "templates"
HEADINGS = ["h1", "h2", "h3", "h4"]


class Lesson:
    """What the pages show of a notebook.

    `path` may be an executed copy in another folder: its links are those of a notebook in `notebooks/`.
    """

    def __init__(self, path, pages, root, repository, out):
        self.page = f"{path.stem}.html"
        self.name = path.name
        try:
            notebook = executed(path)
            soup = BeautifulSoup(render(notebook), "html.parser")
            nothing_left_out(notebook, soup)
            self._number_headings(soup)
            self._rewrite_links(soup, pages, root, repository)
            Pictures(out, path.stem).take_out(soup)
            frame_tables(soup)
            self._read_head(soup)
            self.contents = [(heading["id"], title(heading)) for heading in soup.find_all("h2")]
            self._soup = soup
            self.body = str(soup)
        except Problem as problem:
            raise Problem(f"{self.name}: {problem}") from None

    def _number_headings(self, soup):
        """Anchors as JupyterLab has them; a second heading with the same words has one of its own."""
        taken = {}
        for heading in soup.find_all(HEADINGS):
            anchor = heading["id"] = "-".join(title(heading).split())
            taken[anchor] = taken.get(anchor, 0) + 1
            if taken[anchor] > 1:
                heading["id"] = f"{anchor}-{taken[anchor]}"
            link = heading.find("a", class_="anchor-link")
            link["href"] = f"#{quote(heading['id'])}"
            link["aria-label"] = "Link to this section"

    def _rewrite_links(self, soup, pages, root, repository):
        """Notebooks become pages; files of the repository are linked there, or named where it has no address."""
        for link in soup.find_all("a", href=True):
            url = urlsplit(link["href"])
            if url.scheme or url.netloc or not url.path:
                continue
            path = posixpath.normpath(posixpath.join("notebooks", unquote(url.path)))
            page = posixpath.basename(path).removesuffix(".ipynb") + ".html"
            if posixpath.dirname(path) == "notebooks" and page in pages:
                link["href"] = page + (f"#{url.fragment}" if url.fragment else "")
            elif path.startswith("../") or not (root / path).exists():
                raise Problem(f"links to {link['href']}, which is not in the repository")
            elif repository:
                link["href"] = f"{repository}/blob/HEAD/{quote(path)}"
            else:
                del link["href"]
                link.name = "span"
                code = soup.new_tag("code")
                code.string = path
                if link.get_text() != path:
                    link.extend([" ", code])

    def _read_head(self, soup):
        """Title, promise, picture, run time, what it builds on, and what is learned, as the conventions have them."""
        first, *others = soup.find_all("div", class_="prose", recursive=False)
        heading = need(first.h1, "title (# …)")
        self.title = title(heading)
        number, point, short = self.title.partition(" · ")
        self.number, self.short = (number, short) if point else ("", self.title)
        paragraphs = first.find_all("p")
        promise = need(next((p for p in paragraphs if starts(p, "Promise:")), None), "paragraph **Promise:** …")
        time = need(next((p for p in paragraphs if starts(p, "Run time:")), None), "paragraph *Run time:* …")
        picture = need(first.img, "picture of the result")
        self.picture = dict(picture.attrs)
        self.promise = inner(promise, without="Promise:")
        plain = " ".join(words(promise).split()).removeprefix("Promise:").strip()
        self.summary = plain[:1].upper() + plain[1:]
        run_time, _, self.builds_on = inner(time, without="Run time:").partition("<em>Builds on:</em>")
        self.run_time = run_time.strip().rstrip(".")
        self.builds_on = self.builds_on.strip().rstrip(".")
        learned = next((p.find_next_sibling("ul") for cell in others for p in cell.find_all("p") if starts(p, "You will learn")), None)
        self.learned = [item.decode_contents() for item in need(learned, "list under **You will learn**").find_all("li")]
        first["class"] = ["prose", "head"]

    def sections(self):
        """What the search looks through: a record per heading, with its text, and apart from it its code."""
        found = []
        for part in self._soup.find_all([*HEADINGS, "p", "li", "td", "th", "pre", "img"]):
            if part.name in HEADINGS:
                found.append({"page": self.page, "id": part["id"], "lesson": self.title, "title": title(part), "text": [], "code": []})
            elif found and part.name == "pre":
                found[-1]["code"].append(part.get_text())
            elif found and part.name == "img":
                found[-1]["text"].append(part["alt"])
            elif found and not part.find(["p", "li"]):
                found[-1]["text"].append(words(part))
        for section in found:
            section["text"] = " ".join(" ".join(section["text"]).split())
            section["code"] = "\n".join(section["code"]).strip()
        return found


def executed(path):
    """Reads a notebook whose code cells have all been run."""
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    missing = sum(cell.execution_count is None for cell in code)
    if missing or not any(cell.outputs for cell in code):
        raise Problem(
            f"{missing} of {len(code)} code cells have no saved outputs\n"
            f"mend: cargo xtask notebooks run {path.stem} --in-place, or leave the file as it is: cargo xtask site --run"
        )
    return notebook


def render(notebook):
    """The cells as HTML, without a page around them."""
    exporter = HTMLExporter(extra_template_basedirs=[str(TEMPLATES)], template_name="lesson")
    exporter.register_filter("prose", prose.html)
    exporter.register_filter("data_url", data_url)
    return exporter.from_notebook_node(notebook)[0]


def need(found, what):
    if found is None:
        raise Problem(f"its first cells have no {what}: the conventions ask for it, and the home page shows it")
    return found


def nothing_left_out(notebook, soup):
    """An output of a kind that the template does not know would be missing without a word."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    wanted = sum(len(output.traceback) if output.output_type == "error" else 1 for output in outputs)
    shown = len(soup.select(".cell > .out"))
    if shown != wanted:
        raise Problem(f"has {wanted} outputs, of which the page would show {shown}: python/site/templates/lesson is the place")


def data_url(data, kind):
    """A picture of an output, whose vectors are kept as they are and whose pixels are in base64 already."""
    encoded = data if kind != "image/svg+xml" else base64.b64encode(data.encode()).decode()
    return f"data:{kind};base64,{encoded}"


def frame_tables(soup):
    """A table that is wider than the page scrolls by itself."""
    for table in soup.find_all("table"):
        table.wrap(soup.new_tag("div", attrs={"class": "wide"}))


def starts(paragraph, words):
    first = next((child for child in paragraph.children if child.name), None)
    return first is not None and first.get_text(strip=True) == words


def inner(paragraph, without):
    """A paragraph's HTML after the word that it begins with."""
    html = paragraph.decode_contents()
    return re.sub(rf"^\s*<(\w+)>{re.escape(without)}</\1>\s*", "", html).strip()


def words(part):
    """The text of an element; of a formula, what its author wrote."""
    formulas = {id(string) for formula in part.find_all("semantics") for string in formula.contents[0].find_all(string=True)}
    return "".join(string for string in part.find_all(string=True) if id(string) not in formulas)


def title(heading):
    """A heading's words, without the sign of its link."""
    return "".join(words(child) if child.name else str(child) for child in heading.contents if child.name != "a" or "anchor-link" not in child.get("class", []))
