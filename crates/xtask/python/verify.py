"""Names the files of installed packages that are missing or not whole, as `name==version<tab>file`, a line each:
what a kill in the middle of pip leaves behind. A package without a list of its files has an empty name there."""

import importlib.metadata
import os

for distribution in importlib.metadata.distributions():
    package = f"{distribution.metadata['Name']}=={distribution.version}"
    if distribution.files is None:
        print(f"{package}\t")
        continue
    for file in distribution.files:
        if file.suffix == ".pyc":
            continue
        try:
            size = os.stat(distribution.locate_file(file)).st_size
        except OSError:
            size = -1
        changed = file.size is not None and file.size != size and not str(file).endswith("RECORD")
        if size < 0 or changed:
            print(f"{package}\t{file.as_posix()}")
