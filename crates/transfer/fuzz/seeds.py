"""Makes the seed corpora of the fuzz targets: python seeds.py (needs torch, safetensors, numpy).

Run in this folder; writes corpus/<target>/.
"""

import argparse
import collections
import io
import pathlib
import zipfile

import numpy
import safetensors.torch
import torch

KINDS = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
         torch.int8, torch.uint8, torch.bool]


def objects():
    base = torch.arange(12.0)
    yield "kinds", {str(kind): torch.arange(3).to(kind) for kind in KINDS}
    yield "strided", {"t": base.view(3, 4).t(), "shared": base[2:5], "expanded": base[:1].expand(4), "empty": base[:0]}
    yield "module", torch.nn.Linear(2, 1).state_dict()
    yield "parameter", {"p": torch.nn.Parameter(base[:2]), "b": torch.nn.Buffer(base[:2])}
    layer = torch.nn.Linear(1, 1)
    adam = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 1)).sum().backward()
    adam.step()
    yield "training", {"state_dict": layer.state_dict(), "optimizer": adam.state_dict(), "epoch": 3, "big": 1 << 70}
    yield "python", {
        "model": {"a": {"b": base[:1]}}, "args": argparse.Namespace(lr=0.1), "set": {1, 2}, "frozen": frozenset([1]),
        "counter": collections.Counter("aab"), "default": collections.defaultdict(list, a=[1]), "complex": 1j,
        "numpy": numpy.float64(1.5), "array": numpy.arange(2), "size": base.size(), "device": torch.device("cpu"),
        "dtype": torch.float16, "bytes": b"abc", "list": [None, True, (1, -1, 300, 70000)], "slice": slice(1, 2),
    }
    yield "odd", {"f8": base.to(torch.float8_e4m3fn), "c": torch.ones(1, dtype=torch.complex64),
                  "u16": torch.ones(2, dtype=torch.uint16)}
    yield "global", {"evil": collections.deque([1])}


def deflated(data):
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for record in old.infolist():
            new.writestr(record.filename, old.read(record))
    return packed.getvalue()


def main():
    def write(target, name, data):
        folder = pathlib.Path("corpus", target)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)

    for name, value in objects():
        for protocol in range(2, 6):
            for zipped in (True, False):
                file = io.BytesIO()
                torch.save(value, file, pickle_protocol=protocol, _use_new_zipfile_serialization=zipped)
                data = file.getvalue()
                write("torch_zip" if zipped else "torch_legacy", f"{name}{protocol}", data)
                if zipped:
                    write("torch_zip", f"{name}{protocol}deflated", deflated(data))
        # Without checksums a change to the pickle reaches the machine.
        torch.serialization.set_crc32_options(False)
        file = io.BytesIO()
        torch.save(value, file)
        torch.serialization.set_crc32_options(True)
        write("torch_zip", f"{name}-unchecked", file.getvalue())
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Identity()), script)
    write("torch_zip", "script", script.getvalue())
    tensors = {str(kind): torch.arange(3).to(kind) for kind in KINDS + [torch.float8_e4m3fn, torch.complex64]}
    write("safetensors", "kinds", safetensors.torch.save(tensors, {"format": "pt"}))
    write("safetensors", "scalar", safetensors.torch.save({"a": torch.tensor(1.0), "e": torch.zeros(0, 3)}))
    write("safetensors", "none", safetensors.torch.save({}))


main()
