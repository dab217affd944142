"""What the home page takes from the README, so that both say the same: what the project is, and how to begin."""

import re
from dataclasses import dataclass

import mistune

from problem import Problem


@dataclass
class Readme:
    """The paragraph below the title, as HTML, and the first commands, each with what it does."""

    summary: str
    commands: list[tuple[str, str]]


def read(path):
    """Takes both out of the README."""
    text = path.read_text(encoding="utf-8")
    summary = re.search(r"\A# .+\n+((?:.+\n)+)", text)
    commands = re.search(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    if not summary or not commands:
        raise Problem("README.md: no paragraph below its title, or no block of `sh` commands: the home page shows both")
    pairs = (line.partition("#") for line in commands[1].splitlines())
    return Readme(mistune.html(summary[1]).strip(), [(command.strip(), what.strip()) for command, _, what in pairs])
