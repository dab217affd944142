"""Markdown cells as HTML: as JupyterLab shows them, with formulas as MathML."""

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from mathml import Unknown, mathml
from problem import Problem


class Renderer(IPythonRenderer):
    """nbconvert's, but for formulas, which it would leave to MathJax, and diagrams, which it would leave to mermaid: both come from
    another server."""

    def inline_math(self, body):
        return formula(body, block=False)

    def block_math(self, body):
        return formula(body, block=True)

    def latex_environment(self, name, body):
        raise Problem(f"a formula has \\begin{{{name}}}, which the site cannot show: write it with $$…$$ (python/site/mathml.py)")

    def block_mermaidjs(self, code):
        raise Problem("a cell has a mermaid diagram, which the site cannot show: draw it as a picture")


def formula(tex, block):
    try:
        return mathml(tex, block)
    except Unknown as unknown:
        raise Problem(f"the formula {tex.strip()} has {unknown}, which the site cannot show: python/site/mathml.py is the place") from None


def html(source, attachments):
    """One cell's text. Headings get JupyterLab's anchors, so that a link to one is right there and here."""
    renderer = Renderer(escape=False, attachments=attachments, anchor_link_text="#")
    return MarkdownWithMath(renderer=renderer).render(source)
