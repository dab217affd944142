"""Names the installed packages that are not whole, one a line: what a kill in the middle of pip leaves behind."""

import importlib.metadata
import os

for distribution in importlib.metadata.distributions():
    files = distribution.files
    whole = files is not None
    for file in files or []:
        if file.suffix == ".pyc":
            continue
        try:
            size = os.stat(distribution.locate_file(file)).st_size
        except OSError:
            whole = False
            break
        if file.size is not None and file.size != size and not str(file).endswith("RECORD"):
            whole = False
            break
    if not whole:
        print(f"{distribution.metadata['Name']}=={distribution.version}")
