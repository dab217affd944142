"""One notebook in JupyterLab, as its reader has it: opened, run with *Run All Cells*, and looked at cell by cell."""

import base64
import os
import re
import time

import nbformat

from webdriver import DriverError, wait_for

HERE = os.path.dirname(os.path.abspath(__file__))
# What a menu shows; JupyterLab's words, which a reader looks for.
TITLE = "//*[contains(@class, 'jp-NotebookPanel-notebook')]//h1"
MENU = "//*[contains(@class, 'lm-MenuBar-itemLabel')][normalize-space()='{}']"
ITEM = "//*[contains(@class, 'lm-Menu-itemLabel')][normalize-space()='{}']"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
KINDS = ("charts", "tables", "pictures")
SVG = re.compile(r'<img\b[^>]*\bsrc="data:image/svg\+xml;base64,([^"]+)"')


class Failure(Exception):
    """What is not as it should be, with the number of the cell."""


def script(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


PANEL = script("panel.js")
STATE, LOOK = PANEL + script("state.js"), PANEL + script("look.js")


def saved(cell):
    """How many charts, tables and pictures the outputs of a cell have in the file."""
    html = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
    images = [b"<image" in base64.b64decode(image) for image in SVG.findall(html)]
    others = len(re.findall(r"<img\b", html)) - len(images)
    return {
        "charts": images.count(False) + html.count("<svg"),
        "tables": len(re.findall(r"<table\b", html)),
        "pictures": images.count(True) + others,
    }


class Lesson:
    """`path` is a notebook as it is kept, with its outputs; a copy without them goes into `folder`."""

    def __init__(self, browser, path, folder, seconds):
        self.browser, self.seconds = browser, seconds
        self.file = os.path.basename(path)
        self.name = os.path.splitext(self.file)[0]
        self.at = "before its first cell"
        notebook = nbformat.read(path, as_version=4)
        code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
        # A notebook that has never been run says nothing of what it shows.
        self.expected = [saved(cell) if cell.execution_count else None for cell in code]
        for cell in code:
            # What is seen afterwards is then of this run.
            cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, os.path.join(folder, self.file))

    def fail(self, number, what):
        self.at = f"cell [{number}]"
        raise Failure(f"{self.at} {what}")

    def state(self):
        try:
            return self.browser.run(STATE)
        except DriverError as error:
            # The page is between two documents.
            if "execution context" in str(error) or "document unloaded" in str(error):
                return {"ready": False, "dialogs": []}
            raise

    def open(self, address, token):
        """Opens it in a workspace of its own, and waits for its kernel."""
        self.browser.open(f"{address}lab/workspaces/{self.name}/tree/{self.file}?token={token}")

        def idle():
            state = self.state()
            if state["dialogs"]:
                raise Failure(f"JupyterLab asks: {' / '.join(state['dialogs'][0].split())}")
            return state["ready"] and len(state["cells"]) == len(self.expected) and state["kernel"] == "idle"

        wait_for("the notebook and its kernel", idle, 180)

    def theme(self, theme):
        self.browser.run("return jupyterapp.commands.execute('apputils:change-theme', {theme: arguments[0]});", THEMES[theme])
        dark = "return document.body.dataset.jpThemeLight === 'false';"
        wait_for(f"the {theme} theme", lambda: self.browser.run(dark) == (theme == "dark"), 30)

    def run_all(self):
        """*Run All Cells* in the menu *Run*; waits until the last cell is done. Returns the seconds it took."""
        # A menu is for what was clicked on last.
        for label in (TITLE, MENU.format("Run"), ITEM.format("Run All Cells")):
            wait_for(f"something to click on, {label}", lambda: self.click(label), 30)
        begun = changed = time.monotonic()
        before = None
        while True:
            state = self.state()
            if state["dialogs"]:
                raise Failure(f"JupyterLab says: {' / '.join(state['dialogs'][0].split())}")
            if not state["ready"] or state["kernel"] in ("dead", "autorestarting", "none"):
                raise Failure(f"the kernel is {state.get('kernel', 'gone')}")
            cells = state["cells"]
            for number, cell in enumerate(cells, 1):
                if cell["error"]:
                    self.show(cell["index"])
                    self.fail(number, cell["error"].strip().splitlines()[0])
            done = [cell for cell in cells if cell["number"] and not cell["running"]]
            self.at = f"cell [{min(len(done) + 1, len(cells))}]"
            if len(done) == len(cells) and state["kernel"] == "idle":
                return time.monotonic() - begun
            if cells != before:
                before, changed = cells, time.monotonic()
            if time.monotonic() - changed > self.seconds:
                raise Failure(f"{self.at} took longer than {self.seconds} s")
            time.sleep(0.3)

    def click(self, label):
        try:
            return self.browser.click(label)
        except DriverError as error:
            # Not drawn yet, or drawn anew meanwhile.
            if "not interactable" in str(error) or "stale" in str(error) or "intercepted" in str(error):
                return False
            raise

    def show(self, index):
        """Scrolls to a cell and says what is to be seen of it."""
        return self.browser.run(LOOK, index)

    def look(self, theme):
        """Looks at all cells in one of the themes, last at one with a chart, and counts what is there."""
        self.theme(theme)
        charted = None
        counts = dict.fromkeys(KINDS, 0)
        for number, (cell, expected) in enumerate(zip(self.state()["cells"], self.expected), 1):
            seen = self.show(cell["index"])
            if seen["dark"] != (theme == "dark"):
                self.fail(number, f"is not shown in the {theme} theme")
            if seen["prompt"] != f"[{number}]:":
                self.fail(number, f"has the prompt {seen['prompt'] or 'nothing'}")
            if seen["errors"]:
                self.fail(number, f"shows an error: {seen['text'][:200]}")
            if seen["broken"]:
                self.fail(number, f"has an image that is not to be seen: {seen['broken'][0]}")
            if seen["outputs"] != cell["outputs"]:
                self.fail(number, f"has {cell['outputs']} outputs, of which {seen['outputs']} are to be seen")
            found = {kind: seen[kind] for kind in KINDS}
            if cell["outputs"] and not seen["text"] and not any(found.values()):
                self.fail(number, "has an output that is empty")
            if expected is not None and found != expected:
                words = ", ".join(f"{found[kind]} {kind} of {expected[kind]}" for kind in KINDS)
                self.fail(number, f"does not show what the saved notebook has: {words}")
            for kind in KINDS:
                counts[kind] += found[kind]
            charted = cell["index"] if found["charts"] else charted
        missing = [kind for kind in KINDS if not counts[kind]]
        if missing:
            raise Failure(f"there are no {' and no '.join(missing)} to be seen")
        self.show(charted)
        return counts

    def close(self):
        """Ends its kernel, which the next notebook need not share the machine with."""
        self.browser.run(PANEL + "return panel.sessionContext.shutdown();")
