r"""TeX as MathML, which browsers set by themselves: a page with formulas needs no script and no fonts from elsewhere.

It knows what the lessons write: letters, numbers, indices, fractions, roots, accents, words, fences, and the commands below. What
it does not know is an error that names the command, and not a gap in a page.
"""

import re
from html import escape

IDENTIFIERS = dict(
    pair.split("=")
    for pair in (
        "alpha=α beta=β gamma=γ delta=δ epsilon=ϵ varepsilon=ε zeta=ζ eta=η theta=θ iota=ι kappa=κ lambda=λ mu=μ nu=ν xi=ξ pi=π rho=ρ "
        "sigma=σ tau=τ phi=ϕ varphi=φ chi=χ psi=ψ omega=ω Gamma=Γ Delta=Δ Theta=Θ Lambda=Λ Xi=Ξ Pi=Π Sigma=Σ Phi=Φ Psi=Ψ Omega=Ω "
        "infty=∞ ell=ℓ top=⊤ emptyset=∅"
    ).split()
)
OPERATORS = dict(
    pair.split("=", 1)
    for pair in (
        "cdot=⋅ times=× div=÷ pm=± mp=∓ ast=∗ circ=∘ odot=⊙ oplus=⊕ otimes=⊗ le=≤ leq=≤ ge=≥ geq=≥ ne=≠ neq=≠ approx=≈ sim=∼ equiv=≡ "
        "propto=∝ ll=≪ gg=≫ in=∈ notin=∉ subset=⊂ subseteq=⊆ cup=∪ cap=∩ setminus=∖ forall=∀ exists=∃ mid=∣ parallel=∥ leftarrow=← "
        "gets=← rightarrow=→ to=→ leftrightarrow=↔ mapsto=↦ Rightarrow=⇒ nabla=∇ partial=∂ ldots=… dots=… cdots=⋯ lVert=‖ rVert=‖ Vert=‖ "
        "|=‖ lvert=| rvert=| vert=| langle=⟨ rangle=⟩ lfloor=⌊ rfloor=⌋ lceil=⌈ rceil=⌉ {={ }=} prime=′ colon=: %=% #=# &=& _=_ $=$"
    ).split()
)
# Their indices go below and above where the formula has a line of its own.
LARGE = {"sum": "∑", "prod": "∏", "bigcup": "⋃", "bigcap": "⋂"}
LIMITS = {name: name for name in ("min", "max", "inf", "sup", "lim")} | {"argmin": "arg min", "argmax": "arg max"}
NAMES = LIMITS | {name: name for name in ("log", "ln", "exp", "sin", "cos", "tan", "tanh", "det", "dim", "ker", "Pr", "arg")}
SPACES = {",": 0.167, ":": 0.222, ";": 0.278, " ": 0.333, "quad": 1, "qquad": 2, "!": -0.167}
ACCENTS = {"hat": "^", "bar": "¯", "tilde": "~", "vec": "→", "dot": "˙", "overline": "¯", "widehat": "^"}
STRETCHED = {"overline", "widehat"}
DOUBLE = dict(zip("CEHNPQRZ", "ℂ𝔼ℍℕℙℚℝℤ"))
SCRIPT = dict(zip("DFHLNOPRSTUX", "𝒟ℱℋℒ𝒩𝒪𝒫ℛ𝒮𝒯𝒰𝒳"))
NO_BREAK_SPACE = "\u00a0"
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)


class Unknown(ValueError):
    """What the formula has that is not known here."""


def mathml(tex, block):
    """A formula as a `math` element; `block` gives it a line of its own."""
    parser = Parser(tex)
    body = parser.row(None)
    display = ' display="block"' if block else ""
    return f'<math{display}><semantics>{body}<annotation encoding="application/x-tex">{escape(tex.strip())}</annotation></semantics></math>'


