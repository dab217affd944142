"""What is wrong with a notebook, for its author: said in a line, without a traceback."""


class Problem(Exception):
    """Which notebook, what was found, and what mends it."""
