"""The files of this folder: python make.py, with PyTorch 2.13.0, numpy and safetensors. Written by real PyTorch; what
should be read from them is beside them as safetensors, or said in the tests.
"""

import argparse
import collections
import inspect
import io
import pathlib
import zipfile

import numpy
import torch
from safetensors.torch import save_file

KINDS = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
         torch.int8, torch.uint8, torch.bool]
HERE = pathlib.Path(__file__).parent


def save(name, value, **how):
    torch.save(value, HERE / name, **how)


def both(name, value):
    save(f"{name}.zip.pt", value)
    save(f"{name}.legacy.pt", value, _use_new_zipfile_serialization=False)


def repacked(name, old, compression=zipfile.ZIP_STORED, root=None, **changed):
    with zipfile.ZipFile(HERE / old) as source, zipfile.ZipFile(HERE / name, "w", compression) as target:
        for record in source.infolist():
            part = record.filename.split("/", 1)[1]
            path = f"{root}/{part}" if root else record.filename
            target.writestr(path, changed.get(part, source.read(record)))


def net():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        collections.OrderedDict(conv=torch.nn.Conv2d(1, 2, 2), bn=torch.nn.BatchNorm2d(2), fc=torch.nn.Linear(2, 3)))


def main():
    kinds = {str(kind)[6:]: torch.arange(6).view(2, 3).to(kind) for kind in KINDS}
    save_file(kinds, HERE / "kinds.safetensors")
    for protocol in range(2, 6):
        save(f"kinds.p{protocol}.zip.pt", kinds, pickle_protocol=protocol)
        save(f"kinds.p{protocol}.legacy.pt", kinds, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
    torch.serialization.set_crc32_options(False)
    save("kinds.unchecked.zip.pt", kinds)
    torch.serialization.set_crc32_options(True)
    repacked("kinds.deflated.zip.pt", "kinds.p2.zip.pt", zipfile.ZIP_DEFLATED)
    repacked("kinds.renamed.zip.pt", "kinds.p2.zip.pt", root="some folder.v2")
    repacked("big_endian.zip.pt", "kinds.p2.zip.pt", byteorder=b"big")

    base = torch.arange(24.0)
    tagged = base[:3].clone()
    tagged.tag = "python attribute"
    parameter = torch.nn.Parameter(base[:2].clone())
    parameter.tag = "python attribute"
    views = {
        "transposed": base.view(4, 6).t(), "part": base[5:9], "column": base.view(4, 6)[:, 2],
        "expanded": base[3:4].expand(3, 4), "whole": base, "empty": base[:0].view(0, 7), "scalar": base[23],
        "parameter": torch.nn.Parameter(base[:2].clone(), requires_grad=False), "with_state": parameter,
        "buffer": torch.nn.Buffer(base[:2].clone()), "subclass": tagged,
    }
    both("views", views)
    save_file({name: tensor.detach().clone().contiguous() for name, tensor in views.items()},
              HERE / "views.safetensors")

    model = net()
    save_file(model.state_dict(), HERE / "net.safetensors")
    optimizer = torch.optim.Adam(model.parameters(), lr=0.25)
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    optimizer.step()
    trained = net().state_dict()
    both("training", {
        "state_dict": torch.nn.DataParallel(net()).state_dict(), "ema": {k: v * 2 for k, v in trained.items()},
        "optimizer": optimizer.state_dict(), "epoch": 7, "best_prec1": 91.5, "arch": "tiny", "done": True,
        "numpy": numpy.float64(0.125), "count": numpy.int64(-3), "args": argparse.Namespace(lr=0.25, layers=[1, 2]),
        "set": {1, 2}, "frozen": frozenset(["a"]), "complex": 1 + 2j, "slice": slice(1, None), "big": 1 << 100,
        "counter": collections.Counter("aab"), "default": collections.defaultdict(list, a=[1]), "bytes": b"\x00\xff",
        "array": numpy.arange(3), "size": base.size(), "device": torch.device("cpu"), "dtype": torch.float16,
        "rng": torch.arange(4, dtype=torch.uint8), "path": pathlib.PurePosixPath("a/b"),
    })
    save("nested.zip.pt", {"what": "ever", "deep": {"trunk": {"a": base[:1]}, "head": [base[1:2], base[2:3]]}})
    save("ambiguous.zip.pt", {"left": {"a": base[:1]}, "right": {"b": base[:1]}, "epoch": 1})
    both("float8", {"fine": base[:2], "odd": base[:2].to(torch.float8_e4m3fn)})
    both("complex", {"fine": base[:2], "odd": torch.ones(2, dtype=torch.complex64)})
    save("sparse.zip.pt", {"odd": torch.eye(2).to_sparse()})
    save("quantized.zip.pt", {"odd": torch.quantize_per_tensor(base[:2], 0.1, 0, torch.qint8)})
    both("global", {"state_dict": {"a": base[:1]}, "queue": collections.deque([1])})
    both("module", torch.nn.Linear(2, 1))
    # The legacy format names the file that a class comes from: where PyTorch is installed is nobody's business.
    legacy = HERE / "module.legacy.pt"
    source = inspect.getsourcefile(torch.nn.Linear).encode()
    legacy.write_bytes(legacy.read_bytes().replace(source, b"linear.py".rjust(len(source), b"/")))
    script = io.BytesIO()
    torch.jit.save(torch.jit.script(torch.nn.Identity()), script)
    (HERE / "script.zip.pt").write_bytes(script.getvalue())
    cycle = {"model": {"a": base[:1]}}
    cycle["list"] = cycle["self"] = [cycle]
    save("cycle.zip.pt", cycle)


main()