class Parser:
    """Goes through a formula once, from left to right."""

    def __init__(self, tex):
        self.tokens = TOKEN.findall(tex)
        self.at = 0

    def peek(self):
        """What comes next; blanks count in words only."""
        while self.at < len(self.tokens) and self.tokens[self.at].isspace():
            self.at += 1
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def next(self):
        token = self.peek()
        if token is None:
            raise Unknown("its end, where something should follow")
        self.at += 1
        return token

    def row(self, end):
        """Everything up to `end`, which is taken too."""
        parts = []
        while self.peek() != end:
            parts.append(self.scripted())
        if end is not None:
            self.next()
        return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"

    def scripted(self):
        """One piece with what stands below and above it."""
        token = self.peek()
        base = "<mrow></mrow>" if token in ("_", "^") else self.piece()
        scripts = {}
        while self.peek() in ("_", "^", "'"):
            mark = self.next()
            if mark == "'":
                mark, scripted = "^", "<mo>′</mo>"
            else:
                scripted = self.argument()
            if mark in scripts:
                raise Unknown(f"a second {mark} at the same place")
            scripts[mark] = scripted
        name = (token or "").lstrip("\\")
        below, above = ("munder", "mover") if name in LARGE or name in LIMITS else ("msub", "msup")
        both = "munderover" if below == "munder" else "msubsup"
        match ("_" in scripts, "^" in scripts):
            case (True, True):
                return f"<{both}>{base}{scripts['_']}{scripts['^']}</{both}>"
            case (True, False):
                return f"<{below}>{base}{scripts['_']}</{below}>"
            case (False, True):
                return f"<{above}>{base}{scripts['^']}</{above}>"
            case _:
                return base

    def piece(self):
        """A letter, a number, a group, or a command with what belongs to it."""
        token = self.next()
        if token == "{":
            return self.row("}")
        if token.startswith("\\"):
            return self.command(token[1:])
        if token[0].isdigit():
            return f"<mn>{token}</mn>"
        if token.isalpha():
            return f"<mi>{token}</mi>"
        if token in "}_^&":
            raise Unknown(f"{token} where none belongs")
        return operator("−" if token == "-" else token)

    def argument(self):
        r"""What a command or an index takes: a group, or one sign, also of a number (`\frac12`)."""
        token = self.peek()
        if token and token[0].isdigit() and len(token) > 1:
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        return self.piece()

    def command(self, name):
        if name in IDENTIFIERS:
            return f"<mi>{IDENTIFIERS[name]}</mi>"
        if name in LARGE:
            return f"<mo>{LARGE[name]}</mo>"
        if name in OPERATORS:
            return operator(OPERATORS[name])
        if name in NAMES:
            return f"<mi>{NAMES[name]}</mi>"
        if name in SPACES:
            return f'<mspace width="{SPACES[name]}em"></mspace>'
        if name in ("frac", "tfrac", "dfrac"):
            above, below = self.argument(), self.argument()
            style = {"tfrac": ' displaystyle="false"', "dfrac": ' displaystyle="true"'}.get(name, "")
            return f"<mstyle{style}><mfrac>{above}{below}</mfrac></mstyle>" if style else f"<mfrac>{above}{below}</mfrac>"
        if name == "sqrt":
            return f"<msqrt>{self.argument()}</msqrt>"
        if name in ACCENTS:
            return f'<mover accent="true">{self.argument()}<mo stretchy="{str(name in STRETCHED).lower()}">{ACCENTS[name]}</mo></mover>'
        if name == "text":
            # Blanks at its ends would not be shown.
            return f"<mtext>{escape(re.sub('[ ~]', NO_BREAK_SPACE, self.word()))}</mtext>"
        if name in ("mathrm", "operatorname"):
            return f'<mi mathvariant="normal">{escape(self.word())}</mi>'
        if name in ("mathbf", "boldsymbol"):
            return f'<mi style="font-weight:bold">{escape(self.word())}</mi>'
        if name in ("mathbb", "mathcal"):
            letters = DOUBLE if name == "mathbb" else SCRIPT
            letter = self.word()
            if letter not in letters:
                raise Unknown(f"\\{name}{{{letter}}}")
            return f"<mi>{letters[letter]}</mi>"
        if name in ("left", "right"):
            token = self.next()
            sign = OPERATORS.get(token[1:], "") if token.startswith("\\") else token
            return "" if sign == "." else f'<mo stretchy="true">{escape(sign)}</mo>'
        raise Unknown(f"\\{name}")

    def word(self):
        """The letters of a group, as they are written."""
        if self.peek() != "{":
            return self.next()
        self.next()
        start = self.at
        while self.next() != "}":
            pass
        return "".join(self.tokens[start : self.at - 1])


def operator(sign):
    """A sign; a bar or a bracket only grows where `\\left` says so."""
    fence = ' stretchy="false"' if sign in "|‖()[]{}⟨⟩" else ""
    return f"<mo{fence}>{escape(sign)}</mo>"
